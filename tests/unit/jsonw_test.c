/* The JSON writer: commas, escapes, and what a terminal must not get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/jsonw.h"

static void
expect_json(const char *text, size_t length, const char *json)
{
	struct buf b;

	buf_init(&b, 1000);
	json_add_string_n(&b, text, length);
	assert_string_equal(buf_string(&b), json);
	buf_finish(&b);
}

#define EXPECT(text, json) expect_json(text, sizeof text - 1, json)

static void
test_members(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add_char(&b, '{');
	json_put_string(&b, "text", "hi {");
	json_put_int(&b, "n", -12);
	json_put_bool(&b, "yes", true);
	json_put_name(&b, "list");
	buf_add_char(&b, '[');
	for (int i = 0; i < 2; i++) {
		json_comma(&b);
		buf_add_int(&b, i);
	}
	buf_add_string(&b, "]}");
	assert_string_equal(
	    buf_string(&b), "{\"text\":\"hi {\",\"n\":-12,\"yes\":true,\"list\":[0,1]}");
	buf_finish(&b);
}

static void
test_plain_text_stays(void **state)
{
	(void)state;
	EXPECT("", "\"\"");
	EXPECT("a/b 'c'", "\"a/b 'c'\"");
	EXPECT("Grüße, 世界 👩‍💻 ❤️", "\"Grüße, 世界 👩‍💻 ❤️\"");
}

static void
test_escapes(void **state)
{
	(void)state;
	EXPECT("a\"b\\c\nd\te", "\"a\\\"b\\\\c\\nd\\te\"");
	EXPECT("\r\x1b[2J\0.", "\"\\u000d\\u001b[2J\\u0000.\"");
}

static void
test_what_a_terminal_must_not_get(void **state)
{
	(void)state;
	EXPECT("\x7f", "\"\\u007f\"");
	EXPECT("\xC2\x9B"
	       "31m",
	    "\"\\u009b31m\"");
	EXPECT("\u202egpj.exe", "\"\\u202egpj.exe\"");
	EXPECT("a\u2028b", "\"a\\u2028b\"");
	EXPECT("\U000e0001", "\"\\udb40\\udc01\"");
}

static void
test_not_utf8(void **state)
{
	(void)state;
	EXPECT("\xff"
	       "a\xc3",
	    "\"\\ufffda\\ufffd\"");
}

/* Whatever is written is read back; and what is no string is refused. */
static void
test_strings_come_back(void **state)
{
	static const char *const texts[] = {"", "a", "a\"b\\c\nd\te/", "\r\x1b[2J", "\u202egpj.exe",
	    "\U000e0001\U0001f600", "gr\u00fc\u00dfe", "\\u0041\\"};
	static const char *const bad[] = {"", "\"", "\"a", "a\"", "\"a\"b", "\"\\\"", "\"\\x\"",
	    "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\"};
	struct buf json, text;

	(void)state;
	buf_init(&json, 1000);
	buf_init(&text, 1000);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_clear(&json);
		buf_clear(&text);
		json_add_string(&json, texts[i]);
		assert_true(json_take_string(&text, buf_string(&json)));
		assert_string_equal(buf_string(&text), texts[i]);
	}
	buf_clear(&text);
	assert_true(json_take_string(&text, "\"\\b\\f\\r\\/\\u00E4\""));
	assert_string_equal(buf_string(&text), "\b\f\r/\u00e4");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (json_take_string(&text, bad[i]))
			fail_msg("took %s", bad[i]);
	buf_finish(&json);
	buf_finish(&text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_plain_text_stays),
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_what_a_terminal_must_not_get),
	    cmocka_unit_test(test_not_utf8),
	    cmocka_unit_test(test_strings_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
