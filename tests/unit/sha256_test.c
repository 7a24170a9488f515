#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sha256.h"

static const char *
hex(struct sha256 *sha)
{
	static char text[2 * SHA256_BYTES + 1];
	uint8_t sum[SHA256_BYTES];

	sha256_end(sha, sum);
	for (int i = 0; i < SHA256_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", sum[i]);
	return text;
}

static const char *
sum_of(const char *data, size_t length)
{
	struct sha256 sha;

	sha256_init(&sha);
	sha256_add(&sha, data, length);
	return hex(&sha);
}

/* Those of FIPS 180-4's examples. */
static void
test_known_sums(void **state)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	struct sha256 sha;

	(void)state;
	assert_string_equal(
	    sum_of("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(
	    sum_of("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(sum_of(two, strlen(two)),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	sha256_init(&sha);
	for (int i = 0; i < 1000000; i++)
		sha256_add(&sha, "a", 1);
	assert_string_equal(
	    hex(&sha), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* However the bytes are cut, and wherever the padding falls. */
static void
test_pieces_add_up(void **state)
{
	char data[200];

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)(i * 7);
	for (size_t length = 0; length <= sizeof data; length++) {
		char whole[2 * SHA256_BYTES + 1];
		struct sha256 sha;

		memcpy(whole, sum_of(data, length), sizeof whole);
		for (size_t piece = 1; piece < 70; piece += 13) {
			sha256_init(&sha);
			for (size_t at = 0; at < length; at += piece)
				sha256_add(
				    &sha, data + at, length - at < piece ? length - at : piece);
			assert_string_equal(hex(&sha), whole);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_sums),
	    cmocka_unit_test(test_pieces_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
