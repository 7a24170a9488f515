/* JSON from a hostile peer: what is no JSON, what is too much, and documents broken at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "quotes.h"
#include "wire/limits.h"

static enum status
try_parse(const char *data, size_t length)
{
	struct json *doc = (struct json *)1;
	struct error err;
	enum status status = json_parse(&doc, data, length, &err);

	if (status == STATUS_OK)
		assert_non_null(doc);
	else
		assert_null(doc);
	json_destroy(doc);
	return status;
}

static void
assert_refused(const char *text)
{
	if (try_parse(text, strlen(text)) != STATUS_PROTOCOL)
		fail_msg("taken: %s", text);
}

/* A zero in a string would end it early, so that what is checked isn't what is stored. */
static void
test_no_zero_however_it_is_written(void **state)
{
	static const char *const escapes[] = {"\\u0000", "\\u000g", "\\uzzzz", "\\u", "\\u0",
	    "\\u00", "\\u000", "\\u 000", "\\u-000", "\\u+000", "\\u0x00", "\\\\\\u0000",
	    "\\ud83d\\u0000"};

	(void)state;
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		char text[64];

		snprintf(text, sizeof text, "{\"a\":\"x%sy\"}", escapes[i]);
		assert_refused(text);
		snprintf(text, sizeof text, "{\"a\":\"x%s\"}", escapes[i]);
		assert_refused(text);
		snprintf(text, sizeof text, "{\"x%s\":1}", escapes[i]);
		assert_refused(text);
	}
	assert_int_equal(try_parse("{\"a\":\"\\\\u0000\"}", 15), STATUS_OK);
	assert_int_equal(try_parse("{\"a\":1}\0", 8), STATUS_PROTOCOL);
	assert_int_equal(try_parse("{\"a\0b\":1}", 9), STATUS_PROTOCOL);
}

static void
test_no_surrogates_alone(void **state)
{
	(void)state;
	assert_refused("{\"a\":\"\\ud83d\"}");
	assert_refused("{\"a\":\"\\ud83dx\"}");
	assert_refused("{\"a\":\"\\ude00\"}");
	assert_refused("{\"a\":\"\\ude00\\ud83d\"}");
	assert_refused("{\"a\":\"\\ud83d\\ud83d\"}");
	assert_refused("{\"a\":\"\\ud83d\\n\"}");
	assert_refused("{\"a\":\"\xed\xa0\xbd\xed\xb8\x80\"}");
	assert_int_equal(try_parse("{\"a\":\"\\uD83D\\uDE00\"}", 20), STATUS_OK);
}

/* What cJSON takes though it is no JSON. */
static void
test_json_only(void **state)
{
	static const char *const bad[] = {"\xEF\xBB\xBF{}", "{\"a\":01}", "{\"a\":-01}",
	    "{\"a\":1.}", "{\"a\":1.e2}", "{\"a\":.5}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":1e}",
	    "{\"a\":1e+}", "{\"a\":1-2}", "{\"a\":0x10}", "{\"a\":NaN}", "{\"a\":-Infinity}",
	    "{\"a\":1,}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{,}", "{\"a\":1 \"b\":2}",
	    "{\"a\":nullx}", "{}\f", "{\v}", "{\"a\":\xC2\xA0[]}", "{}{}", "{}]", "{}/**/",
	    "//\n{}", "{\"a\":\"\t\"}", "{\"a\":\"\x1f\"}", "{\"a\":\"\\a\"}", "{\"a\":\"\\'\"}",
	    "]]]]{}", "[{}]", "\"{}\"", "{]", "{\"a\":[}]}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(bad[i]);
}

