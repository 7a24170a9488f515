/* The outbox in the engine (doc/protocol.md 3.2, and the rules of sync/sync.h). */
#include "sync_fixture.h"

#include "quotes.h"
#include "wire/limits.h"
#include "wire/send.h"

#define SENT(n, id) \
	"{'key':" K(n) ",'conversation':'bob@x','msg_id':" #id ",'time':5,'stamp':1" #id "}"
#define REFUSED(n, code)     "{'key':" K(n) ",'error':{'code':'" code "','text':'said the test'}}"
#define RESULTS(list)        "{" G ",'results':[" list "]}"
#define ITEM(n, after, text) "{'to':'bob@x','key':" K(n) after ",'type':'text','text':'" text "'}"
#define AFTER(n)             ",'after':" K(n)

/* What another process does between the choosing of a batch and its marking. */
static int taken_back_meanwhile;

enum status __real_cache_outbox_doubt(
    struct cache *cache, const struct key *keys, size_t count, struct error *err);
enum status __wrap_cache_outbox_doubt(
    struct cache *cache, const struct key *keys, size_t count, struct error *err);

enum status
__wrap_cache_outbox_doubt(
    struct cache *cache, const struct key *keys, size_t count, struct error *err)
{
	size_t removed;

	if (taken_back_meanwhile) {
		const struct key key = key_of(taken_back_meanwhile);

		taken_back_meanwhile = 0;
		assert_int_equal(cache_outbox_remove(cache, &key, 1, &removed, err), STATUS_OK);
		assert_int_equal(removed, 1);
	}
	return __real_cache_outbox_doubt(cache, keys, count, err);
}

static size_t
try_to_remove(struct story *s, int n)
{
	const struct key key = key_of(n);
	struct error err;
	size_t removed;

	assert_int_equal(cache_outbox_remove(s->cache, &key, 1, &removed, &err), STATUS_OK);
	return removed;
}

static void
nothing_to_send_asks_nobody(void **state)
{
	struct story *s = *state;

	reach(s, SYNC_FLUSH);
	assert_int_equal(ASKED(s, METHOD_SEND), 0);
}

static void
sends_in_order_each_after_the_one_before(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	writes(s, 2, "eve@x", "two");
	writes(s, 3, "bob@x", "three");
	answers(s, METHOD_SEND,
	    RESULTS(SENT(1, 1) ",{'key':" K(2) ",'conversation':'eve@x','msg_id':1,'time':5,"
	                                       "'stamp':13}," SENT(3, 2)));
	reach(s, SYNC_FLUSH);
	assert_asked(s, METHOD_SEND, 0,
	    "{'messages':[" ITEM(1, "", "one") ",{'to':'eve@x','key':" K(
	        2) ",'type':'text','text':'two'}," ITEM(3, AFTER(1), "three") "]}");
	assert_outbox(s, "");
	assert_held(s, "bob@x 2/2 eve@x 1/1");
	assert_int_equal(sync_counts(s->sync)->sent, 3);
	assert_int_equal(ASKED(s, METHOD_SEND), 1);
}

/* Marked as in doubt, durably, before the request leaves. */
static void
doubt_comes_before_the_request(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	sync_want(s->sync, SYNC_FLUSH, 0);
	sync_step(s->sync);
	assert_int_equal(ASKED(s, METHOD_SEND), 1);
	assert_outbox(s, "1?");
	assert_int_equal(try_to_remove(s, 1), 0);
}

static void
what_never_left_is_free_again(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	fake_cut(s->fake, METHOD_SEND, false);
	fail_at(s, SYNC_FLUSH, STATUS_UNAVAILABLE);
	assert_outbox(s, "1");
	assert_int_equal(try_to_remove(s, 1), 1);
}

