/* send (doc/protocol.md 3.2): the outbox goes out, in order, in batches. */
#include "sync/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "wire/limits.h"
#include "wire/send.h"

static void
batch_clear(struct batch *batch)
{
	free(batch->keys);
	*batch = (struct batch){0};
}

void
flush_finish(struct sync *sync)
{
	batch_clear(&sync->batch);
	path_lock_release(&sync->outbox_lock);
}

static void
give_up(struct sync *sync, enum status status, const struct error *err)
{
	flush_finish(sync);
	task_fail(&sync->flush, status, err);
}

/* The request certainly did no harm: what no other request carried is free to be removed again. */
static void
undoubt(struct sync *sync)
{
	struct batch *batch = &sync->batch;
	struct error ignored;

	/* Should it fail they stay in doubt, which is safe. */
	(void)cache_outbox_undoubt(sync->config.cache, batch->keys, batch->count, &ignored);
}

void
flush_cancel(struct sync *sync)
{
	transport_cancel(sync->config.transport, &sync->flush.call);
	transport_call_finish(&sync->flush.call);
	sync->flush.busy = false;
	undoubt(sync);
	flush_finish(sync);
}

/* ---- choosing what goes ---- */

struct choice {
	struct sync *sync;
	size_t bytes;
	int64_t oldest; /* entries that came into the outbox before it are unsure */
	bool unsure;    /* the first entry is */
	struct key unsure_key;
};

static bool
choose(void *arg, const struct outbox_entry *entry)
{
	struct choice *choice = arg;
	struct batch *batch = &choice->sync->batch;

	if (entry->added < choice->oldest && entry->state == OUTBOX_DOUBT) {
		choice->unsure = batch->count == 0;
		choice->unsure_key = entry->key;
		return false;
	}
	choice->bytes += json_string_size(entry->text);
	if (batch->count > 0 && choice->bytes > BATCH_BYTES)
		return false;
	batch->keys[batch->count] = entry->key;
	return ++batch->count < choice->sync->batch_limit;
}

/* Where the batch is written: the first `written` of the chosen keys are those carried. */
struct carrying {
	struct sync *sync;
	size_t next; /* the first chosen key that wasn't looked at */
	size_t written;
};

/* Only what was chosen and marked goes: not what its owner took back in the meantime. */
static bool
carry(void *arg, const struct outbox_entry *entry)
{
	struct carrying *carrying = arg;
	struct batch *batch = &carrying->sync->batch;
	size_t i = carrying->next;
	const struct send_item item = {
	    .to = entry->conversation,
	    .key = entry->key,
	    .has_after = entry->has_after,
	    .after = entry->after,
	    .type = entry->type,
	    .text = entry->text,
	    .target = entry->target,
	    .was = entry->was,
	};

	while (i < batch->count && !key_equal(&batch->keys[i], &entry->key))
		i++;
	if (i == batch->count || entry->state != OUTBOX_DOUBT)
		return false;
	batch->keys[carrying->written] = entry->key;
	carrying->written++;
	carrying->next = i + 1;
	send_request_add(&carrying->sync->flush.call.body, &item);
	return true;
}

static enum status
fail_unsure(struct sync *sync, const struct key *key, struct error *err)
{
	const struct outbox_result result = {
	    .key = *key,
	    .failed = true,
	    .failure = "unsure: too old to be sent again safely; the server may have it",
	};
	enum cache_applied applied;

	sync->counts.changes++;
	sync->counts.failed++;
	return cache_outbox_settle(sync->config.cache, NULL, &result, 1, &applied, err);
}

/* Marks the next batch and writes its request. *empty: the outbox is. The batch may be empty where
 * it isn't: all that was chosen was taken back. */
static enum status
prepare(struct sync *sync, bool *empty, struct error *err)
{
	struct batch *batch = &sync->batch;
	struct cache *cache = sync->config.cache;
	struct carrying carrying = {.sync = sync};
	struct cache_knowledge knowledge;
	struct choice choice;
	enum status status;

	do {
		batch_clear(batch);
		batch->keys = mem_zalloc(BATCH_ENTRIES, sizeof *batch->keys);
		choice = (struct choice){
		    .sync = sync, .oldest = time_wall() - OUTBOX_DAYS * 86400 * TIME_SECOND};
		status = cache_outbox_list(cache, sync->batch_limit, choose, &choice, err);
		if (status == STATUS_OK && choice.unsure)
			status = fail_unsure(sync, &choice.unsure_key, err);
	} while (status == STATUS_OK && choice.unsure);
	*empty = batch->count == 0;
	if (status != STATUS_OK || *empty)
		return status;
	status = cache_knowledge_get(cache, &knowledge, err);
	if (status == STATUS_OK)
		status = cache_outbox_doubt(cache, batch->keys, batch->count, err);
	if (status != STATUS_OK)
		return status;
	buf_init(&sync->flush.call.body, LIMIT_REQUEST);
	send_request_begin(&sync->flush.call.body);
	status = cache_outbox_list(cache, batch->count, carry, &carrying, err);
	send_request_end(&sync->flush.call.body, &knowledge.known);
	batch->count = carrying.written;
	return status;
}

/* ---- the answer ---- */

