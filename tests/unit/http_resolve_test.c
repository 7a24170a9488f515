/*
 * The libcurl transport while a name server is silent, as on a laptop that has just left its
 * network: neither a cancel nor a deadline waits for the name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <netdb.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/http.h"
#include "wire/limits.h"

/* Libcurl's resolving threads write to the first that they have begun, and read from the second
 * before they end. */
static int begun[2], silence[2];

enum { STUCK_SECONDS = 20 };

/* Takes the place of the C library's, in libcurl too. */
int
getaddrinfo(const char *restrict name, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
	char c = 'x';

	(void)name;
	(void)service;
	(void)hints;
	*found = NULL;
	if (write(begun[1], &c, 1) != 1 || read(silence[0], &c, 1) < 0)
		return EAI_SYSTEM;
	return EAI_AGAIN;
}

static void
on_done(struct transport_call *call)
{
	*(bool *)call->arg = true;
}

static struct transport *
start(struct transport_call *call, int timeout_ms, bool *done)
{
	struct pollfd fd = {.fd = begun[0], .events = POLLIN};
	struct transport *transport;
	struct error err;
	char c;

	if (http_create(&transport, "http://chat.example.org", &err) != STATUS_OK)
		fail_msg("%s", err.text);
	*call = (struct transport_call){
	    .method = method_get(METHOD_LOGIN),
	    .timeout_ms = timeout_ms,
	    .done = on_done,
	    .arg = done,
	};
	buf_init(&call->body, LIMIT_REQUEST);
	buf_add_string(&call->body, "{}");
	transport_start(transport, call);
	while (!fd.revents)
		assert_int_equal(transport_wait(transport, &fd, 1, 1000, &err), STATUS_OK);
	assert_int_equal(read(begun[0], &c, 1), 1);
	return transport;
}

static void
cancel_does_not_wait_for_a_name(void **state)
{
	struct transport_call call;
	bool done = false;
	struct transport *transport = start(&call, 60000, &done);

	(void)state;
	transport_cancel(transport, &call);
	transport_call_finish(&call);
	transport_destroy(transport);
	assert_false(done);
}

static void
deadline_does_not_wait_for_a_name(void **state)
{
	struct transport_call call;
	struct error err;
	bool done = false;
	struct transport *transport = start(&call, 200, &done);

	(void)state;
	while (!done)
		assert_int_equal(transport_wait(transport, NULL, 0, 50, &err), STATUS_OK);
	assert_int_equal(call.status, STATUS_UNAVAILABLE);
	assert_false(call.left);
	transport_call_finish(&call);
	transport_destroy(transport);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cancel_does_not_wait_for_a_name),
	    cmocka_unit_test(deadline_does_not_wait_for_a_name),
	};

	if (pipe(begun) != 0 || pipe(silence) != 0)
		return 1;
	/* Who waited for a name here would wait for ever. */
	alarm(STUCK_SECONDS);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
