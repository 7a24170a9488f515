/* devices, device-revoke (doc/protocol.md 3.13). */
#include "handlers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "server.h"
#include "store.h"
#include "wire/device.h"
#include "wire/limits.h"
#include "wire/sync.h"
#include "work.h"

struct device_listing {
	struct work work;
	struct devices_answer answer; /* its rows and their names are owned */
};

static void
forget_devices(struct devices_answer *answer)
{
	const char *generation = answer->generation;

	for (size_t i = 0; i < answer->count; i++)
		free((char *)answer->devices[i].name);
	devices_answer_finish(answer);
	answer->generation = generation;
}

static void
add_device(void *arg, const struct device *device)
{
	struct device_listing *listing = arg;
	struct devices_answer *answer = &listing->answer;
	struct device *row;

	if (!answer->devices)
		answer->devices = mem_zalloc(LIMIT_PAGE_ROWS, sizeof *answer->devices);
	row = &answer->devices[answer->count++];
	*row = *device;
	row->name = mem_strdup(device->name);
	row->current = device->device_id == listing->work.call->caller.device_id;
}

static enum status
list_run(struct job *job, struct store *store, struct error *err)
{
	struct device_listing *listing = (struct device_listing *)job;

	forget_devices(&listing->answer);
	return work_outcome(
	    &listing->work, store->driver->device_list(store, &listing->work.call->caller,
	                        LIMIT_PAGE_ROWS, add_device, listing, err));
}

static void
list_done(struct job *job, enum status status, struct error *err)
{
	struct device_listing *listing = (struct device_listing *)job;
	struct buf body;

	if (!work_failed(&listing->work, status, err)) {
		buf_init(&body, LIMIT_ANSWER);
		devices_answer_write(&body, &listing->answer);
		call_answer(listing->work.call, &body);
	}
	forget_devices(&listing->answer);
	free(listing);
}

void
handle_devices(struct call *call)
{
	struct device_listing *listing = mem_zalloc(1, sizeof *listing);

	listing->work.call = call;
	listing->answer.generation = call->server->generation;
	if (!work_submit(&listing->work, call->server->reader, list_run, list_done))
		free(listing);
}

struct device_revoking {
	struct work work;
	int64_t device_id;
	bool ended; /* by this request */
};

static enum status
revoke_run(struct job *job, struct store *store, struct error *err)
{
	struct device_revoking *revoking = (struct device_revoking *)job;

	return work_outcome(
	    &revoking->work, store->driver->device_revoke(store, &revoking->work.call->caller,
	                         revoking->device_id, &revoking->ended, err));
}

static void
revoke_done(struct job *job, enum status status, struct error *err)
{
	struct device_revoking *revoking = (struct device_revoking *)job;
	struct call *call = revoking->work.call;
	struct buf body;

	if (!work_failed(&revoking->work, status, err)) {
		if (revoking->ended)
			server_end_device(call->server, revoking->device_id, call);
		buf_init(&body, LIMIT_ANSWER);
		plain_answer_write(&body, call->server->generation);
		call_answer(call, &body);
	}
	free(revoking);
}

void
handle_device_revoke(struct call *call)
{
	struct device_revoking *revoking = mem_zalloc(1, sizeof *revoking);
	struct error err;

	revoking->work.call = call;
	if (device_revoke_request_read(&revoking->device_id, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		free(revoking);
		return;
	}
	if (!work_submit(&revoking->work, call->server->writer, revoke_run, revoke_done))
		free(revoking);
}
