/*
 * Consumers. place.next is kept up by whatever lets a consumer reach further, so that asking what
 * is new looks at nothing else. It is set to the stamp of the next message and stays until the
 * place advances: what comes later in that conversation comes behind it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cache/internal.h"

/* The end of what can be handed on behind place without a hole: ids below first have expired and
 * count as no hole. */
static enum status
find_end(struct cache *cache, int64_t conversation_id, int64_t first, int64_t place, int64_t *end,
    struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	int64_t start = place + 1 > first ? place + 1 : first;
	enum status status = cache_find(
	    cache, SQL_HELD_AT, VALUES(INT(conversation_id), INT(start)), &statement, &found, err);

	if (status != STATUS_OK)
		return status;
	*end = start - 1;
	if (found && sqlite3_column_int64(statement, 0) > *end)
		*end = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return STATUS_OK;
}

/* Sets place.next of a consumer to the stamp of its next message, if there is one. */
static enum status
set_next(struct cache *cache, int64_t consumer, int64_t conversation_id, int64_t first,
    int64_t place, struct error *err)
{
	sqlite3_stmt *statement;
	int64_t stamp;
	int64_t end;
	bool found = false;
	enum status status = find_end(cache, conversation_id, first, place, &end, err);

	if (status == STATUS_OK && end > place)
		status = cache_find(cache, SQL_MESSAGE_NEXT,
		    VALUES(INT(conversation_id), INT(place), INT(end)), &statement, &found, err);
	if (status != STATUS_OK || !found)
		return status;
	stamp = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return cache_run(
	    cache, SQL_PLACE_NEXT, VALUES(INT(consumer), INT(conversation_id), INT(stamp)), err);
}

enum status
consumer_reach(struct cache *cache, const struct conversation *conversation, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status =
	    cache_query(cache, SQL_CONSUMER_PLACES, VALUES(INT(conversation->id)), &statement, err);

	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			status =
			    set_next(cache, sqlite3_column_int64(statement, 0), conversation->id,
			        conversation->first, sqlite3_column_int64(statement, 1), err);
	}
	return status;
}

/* ---- opening ---- */

static enum status
reach_all(struct cache *cache, int64_t consumer, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status =
	    cache_query(cache, SQL_CONVERSATION_REACHES, NO_VALUES, &statement, err);

	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			status = set_next(cache, consumer, sqlite3_column_int64(statement, 0),
			    sqlite3_column_int64(statement, 1), 0, err);
	}
	return status;
}

static enum status
find_consumer(
    struct cache *cache, const char *name, int64_t *consumer, bool *found, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status =
	    cache_find(cache, SQL_CONSUMER_FIND, VALUES(TEXT(name)), &statement, found, err);

	if (status == STATUS_OK && *found)
		*consumer = sqlite3_column_int64(statement, 0);
	return status;
}

static enum status
add_consumer(struct cache *cache, const char *name, bool now, int64_t *consumer, struct error *err)
{
	enum status status = cache_run(cache, SQL_CONSUMER_ADD, VALUES(TEXT(name)), err);

	if (status != STATUS_OK)
		return status;
	*consumer = sqlite3_last_insert_rowid(cache->db);
	if (now)
		return cache_run(cache, SQL_PLACE_START_NOW, VALUES(INT(*consumer)), err);
	return reach_all(cache, *consumer, err);
}

enum status
cache_consumer_find(
    struct cache *cache, const char *name, int64_t *consumer, bool *found, struct error *err)
{
	enum status status = cache_begin(cache, READ, err);

	*found = false;
	if (status != STATUS_OK)
		return status;
	return cache_end(cache, find_consumer(cache, name, consumer, found, err), err);
}

enum status
cache_consumer_open(struct cache *cache, const char *name, bool now, int64_t *consumer,
    bool *created, struct error *err)
{
	bool found;
	enum status status = cache_consumer_find(cache, name, consumer, &found, err);

	*created = false;
	if (status != STATUS_OK || found)
		return status;
	status = cache_begin(cache, WRITE_DURABLY, err);
	if (status != STATUS_OK)
		return status;
	status = find_consumer(cache, name, consumer, &found, err);
	if (status == STATUS_OK && !found)
		status = add_consumer(cache, name, now, consumer, err);
	*created = !found;
	return cache_end(cache, status, err);
}

