/*
 * Transports: how a method's request gets to the server and its answer back. Two backends stand
 * behind this contract: http.c (libcurl) and fake.c (a script, for tests).
 *
 * One loop, no threads: a call is started, and its `done` is called from within wait(), never
 * from start(). Several calls may be under way at once.
 */
#ifndef TERN_NET_TRANSPORT_H
#define TERN_NET_TRANSPORT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "wire/error.h"
#include "wire/json.h"
#include "wire/method.h"

struct transport;

struct transport_call {
	/* The caller's. body is the request, owned by the call until transport_call_finish(). */
	const struct method *method;
	const char *token; /* borrowed until done; NULL where the method wants none */
	struct buf body;
	int64_t timeout_ms; /* for the whole call */
	void (*done)(struct transport_call *call);
	void *arg;

	/*
	 * The outcome, set before done.
	 * OK: the server answered with 200, and doc is its object.
	 * UNAVAILABLE: nothing of the request reached the server, or its answer says that
	 *   nothing was done (error tells which).
	 * AGAIN: in doubt: the request has left and no whole answer came.
	 * PROTOCOL: in doubt too: what came is not an answer of a tern server.
	 * Others: the server refused; error is its code.
	 */
	enum status status;
	enum wire_error error; /* WIRE_OK where the server named none */
	bool left;             /* the server may have done what was asked */
	struct json *doc;      /* owned; NULL unless status is OK */
	struct error err;      /* a sentence unless OK */
	int requests;          /* how often it was made: 0 where nothing left, seldom over 1 */
	/* On the wire, with HTTP's own. bytes_up grows while the call is under way: as long as it
	 * is 0 nothing of the request has left. */
	int64_t bytes_up;
	int64_t bytes_down;

	void *backend; /* the backend's, while the call is under way; NULL otherwise */
};

struct transport_ops {
	/* Starts the call, which stays where it is in memory until done or cancel. */
	void (*start)(struct transport *transport, struct transport_call *call);
	/* Sends what can be sent without waiting: for a call that is started before work. May be
	 * called from within a done. */
	void (*push)(struct transport *transport);
	/* Forgets a call under way; its done is not called. Harmless where none is. */
	void (*cancel)(struct transport *transport, struct transport_call *call);
	/*
	 * Waits up to timeout_ms (-1: no limit) for the calls and for the descriptors in fds
	 * (revents are filled), then calls done for every call that ended. Ends early on a
	 * signal. IO where polling fails.
	 */
	enum status (*wait)(struct transport *transport, struct pollfd *fds, size_t count,
	    int timeout_ms, struct error *err);
	void (*destroy)(struct transport *transport);
};

struct transport {
	const struct transport_ops *ops;
};

void transport_start(struct transport *transport, struct transport_call *call);
void transport_push(struct transport *transport);
void transport_cancel(struct transport *transport, struct transport_call *call);
enum status transport_wait(struct transport *transport, struct pollfd *fds, size_t count,
    int timeout_ms, struct error *err);
void transport_destroy(struct transport *transport); /* accepts NULL */

/* Frees the call's body and document and leaves it fit for another start. */
void transport_call_finish(struct transport_call *call);

/*
 * For backends: fills the call's outcome from an answer's HTTP status and body (doc/protocol.md
 * sections 1 and 2).
 */
void
transport_answered(struct transport_call *call, long http_status, const char *body, size_t length);

/* For backends: … where an answer came that is none of a tern server's; why is a part of a
 * sentence.
 */
void transport_not_tern(struct transport_call *call, long http_status, const char *why);

/* For backends: fills the outcome where no whole answer came. why is a part of a sentence. */
void transport_failed(struct transport_call *call, bool left, const char *why);

#endif
