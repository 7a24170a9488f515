/* Holes and pages in the engine (doc/protocol.md 3.6). */
#include "sync_fixture.h"

#define M(id) "{'msg_id':" #id ",'from':'bob@x','time':1,'stamp':" #id ",'type':'text','text':'hi'}"
#define PAGE(from, to, last, list) \
	"{'conversation':'bob@x','from':" #from ",'to':" #to ",'first':1,'last':" #last \
	",'messages':[" list "]}"
#define PAGES(list) "{" G ",'pages':[" list "]}"
#define FULL(list)  "{" G ",'pages':[" list "],'more':true}"
#define UNKNOWN(a)  "{'conversation':'" a "','unknown':true}"

#define B "'generation':'BBBBBBBBBBB'"

static void
nothing_missing_asks_nobody(void **state)
{
	struct story *s = *state;

	reach(s, SYNC_PULL);
	assert_int_equal(ASKED(s, METHOD_PULL), 0);
}

static void
pulls_until_nothing_is_missing(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 6);
	answers(s, METHOD_PULL, FULL(PAGE(1, 2, 6, M(1) "," M(2))));
	answers(s, METHOD_PULL, FULL(PAGE(3, 4, 6, M(3) "," M(4))));
	answers(s, METHOD_PULL, PAGES(PAGE(5, 6, 6, M(5) "," M(6))));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 0, "{'want':[['bob@x',1,6]]}");
	/* The next page is asked for before one is stored, and what is stored is acknowledged. */
	assert_asked(s, METHOD_PULL, 1, "{'want':[['bob@x',3,6]]}");
	assert_asked(s, METHOD_PULL, 2, "{'want':[['bob@x',5,6]],'acks':[['bob@x',1,2]]}");
	assert_int_equal(ASKED(s, METHOD_PULL), 3);
	assert_held(s, "bob@x 6/6");
	assert_int_equal(sync_counts(s->sync)->messages, 6);
}

static void
full_answer_leaves_the_rest(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 2);
	knows(s, 5, 6, "eve@x", 2);
	knows(s, 6, 7, "zoe@x", 2);
	answers(s, METHOD_PULL, FULL(PAGE(1, 2, 2, M(1) "," M(2)) "," UNKNOWN("eve@x")));
	answers(s, METHOD_PULL,
	    PAGES("{'conversation':'zoe@x','from':1,'to':2,'first':1,'last':2,'messages':[]}"));
	answers(s, METHOD_PULL, PAGES(UNKNOWN("eve@x")));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 1, "{'want':[['zoe@x',1,2]]}");
	assert_held(s, "bob@x 2/2 eve@x 0/2 zoe@x 2/2");
}

/* What is left is told by the cache where the answer is not as it should be. */
static void
full_answer_in_another_order(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 2);
	knows(s, 5, 6, "eve@x", 2);
	answers(s, METHOD_PULL,
	    FULL("{'conversation':'eve@x','from':1,'to':2,'first':1,'last':2,'messages':[]}"));
	answers(s, METHOD_PULL, PAGES(PAGE(1, 2, 2, M(1) "," M(2))));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 1, "{'want':[['bob@x',1,2]],'acks':[['eve@x',1,2]]}");
	assert_held(s, "bob@x 2/2 eve@x 2/2");
}

/* The page that was asked for already is of no use where the one before it can't be stored. */
static void
next_page_is_dropped_where_one_does_not_fit(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 4);
	answers(s, METHOD_PULL, "{" B ",'pages':[" PAGE(1, 2, 4, M(1) "," M(2)) "],'more':true}");
	sync_want(s->sync, SYNC_PULL, 0);
	UNTIL(s, ASKED(s, METHOD_LOGIN_SYNC) == 1);
	assert_asked(s, METHOD_PULL, 1, "{'want':[['bob@x',3,4]]}"); /* it is held, and dropped */
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'to':5}");
	answers(s, METHOD_PULL, "{" B ",'pages':[" PAGE(1, 4, 4, M(1) "," M(4)) "]}");
	UNTIL(s, !sync_wants(s->sync, SYNC_PULL));
	assert_asked(s, METHOD_PULL, 2, "{'want':[['bob@x',1,4]]}");
	assert_int_equal(sync_outcome(s->sync, SYNC_PULL)->failures, 0);
	assert_held(s, "bob@x 4/4");
}

static void
only_the_hole_is_pulled(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 6);
	holds(s, 1, 2);
	holds(s, 5, 5);
	answers(s, METHOD_PULL, PAGES(PAGE(3, 4, 6, M(3) "," M(4)) "," PAGE(6, 6, 6, M(6))));
	reach(s, SYNC_PULL);
	assert_non_null(
	    strstr(fake_request(s->fake, METHOD_PULL, 0), "[[\"bob@x\",3,4],[\"bob@x\",6,6]]"));
	assert_held(s, "bob@x 6/6");
}

