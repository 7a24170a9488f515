/*
 * Pools and held polls (doc/protocol.md 3.5). For each account that polls, the events since some
 * stamp, bounded, one copy for all its devices; for each device at most one held call. A pool
 * lives as long as a device of its account has polled or logged in within POOL_IDLE_S.
 * The invariant: a pool holds every event of its account with a stamp in (floor, committed].
 * Loop's thread only.
 */
#ifndef TERND_POOL_H
#define TERND_POOL_H

#include <event2/event.h>

#include "call.h"
#include "model/contact.h"

struct pools;
struct ring_text;

enum {
	POOL_EVENTS = 4096,                 /* events one account's pool holds at most */
	POOL_BYTES = 1024 * 1024,           /* and their bytes */
	POOL_ALL_BYTES = 256 * 1024 * 1024, /* of all pools together: beyond it, idle ones go */
	POOL_IDLE_S = 180, /* seconds after which a device that doesn't poll goes */
	POOL_LINGER_MS = 5 /* a push waits so long at most for the last round to end */
};

/* committed: the highest stamp committed when the server started. */
struct pools *pools_create(struct event_base *base, const char *generation, int64_t committed);
void pools_destroy(struct pools *pools);

/*
 * Begins to collect for the caller's device, if that isn't done already. login-sync does so
 * before it reads: what it cannot tell any more is then told to the poll that follows.
 */
void pools_open(struct pools *pools, const struct caller *caller);

/*
 * Answers the poll at once where there is something to tell or to resync, or holds it up to
 * wait_ms; supersedes another held call of the same device. The call is pool's from here on.
 */
void
pools_poll(struct pools *pools, struct call *call, const struct cursor *cursor, int64_t wait_ms);

/* False where nobody is there to be told, so that the event need not be written. */
bool pools_wants(const struct pools *pools, int64_t account_id, int64_t not_to);

/*
 * Adds one event object (JSON, copied) to the account's pool if it has one. event is NULL where
 * pools_wants() was false: the pool notes that it lacks this one, and sends whoever asks to
 * login-sync. not_to: a device that isn't told of it, 0 for none. Called with growing stamps,
 * between two commits' pools_committed().
 */
void pools_publish(struct pools *pools, int64_t account_id, int64_t not_to, int64_t stamp,
    const char *event, size_t length);

/*
 * The same with a text that stands in many pools, of which each takes a reference: what is told to
 * all members of a group is written once.
 */
void pools_publish_text(
    struct pools *pools, int64_t account_id, int64_t not_to, int64_t stamp, struct ring_text *text);

/*
 * Everything up to stamp is committed and published: answers the polls that it concerns, a round.
 * While devices that the last round answered have not polled again, it lingers for them, up to
 * POOL_LINGER_MS: the busier the server, the more goes into one answer.
 */
void pools_committed(struct pools *pools, int64_t stamp);
int64_t pools_committed_stamp(const struct pools *pools);

/* A device was revoked: its held call fails with "unauthorized". */
void pools_drop_device(struct pools *pools, int64_t device_id);

/* Answers all held calls, spread over ms milliseconds, with an empty interval. */
void pools_drain(struct pools *pools, int ms);

/* For /metrics. */
size_t pools_held(const struct pools *pools);

#endif