static void
test_all_of_json(void **state)
{
	static const char *const good[] = {"{}", " \r\n\t{ } ", "{\"\":0}", "{\"a\":-0}",
	    "{\"a\":0.5e-3}", "{\"a\":1E+2}", "{\"a\":[[],{},null,true,false,\"\"]}",
	    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}", "{\"\xC3\xA9\":\"\x7F\"}",
	    "{\"a\":1e400}"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (try_parse(good[i], strlen(good[i])) != STATUS_OK)
			fail_msg("refused: %s", good[i]);
}

/* Nothing is read behind the length given. */
static void
test_length_is_kept(void **state)
{
	static const char text[] = "{\"abc\":[1.5,\"x\\u00e9\",true]}";

	(void)state;
	for (size_t length = 0; length < sizeof text - 1; length++) {
		char *copy = mem_alloc(length);

		memcpy(copy, text, length);
		assert_int_equal(try_parse(copy, length), STATUS_PROTOCOL);
		free(copy);
	}
	assert_int_equal(try_parse(text, sizeof text - 1), STATUS_OK);
}

static void
test_deep_ones_are_not_built(void **state)
{
	static char text[200000];

	(void)state;
	memset(text, '[', sizeof text);
	memcpy(text, "{\"a\":", 5);
	assert_int_equal(try_parse(text, sizeof text), STATUS_PROTOCOL);
	/* Brackets in strings are no depth. */
	memset(text, '[', sizeof text);
	memcpy(text, "{\"a\":\"", 6);
	memcpy(text + sizeof text - 2, "\"}", 2);
	assert_int_equal(try_parse(text, sizeof text), STATUS_OK);
}

/* ---- the getters ---- */

static void
test_wrong_types(void **state)
{
	static const char *const values[] = {"1", "-1.5", "'x'", "true", "null", "{}", "[]",
	    "['AAAAAAAAAAA',1]", "'a@b'", "'0193e2a0-1b2c-7d3e-8f40-123456789abc'"};
	/* What takes which: string int bool key address cursor object array. */
	static const char *const takes[] = {"i", "", "s", "b", "", "o", "a", "ca", "sd", "sk"};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char *text = mem_printf("{'f':%s}", values[i]);
		struct json *doc = document(text);
		const char *string = "before";
		const struct json *value;
		struct cursor cursor;
		struct error err;
		struct key key;
		size_t count;
		int64_t number;
		bool flag;

#define TAKES(letter, call) \
	assert_int_equal(call, strchr(takes[i], letter) ? STATUS_OK : STATUS_PROTOCOL)
		TAKES('s', json_get_string(doc, "f", JSON_REQUIRED, 99, &string, &err));
		TAKES('i', json_get_int(doc, "f", JSON_REQUIRED, 0, 9, &number, &err));
		TAKES('b', json_get_bool(doc, "f", JSON_REQUIRED, &flag, &err));
		TAKES('k', json_get_key(doc, "f", JSON_REQUIRED, &key, &flag, &err));
		TAKES('d', json_get_address(doc, "f", JSON_REQUIRED, &string, &err));
		TAKES('c', json_get_cursor(doc, "f", JSON_REQUIRED, &cursor, &err));
		TAKES('o', json_get_object(doc, "f", JSON_REQUIRED, &value, &err));
		TAKES('a', json_get_array(doc, "f", JSON_REQUIRED, 9, &value, &count, &err));
		assert_non_null(strstr(err.text, "\"f\""));
		json_destroy(doc);
		free(text);
	}
}

static void
test_absent_ones(void **state)
{
	struct json *doc = document("{'n':null}");
	static const char *const names[] = {"n", "absent"};
	struct error err;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *string = "before";
		const struct json *value = doc;
		struct cursor cursor = {"before", 7};
		struct key key;
		size_t count = 7;
		int64_t number = 7;
		bool flag = true;

		assert_int_equal(
		    json_get_string(doc, names[i], JSON_OPTIONAL, 9, &string, &err), STATUS_OK);
		assert_int_equal(
		    json_get_address(doc, names[i], JSON_OPTIONAL, &string, &err), STATUS_OK);
		assert_string_equal(string, "before");
		assert_int_equal(
		    json_get_int(doc, names[i], JSON_OPTIONAL, 0, 9, &number, &err), STATUS_OK);
		assert_int_equal(number, 7);
		assert_int_equal(
		    json_get_bool(doc, names[i], JSON_OPTIONAL, &flag, &err), STATUS_OK);
		assert_true(flag);
		assert_int_equal(
		    json_get_key(doc, names[i], JSON_OPTIONAL, &key, &flag, &err), STATUS_OK);
		assert_false(flag);
		assert_int_equal(
		    json_get_cursor(doc, names[i], JSON_OPTIONAL, &cursor, &err), STATUS_OK);
		assert_string_equal(cursor.generation, "");
		assert_int_equal(
		    json_get_array(doc, names[i], JSON_OPTIONAL, 9, &value, &count, &err),
		    STATUS_OK);
		assert_null(value);
		assert_int_equal(count, 0);
		assert_int_equal(
		    json_get_object(doc, names[i], JSON_REQUIRED, &value, &err), STATUS_PROTOCOL);
		assert_null(json_first(value));
	}
	assert_null(json_next(NULL));
	assert_false(json_is_object(NULL));
	json_destroy(doc);
}

/* ---- writing ---- */

