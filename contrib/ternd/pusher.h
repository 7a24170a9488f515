/*
 * Changed profiles on their way to the followers (doc/protocol.md 3.11): whoever has the account
 * as a contact gets that row with a new stamp. What is left to do stands in the store, and goes on
 * after a restart; small batches, with a rest between them, so that no send waits for it. Loop's
 * thread only.
 */
#ifndef TERND_PUSHER_H
#define TERND_PUSHER_H

#include "server.h"

struct pusher;

enum {
	PUSH_BATCH = 500, /* rows a commit */
	PUSH_REST_MS = 10,
	PUSH_RETRY_MS = 5000, /* after storage failed */
};

/* Through server->writer. Made after the writer; begins with what an earlier run left. */
struct pusher *pusher_create(struct server *server);

/* The writer is gone. Accepts NULL. */
void pusher_destroy(struct pusher *pusher);

/* A profile was changed. */
void pusher_kick(struct pusher *pusher);

#endif
