/* login-sync in the engine (doc/protocol.md 3.3, 3.4), acknowledgements (3.7), and refusals. */
#include "sync_fixture.h"

static void
asks_for_page_after_page(void **state)
{
	struct story *s = *state;

	answers(s, METHOD_LOGIN_SYNC,
	    "{" G ",'to':5,'contacts':[{'address':'bob@x','name':'Bob','stamp':5}],"
	    "'until':9}");
	answers(s, METHOD_LOGIN_SYNC,
	    "{" G ",'to':9,'conversations':[{'conversation':'bob@x','first':1,'last':4,"
	    "'ack':0,'read':0,'stamp':9}]}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 0, "{}");
	assert_asked(s, METHOD_LOGIN_SYNC, 1, "{'cursor':['AAAAAAAAAAA',5],'until':9}");
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 2);
	assert_cursor(s, "AAAAAAAAAAA", 9);
	assert_held(s, "bob@x 0/4");
	assert_int_equal(sync_counts(s->sync)->changes, 2);
}

static void
unchanged_costs_one_round_trip(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':5}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 0, "{'cursor':['AAAAAAAAAAA',5]}");
	assert_cursor(s, "AAAAAAAAAAA", 5);
	assert_int_equal(sync_counts(s->sync)->changes, 0);
	assert_int_equal(sync_counts(s->sync)->traffic.requests, 1);
	assert_in_range(sync_counts(s->sync)->traffic.bytes_up, 1, 60);
	assert_in_range(sync_counts(s->sync)->traffic.bytes_down, 1, 60);
}

/* A server that resets one who has no cursor would be asked for ever. */
static void
reset_of_nothing_is_a_failure(void **state)
{
	struct story *s = *state;

	answers(s, METHOD_LOGIN_SYNC, "{" G ",'reset':true}");
	fail_at(s, SYNC_LISTS, STATUS_PROTOCOL);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
	assert_int_equal(ASKED(s, METHOD_RESET), 0);
}

/* The answer to a request that was under way when the cache moved on. */
static void
late_answer(struct story *s, const char *json)
{
	answers(s, METHOD_LOGIN_SYNC, json);
	fake_delay(s->fake, 5);
	sync_want(s->sync, SYNC_LISTS, 0);
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
}

static void
late_page_is_discarded_and_its_until_forgotten(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	late_answer(s, "{" G ",'from':5,'to':7,'until':9}");
	knows(s, 5, 20, NULL, 0);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':20}");
	UNTIL(s, !sync_wants(s->sync, SYNC_LISTS));
	/* With "until":9 the server would tell nothing beyond 20, and there may be more. */
	assert_asked(s, METHOD_LOGIN_SYNC, 1, "{'cursor':['AAAAAAAAAAA',20]}");
	assert_cursor(s, "AAAAAAAAAAA", 20);
}

static void
gap_is_asked_for_again(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	late_answer(s, "{" G ",'to':7}");
	was_reset(s, "BBBBBBBBBBB", 3);
	answers(s, METHOD_LOGIN_SYNC, "{'generation':'BBBBBBBBBBB','to':7}");
	UNTIL(s, !sync_wants(s->sync, SYNC_LISTS));
	assert_asked(s, METHOD_LOGIN_SYNC, 1, "{'cursor':['BBBBBBBBBBB',3]}");
	assert_cursor(s, "BBBBBBBBBBB", 7);
}

/* A server that never comes to an end would be asked for ever. */
static void
page_that_does_not_advance_is_a_failure(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':5,'until':9}");
	fail_at(s, SYNC_LISTS, STATUS_PROTOCOL);
	assert_cursor(s, "AAAAAAAAAAA", 5);
}

static void
answer_behind_the_cursor_is_a_failure(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':4}");
	fail_at(s, SYNC_LISTS, STATUS_PROTOCOL);
	assert_cursor(s, "AAAAAAAAAAA", 5);
}

static void
failure_is_tried_again_after_a_while(void **state)
{
	struct story *s = *state;

	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':5,'until':9}");
	fake_cut(s->fake, METHOD_LOGIN_SYNC, true);
	fail_at(s, SYNC_LISTS, STATUS_AGAIN);
	assert_true(sync_due(s->sync) > time_mono());
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 2);
	assert_non_null(strstr(buf_string(&s->notices), "trying again"));
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':9}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 2, "{'cursor':['AAAAAAAAAAA',5]}");
	assert_cursor(s, "AAAAAAAAAAA", 9);
}

static void
nonsense_changes_nothing(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':9,'contacts':[{'address':'BOB'}]}");
	fail_at(s, SYNC_LISTS, STATUS_PROTOCOL);
	assert_cursor(s, "AAAAAAAAAAA", 5);
}

static void
wanted_while_busy_goes_once_more(void **state)
{
	struct story *s = *state;

	late_answer(s, "{" G ",'from':0,'to':5}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':5}");
	reach(s, SYNC_LISTS);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 2);
	assert_int_equal(sync_outcome(s->sync, SYNC_LISTS)->successes, 2);
}

/* ---- acknowledgements ---- */

#define KNOWN "'known':['AAAAAAAAAAA',3],"

