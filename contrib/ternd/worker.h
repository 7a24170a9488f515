/*
 * Worker threads. Each runs jobs one after another on its own store connection (or none); the
 * event loop never waits for one. The writer commits in groups: all jobs that queued up while
 * the last commit ran share one transaction, and `done` is called only after that commit. There
 * is no timer: a lone job commits at once.
 */
#ifndef TERND_WORKER_H
#define TERND_WORKER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct store;
struct worker;

enum worker_kind {
	WORKER_WRITER, /* group commit: begin, run…, commit */
	WORKER_READER, /* each job in a read transaction of its own */
	WORKER_PLAIN,  /* no store: Argon2id */
};

/*
 * One job. Embedded at the start of the caller's own struct, which owns everything it points to.
 * run: on the worker's thread, with its store (NULL for WORKER_PLAIN). Refusals are results in
 * the caller's struct; it returns another status than OK only where storage failed, and then
 * nothing of the job is stored. Where its group failed it is called again, for the job alone: it
 * sets every result anew.
 * done: on the loop's thread, after the commit, in the order of submission. It frees the job.
 * `status` is what run returned, or the commit's failure (IO).
 */
struct job {
	enum status (*run)(struct job *job, struct store *store, struct error *err);
	void (*done)(struct job *job, enum status status, struct error *err);
	enum status status;
	struct error err;
	struct job *next;
};

/*
 * Starts a worker. store (may be NULL) is taken: the worker closes it. limit is how many jobs may
 * wait. Completions come back through an eventfd watched by base. IO where no thread or eventfd
 * can be had.
 */
enum status worker_create(struct worker **worker, enum worker_kind kind, struct store *store,
    struct event_base *base, size_t limit, struct error *err);

/* Finishes the jobs that wait, calls their done, stops the thread. Accepts NULL. */
void worker_destroy(struct worker *worker);

/* Queues a job; loop's thread only. False, and the job untouched, where `limit` jobs wait. */
bool worker_submit(struct worker *worker, struct job *job);

/*
 * Called on the loop's thread, once for each commit of the writer, after that group's jobs were
 * done: everything with a stamp up to `stamp` is committed and was announced. How pools
 * learn that their interval has grown.
 */
void
worker_on_commit(struct worker *writer, void (*committed)(void *arg, int64_t stamp), void *arg);

#endif
