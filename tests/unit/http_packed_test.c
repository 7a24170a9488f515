/* The libcurl transport and compressed bodies (doc/protocol.md 1). */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_fixture.h"

#include "base/mem.h"
#include "wire/limits.h"
#include "wire/packer.h"

/* The whole request, whose body is compressed; *body is what it holds. Returns its length on the
 * wire. */
static size_t
reads_packed(struct stage *s, int connection, struct buf *body)
{
	struct packer *packer = packer_create();
	struct buf out;
	const char *why, *frame;
	size_t length;

	buf_init(&out, 3000000);
	buf_init(body, LIMIT_REQUEST);
	UNTIL(s, reads_some(connection, &out) && is_whole(&out));
	assert_non_null(strstr(out.data, "\r\nContent-Encoding: zstd\r\n"));
	frame = strstr(out.data, "\r\n\r\n") + 4;
	length = out.length;
	assert_int_equal(
	    packer_unpack(packer, body, frame, length - (size_t)(frame - out.data), &why), WIRE_OK);
	buf_finish(&out);
	packer_destroy(packer);
	return length;
}

/* Letters that don't shrink to less than half. */
static char *
letters(size_t length)
{
	char *text = mem_zalloc(length + 1, 1);
	uint32_t random = 1;

	for (size_t i = 0; i < length; i++) {
		random = random * 1664525 + 1013904223;
		text[i] = (char)('a' + (random >> 24) % 26);
	}
	return text;
}

static void
large_requests_go_without_asking(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *body = letters(1000000);
	struct buf got;
	size_t length;
	int c;

	start(s, &call, "t", body);
	c = takes(s);
	length = reads_packed(s, c, &got);
	assert_string_equal(buf_string(&got), body);
	says(c, OK);
	ends(s, &call, STATUS_OK, true);
	assert_true(length > 500000);
	assert_int_equal(call.bytes_up, length);
	free(body);
	buf_finish(&got);
	close(c);
}

static void
small_requests_go_as_they_are(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *body = letters(LIMIT_PLAIN);
	char *request;
	int c;

	start(s, &call, "t", body);
	c = takes(s);
	request = reads(s, c);
	assert_string_equal(strstr(request, "\r\n\r\n") + 4, body);
	assert_null(strstr(request, "Encoding"));
	says(c, OK);
	ends(s, &call, STATUS_OK, true);
	free(request);
	free(body);
	close(c);
}

#define UNSUPPORTED \
	"HTTP/1.1 501 \r\nContent-Length: 44\r\nConnection: close\r\n\r\n" \
	"{\"error\":{\"code\":\"unsupported\",\"text\":\"no\"}}"

/* A server that doesn't take compressed bodies gets this one, and all after it, as they are. */
static void
plain_where_compression_is_not_taken(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *body = letters(3000);
	struct buf got;
	char *request;
	size_t length;
	int c;

	start(s, &call, "t", body);
	c = takes(s);
	length = reads_packed(s, c, &got);
	says(c, UNSUPPORTED);
	close(c);
	for (int i = 0; i < 2; i++) {
		if (i > 0)
			start(s, &call, "t", body);
		c = takes(s);
		request = reads(s, c);
		assert_null(strstr(request, "Encoding"));
		assert_string_equal(strstr(request, "\r\n\r\n") + 4, body);
		length += strlen(request);
		assert_int_equal(s->done, i);
		says(c, OK);
		ends(s, &call, STATUS_OK, true);
		assert_int_equal(call.bytes_up, length);
		free(request);
		length = 0;
		close(c);
	}
	buf_finish(&got);
	free(body);
}

/* … and where that one gets no answer, it is in doubt, as any. */
static void
plain_one_may_be_in_doubt(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *body = letters(3000);
	struct buf got;
	int c;

	start(s, &call, "t", body);
	c = takes(s);
	reads_packed(s, c, &got);
	says(c, UNSUPPORTED);
	close(c);
	c = takes(s);
	free(reads(s, c));
	close(c);
	ends(s, &call, STATUS_AGAIN, true);
	start(s, &call, "t", body);
	c = takes(s);
	free(reads(s, c));
	says(c, UNSUPPORTED); /* it isn't made a third time */
	ends(s, &call, STATUS_PROTOCOL, false);
	close(c);
	buf_finish(&got);
	free(body);
}

