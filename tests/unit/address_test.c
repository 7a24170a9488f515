/* Addresses: every bound of their two parts, and what a person may type for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/address.h"

#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16

static void
test_valid(void **state)
{
	static const char *const good[] = {"a@b", "alice@example.org", "#team@example.org", "0@0",
	    "._-@-_.", "..@x", X64 "@" X64, "#" X64 "@" X64};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!address_is_valid(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void
test_not_valid(void **state)
{
	static const char *const bad[] = {"", "@", "a@", "@b", "#@b", "#", "a", "a@b@c", "a@@b",
	    "A@b", "a@B", "+a@b", "##a@b", "a#@b", "a@#b", "a b@c", " a@b", "a@b ", "a@b\n",
	    "a/b@c", "../x@y", "é@b", "a@é", "a\x01@b", "a@b\x80", "a:b@c", "a@b:1", X64 "x@b",
	    "a@" X64 "x", "#" X64 "x@b", X64 X64 "@" X64};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (address_is_valid(bad[i]))
			fail_msg("taken: '%s'", bad[i]);
}

static void
test_parse(void **state)
{
	static const struct {
		const char *text, *domain, *want;
	} cases[] = {
	    {"alice@example.org", NULL, "alice@example.org"},
	    {"Alice@Example.ORG", NULL, "alice@example.org"},
	    {"+team@x", NULL, "#team@x"},
	    {"#Team@x", NULL, "#team@x"},
	    {"bob", "example.org", "bob@example.org"},
	    {"BOB", "example.org", "bob@example.org"},
	    {"+team", "x", "#team@x"},
	    {"bob@y", "x", "bob@y"},
	    {"#" X64 "@" X64, NULL, "#" X64 "@" X64},
	    {"+" X64, X64, "#" X64 "@" X64},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct address address;
		struct error err;

		assert_int_equal(
		    address_parse(&address, cases[i].text, cases[i].domain, &err), STATUS_OK);
		assert_string_equal(address.text, cases[i].want);
		assert_true(address_is_valid(address.text));
	}
}

static void
test_parse_refuses(void **state)
{
	static const struct {
		const char *text, *domain;
	} cases[] = {
	    {"", NULL},
	    {"", "x"},
	    {"bob", NULL},
	    {"bob@", "x"},
	    {"@x", "x"},
	    {"++team@x", NULL},
	    {"+#team@x", NULL},
	    {"bob smith", "x"},
	    {"İ@x", NULL},
	    {"#" X64 "@" X64 "x", NULL},
	    {"#" X64 X64 X64 X64 X64 "@x", NULL},
	    {X64 "x", "x"},
	    {"\033[2J@x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct address address = {"as@before"};
		struct error err;

		assert_int_equal(
		    address_parse(&address, cases[i].text, cases[i].domain, &err), STATUS_USAGE);
		assert_string_equal(address.text, "as@before");
		assert_non_null(strstr(err.text, "is not an address"));
	}
}

/* A sentence that quotes what was typed cuts it between characters. */
static void
test_sentence_is_utf8(void **state)
{
	char text[200] = "";
	struct address address;
	struct error err;

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'x', shift);
		text[shift] = '\0';
		for (int i = 0; i < 40; i++)
			strncat(text, "→", sizeof text - strlen(text) - 1);
		assert_int_equal(address_parse(&address, text, NULL, &err), STATUS_USAGE);
		assert_true(text_is_utf8(err.text, strlen(err.text)));
	}
}

static void
test_parts(void **state)
{
	(void)state;
	assert_true(address_is_group("#a@b"));
	assert_false(address_is_group("a@b"));
	assert_string_equal(address_domain("a@b.c"), "b.c");
	assert_string_equal(address_domain("nothing"), "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_valid),
	    cmocka_unit_test(test_not_valid),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_parse_refuses),
	    cmocka_unit_test(test_sentence_is_utf8),
	    cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
