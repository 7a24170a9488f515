/*
 * Retention (doc/protocol.md 3.6): messages that are too old, or too many, and keys that
 * nobody can need any more, are deleted; the oldest first, in small commits with a rest between
 * them, so that no send waits for it. What may go is found by the reader.
 *
 * A run looks before it deletes. It stops, and says so, where the clock is not to be trusted: it
 * jumped by over a day against the monotonic one (then until the server is started anew), or is
 * over a day from the newest time in the store; or where over a tenth of all messages would go at
 * once. The operator may say that it is right (--prune-anyway). Loop's thread only.
 */
#ifndef TERND_PRUNER_H
#define TERND_PRUNER_H

#include <stdint.h>

#include "server.h"

struct pruner;

enum {
	PRUNE_BATCH = 200,    /* messages a commit */
	PRUNE_KEYS = 500,     /* keys a commit looks at */
	PRUNE_LOOK = 200,     /* conversations a read looks at */
	PRUNE_REST_MS = 20,   /* between two of them */
	PRUNE_SEEN_DAYS = 30, /* members heard of since then keep what they have not acknowledged */
	PRUNE_KEY_DAYS = 90,  /* keys are kept, at least */
	PRUNE_PART = 10,      /* a part of all that may not go at once */
	PRUNE_FEW = 100,      /* but so few always may */
};

/* What it has done, for /metrics. */
struct pruner_counts {
	uint64_t runs; /* that came to their end, or were stopped */
	uint64_t messages;
	uint64_t keys;
	bool stopped; /* the last run stopped, and said why */
};

/* Nothing, where the configuration keeps everything. Made after the workers. */
struct pruner *pruner_create(struct server *server);
/* The workers are gone. Accepts NULL. */
void pruner_destroy(struct pruner *pruner);

/* Accepts NULL. */
struct pruner_counts pruner_counts(const struct pruner *pruner);

#endif
