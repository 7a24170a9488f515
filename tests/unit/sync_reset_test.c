/* reset and compare in the engine (doc/protocol.md 3.3, 3.10). */
#include "sync_fixture.h"

#define B           "'generation':'BBBBBBBBBBB'"
#define C           "'generation':'CCCCCCCCCCC'"
#define NONE(kind)  "{" B ",'stamp':9,'" kind "':[]}"
#define RESET(fork) "{" B ",'fork':" #fork ",'stamp':9}"
#define SENT(n, id) \
	"{'key':" K(n) ",'conversation':'bob@x','msg_id':" #id ",'time':5,'stamp':" #id "1}"

static void
lists_are_the_same(struct story *s)
{
	answers(s, METHOD_COMPARE, NONE("contacts"));
	answers(s, METHOD_COMPARE, NONE("groups"));
	answers(s, METHOD_COMPARE, NONE("conversations"));
}

/* bob's messages 1 to 5 with these stamps, and the cursor at 5. */
static void
lives(struct story *s)
{
	knows(s, 0, 5, "bob@x", 5);
	holds(s, 1, 5);
}

static bool
is_resetting(struct story *s)
{
	struct cache_knowledge now;
	struct error err;

	assert_int_equal(cache_knowledge_get(s->cache, &now, &err), STATUS_OK);
	return now.resetting;
}

static void
a_lost_history_is_set_aside(void **state)
{
	struct story *s = *state;

	lives(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	answers(s, METHOD_RESET, RESET(3));
	lists_are_the_same(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'to':9}");
	reach(s, SYNC_LISTS);
	assert_asked(
	    s, METHOD_LOGIN_SYNC, 0, "{'cursor':['AAAAAAAAAAA',5],'acks':[['bob@x',1,5]]}");
	assert_asked(s, METHOD_RESET, 0, "{'generations':[['AAAAAAAAAAA',5]]}");
	assert_asked(s, METHOD_COMPARE, 0, "{'kind':'contacts','have':[]}");
	assert_asked(s, METHOD_COMPARE, 1, "{'kind':'groups','have':[]}");
	assert_asked(s, METHOD_COMPARE, 2, "{'kind':'conversations','have':[['bob@x',0]]}");
	/* From the fork on: amendments since then are told, too. */
	assert_non_null(
	    strstr(fake_request(s->fake, METHOD_LOGIN_SYNC, 1), "{\"cursor\":[\"BBBBBBBBBBB\",3]"));
	assert_cursor(s, "BBBBBBBBBBB", 9);
	assert_held(s, "bob@x 3/3");
	assert_non_null(strstr(buf_string(&s->notices), "2 messages are set aside"));
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 2);
	assert_int_equal(ASKED(s, METHOD_COMPARE), 3);
}

static void
differences_are_taken_over(void **state)
{
	struct story *s = *state;

	lives(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	answers(s, METHOD_RESET, RESET(3));
	answers(s, METHOD_COMPARE,
	    "{" B ",'stamp':9,'contacts':[{'address':'eve@x','name':'Eve','stamp':7}]}");
	answers(s, METHOD_COMPARE, NONE("groups"));
	answers(s, METHOD_COMPARE,
	    "{" B ",'stamp':9,'conversations':[{'conversation':'bob@x','first':1,'last':4,'ack':0,"
	    "'read':0,'stamp':8},{'conversation':'eve@x','first':1,'last':1,'ack':0,'read':0,"
	    "'stamp':6}]}");
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'to':9}");
	reach(s, SYNC_LISTS);
	assert_held(s, "bob@x 3/4 eve@x 0/1");
}

/* What the server has lost of the own ones goes out again before anything else. */
static void
own_messages_are_sent_again(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	writes(s, 1, "bob@x", "one");
	answers(s, METHOD_SEND, "{" G ",'results':[" SENT(1, 1) "]}");
	reach(s, SYNC_FLUSH);
	writes(s, 2, "bob@x", "two");
	/* The cursor alone would be valid: what is known beyond it is not. */
	answers(s, METHOD_SEND, "{" B ",'results':[" SENT(2, 1) "]}");
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	answers(s, METHOD_RESET, RESET(5));
	lists_are_the_same(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'to':9}");
	answers(s, METHOD_SEND, "{" B ",'results':[" SENT(1, 2) "," SENT(2, 1) "]}");
	reach(s, SYNC_FLUSH);
	assert_asked(
	    s, METHOD_LOGIN_SYNC, 0, "{'cursor':['AAAAAAAAAAA',5],'known':['AAAAAAAAAAA',11]}");
	assert_asked(s, METHOD_RESET, 0, "{'generations':[['AAAAAAAAAAA',11]]}");
	assert_asked(s, METHOD_SEND, 2,
	    "{'messages':[{'to':'bob@x','key':" K(
	        1) ",'type':'text','text':'one','was':11},"
	           "{'to':'bob@x','key':" K(2) ",'after':" K(
	               1) ",'type':'text','text':'two'}],'known':['BBBBBBBBBBB',9]}");
	assert_outbox(s, "");
	assert_held(s, "bob@x 2/2");
}

