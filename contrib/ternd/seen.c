#include "seen.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "log.h"
#include "store.h"
#include "table.h"
#include "worker.h"

struct seen {
	struct table_node node;
	int64_t device_id;
	int64_t time; /* wall */
	STAILQ_ENTRY(seen) next;
};

STAILQ_HEAD(seen_list, seen);

struct seen_keeper {
	struct server *server;
	struct table table;
	struct seen_list list; /* the same, in the order they came */
	size_t due;            /* of these, how many this round has to save yet */
	bool saving;           /* a batch is under way */
	struct event *timer;
};

struct seen_batch {
	struct job job;
	struct seen_keeper *keeper;
	struct seen_list list;
};

static void save_some(struct seen_keeper *keeper, size_t limit);

static void
free_list(struct seen_list *list)
{
	struct seen *seen;

	while ((seen = STAILQ_FIRST(list))) {
		STAILQ_REMOVE_HEAD(list, next);
		free(seen);
	}
}

static enum status
batch_run(struct job *job, struct store *store, struct error *err)
{
	struct seen *seen;
	enum status status;

	STAILQ_FOREACH(seen, &((struct seen_batch *)job)->list, next)
	if ((status = store->driver->device_seen(store, seen->device_id, seen->time, err)))
		return status;
	return STATUS_OK;
}

static void
batch_done(struct job *job, enum status status, struct error *err)
{
	struct seen_batch *batch = (struct seen_batch *)job;
	struct seen_keeper *keeper = batch->keeper;

	if (status != STATUS_OK)
		log_warn("when devices were seen was not saved", LOG_TEXT("why", err->text));
	free_list(&batch->list);
	free(batch);
	keeper->saving = false;
	if (status == STATUS_OK && keeper->due)
		save_some(keeper, SEEN_BATCH);
}

static void
save_some(struct seen_keeper *keeper, size_t limit)
{
	struct seen_batch *batch = mem_zalloc(1, sizeof *batch);
	struct seen *seen;

	batch->job.run = batch_run;
	batch->job.done = batch_done;
	batch->keeper = keeper;
	STAILQ_INIT(&batch->list);
	for (; limit && keeper->due && (seen = STAILQ_FIRST(&keeper->list)); limit--) {
		STAILQ_REMOVE_HEAD(&keeper->list, next);
		table_remove(&keeper->table, &seen->node);
		STAILQ_INSERT_TAIL(&batch->list, seen, next);
		keeper->due--;
	}
	keeper->saving = worker_submit(keeper->server->writer, &batch->job);
	if (keeper->saving)
		return;
	free_list(&batch->list);
	free(batch);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct seen_keeper *keeper = arg;

	(void)fd;
	(void)what;
	keeper->due = keeper->table.count;
	if (keeper->due && !keeper->saving)
		save_some(keeper, SEEN_BATCH);
}

struct seen_keeper *
seen_create(struct server *server)
{
	struct seen_keeper *keeper = mem_zalloc(1, sizeof *keeper);
	const struct timeval period = {SEEN_SAVE_S, 0};

	keeper->server = server;
	table_init(&keeper->table);
	STAILQ_INIT(&keeper->list);
	keeper->timer = event_new(server->base, -1, EV_PERSIST, on_timer, keeper);
	event_add(keeper->timer, &period);
	return keeper;
}

void
seen_destroy(struct seen_keeper *keeper)
{
	struct seen *seen;

	if (!keeper)
		return;
	STAILQ_FOREACH(seen, &keeper->list, next)
	table_remove(&keeper->table, &seen->node);
	free_list(&keeper->list);
	table_finish(&keeper->table);
	event_free(keeper->timer);
	free(keeper);
}

void
seen_note(struct seen_keeper *keeper, int64_t device_id)
{
	struct seen *seen = (struct seen *)table_find(&keeper->table, &device_id, sizeof device_id);

	if (!seen && keeper->table.count >= SEEN_MAX)
		return;
	if (!seen) {
		seen = mem_zalloc(1, sizeof *seen);
		seen->device_id = device_id;
		table_add(&keeper->table, &seen->node, &seen->device_id, sizeof seen->device_id);
		STAILQ_INSERT_TAIL(&keeper->list, seen, next);
	}
	seen->time = time_wall();
}

void
seen_flush(struct seen_keeper *keeper)
{
	keeper->due = keeper->table.count;
	if (keeper->due)
		save_some(keeper, SIZE_MAX);
}
