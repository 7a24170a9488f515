/* The words of a text: what is indexed, asked for and marked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/words.h"

struct telling {
	struct buf *out;
	const char *text;
	size_t length;
	bool places;
};

static const char marks[] = {
    [WORD_WHOLE] = 0, [WORD_PAIR] = '+', [WORD_LAST] = '.', [WORD_LONE] = '!'};

static void
tell(void *arg, const struct word *word)
{
	struct telling *telling = arg;

	assert_true(word->begin < word->end && word->end <= telling->length);
	assert_true(word->length > 0 && word->length <= WORD_MAX);
	assert_true(text_is_utf8(word->text, word->length));
	if (telling->out->length)
		buf_add_char(telling->out, ' ');
	buf_add(telling->out, word->text, word->length);
	if (marks[word->kind])
		buf_add_char(telling->out, marks[word->kind]);
	if (telling->places)
		buf_printf(telling->out, "(%zu-%zu)", word->begin, word->end);
}

static void
check_words_n(const char *text, size_t length, const char *expected, bool places)
{
	struct buf out;
	struct telling telling = {&out, text, length, places};

	buf_init(&out, 1024 * 1024);
	words_of(text, length, tell, &telling);
	assert_string_equal(buf_string(&out), expected);
	buf_finish(&out);
}

static void
check_words(const char *text, const char *expected)
{
	check_words_n(text, strlen(text), expected, false);
}

static void
test_plain_words(void **state)
{
	(void)state;
	check_words("", "");
	check_words(" .,-\n\t!", "");
	check_words("Hello, World", "hello world");
	check_words("foo-bar_baz@example.org", "foo bar baz example org");
	check_words("don't 12:30 v1.2", "don t 12 30 v1 2");
	check_words("\"quoted\" AND (NEAR) a* ^b col:c", "quoted and near a b col c");
}

static void
test_case_width_and_accents_are_no_difference(void **state)
{
	(void)state;
	check_words("Straße STRASSE", "strasse strasse");
	check_words("Éa e\xCC\x81"
	            "a ea",
	    "ea ea ea");
	check_words("ÀÉÎÕÜ Ångström", "aeiou angstrom");
	check_words("Ελλάς ΕΛΛΑΣ", "ελλασ ελλασ");
	check_words("Ёлка елка", "елка елка");
	check_words("ＦＵＬＬ　ｗｉｄｔｈ１２", "full width12");
	check_words("ﬁn ① ℌ", "fin 1 h");
	check_words("İI", "ii");
	/* What other scripts write with marks is another word without them. */
	check_words("हिन्दी", "हिन्दी");
}

static void
test_invisible_characters(void **state)
{
	(void)state;
	check_words("soft\xC2\xADhyphen", "softhyphen");
	check_words("a\xE2\x80\x8D"
	            "b",
	    "ab");
	check_words("\xE2\x80\xAE"
	            "evil",
	    "evil");
}

static void
test_scripts_without_spaces(void **state)
{
	(void)state;
	check_words("今天天气", "今天+ 天天+ 天气+ 气.");
	check_words("天", "天!");
	check_words("今天abc天", "今天+ 天. abc 天!");
	check_words("我，你", "我! 你!");
	check_words("ひらがな", "ひら+ らが+ がな+ な.");
	check_words("ﾊﾝｶｸ", "ハン+ ンカ+ カク+ ク.");
	check_words("ｶﾞ", "ガ!");
	check_words("か\xE3\x82\x99が", "がが+ が.");
	check_words("データ", "デー+ ータ+ タ.");
	check_words("한국어 말", "한국+ 국어+ 어. 말!");
	check_words("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한!"); /* from its letters */
	check_words("人々", "人々+ 々.");
	check_words("㍿", "株式+ 式会+ 会社+ 社.");
	check_words("𠀀𠀁", "𠀀𠀁+ 𠀁."); /* beyond the first 65536 */
	check_words("ไทย", "ไท+ ทย+ ย.");
}

static void
test_symbols(void **state)
{
	(void)state;
	check_words("ok👍👍!", "ok 👍 👍");
	check_words("👍🏽", "👍");
	check_words("❤️", "❤");
	check_words("5 € + $3", "5 3");
	/* Characters of private use are never a word's. */
	check_words("a\xEE\x80\x80"
	            "b",
	    "a b");
}

static void
test_places(void **state)
{
	static const char text[] = "Ein Tür, 今天!";

	(void)state;
	check_words_n(text, strlen(text), "ein(0-3) tur(4-8) 今天+(10-16) 天.(13-16)", true);
	check_words_n("x ㍿", 5, "x(0-1) 株式+(2-5) 式会+(2-5) 会社+(2-5) 社.(2-5)", true);
}

static void
test_bytes_that_are_no_text(void **state)
{
	(void)state;
	check_words_n("a\xFF"
	              "b\xE4\xB8",
	    5, "a b", false);
	check_words_n("a\0b", 3, "a b", false);
	check_words_n("\xED\xA0\x80"
	              "c",
	    4, "c", false);
	check_words_n("x\xCC", 2, "x", false);
}

static void
test_endless_words(void **state)
{
	struct buf text, expected;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&expected, 1 << 20);
	for (int i = 0; i < 70000; i++)
		buf_add_char(&text, 'A');
	for (int i = 0; i < WORD_MAX; i++)
		buf_add_char(&expected, 'a');
	check_words_n(text.data, text.length, buf_string(&expected), false);
	/* A letter under a mountain of marks. */
	buf_clear(&text);
	buf_add_char(&text, 'e');
	for (int i = 0; i < 30000; i++)
		buf_add_string(&text, "\xCC\x81");
	words_of(text.data, text.length, tell,
	    &(struct telling){&expected, text.data, text.length, false});
	buf_finish(&text);
	buf_finish(&expected);
}

/* Whatever the bytes: words are words, and stand within the text (tell() looks). */
static void
test_any_bytes(void **state)
{
	uint64_t random = 88172645463325252u;
	struct buf out;
	char text[64];

	(void)state;
	buf_init(&out, 1 << 20);
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof text; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			text[i] = (char)random;
		}
		buf_clear(&out);
		words_of(
		    text, sizeof text, tell, &(struct telling){&out, text, sizeof text, false});
	}
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_words),
	    cmocka_unit_test(test_case_width_and_accents_are_no_difference),
	    cmocka_unit_test(test_invisible_characters),
	    cmocka_unit_test(test_scripts_without_spaces),
	    cmocka_unit_test(test_symbols),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_bytes_that_are_no_text),
	    cmocka_unit_test(test_endless_words),
	    cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
