/* The held poll (doc/protocol.md 3.5): one process of a cache holds it at a time. */
#include "sync/internal.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/timeu.h"
#include "wire/limits.h"

/* Whatever went missing between two polls, login-sync finds. */
static void
resync(struct sync *sync)
{
	sync->line_fresh = false;
	sync_want(sync, SYNC_LISTS, 0);
}

/* The events of an answer, by their kinds. */
struct sorted {
	struct message *messages;
	struct contact *contacts;
	struct group *groups;
	struct conversation_head *heads;
};

static void
sort_event(struct sorted *sorted, struct cache_change *change, const struct event *event)
{
	switch (event->kind) {
	case EVENT_MESSAGE:
		sorted->messages[change->message_count++] = event->message;
		break;
	case EVENT_CONTACT:
		sorted->contacts[change->contact_count++] = event->contact;
		break;
	case EVENT_GROUP:
		sorted->groups[change->group_count++] = event->group;
		break;
	case EVENT_HEAD:
		sorted->heads[change->head_count++] = event->head;
		break;
	case EVENT_UNKNOWN:
		break;
	}
}

/* *lost: something lies between the cursor and the answer. */
static enum status
apply(struct sync *sync, const struct events_answer *answer, bool *lost, struct error *err)
{
	struct sorted sorted = {
	    .messages = mem_zalloc(answer->count, sizeof *sorted.messages),
	    .contacts = mem_zalloc(answer->count, sizeof *sorted.contacts),
	    .groups = mem_zalloc(answer->count, sizeof *sorted.groups),
	    .heads = mem_zalloc(answer->count, sizeof *sorted.heads),
	};
	struct cache_change change = {
	    .generation = answer->generation,
	    .from = answer->from,
	    .to = answer->to,
	    .contacts = sorted.contacts,
	    .groups = sorted.groups,
	    .heads = sorted.heads,
	    .messages = sorted.messages,
	};
	enum cache_applied applied;
	enum status status;

	for (size_t i = 0; i < answer->count; i++)
		sort_event(&sorted, &change, &answer->events[i]);
	status = sync_apply(sync, &change, &applied, err);
	if (status == STATUS_OK && applied == CACHE_APPLIED)
		for (size_t i = 0; i < change.message_count; i++)
			sync->counts.messages += !sorted.messages[i].has_key;
	*lost = status == STATUS_OK && applied == CACHE_GAP;
	free(sorted.messages);
	free(sorted.contacts);
	free(sorted.groups);
	free(sorted.heads);
	return status;
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct sync *sync = task->sync;
	struct events_answer answer = {0};
	struct error err = call->err;
	enum status status = call->status;
	bool lost = false;

	if (status == STATUS_OK)
		status = events_answer_read(&answer, call->doc, &err);
	if (status == STATUS_OK && answer.superseded) {
		sync_notice(sync, "another program polls with this login; waiting half a minute");
		task->not_before = time_mono() + SUPERSEDED_MS * TIME_MS;
	} else if (status == STATUS_OK) {
		lost = answer.resync;
		if (!lost)
			status = apply(sync, &answer, &lost, &err);
	}
	events_answer_finish(&answer);
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
		return;
	}
	transport_call_finish(call);
	if (lost) {
		resync(sync);
		/* A server that never says anything else is asked ever more slowly. */
		task->not_before = backoff_next(&task->backoff);
	} else {
		backoff_reset(&task->backoff);
	}
}

static bool
take_line(struct sync *sync)
{
	struct error err;
	enum status status;

	if (sync->line_lock.fd >= 0)
		return true;
	status = path_lock_beside(&sync->line_lock, cache_path(sync->config.cache), "line", &err);
	if (status == STATUS_OK) {
		sync_notice(sync, "holding the line");
		resync(sync);
		return true;
	}
	if (status != STATUS_AGAIN)
		sync_notice(sync, "%s", err.text);
	sync->line.not_before = time_mono() + LINE_RETRY_MS * TIME_MS;
	return false;
}

/*
 * Acknowledgements ride on the poll, but where much comes, as in a busy group, not on each: what
 * comes meanwhile is acknowledged together, by a poll if there is one by then.
 */
static void
take_acks(struct sync *sync, struct acks *acks)
{
	struct task *task = &sync->line;
	int64_t now = time_mono();
	int64_t left = sync->acks_rode + ACKS_APART_MS * TIME_MS - now;

	task_take_acks(task, acks);
	if (!acks->count)
		return;
	if (left <= 0) {
		sync->acks_rode = now;
		return;
	}
	*acks = (struct acks){0};
	cache_ranges_finish(&task->acks);
	sync_want(sync, SYNC_ACK, left);
}

void
line_begin(struct sync *sync)
{
	struct task *task = &sync->line;
	struct events_request request = {
	    .wait_ms = POLL_WAIT_MS - (int64_t)random_below(POLL_JITTER_MS)};
	struct error err;
	enum status status;

	if (!take_line(sync) || !sync->line_fresh)
		return;
	status = cache_cursor_get(sync->config.cache, &request.cursor, &err);
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
		return;
	}
	if (!request.cursor.generation[0]) {
		resync(sync);
		return;
	}
	take_acks(sync, &request.acks);
	buf_init(&task->call.body, LIMIT_REQUEST);
	events_request_write(&task->call.body, &request);
	task_call(task, METHOD_EVENTS, request.wait_ms + POLL_GRACE_MS, answered);
}

void
sync_hold_line(struct sync *sync)
{
	sync->line.wanted = true;
}

bool
sync_has_line(const struct sync *sync)
{
	return sync->line_lock.fd >= 0;
}
