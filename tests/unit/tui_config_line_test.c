/* How a line of the configuration is cut into words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/config_line.h"

static void
check_words(const char *line, const char *expected)
{
	struct config_words words;
	struct error err;
	struct buf out;
	int column;

	assert_int_equal(config_words_make(&words, line, strlen(line), &column, &err), STATUS_OK);
	buf_init(&out, 10000);
	for (int i = 0; i < words.count; i++)
		buf_printf(&out, "%s[%s]%d", i ? " " : "", words.word[i], words.column[i]);
	assert_string_equal(buf_string(&out), expected);
	buf_finish(&out);
}

static void
check_bad_words(const char *line, size_t length, int expected)
{
	struct config_words words;
	struct error err = {0};
	int column = 0;

	assert_int_equal(config_words_make(&words, line, length, &column, &err), STATUS_CONFIG);
	assert_int_equal(column, expected);
	assert_true(*err.text);
}

#define CHECK_BAD_WORDS(line, column) check_bad_words(line, sizeof line - 1, column)

static void
lines_are_cut_into_words(void **state)
{
	char many[] = "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7";

	(void)state;
	check_words("", "");
	check_words("   \t ", "");
	check_words("# set a b", "");
	check_words("set  a\tb # c", "[set]1 [a]6 [b]8");
	check_words("#set a b", "");
	check_words("a # b", "[a]1");
	check_words("a #", "[a]1");
	check_words("bold #fc0 \"#\" # it", "[bold]1 [#fc0]6 [#]11");
	check_words("bind M-# x#y", "[bind]1 [M-#]6 [x#y]10");
	check_words("a \"b c\" 'd \"e' \"\"", "[a]1 [b c]3 [d \"e]9 []16");
	check_words("\"a\\\"b\\\\c\\d\" M-\\", "[a\"b\\c\\d]1 [M-\\]13");
	check_words("x\"y z\"'!'", "[xy z!]1");
	check_words("é 你好 x", "[é]1 [你好]3 [x]6");
	CHECK_BAD_WORDS("set a \"b", 7);
	CHECK_BAD_WORDS("é 'b", 3);
	CHECK_BAD_WORDS("a \"b\\", 3);
	CHECK_BAD_WORDS("ab\0c", 3);
	CHECK_BAD_WORDS("é \x1b[0m", 3);
	CHECK_BAD_WORDS("a \xff", 3);
	CHECK_BAD_WORDS("a '\xe4\xbd", 4);
	check_bad_words(many, strlen(many), 33);
}

static void
words_are_quoted_where_they_must_be(void **state)
{
	static const char *const words[] = {
	    "plain", "", "#", "M-#", "a b", "\"", "'", "\\", "a\\\"b c", "你"};
	struct config_words again;
	struct error err;
	struct buf out;
	int column;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		buf_clear(&out);
		config_word_put(&out, words[i]);
		assert_int_equal(
		    config_words_make(&again, buf_string(&out), out.length, &column, &err),
		    STATUS_OK);
		assert_int_equal(again.count, 1);
		assert_string_equal(again.word[0], words[i]);
	}
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_cut_into_words),
	    cmocka_unit_test(words_are_quoted_where_they_must_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