static void
what_left_is_sent_again_with_its_key(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	fake_cut(s->fake, METHOD_SEND, true);
	fail_at(s, SYNC_FLUSH, STATUS_AGAIN);
	assert_outbox(s, "1?");
	fake_cut(s->fake, METHOD_SEND, false); /* what left once stays in doubt */
	fail_at(s, SYNC_FLUSH, STATUS_UNAVAILABLE);
	assert_outbox(s, "1?");
	answers(s, METHOD_SEND,
	    RESULTS("{'key':" K(1) ",'conversation':'bob@x','msg_id':1,'time':5,'stamp':11,"
	                           "'repeated':true}"));
	reach(s, SYNC_FLUSH);
	assert_string_equal(
	    fake_request(s->fake, METHOD_SEND, 0), fake_request(s->fake, METHOD_SEND, 2));
	assert_outbox(s, "");
	assert_held(s, "bob@x 1/1");
}

/* Who gives up while the connection is still being made is in no doubt. */
static void
given_up_before_it_left_is_free_again(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	fake_cut(s->fake, METHOD_SEND, false);
	fake_delay(s->fake, 60000);
	sync_want(s->sync, SYNC_FLUSH, 0);
	sync_step(s->sync);
	assert_outbox(s, "1?");
	sync_unwant(s->sync, SYNC_FLUSH);
	assert_outbox(s, "1");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1)));
	reach(s, SYNC_FLUSH);
	assert_outbox(s, "");
}

static void
given_up_after_it_left_is_in_doubt(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	sync_want(s->sync, SYNC_FLUSH, 0);
	sync_step(s->sync);
	sync_unwant(s->sync, SYNC_FLUSH);
	assert_outbox(s, "1?");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1)));
	UNTIL(s, sync_counts(s->sync)->sent == 1);
	assert_outbox(s, "");
}

static void
killed_while_it_sends_stays_in_doubt(void **state)
{
	struct story *s = *state;
	struct story *killed = story_other(s);

	writes(s, 1, "bob@x", "one");
	answers(killed, METHOD_SEND, RESULTS(SENT(1, 1)));
	fake_delay(killed->fake, 1000);
	sync_want(killed->sync, SYNC_FLUSH, 0);
	sync_step(killed->sync);
	story_other_end(killed);
	assert_outbox(s, "1?");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1)));
	reach(s, SYNC_FLUSH);
	assert_outbox(s, "");
}

static void
without_its_predecessor_it_is_sent_from_the_oldest(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	writes(s, 2, "bob@x", "two");
	answers(s, METHOD_SEND, RESULTS(REFUSED(1, "not-stored") "," REFUSED(2, "no-predecessor")));
	fail_at(s, SYNC_FLUSH, STATUS_AGAIN);
	assert_outbox(s, "1? 2?<1");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1) "," SENT(2, 2)));
	reach(s, SYNC_FLUSH);
	assert_string_equal(
	    fake_request(s->fake, METHOD_SEND, 0), fake_request(s->fake, METHOD_SEND, 1));
	assert_outbox(s, "");
}

/* A server that was put back behind it must not be asked for it. */
static void
an_acknowledged_one_is_nobodys_predecessor(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	writes(s, 2, "bob@x", "two");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1) "," REFUSED(2, "not-stored")));
	answers(s, METHOD_SEND, RESULTS(SENT(2, 2)));
	reach(s, SYNC_FLUSH);
	assert_asked(
	    s, METHOD_SEND, 1, "{'messages':[" ITEM(2, "", "two") "],'known':['AAAAAAAAAAA',11]}");
	assert_outbox(s, "");
}

static void
refused_for_good_leaves_the_chain(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	writes(s, 2, "bob@x", "two");
	writes(s, 3, "bob@x", "three");
	answers(s, METHOD_SEND,
	    RESULTS(REFUSED(1, "not-stored") "," REFUSED(2, "too-large") "," REFUSED(
	        3, "no-predecessor")));
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1) "," SENT(3, 2)));
	reach(s, SYNC_FLUSH);
	assert_asked(s, METHOD_SEND, 1,
	    "{'messages':[" ITEM(1, "", "one") "," ITEM(3, AFTER(1), "three") "]}");
	assert_outbox(s, "2!");
	assert_int_equal(sync_counts(s->sync)->sent, 2);
	assert_int_equal(sync_counts(s->sync)->failed, 1);
}

