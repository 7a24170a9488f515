/* Consumers: what they get next, in which order, and where their places stand. */
#include "cache_fixture.h"

#include <stdio.h>

static int64_t
open_consumer(struct fixture *f, const char *name, bool now)
{
	struct error error;
	int64_t consumer;
	bool created;

	OK(cache_consumer_open(f->cache, name, now, &consumer, &created, &error));
	assert_true(created);
	return consumer;
}

static void
advance(struct fixture *f, int64_t consumer, const char *conversation, int64_t to)
{
	struct conversation_range place = {conversation, {0, to}};
	struct error error;

	OK(cache_consumer_advance(f->cache, consumer, &place, 1, &error));
	check_sound(f);
}

static void
hand(struct fixture *f, int64_t consumer, const char *conversation, int64_t to)
{
	struct conversation_range place = {conversation, {0, to}};
	struct error error;

	OK(cache_consumer_handing(f->cache, consumer, &place, 1, &error));
	check_sound(f);
}

static void
test_found_again_by_its_name(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "default", false);
	int64_t other = open_consumer(f, "mail", true);
	struct error error;
	int64_t again;
	bool created;

	assert_int_not_equal(consumer, other);
	OK(cache_consumer_open(f->cache, "default", true, &again, &created, &error));
	assert_false(created);
	assert_int_equal(again, consumer);
}

static void
test_by_stamp_over_conversations(void **state)
{
	struct fixture *f = *state;
	int64_t before = open_consumer(f, "before", false);
	int64_t after;
	struct message messages[6];

	messages[0] = message_of(f, BOB, 1, 0);
	messages[1] = message_of(f, CAROL, 1, 0);
	messages[2] = message_of(f, CAROL, 2, 7);
	messages[3] = message_of(f, BOB, 2, 0);
	messages[4] = message_of(f, ME, 1, 8);
	messages[5] = message_of(f, CAROL, 3, 0);
	apply_messages(f, messages, 6);
	after = open_consumer(f, "after", false);
	check_sound(f);
	assert_string_equal(tell_next(f, before, NULL, 99), "bob1 carol1 carol2 bob2 me1 carol3");
	assert_string_equal(tell_next(f, after, NULL, 99), "bob1 carol1 carol2 bob2 me1 carol3");
	assert_string_equal(tell_next(f, before, NULL, 4), "bob1 carol1 carol2 bob2");
	assert_string_equal(tell_next(f, before, NULL, 0), "");
	assert_string_equal(tell_next(f, before, CAROL, 99), "carol1 carol2 carol3");
	assert_string_equal(tell_next(f, before, "nobody@x", 99), "");
	advance(f, before, CAROL, 2);
	assert_string_equal(tell_next(f, before, NULL, 99), "bob1 bob2 me1 carol3");
	assert_string_equal(tell_next(f, after, NULL, 99), "bob1 carol1 carol2 bob2 me1 carol3");
}

static void
test_order_of_a_conversation_goes_before_stamps(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);
	struct message messages[3];

	messages[0] = message_of(f, BOB, 1, 0);
	messages[1] = message_of(f, CAROL, 1, 0);
	messages[2] = message_of(f, BOB, 2, 0);
	messages[0].stamp = messages[2].stamp + 1;
	apply_messages(f, messages, 3);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "carol1 bob1 bob2");
}

static void
test_only_as_far_as_no_hole_lies_between(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);

	store(f, BOB, 1, 2, 1, 9);
	store(f, BOB, 5, 6, 1, 9);
	store(f, CAROL, 4, 4, 1, 4);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob1 bob2");
	assert_string_equal(tell_missing(f, consumer, NULL), "bob 3-4, bob 7-9, carol 1-3");
	assert_string_equal(tell_missing(f, consumer, CAROL), "carol 1-3");
	advance(f, consumer, BOB, 2);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "");
	store(f, BOB, 3, 4, 1, 9);
	check_sound(f);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob3 bob4 bob5 bob6");
	advance(f, consumer, BOB, 5);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob6");
	assert_string_equal(tell_missing(f, consumer, BOB), "bob 7-9");
}

