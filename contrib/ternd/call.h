/*
 * A call: one request under way, from its body's last byte to its answer. The connection
 * (conn.c) makes it, dispatch (dispatch.c) checks verb, limits, token and JSON, a handler
 * (handlers.h) answers it, now or later, exactly once. Loop's thread only.
 *
 * A handler knows neither sockets nor SQL: it sees the call, the server's parts (server.h) and
 * submits jobs to the workers.
 */
#ifndef TERND_CALL_H
#define TERND_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/address.h"
#include "wire/error.h"
#include "wire/json.h"
#include "wire/method.h"

struct server;
struct call;
struct packer;

/* Who calls. Filled by dispatch for methods of CALLER_DEVICE. */
struct caller {
	int64_t device_id;
	int64_t account_id;
	struct address address;
};

struct call {
	struct server *server;
	const struct method *method;
	struct caller caller;
	struct json *body; /* owned; may be taken by the handler (set it NULL) to use on a worker */
	bool takes_packed; /* the answer may travel compressed; false where a handler says so */
	bool packed;       /* the answer's body is, since call_pack() */
	/*
	 * Set by a handler that waits for something other than a worker (a held poll): called
	 * when the client has gone, is closed or the server drains. After it nobody may answer
	 * the call; it is freed when `cancel` returns. A call without cancel whose client goes is
	 * kept until it is answered, and the answer is dropped.
	 */
	void (*cancel)(struct call *call);
	void *arg;        /* the handler's */
	int64_t deadline; /* time_mono() when `expire` is due; see call_hold() */
	void (*expire)(struct call *call);
	/* conn.c's own fields follow in its wrapper struct. */
};

/*
 * Answers with status 200 and the body (its content is taken; the buf is left empty), which is
 * compressed here where that is worth it and call_pack() hasn't done so. The call is gone
 * afterwards.
 */
void call_answer(struct call *call, struct buf *body);

/*
 * Compresses an answer's whole body where that is worth it and the client takes it. On a worker's
 * thread, where the body was made there: so that the loop doesn't. packer: that thread's.
 */
void call_pack(struct call *call, struct packer *packer, struct buf *body);

/* Answers with an error of the protocol; the sentence is formatted. The call is gone. */
void call_fail(struct call *call, enum wire_error code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Holds the call: releases what its connection can spare while it waits, watches for the client
 * going away (cancel), and calls expire once, on the coarse tick, when wait_ms have passed.
 */
void call_hold(struct call *call, int64_t wait_ms, void (*cancel)(struct call *),
    void (*expire)(struct call *));

#endif