static void
every_refusal_for_good_is_one(void **state)
{
	struct story *s = *state;

	for (int n = 1; n <= 4; n++)
		writes(s, n, "bob@x", "x");
	answers(s, METHOD_SEND,
	    RESULTS(REFUSED(1, "no-recipient") "," REFUSED(2, "too-large") "," REFUSED(
	        3, "key-conflict") "," REFUSED(4, "bad-field")));
	reach(s, SYNC_FLUSH);
	assert_outbox(s, "1! 2! 3! 4!");
}

/* ---- the whole request is refused ---- */

static void
later_means_nothing_was_done(void **state)
{
	static const struct {
		const char *code;
		long http_status;
	} cases[] = {{"busy", 429}, {"draining", 503}, {"storage", 503}, {"slow", 408}};
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		refuses(s, METHOD_SEND, cases[i].http_status, cases[i].code);
		fail_at(s, SYNC_FLUSH, STATUS_UNAVAILABLE);
		assert_outbox(s, "1");
		if (i == 1)
			break; /* the delays grow */
	}
}

static void
a_defect_of_the_server_leaves_it_in_doubt(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	refuses(s, METHOD_SEND, 500, "internal");
	fail_at(s, SYNC_FLUSH, STATUS_PROTOCOL);
	assert_outbox(s, "1?");
	fake_answer(s->fake, METHOD_SEND, 502, "<html>Bad gateway</html>");
	fail_at(s, SYNC_FLUSH, STATUS_PROTOCOL);
	assert_outbox(s, "1?");
}

/* Answers a send as a server does that refuses a request with the poisonous entry in it. */
static void
answer_with_poison(struct story *s, int poison)
{
	const char *body =
	    fake_request(s->fake, METHOD_SEND, fake_request_count(s->fake, METHOD_SEND) - 1);
	struct send_result results[LIMIT_BATCH];
	const struct key poisonous = key_of(poison);
	struct send_request request;
	struct json *doc;
	struct buf out;
	bool refused = false;

	assert_int_equal(json_parse(&doc, body, strlen(body), NULL), STATUS_OK);
	assert_int_equal(send_request_read(&request, doc, NULL), STATUS_OK);
	for (size_t i = 0; i < request.count; i++) {
		refused |= key_equal(&request.items[i].key, &poisonous);
		results[i] = (struct send_result){.key = request.items[i].key,
		    .conversation = "bob@x",
		    .msg_id = number_of(&request.items[i].key),
		    .stamp = 1000};
	}
	buf_init(&out, LIMIT_ANSWER);
	send_answer_write(
	    &out, &(struct send_answer){"AAAAAAAAAAA", results, request.count, false});
	send_request_finish(&request);
	json_destroy(doc);
	if (refused)
		refuses(s, METHOD_SEND, 400, "bad-field");
	else
		fake_answer(s->fake, METHOD_SEND, 200, buf_string(&out));
	buf_finish(&out);
}

static void
poison_is_isolated(void **state)
{
	struct story *s = *state;
	size_t answered = 0;

	for (int n = 1; n <= 100; n++)
		writes(s, n, "bob@x", "x");
	sync_want(s->sync, SYNC_FLUSH, 0);
	while (sync_wants(s->sync, SYNC_FLUSH)) {
		sync_step(s->sync);
		if (fake_request_count(s->fake, METHOD_SEND) > answered) {
			answered++;
			answer_with_poison(s, 90);
		}
		turn(s);
	}
	assert_outbox(s, "90!");
	assert_held(s, "bob@x 99/100");
	assert_int_equal(sync_counts(s->sync)->sent, 99);
	assert_int_equal(sync_counts(s->sync)->failed, 1);
	/* And not by sending all of it for each of them. */
	assert_in_range(answered, 3, 20);
}

