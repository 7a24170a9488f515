/* login-sync, events, ack (doc/protocol.md 3.4, 3.5, 3.7). */
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

#include "acks.h"
#include "base/mem.h"
#include "pool.h"
#include "server.h"
#include "store.h"
#include "wire/limits.h"
#include "wire/sync.h"
#include "work.h"

struct login_sync {
	struct work work;
	struct cursor cursor;
	struct cursor known;
	int64_t until;
	struct login_sync_answer answer; /* its rows and their strings are owned */
	struct buf amendments;           /* written */
	struct buf body;
};

static void
forget_rows(struct login_sync_answer *answer)
{
	for (size_t i = 0; i < answer->contact_count; i++) {
		free((char *)answer->contacts[i].address);
		free((char *)answer->contacts[i].name);
	}
	for (size_t i = 0; i < answer->group_count; i++) {
		free((char *)answer->groups[i].address);
		free((char *)answer->groups[i].name);
	}
	for (size_t i = 0; i < answer->head_count; i++)
		free((char *)answer->heads[i].conversation);
	login_sync_answer_finish(answer);
}

/* Room for one row more. Rows grow by powers of two: count is one of them where they are full. */
static void *
grow_rows(void *rows, size_t count, size_t size)
{
	return count & (count - 1) ? rows : mem_resize(rows, count ? 2 * count : 1, size);
}

static void
add_contact(void *arg, const struct contact *contact)
{
	struct login_sync_answer *answer = &((struct login_sync *)arg)->answer;
	struct contact *row;

	answer->contacts =
	    grow_rows(answer->contacts, answer->contact_count, sizeof *answer->contacts);
	row = &answer->contacts[answer->contact_count++];
	*row = *contact;
	row->address = mem_strdup(contact->address);
	row->name = mem_strdup(contact->name);
}

static void
add_group(void *arg, const struct group *group)
{
	struct login_sync_answer *answer = &((struct login_sync *)arg)->answer;
	struct group *row;

	answer->groups = grow_rows(answer->groups, answer->group_count, sizeof *answer->groups);
	row = &answer->groups[answer->group_count++];
	*row = *group;
	row->address = mem_strdup(group->address);
	row->name = mem_strdup(group->name);
}

static void
add_head(void *arg, const struct conversation_head *head)
{
	struct login_sync_answer *answer = &((struct login_sync *)arg)->answer;
	struct conversation_head *row;

	answer->heads = grow_rows(answer->heads, answer->head_count, sizeof *answer->heads);
	row = &answer->heads[answer->head_count++];
	*row = *head;
	row->conversation = mem_strdup(head->conversation);
}

static void
add_amendment(void *arg, const struct store_message *row)
{
	amendment_write(&((struct login_sync *)arg)->amendments, &row->message, row->text_json);
}

/*
 * What changed again behind `until` is told too, for its stamp of before is gone: to leave it out
 * would leave out what happened to it up to `until`.
 */
static enum status
read_changes(struct login_sync *sync, struct store *store, struct error *err)
{
	struct login_sync_answer *answer = &sync->answer;
	int64_t from = sync->cursor.stamp;
	int64_t until = sync->until > from ? sync->until : from;
	int64_t last = store->driver->last_stamp(store);
	const struct store_changes told = {
	    .contact = add_contact,
	    .group = add_group,
	    .head = add_head,
	    .amendment = sync->cursor.generation[0] ? add_amendment : NULL,
	    .arg = sync,
	};
	enum status status;

	status = store->driver->changes(store, &sync->work.call->caller, from,
	    last > until ? last : until, LIMIT_PAGE_ROWS, &told, &answer->to, err);
	if (status != STATUS_OK)
		return status;
	if (answer->to < until)
		answer->until = until;
	else
		answer->to = until;
	if (sync->amendments.length)
		answer->amendment_rows = buf_string(&sync->amendments);
	return STATUS_OK;
}

/* *valid: whatever the client knows, this history has. */
static enum status
check_history(struct login_sync *sync, struct store *store, bool *valid, struct error *err)
{
	const struct cursor *const cursors[] = {&sync->cursor, &sync->known};
	enum status status = STATUS_OK;

	*valid = true;
	for (size_t i = 0; i < 2 && *valid && status == STATUS_OK; i++)
		if (cursors[i]->generation[0])
			status = store->driver->cursor_check(store, cursors[i], valid, err);
	return status;
}

static enum status
login_sync_run(struct job *job, struct store *store, struct error *err)
{
	struct login_sync *sync = (struct login_sync *)job;
	bool valid;
	enum status status = check_history(sync, store, &valid, err);

	sync->answer.reset = !valid;
	if (status == STATUS_OK && valid)
		status = read_changes(sync, store, err);
	if (status == STATUS_OK)
		login_sync_answer_write(&sync->body, &sync->answer);
	if (status == STATUS_OK)
		call_pack(sync->work.call, sync->work.call->server->reader_packer, &sync->body);
	forget_rows(&sync->answer);
	return work_outcome(&sync->work, status);
}

static void
login_sync_done(struct job *job, enum status status, struct error *err)
{
	struct login_sync *sync = (struct login_sync *)job;

	if (!work_failed(&sync->work, status, err))
		call_answer(sync->work.call, &sync->body);
	buf_finish(&sync->body);
	buf_finish(&sync->amendments);
	free(sync);
}

void
handle_login_sync(struct call *call)
{
	struct server *server = call->server;
	struct login_sync_request request;
	struct login_sync *sync;
	int64_t committed = pools_committed_stamp(server->pools);
	struct error err;

	if (login_sync_request_read(&request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		return;
	}
	ack_saver_add(server->acks, &call->caller, &request.acks);
	/* The reader may see more than is announced; the pool has it, from here on. */
	pools_open(server->pools, &call->caller);
	sync = mem_zalloc(1, sizeof *sync);
	sync->work.call = call;
	sync->cursor = request.cursor;
	sync->known = request.known;
	sync->until = request.until && request.until < committed ? request.until : committed;
	sync->answer.generation = server->generation;
	buf_init(&sync->body, LIMIT_ANSWER);
	buf_init(&sync->amendments, LIMIT_ANSWER);
	login_sync_request_finish(&request);
	if (!work_submit(&sync->work, server->reader, login_sync_run, login_sync_done))
		free(sync);
}

void
handle_events(struct call *call)
{
	struct events_request request;
	struct cursor cursor;
	int64_t wait_ms;
	struct error err;

	if (events_request_read(&request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		return;
	}
	ack_saver_add(call->server->acks, &call->caller, &request.acks);
	cursor = request.cursor;
	wait_ms = request.wait_ms;
	events_request_finish(&request);
	pools_poll(call->server->pools, call, &cursor, wait_ms);
}

void
handle_ack(struct call *call)
{
	struct acks acks;
	struct error err;
	struct buf body;

	if (ack_request_read(&acks, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		return;
	}
	ack_saver_add(call->server->acks, &call->caller, &acks);
	acks_finish(&acks);
	buf_init(&body, LIMIT_ANSWER);
	plain_answer_write(&body, call->server->generation);
	call_answer(call, &body);
}
