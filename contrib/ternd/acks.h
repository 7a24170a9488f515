/*
 * Acknowledgements on their way to the store (doc/protocol.md 3.7): merged in memory, one range
 * for each device and conversation, and saved together every second. What moved thereby is told
 * to the peers of direct conversations, which so hear of each once a second at most. Losing some
 * is harmless, so a full buffer drops. Loop's thread only.
 */
#ifndef TERND_ACKS_H
#define TERND_ACKS_H

#include "server.h"
#include "call.h"
#include "wire/sync.h"

struct ack_saver;

enum {
	ACKS_MAX = 65536,    /* devices' conversations that wait */
	ACKS_SAVE_MS = 1000, /* how long they wait */
	ACKS_BATCH = 1000    /* are saved in one go: others' writes come in between */
};

/* Saves through server->writer. Made after the writer. */
struct ack_saver *ack_saver_create(struct server *server);

/* What waits is lost: flush before. Accepts NULL. */
void ack_saver_destroy(struct ack_saver *saver);

/* Takes what a request carried (copied). */
void ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks);

/* Hands all that waits to the writer now: for a drain, before the writer is destroyed. */
void ack_saver_flush(struct ack_saver *saver);

#endif
