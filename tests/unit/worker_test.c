/* Workers: groups, their failures, the order of what comes back. The store is a scripted one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store.h"
#include "worker.h"

/* Writes down what is asked of it. Touched by the worker's thread, read after it was joined. */
struct script_store {
	struct store base;
	struct buf *log;
	int64_t stamp;
	int commits_to_fail;
};

static struct script_store *
script_of(struct store *store)
{
	return (struct script_store *)store;
}

static enum status
script_begin(struct store *store, struct error *err)
{
	(void)err;
	buf_add_string(script_of(store)->log, "(");
	return STATUS_OK;
}

static enum status
script_commit(struct store *store, struct error *err)
{
	struct script_store *script = script_of(store);

	if (script->commits_to_fail > 0) {
		script->commits_to_fail--;
		return error_set(err, STATUS_IO, "the disk is full");
	}
	buf_add_string(script->log, ")");
	return STATUS_OK;
}

static void
script_rollback(struct store *store)
{
	buf_add_string(script_of(store)->log, "|");
}

static int64_t
script_last_stamp(struct store *store)
{
	return script_of(store)->stamp;
}

static void
script_close(struct store *store)
{
	buf_add_string(script_of(store)->log, ".");
	free(store);
}

static const struct store_driver script_driver = {
    .name = "script",
    .begin = script_begin,
    .commit = script_commit,
    .rollback = script_rollback,
    .last_stamp = script_last_stamp,
    .close = script_close,
};

/* Holds the worker's first job until the test has queued the others. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool entered;
	bool open;
};

struct fixture {
	struct event_base *base;
	struct worker *worker;
	struct script_store *store;
	struct gate gate;
	struct buf log;  /* the thread's: what was run */
	struct buf done; /* the loop's: what came back */
	int waiting;
};

struct letter {
	struct job job;
	struct fixture *fixture;
	char name;
	bool poisoned;
	bool gated;
};

static void
pass_gate(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->entered = true;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static enum status
letter_run(struct job *job, struct store *store, struct error *err)
{
	struct letter *letter = (struct letter *)job;

	if (letter->gated)
		pass_gate(&letter->fixture->gate);
	buf_add_char(&letter->fixture->log, letter->name);
	if (letter->poisoned)
		return error_set(err, STATUS_IO, "job %c is poisoned", letter->name);
	if (store)
		script_of(store)->stamp++;
	return STATUS_OK;
}

static void
letter_done(struct job *job, enum status status, struct error *err)
{
	struct letter *letter = (struct letter *)job;
	struct fixture *f = letter->fixture;

	buf_printf(&f->done, "%c", letter->name);
	if (status != STATUS_OK)
		buf_printf(&f->done, "[%s]", err->text);
	f->waiting--;
	free(letter);
}

static void
committed(void *arg, int64_t stamp)
{
	struct fixture *f = arg;

	buf_printf(&f->done, "<%lld>", (long long)stamp);
}

static bool
submit(struct fixture *f, char name, bool poisoned)
{
	struct letter *letter = mem_zalloc(1, sizeof *letter);

	letter->job.run = letter_run;
	letter->job.done = letter_done;
	letter->fixture = f;
	letter->name = name;
	letter->poisoned = poisoned;
	letter->gated = name == 'a';
	if (!worker_submit(f->worker, &letter->job)) {
		free(letter);
		return false;
	}
	f->waiting++;
	return true;
}

/* Queues 'a' and waits until it runs: what follows is one group. */
static void
submit_first(struct fixture *f)
{
	assert_true(submit(f, 'a', false));
	pthread_mutex_lock(&f->gate.lock);
	while (!f->gate.entered)
		pthread_cond_wait(&f->gate.changed, &f->gate.lock);
	pthread_mutex_unlock(&f->gate.lock);
}

static void
open_gate(struct fixture *f)
{
	pthread_mutex_lock(&f->gate.lock);
	f->gate.open = true;
	pthread_cond_broadcast(&f->gate.changed);
	pthread_mutex_unlock(&f->gate.lock);
}

static void
finish(struct fixture *f, const char *log, const char *done)
{
	open_gate(f);
	while (f->waiting > 0)
		assert_int_equal(event_base_loop(f->base, EVLOOP_ONCE), 0);
	worker_destroy(f->worker);
	f->worker = NULL;
	assert_string_equal(buf_string(&f->log), log);
	assert_string_equal(buf_string(&f->done), done);
}

static void
start(struct fixture *f, enum worker_kind kind, size_t limit)
{
	if (kind != WORKER_PLAIN) {
		f->store = mem_zalloc(1, sizeof *f->store);
		f->store->base.driver = &script_driver;
		f->store->log = &f->log;
	}
	assert_int_equal(worker_create(&f->worker, kind, f->store ? &f->store->base : NULL, f->base,
	                     limit, NULL),
	    STATUS_OK);
	worker_on_commit(f->worker, committed, f);
}

static int
set_up(void **state)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);

	f->base = event_base_new();
	assert_non_null(f->base);
	pthread_mutex_init(&f->gate.lock, NULL);
	pthread_cond_init(&f->gate.changed, NULL);
	buf_init(&f->log, 10000);
	buf_init(&f->done, 10000);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	event_base_free(f->base);
	pthread_cond_destroy(&f->gate.changed);
	pthread_mutex_destroy(&f->gate.lock);
	buf_finish(&f->log);
	buf_finish(&f->done);
	free(f);
	return 0;
}

