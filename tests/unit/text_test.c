/* Text: what is UTF-8, and what a terminal is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void
test_utf8(void **state)
{
	static const char *const bad[] = {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	    "a\xe4\xbd", "\x80", "\xf8\x88\x80\x80\x80"};

	(void)state;
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("a\xc3\xa4\xe4\xb8\xad\xf0\x9f\x91\x8d", 10));
	assert_true(text_is_utf8("\x1b\x7f", 2));
	assert_false(text_is_utf8("a\0b", 3));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(text_is_utf8(bad[i], strlen(bad[i])));
}

static void
assert_safe(const char *text, const char *shown)
{
	char *line = text_safe_line(text);

	assert_string_equal(line, shown);
	free(line);
}

static void
test_harmless_stays(void **state)
{
	(void)state;
	assert_safe("", "");
	assert_safe("plain ASCII ~", "plain ASCII ~");
	assert_safe("\xe4\xb8\xad\xe6\x96\x87 e\xcc\x81", "\xe4\xb8\xad\xe6\x96\x87 e\xcc\x81");
	/* a family: joined by ZWJ */
	assert_safe("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
	    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7");
}

static void
test_controls_become_visible(void **state)
{
	(void)state;
	assert_safe("\x1b[2J", "\xe2\x90\x9b[2J");
	assert_safe("a\rb\x07\x7f", "a\xe2\x90\x8d"
	                            "b\xe2\x90\x87\xe2\x90\xa1");
	assert_safe("a\tb", "a b");
	assert_safe("a\nb", "a\xe2\x86\xb5"
	                    "b");
	assert_safe("\xc2\x9b"
	            "31m",
	    "\xef\xbf\xbd"
	    "31m");
	assert_safe("\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
	assert_safe("\xe2\x80\xa8", "\xe2\x86\xb5");
}

static void
test_what_hides_and_reorders_goes(void **state)
{
	(void)state;
	assert_safe("a\xe2\x80\xaegnp.exe", "agnp.exe");
	assert_safe("\xe2\x81\xa6x\xe2\x81\xa9", "x");
	assert_safe("\xe2\x80\x8b\xef\xbb\xbfx", "x");
}

static void
test_lines_are_kept_on_demand(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	text_safe(&out, "a\n\x1b\nb", 5, TEXT_KEEP_LINES);
	assert_string_equal(buf_string(&out), "a\n\xe2\x90\x9b\nb");
	buf_finish(&out);
}

static void
test_shell_quoting(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	text_shell_quote(&out, "it's $(x) `y` \\");
	assert_string_equal(buf_string(&out), "'it'\\''s $(x) `y` \\'");
	buf_finish(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_harmless_stays),
	    cmocka_unit_test(test_controls_become_visible),
	    cmocka_unit_test(test_what_hides_and_reorders_goes),
	    cmocka_unit_test(test_lines_are_kept_on_demand),
	    cmocka_unit_test(test_shell_quoting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
