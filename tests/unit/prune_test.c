/* Retention: what the store deletes, and when the pruner stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/timeu.h"
#include "pruner.h"
#include "store_fixture.h"
#include "worker.h"

#define DAY (INT64_C(86400) * TIME_SECOND)

/* What the wall clock is off. */
static int64_t jump;

int64_t __real_time_wall(void);
int64_t __wrap_time_wall(void);

int64_t
__wrap_time_wall(void)
{
	return __real_time_wall() + jump;
}

/* Ten messages of alice to bob, who acknowledged the first eight. */
static void
fill(struct fixture *f)
{
	const struct conversation_range range = {"alice@localhost", {1, 8}};

	jump = 0;
	for (uint8_t i = 1; i <= 10; i++)
		send_and_commit(f, i);
	store_begin(f->writer);
	OK(save_ack(f, &f->bob, &range));
	store_commit(f->writer);
}

struct told {
	size_t count;
	struct store_prunable row;
};

static bool
tell(void *arg, const struct store_prunable *row)
{
	struct told *told = arg;

	told->count++;
	told->row = *row;
	return true;
}

/* upto of the one conversation. */
static int64_t
find(struct fixture *f, const struct store_prune *prune)
{
	struct told told = {0};
	int64_t after = 0;
	bool more;

	store_begin(f->reader);
	OK(store_sqlite.prune_find(f->reader, prune, &after, 10, tell, &told, &more, NULL));
	store_commit(f->reader);
	assert_int_equal(told.count, 1);
	assert_false(more);
	return told.row.upto;
}

static int64_t
prune(struct fixture *f, int64_t upto, size_t limit, bool *more)
{
	int64_t deleted;

	OK(store_sqlite.prune(f->writer, 1, upto, limit, &deleted, more, NULL));
	return deleted;
}

static void
what_may_go(void **state)
{
	struct fixture *f = *state;
	int64_t stamp, now;

	fill(f);
	now = time_wall();
	assert_int_equal(find(f, &(struct store_prune){.keep = 4, .seen = now - DAY}), 6);
	assert_int_equal(find(f, &(struct store_prune){.keep = 1, .seen = now - DAY}), 8);
	/* Nobody was heard of since then: nobody is waited for; but the newest stays. */
	assert_int_equal(find(f, &(struct store_prune){.keep = 1, .seen = now + DAY}), 9);
	assert_int_equal(find(f, &(struct store_prune){.keep = 100, .seen = now + DAY}), 0);
	stamp = send_and_commit(f, 11);
	assert_int_equal(find(f, &(struct store_prune){.before = stamp, .seen = now + DAY}), 10);
	assert_int_equal(
	    find(f, &(struct store_prune){.before = stamp + 9, .seen = now + DAY}), 10);
	assert_int_equal(find(f, &(struct store_prune){.before = 1, .seen = now + DAY}), 0);
	assert_int_equal(
	    find(f, &(struct store_prune){.before = 1, .keep = 9, .seen = now + DAY}), 2);
}

static void
in_small_batches(void **state)
{
	struct fixture *f = *state;
	bool more;

	fill(f);
	store_begin(f->writer);
	assert_int_equal(prune(f, 7, 3, &more), 3);
	assert_true(more);
	store_commit(f->writer);
	store_begin(f->writer);
	assert_int_equal(prune(f, 7, 3, &more), 3);
	assert_true(more);
	assert_int_equal(prune(f, 7, 3, &more), 1);
	assert_false(more);
	assert_int_equal(prune(f, 7, 3, &more), 0);
	assert_false(more);
	/* The newest stays, whatever is asked. */
	assert_int_equal(prune(f, 1000, 1000, &more), 2);
	assert_false(more);
	OK(store_sqlite.prune(f->writer, 77, 5, 5, &(int64_t){0}, &more, NULL));
	store_commit(f->writer);
	assert_int_equal(find(f, &(struct store_prune){.keep = 1, .seen = INT64_MAX}), 9);
}

static void
take_head(void *arg, const struct conversation_head *head)
{
	*(int64_t *)arg = head->unread;
}

static void
pass_over(void *arg, int64_t account_id, const struct conversation_head *head)
{
	(void)arg;
	(void)account_id;
	(void)head;
}

/* Bob reads up to there. Returns what is unread then. */
static int64_t
mark(struct fixture *f, int64_t msg_id)
{
	struct read_marker marker = {"alice@localhost", msg_id};
	int64_t unread = -1;
	const struct store_head_sink sink = {
	    .head = pass_over, .answer = take_head, .arg = &unread};
	enum wire_error refusal;

	OK(store_sqlite.read_mark(f->writer, &f->bob, &marker, 1, &sink, &refusal, NULL));
	assert_int_equal(refusal, WIRE_OK);
	return unread;
}

