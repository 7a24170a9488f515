/* The HTTP head parser: what it takes, what it refuses and with which code, in any pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http.h"
#include "wire/limits.h"

#define LINE "POST /v1/send HTTP/1.1\r\n"

static enum http_state
parse(struct http_parser *parser, const char *text)
{
	http_parser_init(parser);
	return http_parse(parser, text, strlen(text));
}

static void
assert_slice(const char *data, struct http_slice slice, const char *want)
{
	assert_int_equal(slice.length, strlen(want));
	assert_memory_equal(data + slice.at, want, slice.length);
}

static void
test_takes_a_request(void **state)
{
	static const char text[] =
	    LINE "Host: x\r\ncontent-LENGTH:\t 7 \r\n"
	         "authorization: bearer  abc-_9\r\n"
	         "Expect: 100-Continue\r\nConnection: TE, close\r\n\r\n1234567";
	struct http_parser p;

	(void)state;
	assert_int_equal(parse(&p, text), HTTP_DONE);
	assert_int_equal(p.head.length, sizeof text - 1 - 7);
	assert_int_equal(p.head.content_length, 7);
	assert_slice(text, p.head.verb, "POST");
	assert_slice(text, p.head.target, "/v1/send");
	assert_slice(text, p.head.token, "abc-_9");
	assert_true(p.head.wants_continue);
	assert_true(p.head.close);
}

static void
test_get_needs_no_length(void **state)
{
	struct http_parser p;

	(void)state;
	assert_int_equal(parse(&p, "GET /healthz HTTP/1.1\r\n\r\n"), HTTP_DONE);
	assert_int_equal(p.head.content_length, 0);
	assert_int_equal(p.head.token.length, 0);
	assert_false(p.head.close);
	assert_false(p.head.wants_continue);
}

static void
test_refuses(void **state)
{
	static const struct {
		const char *text;
		enum wire_error error;
	} cases[] = {
	    {LINE "\r\n", WIRE_LENGTH_REQUIRED},
	    {LINE "Host: x\r\n\r\n", WIRE_LENGTH_REQUIRED},
	    {LINE "Content-Length: +7\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length: -7\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length: 0x7\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length: 7 7\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length: 7,7\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length:\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length: 7\r\nContent-Length: 7\r\n", WIRE_BAD_REQUEST},
	    {LINE "Transfer-Encoding: chunked\r\n", WIRE_UNSUPPORTED},
	    {LINE "Transfer-Encoding: identity\r\n", WIRE_UNSUPPORTED},
	    {LINE "Content-Length: 7\r\ntransfer-encoding: chunked\r\n", WIRE_UNSUPPORTED},
	    {LINE "Content-Encoding: br\r\n", WIRE_UNSUPPORTED},
	    {LINE "Authorization: Bearer a\r\nAuthorization: Bearer a\r\n", WIRE_BAD_REQUEST},
	    {LINE "Host: x\r\n folded\r\n", WIRE_BAD_REQUEST},
	    {LINE "Host: x\r\n\tfolded\r\n", WIRE_BAD_REQUEST},
	    {LINE "Content-Length : 7\r\n", WIRE_BAD_REQUEST},
	    {LINE ": 7\r\n", WIRE_BAD_REQUEST},
	    {LINE "nothing\r\n", WIRE_BAD_REQUEST},
	    {LINE "Host: x\n", WIRE_BAD_REQUEST},
	    {LINE "Host: x\ry", WIRE_BAD_REQUEST},
	    {LINE "Host: x\r\r\n", WIRE_BAD_REQUEST},
	    {LINE "Host: \x01\r\n", WIRE_BAD_REQUEST},
	    {LINE "Host: \x7f\r\n", WIRE_BAD_REQUEST},
	    {"\r\n" LINE, WIRE_BAD_REQUEST},
	    {"\n", WIRE_BAD_REQUEST},
	    {"\x16\x03\x01\x02", WIRE_BAD_REQUEST}, /* TLS where HTTP was meant */
	    {"POST\r\n", WIRE_BAD_REQUEST},
	    {"POST /\r\n", WIRE_BAD_REQUEST},
	    {" / HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"P(ST / HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST  / HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST /  HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST / HTTP/1.1 \r\n", WIRE_BAD_REQUEST},
	    {"POST\t/ HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST /\xc3\xa9 HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST http://x/ HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"OPTIONS * HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST /v1/send#x HTTP/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST / http/1.1\r\n", WIRE_BAD_REQUEST},
	    {"POST / HTTP/1.10\r\n", WIRE_BAD_REQUEST},
	    {"POST / HTTP/1.0\r\n", WIRE_VERSION},
	    {"POST / HTTP/2.0\r\n", WIRE_VERSION},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_parser p;

		if (parse(&p, cases[i].text) != HTTP_WRONG)
			fail_msg("taken: %s", cases[i].text);
		if (p.error != cases[i].error)
			fail_msg("%s for: %s", wire_error_name(p.error), cases[i].text);
		assert_non_null(p.why);
	}
}

static void
test_refuses_nul(void **state)
{
	static const char text[] = LINE "Host: a\0b\r\n";
	struct http_parser p;

	(void)state;
	http_parser_init(&p);
	assert_int_equal(http_parse(&p, text, sizeof text - 1), HTTP_WRONG);
	assert_int_equal(p.error, WIRE_BAD_REQUEST);
}

/* Lengths beyond all counting are digits all the same: it is the body that is too large. */
static void
test_counts_large_lengths(void **state)
{
	struct http_parser p;

	(void)state;
	assert_int_equal(
	    parse(&p, LINE "Content-Length: 99999999999999999999999999\r\n\r\n"), HTTP_DONE);
	assert_true(p.head.content_length == INT64_MAX);
	assert_int_equal(parse(&p, LINE "Content-Length: 9223372036854775807\r\n\r\n"), HTTP_DONE);
	assert_true(p.head.content_length == INT64_MAX);
	assert_int_equal(parse(&p, LINE "Content-Length: 104857600\r\n\r\n"), HTTP_DONE);
	assert_int_equal(p.head.content_length, 104857600);
	assert_int_equal(
	    parse(&p, LINE "Content-Length: 000000000000000000000007\r\n\r\n"), HTTP_DONE);
	assert_int_equal(p.head.content_length, 7);
}

static void
test_other_schemes_are_no_token(void **state)
{
	static const char *const values[] = {"Basic abc", "Bearer", "Bearer a b", "Bearerabc", ""};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char text[128] = "GET / HTTP/1.1\r\nAuthorization: ";
		struct http_parser p;

		memcpy(text + strlen(text), values[i], strlen(values[i]) + 1);
		memcpy(text + strlen(text), "\r\n\r\n", 5);
		assert_int_equal(parse(&p, text), HTTP_DONE);
		assert_int_equal(p.head.token.length, 0);
	}
}