/* ---- bounds ---- */

/* Texts that grow in JSON still make requests that the server takes. */
static void
requests_stay_within_their_limit(void **state)
{
	struct story *s = *state;
	char *text = mem_zalloc(LIMIT_TEXT + 1, 1);
	const char *body;
	struct json *doc;

	memset(text, '\033', LIMIT_TEXT);
	for (int n = 1; n <= 8; n++)
		writes(s, n, "bob@x", text);
	free(text);
	sync_want(s->sync, SYNC_FLUSH, 0);
	sync_step(s->sync);
	body = fake_request(s->fake, METHOD_SEND, 0);
	assert_non_null(body);
	assert_true(strlen(body) <= LIMIT_REQUEST);
	assert_int_equal(json_parse(&doc, body, strlen(body), NULL), STATUS_OK);
	json_destroy(doc);
}

static void
too_old_to_be_sure_is_not_sent(void **state)
{
	struct story *s = *state;
	const struct key key = key_of(1);
	struct outbox_fate fate;
	struct error err;

	wrote(s, 1, "bob@x", OUTBOX_DAYS + 1);
	wrote(s, 2, "bob@x", OUTBOX_DAYS - 1);
	fake_cut(s->fake, METHOD_SEND, true);
	fail_at(s, SYNC_FLUSH, STATUS_AGAIN);
	assert_outbox(s, "1? 2?<1"); /* what never left may be sent however old */
	answers(s, METHOD_SEND, RESULTS(SENT(2, 1)));
	reach(s, SYNC_FLUSH);
	assert_asked(s, METHOD_SEND, 1, "{'messages':[" ITEM(2, "", "old") "]}");
	assert_outbox(s, "1!");
	assert_int_equal(cache_outbox_fate(s->cache, &key, &fate, &err), STATUS_OK);
	assert_non_null(strstr(fate.failure, "unsure"));
	assert_int_equal(sync_counts(s->sync)->failed, 1);
}

/* ---- other processes ---- */

static void
taken_back_meanwhile_is_not_sent(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	writes(s, 2, "bob@x", "two");
	writes(s, 3, "bob@x", "three");
	taken_back_meanwhile = 2;
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1) "," SENT(3, 2)));
	reach(s, SYNC_FLUSH);
	assert_asked(s, METHOD_SEND, 0,
	    "{'messages':[" ITEM(1, "", "one") "," ITEM(3, AFTER(1), "three") "]}");
	assert_outbox(s, "");
}

static void
all_taken_back_meanwhile_ends_well(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	taken_back_meanwhile = 1;
	reach(s, SYNC_FLUSH);
	assert_int_equal(ASKED(s, METHOD_SEND), 0);
}

static void
one_process_sends_at_a_time(void **state)
{
	struct story *s = *state;
	struct story *other = story_other(s);

	writes(s, 1, "bob@x", "one");
	sync_want(s->sync, SYNC_FLUSH, 0);
	sync_step(s->sync); /* under way, and never answered */
	sync_want(other->sync, SYNC_FLUSH, 0);
	for (int i = 0; i < 5; i++)
		turn(other);
	assert_int_equal(ASKED(other, METHOD_SEND), 0);
	assert_int_equal(sync_outcome(other->sync, SYNC_FLUSH)->failures, 0);
	sync_destroy(s->sync); /* as kill -9 does */
	s->sync = NULL;
	answers(other, METHOD_SEND, RESULTS(SENT(1, 1)));
	reach(other, SYNC_FLUSH);
	assert_outbox(s, "");
	story_other_end(other);
}

/* ---- broken servers ---- */

static void
results_for_others_are_refused(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	for (int i = 0; i < 3; i++)
		answers(s, METHOD_SEND, RESULTS(SENT(7, 1)));
	fail_at(s, SYNC_FLUSH, STATUS_PROTOCOL);
	assert_int_equal(ASKED(s, METHOD_SEND), 1);
	assert_outbox(s, "1?");
}

