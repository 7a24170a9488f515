/* What a person searches for: how it is read, and the piece of a text that shows a hit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/timeu.h"
#include "client/query.h"
#include "client/snippet.h"

/* "+one +two* -from=bob@x after=2026-11-22T00:00:00.000Z" */
static char *
describe(const struct query *query)
{
	static const char *const kinds[] = {
	    [SEARCH_WORDS] = "", [SEARCH_FROM] = "from=", [SEARCH_IN] = "in="};
	char iso[TIME_ISO_SIZE];
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < query->count; i++) {
		const struct search_term *term = &query->terms[i];

		buf_printf(&out, "%s%c%s%s%s", out.length ? " " : "", term->exclude ? '-' : '+',
		    kinds[term->kind], term->text, term->prefix ? "~" : "");
	}
	if (query->after)
		buf_printf(&out, " after=%s", time_iso(query->after, iso));
	if (query->before)
		buf_printf(&out, " before=%s", time_iso(query->before, iso));
	return buf_take(&out);
}

static void
check_query(const char *text, const char *expected)
{
	struct query query;
	struct error error;
	enum status status = query_parse(&query, text, "x", &error);
	char *told;

	if (status != STATUS_OK)
		fail_msg("%s: %s", text, error.text);
	told = describe(&query);
	assert_string_equal(told ? told : "", expected);
	free(told);
	query_finish(&query);
}

static void
check_wrong(const char *text, const char *part)
{
	struct query query;
	struct error error;

	assert_int_equal(query_parse(&query, text, "x", &error), STATUS_USAGE);
	if (!strstr(error.text, part))
		fail_msg("'%s' gave: %s", text, error.text);
	query_finish(&query);
}

static void
test_words(void **state)
{
	(void)state;
	check_query("", "");
	check_query("  \t\n ", "");
	check_query("one", "+one");
	check_query(" one  two ", "+one +two");
	check_query("one\xE3\x80\x80two", "+one +two");
	check_query("beg* *", "+beg*~ +*");
	check_query("-one -two* - --x", "-one -two*~ +- --x");
	check_query("well-known", "+well-known");
}

static void
test_phrases(void **state)
{
	(void)state;
	check_query("\"one two\" three", "+one two +three");
	check_query("-\"one two\"", "-one two");
	check_query("\"never closed", "+never closed");
	check_query("\"\"", "+");
	check_query("\"", "+");
	check_query("a\"b c\"d", "+a +b c +d");
	check_query("\"beg inning\"* \"a *\"", "+beg inning~ +a *");
	check_query("\"from:bob\"", "+from:bob");
}

static void
test_filters(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	check_query("from:bob", "+from=bob@x");
	check_query("from:Bob@Other.example in:+team", "+from=bob@other.example +in=#team@x");
	check_query("-from:bob -in:\"bob\"", "-from=bob@x -in=bob@x");
	check_query("after:2026-11-22 before:2027",
	    " after=2026-11-22T00:00:00.000Z before=2027-01-01T00:00:00.000Z");
	check_query("after:2026 after:2027 after:2025", " after=2027-01-01T00:00:00.000Z");
	check_query("before:2027 before:2026", " before=2026-01-01T00:00:00.000Z");
	check_query("before:1970", " before=1970-01-01T00:00:00.000Z");
	check_query(
	    "http://x FROM:bob other:bob infrom:bob", "+http://x +FROM:bob +other:bob +infrom:bob");
	check_wrong("from:", "is not an address");
	check_wrong("from: bob", "is not an address");
	check_wrong("in:a@b@c", "is not an address");
	check_wrong("after:", "takes a date");
	check_wrong("after:soon", "takes a date");
	check_wrong("before:2026-02-30", "takes a date");
	check_wrong("-after:2026", "cannot be negated");
}

static void
test_bounds(void **state)
{
	char text[QUERY_BYTES + 2];
	struct query query;
	struct error error;

	(void)state;
	memset(text, 'x', sizeof text);
	text[QUERY_BYTES + 1] = '\0';
	check_wrong(text, "at most 1024 bytes");
	text[QUERY_BYTES] = '\0';
	assert_int_equal(query_parse(&query, text, "x", &error), STATUS_OK);
	query_finish(&query);
	for (int i = 0; i < 2 * QUERY_TERMS; i++)
		text[i] = i % 2 ? ' ' : 'x';
	text[2 * QUERY_TERMS] = '\0';
	assert_int_equal(query_parse(&query, text, "x", &error), STATUS_OK);
	assert_int_equal(query.count, QUERY_TERMS);
	assert_int_equal(query_add(&query, SEARCH_IN, "bob@x", &error), STATUS_USAGE);
	query_finish(&query);
	text[2 * QUERY_TERMS] = 'y';
	text[2 * QUERY_TERMS + 1] = '\0';
	check_wrong(text, "at most 64 words");
	check_wrong("\xFF", "not UTF-8");
	check_wrong("a\xC3", "not UTF-8");
}

