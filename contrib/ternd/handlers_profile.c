/* profile-set (doc/protocol.md 3.11). */
#include "handlers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "pusher.h"
#include "server.h"
#include "store.h"
#include "wire/details.h"
#include "wire/limits.h"
#include "work.h"

struct profile_setting {
	struct work work;
	struct profile_set_request request; /* its strings are borrowed from the call's body */
	int64_t stamp;
	bool changed;
};

static void
setting_free(struct profile_setting *setting)
{
	profile_set_request_finish(&setting->request);
	free(setting);
}

static enum status
set_run(struct job *job, struct store *store, struct error *err)
{
	struct profile_setting *setting = (struct profile_setting *)job;

	return work_outcome(&setting->work,
	    store->driver->profile_set(store, &setting->work.call->caller, setting->request.fields,
	        setting->request.count, &setting->stamp, &setting->changed, err));
}

static void
set_done(struct job *job, enum status status, struct error *err)
{
	struct profile_setting *setting = (struct profile_setting *)job;
	struct call *call = setting->work.call;
	const struct profile_set_answer answer = {call->server->generation, setting->stamp};
	struct buf body;

	if (work_failed(&setting->work, status, err)) {
		setting_free(setting);
		return;
	}
	if (setting->work.refusal == STATUS_TOO_LARGE) {
		call_fail(
		    call, WIRE_TOO_LARGE, "a profile has at most %d fields", PROFILE_FIELDS_MAX);
	} else {
		if (setting->changed)
			pusher_kick(call->server->pusher);
		buf_init(&body, LIMIT_ANSWER);
		profile_set_answer_write(&body, &answer);
		call_answer(call, &body);
	}
	setting_free(setting);
}

void
handle_profile_set(struct call *call)
{
	struct profile_setting *setting = mem_zalloc(1, sizeof *setting);
	struct error err;

	setting->work.call = call;
	if (profile_set_request_read(&setting->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		setting_free(setting);
		return;
	}
	if (!work_submit(&setting->work, call->server->writer, set_run, set_done))
		setting_free(setting);
}
