#include "acks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "head_news.h"
#include "log.h"
#include "store.h"
#include "table.h"
#include "worker.h"

/* What a device acknowledges of a conversation. */
struct ack {
	struct table_node node;
	struct caller caller;
	struct id_range ids;
	struct ack *next; /* in a batch */
	struct {
		int64_t device_id;
		char conversation[ADDRESS_SIZE];
	} key;
};

struct ack_saver {
	struct server *server;
	struct table table;
	struct event *timer;
};

/* What is saved together. */
struct batch {
	struct job job;
	struct server *server;
	struct ack *first;
	struct head_news news;
};

static void
batch_free(struct batch *batch)
{
	struct ack *ack;

	while ((ack = batch->first)) {
		batch->first = ack->next;
		free(ack);
	}
	head_news_clear(&batch->news);
	free(batch);
}

static void
add_news(void *arg, int64_t account_id, const struct conversation_head *head)
{
	head_news_add(arg, account_id, head);
}

static enum status
batch_run(struct job *job, struct store *store, struct error *err)
{
	struct batch *batch = (struct batch *)job;
	const struct store_head_sink sink = {.head = add_news, .arg = &batch->news};

	head_news_clear(&batch->news);
	for (struct ack *ack = batch->first; ack; ack = ack->next) {
		struct conversation_range range = {ack->key.conversation, ack->ids};
		enum status status =
		    store->driver->ack_save(store, &ack->caller, &range, &sink, err);

		/* A device logged out since. */
		if (status != STATUS_OK && status != STATUS_DENIED)
			return status;
	}
	return STATUS_OK;
}

static void
batch_done(struct job *job, enum status status, struct error *err)
{
	struct batch *batch = (struct batch *)job;

	if (status != STATUS_OK)
		log_warn("acknowledgements were not saved", LOG_TEXT("why", err->text));
	else
		head_news_publish(&batch->news, batch->server->pools, 0);
	batch_free(batch);
}

struct taken {
	struct ack **acks;
	size_t count;
};

static void
take_ack(void *arg, struct table_node *node)
{
	struct taken *taken = arg;

	taken->acks[taken->count++] = (struct ack *)node;
}

/* By account and conversation: what several devices acknowledge is told as one. */
static int
compare(const void *a, const void *b)
{
	const struct ack *one = *(struct ack *const *)a, *other = *(struct ack *const *)b;

	if (one->caller.account_id != other->caller.account_id)
		return one->caller.account_id < other->caller.account_id ? -1 : 1;
	return strcmp(one->key.conversation, other->key.conversation);
}

/* Dropped where the writer has too much to do. */
static void
save(struct server *server, struct ack **acks, size_t count)
{
	struct batch *batch = mem_zalloc(1, sizeof *batch);

	batch->server = server;
	batch->job.run = batch_run;
	batch->job.done = batch_done;
	for (size_t i = count; i > 0; i--) {
		acks[i - 1]->next = batch->first;
		batch->first = acks[i - 1];
	}
	if (!worker_submit(server->writer, &batch->job))
		batch_free(batch);
}

void
ack_saver_flush(struct ack_saver *saver)
{
	struct taken taken = {0};

	event_del(saver->timer);
	if (!saver->table.count)
		return;
	taken.acks = mem_zalloc(saver->table.count, sizeof *taken.acks);
	table_clear(&saver->table, take_ack, &taken);
	qsort(taken.acks, taken.count, sizeof *taken.acks, compare);
	for (size_t at = 0; at < taken.count; at += ACKS_BATCH)
		save(saver->server, taken.acks + at,
		    taken.count - at < ACKS_BATCH ? taken.count - at : ACKS_BATCH);
	free(taken.acks);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	ack_saver_flush(arg);
}

struct ack_saver *
ack_saver_create(struct server *server)
{
	struct ack_saver *saver = mem_zalloc(1, sizeof *saver);

	saver->server = server;
	table_init(&saver->table);
	saver->timer = evtimer_new(server->base, on_timer, saver);
	return saver;
}

static void
drop_ack(void *arg, struct table_node *node)
{
	(void)arg;
	free(node); /* a struct ack begins with it */
}

void
ack_saver_destroy(struct ack_saver *saver)
{
	if (!saver)
		return;
	table_clear(&saver->table, drop_ack, NULL);
	table_finish(&saver->table);
	event_free(saver->timer);
	free(saver);
}

/*
 * Joins what touches. Of two that don't the lower one stays: the device's head can only move over
 * the higher one once what is between was acknowledged, too.
 */
static void
merge(struct id_range *ids, struct id_range more)
{
	if (more.first > ids->last + 1)
		return;
	if (more.last + 1 < ids->first) {
		*ids = more;
		return;
	}
	if (more.first < ids->first)
		ids->first = more.first;
	if (more.last > ids->last)
		ids->last = more.last;
}

static void
add_range(
    struct ack_saver *saver, const struct caller *caller, const struct conversation_range *range)
{
	struct ack *ack = mem_zalloc(1, sizeof *ack);
	struct ack *known;

	ack->caller = *caller;
	ack->ids = range->ids;
	ack->key.device_id = caller->device_id;
	memcpy(ack->key.conversation, range->conversation, strlen(range->conversation));
	known = (struct ack *)table_find(&saver->table, &ack->key, sizeof ack->key);
	if (!known && saver->table.count < ACKS_MAX) {
		table_add(&saver->table, &ack->node, &ack->key, sizeof ack->key);
		return;
	}
	if (known)
		merge(&known->ids, range->ids);
	free(ack);
}

void
ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks)
{
	const struct timeval delay = {ACKS_SAVE_MS / 1000, ACKS_SAVE_MS % 1000 * 1000};

	for (size_t i = 0; i < acks->count; i++)
		add_range(saver, caller, &acks->items[i]);
	if (saver->table.count && !evtimer_pending(saver->timer, NULL))
		evtimer_add(saver->timer, &delay);
}
