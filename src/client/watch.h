/*
 * Notices what other processes commit to a cache: inotify on its directory wakes, the database's
 * data_version decides. A commit's bytes are written before it becomes visible, so a wake-up that
 * sees nothing new looks again a few times at growing distances.
 */
#ifndef TERN_CLIENT_WATCH_H
#define TERN_CLIENT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/cache.h"

struct watch {
	struct cache *cache;
	int fd; /* readable when something was written nearby; -1 where the system gives none */
	int64_t version;
	int64_t next; /* time_mono() of the next look */
	int step;
};

void watch_init(struct watch *watch, struct cache *cache);
void watch_finish(struct watch *watch);

/* When to call watch_look() at the latest. */
int64_t watch_due(const struct watch *watch);

/* True where another process committed since the last look. readable: the descriptor is. */
bool watch_look(struct watch *watch, bool readable);

#endif