static void
test_steps_over_what_expired(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);

	store(f, BOB, 3, 4, 1, 9);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "");
	assert_string_equal(tell_missing(f, consumer, NULL), "bob 1-2, bob 5-9");
	/* The holes around 3 and 4 close, and what was held is handed on all the same. */
	store(f, BOB, 8, 8, 7, 9);
	check_sound(f);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob3 bob4");
	assert_string_equal(tell_missing(f, consumer, NULL), "bob 7-7, bob 9-9");
	store(f, BOB, 7, 7, 7, 9);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob3 bob4 bob7 bob8");
	advance(f, consumer, BOB, 4);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob7 bob8");
}

static void
test_from_now(void **state)
{
	struct fixture *f = *state;
	int64_t consumer;

	store(f, BOB, 1, 2, 1, 9);
	apply_head(f, &HEAD(CAROL, 1, 5, 0, 0, 400));
	consumer = open_consumer(f, "c", true);
	check_sound(f);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "");
	assert_string_equal(tell_missing(f, consumer, NULL), "");
	store(f, BOB, 3, 10, 1, 10);
	store(f, CAROL, 5, 6, 1, 6);
	store(f, ME, 1, 1, 1, 1);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob10 carol6 me1");
	check_sound(f);
}

static void
test_repeated_survives_a_kill(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);

	store(f, BOB, 1, 4, 1, 4);
	hand(f, consumer, BOB, 3);
	/* As another process finds it. */
	cache_close(f->cache);
	f->cache = fixture_open(f);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob1* bob2* bob3* bob4");
	advance(f, consumer, BOB, 2);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob3* bob4");
	hand(f, consumer, BOB, 4);
	hand(f, consumer, BOB, 3);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob3* bob4*");
}

static void
test_places_never_go_back(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);

	store(f, BOB, 1, 4, 1, 4);
	advance(f, consumer, BOB, 3);
	advance(f, consumer, BOB, 1);
	advance(f, consumer, "nobody@x", 1);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob4");
	advance(f, consumer, BOB, 4);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "");
	store(f, BOB, 5, 5, 1, 5);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob5");
}

static void
test_own_messages_just_sent_are_among_them(void **state)
{
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);

	store(f, BOB, 1, 1, 1, 1);
	queue(f, 1, BOB, "x");
	settle(f, 1, BOB, 2);
	check_sound(f);
	assert_string_equal(tell_next(f, consumer, NULL, 99), "bob1 bob2");
}

static void
test_a_thousand_conversations_merge(void **state)
{
	enum { CONVERSATIONS = 1000, EACH = 3 };
	struct fixture *f = *state;
	int64_t consumer = open_consumer(f, "c", false);
	struct message *messages = calloc(CONVERSATIONS * EACH, sizeof *messages);
	char(*names)[16] = calloc(CONVERSATIONS, sizeof *names);
	struct buf expected;

	assert_non_null(messages);
	assert_non_null(names);
	buf_init(&expected, 1 << 20);
	for (int i = 0; i < CONVERSATIONS * EACH; i++) {
		/* 7 has no factor in common with 1000: each conversation once a round. */
		int n = i * 7 % CONVERSATIONS;

		snprintf(names[n], sizeof names[n], "u%d@x", n);
		messages[i] = message_of(f, names[n], 1 + i / CONVERSATIONS, 0);
		buf_printf(&expected, "%su%d%d", i ? " " : "", n, 1 + i / CONVERSATIONS);
	}
	apply_messages(f, messages, CONVERSATIONS * EACH);
	assert_string_equal(tell_next(f, consumer, NULL, SIZE_MAX), buf_string(&expected));
	buf_finish(&expected);
	free(messages);
	free(names);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_found_again_by_its_name),
	    TEST(test_by_stamp_over_conversations),
	    TEST(test_order_of_a_conversation_goes_before_stamps),
	    TEST(test_only_as_far_as_no_hole_lies_between),
	    TEST(test_steps_over_what_expired),
	    TEST(test_from_now),
	    TEST(test_repeated_survives_a_kill),
	    TEST(test_places_never_go_back),
	    TEST(test_own_messages_just_sent_are_among_them),
	    TEST(test_a_thousand_conversations_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
