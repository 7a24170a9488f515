/* login-sync (doc/protocol.md 3.4). */
#include "sync/internal.h"

#include "wire/limits.h"

static enum status
apply(struct sync *sync, const struct login_sync_answer *answer, struct error *err)
{
	const struct cache_change change = {
	    .generation = answer->generation,
	    .from = answer->from,
	    .to = answer->to,
	    .contacts = answer->contacts,
	    .contact_count = answer->contact_count,
	    .heads = answer->heads,
	    .head_count = answer->head_count,
	};
	enum cache_applied applied;

	return sync_apply(sync, &change, &applied, err);
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct sync *sync = task->sync;
	struct login_sync_answer answer;
	struct error err = call->err;
	enum status status = call->status;

	if (status == STATUS_OK)
		status = login_sync_answer_read(&answer, call->doc, &err);
	if (status != STATUS_OK) {
		sync->lists_until = 0;
		task_fail(task, status, &err);
		return;
	}
	if (answer.reset) {
		sync_notice(sync, "the server does not know this cache's cursor; asking for all");
		status = cache_cursor_clear(sync->config.cache, &err);
		sync->lists_until = 0;
	} else {
		status = apply(sync, &answer, &err);
		sync->lists_until = answer.until;
	}
	bool more = answer.reset || answer.until;
	login_sync_answer_finish(&answer);
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
	} else if (more) {
		transport_call_finish(call);
		lists_begin(sync);
	} else {
		sync->line_fresh = true;
		task_succeed(task);
	}
}

void
lists_begin(struct sync *sync)
{
	struct task *task = &sync->lists;
	struct login_sync_request request = {.until = sync->lists_until};
	struct error err;
	enum status status = cache_cursor_get(sync->config.cache, &request.cursor, &err);

	if (status != STATUS_OK) {
		task_fail(task, status, &err);
		return;
	}
	task_take_acks(task, &request.acks);
	buf_init(&task->call.body, LIMIT_REQUEST);
	login_sync_request_write(&task->call.body, &request);
	task_call(task, METHOD_LOGIN_SYNC, CALL_TIMEOUT_MS, answered);
}
