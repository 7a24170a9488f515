/* Pools and held polls. The connection's half of call.h is played by the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pool.h"
#include "ring.h"
#include "server.h"
#include "wire/limits.h"

#define GENERATION "generation1"

enum { ALICE = 1, BOB = 2, ALICE_LAPTOP = 11, ALICE_PHONE = 12, BOB_LAPTOP = 21 };

/* A call, and what became of it. */
struct poll {
	struct call call;
	bool held;
	struct buf answer;
};

struct fixture {
	struct server server;
	struct poll polls[8];
	size_t poll_count;
};

void
call_answer(struct call *call, struct buf *body)
{
	struct poll *poll = (struct poll *)call;

	assert_int_equal(poll->answer.length, 0);
	assert_false(body->failed);
	buf_add(&poll->answer, body->data, body->length);
	poll->held = false;
	buf_finish(body);
}

void
call_fail(struct call *call, enum wire_error code, const char *format, ...)
{
	struct poll *poll = (struct poll *)call;

	(void)format;
	assert_int_equal(poll->answer.length, 0);
	buf_add_string(&poll->answer, wire_error_name(code));
	poll->held = false;
}

void
call_hold(struct call *call, int64_t wait_ms, void (*cancel)(struct call *),
    void (*expire)(struct call *))
{
	((struct poll *)call)->held = true;
	assert_int_equal(wait_ms, 50000);
	call->cancel = cancel;
	call->expire = expire;
}

static int
set_up(void **state)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);

	f->server.base = event_base_new();
	f->server.pools = pools_create(f->server.base, GENERATION, 100);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	pools_destroy(f->server.pools);
	for (size_t i = 0; i < f->poll_count; i++)
		buf_finish(&f->polls[i].answer);
	event_base_free(f->server.base);
	free(f);
	return 0;
}

static struct poll *
poll_waiting(struct fixture *f, int64_t device_id, int64_t stamp, int64_t wait_ms)
{
	struct poll *poll = &f->polls[f->poll_count++];
	struct cursor cursor = {GENERATION, stamp};

	assert_true(f->poll_count <= sizeof f->polls / sizeof *f->polls);
	poll->call.server = &f->server;
	poll->call.caller.device_id = device_id;
	poll->call.caller.account_id = device_id / 10;
	buf_init(&poll->answer, LIMIT_ANSWER);
	pools_poll(f->server.pools, &poll->call, &cursor, wait_ms);
	return poll;
}

static struct poll *
poll_from(struct fixture *f, int64_t device_id, int64_t stamp)
{
	return poll_waiting(f, device_id, stamp, 50000);
}

static void
publish(struct fixture *f, int64_t account_id, int64_t not_to, int64_t stamp)
{
	char event[32];
	int length = snprintf(event, sizeof event, "{\"n\":%lld}", (long long)stamp);

	pools_publish(f->server.pools, account_id, not_to, stamp, event, (size_t)length);
}

static void
commit(struct fixture *f, int64_t stamp)
{
	pools_committed(f->server.pools, stamp);
}

static void
assert_answer(const struct poll *poll, const char *want)
{
	char text[200];

	assert_false(poll->held);
	snprintf(text, sizeof text, "{\"generation\":\"" GENERATION "\",%s}", want);
	assert_string_equal(buf_string(&poll->answer), text);
}

static void
answers_when_something_comes(void **state)
{
	struct fixture *f = *state;
	struct poll *alice = poll_from(f, ALICE_LAPTOP, 100);
	struct poll *bob = poll_from(f, BOB_LAPTOP, 100);

	assert_true(alice->held && bob->held);
	assert_int_equal(pools_held(f->server.pools), 2);
	publish(f, ALICE, 0, 105);
	publish(f, ALICE, 0, 106);
	assert_true(alice->held);
	commit(f, 107);
	assert_answer(alice, "\"from\":100,\"to\":107,\"events\":[{\"n\":105},{\"n\":106}]");
	assert_true(bob->held);
	assert_int_equal(pools_held(f->server.pools), 1);
	assert_int_equal(pools_committed_stamp(f->server.pools), 107);
	bob->call.expire(&bob->call);
	assert_answer(bob, "\"from\":100,\"to\":107");
}

