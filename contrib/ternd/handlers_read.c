/* read (doc/protocol.md 3.9). */
#include "handlers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "head_news.h"
#include "server.h"
#include "store.h"
#include "wire/limits.h"
#include "wire/read.h"
#include "work.h"

struct reading {
	struct work work;
	struct read_request request; /* its strings are borrowed from the call's body */
	struct read_answer answer;   /* its heads and their strings are owned */
	struct head_news news;
	enum wire_error refusal;
};

/* What run() made; it may be run again. */
static void
forget(struct reading *reading)
{
	for (size_t i = 0; i < reading->answer.count; i++)
		free((char *)reading->answer.heads[i].conversation);
	read_answer_finish(&reading->answer);
	head_news_clear(&reading->news);
}

static void
reading_free(struct reading *reading)
{
	forget(reading);
	read_request_finish(&reading->request);
	free(reading);
}

static void
add_news(void *arg, int64_t account_id, const struct conversation_head *head)
{
	head_news_add(&((struct reading *)arg)->news, account_id, head);
}

static void
add_answer(void *arg, const struct conversation_head *head)
{
	struct reading *reading = arg;
	struct conversation_head *row = &reading->answer.heads[reading->answer.count++];

	*row = *head;
	row->conversation = mem_strdup(head->conversation);
}

static enum status
read_run(struct job *job, struct store *store, struct error *err)
{
	struct reading *reading = (struct reading *)job;
	const struct store_head_sink sink = {add_news, add_answer, reading};

	forget(reading);
	reading->answer.heads = mem_zalloc(reading->request.count, sizeof *reading->answer.heads);
	return work_outcome(&reading->work,
	    store->driver->read_mark(store, &reading->work.call->caller, reading->request.markers,
	        reading->request.count, &sink, &reading->refusal, err));
}

static void
read_done(struct job *job, enum status status, struct error *err)
{
	struct reading *reading = (struct reading *)job;
	struct call *call = reading->work.call;
	struct buf body;

	if (work_failed(&reading->work, status, err)) {
		reading_free(reading);
		return;
	}
	if (reading->refusal != WIRE_OK) {
		call_fail(call, reading->refusal, "a marker is above the last message");
		reading_free(reading);
		return;
	}
	head_news_publish(&reading->news, call->server->pools, call->caller.device_id);
	reading->answer.generation = call->server->generation;
	buf_init(&body, LIMIT_ANSWER);
	read_answer_write(&body, &reading->answer);
	call_answer(call, &body);
	reading_free(reading);
}

void
handle_read(struct call *call)
{
	struct reading *reading = mem_zalloc(1, sizeof *reading);
	struct error err;

	reading->work.call = call;
	if (read_request_read(&reading->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		reading_free(reading);
		return;
	}
	if (!work_submit(&reading->work, call->server->writer, read_run, read_done))
		reading_free(reading);
}
