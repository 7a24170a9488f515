/* reset and compare (doc/protocol.md 3.3, 3.10): a client's history and lists against the store's.
 */
#include "handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "server.h"
#include "store.h"
#include "wire/compare.h"
#include "wire/limits.h"
#include "work.h"

/* ---- reset ---- */

struct resetting {
	struct work work;
	struct reset_request request;
	struct reset_answer answer;
};

static enum status
reset_run(struct job *job, struct store *store, struct error *err)
{
	struct resetting *resetting = (struct resetting *)job;
	const struct reset_request *request = &resetting->request;

	resetting->answer = (struct reset_answer){
	    .generation = resetting->work.call->server->generation,
	    .stamp = store->driver->last_stamp(store),
	};
	return store->driver->fork_find(
	    store, request->generations, request->count, &resetting->answer.fork, err);
}

static void
resetting_free(struct resetting *resetting)
{
	reset_request_finish(&resetting->request);
	free(resetting);
}

static void
reset_done(struct job *job, enum status status, struct error *err)
{
	struct resetting *resetting = (struct resetting *)job;
	struct buf body;

	if (!work_failed(&resetting->work, status, err)) {
		buf_init(&body, LIMIT_ANSWER);
		reset_answer_write(&body, &resetting->answer);
		call_answer(resetting->work.call, &body);
	}
	resetting_free(resetting);
}

