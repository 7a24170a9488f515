/* read (doc/protocol.md 3.9): tells the server which read markers moved here. */
#include "sync/internal.h"

#include "wire/limits.h"
#include "wire/read.h"

/* The markers of the call under way were taken, or refused (answer is NULL). */
static enum status
settle(struct sync *sync, const struct read_answer *answer, bool *fits, struct error *err)
{
	enum cache_applied applied = CACHE_APPLIED;
	enum status status = cache_markers_told(sync->config.cache,
	    answer ? answer->generation : NULL, &sync->markers, answer ? answer->heads : NULL,
	    answer ? answer->count : 0, &applied, err);

	*fits = applied == CACHE_APPLIED;
	if (status == STATUS_OK && *fits)
		sync->counts.changes++;
	return status;
}

/* One of them is above what the server has, and no try will change that. Each by itself shows
 * which; that one is given up. */
static enum status
refused(struct sync *sync, struct error *err)
{
	bool fits;

	if (sync->markers.count > 1) {
		sync->marker_limit = 1;
		return STATUS_OK;
	}
	return settle(sync, NULL, &fits, err);
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct read_answer answer = {0};
	struct error err = call->err;
	enum status status = call->status;
	bool fits = true;

	if (call->error == WIRE_BAD_FIELD) {
		status = refused(task->sync, &err);
	} else if (status == STATUS_OK) {
		status = read_answer_read(&answer, call->doc, &err);
		if (status == STATUS_OK)
			status = settle(task->sync, &answer, &fits, &err);
		read_answer_finish(&answer);
	}
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
	} else if (!fits) {
		task_behind_lists(task);
	} else {
		task->times_behind = 0;
		backoff_reset(&task->backoff);
		transport_call_finish(call);
		read_begin(task->sync);
	}
}

void
read_begin(struct sync *sync)
{
	struct task *task = &sync->read;
	struct buf *body = &task->call.body;
	struct error err;
	enum status status;

	task->again = false; /* whatever made it wanted anew is among the markers read now */
	cache_ranges_finish(&sync->markers);
	status = cache_markers(sync->config.cache, sync->marker_limit, &sync->markers, &err);
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
		return;
	}
	if (!sync->markers.count) {
		sync->marker_limit = LIMIT_BATCH;
		task_succeed(task);
		return;
	}
	buf_init(body, LIMIT_REQUEST);
	read_request_begin(body);
	for (size_t i = 0; i < sync->markers.count; i++)
		read_request_add(
		    body, sync->markers.items[i].conversation, sync->markers.items[i].ids.last);
	read_request_end(body);
	task_call(task, METHOD_READ, CALL_TIMEOUT_MS, answered);
}

void
read_finish(struct sync *sync)
{
	cache_ranges_finish(&sync->markers);
}
