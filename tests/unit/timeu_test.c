/* Time: both ways through its text form, the test's shift, deadlines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/timeu.h"

#define CASE_TIME INT64_C(1795338000123456) /* 2026-11-22T09:00:00.123456Z */

static void
test_iso(void **state)
{
	char text[TIME_ISO_SIZE];

	(void)state;
	assert_string_equal(time_iso(CASE_TIME, text), "2026-11-22T09:00:00.123Z");
	assert_string_equal(time_iso(0, text), "1970-01-01T00:00:00.000Z");
	assert_string_equal(time_iso(INT64_C(951782399999999), text), "2000-02-28T23:59:59.999Z");
	assert_string_equal(time_iso(INT64_C(951782400000000), text), "2000-02-29T00:00:00.000Z");
}

/* Times that a hostile server may give. */
static void
test_iso_of_anything_fits(void **state)
{
	static const int64_t times[] = {-1, INT64_MIN, INT64_MAX, INT64_MAX / 2,
	    INT64_C(253402300799999999), INT64_C(253402300800000000), (INT64_C(1) << 53) - 1};
	char text[TIME_ISO_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		assert_int_equal(strlen(time_iso(times[i], text)), 24);
	assert_string_equal(
	    time_iso(INT64_C(253402300799999999), text), "9999-12-31T23:59:59.999Z");
	assert_string_equal(time_iso(-1, text), "1970-01-01T00:00:00.000Z");
}

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t wall;
	} cases[] = {
	    {"2026-11-22T09:00:00.123Z", CASE_TIME - 456},
	    {"2026-11-22T09:00:00.123456Z", CASE_TIME},
	    {"2026-11-22T09:00:00.1234567899Z", CASE_TIME},
	    {"2026-11-22T09:00:00Z", CASE_TIME - 123456},
	    {"2026-11-22T09:00:00", CASE_TIME - 123456},
	    {"2026-11-22", CASE_TIME - 123456 - 9 * 3600 * TIME_SECOND},
	    {"2000-02-29", INT64_C(951782400000000)},
	    {"1970-01-01", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t wall = -1;

		assert_true(time_iso_parse(cases[i].text, &wall));
		assert_int_equal(wall, cases[i].wall);
	}
}

static void
test_parse_refuses(void **state)
{
	static const char *const cases[] = {"", "x", "2026", "2026-11", "2026-13-01", "2026-00-01",
	    "2026-11-00", "2026-11-31", "2026-02-29", "2026-02-31", "2100-02-29", "2026-11-22T",
	    "2026-11-22T09", "2026-11-22T09:00", "2026-11-22T24:00:00", "2026-11-22T23:60:00",
	    "2026-11-22T09:00:00+01:00", "2026-11-22T09:00:00ZZ", "2026-11-22 09:00:00",
	    " 2026-11-22", "2026- 1-22", "2026-11-22T 9:00:00", "2026-11-22 ", "2026-11-22x",
	    "-2026-11-22", "+2026-11-22", "99999-01-01", "2026-11-22T23:59:60",
	    "2026-11-22T09:00:00.", "2026-11-22T09:00:00.Z"};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t wall = 77;

		if (time_iso_parse(cases[i], &wall))
			fail_msg("taken: '%s'", cases[i]);
		assert_int_equal(wall, 77);
	}
}

static void
test_round_trip(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		char text[TIME_ISO_SIZE];
		int64_t wall, back;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		wall = (int64_t)(seed >> 11) / 1000 * 1000;
		assert_true(time_iso_parse(time_iso(wall, text), &back));
		assert_int_equal(back, wall);
	}
}

static void
test_shift(void **state)
{
	int64_t before = time_wall(), shifted;

	(void)state;
	assert_true(before / TIME_SECOND - (int64_t)time(NULL) <= 1);
	setenv("TERN_TEST_CLOCK_SHIFT", "-864000", 1);
	shifted = time_wall();
	assert_true(shifted - before < (-864000 + 60) * TIME_SECOND);
	assert_true(shifted - before >= -864000 * TIME_SECOND);
	setenv("TERN_TEST_CLOCK_SHIFT", "90", 1);
	assert_true(time_wall() - before >= 90 * TIME_SECOND);
	unsetenv("TERN_TEST_CLOCK_SHIFT");
}

static void
test_deadlines(void **state)
{
	int64_t now = time_mono();

	(void)state;
	assert_true(time_mono() >= now);
	assert_int_equal(time_left_ms(now), 0);
	assert_int_equal(time_left_ms(INT64_MIN / 2), 0);
	assert_int_equal(time_left_ms(INT64_MAX), INT_MAX);
	/* Rounded up: a wait for it does not end early and spin. */
	assert_in_range(time_left_ms(time_mono() + 3600 * TIME_SECOND), 3590000, 3600000);
	assert_in_range(time_left_ms(time_mono() + 1000000 * TIME_MS + 1), 990000, 1000001);
}

static void
test_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
	    {"2026", 1767222000},
	    {"2026-11", 1793487600},
	    {"2026-11-22", 1795302000},
	    {"2026-07-01", 1782856800}, /* summer time */
	    {"1970", 0},                /* before the zone's 1970 began */
	    {"2026-11-22T09:00:00Z", 1795338000},
	};
	static const char *const wrong[] = {"", "d", "-1d", "1234567d", "7days", "26", "2026-",
	    "2026-1", "2026-13", "2026-02-30", "2026-11-2x", "20261122", "    ", "2026-11-22 ",
	    "0x11", "tomorrow", "2026-11-22T", "T"};
	int64_t wall;

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(time_date_parse(cases[i].text, &wall));
		assert_int_equal(wall, cases[i].seconds * TIME_SECOND);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(time_date_parse(wrong[i], &wall));
	assert_true(time_date_parse("7d", &wall));
	assert_true(time_wall() - wall - 7 * 86400 * TIME_SECOND < 60 * TIME_SECOND);
	assert_true(time_date_parse("999999d", &wall));
	assert_int_equal(wall, 0);
	unsetenv("TZ");
	tzset();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_iso),
	    cmocka_unit_test(test_iso_of_anything_fits),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_parse_refuses),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_shift),
	    cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