/* One of each class of code points, alone and between others, comes back as it went. */
static void
test_written_characters_come_back(void **state)
{
	static const char *const more[] = {"\xC2\x80", "\xC2\x9F", "é", "\xDF\xBF", "\xE0\xA0\x80",
	    "\xE2\x80\xA8", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBB\xBF", "\xEF\xBF\xBF",
	    "\xF0\x90\x80\x80", "😀", "\xF4\x8F\xBF\xBF"};
	char ascii[2] = "";

	(void)state;
	for (int c = 1; c < 128 + (int)(sizeof more / sizeof *more); c++) {
		const char *one = c < 128 ? ascii : more[c - 128];
		char text[32];
		const char *back = NULL;
		struct json *doc;
		struct buf out;

		ascii[0] = (char)c;
		snprintf(text, sizeof text, "%sa%s%sb", one, one, one);
		buf_init(&out, 1000);
		buf_add_char(&out, '{');
		json_put_string(&out, "v", text);
		buf_add_char(&out, '}');
		for (size_t i = 0; i < out.length; i++)
			assert_true((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7F);
		assert_int_equal(json_parse(&doc, out.data, out.length, NULL), STATUS_OK);
		json_get_string(doc, "v", JSON_REQUIRED, 99, &back, NULL);
		assert_string_equal(back, text);
		buf_clear(&out);
		json_add_value(&out, doc);
		json_destroy(doc);
		assert_int_equal(json_parse(&doc, out.data, out.length, NULL), STATUS_OK);
		json_get_string(doc, "v", JSON_REQUIRED, 99, &back, NULL);
		assert_string_equal(back, text);
		json_destroy(doc);
		buf_finish(&out);
	}
}

/* ---- mutations ---- */

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whatever a document yields is UTF-8 without zeros, all the way down. */
static void
assert_sound(const struct json *value)
{
	const char *text;

	for (; value; value = json_next(value)) {
		if (json_item_string(value, SIZE_MAX, &text))
			assert_true(text_is_utf8(text, strlen(text)));
		assert_sound(json_first(value));
	}
}

static void
mutate(char *text, size_t *length, size_t room, uint32_t *seed)
{
	static const char alphabet[] = "{}[]\",:\\u0000ed83x-+.9\x01\x80\xC3\xED\xFF\n ";
	size_t at = next_random(seed) % *length;
	char c = alphabet[next_random(seed) % (sizeof alphabet - 1)];

	switch (next_random(seed) % 3) {
	case 0:
		text[at] = c;
		break;
	case 1:
		if (*length > 1) {
			memmove(text + at, text + at + 1, *length - at - 1);
			--*length;
		}
		break;
	default:
		if (*length < room) {
			memmove(text + at + 1, text + at, *length - at);
			text[at] = c;
			++*length;
		}
	}
}

static void
test_documents_broken_at_random(void **state)
{
	static const char seed_text[] =
	    "{\"generation\":\"AAAAAAAAAAA\",\"from\":0,\"to\":12,\"events\":[{\"event\":\"message\","
	    "\"conversation\":\"a@b\",\"msg_id\":1,\"text\":\"x\\u00e9\\ud83d\\ude00\\n\xC3\xA9\"}],"
	    "\"n\":[null,true,-1.5e3,[],{}]}";
	uint32_t seed = 7;
	int taken = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[sizeof seed_text + 8];
		size_t length = sizeof seed_text - 1;
		struct json *doc;
		struct buf out;

		memcpy(text, seed_text, length);
		for (uint32_t n = 1 + next_random(&seed) % 4; n > 0; n--)
			mutate(text, &length, sizeof text, &seed);
		if (json_parse(&doc, text, length, NULL) != STATUS_OK)
			continue;
		taken++;
		assert_true(text_is_utf8(text, length));
		assert_sound(doc);
		buf_init(&out, 10000);
		json_add_value(&out, doc);
		json_destroy(doc);
		assert_int_equal(json_parse(&doc, out.data, out.length, NULL), STATUS_OK);
		json_destroy(doc);
		buf_finish(&out);
	}
	assert_in_range(taken, 100, 19000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_zero_however_it_is_written),
	    cmocka_unit_test(test_no_surrogates_alone),
	    cmocka_unit_test(test_json_only),
	    cmocka_unit_test(test_all_of_json),
	    cmocka_unit_test(test_length_is_kept),
	    cmocka_unit_test(test_deep_ones_are_not_built),
	    cmocka_unit_test(test_wrong_types),
	    cmocka_unit_test(test_absent_ones),
	    cmocka_unit_test(test_written_characters_come_back),
	    cmocka_unit_test(test_documents_broken_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
