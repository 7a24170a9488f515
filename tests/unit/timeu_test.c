/* Time: its text form both ways, deadlines, and the shifted wall clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/timeu.h"

static void
test_iso_both_ways(void **state)
{
	char text[TIME_ISO_SIZE];
	int64_t wall;

	(void)state;
	assert_string_equal(time_iso(0, text), "1970-01-01T00:00:00.000Z");
	assert_string_equal(time_iso(INT64_C(1795338000123999), text), "2026-11-22T09:00:00.123Z");
	assert_true(time_iso_parse(text, &wall));
	assert_int_equal(wall, INT64_C(1795338000123000));
	assert_true(time_iso_parse("2026-11-22", &wall));
	assert_int_equal(wall, INT64_C(1795305600000000));
	assert_true(time_iso_parse("2026-11-22T09:00:00.1234567", &wall));
	assert_int_equal(wall, INT64_C(1795338000123456));
}

static void
test_times_that_are_none(void **state)
{
	static const char *const bad[] = {"", "x", "2026", "2026-11", "2026-13-01", "2026-11-22T",
	    "2026-11-22T9", "2026-11-22T25:00:00", "2026-11-22T09:00:00.1Zx",
	    "2026-11-22 09:00:00"};
	int64_t wall = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(time_iso_parse(bad[i], &wall));
	assert_int_equal(wall, 7);
}

static void
test_out_of_range_is_still_text(void **state)
{
	char text[TIME_ISO_SIZE];

	(void)state;
	assert_string_equal(time_iso(-1, text), "1970-01-01T00:00:00.000Z");
	assert_string_equal(time_iso(INT64_MAX, text), "1970-01-01T00:00:00.000Z");
	assert_string_equal(time_iso(INT64_MIN, text), "1970-01-01T00:00:00.000Z");
}

static void
test_deadlines(void **state)
{
	int64_t now = time_mono();

	(void)state;
	assert_true(time_mono() >= now);
	assert_int_equal(time_left_ms(now - 1), 0);
	assert_int_equal(time_left_ms(INT64_MIN / 2), 0);
	assert_in_range(time_left_ms(now + 3600 * TIME_SECOND), 3500 * 1000, 3600 * 1000);
	assert_int_equal(time_left_ms(INT64_MAX), INT32_MAX);
}

static void
test_a_shifted_clock(void **state)
{
	int64_t before = time_wall();

	(void)state;
	setenv("TERN_TEST_CLOCK_SHIFT", "-86400", 1);
	assert_in_range(time_wall() + 86400 * TIME_SECOND - before, 0, 3600 * TIME_SECOND);
	unsetenv("TERN_TEST_CLOCK_SHIFT");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_iso_both_ways),
	    cmocka_unit_test(test_times_that_are_none),
	    cmocka_unit_test(test_out_of_range_is_still_text),
	    cmocka_unit_test(test_deadlines),
	    cmocka_unit_test(test_a_shifted_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
