/* The held poll in the engine (doc/protocol.md 3.5): who holds it, what it brings, how it ends. */
#include "sync_fixture.h"

#define MESSAGE(id, stamp) \
	"{'event':'message','conversation':'bob@x','msg_id':" #id \
	",'from':'bob@x','time':1,'stamp':" #stamp ",'type':'text','text':'hi'}"

/* What the cache answers instead, while it is "broken". */
static enum status broken;

enum status __real_cache_knowledge_get(
    struct cache *cache, struct cache_knowledge *knowledge, struct error *err);
enum status __wrap_cache_knowledge_get(
    struct cache *cache, struct cache_knowledge *knowledge, struct error *err);
enum status
__real_cache_acks_done(struct cache *cache, const struct cache_ranges *acks, struct error *err);
enum status
__wrap_cache_acks_done(struct cache *cache, const struct cache_ranges *acks, struct error *err);

enum status
__wrap_cache_knowledge_get(
    struct cache *cache, struct cache_knowledge *knowledge, struct error *err)
{
	if (broken)
		return error_set(err, broken, "the disk is broken, says the test");
	return __real_cache_knowledge_get(cache, knowledge, err);
}

enum status
__wrap_cache_acks_done(struct cache *cache, const struct cache_ranges *acks, struct error *err)
{
	if (broken)
		return error_set(err, broken, "the disk is broken, says the test");
	return __real_cache_acks_done(cache, acks, err);
}

/* Takes the line and polls once, from the cursor 5. */
static void
take_line(struct story *s)
{
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	sync_hold_line(s->sync);
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 1);
	assert_true(sync_has_line(s->sync));
}

static void
assert_polled(struct story *s, size_t index, const char *begin, const char *end)
{
	const char *request = fake_request(s->fake, METHOD_EVENTS, index);

	assert_non_null(request);
	if (strncmp(request, begin, strlen(begin)) != 0)
		fail_msg("%s does not begin as %s", request, begin);
	if (strcmp(request + strlen(request) - strlen(end), end) != 0)
		fail_msg("%s does not end as %s", request, end);
}

static void
lists_come_before_the_first_poll(void **state)
{
	struct story *s = *state;

	take_line(s);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
	assert_polled(s, 0, "{\"cursor\":[\"AAAAAAAAAAA\",5],\"wait\":4", "}");
	assert_true(sync_due(s->sync) == INT64_MAX); /* nothing to do until it is answered */
}

