/* What an answer means, delays between tries, URLs, and the scripted transport itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/timeu.h"
#include "net/backoff.h"
#include "net/fake.h"
#include "net/http.h"
#include "quotes.h"

/* ---- outcomes ---- */

static void
assert_outcome(
    long http_status, const char *body, enum status status, enum wire_error error, bool left)
{
	struct transport_call call = {.doc = NULL};
	char *text = quoted(body);

	transport_answered(&call, http_status, text, strlen(text));
	if (call.status != status || call.error != error || call.left != left)
		fail_msg("%d %s left %d (%s) for %ld %s", call.status, wire_error_name(call.error),
		    call.left, call.err.text, http_status, body);
	assert_int_equal(call.doc != NULL, status == STATUS_OK);
	if (status != STATUS_OK) {
		assert_int_equal(call.err.status, status);
		assert_true(strlen(call.err.text) > 10);
	}
	transport_call_finish(&call);
	assert_null(call.doc);
	free(text);
}

#define ERROR(code) "{'error':{'code':'" code "','text':'said the test'}}"

static void
test_what_an_answer_means(void **state)
{
	(void)state;
	assert_outcome(200, "{}", STATUS_OK, WIRE_OK, true);
	assert_outcome(200, "{'error':7}", STATUS_OK, WIRE_OK, true);
	assert_outcome(429, ERROR("busy"), STATUS_UNAVAILABLE, WIRE_BUSY, false);
	assert_outcome(503, ERROR("draining"), STATUS_UNAVAILABLE, WIRE_DRAINING, false);
	assert_outcome(503, ERROR("storage"), STATUS_UNAVAILABLE, WIRE_STORAGE, false);
	assert_outcome(401, ERROR("unauthorized"), STATUS_DENIED, WIRE_UNAUTHORIZED, false);
	assert_outcome(403, ERROR("denied"), STATUS_DENIED, WIRE_DENIED, false);
	assert_outcome(413, ERROR("too-large"), STATUS_TOO_LARGE, WIRE_TOO_LARGE, false);
	/* The code counts, not the number. */
	assert_outcome(299, ERROR("busy"), STATUS_UNAVAILABLE, WIRE_BUSY, false);
	/* A defect may have happened after the deed. */
	assert_outcome(500, ERROR("internal"), STATUS_PROTOCOL, WIRE_INTERNAL, true);
	assert_outcome(400, ERROR("of-the-future"), STATUS_PROTOCOL, WIRE_INTERNAL, true);
	assert_outcome(400, ERROR("ok"), STATUS_PROTOCOL, WIRE_INTERNAL, true);
}

/* In doubt: something stands between, which may have passed the request on. */
static void
test_what_is_no_answer(void **state)
{
	static const char *const bodies[] = {"", "<html>502</html>", "[]", "{", "{}", "{'error':7}",
	    "{'error':{}}", "{'error':{'code':'busy'}}", "{'error':{'text':'x'}}",
	    "{'error':{'code':7,'text':'x'}}"};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		assert_outcome(502, bodies[i], STATUS_PROTOCOL, WIRE_OK, true);
	for (size_t i = 0; i < 4; i++)
		assert_outcome(200, bodies[i], STATUS_PROTOCOL, WIRE_OK, true);
	assert_outcome(0, "", STATUS_PROTOCOL, WIRE_OK, true);
}

static void
test_the_servers_sentence_is_told(void **state)
{
	struct transport_call call = {.doc = NULL};
	char *text = quoted("{'error':{'code':'denied','text':'no,\\nnever'}}");

	(void)state;
	transport_answered(&call, 403, text, strlen(text));
	assert_string_equal(call.err.text, "the server says: no,\nnever");
	free(text);
	transport_failed(&call, false, "why");
	assert_int_equal(call.status, STATUS_UNAVAILABLE);
	assert_false(call.left);
	assert_non_null(strstr(call.err.text, "why"));
	transport_failed(&call, true, "why");
	assert_int_equal(call.status, STATUS_AGAIN);
	assert_true(call.left);
}

/* ---- delays ---- */

static void
test_delays_grow_and_end(void **state)
{
	struct backoff backoff = {0};
	int64_t most = BACKOFF_FIRST_MS * TIME_MS;

	(void)state;
	for (int i = 0; i < 20; i++) {
		int64_t before = time_mono();
		int64_t next = backoff_next(&backoff);

		assert_true(next >= before + most / 2);
		assert_true(next <= time_mono() + most);
		most = 2 * most < BACKOFF_MOST_MS * TIME_MS ? 2 * most : BACKOFF_MOST_MS * TIME_MS;
	}
	backoff_reset(&backoff);
	assert_true(backoff_next(&backoff) <= time_mono() + BACKOFF_FIRST_MS * TIME_MS);
}

static void
test_delays_are_jittered(void **state)
{
	int64_t first = 0;
	bool differs = false;

	(void)state;
	for (int i = 0; i < 50 && !differs; i++) {
		struct backoff backoff = {.delay = BACKOFF_MOST_MS * TIME_MS};
		int64_t delay = backoff_next(&backoff) - time_mono();

		if (i == 0)
			first = delay;
		differs = delay - first > TIME_SECOND || first - delay > TIME_SECOND;
	}
	assert_true(differs);
}

/* ---- URLs ---- */