void
handle_reset(struct call *call)
{
	struct resetting *resetting = mem_zalloc(1, sizeof *resetting);
	struct error err;

	resetting->work.call = call;
	if (reset_request_read(&resetting->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		resetting_free(resetting);
		return;
	}
	if (!work_submit(&resetting->work, call->server->reader, reset_run, reset_done))
		resetting_free(resetting);
}

/* ---- compare ---- */

/* A row that was collected to be sorted; its strings are owned. */
struct listed {
	enum compare_kind kind;
	struct conversation_head head;
	struct group group;
};

/* Both sides are walked at once, in the order of their addresses. */
struct comparing {
	struct work work;
	struct compare_request request; /* its strings are borrowed from the call's body */
	struct buf body;
	size_t rows;
	size_t next;       /* of request.have: what was not met yet */
	const char **gone; /* borrowed from request.have */
	size_t gone_count;
	struct address last; /* the last one that was compared */
	bool cut;            /* the answer was full before the interval's end */
	struct listed *listed;
	size_t listed_count;
	size_t listed_room;
};

static const char *
listed_address(const struct listed *row)
{
	return row->kind == COMPARE_GROUPS ? row->group.address : row->head.conversation;
}

static void
comparing_free(struct comparing *comparing)
{
	for (size_t i = 0; i < comparing->listed_count; i++) {
		free((char *)comparing->listed[i].head.conversation);
		free((char *)comparing->listed[i].group.address);
		free((char *)comparing->listed[i].group.name);
	}
	free(comparing->listed);
	free(comparing->gone);
	compare_request_finish(&comparing->request);
	buf_finish(&comparing->body);
	free(comparing);
}

/* What the client has below the address is not here. */
static void
pass_gone(struct comparing *comparing, const char *below)
{
	const struct compare_request *request = &comparing->request;

	while (comparing->next < request->count &&
	       (!below || strcmp(request->have[comparing->next].address, below) < 0))
		comparing->gone[comparing->gone_count++] = request->have[comparing->next++].address;
}

/* A row of this side: is it told? Where the answer is full for it, comparing->cut. */
static bool
row_differs(struct comparing *comparing, const char *address, int64_t stamp)
{
	const struct compare_request *request = &comparing->request;
	const struct compare_have *have;
	bool same;

	pass_gone(comparing, address);
	have = comparing->next < request->count ? &request->have[comparing->next] : NULL;
	if (have && strcmp(have->address, address) != 0)
		have = NULL;
	same = have && have->stamp == stamp;
	if (!same && (comparing->rows >= LIMIT_PAGE_ROWS || comparing->body.length >= LIMIT_PAGE)) {
		comparing->cut = true;
		return false;
	}
	comparing->next += have != NULL;
	comparing->rows += !same;
	snprintf(comparing->last.text, sizeof comparing->last.text, "%s", address);
	return !same;
}

static bool
compare_contact(void *arg, const struct contact *contact)
{
	struct comparing *comparing = arg;

	if (row_differs(comparing, contact->address, contact->stamp)) {
		compare_row_begin(&comparing->body);
		contact_write_fields(&comparing->body, contact);
		compare_row_end(&comparing->body);
	}
	return !comparing->cut;
}

static bool
is_asked_for(const struct comparing *comparing, enum compare_kind kind, const char *address)
{
	const struct compare_request *request = &comparing->request;

	return request->kind == kind && (!request->after || strcmp(address, request->after) > 0) &&
	       (!request->upto || strcmp(address, request->upto) <= 0);
}

static struct listed *
add_listed(struct comparing *comparing, enum compare_kind kind)
{
	struct listed *row;

	if (comparing->listed_count == comparing->listed_room) {
		comparing->listed_room = comparing->listed_room ? 2 * comparing->listed_room : 64;
		comparing->listed = mem_resize(
		    comparing->listed, comparing->listed_room, sizeof *comparing->listed);
	}
	row = &comparing->listed[comparing->listed_count++];
	*row = (struct listed){.kind = kind};
	return row;
}

static void
collect_head(void *arg, const struct conversation_head *head)
{
	struct listed *row;

	if (!is_asked_for(arg, COMPARE_CONVERSATIONS, head->conversation))
		return;
	row = add_listed(arg, COMPARE_CONVERSATIONS);
	row->head = *head;
	row->head.conversation = mem_strdup(head->conversation);
}

static void
collect_group(void *arg, const struct group *group)
{
	struct listed *row;

	if (!is_asked_for(arg, COMPARE_GROUPS, group->address))
		return;
	row = add_listed(arg, COMPARE_GROUPS);
	row->group = *group;
	row->group.address = mem_strdup(group->address);
	row->group.name = mem_strdup(group->name);
}

static void
pass_contact(void *arg, const struct contact *contact)
{
	(void)arg;
	(void)contact;
}

static int
by_address(const void *a, const void *b)
{
	return strcmp(listed_address(a), listed_address(b));
}

/* Groups and heads stand by their stamps: all are read, and those of the interval are sorted. */
static enum status
collect(struct comparing *comparing, struct store *store, struct error *err)
{
	const struct store_changes told = {
	    .contact = pass_contact,
	    .group = collect_group,
	    .head = collect_head,
	    .arg = comparing,
	};
	int64_t to;
	enum status status = store->driver->changes(store, &comparing->work.call->caller, 0,
	    store->driver->last_stamp(store), INT32_MAX, &told, &to, err);

	if (comparing->listed_count)
		qsort(comparing->listed, comparing->listed_count, sizeof *comparing->listed,
		    by_address);
	return status;
}

static void
compare_listed(struct comparing *comparing)
{
	for (size_t i = 0; i < comparing->listed_count && !comparing->cut; i++) {
		const struct listed *row = &comparing->listed[i];
		int64_t stamp = row->kind == COMPARE_GROUPS ? row->group.stamp : row->head.stamp;

		if (!row_differs(comparing, listed_address(row), stamp))
			continue;
		compare_row_begin(&comparing->body);
		if (row->kind == COMPARE_GROUPS)
			group_write_fields(&comparing->body, &row->group);
		else
			head_write_fields(&comparing->body, &row->head);
		compare_row_end(&comparing->body);
	}
}

static enum status
compare_run(struct job *job, struct store *store, struct error *err)
{
	struct comparing *comparing = (struct comparing *)job;
	const struct compare_request *request = &comparing->request;
	struct call *call = comparing->work.call;
	const char *after = request->after ? request->after : "";
	enum status status;

	compare_answer_begin(&comparing->body, call->server->generation,
	    store->driver->last_stamp(store), request->kind);
	if (request->kind == COMPARE_CONTACTS) {
		status = store->driver->contacts(
		    store, &call->caller, after, request->upto, compare_contact, comparing, err);
	} else {
		status = collect(comparing, store, err);
		compare_listed(comparing);
	}
	if (!comparing->cut)
		pass_gone(comparing, NULL);
	compare_answer_end(&comparing->body, comparing->gone, comparing->gone_count,
	    comparing->cut ? comparing->last.text : NULL);
	if (status == STATUS_OK)
		call_pack(call, call->server->reader_packer, &comparing->body);
	return work_outcome(&comparing->work, status);
}

static void
compare_done(struct job *job, enum status status, struct error *err)
{
	struct comparing *comparing = (struct comparing *)job;

	if (!work_failed(&comparing->work, status, err))
		call_answer(comparing->work.call, &comparing->body);
	comparing_free(comparing);
}

void
handle_compare(struct call *call)
{
	struct comparing *comparing = mem_zalloc(1, sizeof *comparing);
	struct error err;

	comparing->work.call = call;
	buf_init(&comparing->body, LIMIT_ANSWER);
	if (compare_request_read(&comparing->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		comparing_free(comparing);
		return;
	}
	comparing->gone = mem_zalloc(comparing->request.count, sizeof *comparing->gone);
	if (!work_submit(&comparing->work, call->server->reader, compare_run, compare_done))
		comparing_free(comparing);
}