/* ---- handing on ---- */

/* A conversation with something to hand on. */
struct source {
	struct address address;
	int64_t id;
	int64_t place; /* what was told already */
	int64_t end;
	int64_t handing;
	int64_t next; /* stamp of its next message */
	int64_t peer_ack;
	int64_t peer_read;
};

/*
 * Merges conversations by the stamps of their next messages. Those not opened yet stand in the
 * order of theirs in `unopened`; a conversation is opened only when its turn comes.
 */
struct merge {
	struct cache *cache;
	struct address own;
	struct message_reader reader;
	sqlite3_stmt *unopened;
	bool has_unopened;
	struct source *heap; /* smallest next at 0 */
	size_t count;
	size_t room;
	size_t left; /* messages that may still be told */
	int64_t consumer;
	bool was_handed; /* something of a lost history that came again */
	void (*row)(void *arg, const struct message *message, enum cache_handing handing);
	void *arg;
};

static void
heap_swap(struct source *a, struct source *b)
{
	struct source t = *a;

	*a = *b;
	*b = t;
}

static void
heap_add(struct merge *merge, const struct source *source)
{
	size_t i = merge->count++;

	if (merge->count > merge->room) {
		merge->room = merge->room ? 2 * merge->room : 8;
		merge->heap = mem_resize(merge->heap, merge->room, sizeof *merge->heap);
	}
	merge->heap[i] = *source;
	for (; i > 0 && merge->heap[i].next < merge->heap[(i - 1) / 2].next; i = (i - 1) / 2)
		heap_swap(&merge->heap[i], &merge->heap[(i - 1) / 2]);
}

static void
heap_take(struct merge *merge, struct source *source)
{
	size_t i = 0;

	*source = merge->heap[0];
	merge->heap[0] = merge->heap[--merge->count];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= merge->count)
			break;
		if (child + 1 < merge->count &&
		    merge->heap[child + 1].next < merge->heap[child].next)
			child++;
		if (merge->heap[i].next <= merge->heap[child].next)
			break;
		heap_swap(&merge->heap[i], &merge->heap[child]);
		i = child;
	}
}

static int64_t
unopened_next(const struct merge *merge)
{
	return merge->has_unopened ? sqlite3_column_int64(merge->unopened, 5) : INT64_MAX;
}

/* Opens the conversation that stands first in `unopened`. */
static enum status
open_source(struct merge *merge, struct error *err)
{
	sqlite3_stmt *statement = merge->unopened;
	struct source source = {
	    .id = sqlite3_column_int64(statement, 1),
	    .place = sqlite3_column_int64(statement, 3),
	    .handing = sqlite3_column_int64(statement, 4),
	    .next = sqlite3_column_int64(statement, 5),
	    .peer_ack = sqlite3_column_int64(statement, 6),
	    .peer_read = sqlite3_column_int64(statement, 7),
	};
	enum status status;

	snprintf(source.address.text, sizeof source.address.text, "%s", column_text(statement, 0));
	status = find_end(merge->cache, source.id, sqlite3_column_int64(statement, 2), source.place,
	    &source.end, err);
	if (status != STATUS_OK)
		return status;
	heap_add(merge, &source);
	return cache_step(merge->cache, statement, &merge->has_unopened, err);
}

static enum status
find_handing(struct merge *merge, const struct source *source, const struct message *message,
    enum cache_handing *handing, struct error *err)
{
	int64_t was = message->was ? message->was : message->stamp;
	sqlite3_stmt *statement;
	bool found;
	enum status status;

	*handing = message->msg_id <= source->handing ? HANDING_REPEATED : HANDING_NEW;
	if (!merge->was_handed)
		return STATUS_OK;
	status = cache_find(merge->cache, SQL_HANDED,
	    VALUES(INT(merge->consumer), INT(source->id), INT(was)), &statement, &found, err);
	if (status == STATUS_OK && found)
		*handing = HANDING_DONE;
	return status;
}

/* Tells a conversation's messages while it has the smallest stamp, and puts it back if there are
 * more. */