static void
test_urls(void **state)
{
	static const char *const good[] = {"http://localhost:7480", "https://example.org",
	    "http://127.0.0.1:1", "http://[::1]:7480", "https://example.org/tern/", "http://x/%20"};
	static const char *const bad[] = {"", "x", "http", "http:", "http://", "http:///x",
	    "http://:80", "https:///", "ftp://x", "file:///etc/passwd", "HTTP://x", "//x",
	    "example.org", "example.org:7480", " http://x", "http://x ", "http://x y", "http://x\n",
	    "http://x\r\nX: y", "http://u:p@x", "http://u@x", "http://x?q", "http://x/#f",
	    "http://x\\y", "http://é", "http://x\x7f", "http://\033[2J", "unix:/x"};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(http_check_url(good[i], &err), STATUS_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct transport *transport = NULL;

		if (http_check_url(bad[i], &err) != STATUS_USAGE)
			fail_msg("taken: %s", bad[i]);
		assert_non_null(strstr(err.text, "http://HOST:PORT"));
		assert_int_equal(http_create(&transport, bad[i], &err), STATUS_USAGE);
		assert_null(transport);
	}
}

/* ---- the script ---- */

struct log {
	struct fake *fake;
	struct buf told; /* a letter for each call that ended */
};

static void
on_done(struct transport_call *call)
{
	struct log *log = call->arg;

	buf_add_char(&log->told, call->method->name[0]);
	buf_add_int(&log->told, call->status);
}

static struct transport_call
call_of(struct log *log, enum method_id method, const char *body)
{
	struct transport_call call = {
	    .method = method_get(method), .timeout_ms = 1000, .done = on_done, .arg = log};

	buf_init(&call.body, 100);
	buf_add_string(&call.body, body);
	return call;
}

static int
begin(void **state)
{
	struct log *log = mem_zalloc(1, sizeof *log);

	log->fake = fake_create();
	buf_init(&log->told, 1000);
	*state = log;
	return 0;
}

static int
end(void **state)
{
	struct log *log = *state;

	transport_destroy(fake_transport(log->fake));
	transport_destroy(NULL);
	buf_finish(&log->told);
	free(log);
	return 0;
}

static void
wait_for(struct log *log, size_t length)
{
	int64_t limit = time_mono() + 5 * TIME_SECOND;
	struct error err;

	while (log->told.length < length && time_mono() < limit)
		assert_int_equal(
		    transport_wait(fake_transport(log->fake), NULL, 0, 20, &err), STATUS_OK);
}

static void
test_script_answers_in_order(void **state)
{
	struct log *log = *state;
	struct transport_call send = call_of(log, METHOD_SEND, "one");
	struct transport_call pull = call_of(log, METHOD_PULL, "two");

	fake_answer(log->fake, METHOD_SEND, 200, "{}");
	fake_delay(log->fake, 30);
	fake_cut(log->fake, METHOD_PULL, true);
	transport_start(fake_transport(log->fake), &send);
	transport_start(fake_transport(log->fake), &pull);
	assert_int_equal(log->told.length, 0); /* never from within start */
	wait_for(log, 4);
	assert_string_equal(buf_string(&log->told), "p7s0");
	assert_string_equal(fake_request(log->fake, METHOD_SEND, 0), "one");
	assert_string_equal(fake_request(log->fake, METHOD_PULL, 0), "two");
	assert_null(fake_request(log->fake, METHOD_PULL, 1));
	assert_int_equal(send.bytes_up, 3);
	assert_int_equal(send.bytes_down, 2);
	transport_call_finish(&send);
	transport_call_finish(&pull);
}

static void
test_script_holds_what_it_does_not_know(void **state)
{
	struct log *log = *state;
	struct transport_call held = call_of(log, METHOD_EVENTS, "x");
	struct transport_call other = call_of(log, METHOD_EVENTS, "y");
	struct error err;

	transport_start(fake_transport(log->fake), &held);
	transport_wait(fake_transport(log->fake), NULL, 0, 5, &err);
	assert_int_equal(log->told.length, 0);
	transport_start(fake_transport(log->fake), &other);
	transport_cancel(fake_transport(log->fake), &held);
	transport_cancel(fake_transport(log->fake), &held);
	fake_answer(log->fake, METHOD_EVENTS, 200, "{}");
	wait_for(log, 2);
	assert_string_equal(buf_string(&log->told), "e0");
	assert_int_equal(other.status, STATUS_OK);
	assert_int_equal(fake_request_count(log->fake, METHOD_EVENTS), 2);
	transport_call_finish(&held);
	transport_call_finish(&other);
}

static void
test_script_wakes_for_descriptors(void **state)
{
	struct log *log = *state;
	struct pollfd fd = {.events = POLLIN};
	int64_t before = time_mono();
	struct error err;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	fd.fd = fds[0];
	assert_int_equal(write(fds[1], "x", 1), 1);
	transport_wait(fake_transport(log->fake), &fd, 1, 5000, &err);
	assert_true(fd.revents & POLLIN);
	assert_true(time_mono() - before < 4 * TIME_SECOND);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_an_answer_means),
	    cmocka_unit_test(test_what_is_no_answer),
	    cmocka_unit_test(test_the_servers_sentence_is_told),
	    cmocka_unit_test(test_delays_grow_and_end),
	    cmocka_unit_test(test_delays_are_jittered),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test_setup_teardown(test_script_answers_in_order, begin, end),
	    cmocka_unit_test_setup_teardown(test_script_holds_what_it_does_not_know, begin, end),
	    cmocka_unit_test_setup_teardown(test_script_wakes_for_descriptors, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