static void
message_is_applied_and_acknowledged_by_the_next_poll(void **state)
{
	struct story *s = *state;

	take_line(s);
	answers(s, METHOD_EVENTS, "{" G ",'from':5,'to':7,'events':[" MESSAGE(1, 7) "]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_polled(s, 1, "{\"cursor\":[\"AAAAAAAAAAA\",7],", "\"acks\":[[\"bob@x\",1,1]]}");
	assert_held(s, "bob@x 1/1");
	assert_cursor(s, "AAAAAAAAAAA", 7);
	assert_int_equal(sync_counts(s->sync)->messages, 1);
	answers(s, METHOD_EVENTS, "{" G ",'from':7,'to':7}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 3);
	assert_null(strstr(fake_request(s->fake, METHOD_EVENTS, 2), "acks"));
}

/* A busy conversation makes no storm of acknowledgements. */
static void
acks_of_what_comes_fast_leave_together(void **state)
{
	struct story *s = *state;

	take_line(s);
	answers(s, METHOD_EVENTS, "{" G ",'from':5,'to':7,'events':[" MESSAGE(1, 7) "]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_polled(s, 1, "{\"cursor\"", "\"acks\":[[\"bob@x\",1,1]]}");
	for (int id = 2; id <= 4; id++) {
		char answer[300];

		snprintf(answer, sizeof answer,
		    "{" G ",'from':%d,'to':%d,'events':[{'event':'message','conversation':'bob@x',"
		    "'msg_id':%d,'from':'bob@x','time':1,'stamp':%d,'type':'text','text':'hi'}]}",
		    id + 5, id + 6, id, id + 6);
		answers(s, METHOD_EVENTS, answer);
		UNTIL(s, ASKED(s, METHOD_EVENTS) == id + 1);
		assert_null(strstr(fake_request(s->fake, METHOD_EVENTS, (size_t)id), "acks"));
	}
	/* No poll comes to carry them: they leave by themselves, soon. */
	answers(s, METHOD_ACK, "{" G "}");
	UNTIL(s, ASKED(s, METHOD_ACK) == 1);
	assert_asked(s, METHOD_ACK, 0, "{'acks':[['bob@x',1,4]]}");
}

/* Who ends does not wait for that. */
static void
acks_that_were_put_off_leave_when_wanted(void **state)
{
	struct story *s = *state;

	take_line(s);
	answers(s, METHOD_EVENTS, "{" G ",'from':5,'to':7,'events':[" MESSAGE(1, 7) "]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	answers(s, METHOD_EVENTS, "{" G ",'from':7,'to':8,'events':[" MESSAGE(2, 8) "]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 3);
	assert_true(sync_wants(s->sync, SYNC_ACK));
	assert_int_equal(ASKED(s, METHOD_ACK), 0);
	answers(s, METHOD_ACK, "{" G "}");
	sync_want(s->sync, SYNC_ACK, 0);
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_ACK), 1);
	assert_asked(s, METHOD_ACK, 0, "{'acks':[['bob@x',1,2]]}");
}

static void
events_not_known_are_passed_over(void **state)
{
	struct story *s = *state;

	take_line(s);
	answers(s, METHOD_EVENTS,
	    "{" G ",'from':5,'to':9,'events':[{'event':'song'},{'event':'contact',"
	    "'address':'eve@x','name':'Eve','stamp':9}]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_cursor(s, "AAAAAAAAAAA", 9);
}

/* Sent from this account's other device, or by a process of this one that was killed. */
static void
own_message_empties_the_outbox(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "hello");
	take_line(s);
	answers(s, METHOD_EVENTS,
	    "{" G ",'from':5,'to':7,'events':[{'event':'message','conversation':'bob@x','msg_id':1,"
	    "'from':'alice@x','time':1,'stamp':7,'type':'text','text':'hello','key':" K(1) "}]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_outbox(s, "");
	assert_int_equal(sync_counts(s->sync)->messages, 0);
}

static void
what_another_process_applied_is_discarded(void **state)
{
	struct story *s = *state;

	take_line(s);
	knows(s, 5, 9, NULL, 0);
	answers(s, METHOD_EVENTS, "{" G ",'from':5,'to':7,'events':[" MESSAGE(1, 7) "]}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_polled(s, 1, "{\"cursor\":[\"AAAAAAAAAAA\",9],", "}");
	assert_held(s, "");
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
}

static void
resync_asks_for_the_lists(void **state)
{
	struct story *s = *state;

	take_line(s);
	answers(s, METHOD_EVENTS, "{" G ",'resync':true}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':8}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 2);
	assert_polled(s, 1, "{\"cursor\":[\"AAAAAAAAAAA\",8],", "}");
}

/* A server that says nothing else is not asked without a pause. */
static void
resync_again_and_again_slows_down(void **state)
{
	struct story *s = *state;
	int64_t until;

	take_line(s);
	for (int i = 0; i < 100; i++) {
		answers(s, METHOD_EVENTS, "{" G ",'resync':true}");
		answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':5}");
	}
	for (until = time_mono() + 500 * TIME_MS; time_mono() < until;)
		turn(s);
	assert_in_range(ASKED(s, METHOD_EVENTS), 2, 6);
}

static void
gap_asks_for_the_lists(void **state)
{
	struct story *s = *state;

	take_line(s);
	answers(s, METHOD_EVENTS, "{" G ",'from':6,'to':7,'events':[" MESSAGE(1, 7) "]}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':7}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_held(s, "");
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 2);
}

static void
superseded_waits_half_a_minute(void **state)
{
	struct story *s = *state;
	int64_t due;

	take_line(s);
	answers(s, METHOD_EVENTS, "{" G ",'superseded':true}");
	UNTIL(s, sync_due(s->sync) != INT64_MAX);
	due = sync_due(s->sync) - time_mono();
	assert_in_range(due, 25 * TIME_SECOND, 30 * TIME_SECOND);
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_EVENTS), 1);
	assert_true(sync_has_line(s->sync)); /* or another of this cache would do the same */
}

static void
cut_poll_is_made_again_from_the_same_cursor(void **state)
{
	struct story *s = *state;

	take_line(s);
	fake_cut(s->fake, METHOD_EVENTS, true);
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	assert_polled(s, 1, "{\"cursor\":[\"AAAAAAAAAAA\",5],", "}");
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
}

static void
another_process_takes_the_line_over(void **state)
{
	struct story *s = *state;
	struct story *other = story_other(s);

	take_line(s);
	sync_hold_line(other->sync);
	for (int i = 0; i < 5; i++)
		turn(other);
	assert_false(sync_has_line(other->sync));
	assert_int_equal(ASKED(other, METHOD_EVENTS), 0);
	sync_destroy(s->sync); /* as kill -9 does */
	s->sync = NULL;
	answers(other, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':5}");
	UNTIL(other, ASKED(other, METHOD_EVENTS) == 1);
	assert_true(sync_has_line(other->sync));
	story_other_end(other);
}

static void
unauthorized_poll_is_the_end(void **state)
{
	struct story *s = *state;

	take_line(s);
	refuses(s, METHOD_EVENTS, 401, "unauthorized");
	UNTIL(s, sync_fatal(s->sync, NULL) != STATUS_OK);
	assert_int_equal(sync_fatal(s->sync, NULL), STATUS_DENIED);
}

/* ---- a cache that fails ---- */

static void
broken_cache_is_the_end(void **state)
{
	struct story *s = *state;
	struct error err;

	broken = STATUS_IO;
	sync_want(s->sync, SYNC_LISTS, 0);
	sync_step(s->sync);
	broken = STATUS_OK;
	assert_int_equal(sync_fatal(s->sync, &err), STATUS_IO);
	assert_non_null(strstr(err.text, "disk"));
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 0);
}

static void
locked_cache_is_tried_again(void **state)
{
	struct story *s = *state;

	broken = STATUS_AGAIN;
	sync_want(s->sync, SYNC_LISTS, 0);
	sync_step(s->sync);
	broken = STATUS_OK;
	assert_int_equal(sync_fatal(s->sync, NULL), STATUS_OK);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	UNTIL(s, !sync_wants(s->sync, SYNC_LISTS));
	assert_cursor(s, "AAAAAAAAAAA", 5);
}

/* Acks that the cache can't forget must not leave again and again. */
static void
acks_of_a_broken_cache_leave_once(void **state)
{
	struct story *s = *state;

	holds(s, 1, 3);
	for (int i = 0; i < 20; i++)
		answers(s, METHOD_ACK, "{" G "}");
	sync_want(s->sync, SYNC_ACK, 0);
	broken = STATUS_IO;
	for (int i = 0; i < 10; i++)
		turn(s);
	broken = STATUS_OK;
	assert_int_equal(ASKED(s, METHOD_ACK), 1);
	assert_int_equal(sync_fatal(s->sync, NULL), STATUS_IO);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    STORY(lists_come_before_the_first_poll),
	    STORY(message_is_applied_and_acknowledged_by_the_next_poll),
	    STORY(acks_of_what_comes_fast_leave_together),
	    STORY(acks_that_were_put_off_leave_when_wanted),
	    STORY(events_not_known_are_passed_over),
	    STORY(own_message_empties_the_outbox),
	    STORY(what_another_process_applied_is_discarded),
	    STORY(resync_asks_for_the_lists),
	    STORY(resync_again_and_again_slows_down),
	    STORY(gap_asks_for_the_lists),
	    STORY(superseded_waits_half_a_minute),
	    STORY(cut_poll_is_made_again_from_the_same_cursor),
	    STORY(another_process_takes_the_line_over),
	    STORY(unauthorized_poll_is_the_end),
	    STORY(broken_cache_is_the_end),
	    STORY(locked_cache_is_tried_again),
	    STORY(acks_of_a_broken_cache_leave_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
