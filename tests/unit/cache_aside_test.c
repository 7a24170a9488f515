/* A history that the server lost (doc/protocol.md 3.3): what consumers get, and what amendments
 * made. */
#include "cache_reset_fixture.h"

static int64_t
consumer_of(struct fixture *f, const char *name, bool now)
{
	struct error error;
	int64_t consumer;
	bool created;

	OK(cache_consumer_open(f->cache, name, now, &consumer, &created, &error));
	return consumer;
}

static void
hand_up_to(struct fixture *f, int64_t consumer, const char *conversation, int64_t msg_id)
{
	struct conversation_range place = {conversation, {0, msg_id}};
	struct error error;

	OK(cache_consumer_advance(f->cache, consumer, &place, 1, &error));
}

/* ---- history ---- */

static const char *
history(struct fixture *f, int64_t after, int64_t before, size_t count, bool events)
{
	return tell_history(f, &(struct history_query){
	                           .conversation = BOB,
	                           .before = before,
	                           .after = after,
	                           .count = count,
	                           .events = events,
	                       });
}

static void
test_history_tells_each_where_it_stood(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];

	must_reset(f, NEW, live(f, messages));
	/* 6 waits in the outbox. */
	assert_string_equal(history(f, 0, 0, 9, false), "1 2 3 4s 5~ 7~");
	comes(f, NEW, message_of(f, BOB, 5, 0));
	comes(f, NEW, message_of(f, BOB, 6, 0));
	assert_string_equal(history(f, 0, 0, 9, false), "1 2 3 4s 5~ 7~ 5 6");
	/* Two pages tell it once, whichever way they go. */
	assert_string_equal(history(f, 0, 0, 2, false), "5 6");
	assert_string_equal(history(f, 0, 5, 2, false), "3 4s 5~ 7~");
	assert_string_equal(history(f, 3, 5, 9, false), "4s 5~ 7~");
	assert_string_equal(history(f, 4, 0, 9, false), "5 6");
	assert_string_equal(history(f, 6, 0, 9, false), "");
	/* No more than count of them, the newest. */
	assert_string_equal(history(f, 0, 5, 1, false), "4s 7~");
	run(f, "UPDATE aside SET type = 'react' WHERE msg_id = 7");
	assert_string_equal(history(f, 0, 5, 2, false), "3 4s 5~");
	assert_string_equal(history(f, 0, 5, 2, true), "3 4s 5~ 7~");
}

static void
test_history_of_what_is_lost_whole(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];

	live(f, messages);
	must_reset(f, NEW, 0);
	assert_string_equal(history(f, 0, 0, 9, false), "1~ 2~ 3~ 5~ 7~");
}

/* ---- consumers ---- */

static void
test_consumers_get_what_is_new_only(void **state)
{
	struct fixture *f = *state;
	int64_t all = consumer_of(f, "all", false), half = consumer_of(f, "half", false);
	struct message messages[7], one;
	int64_t fork = live(f, messages);

	hand_up_to(f, all, BOB, 7);
	hand_up_to(f, half, BOB, 5);
	must_reset(f, NEW, fork);
	assert_string_equal(tell_next(f, all, NULL, 9), "");
	assert_string_equal(tell_next(f, half, NULL, 9), "");
	/* 7 comes first, then one that never was, then 5 and 6. */
	comes(f, NEW, again(f, 5, &messages[6]));
	comes(f, NEW, message_of(f, BOB, 6, 0));
	comes(f, NEW, again(f, 7, &messages[4]));
	one = again(f, 8, &messages[5]);
	comes(f, NEW, one);
	assert_int_equal(count_aside(f), 0);
	assert_string_equal(tell_next(f, all, NULL, 9), "bob5- bob6 bob7- bob8-");
	assert_string_equal(tell_next(f, half, NULL, 9), "bob5 bob6 bob7- bob8");
	hand_up_to(f, all, BOB, 8);
	assert_string_equal(tell_next(f, all, NULL, 9), "");
	/* A consumer that is new gets all. */
	assert_string_equal(tell_next(f, consumer_of(f, "new", false), NULL, 99),
	    "bob1 bob2 bob3 bob4 bob5 bob6 bob7 bob8");
}

/* The server had it after all: the same message under its own number. */
static void
test_one_that_was_not_lost_comes_as_it_was(void **state)
{
	struct fixture *f = *state;
	int64_t all = consumer_of(f, "all", false);
	struct message messages[7], other;
	int64_t fork = live(f, messages);

	hand_up_to(f, all, BOB, 7);
	must_reset(f, NEW, fork);
	comes(f, NEW, messages[4]);
	assert_int_equal(count_aside(f), 1);
	/* Another one that has the stamp of one that is lost, as after a step of the clock. */
	other = message_of(f, BOB, 6, 0);
	other.stamp = messages[6].stamp;
	comes(f, NEW, other);
	assert_int_equal(count_aside(f), 1);
	assert_string_equal(tell_next(f, all, NULL, 9), "bob5- bob6");
}

