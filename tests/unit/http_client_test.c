/* The libcurl transport: what goes over the wire, and what becomes of what goes wrong. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_fixture.h"

#include "base/mem.h"
#include "wire/limits.h"

/* ---- what goes over the wire ---- */

static void
sends_no_header_it_can_do_without(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *want;
	char *request;
	int c;

	start(s, &call, "the-token", "{\"a\":\"\xC3\xA9 \"}");
	c = takes(s);
	request = reads(s, c);
	want = mem_printf("POST /v1/send HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
	                  "Authorization: Bearer the-token\r\n"
	                  "Content-Length: %zu\r\n\r\n%s",
	    s->port, call.body.length, buf_string(&call.body));
	assert_string_equal(request, want);
	says(c, OK);
	ends(s, &call, STATUS_OK, true);
	assert_int_equal(call.bytes_up, strlen(want));
	assert_int_equal(call.bytes_down, sizeof OK - 1);
	free(want);
	free(request);
	close(c);
}

static void
sends_no_token_where_none_is_wanted(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *request;
	int c;

	start(s, &call, NULL, "{}");
	c = takes(s);
	request = reads(s, c);
	assert_int_equal(strncmp(request, "POST /v1/login HTTP/1.1\r\n", 25), 0);
	assert_null(strstr(request, "Authorization"));
	says(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 45\r\n\r\n"
	        "{\"error\":{\"code\":\"denied\",\"text\":\"it is so\"}}");
	ends(s, &call, STATUS_DENIED, false);
	assert_int_equal(call.error, WIRE_DENIED);
	free(request);
	close(c);
}

static void
base_path_of_the_url_is_kept(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	char *request;
	int c;

	transport_destroy(s->transport);
	create(s, "/tern//");
	start(s, &call, "t", "{}");
	c = takes(s);
	request = reads(s, c);
	assert_int_equal(strncmp(request, "POST /tern/v1/send HTTP/1.1\r\n", 29), 0);
	says(c, OK);
	ends(s, &call, STATUS_OK, true);
	free(request);
	close(c);
}

/* ---- connections ---- */

static void
connection_is_kept(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	int c = -1;

	for (int i = 0; i < 3; i++) {
		start(s, &call, "t", "{}");
		if (i == 0)
			c = takes(s);
		free(reads(s, c));
		says(c, OK);
		ends(s, &call, STATUS_OK, true);
	}
	assert_int_equal(accept(s->listener, NULL, NULL), -1);
	close(c);
}

static void
kept_connection_that_was_closed_is_made_anew(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	int c;

	for (int i = 0; i < 2; i++) {
		start(s, &call, "t", "{}");
		c = takes(s);
		free(reads(s, c));
		says(c, OK);
		ends(s, &call, STATUS_OK, true);
		close(c);
	}
}

static void
two_at_once_have_two_connections(void **state)
{
	struct stage *s = *state;
	struct transport_call held, quick;
	int first, second;

	start(s, &held, NULL, "{}");
	first = takes(s);
	free(reads(s, first));
	start(s, &quick, "t", "{}");
	second = takes(s);
	free(reads(s, second));
	says(second, OK);
	ends(s, &quick, STATUS_OK, true);
	says(first, OK);
	ends(s, &held, STATUS_OK, true);
	close(first);
	close(second);
}

static void
cancelled_call_is_not_told_of(void **state)
{
	struct stage *s = *state;
	struct transport_call call, next;
	int c;

	start(s, &call, "t", "{}");
	c = takes(s);
	free(reads(s, c));
	transport_cancel(s->transport, &call);
	transport_cancel(s->transport, &call);
	assert_null(call.backend);
	transport_call_finish(&call);
	hears_the_end(s, c); /* the server notices at once */
	assert_int_equal(s->done, 0);
	start(s, &next, "t", "{}");
	c = takes(s);
	free(reads(s, c));
	says(c, OK);
	ends(s, &next, STATUS_OK, true);
	close(c);
}

