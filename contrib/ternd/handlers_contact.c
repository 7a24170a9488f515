/* contact-set (doc/protocol.md 3.8). */
#include "handlers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "pool.h"
#include "server.h"
#include "store.h"
#include "wire/limits.h"
#include "wire/sync.h"
#include "work.h"

struct contact_setting {
	struct work work;
	struct contact_set set; /* its strings are borrowed from the call's body */
	struct noted {
		const char *given; /* the request's name for it; may be NULL */
		char kept[LIMIT_NAME + 1];
		bool changed;
	} * noted; /* each contact */
};

static void
setting_free(struct contact_setting *setting)
{
	contact_set_finish(&setting->set);
	free(setting->noted);
	free(setting);
}

static enum status
set_run(struct job *job, struct store *store, struct error *err)
{
	struct contact_setting *setting = (struct contact_setting *)job;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < setting->set.count && status == STATUS_OK; i++) {
		struct noted *noted = &setting->noted[i];

		setting->set.contacts[i].name = noted->given;
		status = store->driver->contact_set(store, &setting->work.call->caller,
		    &setting->set.contacts[i], noted->kept, &noted->changed, err);
	}
	return work_outcome(&setting->work, status);
}

/* Tells all devices of the owner, the caller's too. */
static void
publish(const struct call *call, const struct contact *contact)
{
	struct pools *pools = call->server->pools;
	int64_t owner_id = call->caller.account_id;
	struct buf event;

	if (!pools_wants(pools, owner_id, 0))
		return;
	buf_init(&event, LIMIT_ANSWER);
	event_write_contact(&event, contact);
	pools_publish(pools, owner_id, 0, contact->stamp, event.data, event.length);
	buf_finish(&event);
}

static void
set_done(struct job *job, enum status status, struct error *err)
{
	struct contact_setting *setting = (struct contact_setting *)job;
	struct call *call = setting->work.call;
	struct buf body;

	if (!work_failed(&setting->work, status, err)) {
		for (size_t i = 0; i < setting->set.count; i++)
			if (setting->noted[i].changed)
				publish(call, &setting->set.contacts[i]);
		setting->set.generation = call->server->generation;
		buf_init(&body, LIMIT_ANSWER);
		contact_set_write(&body, &setting->set);
		call_answer(call, &body);
	}
	setting_free(setting);
}

void
handle_contact_set(struct call *call)
{
	struct contact_setting *setting = mem_zalloc(1, sizeof *setting);
	struct error err;

	setting->work.call = call;
	if (contact_set_request_read(&setting->set, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		setting_free(setting);
		return;
	}
	setting->noted = mem_zalloc(setting->set.count, sizeof *setting->noted);
	for (size_t i = 0; i < setting->set.count; i++)
		setting->noted[i].given = setting->set.contacts[i].name;
	if (!work_submit(&setting->work, call->server->writer, set_run, set_done))
		setting_free(setting);
}
