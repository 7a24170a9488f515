/*
 * When devices were last heard of: noted in memory at each request, and saved once a minute at
 * most for each, in small batches behind which no send waits long. A crash loses the last
 * minute's, which is harmless. Loop's thread only.
 */
#ifndef TERND_SEEN_H
#define TERND_SEEN_H

#include <stdint.h>

#include "server.h"

struct seen_keeper;

enum {
	SEEN_SAVE_S = 60,
	SEEN_BATCH = 500,   /* devices a commit */
	SEEN_MAX = 1 << 20, /* devices that wait to be saved */
};

/* Saves through server->writer. Made after the writer. */
struct seen_keeper *seen_create(struct server *server);

/* What waits is lost: flush before. Accepts NULL. */
void seen_destroy(struct seen_keeper *keeper);

/* A valid request of the device came. */
void seen_note(struct seen_keeper *keeper, int64_t device_id);

/* Hands all that waits to the writer now: for a drain, before the writer is destroyed. */
void seen_flush(struct seen_keeper *keeper);

#endif