static void
wakes_for_descriptors(void **state)
{
	struct stage *s = *state;
	struct pollfd fd = {.events = POLLIN};
	struct error err;
	int64_t before = time_mono();
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	fd.fd = fds[0];
	assert_int_equal(transport_wait(s->transport, &fd, 1, 1, &err), STATUS_OK);
	assert_int_equal(fd.revents, 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(transport_wait(s->transport, &fd, 1, 5000, &err), STATUS_OK);
	assert_int_equal(fd.revents, POLLIN);
	assert_true(time_mono() - before < 4 * TIME_SECOND);
	close(fds[0]);
	close(fds[1]);
}

/* ---- what goes wrong ---- */

/* libcurl makes a request anew where a kept connection ends without an answer. The first one may
 * have been served. */
static void
request_made_twice_is_in_doubt(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	int c;

	start(s, &call, "t", "{}");
	c = takes(s);
	free(reads(s, c));
	says(c, OK);
	ends(s, &call, STATUS_OK, true);
	start(s, &call, "t", "{}");
	free(reads(s, c));
	close(c);
	c = takes(s);
	free(reads(s, c));
	says(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 46\r\n\r\n"
	        "{\"error\":{\"code\":\"draining\",\"text\":\"not now\"}}");
	ends(s, &call, STATUS_UNAVAILABLE, true);
	close(c);
}

static void
refused_connection_did_nothing(void **state)
{
	struct stage *s = *state;
	struct transport_call call;

	close(s->listener);
	s->listener = -1;
	start(s, &call, "t", "{}");
	ends(s, &call, STATUS_UNAVAILABLE, false);
	assert_int_equal(call.bytes_up, 0);
	assert_non_null(strstr(call.err.text, "cannot reach the server"));
}

static void
cut_is_in_doubt_once_the_request_left(void **state)
{
	static const char *const answers[] = {"", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}"};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct transport_call call;
		int c;

		start(s, &call, "t", "{}");
		c = takes(s);
		free(reads(s, c));
		says(c, answers[i]);
		close(c);
		ends(s, &call, STATUS_AGAIN, true);
	}
}

static void
no_answer_in_time_is_in_doubt(void **state)
{
	struct stage *s = *state;
	struct transport_call call = {
	    .method = method_get(METHOD_SEND),
	    .token = "t",
	    .timeout_ms = 60,
	    .done = on_done,
	    .arg = s,
	};
	int c;

	buf_init(&call.body, 10);
	buf_add_string(&call.body, "{}");
	transport_start(s->transport, &call);
	c = takes(s);
	free(reads(s, c));
	says(c, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"); /* slow, too */
	ends(s, &call, STATUS_AGAIN, true);
	hears_the_end(s, c);
}

static void
not_a_tern_server(void **state)
{
	static const char *const answers[] = {
	    "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
	    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n{}",
	    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\n"};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct transport_call call;
		int c;

		start(s, &call, "t", "{}");
		c = takes(s);
		free(reads(s, c));
		says(c, answers[i]);
		close(c);
		ends(s, &call, STATUS_PROTOCOL, true);
		assert_non_null(strstr(call.err.text, "check its URL"));
	}
}

static void
not_http_is_no_answer_of_ours(void **state)
{
	struct stage *s = *state;
	struct transport_call call;
	int c;

	start(s, &call, "t", "{}");
	c = takes(s);
	free(reads(s, c));
	says(c, "220 mail.example.org ESMTP\r\n");
	close(c);
	ends(s, &call, STATUS_PROTOCOL, true);
}

/* Sends as much as fits, without waiting. False once the connection is closed. */
static bool
says_some(int connection, const char *bytes, size_t length)
{
	ssize_t n = send(connection, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

	return n > 0 || (n < 0 && errno == EAGAIN);
}

static void
endless_answer_is_cut(void **state)
{
	static const char *const heads[] = {"HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n",
	    "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: "};
	struct stage *s = *state;
	char *bytes = mem_zalloc(1, 65536);

	memset(bytes, 'x', 65536);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct transport_call call;
		int c;

		start(s, &call, "t", "{}");
		c = takes(s);
		free(reads(s, c));
		says(c, heads[i]);
		UNTIL(s, !says_some(c, bytes, 65536));
		close(c);
		assert_int_equal(s->done, (int)i + 1);
		assert_int_equal(call.status, STATUS_AGAIN);
		assert_true(call.left);
		assert_true(call.bytes_down < 3 * LIMIT_ANSWER);
		transport_call_finish(&call);
	}
	free(bytes);
}

int
main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	static const struct CMUnitTest tests[] = {
	    ON_STAGE(sends_no_header_it_can_do_without),
	    ON_STAGE(sends_no_token_where_none_is_wanted),
	    ON_STAGE(base_path_of_the_url_is_kept),
	    ON_STAGE(connection_is_kept),
	    ON_STAGE(kept_connection_that_was_closed_is_made_anew),
	    ON_STAGE(two_at_once_have_two_connections),
	    ON_STAGE(cancelled_call_is_not_told_of),
	    ON_STAGE(wakes_for_descriptors),
	    ON_STAGE(request_made_twice_is_in_doubt),
	    ON_STAGE(refused_connection_did_nothing),
	    ON_STAGE(cut_is_in_doubt_once_the_request_left),
	    ON_STAGE(no_answer_in_time_is_in_doubt),
	    ON_STAGE(not_a_tern_server),
	    ON_STAGE(not_http_is_no_answer_of_ours),
	    ON_STAGE(endless_answer_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
