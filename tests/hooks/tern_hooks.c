/*
 * The client: boundaries where a request leaves and where its answer came. TERN_TEST_RETRY_MS=N is
 * how long it waits before it tries again.
 *
 * With TERN_TEST_SERIAL=1 the same comes in the same order each time: one call at a time, one
 * answer each time that the engine waits, and a clock that stands still while an answer is on its
 * way, and hurries where there is nothing but to wait. So a command that is given ten seconds tries
 * as often as it would in ten seconds.
 */
#include "hooks.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "net/backoff.h"
#include "net/http.h"

enum { CALLS = 8 }; /* at once: more than the engine has tasks */

struct hooked_call {
	struct transport_call *call;
	void (*done)(struct transport_call *call); /* the caller's */
	bool started;
};

/* Stands before the real transport. */
struct hooked {
	struct transport transport;
	struct transport *real;
	bool serial;
	struct hooked_call calls[CALLS]; /* in the order they were to start */
	size_t count;
	size_t ended; /* calls, so far */
};

/* A call's arg is its caller's: so it is found by its address. */
static struct hooked *the_hooked;

enum status __real_http_create(struct transport **transport, const char *server, struct error *err);
enum status __wrap_http_create(struct transport **transport, const char *server, struct error *err);
int64_t __real_backoff_next(struct backoff *backoff);
int64_t __wrap_backoff_next(struct backoff *backoff);
int64_t __real_time_mono(void);
int64_t __wrap_time_mono(void);
int __wrap_time_left_ms(int64_t deadline);

static void
start_next(struct hooked *hooked)
{
	bool busy = false;

	for (size_t i = 0; i < hooked->count; i++) {
		struct hooked_call *c = &hooked->calls[i];

		if (!c->started && (!hooked->serial || !busy || c->call->method->held)) {
			c->started = true;
			boundary("before request");
			hooked->real->ops->start(hooked->real, c->call);
		}
		busy = busy || !c->call->method->held;
	}
}

/* Returns the caller's done; NULL where the call is not under way. */
static void (*forget(struct hooked *hooked, struct transport_call *call))(struct transport_call *)
{
	for (size_t i = 0; i < hooked->count; i++) {
		void (*done)(struct transport_call *) = hooked->calls[i].done;

		if (hooked->calls[i].call != call)
			continue;
		hooked->count--;
		memmove(&hooked->calls[i], &hooked->calls[i + 1],
		    (hooked->count - i) * sizeof hooked->calls[0]);
		return done;
	}
	return NULL;
}

static void
on_done(struct transport_call *call)
{
	struct hooked *hooked = the_hooked;

	call->done = forget(hooked, call);
	hooked->ended++;
	if (call->status == STATUS_OK || call->error != WIRE_OK)
		boundary("after answer");
	call->done(call);
	if (!hooked->serial)
		start_next(hooked);
}

static void
hooked_start(struct transport *transport, struct transport_call *call)
{
	struct hooked *hooked = (struct hooked *)transport;

	if (hooked->count == CALLS)
		abort();
	hooked->calls[hooked->count++] = (struct hooked_call){call, call->done, false};
	call->done = on_done;
	if (!hooked->serial)
		start_next(hooked);
}

static void
hooked_push(struct transport *transport)
{
	struct hooked *hooked = (struct hooked *)transport;

	hooked->real->ops->push(hooked->real);
}

static void
hooked_cancel(struct transport *transport, struct transport_call *call)
{
	struct hooked *hooked = (struct hooked *)transport;
	void (*done)(struct transport_call *) = forget(hooked, call);

	hooked->real->ops->cancel(hooked->real, call);
	if (done)
		call->done = done;
}

/* ---- the clock ---- */

static int64_t skipped; /* microseconds */

int64_t
__wrap_time_mono(void)
{
	static int64_t stopped;

	if (!setting("TERN_TEST_SERIAL", 0))
		return __real_time_mono();
	if (!stopped)
		stopped = __real_time_mono();
	return stopped + skipped;
}

int
__wrap_time_left_ms(int64_t deadline)
{
	int64_t left = (deadline - __wrap_time_mono() + TIME_MS - 1) / TIME_MS;

	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int64_t
__wrap_backoff_next(struct backoff *backoff)
{
	int64_t ms = setting("TERN_TEST_RETRY_MS", 0);

	if (ms)
		return __wrap_time_mono() + ms * TIME_MS;
	if (!setting("TERN_TEST_SERIAL", 0))
		return __real_backoff_next(backoff);
	ms = backoff->delay ? backoff->delay / TIME_MS * 2 : BACKOFF_FIRST_MS;
	ms = ms < BACKOFF_MOST_MS ? ms : BACKOFF_MOST_MS;
	backoff->delay = ms * TIME_MS;
	return __wrap_time_mono() + backoff->delay; /* without jitter */
}

/* An answer is on its way: not that of a held poll, which may never come. */
static bool
is_busy(const struct hooked *hooked)
{
	for (size_t i = 0; i < hooked->count; i++)
		if (!hooked->calls[i].call->method->held)
			return true;
	return false;
}

static enum status
hooked_wait(struct transport *transport, struct pollfd *fds, size_t count, int timeout_ms,
    struct error *err)
{
	struct hooked *hooked = (struct hooked *)transport;
	size_t ended = hooked->ended;
	bool hurries;
	enum status status;

	start_next(hooked);
	hurries = hooked->serial && !is_busy(hooked) && timeout_ms > 0;
	status = hooked->real->ops->wait(hooked->real, fds, count,
	    !hurries           ? timeout_ms
	    : timeout_ms < 200 ? timeout_ms / 10 + 1
	                       : 20,
	    err);
	if (hurries && hooked->ended == ended)
		skipped += timeout_ms * TIME_MS;
	return status;
}

static void
hooked_destroy(struct transport *transport)
{
	struct hooked *hooked = (struct hooked *)transport;

	hooked->real->ops->destroy(hooked->real);
	free(hooked);
	the_hooked = NULL;
}

static const struct transport_ops hooked_ops = {
    hooked_start, hooked_push, hooked_cancel, hooked_wait, hooked_destroy};

enum status
__wrap_http_create(struct transport **transport, const char *server, struct error *err)
{
	struct transport *real;
	enum status status = __real_http_create(&real, server, err);
	struct hooked *hooked;

	if (status != STATUS_OK)
		return status;
	if (the_hooked)
		abort();
	hooked = mem_zalloc(1, sizeof *hooked);
	hooked->transport.ops = &hooked_ops;
	hooked->real = real;
	hooked->serial = setting("TERN_TEST_SERIAL", 0);
	the_hooked = hooked;
	*transport = &hooked->transport;
	return STATUS_OK;
}