/* ---- snippets ---- */

/* "before [hit] after" */
static void
check_snippet(const char *asked, const char *text, const char *expected)
{
	struct snippet snippet;
	struct query query;
	struct error error;
	struct buf out;
	size_t at = 0;

	assert_int_equal(query_parse(&query, asked, "x", &error), STATUS_OK);
	snippet_make(&snippet, text, &query);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < snippet.count; i++) {
		assert_true(snippet.marks[i].begin >= at);
		assert_true(snippet.marks[i].end > snippet.marks[i].begin);
		buf_add(&out, snippet.text + at, snippet.marks[i].begin - at);
		buf_add_char(&out, '[');
		buf_add(&out, snippet.text + snippet.marks[i].begin,
		    snippet.marks[i].end - snippet.marks[i].begin);
		buf_add_char(&out, ']');
		at = snippet.marks[i].end;
	}
	assert_true(at <= strlen(snippet.text));
	buf_add_string(&out, snippet.text + at);
	assert_string_equal(buf_string(&out), expected);
	buf_finish(&out);
	snippet_finish(&snippet);
	query_finish(&query);
}

static void
test_marks(void **state)
{
	(void)state;
	check_snippet("fish", "One Fish, two fish.", "One [Fish], two [fish].");
	check_snippet("fis*", "fishes and Fis", "[fishes] and [Fis]");
	check_snippet("fis", "fishes", "fishes");
	check_snippet("\"two fish\" one", "one two  fish two", "[one] [two fish] two");
	check_snippet("a b \"a b\"", "a b", "[a b]");
	check_snippet("strasse", "Die Straße", "Die [Straße]");
	check_snippet("天气", "今天天气好", "今天[天气]好");
	check_snippet("天", "今天天气好", "今[天天]气好");
	check_snippet("今天天", "今天天气好", "[今天天]气好");
	check_snippet("ガ", "ｶﾞｽ", "[ｶﾞ]ｽ");
	check_snippet("-fish from:bob", "One fish", "One fish");
	check_snippet("x", "", "");
}

static void
test_pieces(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 30; i++)
		buf_printf(&text, "word%d ", i);
	check_snippet("word15", buf_string(&text),
	    "…word11 word12 word13 word14 [word15] word16 word17 word18 word19 word20 word21 word22 "
	    "word23 word24…");
	check_snippet("word0", buf_string(&text),
	    "[word0] word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 "
	    "word13 word14…");
	check_snippet("two", "one\n\n  two\tthree", "one [two] three");
	buf_finish(&text);
}

/* Text without blanks is cut between characters, and a hit that is longer than the piece, too. */
static void
test_pieces_without_blanks(void **state)
{
	struct snippet snippet;
	struct query query;
	struct error error;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 200; i++)
		buf_add_string(&text, i == 100 ? "今天" : "好");
	assert_int_equal(query_parse(&query, "今天", "x", &error), STATUS_OK);
	snippet_make(&snippet, buf_string(&text), &query);
	assert_int_equal(snippet.count, 1);
	assert_memory_equal(snippet.text + snippet.marks[0].begin, "今天", 6);
	assert_int_equal(snippet.marks[0].begin, 3 + 30 * 3);
	assert_int_equal(strlen(snippet.text), 3 + 100 * 3 + 3);
	snippet_finish(&snippet);
	query_finish(&query);
	buf_clear(&text);
	for (int i = 0; i < 70000; i++)
		buf_add_char(&text, 'a');
	assert_int_equal(query_parse(&query, "aaa*", "x", &error), STATUS_OK);
	snippet_make(&snippet, buf_string(&text), &query);
	assert_int_equal(snippet.count, 1);
	assert_int_equal(snippet.marks[0].end, 100);
	assert_int_equal(strlen(snippet.text), 103);
	snippet_finish(&snippet);
	query_finish(&query);
	buf_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_phrases),
	    cmocka_unit_test(test_filters),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_marks),
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_pieces_without_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
