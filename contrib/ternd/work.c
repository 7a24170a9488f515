#include "work.h"

#include "log.h"
#include "server.h"

bool
work_submit(struct work *work, struct worker *worker,
    enum status (*run)(struct job *job, struct store *store, struct error *err),
    void (*done)(struct job *job, enum status status, struct error *err))
{
	work->job.run = run;
	work->job.done = done;
	if (worker_submit(worker, &work->job))
		return true;
	call_fail(work->call, WIRE_BUSY, "too much is under way: try again later");
	return false;
}

enum status
work_outcome(struct work *work, enum status status)
{
	work->refusal = status;
	switch (status) {
	case STATUS_NOT_FOUND:
	case STATUS_DENIED:
	case STATUS_CONFLICT:
	case STATUS_TOO_LARGE:
		return STATUS_OK;
	default:
		return status;
	}
}

bool
work_failed(struct work *work, enum status status, const struct error *err)
{
	if (status != STATUS_OK) {
		log_error("storage failed", LOG_TEXT("method", work->call->method->name),
		    LOG_TEXT("why", err->text));
		call_fail(work->call, WIRE_STORAGE, "the server's storage failed: try again later");
		return true;
	}
	if (work->refusal == STATUS_DENIED) {
		call_fail(work->call, WIRE_UNAUTHORIZED, "the device was logged out");
		return true;
	}
	return false;
}

void
call_refuse(struct call *call, const struct error *err)
{
	call_fail(call, err->status == STATUS_TOO_LARGE ? WIRE_TOO_LARGE : WIRE_BAD_FIELD, "%s",
	    err->text);
}