static void
expired_ones_are_not_asked_for_again(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 4);
	answers(s, METHOD_PULL,
	    PAGES("{'conversation':'bob@x','from':1,'to':4,'first':4,'last':4,'messages':[" M(
	        4) "]}"));
	reach(s, SYNC_PULL);
	reach(s, SYNC_PULL);
	assert_int_equal(ASKED(s, METHOD_PULL), 1);
	assert_held(s, "bob@x 1/4");
}

static void
unknown_conversations_end_it(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 4);
	knows(s, 5, 6, "eve@x", 2);
	answers(s, METHOD_PULL, PAGES(PAGE(1, 4, 4, M(1) "," M(4)) "," UNKNOWN("eve@x")));
	answers(s, METHOD_PULL, PAGES(UNKNOWN("eve@x")));
	reach(s, SYNC_PULL);
	assert_int_equal(ASKED(s, METHOD_PULL), 2);
	assert_non_null(strstr(buf_string(&s->notices), "eve@x"));
	assert_held(s, "bob@x 4/4 eve@x 0/2");
}

/* A server that was put back knows fewer messages than this cache knows of. */
static void
what_is_not_there_ends_it(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 9);
	holds(s, 1, 7);
	answers(s, METHOD_PULL, PAGES(PAGE(8, 7, 7, "")));
	reach(s, SYNC_PULL);
	answers(s, METHOD_PULL, PAGES(PAGE(8, 9, 7, "")));
	reach(s, SYNC_PULL);
	assert_int_equal(ASKED(s, METHOD_PULL), 2);
	assert_held(s, "bob@x 7/9"); /* they may come yet, and are not held */
}

static void
no_pages_end_it(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 9);
	answers(s, METHOD_PULL, "{" G ",'more':true}");
	reach(s, SYNC_PULL);
	assert_int_equal(ASKED(s, METHOD_PULL), 1);
}

/* Believed, such a page would hide messages that never came. */
static void
pages_not_asked_for_are_refused(void **state)
{
	static const char *const pages[] = {PAGES(PAGE(1, 2, 9, "")), PAGES(PAGE(4, 10, 10, "")),
	    PAGES("{'conversation':'eve@x','from':4,'to':5,'first':1,'last':9,'messages':[]}")};
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 9);
	holds(s, 1, 3);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		answers(s, METHOD_PULL, pages[i]);
		fail_at(s, SYNC_PULL, STATUS_PROTOCOL);
		assert_held(s, "bob@x 3/9");
	}
}

static void
cut_in_between_keeps_what_came(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 4);
	answers(s, METHOD_PULL, PAGES(PAGE(1, 2, 4, M(1) "," M(2))));
	fake_cut(s->fake, METHOD_PULL, true);
	fail_at(s, SYNC_PULL, STATUS_AGAIN);
	assert_held(s, "bob@x 2/4");
	answers(s, METHOD_PULL, PAGES(PAGE(3, 4, 4, M(3) "," M(4))));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 2, "{'want':[['bob@x',3,4]],'acks':[['bob@x',1,2]]}");
}

/* A message of this device's that the page brings settles its entry. */
static void
own_message_in_a_page_empties_the_outbox(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "hello");
	knows(s, 0, 5, "bob@x", 1);
	answers(s, METHOD_PULL,
	    PAGES(PAGE(1, 1, 1,
	        "{'msg_id':1,'from':'alice@x','time':1,'stamp':3,'type':'text',"
	        "'text':'hello','key':" K(1) "}")));
	reach(s, SYNC_PULL);
	assert_outbox(s, "");
	assert_int_equal(sync_counts(s->sync)->messages, 0);
}

static void
one_conversation_only(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 4);
	knows(s, 5, 6, "eve@x", 2);
	sync_pull_for(s->sync, 0, "eve@x", false);
	answers(s, METHOD_PULL, PAGES(UNKNOWN("eve@x")));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 0, "{'want':[['eve@x',1,2]]}");
}

