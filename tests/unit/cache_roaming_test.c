/* Which holes are to be filled next, from the newest downwards; and history by dates. */
#include "cache_fixture.h"

#include <inttypes.h>

static const char *
missing(struct fixture *f, const struct roaming *roaming, int64_t ids, size_t limit, int64_t left)
{
	struct cache_ranges ranges;
	struct error error;
	int64_t told;

	OK(cache_missing_newest(f->cache, roaming, ids, limit, &ranges, &told, &error));
	assert_int_equal(told, left);
	tell_ranges(f, &ranges);
	cache_ranges_finish(&ranges);
	return buf_string(&f->told);
}

/* Of 100 ids of bob 41-50 and 91-95 are held, of 30 of carol none; bob's head is newer. */
static void
fill(struct fixture *f)
{
	apply_head(f, &HEAD(CAROL, 1, 30, 0, 0, 10));
	apply_head(f, &HEAD(BOB, 1, 100, 0, 0, 20));
	store(f, BOB, 41, 50, 1, 100);
	store(f, BOB, 91, 95, 1, 100);
}

static void
test_from_the_newest_down(void **state)
{
	static const struct roaming all = {.since = 0};
	struct fixture *f = *state;

	assert_string_equal(missing(f, &all, 1000, 200, 0), "");
	fill(f);
	assert_string_equal(
	    missing(f, &all, 1000, 200, 115), "bob 96-100, bob 51-90, bob 1-40, carol 1-30");
	assert_string_equal(missing(f, &all, 3, 200, 115), "bob 98-100");
	assert_string_equal(missing(f, &all, 25, 200, 115), "bob 96-100, bob 71-90");
	assert_string_equal(missing(f, &all, 1000, 2, 115), "bob 96-100, bob 51-90");
	store(f, BOB, 96, 100, 1, 100);
	assert_string_equal(missing(f, &all, 10, 200, 110), "bob 81-90");
	/* What has expired is not missing. */
	store(f, BOB, 60, 59, 60, 100);
	assert_string_equal(missing(f, &all, 1000, 200, 61), "bob 60-90, carol 1-30");
}

static void
test_of_some_conversations(void **state)
{
	static const char *const carol[] = {CAROL};
	static const char *const both[] = {CAROL, BOB, "eve@x"};
	struct fixture *f = *state;
	struct roaming roaming = {.who = carol, .who_count = 1};

	fill(f);
	assert_string_equal(missing(f, &roaming, 1000, 200, 30), "carol 1-30");
	roaming = (struct roaming){.who = both, .who_count = 3};
	assert_string_equal(
	    missing(f, &roaming, 40, 200, 115), "carol 1-30, bob 96-100, bob 86-90");
}

static void
test_the_newest_only(void **state)
{
	struct fixture *f = *state;
	struct roaming roaming = {.newest = 5};

	fill(f);
	assert_string_equal(missing(f, &roaming, 1000, 200, 115), "bob 96-100, carol 26-30");
	roaming.newest = 8;
	assert_string_equal(missing(f, &roaming, 1000, 200, 115), "bob 96-100, carol 23-30");
	roaming.newest = 12;
	assert_string_equal(
	    missing(f, &roaming, 1000, 200, 115), "bob 96-100, bob 89-90, carol 19-30");
	roaming.newest = INT64_MAX;
	assert_string_equal(
	    missing(f, &roaming, 1000, 200, 115), "bob 96-100, bob 51-90, bob 1-40, carol 1-30");
}

/* The fixture's messages have the time 1000 + msg_id. */
static void
test_not_what_is_older(void **state)
{
	static const char *const bob[] = {BOB};
	struct fixture *f = *state;
	struct roaming roaming = {.who = bob, .who_count = 1, .since = 1045};

	fill(f);
	assert_string_equal(missing(f, &roaming, 1000, 200, 85), "bob 96-100, bob 51-90");
	roaming.since = 1041;
	assert_string_equal(missing(f, &roaming, 1000, 200, 85), "bob 96-100, bob 51-90, bob 1-40");
	roaming.since = 1092;
	assert_string_equal(missing(f, &roaming, 1000, 200, 85), "bob 96-100");
	/* One of a lost history has the time it had there, and says nothing. */
	{
		struct message message = message_of(f, BOB, 90, 0);

		message.was = 7;
		message.time = 7;
		apply_messages(f, &message, 1);
	}
	roaming.since = 1091;
	assert_string_equal(missing(f, &roaming, 1000, 200, 84), "bob 96-100, bob 51-89");
}

static void
test_history_since(void **state)
{
	static const int64_t cases[][2] = {{1, 0}, {1001, 40}, {1041, 40}, {1042, 41}, {1051, 50},
	    {1091, 90}, {1095, 94}, {1096, 100}, {INT64_MAX, 100}};
	struct fixture *f = *state;
	struct error error;
	int64_t after;

	fill(f);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		OK(cache_history_since(f->cache, BOB, cases[i][0], &after, &error));
		/* Nothing is held between: any id there is right below the first one. */
		if (cases[i][1] == 40)
			assert_true(after <= 40);
		else if (cases[i][1] == 50 || cases[i][1] == 90)
			assert_true(after >= 50 && after <= 90);
		else if (cases[i][1] == 100)
			assert_true(after >= 95 && after <= 100);
		else
			assert_int_equal(after, cases[i][1]);
	}
	OK(cache_history_since(f->cache, "eve@x", 5, &after, &error));
	assert_int_equal(after, 0);
	OK(cache_history_since(f->cache, CAROL, 5, &after, &error));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
	        test_from_the_newest_down, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_of_some_conversations, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_the_newest_only, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_not_what_is_older, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_history_since, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