static void
keeps_an_answer_until_the_next_cursor(void **state)
{
	struct fixture *f = *state;

	poll_from(f, ALICE_LAPTOP, 100);
	publish(f, ALICE, 0, 105);
	commit(f, 105);
	/* The answer was lost: the same cursor gets it again, and once more. */
	assert_answer(
	    poll_from(f, ALICE_LAPTOP, 100), "\"from\":100,\"to\":105,\"events\":[{\"n\":105}]");
	publish(f, ALICE, 0, 106);
	commit(f, 110);
	assert_answer(poll_from(f, ALICE_LAPTOP, 100),
	    "\"from\":100,\"to\":110,\"events\":[{\"n\":105},{\"n\":106}]");
	assert_true(poll_from(f, ALICE_LAPTOP, 110)->held);
	/* That acknowledged it: who goes back behind it must ask login-sync. */
	assert_answer(poll_from(f, ALICE_LAPTOP, 100), "\"resync\":true");
}

static void
tells_nothing_that_is_not_committed(void **state)
{
	struct fixture *f = *state;

	pools_open(f->server.pools, &(struct caller){ALICE_LAPTOP, ALICE, {""}});
	publish(f, ALICE, 0, 105);
	assert_answer(poll_waiting(f, ALICE_LAPTOP, 100, 0), "\"from\":100,\"to\":100");
	commit(f, 105);
	assert_answer(poll_waiting(f, ALICE_LAPTOP, 100, 0),
	    "\"from\":100,\"to\":105,\"events\":[{\"n\":105}]");
}

static void
resyncs_what_it_cannot_cover(void **state)
{
	struct fixture *f = *state;
	struct poll *poll = &f->polls[7];
	struct cursor old = {"generation0", 100};

	/* Before the pool began; beyond what is committed; of another generation. */
	assert_answer(poll_from(f, ALICE_LAPTOP, 99), "\"resync\":true");
	assert_answer(poll_from(f, ALICE_LAPTOP, 101), "\"resync\":true");
	poll->call.server = &f->server;
	poll->call.caller.device_id = ALICE_LAPTOP;
	buf_init(&poll->answer, LIMIT_ANSWER);
	pools_poll(f->server.pools, &poll->call, &old, 50000);
	assert_answer(poll, "\"resync\":true");
	buf_finish(&poll->answer);
	/* login-sync opened the pool before it read: other accounts' stamps don't matter. */
	pools_open(f->server.pools, &(struct caller){ALICE_LAPTOP, ALICE, {""}});
	publish(f, BOB, 0, 150);
	commit(f, 150);
	assert_true(poll_from(f, ALICE_LAPTOP, 100)->held);
}

static void
resyncs_after_an_overflow(void **state)
{
	struct fixture *f = *state;
	struct poll *held = poll_from(f, ALICE_PHONE, 100);

	pools_open(f->server.pools, &(struct caller){ALICE_LAPTOP, ALICE, {""}});
	for (int i = 1; i <= POOL_EVENTS + 1; i++)
		publish(f, ALICE, 0, 100 + i);
	commit(f, 10000);
	assert_answer(held, "\"resync\":true");
	assert_answer(poll_from(f, ALICE_LAPTOP, 100), "\"resync\":true");
	/* From where it reaches back to, page by page. */
	held = poll_from(f, ALICE_LAPTOP, 101);
	assert_false(held->held);
	assert_non_null(strstr(buf_string(&held->answer), "\"from\":101,\"to\":1101,"));
	held = poll_from(f, ALICE_LAPTOP, 100 + POOL_EVENTS);
	assert_answer(held, "\"from\":4196,\"to\":10000,\"events\":[{\"n\":4197}]");
}