/* Whoever says that a message was another one must say the same. */
static void
test_was_is_believed_of_the_same_alone(void **state)
{
	struct fixture *f = *state;
	int64_t all = consumer_of(f, "all", false);
	struct message messages[7], other;
	int64_t fork = live(f, messages);

	hand_up_to(f, all, BOB, 7);
	must_reset(f, NEW, fork);
	other = again(f, 5, &messages[4]);
	other.text = "another text";
	comes(f, NEW, other);
	other = again(f, 6, &messages[4]);
	other.from = CAROL;
	comes(f, NEW, other);
	assert_int_equal(count_aside(f), 2);
	assert_string_equal(tell_next(f, all, NULL, 9), "bob5 bob6");
}

/* It comes again as a recall left it: then nothing of it stays. */
static void
test_one_that_was_recalled_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct message messages[7], erased;
	int64_t fork = live(f, messages);

	must_reset(f, NEW, fork);
	erased = again(f, 5, &messages[4]);
	erased.text = NULL;
	comes(f, NEW, erased);
	assert_string_equal(history(f, 0, 0, 9, false), "1 2 3 4s 7~ 5");
}

static void
test_a_consumer_of_what_comes_from_now_on(void **state)
{
	struct fixture *f = *state;
	int64_t now;
	struct message message;

	apply_head(f, &HEAD(BOB, 1, 40, 5, 3, ++f->stamp));
	apply_head(f, &HEAD(CAROL, 1, 50, 5, 3, ++f->stamp));
	now = consumer_of(f, "now", true);
	message = message_of(f, BOB, 41, 0);
	apply_messages(f, &message, 1);
	hand_up_to(f, now, BOB, 41);
	must_reset(f, NEW, message.stamp - 1);
	/* Neither what was before it, nor what comes again. */
	comes(f, NEW, again(f, 41, &message));
	comes(f, NEW, message_of(f, BOB, 42, 0));
	assert_string_equal(tell_next(f, now, NULL, 9), "bob41- bob42");
	message = message_of(f, CAROL, 50, 0);
	message.stamp = 2;
	comes(f, NEW, message);
	comes(f, NEW, message_of(f, CAROL, 51, 0));
	assert_string_equal(tell_next(f, now, NULL, 9), "bob41- bob42 carol51");
}

static void
test_two_forks_in_a_row(void **state)
{
	struct fixture *f = *state;
	int64_t all = consumer_of(f, "all", false), half = consumer_of(f, "half", false);
	struct message messages[7], five, six, seven;
	int64_t fork = live(f, messages);

	hand_up_to(f, all, BOB, 7);
	hand_up_to(f, half, BOB, 5);
	must_reset(f, NEW, fork);
	compared(f, NEW, 0);
	five = again(f, 5, &messages[4]);
	seven = again(f, 6, &messages[6]);
	comes(f, NEW, five);
	comes(f, NEW, seven);
	assert_string_equal(tell_next(f, half, NULL, 9), "bob5- bob6");
	hand_up_to(f, half, BOB, 6);
	/* The same copy is put back once more. */
	must_reset(f, "generation3", fork);
	compared(f, "generation3", 0);
	assert_int_equal(count_aside(f), 2);
	assert_string_equal(tell_outbox(f), "6");
	six = again(f, 5, &messages[5]);
	comes(f, "generation3", six);
	comes(f, "generation3", again(f, 6, &seven));
	comes(f, "generation3", again(f, 7, &five));
	assert_int_equal(count_aside(f), 0);
	assert_string_equal(tell_outbox(f), "");
	assert_string_equal(tell_next(f, all, NULL, 9), "bob5- bob6- bob7-");
	assert_string_equal(tell_next(f, half, NULL, 9), "bob5 bob6- bob7-");
	assert_string_equal(
	    tell_conversations(f), "bob 1-7 ack 0 read 0 held 7 missing 0 unread 5");
}

/* ---- amendments ---- */

static struct message
amendment(struct fixture *f, int64_t msg_id, const char *type, int64_t target, const char *text)
{
	struct message message = message_of(f, BOB, msg_id, 0);

	message.type = type;
	message.target = target;
	message.text = text;
	return message;
}

static void
tell_folded(void *arg, const struct message *m)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%lld %s%s", (long long)m->msg_id, m->recalled ? "recalled" : m->text,
	    m->edited ? " edited" : "");
	for (size_t i = 0; i < m->reaction_count; i++)
		buf_printf(&f->told, " %s", m->reactions[i].text);
	buf_add_string(&f->told, "; ");
}

