/* History and its holes; what is missing. */
#include "cache_fixture.h"

#include <stdio.h>

static const char *
ask(struct fixture *f, int64_t after, int64_t before, size_t count)
{
	return tell_history(
	    f, &(struct history_query){
	           .conversation = BOB, .before = before, .after = after, .count = count});
}

static void
test_no_conversation(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(ask(f, 0, 0, 5), "not found");
	apply_head(f, &HEAD(BOB, 1, 0, 0, 0, 1));
	assert_string_equal(ask(f, 0, 0, 5), "");
}

static void
test_newest(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 1, 9, 1, 9);
	assert_string_equal(ask(f, 0, 0, 3), "7 8 9");
	assert_string_equal(ask(f, 0, 0, 9), "1 2 3 4 5 6 7 8 9");
	assert_string_equal(ask(f, 0, 0, SIZE_MAX), "1 2 3 4 5 6 7 8 9");
	assert_string_equal(ask(f, 0, 0, 0), "");
	assert_string_equal(ask(f, 0, 4, 2), "2 3");
	assert_string_equal(ask(f, 0, 1, 2), "");
	assert_string_equal(ask(f, 2, 7, 3), "4 5 6");
	assert_string_equal(ask(f, 5, 5, 3), "");
	assert_string_equal(ask(f, 9, 2, 3), "");
}

static void
test_oldest_after(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 1, 9, 1, 9);
	assert_string_equal(ask(f, 3, 0, 2), "4 5");
	assert_string_equal(ask(f, 7, 0, 5), "8 9");
	assert_string_equal(ask(f, 9, 0, 5), "");
	assert_string_equal(ask(f, INT64_MAX, 0, 5), "");
}

static void
test_holes(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 3, 4, 1, 20);
	store(f, BOB, 8, 9, 1, 20);
	assert_string_equal(ask(f, 0, 0, 99), "(1-2) 3 4 (5-7) 8 9 (10-20)");
	/* The hole below the lowest told isn't told where count ended it. */
	assert_string_equal(ask(f, 0, 0, 2), "8 9 (10-20)");
	assert_string_equal(ask(f, 0, 0, 3), "4 (5-7) 8 9 (10-20)");
	assert_string_equal(ask(f, 0, 7, 9), "(1-2) 3 4 (5-6)");
	assert_string_equal(ask(f, 0, 7, 1), "4 (5-6)");
	assert_string_equal(ask(f, 4, 0, 1), "(5-7) 8");
	assert_string_equal(ask(f, 1, 0, 2), "(2-2) 3 4");
	assert_string_equal(ask(f, 3, 9, 9), "4 (5-7) 8");
	assert_string_equal(ask(f, 9, 0, 9), "(10-20)");
	assert_string_equal(ask(f, 5, 7, 9), "(6-6)");
}

static void
test_expired_is_no_hole(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 3, 4, 1, 20);
	store(f, BOB, 13, 14, 11, 20);
	assert_string_equal(ask(f, 0, 0, 99), "3 4 (11-12) 13 14 (15-20)");
	assert_string_equal(ask(f, 0, 9, 99), "3 4");
	assert_string_equal(ask(f, 5, 0, 1), "(11-12) 13");
}

static void
keep_message(void *arg, const struct message *message)
{
	struct fixture *f = arg;
	char key[KEY_TEXT_SIZE];

	buf_printf(&f->told, "%s %lld %s %lld %lld %s %s %s %d;", message->conversation,
	    (long long)message->msg_id, message->from, (long long)message->time,
	    (long long)message->stamp, message->type, message->text ? message->text : "NULL",
	    message->has_key ? key_format(&message->key, key) : "-", (int)message->state);
}

static void
keep_hole(void *arg, struct id_range ids)
{
	(void)arg;
	(void)ids;
}

static void
test_messages_come_back_whole(void **state)
{
	struct fixture *f = *state;
	struct history_query query = {BOB, 0, 0, 9, true, false};
	struct message messages[2];
	struct error error;
	char expected[400];

	messages[0] = message_of(f, BOB, 1, 0);
	messages[0].type = "recall";
	messages[0].text = NULL;
	messages[1] = message_of(f, BOB, 2, 0x01020304);
	messages[1].text = "Gr\xc3\xbc\xc3\x9f' ;--";
	apply_messages(f, messages, 2);
	buf_clear(&f->told);
	OK(cache_history(f->cache, &query, keep_message, keep_hole, f, &error));
	snprintf(expected, sizeof expected,
	    "bob@x 1 bob@x 1001 1 recall NULL - %d;"
	    "bob@x 2 me@x 1002 2 text Gr\xc3\xbc\xc3\x9f' ;-- 01020304-0000-0000-0000-000000000000 "
	    "%d;",
	    STATE_NONE, STATE_SENT);
	assert_string_equal(buf_string(&f->told), expected);
}

static void
test_missing_is_what_waits(void **state)
{
	struct fixture *f = *state;
	struct cache_ranges ranges;
	struct error error;

	/* Nothing held: above what some device acknowledged. */
	apply_head(f, &HEAD(BOB, 1, 30, 20, 0, 100));
	assert_string_equal(tell_missing(f, 0, NULL), "bob 21-30");
	/* A message just sent says nothing of those below it. */
	queue(f, 1, BOB, "x");
	settle(f, 1, BOB, 31);
	assert_string_equal(tell_missing(f, 0, NULL), "bob 21-30");
	/* Old holding: all above it. */
	store(f, BOB, 11, 12, 1, 31);
	assert_string_equal(tell_missing(f, 0, NULL), "bob 13-30");
	store(f, CAROL, 2, 3, 1, 9);
	store(f, CAROL, 6, 6, 1, 9);
	assert_string_equal(tell_missing(f, 0, NULL), "bob 13-30, carol 1-1, carol 4-5, carol 7-9");
	assert_string_equal(tell_missing(f, 0, CAROL), "carol 1-1, carol 4-5, carol 7-9");
	assert_string_equal(tell_missing(f, 0, "nobody@x"), "");
	OK(cache_missing(f->cache, 0, NULL, 3, &ranges, &error));
	assert_string_equal(tell_ranges(f, &ranges), "bob 13-30, carol 1-1, carol 4-5");
	cache_ranges_finish(&ranges);
	/* Never what expired. */
	apply_head(f, &HEAD(BOB, 25, 31, 20, 0, 101));
	assert_string_equal(tell_missing(f, 0, BOB), "bob 25-30");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_no_conversation),
	    TEST(test_newest),
	    TEST(test_oldest_after),
	    TEST(test_holes),
	    TEST(test_expired_is_no_hole),
	    TEST(test_messages_come_back_whole),
	    TEST(test_missing_is_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