static enum status
tell_source(struct merge *merge, struct source *source, struct error *err)
{
	struct message message;
	enum cache_handing handing;
	sqlite3_stmt *statement;
	int64_t until = unopened_next(merge);
	bool more = true;
	enum status status;

	if (merge->count > 0 && merge->heap[0].next < until)
		until = merge->heap[0].next;
	status = cache_query(merge->cache, SQL_MESSAGE_LIST,
	    VALUES(INT(source->id), INT(source->place + 1), INT(source->end), INT(true)),
	    &statement, err);
	message_reader_turn(
	    &merge->reader, source->address.text, source->peer_ack, source->peer_read);
	while (status == STATUS_OK && merge->left > 0) {
		status = cache_step(merge->cache, statement, &more, err);
		if (status == STATUS_OK && more)
			status = message_read(&merge->reader, statement, &message, err);
		if (status != STATUS_OK || !more)
			break;
		if (message.stamp > until) {
			source->next = message.stamp;
			heap_add(merge, source);
			break;
		}
		status = find_handing(merge, source, &message, &handing, err);
		if (status != STATUS_OK)
			break;
		merge->row(merge->arg, &message, handing);
		source->place = message.msg_id;
		merge->left--;
	}
	return status;
}

static enum status
merge_run(struct merge *merge, struct error *err)
{
	struct source source;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && merge->left > 0) {
		if (merge->has_unopened &&
		    (merge->count == 0 || unopened_next(merge) < merge->heap[0].next)) {
			status = open_source(merge, err);
			continue;
		}
		if (merge->count == 0)
			break;
		heap_take(merge, &source);
		status = tell_source(merge, &source, err);
	}
	return status;
}

enum status
cache_consumer_next(struct cache *cache, int64_t consumer, const char *who, size_t limit,
    void (*row)(void *arg, const struct message *message, enum cache_handing handing), void *arg,
    struct error *err)
{
	struct merge merge = {
	    .cache = cache, .consumer = consumer, .left = limit, .row = row, .arg = arg};
	sqlite3_stmt *statement;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	message_reader_init(&merge.reader, cache, &merge.own);
	status = account_own(cache, &merge.own, err);
	if (status == STATUS_OK)
		status = cache_find(cache, SQL_HANDED_ANY, VALUES(INT(consumer)), &statement,
		    &merge.was_handed, err);
	if (status == STATUS_OK)
		status = cache_find(cache, SQL_PLACE_LIST, VALUES(INT(consumer), TEXT(who)),
		    &merge.unopened, &merge.has_unopened, err);
	if (status == STATUS_OK)
		status = merge_run(&merge, err);
	message_reader_finish(&merge.reader);
	free(merge.heap);
	return cache_end(cache, status, err);
}

/* ---- places ---- */

enum status
cache_consumer_handing(struct cache *cache, int64_t consumer,
    const struct conversation_range *places, size_t count, struct error *err)
{
	struct conversation conversation;
	bool found;
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status =
		    conversation_find(cache, places[i].conversation, &conversation, &found, err);
		if (status == STATUS_OK && found)
			status = cache_run(cache, SQL_PLACE_HANDING,
			    VALUES(INT(consumer), INT(conversation.id), INT(places[i].ids.last)),
			    err);
	}
	return cache_end(cache, status, err);
}

enum status
consumer_advance(
    struct cache *cache, int64_t consumer, const struct conversation_range *to, struct error *err)
{
	struct conversation conversation;
	sqlite3_stmt *statement;
	int64_t place;
	bool found;
	enum status status = conversation_find(cache, to->conversation, &conversation, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	status = cache_find(cache, SQL_PLACE_ADVANCE,
	    VALUES(INT(consumer), INT(conversation.id), INT(to->ids.last)), &statement, &found,
	    err);
	if (status != STATUS_OK)
		return status;
	place = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return set_next(cache, consumer, conversation.id, conversation.first, place, err);
}

enum status
cache_consumer_advance(struct cache *cache, int64_t consumer,
    const struct conversation_range *places, size_t count, struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = consumer_advance(cache, consumer, &places[i], err);
	return cache_end(cache, status, err);
}
