/* What one character of a person's is, and how many columns it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/cluster.h"

static struct widths widths;

/* All of text is one cluster with so many columns. */
static void
check_one(const char *text, int columns)
{
	struct cluster cluster = cluster_next(text, strlen(text), &widths);

	if (cluster.bytes != strlen(text) || cluster.columns != columns)
		fail_msg("%s: %zu of %zu bytes, %d columns", text, cluster.bytes, strlen(text),
		    cluster.columns);
	assert_true(cluster.most >= cluster.columns);
}

/* The text is that many clusters, with so many columns together. */
static void
check_text(const char *text, size_t clusters, int columns)
{
	size_t count = 0, length = strlen(text);

	for (size_t at = 0; at < length; count++)
		at += cluster_next(text + at, length - at, &widths).bytes;
	assert_int_equal(count, clusters);
	assert_int_equal(cluster_columns(text, length, &widths), columns);
}

static void
letters(void **state)
{
	(void)state;
	widths_init(&widths);
	check_one("a", 1);
	check_one("é", 1);
	check_one("e\u0301", 1);
	check_one("漢", 2);
	check_one("Ａ", 2);
	check_one("한", 2);
	check_one("\u1112\u1161\u11ab", 2); /* the same, in its parts */
	check_one("か\u3099", 2);
	check_one("─", 1);
	check_text("abc漢字", 5, 7);
	check_text("", 0, 0);
}

/* Signs that stand beside their letter have a column of their own. */
static void
letters_with_signs_beside(void **state)
{
	(void)state;
	widths_init(&widths);
	check_one("น\u0e33", 2);
	check_one("क\u093e", 2);
	check_one("क\u0941", 1);
	check_text("น\u0e33ใจ", 3, 4);
}

static void
emoji(void **state)
{
	(void)state;
	widths_init(&widths);
	check_one("😀", 2);
	check_one("\U0001FAE8", 2);
	check_one("👍🏽", 2);
	check_one("👨\u200d👩\u200d👧", 2);
	check_one("🏳\ufe0f\u200d🌈", 2);
	check_one("❤\ufe0f", 1);
	check_one("❤", 1);
	check_one("1\ufe0f\u20e3", 1);
	check_one("🇫🇷", 2);
	check_text("🇫🇷🇩🇪", 2, 4);
	check_one("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", 2);
	assert_true(cluster_next("😀", 4, &widths).unsure);
	assert_true(cluster_next("❤\ufe0f", 6, &widths).unsure);
	assert_int_equal(cluster_next("❤\ufe0f", 6, &widths).most, 2);
	assert_int_equal(cluster_next("👨\u200d👩\u200d👧", 18, &widths).most, 6);
	assert_false(cluster_next("─", 3, &widths).unsure);
	assert_false(cluster_next("→", 3, &widths).unsure);
	assert_false(cluster_next("漢", 3, &widths).unsure);
}

static void
settings(void **state)
{
	(void)state;
	widths_init(&widths);
	assert_true(widths_set(&widths, "ambiguous=2"));
	check_one("─", 2);
	assert_true(widths_set(&widths, "ambiguous=1"));
	check_one("─", 1);
	assert_true(widths_set(&widths, "vs16=2"));
	check_one("❤\ufe0f", 2);
	check_one("🏳\ufe0f\u200d🌈", 2);
	check_one("❤", 1);
	assert_true(widths_set(&widths, "zwj=apart"));
	check_text("👨\u200d👩\u200d👧", 3, 6);
	assert_true(widths_set(&widths, "1f600-1f64f=1"));
	check_one("😀", 1);
	assert_true(widths_set(&widths, "1f600=0"));
	check_one("😀", 0);
	check_one("😁", 1);
}

