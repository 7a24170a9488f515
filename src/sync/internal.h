/* Shared by the engine's files only. */
#ifndef TERN_SYNC_INTERNAL_H
#define TERN_SYNC_INTERNAL_H

#include "base/path.h"
#include "net/backoff.h"
#include "sync/interval.h"
#include "sync/sync.h"
#include "wire/sync.h"

/* One kind of call, at most one of it under way. */
struct task {
	struct sync *sync;
	struct transport_call call;
	bool wanted;
	bool busy;
	bool again; /* wanted anew while it was busy */
	/* Its answer was of another generation than the cache: it waits for a login-sync. */
	bool behind_lists;
	int times_behind; /* in a row */
	int64_t not_before;
	bool put_off; /* not_before is a wish, which a new one may overrule, and no failure's delay
	               */
	struct backoff backoff;
	struct sync_outcome outcome;
	struct cache_ranges acks; /* that the call under way carries */
};

/* The entries that the send under way carries, in order. */
struct batch {
	struct key *keys;
	size_t count;
};

/* The comparison of lists after a reset, interval by interval. */
struct comparing {
	struct interval interval; /* that the compare under way carries */
	bool has_stamp;
	int64_t stamp; /* what was committed before the first interval */
};

struct sync {
	struct sync_config config;
	struct task lists;
	struct task flush;
	struct task pull;
	struct task read;
	struct task ack;
	struct task line; /* `wanted`: sync_hold_line() was called */
	struct task once; /* a call outside the goals */
	struct path_lock line_lock;
	struct path_lock outbox_lock;
	int64_t lists_until;                /* paging of login-sync; 0 for none */
	struct cache_knowledge lists_asked; /* that the login-sync or reset under way carries */
	struct comparing comparing;
	int resets;        /* begun, in a row */
	int64_t acks_rode; /* time_mono() when a poll last carried some */
	bool line_fresh;   /* a login-sync succeeded since the line was taken or lost its thread */
	struct batch batch;
	size_t batch_limit;
	int64_t pull_consumer;
	char *pull_who;
	struct cache_ranges pull_wanted; /* by the pull under way */
	bool pull_always;
	struct cache_ranges markers; /* that the read under way tells */
	size_t marker_limit;
	const struct roaming *pull_history; /* what is pulled, where it isn't NULL */
	int64_t pull_left;
	struct conversation_range ranges[SYNC_RANGES]; /* to be pulled first; the last one next */
	size_t range_count;                            /* their addresses are owned */
	bool staying;                                  /* sync_stay() was called */
	int heard;                                     /* a sync_link.state */
	struct error cut;                              /* why, where it was */
	struct sync_counts counts;
	int64_t ended;      /* tries that succeeded or failed, of any task */
	struct error fatal; /* status not OK: nothing more is tried */
};

enum {
	CALL_TIMEOUT_MS = 30000,
	POLL_WAIT_MS = 50000, /* because proxies cut at 60 s */
	POLL_JITTER_MS = 5000,
	POLL_GRACE_MS = 15000, /* what an answer may take beyond the wait */
	LINE_RETRY_MS = 500,   /* how often a process without the line tries for it */
	OUTBOX_RETRY_MS = 20,
	SUPERSEDED_MS = 30000,
	BATCH_ENTRIES = 500,
	BATCH_BYTES = 1024 * 1024,
	WANT_RANGES = 200,
	MOST_BEHIND = 3, /* answers in a row of a generation that login-sync did not tell of */
	RIDING_ACKS = 500,
	ACKS_APART_MS = 1000, /* so far apart are polls that acknowledge, however much comes */
};

/* ---- task.c ---- */

/* Starts the task's call; its body must be complete. */
void task_call(struct task *task, enum method_id method, int64_t timeout_ms,
    void (*done)(struct transport_call *call));

/* Forgets the call under way, whose answer is of no use any more. */
void task_drop(struct task *task);

/* To be called first in every done: counts the traffic, forgets acks that were answered. Returns
 * the task. */
struct task *task_done(struct transport_call *call);

/* All tasks. */
enum { TASKS = 7 };
void tasks_all(struct sync *sync, struct task *all[TASKS]);

/* The goal is reached. */
void task_succeed(struct task *task);

/* This try failed: try again after a growing delay. DENIED by the server for the token: for good.
 */
void task_fail(struct task *task, enum status status, const struct error *err);

/* Nothing of the answer was stored, for it is of another generation than the cache: a login-sync
 * goes first, and then the task begins anew; it fails where that does. */
void task_behind_lists(struct task *task);
/* A login-sync ended so: whoever waited for one goes on, or fails with it. */
void tasks_after_lists(struct sync *sync, enum status status, const struct error *err);

/* Fills *acks (borrowed from the task) with what waits to be acknowledged. Failures to read them
 * only mean that they ride later. */
void task_take_acks(struct task *task, struct acks *acks);

void sync_notice(struct sync *sync, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Applies a change; OK with *applied, or the cache's failure. Wants SYNC_PULL where it is to
 * follow. */
enum status sync_apply(struct sync *sync, const struct cache_change *change,
    enum cache_applied *applied, struct error *err);

/* ---- the tasks: each begins its next call, or succeeds or fails at once ---- */

void lists_begin(struct sync *sync); /* lists.c */
void lists_fail(struct sync *sync, enum status status, const struct error *err);
void reset_begin(struct sync *sync); /* reset.c: of the task `lists`, too */
void compare_begin(struct sync *sync);
void compare_finish(struct sync *sync);
void flush_begin(struct sync *sync); /* flush.c */
void flush_finish(struct sync *sync);
void flush_cancel(struct sync *sync); /* a call of which nothing has left */
void pull_begin(struct sync *sync);   /* pull.c */
void pull_finish(struct sync *sync);
void read_begin(struct sync *sync); /* read.c */
void read_finish(struct sync *sync);
void ack_begin(struct sync *sync);  /* task.c */
void line_begin(struct sync *sync); /* line.c */

#endif