static void
commits_what_queued_up_together(void **state)
{
	struct fixture *f = *state;

	start(f, WORKER_WRITER, 10);
	submit_first(f);
	for (char name = 'b'; name <= 'd'; name++)
		assert_true(submit(f, name, false));
	finish(f, "(a)(bcd).", "a<1>bcd<4>");
}

static void
isolates_a_poisoned_job(void **state)
{
	struct fixture *f = *state;

	start(f, WORKER_WRITER, 10);
	submit_first(f);
	submit(f, 'b', false);
	submit(f, 'c', true);
	submit(f, 'd', false);
	/* The script's stamp isn't rolled back: b counted twice. */
	finish(f, "(a)(bc|(b)(c|(d).", "a<1>b<3>c[job c is poisoned]d<4>");
}

static void
runs_again_after_a_failed_commit(void **state)
{
	struct fixture *f = *state;

	start(f, WORKER_WRITER, 10);
	submit_first(f);
	submit(f, 'b', false);
	submit(f, 'c', false);
	/* The thread stands in the gate; its lock orders this before its next look. */
	pthread_mutex_lock(&f->gate.lock);
	f->store->commits_to_fail = 3;
	pthread_mutex_unlock(&f->gate.lock);
	finish(f, "(a|(bc|(b|(c).", "a[the disk is full]b[the disk is full]c<5>");
}

static void
reads_one_by_one(void **state)
{
	struct fixture *f = *state;

	start(f, WORKER_READER, 10);
	submit_first(f);
	submit(f, 'b', true);
	submit(f, 'c', false);
	finish(f, "(a)(b|(c).", "ab[job b is poisoned]c");
}

static void
bounds_its_queue(void **state)
{
	struct fixture *f = *state;

	start(f, WORKER_PLAIN, 2);
	submit_first(f);
	assert_true(submit(f, 'b', false));
	assert_true(submit(f, 'c', false));
	assert_false(submit(f, 'd', false));
	finish(f, "abc", "abc");
}

static void
finishes_what_waits_when_destroyed(void **state)
{
	struct fixture *f = *state;

	start(f, WORKER_WRITER, 10);
	submit_first(f);
	submit(f, 'b', false);
	open_gate(f);
	worker_destroy(f->worker);
	assert_string_equal(buf_string(&f->log), "(a)(b).");
	assert_string_equal(buf_string(&f->done), "a<1>b<2>");
	worker_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(commits_what_queued_up_together, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(isolates_a_poisoned_job, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(runs_again_after_a_failed_commit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_one_by_one, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bounds_its_queue, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(finishes_what_waits_when_destroyed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