/* Fills *to from one result. False where the entry stays: it may be sent again. */
static bool
result_settles(struct outbox_result *to, const struct send_result *result, struct buf *sentence)
{
	*to = (struct outbox_result){.key = result->key};
	if (result->error == WIRE_OK) {
		to->conversation = result->conversation;
		to->msg_id = result->msg_id;
		to->time = result->time;
		to->stamp = result->stamp;
		return true;
	}
	if (wire_error_is_temporary(result->error))
		return false;
	buf_init(sentence, LIMIT_TEXT);
	buf_printf(sentence, "%s: %s", wire_error_name(result->error), result->error_text);
	to->failed = true;
	to->failure = buf_string(sentence);
	return true;
}

/* One result for each message, in order. */
static enum status
check_answer(const struct batch *batch, const struct send_answer *answer, struct error *err)
{
	bool fits = answer->count == batch->count;

	for (size_t i = 0; i < batch->count && fits; i++)
		fits = key_equal(&answer->results[i].key, &batch->keys[i]);
	return fits ? STATUS_OK
	            : error_set(err, STATUS_PROTOCOL,
	                  "the server's results are not those of the messages it was sent");
}

/* *settled counts the entries that are done with. *fits: the answer's generation is the cache's. */
static enum status
settle(struct sync *sync, const struct send_answer *answer, size_t *settled, bool *fits,
    struct error *err)
{
	struct outbox_result *results = mem_zalloc(answer->count, sizeof *results);
	struct buf *sentences = mem_zalloc(answer->count, sizeof *sentences);
	size_t count = 0, failed = 0;
	enum cache_applied applied;
	enum status status;

	for (size_t i = 0; i < answer->count; i++)
		if (result_settles(&results[count], &answer->results[i], &sentences[i]))
			failed += results[count++].failed;
	status = cache_outbox_settle(
	    sync->config.cache, answer->generation, results, count, &applied, err);
	*fits = status != STATUS_OK || applied == CACHE_APPLIED;
	if (status == STATUS_OK && *fits) {
		sync->counts.changes++;
		sync->counts.sent += (int64_t)(count - failed);
		sync->counts.failed += (int64_t)failed;
		*settled = count;
	}
	for (size_t i = 0; i < answer->count; i++)
		buf_finish(&sentences[i]);
	free(sentences);
	free(results);
	return status;
}

/* The server refused the whole request because of something in it. Ever smaller ones find out which
 * entry it is; one that is alone is refused for good. */
static enum status
refused(struct sync *sync, enum wire_error code, const struct error *why, struct error *err)
{
	struct outbox_result result = {.key = sync->batch.keys[0], .failed = true};
	enum cache_applied applied;
	char *failure;
	enum status status;

	if (sync->batch.count > 1) {
		sync->batch_limit = sync->batch.count / 2;
		return STATUS_OK;
	}
	sync->batch_limit = BATCH_ENTRIES;
	failure = mem_printf("%s: %s", wire_error_name(code), why->text);
	result.failure = failure;
	status = cache_outbox_settle(sync->config.cache, NULL, &result, 1, &applied, err);
	free(failure);
	if (status == STATUS_OK) {
		sync->counts.changes++;
		sync->counts.failed++;
	}
	return status;
}

static bool
refuses_content(enum wire_error code)
{
	return code == WIRE_BAD_FIELD || code == WIRE_BAD_JSON || code == WIRE_TOO_LARGE;
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct sync *sync = task->sync;
	struct send_answer answer = {0};
	struct error err = call->err;
	enum status status = call->status;
	size_t settled = 0;
	bool fits = true;

	if (!call->left)
		undoubt(sync);
	if (refuses_content(call->error)) {
		struct error why = call->err;

		status = refused(sync, call->error, &why, &err);
		settled = 1;
	} else {
		if (status == STATUS_OK)
			status = send_answer_read(&answer, call->doc, &err);
		fits = !answer.reset;
		if (!fits)
			undoubt(sync);
		if (status == STATUS_OK && fits)
			status = check_answer(&sync->batch, &answer, &err);
		if (status == STATUS_OK && fits)
			status = settle(sync, &answer, &settled, &fits, &err);
		send_answer_finish(&answer);
	}
	if (!fits) {
		flush_finish(sync);
		task_behind_lists(task);
		return;
	}
	if (status == STATUS_OK && !settled)
		status = error_set(&err, STATUS_AGAIN, "the server does not take the messages yet");
	if (status != STATUS_OK) {
		give_up(sync, status, &err);
		return;
	}
	backoff_reset(&task->backoff);
	task->times_behind = 0;
	transport_call_finish(call);
	flush_begin(sync);
}

void
flush_begin(struct sync *sync)
{
	struct task *task = &sync->flush;
	struct error err;
	enum status status = STATUS_OK;
	bool empty = false;

	if (sync->outbox_lock.fd < 0)
		status = path_lock_beside(
		    &sync->outbox_lock, cache_path(sync->config.cache), "outbox", &err);
	if (status == STATUS_AGAIN) {
		/* Its holder sends ours as well. */
		task->not_before = time_mono() + OUTBOX_RETRY_MS * TIME_MS;
		return;
	}
	task->again = false;
	if (status == STATUS_OK)
		status = prepare(sync, &empty, &err);
	if (status != STATUS_OK) {
		give_up(sync, status, &err);
	} else if (empty) {
		sync->batch_limit = BATCH_ENTRIES;
		flush_finish(sync);
		task_succeed(task);
	} else if (sync->batch.count == 0) {
		/* All that was chosen was taken back meanwhile: choose again. */
		transport_call_finish(&task->call);
		task->not_before = time_mono() + TIME_MS;
	} else {
		task_call(task, METHOD_SEND, CALL_TIMEOUT_MS, answered);
	}
}
