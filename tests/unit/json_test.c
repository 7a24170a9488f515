/* JSON as the protocol takes it: one strict object, bounded in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/json.h"
#include "wire/limits.h"

static struct json *
parse(const char *text)
{
	struct json *doc;

	assert_int_equal(json_parse(&doc, text, strlen(text), NULL), STATUS_OK);
	return doc;
}

static void
assert_refused(const char *text, size_t length)
{
	struct json *doc = (struct json *)1;
	struct error err = {0};

	assert_int_equal(json_parse(&doc, text, length, &err), STATUS_PROTOCOL);
	assert_null(doc);
	assert_true(strlen(err.text) > 3);
}

static void
test_documents_that_are_none(void **state)
{
	static const char *const bad[] = {"", " ", "{", "}", "[]", "7", "null", "\"x\"", "{}x",
	    "{}{}", "{'a':1}", "{\"a\":1,}", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":tru}",
	    "{\"a\":\"\n\"}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}",
	    "{\"a\":\"\xff\"}", "{\"a\":\"x", "{\"a\":\"x\\"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(bad[i], strlen(bad[i]));
	assert_refused("{\"a\":1\0}", 8);
}

static void
test_blanks_around(void **state)
{
	(void)state;
	json_destroy(parse(" \t\r\n{ } \n"));
}

static char *
nested(int depth)
{
	struct buf b;

	buf_init(&b, 100000);
	for (int i = 0; i < depth; i++)
		buf_add_string(&b, "{\"a\":");
	buf_add_string(&b, "1");
	for (int i = 0; i < depth; i++)
		buf_add_char(&b, '}');
	return buf_take(&b);
}

static void
test_depth(void **state)
{
	char *text = nested(LIMIT_JSON_DEPTH);

	(void)state;
	json_destroy(parse(text));
	free(text);
	text = nested(LIMIT_JSON_DEPTH + 1);
	assert_refused(text, strlen(text));
	free(text);
}

static void
test_number_of_values(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000000);
	buf_add_string(&b, "{\"a\":[0");
	for (int i = 0; i < LIMIT_JSON_VALUES; i++)
		buf_add_string(&b, ",0");
	buf_add_string(&b, "]}");
	assert_refused(b.data, b.length);
	buf_finish(&b);
}

static void
test_strings_and_their_limit(void **state)
{
	struct json *doc = parse("{\"a\":\"\\u4e2d\\n\\ud83d\\udc4d\",\"n\":null,\"i\":1}");
	const char *value = "as it was";

	(void)state;
	assert_int_equal(json_get_string(doc, "n", JSON_OPTIONAL, 9, &value, NULL), STATUS_OK);
	assert_int_equal(json_get_string(doc, "b", JSON_OPTIONAL, 9, &value, NULL), STATUS_OK);
	assert_string_equal(value, "as it was");
	assert_int_equal(json_get_string(doc, "a", JSON_REQUIRED, 8, &value, NULL), STATUS_OK);
	assert_string_equal(value, "\xe4\xb8\xad\n\xf0\x9f\x91\x8d");
	assert_int_equal(
	    json_get_string(doc, "a", JSON_REQUIRED, 7, &value, NULL), STATUS_TOO_LARGE);
	assert_int_equal(
	    json_get_string(doc, "b", JSON_REQUIRED, 9, &value, NULL), STATUS_PROTOCOL);
	assert_int_equal(
	    json_get_string(doc, "n", JSON_REQUIRED, 9, &value, NULL), STATUS_PROTOCOL);
	assert_int_equal(
	    json_get_string(doc, "i", JSON_OPTIONAL, 9, &value, NULL), STATUS_PROTOCOL);
	json_destroy(doc);
}

static void
test_whole_numbers_only(void **state)
{
	struct json *doc = parse("{\"ok\":9007199254740991,\"big\":9007199254740992,\"half\":0.5,"
	                         "\"huge\":1e300,\"minus\":-3,\"text\":\"1\",\"yes\":true}");
	static const char *const bad[] = {"big", "half", "huge", "text", "yes"};
	int64_t value = 0;

	(void)state;
	assert_int_equal(
	    json_get_int(doc, "ok", JSON_REQUIRED, 0, INT64_MAX, &value, NULL), STATUS_OK);
	assert_int_equal(value, INT64_C(9007199254740991));
	assert_int_equal(json_get_int(doc, "minus", JSON_REQUIRED, -3, 5, &value, NULL), STATUS_OK);
	assert_int_equal(
	    json_get_int(doc, "minus", JSON_REQUIRED, -2, 5, &value, NULL), STATUS_PROTOCOL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
		    json_get_int(doc, bad[i], JSON_OPTIONAL, INT64_MIN, INT64_MAX, &value, NULL),
		    STATUS_PROTOCOL);
	json_destroy(doc);
}

static void
test_cursors(void **state)
{
	static const char *const bad[] = {"{\"c\":7}", "{\"c\":[]}", "{\"c\":[\"AAAAAAAAAAA\"]}",
	    "{\"c\":[\"AAAAAAAAAAA\",-1]}", "{\"c\":[1,\"AAAAAAAAAAA\"]}",
	    "{\"c\":[\"AAAAAAAAAAAA\",1]}"};
	struct cursor cursor = {{0}, 0};
	struct json *doc;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		doc = parse(bad[i]);
		assert_int_equal(
		    json_get_cursor(doc, "c", JSON_OPTIONAL, &cursor, NULL), STATUS_PROTOCOL);
		json_destroy(doc);
	}
	doc = parse("{\"c\":[\"AAAAAAAAAAA\",12]}");
	assert_int_equal(json_get_cursor(doc, "c", JSON_REQUIRED, &cursor, NULL), STATUS_OK);
	assert_string_equal(cursor.generation, "AAAAAAAAAAA");
	assert_int_equal(cursor.stamp, 12);
	json_destroy(doc);
}

static void
test_written_strings_come_back(void **state)
{
	static const char text[] = "\"\\/\b\f\n\r\t\x01\x1f\x7f '\xe2\x80\xa8 \xf0\x9f\x91\x8d";
	struct json *doc;
	const char *value;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_add_char(&b, '{');
	json_put_string(&b, "a", text);
	json_put_int(&b, "b", -5);
	json_put_bool(&b, "c", true);
	buf_add_char(&b, '}');
	doc = parse(buf_string(&b));
	assert_int_equal(json_get_string(doc, "a", JSON_REQUIRED, 100, &value, NULL), STATUS_OK);
	assert_string_equal(value, text);
	assert_non_null(strstr(buf_string(&b), ",\"b\":-5,\"c\":true}"));
	json_destroy(doc);
	buf_finish(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_documents_that_are_none),
	    cmocka_unit_test(test_blanks_around),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_number_of_values),
	    cmocka_unit_test(test_strings_and_their_limit),
	    cmocka_unit_test(test_whole_numbers_only),
	    cmocka_unit_test(test_cursors),
	    cmocka_unit_test(test_written_strings_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