static void
settings_that_are_none(void **state)
{
	static const char *const none[] = {"", "=", "=1", "ambiguous", "ambiguous=3",
	    "vs16=", "zwj", "zwj=joined ", "1f600", "1f600=3", "1f600=-1", "1f600=11",
	    "1f600-1f500=1", "-1=1", "1f600-=1", "110000=1", "1-110000=1",
	    "123456789012345678901=1", "x=1", " 41=1"};
	struct widths before;

	(void)state;
	widths_init(&widths);
	before = widths;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (widths_set(&widths, none[i]))
			fail_msg("\"%s\" was taken", none[i]);
	assert_memory_equal(&before, &widths, sizeof widths);
	for (int i = 0; i < WIDTH_RANGES; i++)
		assert_true(widths_set(&widths, "41=2"));
	assert_false(widths_set(&widths, "41=2"));
}

static void
bytes_that_are_no_text(void **state)
{
	(void)state;
	widths_init(&widths);
	check_one("\xff", 1);
	check_one("\x1b", 1);
	check_one("\t", 1);
	check_text("\xe6\xbc", 2, 2);
	check_text("\xed\xa0\x80", 3, 3);
	check_text("\xc2\x9b", 1, 1);
	check_text("\x1b\u0301", 2, 1);
	check_text("\r\n", 2, 2);
	assert_int_equal(cluster_next("\0", 1, &widths).columns, 1);
}

/* A heap of marks is cut; what is left of it has no columns. */
static void
clusters_without_end(void **state)
{
	enum { MARKS = 10000 };
	char *text = malloc(1 + MARKS * 2 + 4);
	size_t at = 0, length;

	(void)state;
	widths_init(&widths);
	text[0] = 'a';
	for (int i = 0; i < MARKS; i++)
		memcpy(text + 1 + (size_t)i * 2, "\u0301", 2);
	length = 1 + MARKS * 2;
	text[length++] = 'b';
	while (at < length) {
		struct cluster cluster = cluster_next(text + at, length - at, &widths);

		assert_in_range(cluster.bytes, 1, CLUSTER_MAX);
		at += cluster.bytes;
	}
	assert_int_equal(at, length);
	assert_int_equal(cluster_columns(text, length, &widths), 2);
	free(text);
}

static void
fitting(void **state)
{
	static const char text[] = "a漢e\u0301b";
	int used;

	(void)state;
	widths_init(&widths);
	assert_int_equal(cluster_fit(text, strlen(text), 0, &used, &widths), 0);
	assert_int_equal(used, 0);
	assert_int_equal(cluster_fit(text, strlen(text), 2, &used, &widths), 1);
	assert_int_equal(used, 1);
	assert_int_equal(cluster_fit(text, strlen(text), 3, &used, &widths), 4);
	assert_int_equal(used, 3);
	/* the mark goes with its letter */
	assert_int_equal(cluster_fit(text, strlen(text), 4, NULL, &widths), 7);
	assert_int_equal(cluster_fit(text, strlen(text), 99, &used, &widths), strlen(text));
	assert_int_equal(used, 5);
	assert_int_equal(cluster_fit(text, strlen(text), -1, &used, &widths), 0);
}

/* The same numbers every time. */
static uint32_t
number(void)
{
	static uint32_t state = 7;

	state ^= state << 13;
	state ^= state >> 17;
	return state ^= state << 5;
}

/* Whatever comes, it goes on, and never past the end. */
static void
random_bytes(void **state)
{
	(void)state;
	widths_init(&widths);
	for (int round = 0; round < 20000; round++) {
		size_t length = 1 + number() % 48, at = 0;
		char *text = malloc(length);

		for (size_t i = 0; i < length; i++)
			text[i] = (char)(number() % 3 ? 0x80 | number() : number());
		while (at < length) {
			struct cluster cluster = cluster_next(text + at, length - at, &widths);

			assert_in_range(cluster.bytes, 1, CLUSTER_MAX);
			assert_in_range(cluster.columns, 0, 2);
			at += cluster.bytes;
		}
		assert_int_equal(at, length);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(letters),
	    cmocka_unit_test(letters_with_signs_beside),
	    cmocka_unit_test(emoji),
	    cmocka_unit_test(settings),
	    cmocka_unit_test(settings_that_are_none),
	    cmocka_unit_test(bytes_that_are_no_text),
	    cmocka_unit_test(clusters_without_end),
	    cmocka_unit_test(fitting),
	    cmocka_unit_test(random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