static void
does_not_tell_the_sending_device(void **state)
{
	struct fixture *f = *state;
	struct poll *laptop = poll_from(f, ALICE_LAPTOP, 100);
	struct poll *phone = poll_from(f, ALICE_PHONE, 100);

	publish(f, ALICE, ALICE_LAPTOP, 105);
	commit(f, 105);
	assert_true(laptop->held);
	assert_answer(phone, "\"from\":100,\"to\":105,\"events\":[{\"n\":105}]");
	assert_true(poll_from(f, ALICE_PHONE, 105)->held);
	publish(f, ALICE, 0, 106);
	commit(f, 106);
	assert_answer(laptop, "\"from\":100,\"to\":106,\"events\":[{\"n\":106}]");
}

/* A push waits for those that the last one answered, so that more goes into one answer. */
static void
lingers_while_a_round_goes_on(void **state)
{
	struct fixture *f = *state;
	struct poll *alice = poll_from(f, ALICE_LAPTOP, 100);
	struct poll *phone = poll_from(f, ALICE_PHONE, 100);
	struct poll *bob = poll_from(f, BOB_LAPTOP, 100);

	publish(f, ALICE, 0, 105);
	commit(f, 105);
	assert_false(alice->held || phone->held);
	publish(f, BOB, 0, 106);
	commit(f, 106);
	assert_true(bob->held);
	assert_true(poll_from(f, ALICE_LAPTOP, 105)->held);
	publish(f, BOB, 0, 107);
	commit(f, 107);
	assert_true(bob->held);
	/* The last one is back. */
	assert_true(poll_from(f, ALICE_PHONE, 105)->held);
	assert_answer(bob, "\"from\":100,\"to\":107,\"events\":[{\"n\":106},{\"n\":107}]");
	/* Bob doesn't come back: the others don't wait for him for long. */
	publish(f, ALICE, 0, 108);
	commit(f, 108);
	assert_true(f->polls[3].held && f->polls[4].held);
	assert_int_equal(event_base_loop(f->server.base, EVLOOP_ONCE), 0);
	assert_answer(&f->polls[3], "\"from\":105,\"to\":108,\"events\":[{\"n\":108}]");
	assert_answer(&f->polls[4], "\"from\":105,\"to\":108,\"events\":[{\"n\":108}]");
}

/* Who polls while it lingers is answered with what is committed. */
static void
tells_a_poll_what_lingers(void **state)
{
	struct fixture *f = *state;

	poll_from(f, ALICE_LAPTOP, 100);
	poll_from(f, ALICE_PHONE, 100);
	publish(f, ALICE, 0, 105);
	commit(f, 105);
	publish(f, ALICE, 0, 106);
	commit(f, 106);
	assert_answer(
	    poll_from(f, ALICE_LAPTOP, 105), "\"from\":105,\"to\":106,\"events\":[{\"n\":106}]");
	/* A device that goes ends the round, too. */
	pools_drop_device(f->server.pools, ALICE_PHONE);
	assert_true(poll_from(f, ALICE_LAPTOP, 106)->held);
	assert_int_equal(event_base_loop(f->server.base, EVLOOP_NONBLOCK), 0);
}

static void
shares_a_text(void **state)
{
	struct fixture *f = *state;
	struct poll *alice = poll_from(f, ALICE_LAPTOP, 100);
	struct poll *bob = poll_from(f, BOB_LAPTOP, 100);
	struct ring_text *text = ring_text_create("{\"n\":1}", 7);

	pools_publish_text(f->server.pools, ALICE, 0, 105, text);
	pools_publish_text(f->server.pools, BOB, 0, 105, text);
	pools_publish_text(f->server.pools, 99, 0, 105, text); /* nobody is there */
	assert_int_equal(text->references, 3);
	assert_int_equal(*text->total, 7);
	ring_text_release(text);
	commit(f, 105);
	assert_answer(alice, "\"from\":100,\"to\":105,\"events\":[{\"n\":1}]");
	assert_answer(bob, "\"from\":100,\"to\":105,\"events\":[{\"n\":1}]");
	/* alice has it; it stays for bob, who may ask again. */
	poll_from(f, ALICE_LAPTOP, 105);
	assert_answer(
	    poll_from(f, BOB_LAPTOP, 100), "\"from\":100,\"to\":105,\"events\":[{\"n\":1}]");
}