static void
answers_are_asked_for_compressed_where_they_may_be_large(void **state)
{
	struct stage *s = *state;
	int c = -1;

	for (enum method_id id = METHOD_REGISTER; id < METHOD_COUNT; id++) {
		struct transport_call call = {.method = method_get(id),
		    .token = "t",
		    .timeout_ms = 4000,
		    .done = on_done,
		    .arg = s};
		char *request;

		buf_init(&call.body, 10);
		buf_add_string(&call.body, "{}");
		transport_start(s->transport, &call);
		if (c < 0)
			c = takes(s);
		request = reads(s, c);
		assert_true(
		    !strstr(request, "\r\nAccept-Encoding: zstd\r\n") != call.method->large);
		free(request);
		says(c, OK);
		ends(s, &call, STATUS_OK, true);
	}
	close(c);
}

/* Answers with a compressed body of that many spaces in an object, `more` bytes of it left out (or,
 * below 0, too many). Returns how long the answer is. */
static size_t
says_packed(int connection, size_t spaces, int more)
{
	struct packer *packer = packer_create();
	struct buf body, frame, out;
	size_t length;

	buf_init(&body, 2 * LIMIT_ANSWER);
	memset(buf_reserve(&body, spaces + 2), ' ', spaces + 2);
	body.length = spaces + 2;
	body.data[0] = '{';
	body.data[spaces + 1] = '}';
	buf_init(&frame, LIMIT_ANSWER);
	assert_true(packer_pack(packer, &body, &frame));
	if (more < 0)
		buf_add(&frame, "trailing garbage", (size_t)-more);
	else
		frame.length -= (size_t)more;
	buf_init(&out, LIMIT_ANSWER);
	buf_printf(&out, "HTTP/1.1 200 \r\nContent-Length: %zu\r\ncontent-encoding: zstd\r\n\r\n",
	    frame.length);
	buf_add(&out, frame.data, frame.length);
	length = out.length;
	assert_int_equal(send(connection, out.data, length, MSG_NOSIGNAL), length);
	buf_finish(&body);
	buf_finish(&frame);
	buf_finish(&out);
	packer_destroy(packer);
	return length;
}

static void
compressed_answers_are_taken(void **state)
{
	static const size_t spaces[] = {2000, LIMIT_ANSWER - 2};
	struct stage *s = *state;
	struct transport_call call;
	size_t length;
	int c;

	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
		start(s, &call, "t", "{}");
		c = takes(s);
		free(reads(s, c));
		length = says_packed(c, spaces[i], 0);
		ends(s, &call, STATUS_OK, true);
		assert_int_equal(call.bytes_down, length); /* of the wire */
		close(c);
	}
}

static void
compressed_answers_may_be_wrong(void **state)
{
	static const struct {
		size_t spaces;
		int more;
	} cases[] = {{2000, 1}, {2000, 10}, {2000, -1}, {2000, -16}, {LIMIT_ANSWER - 1, 0}};
	struct stage *s = *state;
	struct transport_call call;
	int c;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		start(s, &call, "t", "{}");
		c = takes(s);
		free(reads(s, c));
		says_packed(c, cases[i].spaces, cases[i].more);
		ends(s, &call, STATUS_PROTOCOL, true);
		close(c);
	}
	start(s, &call, "t", "{}");
	c = takes(s);
	free(reads(s, c));
	says(c, "HTTP/1.1 200 \r\nContent-Length: 2\r\nContent-Encoding: zstd\r\n\r\n{}");
	ends(s, &call, STATUS_PROTOCOL, true);
	close(c);
}

int
main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	static const struct CMUnitTest tests[] = {
	    ON_STAGE(large_requests_go_without_asking),
	    ON_STAGE(small_requests_go_as_they_are),
	    ON_STAGE(plain_where_compression_is_not_taken),
	    ON_STAGE(plain_one_may_be_in_doubt),
	    ON_STAGE(answers_are_asked_for_compressed_where_they_may_be_large),
	    ON_STAGE(compressed_answers_are_taken),
	    ON_STAGE(compressed_answers_may_be_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