static void
no_hole(void *arg, struct id_range ids)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "(%lld-%lld); ", (long long)ids.first, (long long)ids.last);
}

static const char *
folded(struct fixture *f)
{
	struct history_query query = {.conversation = BOB, .count = 99};
	struct error error;

	buf_clear(&f->told);
	OK(cache_history(f->cache, &query, tell_folded, no_hole, f, &error));
	return buf_string(&f->told);
}

static void
test_lost_amendments_are_taken_back(void **state)
{
	struct fixture *f = *state;
	struct message messages[14];

	for (int i = 0; i < 4; i++)
		messages[i] = message_of(f, BOB, i + 1, 0);
	messages[4] = amendment(f, 5, "edit", 1, "edited once");
	messages[5] = amendment(f, 6, "react", 2, "+");
	messages[6] = amendment(f, 7, "react", 2, "-");
	messages[7] = amendment(f, 8, "edit", 1, "edited twice");
	messages[8] = amendment(f, 9, "edit", 3, "edited");
	messages[9] = amendment(f, 10, "unreact", 2, "+");
	messages[10] = amendment(f, 11, "unreact", 2, "-");
	messages[11] = amendment(f, 12, "react", 3, "*");
	messages[12] = amendment(f, 13, "recall", 4, "");
	messages[13] = amendment(f, 14, "unreact", 2, "!");
	apply_messages(f, messages, 14);
	assert_string_equal(
	    folded(f), "1 edited twice edited; 2 hi; 3 edited edited *; 4 recalled; ");
	must_reset(f, NEW, messages[6].stamp);
	/* What was erased is not here any more: it is pulled again. */
	assert_string_equal(folded(f), "1 edited once edited; 2 hi + -; 3 hi; (4-4); ");
	assert_string_equal(tell_missing(f, 0, NULL), "bob 4-4");
	comes(f, NEW, messages[3]);
	assert_string_equal(folded(f), "1 edited once edited; 2 hi + -; 3 hi; 4 hi; ");
	/* And the new history has its own. */
	messages[7] = amendment(f, 8, "recall", 1, "");
	comes(f, NEW, messages[7]);
	assert_string_equal(folded(f), "1 recalled; 2 hi + -; 3 hi; 4 hi; ");
}

static void
tell_found(void *arg, const struct message *message, int64_t position)
{
	struct fixture *f = arg;

	(void)position;
	buf_printf(&f->told, "%lld ", (long long)message->msg_id);
}

static const char *
found(struct fixture *f, const char *word)
{
	struct search_term term = {.kind = SEARCH_WORDS, .text = word};
	struct search_query query = {.terms = &term, .count = 1, .limit = 9};
	struct error error;

	buf_clear(&f->told);
	OK(cache_search(f->cache, &query, tell_found, f, &error));
	return buf_string(&f->told);
}

static void
test_the_index_follows(void **state)
{
	struct fixture *f = *state;
	struct message messages[4];
	struct error error;
	int64_t behind = 1;

	messages[0] = message_of(f, BOB, 1, 0);
	messages[1] = amendment(f, 2, "edit", 1, "apple");
	messages[2] = message_of(f, BOB, 3, 0);
	messages[2].text = "pear";
	messages[3] = amendment(f, 4, "edit", 1, "cherry");
	apply_messages(f, messages, 4);
	while (behind)
		OK(cache_search_index(f->cache, 100, &behind, &error));
	assert_string_equal(found(f, "cherry"), "1 ");
	assert_string_equal(found(f, "pear"), "3 ");
	must_reset(f, NEW, messages[1].stamp);
	assert_string_equal(found(f, "cherry"), "");
	assert_string_equal(found(f, "pear"), "");
	assert_string_equal(found(f, "apple"), "1 ");
	messages[2] = message_of(f, BOB, 3, 0);
	messages[2].text = "plum";
	comes(f, NEW, messages[2]);
	for (behind = 1; behind;)
		OK(cache_search_index(f->cache, 100, &behind, &error));
	assert_string_equal(found(f, "plum"), "3 ");
	assert_string_equal(found(f, "pear"), "");
	run(f, "INSERT INTO search (search) VALUES ('integrity-check')");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_history_tells_each_where_it_stood),
	    TEST(test_history_of_what_is_lost_whole),
	    TEST(test_consumers_get_what_is_new_only),
	    TEST(test_one_that_was_not_lost_comes_as_it_was),
	    TEST(test_was_is_believed_of_the_same_alone),
	    TEST(test_one_that_was_recalled_meanwhile),
	    TEST(test_a_consumer_of_what_comes_from_now_on),
	    TEST(test_two_forks_in_a_row),
	    TEST(test_lost_amendments_are_taken_back),
	    TEST(test_the_index_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