static void
acks_ride_until_a_request_was_answered(void **state)
{
	struct story *s = *state;

	holds(s, 1, 3);
	fake_cut(s->fake, METHOD_LOGIN_SYNC, true);
	fail_at(s, SYNC_LISTS, STATUS_AGAIN);
	assert_asked(s, METHOD_LOGIN_SYNC, 0, "{" KNOWN "'acks':[['bob@x',1,3]]}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':5}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 1, "{" KNOWN "'acks':[['bob@x',1,3]]}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'to':5}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 2, "{'cursor':['AAAAAAAAAAA',5]}");
}

static void
acks_leave_alone_at_the_end(void **state)
{
	struct story *s = *state;

	holds(s, 1, 3);
	answers(s, METHOD_ACK, "{" G "}");
	reach(s, SYNC_ACK);
	assert_asked(s, METHOD_ACK, 0, "{'acks':[['bob@x',1,3]]}");
	reach(s, SYNC_ACK);
	assert_int_equal(ASKED(s, METHOD_ACK), 1);
}

/* What was stored while the request was under way is acknowledged by the next one. */
static void
acks_that_came_later_stay(void **state)
{
	struct story *s = *state;

	holds(s, 1, 3);
	answers(s, METHOD_ACK, "{" G "}");
	fake_delay(s->fake, 5);
	answers(s, METHOD_ACK, "{" G "}");
	sync_want(s->sync, SYNC_ACK, 0);
	sync_step(s->sync);
	holds(s, 4, 6);
	reach(s, SYNC_ACK);
	assert_asked(s, METHOD_ACK, 1, "{'acks':[['bob@x',4,6]]}");
	assert_int_equal(ASKED(s, METHOD_ACK), 2);
}

/* ---- the end of a login ---- */

static bool
has_token(struct story *s)
{
	struct cache_account account;
	struct error err;
	bool has;

	assert_int_equal(cache_account_get(s->cache, &account, &err), STATUS_OK);
	has = account.token != NULL;
	cache_account_finish(&account);
	return has;
}

static void
unauthorized_ends_everything(void **state)
{
	struct story *s = *state;
	struct error err;

	refuses(s, METHOD_LOGIN_SYNC, 401, "unauthorized");
	sync_hold_line(s->sync);
	writes(s, 1, "bob@x", "hello");
	sync_want(s->sync, SYNC_LISTS, 0);
	UNTIL(s, sync_fatal(s->sync, NULL) != STATUS_OK);
	assert_int_equal(sync_fatal(s->sync, &err), STATUS_DENIED);
	assert_non_null(strstr(err.text, "tern login"));
	assert_false(has_token(s));
	sync_want(s->sync, SYNC_FLUSH, 0);
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_SEND), 0);
	assert_true(sync_due(s->sync) == INT64_MAX);
	assert_outbox(s, "1");
}

/* Of two calls under way the second finds the token gone, but by no other process. */
static void
both_refused_say_why(void **state)
{
	struct story *s = *state;
	struct error err;

	refuses(s, METHOD_LOGIN_SYNC, 401, "unauthorized");
	refuses(s, METHOD_SEND, 401, "unauthorized");
	sync_hold_line(s->sync);
	writes(s, 1, "bob@x", "hello");
	sync_want(s->sync, SYNC_LISTS, 0);
	sync_want(s->sync, SYNC_FLUSH, 0);
	UNTIL(s, sync_outcome(s->sync, SYNC_LISTS)->failures &&
	             sync_outcome(s->sync, SYNC_FLUSH)->failures);
	assert_int_equal(sync_fatal(s->sync, &err), STATUS_DENIED);
	assert_non_null(strstr(err.text, "not valid any more"));
	assert_false(has_token(s));
}

static void
login_of_another_process_is_kept(void **state)
{
	static char text[] = "x", token[] = "a-newer-token";
	struct story *s = *state;
	struct cache_account account = {
	    .address = {"alice@x"}, .server = text, .device = text, .token = token, .device_id = 2};
	struct error err;

	assert_int_equal(cache_account_set(s->cache, &account, &err), STATUS_OK);
	refuses(s, METHOD_LOGIN_SYNC, 401, "unauthorized");
	sync_want(s->sync, SYNC_LISTS, 0);
	UNTIL(s, sync_fatal(s->sync, NULL) != STATUS_OK);
	assert_true(has_token(s));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    STORY(asks_for_page_after_page),
	    STORY(unchanged_costs_one_round_trip),
	    STORY(reset_of_nothing_is_a_failure),
	    STORY(late_page_is_discarded_and_its_until_forgotten),
	    STORY(gap_is_asked_for_again),
	    STORY(page_that_does_not_advance_is_a_failure),
	    STORY(answer_behind_the_cursor_is_a_failure),
	    STORY(failure_is_tried_again_after_a_while),
	    STORY(nonsense_changes_nothing),
	    STORY(wanted_while_busy_goes_once_more),
	    STORY(acks_ride_until_a_request_was_answered),
	    STORY(acks_leave_alone_at_the_end),
	    STORY(acks_that_came_later_stay),
	    STORY(unauthorized_ends_everything),
	    STORY(both_refused_say_why),
	    STORY(login_of_another_process_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