/* Killed between any two answers: the next process goes on where the cache stands. */
static void
another_process_goes_on(void **state)
{
	struct story *s = *state;

	for (int step = 0; step < 3; step++) {
		struct story *other = story_other(s);

		if (step == 0)
			lives(s);
		if (step == 0) {
			answers(other, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
			answers(other, METHOD_RESET, RESET(3));
			fake_delay(other->fake, 60000);
		}
		if (step == 1) {
			answers(other, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
			answers(other, METHOD_RESET, RESET(3));
			answers(other, METHOD_COMPARE, NONE("contacts"));
			answers(other, METHOD_COMPARE, NONE("groups"));
			fake_delay(other->fake, 60000);
		}
		if (step == 2) {
			answers(other, METHOD_COMPARE, NONE("contacts"));
			answers(other, METHOD_COMPARE, NONE("groups"));
			answers(other, METHOD_COMPARE, NONE("conversations"));
			answers(other, METHOD_LOGIN_SYNC, "{" B ",'to':9}");
			fake_delay(other->fake, 60000);
		}
		sync_want(other->sync, SYNC_LISTS, 0);
		UNTIL(other, step == 0   ? ASKED(other, METHOD_RESET) == 1
		             : step == 1 ? ASKED(other, METHOD_COMPARE) == 2
		                         : ASKED(other, METHOD_LOGIN_SYNC) == 1);
		assert_int_equal(is_resetting(s), step == 1);
		story_other_end(other);
	}
	assert_cursor(s, "BBBBBBBBBBB", 3);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'to':9}");
	reach(s, SYNC_LISTS);
	assert_held(s, "bob@x 3/3");
	assert_cursor(s, "BBBBBBBBBBB", 9);
}

/* The server starts anew in the middle: is its history still the same? */
static void
a_start_in_the_middle_is_asked_about(void **state)
{
	struct story *s = *state;

	lives(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	answers(s, METHOD_RESET, RESET(3));
	answers(s, METHOD_COMPARE, NONE("contacts"));
	answers(s, METHOD_COMPARE, "{" C ",'stamp':9,'groups':[]}");
	answers(s, METHOD_RESET, "{" C ",'fork':2,'stamp':9}");
	answers(s, METHOD_COMPARE, "{" C ",'stamp':9,'contacts':[]}");
	answers(s, METHOD_COMPARE, "{" C ",'stamp':9,'groups':[]}");
	answers(s, METHOD_COMPARE, "{" C ",'stamp':9,'conversations':[]}");
	answers(s, METHOD_LOGIN_SYNC, "{" C ",'to':9}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_RESET, 1, "{'generations':[['BBBBBBBBBBB',3],['AAAAAAAAAAA',3]]}");
	assert_cursor(s, "CCCCCCCCCCC", 9);
	assert_held(s, "bob@x 2/2");
}

static void
ever_new_histories_are_a_failure(void **state)
{
	struct story *s = *state;

	lives(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	for (int i = 0; i < 9; i++) {
		answers(s, METHOD_RESET, RESET(3));
		answers(s, METHOD_COMPARE, "{" C ",'stamp':9,'contacts':[]}");
	}
	fail_at(s, SYNC_LISTS, STATUS_AGAIN);
	assert_in_range(ASKED(s, METHOD_RESET), 2, 5);
}

static void
long_lists_go_by_intervals(void **state)
{
	struct story *s = *state;
	struct contact contacts[1001];
	enum cache_applied applied;
	struct error err;

	knows(s, 0, 5, NULL, 0);
	for (int i = 0; i < 1001; i++)
		contacts[i] =
		    (struct contact){.address = mem_printf("c%04d@x", i), .name = "", .stamp = 4};
	assert_int_equal(
	    cache_store_contacts(s->cache, "AAAAAAAAAAA", contacts, 1001, &applied, &err),
	    STATUS_OK);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	answers(s, METHOD_RESET, RESET(5));
	/* The answer was full; the rest of the interval comes, then what is behind it. */
	answers(s, METHOD_COMPARE, "{" B ",'stamp':9,'contacts':[],'upto':'c0500@x'}");
	lists_are_the_same(s);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'to':9}");
	reach(s, SYNC_LISTS);
	assert_non_null(strstr(fake_request(s->fake, METHOD_COMPARE, 0),
	    "{\"kind\":\"contacts\",\"upto\":\"c0999@x\",\"have\":[[\"c0000@x\",4],"));
	assert_non_null(strstr(fake_request(s->fake, METHOD_COMPARE, 1),
	    "{\"kind\":\"contacts\",\"after\":\"c0500@x\",\"have\":[[\"c0501@x\",4],"));
	assert_non_null(strstr(fake_request(s->fake, METHOD_COMPARE, 2), "groups"));
	for (int i = 0; i < 1001; i++)
		free((char *)contacts[i].address);
	/* One that does not advance would be asked for again for ever. */
	was_reset(s, "DDDDDDDDDDD", 3);
	answers(s, METHOD_LOGIN_SYNC, "{" B ",'reset':true}");
	answers(s, METHOD_RESET, RESET(3));
	answers(s, METHOD_COMPARE, "{" B ",'stamp':9,'contacts':[],'upto':'d@x'}");
	fail_at(s, SYNC_LISTS, STATUS_PROTOCOL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    STORY(a_lost_history_is_set_aside),
	    STORY(differences_are_taken_over),
	    STORY(own_messages_are_sent_again),
	    STORY(another_process_goes_on),
	    STORY(a_start_in_the_middle_is_asked_about),
	    STORY(ever_new_histories_are_a_failure),
	    STORY(long_lists_go_by_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
