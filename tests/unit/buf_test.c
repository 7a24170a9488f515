/* Buffers: growth, the ceiling, and what is left after each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void
test_empty_is_a_string(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 16);
	assert_string_equal(buf_string(&b), "");
	assert_int_equal(b.length, 0);
	buf_finish(&b);
}

static void
test_appends(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_true(buf_add_string(&b, "abc"));
	assert_true(buf_add_char(&b, '-'));
	assert_true(buf_add_int(&b, INT64_MIN));
	assert_true(buf_printf(&b, " %s %d", "x", 7));
	assert_string_equal(buf_string(&b), "abc--9223372036854775808 x 7");
	buf_drop(&b, 4);
	assert_string_equal(buf_string(&b), "-9223372036854775808 x 7");
	buf_drop(&b, 1000);
	assert_string_equal(buf_string(&b), "");
	buf_finish(&b);
}

static void
test_full_to_the_ceiling(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_true(buf_add(&b, "1234", 4));
	assert_false(b.failed);
	buf_finish(&b);
}

static void
test_past_the_ceiling_fails_and_stays_failed(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_true(buf_add_string(&b, "123"));
	assert_false(buf_add_string(&b, "45"));
	assert_true(b.failed);
	assert_false(buf_add_string(&b, "4"));
	assert_null(buf_reserve(&b, 1));
	buf_clear(&b);
	assert_false(b.failed);
	assert_true(buf_add_string(&b, "1234"));
	buf_finish(&b);
}

static void
test_huge_length_does_not_wrap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_true(buf_add_string(&b, "x"));
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(b.failed);
	buf_finish(&b);
}

static void
test_take_leaves_it_empty(void **state)
{
	struct buf b;
	char *text;

	(void)state;
	buf_init(&b, 100);
	buf_add_string(&b, "mine");
	text = buf_take(&b);
	assert_string_equal(text, "mine");
	assert_int_equal(b.length, 0);
	free(text);
	assert_true(buf_add_string(&b, "again"));
	buf_finish(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty_is_a_string),
	    cmocka_unit_test(test_appends),
	    cmocka_unit_test(test_full_to_the_ceiling),
	    cmocka_unit_test(test_past_the_ceiling_fails_and_stays_failed),
	    cmocka_unit_test(test_huge_length_does_not_wrap),
	    cmocka_unit_test(test_take_leaves_it_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
