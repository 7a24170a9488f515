/* Text from anywhere: what is UTF-8, and that nothing harmful reaches a terminal or a shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void
test_utf8(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
	    {"", true},
	    {"plain", true},
	    {"é→😀", true},
	    {"\xF4\x8F\xBF\xBF", true},  /* U+10FFFF */
	    {"\xEF\xBB\xBF", true},      /* a BOM is a character */
	    {"\xC0\x80", false},         /* an overlong NUL */
	    {"\xC1\xBF", false},         /* overlong */
	    {"\xE0\x9F\xBF", false},     /* overlong */
	    {"\xF0\x8F\xBF\xBF", false}, /* overlong */
	    {"\xED\xA0\x80", false},     /* a surrogate */
	    {"\xED\xBF\xBF", false},     /* a surrogate */
	    {"\xF4\x90\x80\x80", false}, /* beyond U+10FFFF */
	    {"\xF8\x88\x80\x80\x80", false},
	    {"\xC3", false},      /* cut */
	    {"x\xE2\x86", false}, /* cut */
	    {"\x80", false},      /* a tail alone */
	    {"\xFF", false},
	    {"\xFE", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (text_is_utf8(cases[i].text, strlen(cases[i].text)) != cases[i].good)
			fail_msg("case %zu", i);
	assert_false(text_is_utf8("a\0b", 3));
	assert_false(text_is_utf8("", 1));
}

static void
assert_safe(const char *text, size_t length, enum text_lines lines, const char *want)
{
	struct buf out;

	buf_init(&out, 10000);
	text_safe(&out, text, length, lines);
	assert_false(out.failed);
	assert_string_equal(buf_string(&out), want);
	buf_finish(&out);
}

#define SAFE(text, want) assert_safe(text, sizeof(text) - 1, TEXT_ONE_LINE, want)

static void
test_controls_become_visible(void **state)
{
	(void)state;
	SAFE("\033[31mred\033[0m", "␛[31mred␛[0m");
	SAFE("\033]0;title\007", "␛]0;title␇");
	SAFE("a\0b", "a␀b");
	SAFE("a\rb\bc\x7f", "a␍b␈c␡");
	SAFE("a\tb", "a b");
	SAFE("\xC2\x9B"
	     "31m",
	    "\xEF\xBF\xBD"
	    "31m"); /* CSI as one C1 character */
	SAFE("\xC2\x85\xC2\x80\xC2\x9F", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void
test_lines(void **state)
{
	(void)state;
	SAFE("a\nb", "a↵b");
	SAFE("a\r\nb", "a␍↵b");
	SAFE("a\xE2\x80\xA8"
	     "b\xE2\x80\xA9"
	     "c",
	    "a↵b↵c"); /* line and paragraph separators */
	assert_safe("a\nb\xE2\x80\xA8"
	            "c\033",
	    8, TEXT_KEEP_LINES, "a\nb↵c␛");
}

static void
test_what_is_not_utf8_is_replaced(void **state)
{
	(void)state;
	SAFE("\x9B"
	     "31m",
	    "\xEF\xBF\xBD"
	    "31m"); /* CSI as a raw byte */
	SAFE("a\xC3", "a\xEF\xBF\xBD");
	SAFE("\xC3(", "\xEF\xBF\xBD(");
	SAFE("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
	SAFE("\xC0\x9B", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* an overlong ESC */
}

/* Characters that move, hide or reorder what stands around them. */
static void
test_invisible_ones_are_taken_out(void **state)
{
	static const uint32_t harmful[] = {0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A,
	    0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2066, 0x2067,
	    0x2068, 0x2069, 0x206A, 0x206F, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0x115F, 0x1160, 0x3164,
	    0xFFA0, 0x1D173, 0x1D17A, 0x1BCA0, 0x1BCA3, 0xE0001};

	(void)state;
	for (size_t i = 0; i < sizeof harmful / sizeof *harmful; i++) {
		uint32_t c = harmful[i];
		char text[8] = "a";
		size_t n = 1;

		if (c < 0x800) {
			text[n++] = (char)(0xC0 | c >> 6);
		} else if (c < 0x10000) {
			text[n++] = (char)(0xE0 | c >> 12);
			text[n++] = (char)(0x80 | (c >> 6 & 0x3F));
		} else {
			text[n++] = (char)(0xF0 | c >> 18);
			text[n++] = (char)(0x80 | (c >> 12 & 0x3F));
			text[n++] = (char)(0x80 | (c >> 6 & 0x3F));
		}
		text[n++] = (char)(0x80 | (c & 0x3F));
		text[n++] = 'b';
		assert_safe(text, n, TEXT_ONE_LINE, "ab");
	}
}

static void
test_scripts_and_emoji_stay(void **state)
{
	(void)state;
	SAFE("👩‍🚀", "👩‍🚀");                                   /* with ZWJ */
	SAFE("می‌خواهم", "می‌خواهم");                       /* with ZWNJ */
	SAFE("❤️", "❤️");                                             /* with VS16 */
	SAFE("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"); /* with tags */
	SAFE("葛󠄀", "葛󠄀");                                           /* with VS17 */
	SAFE("e\xCC\x81 日本語 한국어", "e\xCC\x81 日本語 한국어");
}

static void
test_a_line_of_a_string(void **state)
{
	char *text = text_safe_line("\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01");

	(void)state;
	assert_string_equal(text, "␁␁␁␁␁␁␁␁␁␁␁␁␁␁");
	free(text);
	text = text_safe_line("");
	assert_string_equal(text, "");
	free(text);
}

/* Bytes at random: the result is UTF-8 without controls, and safe again is the same. */
static void
test_any_bytes(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char bytes[40];
		struct buf once, twice;

		for (size_t i = 0; i < sizeof bytes; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (char)(seed >> 24);
		}
		buf_init(&once, 1000);
		buf_init(&twice, 1000);
		text_safe(&once, bytes, sizeof bytes, TEXT_ONE_LINE);
		assert_true(text_is_utf8(buf_string(&once), once.length));
		for (size_t i = 0; i < once.length; i++)
			assert_true((unsigned char)once.data[i] >= 0x20 && once.data[i] != 0x7F);
		text_safe(&twice, buf_string(&once), once.length, TEXT_ONE_LINE);
		assert_string_equal(buf_string(&once), buf_string(&twice));
		buf_finish(&once);
		buf_finish(&twice);
	}
}

static void
test_cut(void **state)
{
	(void)state;
	assert_int_equal(text_cut("", 3), 0);
	assert_int_equal(text_cut("abc", 3), 3);
	assert_int_equal(text_cut("abcd", 3), 3);
	assert_int_equal(text_cut("a→", 4), 4);
	assert_int_equal(text_cut("a→b", 4), 4);
	assert_int_equal(text_cut("a→b", 3), 1);
	assert_int_equal(text_cut("a→b", 2), 1);
	assert_int_equal(text_cut("→", 2), 0);
	assert_int_equal(text_cut("→", 0), 0);
	assert_int_equal(text_cut("\x80\x80\x80\x80", 3), 0); /* not UTF-8: anything short */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_controls_become_visible),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_what_is_not_utf8_is_replaced),
	    cmocka_unit_test(test_invisible_ones_are_taken_out),
	    cmocka_unit_test(test_scripts_and_emoji_stay),
	    cmocka_unit_test(test_a_line_of_a_string),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
