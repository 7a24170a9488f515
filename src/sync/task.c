#include "sync/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timeu.h"
#include "wire/limits.h"

void
sync_notice(struct sync *sync, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list ap;

	if (!sync->config.notice)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	sync->config.notice(sync->config.arg, text);
}

void
task_call(struct task *task, enum method_id method, int64_t timeout_ms,
    void (*done)(struct transport_call *call))
{
	task->call.method = method_get(method);
	task->call.token = task->sync->config.token;
	task->call.timeout_ms = timeout_ms;
	task->call.done = done;
	task->call.arg = task;
	task->busy = true;
	transport_start(task->sync->config.transport, &task->call);
}

static void
count_traffic(struct task *task)
{
	struct cache_traffic *traffic = &task->sync->counts.traffic;

	traffic->requests += task->call.requests;
	traffic->bytes_up += task->call.bytes_up;
	traffic->bytes_down += task->call.bytes_down;
}

void
task_drop(struct task *task)
{
	transport_cancel(task->sync->config.transport, &task->call);
	transport_call_finish(&task->call);
	count_traffic(task);
	cache_ranges_finish(&task->acks);
	task->busy = false;
}

/* Whether the server is there, the last call says. */
static void
hear(struct task *task)
{
	struct sync *sync = task->sync;
	const struct transport_call *call = &task->call;
	bool cut = call->status == STATUS_UNAVAILABLE || call->status == STATUS_AGAIN ||
	           call->status == STATUS_PROTOCOL;

	sync->heard = cut ? SYNC_CUT : SYNC_ANSWERED;
	if (!cut)
		return;
	sync->cut = call->err;
	if (!sync->staying)
		return;
	sync->line_fresh = false;
	if (task != &sync->lists)
		sync_want(sync, SYNC_LISTS, 0);
}

struct task *
task_done(struct transport_call *call)
{
	struct task *task = call->arg;
	struct sync *sync = task->sync;
	struct error err;

	task->busy = false;
	count_traffic(task);
	hear(task);
	/* Acks that can't be forgotten now ride once more, which is harmless. */
	if (call->status == STATUS_OK && task->acks.count &&
	    cache_acks_done(sync->config.cache, &task->acks, &err) == STATUS_IO)
		sync->fatal = err;
	cache_ranges_finish(&task->acks);
	return task;
}

void
task_succeed(struct task *task)
{
	transport_call_finish(&task->call);
	backoff_reset(&task->backoff);
	task->times_behind = 0;
	task->outcome.successes++;
	task->sync->ended++;
	task->outcome.status = STATUS_OK;
	task->not_before = 0;
	task->wanted = task->again;
	task->again = false;
}

/* The first of several calls that are refused says it. */
static void
deny(struct sync *sync)
{
	struct error ignored;
	bool replaced = false;

	if (sync->fatal.status)
		return;
	(void)cache_token_clear(sync->config.cache, sync->config.token, &replaced, &ignored);
	if (replaced)
		error_set(&sync->fatal, STATUS_DENIED,
		    "another process logged this account in anew; run the command again");
	else
		error_set(&sync->fatal, STATUS_DENIED,
		    "this device's login is not valid any more; run 'tern login'");
}

void
task_fail(struct task *task, enum status status, const struct error *err)
{
	struct error copy = *err;
	bool denied = task->call.error == WIRE_UNAUTHORIZED;

	transport_call_finish(&task->call);
	copy.status = status;
	task->outcome.failures++;
	task->sync->ended++;
	task->outcome.status = status;
	task->outcome.err = copy;
	task->not_before = backoff_next(&task->backoff);
	task->put_off = false;
	if (denied)
		deny(task->sync);
	else if (status == STATUS_IO)
		task->sync->fatal = copy;
	else
		sync_notice(task->sync, "%s; trying again", copy.text);
}

void
task_behind_lists(struct task *task)
{
	struct error err;

	if (task->times_behind++ == MOST_BEHIND) {
		task->times_behind = 0;
		task_fail(task,
		    error_set(&err, STATUS_AGAIN,
		        "the server's answers are each of another start of it; it may be starting "
		        "over and over"),
		    &err);
		return;
	}
	transport_call_finish(&task->call);
	task->behind_lists = true;
	task->sync->line_fresh = false;
	sync_want(task->sync, SYNC_LISTS, 0);
}

void
tasks_after_lists(struct sync *sync, enum status status, const struct error *err)
{
	struct task *const tasks[] = {&sync->flush, &sync->pull, &sync->read};

	for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
		if (!tasks[i]->behind_lists)
			continue;
		tasks[i]->behind_lists = false;
		if (status != STATUS_OK)
			task_fail(tasks[i], status, err);
	}
}

void
task_take_acks(struct task *task, struct acks *acks)
{
	struct error ignored;

	cache_ranges_finish(&task->acks);
	if (cache_acks(task->sync->config.cache, RIDING_ACKS, &task->acks, &ignored) != STATUS_OK)
		task->acks = (struct cache_ranges){0};
	*acks = (struct acks){task->acks.items, task->acks.count};
}

static void
ack_answered(struct transport_call *call)
{
	struct task *task = task_done(call);

	if (call->status != STATUS_OK) {
		task_fail(task, call->status, &call->err);
		return;
	}
	transport_call_finish(call);
	if (!task->sync->fatal.status)
		ack_begin(task->sync);
}

void
ack_begin(struct sync *sync)
{
	struct task *task = &sync->ack;
	struct acks acks;

	task_take_acks(task, &acks);
	if (!acks.count) {
		task_succeed(task);
		return;
	}
	buf_init(&task->call.body, LIMIT_REQUEST);
	ack_request_write(&task->call.body, &acks);
	task_call(task, METHOD_ACK, CALL_TIMEOUT_MS, ack_answered);
}