/* A head of length bytes, its empty line included. */
static void
make_head(char *text, size_t length)
{
	static const char start[] = "GET / HTTP/1.1\r\nX: ";

	memcpy(text, start, sizeof start - 1);
	memset(text + sizeof start - 1, 'x', length - (sizeof start - 1) - 4);
	memcpy(text + length - 4, "\r\n\r\n", 4);
}

static void
test_encodings(void **state)
{
	static const struct {
		const char *headers;
		bool packed;
		bool takes;
	} cases[] = {
	    {"", false, false},
	    {"Content-Encoding: identity\r\n", false, false},
	    {"content-encoding: ZSTD\r\n", true, true},
	    {"Accept-Encoding: zstd\r\n", false, true},
	    {"Accept-Encoding: gzip, deflate,br ,\tzstd\r\n", false, true},
	    {"Accept-Encoding: gzip\r\nAccept-Encoding: zstd;q=0.3\r\n", false, true},
	    {"Accept-Encoding: zstd ; q=0.001 , gzip\r\n", false, true},
	    {"Accept-Encoding: zstd;q=1\r\n", false, true},
	    {"Accept-Encoding: zstd; q=0\r\n", false, false},
	    {"Accept-Encoding: zstd;q=0.000, gzip;q=1\r\n", false, false},
	    {"Accept-Encoding: gzip;q=1, zstdx, *\r\n", false, false},
	    {"Accept-Encoding: ,, ,\r\n", false, false},
	    {"Accept-Encoding:\r\n", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[128] = "GET / HTTP/1.1\r\n";
		struct http_parser p;

		memcpy(text + strlen(text), cases[i].headers, strlen(cases[i].headers) + 1);
		memcpy(text + strlen(text), "\r\n", 3);
		assert_int_equal(parse(&p, text), HTTP_DONE);
		assert_int_equal(p.head.packed, cases[i].packed);
		assert_int_equal(p.head.takes_packed, cases[i].takes);
	}
}

static void
test_head_limit(void **state)
{
	static char text[LIMIT_HEAD + 1];
	struct http_parser p;

	(void)state;
	make_head(text, LIMIT_HEAD);
	http_parser_init(&p);
	assert_int_equal(http_parse(&p, text, LIMIT_HEAD - 1), HTTP_MORE);
	assert_int_equal(http_parse(&p, text, LIMIT_HEAD), HTTP_DONE);
	assert_int_equal(p.head.length, LIMIT_HEAD);

	make_head(text, LIMIT_HEAD + 1);
	http_parser_init(&p);
	assert_int_equal(http_parse(&p, text, LIMIT_HEAD - 1), HTTP_MORE);
	assert_int_equal(http_parse(&p, text, LIMIT_HEAD), HTTP_WRONG);
	assert_int_equal(p.error, WIRE_HEAD_TOO_LARGE);
}

/* Feeds text in pieces that random() cuts (always of one byte where step is 1), and checks that
 * the outcome is what it is in one piece. */
static void
assert_same_in_pieces(const char *text, size_t length, unsigned int *seed, size_t step)
{
	struct http_parser whole, pieces;
	enum http_state want, got = HTTP_MORE;

	http_parser_init(&whole);
	want = http_parse(&whole, text, length);
	http_parser_init(&pieces);
	for (size_t fed = 0; fed < length && got == HTTP_MORE;) {
		/* A copy of just that much, so that a sanitizer sees reads beyond. */
		char *copy;

		fed += 1 + (size_t)rand_r(seed) % step;
		if (fed > length)
			fed = length;
		copy = malloc(fed);
		assert_non_null(copy);
		memcpy(copy, text, fed);
		got = http_parse(&pieces, copy, fed);
		free(copy);
	}
	assert_int_equal(got, want);
	assert_int_equal(pieces.error, whole.error);
	if (want == HTTP_DONE) {
		assert_memory_equal(&pieces.head, &whole.head, sizeof whole.head);
		assert_true(whole.head.length <= length);
		assert_true(whole.head.token.at + whole.head.token.length <= whole.head.length);
		assert_true(whole.head.content_length >= 0);
	}
}

static const char sample[] = "POST /v1/events HTTP/1.1\r\nHost: localhost:7480\r\n"
                             "Authorization: Bearer 0123456789012345678901234567890123456789abc\r\n"
                             "Accept-Encoding: gzip, zstd ;q=0.5\r\n"
                             "Content-Encoding: zstd\r\n"
                             "Content-Length: 17\r\nConnection: keep-alive, close\r\n"
                             "Expect: 100-continue\r\n\r\n{\"cursor\":[\"\",0]}";

static void
test_byte_by_byte(void **state)
{
	unsigned int seed = 1;

	(void)state;
	assert_same_in_pieces(sample, sizeof sample - 1, &seed, 1);
}

static void
test_mutations(void **state)
{
	static const char spice[] = "\r\n\t :,+-07aZ/\0\x7f\xff";
	unsigned int seed = 20261122;
	int taken = 0, refused = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[sizeof sample];
		size_t length = sizeof sample - 1;
		struct http_parser p;

		memcpy(text, sample, sizeof text);
		for (int n = 1 + rand_r(&seed) % 3; n > 0; n--) {
			size_t at = (size_t)rand_r(&seed) % length;

			if (rand_r(&seed) % 4 == 0)
				memmove(text + at, text + at + 1, --length - at);
			else
				text[at] = spice[(size_t)rand_r(&seed) % (sizeof spice - 1)];
		}
		assert_same_in_pieces(text, length, &seed, 40);
		http_parser_init(&p);
		switch (http_parse(&p, text, length)) {
		case HTTP_DONE:
			taken++;
			break;
		case HTTP_WRONG:
			assert_int_not_equal(p.error, WIRE_OK);
			refused++;
			break;
		case HTTP_MORE:
			break;
		}
	}
	/* Otherwise the mutations reach nothing. */
	assert_true(taken > 1000);
	assert_true(refused > 1000);
}

static void
test_answer_head(void **state)
{
	char head[HTTP_ANSWER_HEAD];
	size_t length;

	(void)state;
	length = http_answer_head(head, 200, &(struct http_body){.length = 12}, false);
	assert_int_equal(length, strlen("HTTP/1.1 200 \r\nContent-Length: 12\r\n\r\n"));
	assert_memory_equal(head, "HTTP/1.1 200 \r\nContent-Length: 12\r\n\r\n", length);
	length = http_answer_head(
	    head, 408, &(struct http_body){"text/plain; version=0.0.4", SIZE_MAX, true}, true);
	assert_true(length < HTTP_ANSWER_HEAD);
	assert_memory_equal(head + length - 23, "\r\nConnection: close\r\n\r\n", 23);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_takes_a_request),
	    cmocka_unit_test(test_get_needs_no_length),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_refuses_nul),
	    cmocka_unit_test(test_counts_large_lengths),
	    cmocka_unit_test(test_other_schemes_are_no_token),
	    cmocka_unit_test(test_encodings),
	    cmocka_unit_test(test_head_limit),
	    cmocka_unit_test(test_byte_by_byte),
	    cmocka_unit_test(test_mutations),
	    cmocka_unit_test(test_answer_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
