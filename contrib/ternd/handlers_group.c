/* group-create, group-change, receipts (doc/protocol.md 3.12, 3.7). */
#include "handlers.h"

#include <stdlib.h>

#include "announce.h"
#include "base/mem.h"
#include "model/address.h"
#include "server.h"
#include "store.h"
#include "wire/group.h"
#include "wire/limits.h"
#include "work.h"

/* A group that is made or changed. */
struct grouping {
	struct work work;
	bool create;
	struct group_create made; /* their strings are borrowed from the call's body */
	struct group_change changed;
	struct group_answer answer; /* its refusals' addresses likewise */
	struct store_group_result result;
	struct announcements announcements;
	struct buf body;
};

/* What a run that was rolled back left. */
static void
forget(struct grouping *grouping)
{
	announce_clear(&grouping->announcements);
	roster_release(grouping->result.roster);
	grouping->result.roster = NULL;
	grouping->answer.refused_count = 0;
	buf_clear(&grouping->body);
}

static void
grouping_free(struct grouping *grouping)
{
	forget(grouping);
	group_create_finish(&grouping->made);
	group_change_finish(&grouping->changed);
	group_answer_finish(&grouping->answer);
	buf_finish(&grouping->body);
	free(grouping);
}

static void
on_message(void *arg, const struct store_message *row)
{
	struct grouping *grouping = arg;

	announce_message(&grouping->announcements, &row->message, row->text_json);
}

static void
on_gone(void *arg, int64_t account_id, int64_t last)
{
	announce_gone(&((struct grouping *)arg)->announcements, account_id, last);
}

static void
on_head(void *arg, int64_t account_id, const struct conversation_head *head)
{
	announce_head(&((struct grouping *)arg)->announcements, account_id, head);
}

static void
on_group(void *arg, int64_t account_id, const struct group *group)
{
	announce_group(&((struct grouping *)arg)->announcements, account_id, group);
}

static void
on_refused(void *arg, const char *address, enum wire_error why)
{
	struct group_answer *answer = &((struct grouping *)arg)->answer;

	answer->refused[answer->refused_count++] = (struct group_refusal){address, why};
}

/* Written here, for the rows are borrowed. */
static void
on_answer(void *arg, const struct group *group, const struct conversation_head *head)
{
	struct grouping *grouping = arg;

	grouping->answer.group = *group;
	grouping->answer.head = *head;
	group_answer_write(&grouping->body, &grouping->answer);
}

static enum status
grouping_run(struct job *job, struct store *store, struct error *err)
{
	struct grouping *grouping = (struct grouping *)job;
	const struct caller *caller = &grouping->work.call->caller;
	const struct store_group_sink sink = {
	    .message = on_message,
	    .gone = on_gone,
	    .head = on_head,
	    .group = on_group,
	    .refused = on_refused,
	    .answer = on_answer,
	    .arg = grouping,
	};
	enum status status;

	forget(grouping);
	if (grouping->create)
		status = store->driver->group_create(
		    store, caller, &grouping->made, &sink, &grouping->result, err);
	else
		status = store->driver->group_change(
		    store, caller, &grouping->changed, &sink, &grouping->result, err);
	return work_outcome(&grouping->work, status);
}

static const char *
refusal_text(enum wire_error error)
{
	switch (error) {
	case WIRE_EXISTS:
		return "the address is taken: choose another";
	case WIRE_KEY_CONFLICT:
		return "the key was used for other content";
	case WIRE_NO_RECIPIENT:
		return "there is no such group";
	case WIRE_NOT_MEMBER:
		return "this account is not in the group (any more)";
	case WIRE_NOT_ALLOWED:
		return "this member's role does not allow it";
	case WIRE_BAD_TARGET:
		return "there is no such message";
	default:
		return "it was refused";
	}
}

static void
grouping_done(struct job *job, enum status status, struct error *err)
{
	struct grouping *grouping = (struct grouping *)job;
	struct call *call = grouping->work.call;
	enum wire_error error = grouping->result.error;

	if (work_failed(&grouping->work, status, err)) {
		/* Answered. */
	} else if (error != WIRE_OK) {
		call_fail(call, error, "%s", refusal_text(error));
	} else {
		announce_publish(
		    &grouping->announcements, call->server->pools, grouping->result.roster, 0);
		call_answer(call, &grouping->body);
	}
	grouping_free(grouping);
}

static struct grouping *
grouping_begin(struct call *call)
{
	struct grouping *grouping = mem_zalloc(1, sizeof *grouping);

	grouping->work.call = call;
	grouping->answer.generation = call->server->generation;
	buf_init(&grouping->body, LIMIT_ANSWER);
	return grouping;
}

static void
grouping_submit(struct grouping *grouping, size_t members)
{
	grouping->answer.refused = mem_zalloc(members + 1, sizeof *grouping->answer.refused);
	if (!work_submit(
	        &grouping->work, grouping->work.call->server->writer, grouping_run, grouping_done))
		grouping_free(grouping);
}

void
handle_group_create(struct call *call)
{
	struct grouping *grouping = grouping_begin(call);
	const struct group_create *made = &grouping->made;
	struct error err;

	grouping->create = true;
	if (group_create_read(&grouping->made, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		grouping_free(grouping);
	} else if (!config_has_domain(call->server->config, address_domain(made->address))) {
		call_fail(call, WIRE_NO_RECIPIENT, "this server does not carry that domain");
		grouping_free(grouping);
	} else {
		grouping_submit(grouping, made->member_count);
	}
}

void
handle_group_change(struct call *call)
{
	struct grouping *grouping = grouping_begin(call);
	struct error err;

	if (group_change_read(&grouping->changed, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		grouping_free(grouping);
		return;
	}
	grouping_submit(grouping, grouping->changed.member_count);
}

/* ---- receipts ---- */

struct receiving {
	struct work work;
	struct receipts_request request; /* its string is borrowed from the call's body */
	struct receipts_answer answer;
	enum wire_error error;
};

static enum status
receipts_run(struct job *job, struct store *store, struct error *err)
{
	struct receiving *receiving = (struct receiving *)job;

	return work_outcome(
	    &receiving->work, store->driver->receipts(store, &receiving->work.call->caller,
	                          &receiving->request, &receiving->answer, &receiving->error, err));
}

static void
receipts_done(struct job *job, enum status status, struct error *err)
{
	struct receiving *receiving = (struct receiving *)job;
	struct call *call = receiving->work.call;
	struct buf body;

	if (work_failed(&receiving->work, status, err)) {
		/* Answered. */
	} else if (receiving->error != WIRE_OK) {
		call_fail(call, receiving->error, "%s", refusal_text(receiving->error));
	} else {
		buf_init(&body, LIMIT_ANSWER);
		receiving->answer.generation = call->server->generation;
		receipts_answer_write(&body, &receiving->answer);
		call_answer(call, &body);
	}
	free(receiving);
}

void
handle_receipts(struct call *call)
{
	struct receiving *receiving = mem_zalloc(1, sizeof *receiving);
	struct error err;

	receiving->work.call = call;
	if (receipts_request_read(&receiving->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		free(receiving);
		return;
	}
	if (!work_submit(&receiving->work, call->server->reader, receipts_run, receipts_done))
		free(receiving);
}
