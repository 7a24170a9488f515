#include <stdio.h>
#include <string.h>

#include "cache/internal.h"

static int64_t
higher(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Nothing at or below it is unread. */
static int64_t
read_floor(int64_t read, int64_t first)
{
	return higher(read, first - 1);
}

enum status
conversation_find(struct cache *cache, const char *address, struct conversation *conversation,
    bool *found, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status =
	    cache_find(cache, SQL_CONVERSATION_FIND, VALUES(TEXT(address)), &statement, found, err);

	if (status != STATUS_OK || !*found)
		return status;
	*conversation = (struct conversation){
	    .id = sqlite3_column_int64(statement, 0),
	    .first = sqlite3_column_int64(statement, 1),
	    .last = sqlite3_column_int64(statement, 2),
	    .ack = sqlite3_column_int64(statement, 3),
	    .read = sqlite3_column_int64(statement, 4),
	    .stamp = sqlite3_column_int64(statement, 5),
	    .held = sqlite3_column_int64(statement, 6),
	    .own = sqlite3_column_int64(statement, 7),
	    .acked = sqlite3_column_int64(statement, 8),
	};
	snprintf(conversation->address.text, sizeof conversation->address.text, "%s", address);
	sqlite3_reset(statement);
	return STATUS_OK;
}

static enum status
add(struct cache *cache, const char *address, struct conversation *conversation, struct error *err)
{
	enum status status = cache_run(cache, SQL_CONVERSATION_ADD, VALUES(TEXT(address)), err);
	bool found;

	/* Read back: the schema alone says what a new one looks like. */
	return status == STATUS_OK ? conversation_find(cache, address, conversation, &found, err)
	                           : status;
}

enum status
conversation_turn(
    struct cache *cache, struct conversation *conversation, const char *address, struct error *err)
{
	bool found;
	enum status status;

	if (conversation->id && strcmp(conversation->address.text, address) == 0)
		return STATUS_OK;
	status = conversation_save(cache, conversation, err);
	if (status != STATUS_OK)
		return status;
	if (strlen(address) >= sizeof conversation->address.text)
		return error_set(err, STATUS_INTERNAL,
		    "defect in tern: an address of %zu bytes reached the cache", strlen(address));
	status = conversation_find(cache, address, conversation, &found, err);
	return status == STATUS_OK && !found ? add(cache, address, conversation, err) : status;
}

enum status
conversation_save(struct cache *cache, struct conversation *conversation, struct error *err)
{
	const struct conversation *c = conversation;
	enum status status = STATUS_OK;

	if (c->changed)
		status = cache_run(cache, SQL_CONVERSATION_SAVE,
		    VALUES(INT(c->id), INT(c->first), INT(c->last), INT(c->ack), INT(c->read),
		        INT(c->stamp), INT(c->held), INT(c->own), INT(c->acked)),
		    err);
	if (status == STATUS_OK && c->reach)
		status = consumer_reach(cache, c, err);
	conversation->changed = conversation->reach = false;
	return status;
}

static enum status
count_own(struct cache *cache, const struct conversation *conversation, int64_t above, int64_t upto,
    const struct address *own, int64_t *count, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_find(cache, SQL_MESSAGE_OWN_COUNT,
	    VALUES(INT(conversation->id), INT(above), INT(upto), TEXT(own->text)), &statement, &row,
	    err);

	if (status == STATUS_OK) {
		*count = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return status;
}

/* The floor of unread rose from `from`: counts own messages again on the shorter side. */
static enum status
raise_floor(struct cache *cache, struct conversation *conversation, int64_t from,
    const struct address *own, struct error *err)
{
	int64_t to = read_floor(conversation->read, conversation->first);
	int64_t count;
	bool passed_is_shorter = to - from < conversation->last - to;
	enum status status;

	if (to == from || conversation->own == 0)
		return STATUS_OK;
	if (passed_is_shorter)
		status = count_own(cache, conversation, from, to, own, &count, err);
	else
		status = count_own(cache, conversation, to, INT64_MAX, own, &count, err);
	if (status == STATUS_OK)
		conversation->own = passed_is_shorter ? conversation->own - count : count;
	return status;
}

enum status
conversation_grow(struct cache *cache, struct conversation *conversation, int64_t first,
    int64_t last, const struct address *own, struct error *err)
{
	int64_t old_floor = read_floor(conversation->read, conversation->first);
	int64_t expired;
	enum status status;

	if (last > conversation->last || first > conversation->first)
		conversation->changed = true;
	conversation->last = higher(conversation->last, higher(last, first - 1));
	if (first <= conversation->first)
		return STATUS_OK;
	conversation->first = first;
	conversation->reach = true;
	status = range_subtract(
	    cache, RANGES_HELD, conversation->id, (struct id_range){1, first - 1}, &expired, err);
	if (status != STATUS_OK)
		return status;
	conversation->held -= expired;
	return raise_floor(cache, conversation, old_floor, own, err);
}

enum status
conversation_head(struct cache *cache, struct conversation *conversation,
    const struct conversation_head *head, const struct address *own, struct error *err)
{
	int64_t old_floor;
	enum status status;

	if (head->stamp <= conversation->stamp)
		return STATUS_OK;
	status = conversation_grow(cache, conversation, head->first, head->last, own, err);
	if (status != STATUS_OK)
		return status;
	old_floor = read_floor(conversation->read, conversation->first);
	conversation->ack = higher(conversation->ack, head->ack);
	conversation->read = higher(conversation->read, head->read);
	conversation->stamp = head->stamp;
	conversation->changed = true;
	return raise_floor(cache, conversation, old_floor, own, err);
}

enum status
conversation_hold(struct cache *cache, struct conversation *conversation, struct id_range ids,
    struct id_range *run, struct error *err)
{
	struct id_range whole;
	int64_t added;
	enum status status;

	ids.first = higher(ids.first, conversation->first);
	if (ids.first > ids.last)
		return STATUS_OK;
	status = range_add(cache, RANGES_HELD, conversation->id, ids, &whole, &added, err);
	if (status != STATUS_OK)
		return status;
	conversation->held += added;
	conversation->changed = true;
	conversation->reach = true;
	if (run)
		*run = whole;
	return STATUS_OK;
}

static void
tell(sqlite3_stmt *statement, void (*row)(void *arg, const struct cache_conversation *), void *arg)
{
	struct cache_conversation told = {
	    .head =
	        {
	            .conversation = column_text(statement, 0),
	            .first = sqlite3_column_int64(statement, 1),
	            .last = sqlite3_column_int64(statement, 2),
	            .ack = sqlite3_column_int64(statement, 3),
	            .read = sqlite3_column_int64(statement, 4),
	            .stamp = sqlite3_column_int64(statement, 5),
	        },
	    .held = sqlite3_column_int64(statement, 6),
	};

	told.missing = told.head.last - told.head.first + 1 - told.held;
	/* All above the floor but the own ones held: an upper bound where ids are missing. */
	told.unread = told.head.last - read_floor(told.head.read, told.head.first) -
	              sqlite3_column_int64(statement, 7);
	told.unread = higher(told.unread, 0);
	row(arg, &told);
}

enum status
cache_conversations(struct cache *cache,
    void (*row)(void *arg, const struct cache_conversation *conversation), void *arg,
    struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, SQL_CONVERSATION_LIST, NO_VALUES, &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			tell(statement, row, arg);
	}
	return cache_end(cache, status, err);
}
