/*
 * The sync engine: keeps one account's cache and the server equal. It knows no terminal and no
 * command line; time passes only in the transport's wait(), which its user calls.
 *
 * It works on goals. Each is wanted until it has succeeded once; a failure is kept for the user
 * to see, and tried again after a growing delay for as long as the goal is wanted. The rules:
 *
 *  1. Data first: an answer is applied in one transaction with its cursor, and acknowledged only
 *     by a request made after that transaction.
 *  2. An entry of the outbox is marked as in doubt, durably, before the request that carries
 *     it leaves; only its key's answer, or a certain refusal, settles it.
 *  3. One process at a time sends the outbox (lock `outbox`), so that per conversation the order is
 *     the order of writing; one holds the poll (lock `line`). A process that dies frees both.
 *  4. Push is a hint, pull is the truth: whatever the events were, holes are computed from the
 *     cache, and pulled.
 */
#ifndef TERN_SYNC_SYNC_H
#define TERN_SYNC_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "cache/lost.h"
#include "net/transport.h"

struct sync;

struct sync_config {
	struct cache *cache; /* borrowed, as all here */
	struct transport *transport;
	const char *token;
	void (*notice)(void *arg, const char *text); /* may be NULL */
	/* The server has lost messages that the cache held: so many are set aside, and so many of
	 * these sent again. May be NULL. */
	void (*lost)(void *arg, const struct cache_lost *lost);
	void *arg;
};

struct sync *sync_create(const struct sync_config *config);
/* Cancels what is under way and gives the locks up. Accepts NULL. */
void sync_destroy(struct sync *sync);

enum sync_goal {
	SYNC_LISTS, /* login-sync until nothing is left */
	SYNC_FLUSH, /* the outbox is empty */
	SYNC_PULL,  /* what sync_pull_for() names is in the cache */
	SYNC_READ,  /* the server knows where the read markers stand */
	SYNC_ACK,   /* no acknowledgement waits */
	SYNC_GOALS
};

/* How a goal went so far. */
struct sync_outcome {
	int64_t successes;
	int64_t failures;
	enum status status; /* of the last try */
	struct error err;
};

/* Wants a goal; from_now delays its start, in microseconds. */
void sync_want(struct sync *sync, enum sync_goal goal, int64_t from_now);
/* A call under way goes on; but a send of which nothing has left yet is cancelled, and its entries
 * are free again. */
void sync_unwant(struct sync *sync, enum sync_goal goal);
bool sync_wants(const struct sync *sync, enum sync_goal goal);
/* Borrowed; changes as the engine works. */
const struct sync_outcome *sync_outcome(const struct sync *sync, enum sync_goal goal);

/* What SYNC_PULL pulls: for a consumer (0: what waits offline), of one conversation or all (NULL,
 * copied). With `always` it is wanted anew whenever something was applied. */
void sync_pull_for(struct sync *sync, int64_t consumer, const char *who, bool always);

/* SYNC_PULL pulls history instead, the newest first, whatever was acknowledged; roaming and its
 * names are borrowed for as long as it is wanted. */
void sync_pull_history(struct sync *sync, const struct roaming *roaming);
/*
 * SYNC_PULL pulls these ids next, the newest of them first, before whatever else it is to pull, and
 * once: what is asked for last comes first, and no more than SYNC_RANGES such are kept. The address
 * is copied.
 */
enum { SYNC_RANGES = 8 };
void sync_pull_range(struct sync *sync, const char *conversation, struct id_range ids);
/* Ids of that which are still missing; an upper bound. -1 before the first look. */
int64_t sync_pull_left(const struct sync *sync);
/* Ids that SYNC_PULL has asked for, or is to ask for next, and that have not come; 0 where it is
 * not wanted. */
int64_t sync_pull_asked(const struct sync *sync);

/* Wants the line: this process polls for events once no other of this cache does. */
void sync_hold_line(struct sync *sync);
bool sync_has_line(const struct sync *sync);

/*
 * For a process that stays, and shows how it stands (sync_link()): the delays between tries grow to
 * most_ms only; and whenever a call got no answer, a login-sync is wanted, because a poll that is
 * made again says nothing for as long as it is held.
 */
void sync_stay(struct sync *sync, int most_ms);

/* Tries at once whatever waits for its next try, because the last one failed. */
void sync_hurry(struct sync *sync);

struct sync_link {
	enum {
		SYNC_UNHEARD,  /* no call has ended */
		SYNC_ANSWERED, /* the last one that ended was answered */
		SYNC_CUT,      /* it was not */
	} state;
	const char *why;  /* a sentence, where cut; borrowed */
	int64_t next_try; /* time_mono(), where cut: 0 where one is under way; else the next */
};

void sync_link(const struct sync *sync, struct sync_link *link);

/* Starts whatever can be started now. Call it before each wait. True where a goal ended at once,
 * without a call: whoever waits for it should look before waiting. */
bool sync_step(struct sync *sync);

/* When sync_step() has something to do again by itself (time_mono()); INT64_MAX: when a call ends.
 */
int64_t sync_due(const struct sync *sync);

/* One call outside the goals, tried once: its body is taken. Started at once; it has ended when the
 * outcome counts a success or a failure, and then the answer is there until the next. */
void sync_once(struct sync *sync, enum method_id method, struct buf *body);
const struct sync_outcome *sync_once_outcome(const struct sync *sync);
const struct json *sync_once_answer(const struct sync *sync);

/* Not OK once the token is refused (DENIED) or the cache failed (IO): nothing more is tried. */
enum status sync_fatal(const struct sync *sync, struct error *err);

struct sync_counts {
	int64_t changes;  /* times the cache got something new through this engine */
	int64_t messages; /* of others, new in the cache through this engine */
	int64_t sent;     /* outbox entries settled */
	int64_t failed;   /* outbox entries refused for good */
	struct cache_traffic traffic;
};

const struct sync_counts *sync_counts(const struct sync *sync);

#endif
