/* Addresses and keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/address.h"
#include "model/key.h"

#define LONG64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_addresses_that_are(void **state)
{
	(void)state;
	assert_true(address_is_valid("a@b"));
	assert_true(address_is_valid("alice.w_1-x@example.org"));
	assert_true(address_is_valid("#group@example.org"));
	assert_true(address_is_valid("#" LONG64 "@" LONG64));
	assert_true(address_is_group("#group@example.org"));
	assert_false(address_is_group("alice@example.org"));
	assert_string_equal(address_domain("alice@example.org"), "example.org");
}

static void
test_addresses_that_are_not(void **state)
{
	static const char *const bad[] = {"", "@", "a@", "@b", "a", "A@b", "a@B", "a@b@c", "a b@c",
	    "a@b ", "#@b", "##a@b", "+a@b", "a/b@c", "a@b/c", "\xc3\xa4@b", "a@b\n", "a%@b", "a'@b",
	    LONG64 "x@b", "a@" LONG64 "x"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(address_is_valid(bad[i]));
}

static void
test_typed_addresses(void **state)
{
	struct address a;

	(void)state;
	assert_int_equal(address_parse(&a, "Alice", "example.org", NULL), STATUS_OK);
	assert_string_equal(a.text, "alice@example.org");
	assert_int_equal(address_parse(&a, "BOB@Example.NET", "example.org", NULL), STATUS_OK);
	assert_string_equal(a.text, "bob@example.net");
	assert_int_equal(address_parse(&a, "+team", "example.org", NULL), STATUS_OK);
	assert_string_equal(a.text, "#team@example.org");
}

static void
test_typed_nonsense_says_so(void **state)
{
	static const char *const bad[] = {"", "a b", "@", "a@b@c", "../../etc/passwd",
	    LONG64 LONG64 LONG64 LONG64 LONG64, "\x1b[2J"};
	struct address a = {"untouched"};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		err.text[0] = '\0';
		assert_int_equal(address_parse(&a, bad[i], "example.org", &err), STATUS_USAGE);
		assert_true(strlen(err.text) > 20);
	}
	assert_int_equal(address_parse(&a, "alice", NULL, &err), STATUS_USAGE);
	assert_string_equal(a.text, "untouched");
}

static void
test_keys_sort_as_they_are_made(void **state)
{
	struct key last, key;

	(void)state;
	key_make(&last, NULL);
	for (int i = 0; i < 10000; i++) {
		key_make(&key, &last);
		assert_true(memcmp(key.bytes, last.bytes, KEY_BYTES) > 0);
		assert_int_equal(key.bytes[6] & 0xF0, 0x70);
		assert_int_equal(key.bytes[8] & 0xC0, 0x80);
		last = key;
	}
}

static void
test_keys_grow_where_the_clock_goes_back(void **state)
{
	struct key last, key;

	(void)state;
	/* The last key of a millisecond far in the future: the next one carries over. */
	assert_true(key_parse(&last, "f0000000-0000-7fff-bfff-ffffffffffff"));
	key_make(&key, &last);
	assert_true(memcmp(key.bytes, last.bytes, KEY_BYTES) > 0);
	assert_int_equal(key.bytes[6] & 0xF0, 0x70);
	assert_int_equal(key.bytes[8] & 0xC0, 0x80);
}

static void
test_keys_as_text(void **state)
{
	static const char *const bad[] = {"", "x", "018f0000-0000-7000-8000-00000000000",
	    "018f0000-0000-7000-8000-0000000000000", "018f0000+0000-7000-8000-000000000000",
	    "018f00000000700080000000000000000000", "g18f0000-0000-7000-8000-000000000000"};
	char text[KEY_TEXT_SIZE];
	struct key key, again;

	(void)state;
	key_make(&key, NULL);
	assert_int_equal(strlen(key_format(&key, text)), KEY_TEXT_SIZE - 1);
	assert_true(key_parse(&again, text));
	assert_true(key_equal(&key, &again));
	assert_true(key_parse(&key, "018F0000-ABCD-7000-8000-00000000000A"));
	assert_string_equal(key_format(&key, text), "018f0000-abcd-7000-8000-00000000000a");
	assert_false(key_equal(&key, &again));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(key_parse(&key, bad[i]));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses_that_are),
	    cmocka_unit_test(test_addresses_that_are_not),
	    cmocka_unit_test(test_typed_addresses),
	    cmocka_unit_test(test_typed_nonsense_says_so),
	    cmocka_unit_test(test_keys_sort_as_they_are_made),
	    cmocka_unit_test(test_keys_grow_where_the_clock_goes_back),
	    cmocka_unit_test(test_keys_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
