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
	int fd; /* readable when something was written; -1 without inotify */
	int64_t version;
	int64_t next; /* time_mono() of the next look */
	int step;
};

/* Looks by the clock alone, which is right for a command that is soon over: to close an inotify
 * descriptor takes the kernel some 20 ms. */
void watch_init(struct watch *watch, struct cache *cache);
/* Lets inotify wake it from now on, for a process that stays. */
void watch_follow(struct watch *watch);
void watch_finish(struct watch *watch);

/* When to call watch_look() at the latest. */
int64_t watch_due(const struct watch *watch);

/* True where another process committed since the last look. readable: the descriptor is. */
bool watch_look(struct watch *watch, bool readable);

#endif