/* History: the newest first, no more at once than an answer holds. */
static void
history_comes_newest_first(void **state)
{
	struct story *s = *state;
	const struct roaming roaming = {.newest = 3};

	knows(s, 0, 5, "bob@x", 4);
	knows(s, 5, 6, "eve@x", 2000);
	sync_pull_history(s->sync, &(struct roaming){.since = 0});
	assert_int_equal(sync_pull_left(s->sync), -1);
	answers(s, METHOD_PULL, PAGES(UNKNOWN("eve@x")));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 0, "{'want':[['eve@x',1001,2000]]}");
	assert_int_equal(sync_pull_left(s->sync), 2004);
	sync_pull_history(s->sync, &roaming);
	answers(s, METHOD_PULL, PAGES(PAGE(2, 3, 4, M(2) "," M(3))));
	answers(s, METHOD_PULL, PAGES(PAGE(4, 4, 4, M(4))));
	answers(s, METHOD_PULL, PAGES(UNKNOWN("eve@x")));
	reach(s, SYNC_PULL);
	assert_asked(s, METHOD_PULL, 1, "{'want':[['eve@x',1998,2000],['bob@x',2,4]]}");
	assert_asked(s, METHOD_PULL, 2,
	    "{'want':[['eve@x',1998,2000],['bob@x',4,4]],'acks':[['bob@x',2,3]]}");
	assert_held(s, "bob@x 3/4 eve@x 0/2000");
	sync_pull_for(s->sync, 0, NULL, false);
}

/* Whatever brings news makes the holes it opens wanted. */
static void
always_follows_what_is_applied(void **state)
{
	struct story *s = *state;

	sync_pull_for(s->sync, 0, NULL, true);
	answers(s, METHOD_LOGIN_SYNC,
	    "{" G ",'from':0,'to':5,'conversations':[{'conversation':'bob@x','first':1,'last':1,"
	    "'ack':0,'read':0,'stamp':5}]}");
	answers(s, METHOD_PULL, PAGES(PAGE(1, 1, 1, M(1))));
	reach(s, SYNC_LISTS);
	UNTIL(s, !sync_wants(s->sync, SYNC_PULL));
	assert_held(s, "bob@x 1/1");
}

/* The server started anew: what it sends may be of another history, until login-sync says it isn't.
 */
static void
pages_of_another_generation_wait_for_login_sync(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, "bob@x", 2);
	answers(s, METHOD_PULL, "{" B ",'pages':[" PAGE(1, 2, 2, M(1) "," M(2)) "]}");
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'from':5,'to':5}");
	fake_delay(s->fake, 50);
	answers(s, METHOD_PULL, "{" B ",'pages':[" PAGE(1, 2, 2, M(1) "," M(2)) "]}");
	sync_want(s->sync, SYNC_PULL, 0);
	UNTIL(s, ASKED(s, METHOD_LOGIN_SYNC) == 1);
	assert_held(s, "bob@x 0/2");
	assert_cursor(s, "AAAAAAAAAAA", 5);
	UNTIL(s, !sync_wants(s->sync, SYNC_PULL));
	assert_int_equal(sync_outcome(s->sync, SYNC_PULL)->failures, 0);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
	assert_int_equal(ASKED(s, METHOD_PULL), 2);
	assert_held(s, "bob@x 2/2");
	assert_cursor(s, "BBBBBBBBBBB", 5);
	assert_int_equal(sync_counts(s->sync)->messages, 2);
}

/* A server of which each answer is of another generation is not asked without end. */
static void
ever_new_generations_are_a_failure(void **state)
{
	struct story *s = *state;
	int asked;

	knows(s, 0, 5, "bob@x", 2);
	for (int i = 0; i < 9; i++) {
		answers(s, METHOD_PULL, "{" B ",'pages':[" PAGE(1, 1, 2, M(1)) "]}");
		answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':5}");
	}
	fail_at(s, SYNC_PULL, STATUS_AGAIN);
	asked = ASKED(s, METHOD_PULL);
	assert_in_range(asked, 2, 5);
	assert_held(s, "bob@x 0/2");
	/* And it fails with the login-sync that it waits for. */
	refuses(s, METHOD_LOGIN_SYNC, 500, "internal");
	UNTIL(s, sync_outcome(s->sync, SYNC_PULL)->failures == 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    STORY(nothing_missing_asks_nobody),
	    STORY(pulls_until_nothing_is_missing),
	    STORY(full_answer_leaves_the_rest),
	    STORY(full_answer_in_another_order),
	    STORY(next_page_is_dropped_where_one_does_not_fit),
	    STORY(only_the_hole_is_pulled),
	    STORY(expired_ones_are_not_asked_for_again),
	    STORY(unknown_conversations_end_it),
	    STORY(pages_of_another_generation_wait_for_login_sync),
	    STORY(ever_new_generations_are_a_failure),
	    STORY(what_is_not_there_ends_it),
	    STORY(no_pages_end_it),
	    STORY(pages_not_asked_for_are_refused),
	    STORY(cut_in_between_keeps_what_came),
	    STORY(own_message_in_a_page_empties_the_outbox),
	    STORY(one_conversation_only),
	    STORY(history_comes_newest_first),
	    STORY(always_follows_what_is_applied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
