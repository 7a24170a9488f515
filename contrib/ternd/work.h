/* A job that a call waits for. */
#ifndef TERND_WORK_H
#define TERND_WORK_H

#include "call.h"
#include "worker.h"

/* Embedded at the start of a handler's own struct. */
struct work {
	struct job job;
	struct call *call;
	enum status refusal; /* what run()'s outcome was, where storage did not fail */
};

/* Submits it. False where the worker has too much to do: the call was failed, the work is the
 * caller's to free. */
bool work_submit(struct work *work, struct worker *worker,
    enum status (*run)(struct job *job, struct store *store, struct error *err),
    void (*done)(struct job *job, enum status status, struct error *err));

/*
 * What run() returns: storage's failure as it is; a refusal (NOT_FOUND, DENIED, CONFLICT,
 * TOO_LARGE) is kept in work->refusal and is OK for the transaction, which it doesn't undo.
 */
enum status work_outcome(struct work *work, enum status status);

/* In done(): true where the call was failed, because storage failed or the device was revoked. */
bool work_failed(struct work *work, enum status status, const struct error *err);

/* Fails a call whose request was not taken by its reader (wire/). */
void call_refuse(struct call *call, const struct error *err);

#endif
