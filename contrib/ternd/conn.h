/*
 * Connections: bytes in, calls out, answers back, one request of a connection at a time (what is
 * pipelined waits, and is answered in order). conn.c implements call.h. Loop's thread only.
 *
 * The rules (doc/protocol.md 1 and 2):
 * - A request has request_timeout_ms from its first byte to its last, however many come between.
 * - What is wrong with the HTTP is answered, and ends the connection: writing is shut down, and
 * what the client still sends is read for a while, because closing over unread bytes would reset
 *   the connection and take the answer away from the client.
 * - While a call waits nothing of its request is kept. A held call whose client goes is cancelled
 *   at once; one at work on a worker is finished, and its answer dropped.
 */
#ifndef TERND_CONN_H
#define TERND_CONN_H

#include <event2/util.h>
#include <stddef.h>

#include "call.h"
#include "wheel.h"

struct conns; /* all of them */

/* Borrows both. */
struct conns *conns_create(struct server *server, struct wheel *wheel);

/* Closes every connection; held calls are cancelled. No worker may have a call left. Accepts NULL.
 */
void conns_destroy(struct conns *conns);

/* Takes an accepted socket, which doesn't block. */
void conns_add(struct conns *conns, evutil_socket_t fd);

/* Closes what is idle; server->draining is set, and closes the others after their answers. */
void conns_drain(struct conns *conns);

size_t conns_count(const struct conns *conns);

/* True while any call is under way that isn't held: a worker may come back with its answer. */
bool conns_busy(const struct conns *conns);

/* A device's login ended: calls of it that a worker has fail with "unauthorized" when they come
 * back, whatever was found. All but `but`, which may be NULL. */
void conns_end_device(struct conns *conns, int64_t device_id, const struct call *but);

/* For dispatch: the body (*length bytes, borrowed until conn_body_release()) and the token. */
const char *conn_body(struct call *call, size_t *length);
void conn_body_release(struct call *call);
const char *conn_token(const struct call *call, size_t *length);

/* True where the body is a zstd frame. */
bool conn_is_packed(const struct call *call);

/* As call_fail(), for what is wrong with the HTTP: the connection ends. */
void conn_refuse(struct call *call, enum wire_error code, const char *why);

/* As call_answer(), of another type than JSON. */
void conn_answer_text(struct call *call, const char *type, struct buf *body);

#endif
