#include "sync/sync.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "sync/internal.h"
#include "wire/limits.h"

static struct task *
task_of(struct sync *sync, enum sync_goal goal)
{
	switch (goal) {
	case SYNC_LISTS:
		return &sync->lists;
	case SYNC_FLUSH:
		return &sync->flush;
	case SYNC_PULL:
		return &sync->pull;
	case SYNC_READ:
		return &sync->read;
	case SYNC_ACK:
	case SYNC_GOALS:
		break;
	}
	return &sync->ack;
}

struct sync *
sync_create(const struct sync_config *config)
{
	struct sync *sync = mem_zalloc(1, sizeof *sync);
	struct task *tasks[TASKS];

	sync->config = *config;
	sync->line_lock.fd = -1;
	sync->outbox_lock.fd = -1;
	sync->batch_limit = BATCH_ENTRIES;
	sync->marker_limit = LIMIT_BATCH;
	sync->pull_left = -1;
	tasks_all(sync, tasks);
	for (size_t i = 0; i < TASKS; i++)
		tasks[i]->sync = sync;
	return sync;
}

void
tasks_all(struct sync *sync, struct task *all[TASKS])
{
	struct task *const tasks[TASKS] = {&sync->lists, &sync->flush, &sync->pull, &sync->read,
	    &sync->ack, &sync->line, &sync->once};

	memcpy(all, tasks, sizeof tasks);
}

static void
task_finish(struct task *task)
{
	if (task->busy)
		transport_cancel(task->sync->config.transport, &task->call);
	transport_call_finish(&task->call);
	cache_ranges_finish(&task->acks);
}

void
sync_destroy(struct sync *sync)
{
	struct task *tasks[TASKS];

	if (!sync)
		return;
	tasks_all(sync, tasks);
	for (size_t i = 0; i < TASKS; i++)
		task_finish(tasks[i]);
	flush_finish(sync);
	pull_finish(sync);
	read_finish(sync);
	compare_finish(sync);
	path_lock_release(&sync->line_lock);
	free(sync);
}

void
sync_want(struct sync *sync, enum sync_goal goal, int64_t from_now)
{
	struct task *task = task_of(sync, goal);

	if (task->busy)
		task->again = true;
	else if (from_now > 0 && !task->wanted)
		task->not_before = time_mono() + from_now;
	else if (from_now <= 0 && task->put_off)
		task->not_before = 0;
	task->put_off = from_now > 0 && (task->put_off || !task->wanted);
	task->wanted = true;
}

void
sync_unwant(struct sync *sync, enum sync_goal goal)
{
	struct task *task = task_of(sync, goal);

	task->wanted = false;
	task->again = false;
	task->behind_lists = false;
	if (goal == SYNC_FLUSH && task->busy && task->call.bytes_up == 0)
		flush_cancel(sync);
}

bool
sync_wants(const struct sync *sync, enum sync_goal goal)
{
	return task_of((struct sync *)sync, goal)->wanted;
}

const struct sync_outcome *
sync_outcome(const struct sync *sync, enum sync_goal goal)
{
	return &task_of((struct sync *)sync, goal)->outcome;
}

enum status
sync_apply(struct sync *sync, const struct cache_change *change, enum cache_applied *applied,
    struct error *err)
{
	enum status status = cache_apply(sync->config.cache, change, applied, err);

	if (status == STATUS_OK && *applied == CACHE_APPLIED) {
		sync->counts.changes++;
		if (sync->pull_always)
			sync_want(sync, SYNC_PULL, 0);
	}
	return status;
}

static bool
is_ready(const struct task *task, int64_t now)
{
	return task->wanted && !task->busy && !task->behind_lists && task->not_before <= now;
}

bool
sync_step(struct sync *sync)
{
	static void (*const begin[SYNC_GOALS])(struct sync *) = {
	    [SYNC_LISTS] = lists_begin,
	    [SYNC_FLUSH] = flush_begin,
	    [SYNC_PULL] = pull_begin,
	    [SYNC_READ] = read_begin,
	    [SYNC_ACK] = ack_begin,
	};
	int64_t now = time_mono();
	int64_t ended = sync->ended;

	/* Before the lists, which are wanted where the line is taken: once is enough. */
	if (is_ready(&sync->line, now) && !sync->fatal.status)
		line_begin(sync);
	for (enum sync_goal goal = 0; goal < SYNC_GOALS && !sync->fatal.status; goal++)
		if (is_ready(task_of(sync, goal), now))
			begin[goal](sync);
	return sync->ended != ended;
}

static int64_t
task_due(const struct task *task)
{
	return task->wanted && !task->busy && !task->behind_lists ? task->not_before : INT64_MAX;
}

int64_t
sync_due(const struct sync *sync)
{
	/* A line that waits for its lists starts when they end, and they are a call. */
	int64_t due =
	    sync->line_lock.fd >= 0 && !sync->line_fresh ? INT64_MAX : task_due(&sync->line);

	if (sync->fatal.status)
		return INT64_MAX;
	for (enum sync_goal goal = 0; goal < SYNC_GOALS; goal++) {
		int64_t other = task_due(task_of((struct sync *)sync, goal));

		due = other < due ? other : due;
	}
	return due;
}

/* ---- for a process that stays ---- */

void
sync_stay(struct sync *sync, int most_ms)
{
	struct task *tasks[TASKS];

	tasks_all(sync, tasks);
	for (size_t i = 0; i < TASKS; i++)
		tasks[i]->backoff.most_ms = most_ms;
	sync->staying = true;
}

void
sync_hurry(struct sync *sync)
{
	struct task *tasks[TASKS];

	tasks_all(sync, tasks);
	for (size_t i = 0; i < TASKS; i++)
		if (tasks[i]->backoff.delay > 0)
			tasks[i]->not_before = 0;
}

void
sync_link(const struct sync *sync, struct sync_link *link)
{
	struct task *tasks[TASKS];

	*link = (struct sync_link){.state = sync->heard, .why = "", .next_try = INT64_MAX};
	if (sync->heard != SYNC_CUT)
		return;
	link->why = sync->cut.text;
	tasks_all((struct sync *)sync, tasks);
	for (size_t i = 0; i < TASKS; i++) {
		int64_t due = tasks[i]->busy ? 0 : task_due(tasks[i]);

		/* A poll says nothing while it is held, and is not made anew before the lists are.
		 */
		if (tasks[i] != &sync->line && due < link->next_try)
			link->next_try = due;
	}
}

enum status
sync_fatal(const struct sync *sync, struct error *err)
{
	if (!sync->fatal.status)
		return STATUS_OK;
	return error_set(err, sync->fatal.status, "%s", sync->fatal.text);
}

static void
once_answered(struct transport_call *call)
{
	struct task *task = task_done(call);

	task->wanted = false;
	if (call->status != STATUS_OK) {
		task_fail(task, call->status, &call->err);
		return;
	}
	task->outcome.successes++;
	task->outcome.status = STATUS_OK;
}

void
sync_once(struct sync *sync, enum method_id method, struct buf *body)
{
	transport_call_finish(&sync->once.call);
	sync->once.call.body = *body;
	buf_init(body, body->limit);
	sync->once.wanted = true;
	sync->once.outcome = (struct sync_outcome){0};
	task_call(&sync->once, method, CALL_TIMEOUT_MS, once_answered);
}

const struct sync_outcome *
sync_once_outcome(const struct sync *sync)
{
	return &sync->once.outcome;
}

const struct json *
sync_once_answer(const struct sync *sync)
{
	return sync->once.call.doc;
}

const struct sync_counts *
sync_counts(const struct sync *sync)
{
	return &sync->counts;
}
