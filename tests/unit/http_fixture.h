/*
 * The libcurl transport against a server that the test plays itself, on a port of its own: both
 * sides take turns in one thread.
 */
#ifndef TERN_TESTS_HTTP_FIXTURE_H
#define TERN_TESTS_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/timeu.h"
#include "net/transport.h"

struct stage {
	int listener;
	int port;
	struct transport *transport;
	int done; /* calls that ended */
};

/* Setup and teardown of a test. */
int begin(void **state);
int end(void **state);

/* The transport makes a step. */
void turn(struct stage *s);

#define UNTIL(s, condition) \
	for (int64_t limit = time_mono() + 5 * TIME_SECOND; !(condition);) { \
		if (time_mono() > limit) \
			fail_msg("never: %s", #condition); \
		turn(s); \
	}

/* ---- the client's side ---- */

/* Makes the transport, of a URL with that path. */
void create(struct stage *s, const char *path);

void on_done(struct transport_call *call);

/* Starts a call: `send` with a token, `login` without. */
void start(struct stage *s, struct transport_call *call, const char *token, const char *body);

/* Waits for the call to end so, and finishes it. */
void ends(struct stage *s, struct transport_call *call, enum status status, bool left);

/* ---- the server's side ---- */

/* The next connection. */
int takes(struct stage *s);

bool is_whole(const struct buf *request);

/* Reads what there is. False at the end of the connection. */
bool reads_some(int connection, struct buf *out);

/* The whole request. The caller frees. */
char *reads(struct stage *s, int connection);

void says(int connection, const char *text);

void hears_the_end(struct stage *s, int connection);

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

#endif
