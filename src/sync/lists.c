/* login-sync (doc/protocol.md 3.4). */
#include "sync/internal.h"

#include "wire/limits.h"

/* *more: there is something left to ask for. */
static enum status
apply(struct sync *sync, const struct login_sync_answer *answer, bool *more, struct error *err)
{
	const struct cache_change change = {
	    .generation = answer->generation,
	    .from = sync->lists_asked.cursor.stamp,
	    .to = answer->to,
	    .asked = &sync->lists_asked,
	    .contacts = answer->contacts,
	    .contact_count = answer->contact_count,
	    .groups = answer->groups,
	    .group_count = answer->group_count,
	    .heads = answer->heads,
	    .head_count = answer->head_count,
	    .amendments = answer->amendments,
	    .amendment_count = answer->amendment_count,
	};
	enum cache_applied applied = CACHE_APPLIED;
	enum status status;

	if (answer->reset)
		return STATUS_OK;
	/* Each page advances: one that doesn't would be asked for again for ever. */
	if (answer->to < change.from || (answer->until && answer->to == change.from))
		return error_set(err, STATUS_PROTOCOL, "a page of login-sync does not advance");
	status = sync_apply(sync, &change, &applied, err);
	sync->lists_until = answer->until;
	/* A gap: another process was reset meanwhile, or stored what the server was not told of. */
	*more = answer->until || applied == CACHE_GAP;
	return status;
}

void
lists_fail(struct sync *sync, enum status status, const struct error *err)
{
	sync->resets = 0;
	sync->lists_until = 0;
	task_fail(&sync->lists, status, err);
	tasks_after_lists(sync, status, err);
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct sync *sync = task->sync;
	struct login_sync_answer answer = {0};
	struct error err = call->err;
	enum status status = call->status;
	bool more = true, resets;

	if (status == STATUS_OK)
		status = login_sync_answer_read(&answer, call->doc, &err);
	if (status == STATUS_OK)
		status = apply(sync, &answer, &more, &err);
	resets = answer.reset;
	login_sync_answer_finish(&answer);
	if (status != STATUS_OK) {
		lists_fail(sync, status, &err);
	} else if (resets) {
		transport_call_finish(call);
		reset_begin(sync);
	} else if (more) {
		transport_call_finish(call);
		lists_begin(sync);
	} else {
		sync->line_fresh = true;
		sync->resets = 0;
		task_succeed(task);
		tasks_after_lists(sync, STATUS_OK, NULL);
	}
}

void
lists_begin(struct sync *sync)
{
	struct task *task = &sync->lists;
	struct login_sync_request request = {.until = 0};
	struct cache_knowledge *asked = &sync->lists_asked;
	struct error err;
	enum status status = cache_knowledge_get(sync->config.cache, asked, &err);

	if (status != STATUS_OK) {
		lists_fail(sync, status, &err);
		return;
	}
	if (asked->resetting) {
		compare_begin(sync);
		return;
	}
	request.cursor = asked->cursor;
	if (asked->known.stamp > asked->cursor.stamp)
		request.known = asked->known;
	/* Where another process was faster than the paging, it is at an end. */
	if (sync->lists_until > request.cursor.stamp)
		request.until = sync->lists_until;
	task_take_acks(task, &request.acks);
	buf_init(&task->call.body, LIMIT_REQUEST);
	login_sync_request_write(&task->call.body, &request);
	task_call(task, METHOD_LOGIN_SYNC, CALL_TIMEOUT_MS, answered);
}