static void
knows_what_it_did_not_keep(void **state)
{
	struct fixture *f = *state;
	struct poll *laptop = poll_from(f, ALICE_LAPTOP, 100);

	assert_false(pools_wants(f->server.pools, BOB, 0));
	assert_true(pools_wants(f->server.pools, ALICE, 0));
	assert_true(pools_wants(f->server.pools, ALICE, BOB_LAPTOP));
	assert_false(pools_wants(f->server.pools, ALICE, ALICE_LAPTOP));
	pools_publish(f->server.pools, ALICE, ALICE_LAPTOP, 105, NULL, 0);
	commit(f, 105);
	assert_true(laptop->held);
	/* A device that wasn't there to be told comes with a cursor from before. */
	assert_answer(poll_from(f, ALICE_PHONE, 100), "\"resync\":true");
	laptop->call.expire(&laptop->call);
	assert_answer(laptop, "\"from\":100,\"to\":105");
}

static void
supersedes_an_older_poll(void **state)
{
	struct fixture *f = *state;
	struct poll *older = poll_from(f, ALICE_LAPTOP, 100);
	struct poll *newer = poll_from(f, ALICE_LAPTOP, 100);

	assert_answer(older, "\"superseded\":true");
	assert_true(newer->held);
	assert_int_equal(pools_held(f->server.pools), 1);
	/* The client goes: nobody may answer any more. */
	newer->call.cancel(&newer->call);
	newer->held = false;
	assert_int_equal(pools_held(f->server.pools), 0);
	publish(f, ALICE, 0, 105);
	commit(f, 105);
	assert_int_equal(newer->answer.length, 0);
	assert_answer(
	    poll_from(f, ALICE_LAPTOP, 100), "\"from\":100,\"to\":105,\"events\":[{\"n\":105}]");
}

static void
drops_a_revoked_device(void **state)
{
	struct fixture *f = *state;
	struct poll *poll = poll_from(f, ALICE_LAPTOP, 100);

	pools_drop_device(f->server.pools, ALICE_PHONE);
	assert_true(poll->held);
	pools_drop_device(f->server.pools, ALICE_LAPTOP);
	assert_string_equal(buf_string(&poll->answer), "unauthorized");
	assert_false(pools_wants(f->server.pools, ALICE, 0));
}

static void
answers_all_when_drained(void **state)
{
	struct fixture *f = *state;
	struct poll *alice = poll_from(f, ALICE_LAPTOP, 100);
	struct poll *bob = poll_from(f, BOB_LAPTOP, 100);

	pools_drain(f->server.pools, 60);
	while (pools_held(f->server.pools) > 0)
		assert_int_equal(event_base_loop(f->server.base, EVLOOP_ONCE), 0);
	assert_answer(alice, "\"from\":100,\"to\":100");
	assert_answer(bob, "\"from\":100,\"to\":100");
	assert_answer(poll_from(f, BOB_LAPTOP, 100), "\"from\":100,\"to\":100");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(answers_when_something_comes),
	    TEST(keeps_an_answer_until_the_next_cursor),
	    TEST(tells_nothing_that_is_not_committed),
	    TEST(resyncs_what_it_cannot_cover),
	    TEST(resyncs_after_an_overflow),
	    TEST(does_not_tell_the_sending_device),
	    TEST(lingers_while_a_round_goes_on),
	    TEST(tells_a_poll_what_lingers),
	    TEST(shares_a_text),
	    TEST(knows_what_it_did_not_keep),
	    TEST(supersedes_an_older_poll),
	    TEST(drops_a_revoked_device),
	    TEST(answers_all_when_drained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