static void
too_few_results_are_refused(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	writes(s, 2, "bob@x", "two");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1)));
	fail_at(s, SYNC_FLUSH, STATUS_PROTOCOL);
	assert_outbox(s, "1? 2?<1");
}

/* The server started anew: whether its history is the one the cache has, login-sync says. */
static void
results_of_another_generation_wait_for_login_sync(void **state)
{
	struct story *s = *state;

	knows(s, 0, 5, NULL, 0);
	writes(s, 1, "bob@x", "one");
	answers(s, METHOD_SEND, "{'generation':'BBBBBBBBBBB','results':[" SENT(1, 1) "]}");
	answers(s, METHOD_LOGIN_SYNC, "{'generation':'BBBBBBBBBBB','from':5,'to':9}");
	fake_delay(s->fake, 50);
	answers(s, METHOD_SEND, "{'generation':'BBBBBBBBBBB','results':[" SENT(1, 1) "]}");
	sync_want(s->sync, SYNC_FLUSH, 0);
	UNTIL(s, ASKED(s, METHOD_LOGIN_SYNC) == 1);
	assert_outbox(s, "1?");
	assert_held(s, "");
	UNTIL(s, !sync_wants(s->sync, SYNC_FLUSH));
	assert_int_equal(sync_outcome(s->sync, SYNC_FLUSH)->failures, 0);
	assert_outbox(s, "");
	assert_held(s, "bob@x 1/1");
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
	assert_int_equal(ASKED(s, METHOD_SEND), 2);
	assert_int_equal(sync_counts(s->sync)->sent, 1);
}

/* What was sent before the first login-sync is told it: a fork since is noticed. */
static void
what_is_known_beyond_the_cursor_is_told(void **state)
{
	struct story *s = *state;

	writes(s, 1, "bob@x", "one");
	answers(s, METHOD_SEND, RESULTS(SENT(1, 1)));
	reach(s, SYNC_FLUSH);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':9,'until':12}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':9,'to':12}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 0, "{'known':['AAAAAAAAAAA',11]}");
	assert_asked(s, METHOD_LOGIN_SYNC, 1,
	    "{'cursor':['AAAAAAAAAAA',9],'known':['AAAAAAAAAAA',11],'until':12}");
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':12,'to':12}");
	reach(s, SYNC_LISTS);
	assert_asked(s, METHOD_LOGIN_SYNC, 2, "{'cursor':['AAAAAAAAAAA',12]}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    STORY(results_of_another_generation_wait_for_login_sync),
	    STORY(what_is_known_beyond_the_cursor_is_told),
	    STORY(nothing_to_send_asks_nobody),
	    STORY(sends_in_order_each_after_the_one_before),
	    STORY(doubt_comes_before_the_request),
	    STORY(what_never_left_is_free_again),
	    STORY(what_left_is_sent_again_with_its_key),
	    STORY(given_up_before_it_left_is_free_again),
	    STORY(given_up_after_it_left_is_in_doubt),
	    STORY(killed_while_it_sends_stays_in_doubt),
	    STORY(without_its_predecessor_it_is_sent_from_the_oldest),
	    STORY(an_acknowledged_one_is_nobodys_predecessor),
	    STORY(refused_for_good_leaves_the_chain),
	    STORY(every_refusal_for_good_is_one),
	    STORY(later_means_nothing_was_done),
	    STORY(a_defect_of_the_server_leaves_it_in_doubt),
	    STORY(poison_is_isolated),
	    STORY(requests_stay_within_their_limit),
	    STORY(too_old_to_be_sure_is_not_sent),
	    STORY(taken_back_meanwhile_is_not_sent),
	    STORY(all_taken_back_meanwhile_ends_well),
	    STORY(one_process_sends_at_a_time),
	    STORY(results_for_others_are_refused),
	    STORY(too_few_results_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