/* What is to go counts as read from the first batch on, wherever the marker moves meanwhile. */
static void
a_marker_between_batches(void **state)
{
	struct fixture *f = *state;
	bool more;

	fill(f);
	store_begin(f->writer);
	prune(f, 7, 3, &more);
	assert_int_equal(mark(f, 2), 3);
	assert_int_equal(mark(f, 5), 3);
	prune(f, 7, 3, &more);
	prune(f, 7, 3, &more);
	assert_int_equal(mark(f, 6), 3);
	assert_int_equal(mark(f, 8), 2);
	store_commit(f->writer);
}

/* What the writer remembers of the conversation goes with it. */
static void
the_head_in_memory(void **state)
{
	struct fixture *f = *state;
	bool more;

	fill(f);
	store_begin(f->writer);
	prune(f, 5, 100, &more);
	assert_int_equal(
	    send_item(f, &f->alice,
	        (struct send_item){.to = "bob@localhost", .key = make_key(20), .target = 5})
	        .error,
	    WIRE_BAD_TARGET);
	assert_int_equal(
	    send_item(f, &f->alice,
	        (struct send_item){.to = "bob@localhost", .key = make_key(21), .target = 6})
	        .error,
	    WIRE_OK);
	store_rollback(f->writer);
	store_begin(f->writer);
	assert_int_equal(
	    send_item(f, &f->alice,
	        (struct send_item){.to = "bob@localhost", .key = make_key(22), .target = 5})
	        .error,
	    WIRE_OK);
	store_commit(f->writer);
}

/* ---- the pruner ---- */

struct run {
	struct server_config config;
	struct server server;
};

static void
run_begin(struct run *run, struct fixture *f)
{
	run->config = (struct server_config){.keep_messages = 4, .prune_every_ms = 5};
	run->server = (struct server){.config = &run->config, .base = event_base_new()};
	OK(worker_create(
	    &run->server.writer, WORKER_WRITER, f->writer, run->server.base, 100, NULL));
	OK(worker_create(
	    &run->server.reader, WORKER_READER, f->reader, run->server.base, 100, NULL));
	f->writer = f->reader = NULL;
}

static void
run_end(struct run *run)
{
	worker_destroy(run->server.reader);
	worker_destroy(run->server.writer);
	pruner_destroy(run->server.pruner);
	event_base_free(run->server.base);
	jump = 0;
}

/* Until it has deleted something, or stopped. */
static struct pruner_counts
turn(struct run *run)
{
	int64_t limit = time_mono() + 30 * TIME_SECOND;
	struct pruner_counts counts = {0};

	while (!counts.messages && !counts.stopped && time_mono() < limit) {
		event_base_loop(run->server.base, EVLOOP_ONCE);
		counts = pruner_counts(run->server.pruner);
	}
	return counts;
}

static void
a_clock_that_is_right(void **state)
{
	struct run run;

	fill(*state);
	run_begin(&run, *state);
	run.server.pruner = pruner_create(&run.server);
	assert_int_equal(turn(&run).messages, 6);
	run_end(&run);
}

static void
a_clock_that_jumps(void **state)
{
	struct run run;

	fill(*state);
	run_begin(&run, *state);
	run.server.pruner = pruner_create(&run.server);
	jump = 2 * DAY;
	assert_true(turn(&run).stopped);
	/* Set back, it is not believed again. */
	jump = 0;
	for (int i = 0; i < 10; i++)
		event_base_loop(run.server.base, EVLOOP_ONCE);
	assert_true(pruner_counts(run.server.pruner).stopped);
	assert_int_equal(pruner_counts(run.server.pruner).messages, 0);
	run_end(&run);
}

static void
a_clock_that_is_set_back(void **state)
{
	struct run run;

	fill(*state);
	run_begin(&run, *state);
	run.server.pruner = pruner_create(&run.server);
	jump = -2 * DAY;
	assert_true(turn(&run).stopped);
	assert_int_equal(pruner_counts(run.server.pruner).messages, 0);
	run_end(&run);
}

static void
the_operator_says_so(void **state)
{
	struct run run;

	fill(*state);
	run_begin(&run, *state);
	run.config.prune_anyway = true;
	run.server.pruner = pruner_create(&run.server);
	jump = 2 * DAY;
	assert_int_equal(turn(&run).messages, 6);
	run_end(&run);
}

static void
nothing_is_configured(void **state)
{
	struct run run;

	fill(*state);
	run_begin(&run, *state);
	run.config.keep_messages = 0;
	assert_null(pruner_create(&run.server));
	assert_false(pruner_counts(NULL).stopped);
	pruner_destroy(NULL);
	run_end(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_BOTH(what_may_go),
	    IN_BOTH(in_small_batches),
	    IN_BOTH(a_marker_between_batches),
	    IN_BOTH(the_head_in_memory),
	    IN_MEMORY(a_clock_that_is_right),
	    IN_MEMORY(a_clock_that_jumps),
	    IN_MEMORY(a_clock_that_is_set_back),
	    IN_MEMORY(the_operator_says_so),
	    IN_MEMORY(nothing_is_configured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
