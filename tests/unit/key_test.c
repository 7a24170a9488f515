/* Keys: UUIDv7s that grow, and their text form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timeu.h"
#include "model/key.h"
#include "model/message.h"

static int64_t
milliseconds(const struct key *key)
{
	int64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | key->bytes[i];
	return ms;
}

static void
assert_is_v7(const struct key *key)
{
	assert_int_equal(key->bytes[6] >> 4, 7);
	assert_int_equal(key->bytes[8] >> 6, 2);
}

static void
test_is_a_uuid_v7_of_now(void **state)
{
	int64_t before = time_wall() / TIME_MS;
	struct key a, b;

	(void)state;
	key_make(&a, NULL);
	key_make(&b, NULL);
	assert_is_v7(&a);
	assert_in_range(milliseconds(&a), before, time_wall() / TIME_MS);
	assert_false(key_equal(&a, &b));
	assert_true(key_equal(&a, &a));
}

static void
test_each_sorts_after_the_last(void **state)
{
	struct key last, next;

	(void)state;
	key_make(&last, NULL);
	for (int i = 0; i < 20000; i++) {
		key_make(&next, &last);
		assert_true(memcmp(next.bytes, last.bytes, KEY_BYTES) > 0);
		assert_is_v7(&next);
		last = next;
	}
}

/* The clock may go back; the carry passes version and variant by. */
static void
test_sorts_after_though_the_clock_went_back(void **state)
{
	struct key last, next;

	(void)state;
	assert_true(key_parse(&last, "ffffffff-fffe-7fff-bfff-ffffffffffff"));
	key_make(&next, &last);
	assert_is_v7(&next);
	assert_true(memcmp(next.bytes, last.bytes, KEY_BYTES) > 0);
	assert_true(key_parse(&last, "fff00000-0000-7000-bfff-ffffffffffff"));
	key_make(&next, &last);
	assert_true(key_parse(&last, "fff00000-0000-7001-8000-000000000000"));
	assert_true(key_equal(&next, &last));
}

static void
test_text_form(void **state)
{
	static const char text[] = "0193e2a0-1b2c-7d3e-8f40-123456789abc";
	char back[KEY_TEXT_SIZE];
	struct key key, upper;

	(void)state;
	assert_true(key_parse(&key, text));
	assert_string_equal(key_format(&key, back), text);
	assert_true(key_parse(&upper, "0193E2A0-1B2C-7D3E-8F40-123456789ABC"));
	assert_true(key_equal(&key, &upper));
	for (int i = 0; i < 100; i++) {
		key_make(&key, NULL);
		assert_true(key_parse(&upper, key_format(&key, back)));
		assert_true(key_equal(&key, &upper));
	}
}

static void
test_what_is_not_a_key(void **state)
{
	static const char *const bad[] = {"", "0", "0193e2a0-1b2c-7d3e-8f40-123456789ab",
	    "0193e2a0-1b2c-7d3e-8f40-123456789abcd", "0193e2a01b2c7d3e8f40123456789abc",
	    "0193e2a0-1b2c-7d3e-8f40_123456789abc", "0193e2a0-1b2c-7d3e-8f40-123456789abg",
	    "{0193e2a0-1b2c-7d3e-8f40-123456789ab}", "0193e2a0-1b2c-7d3e-8f40-",
	    "0193e2a-01b2c-7d3e-8f40-123456789abc", " 193e2a0-1b2c-7d3e-8f40-123456789abc",
	    "0193e2a0-1b2c-7d3e-8f40-123456789abc "};
	struct key key;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (key_parse(&key, bad[i]))
			fail_msg("taken: '%s'", bad[i]);
}

static void
test_state_names(void **state)
{
	(void)state;
	assert_null(message_state_name(STATE_NONE));
	assert_string_equal(message_state_name(STATE_QUEUED), "queued");
	assert_string_equal(message_state_name(STATE_SENT), "sent");
	assert_string_equal(message_state_name(STATE_FAILED), "failed");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_is_a_uuid_v7_of_now),
	    cmocka_unit_test(test_each_sorts_after_the_last),
	    cmocka_unit_test(test_sorts_after_though_the_clock_went_back),
	    cmocka_unit_test(test_text_form),
	    cmocka_unit_test(test_what_is_not_a_key),
	    cmocka_unit_test(test_state_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
