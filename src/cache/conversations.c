#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "cache/internal.h"

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
	    .unread = sqlite3_column_int64(statement, 7),
	    .acked = sqlite3_column_int64(statement, 8),
	    .read_told = sqlite3_column_int64(statement, 9),
	    .peer_ack = sqlite3_column_int64(statement, 10),
	    .peer_read = sqlite3_column_int64(statement, 11),
	    .last_stamp = sqlite3_column_int64(statement, 12),
	    .mention = sqlite3_column_int64(statement, 13),
	    .has_aside = sqlite3_column_int(statement, 14) != 0,
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
	if (status == STATUS_OK)
		status = conversation_find(cache, address, conversation, &found, err);
	conversation->fresh = true;
	return status;
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
		        INT(c->stamp), INT(c->held), INT(c->unread), INT(c->acked),
		        INT(c->read_told), INT(c->peer_ack), INT(c->peer_read), INT(c->last_stamp),
		        INT(c->mention)),
		    err);
	if (status == STATUS_OK && c->reach)
		status = consumer_reach(cache, c, err);
	conversation->changed = conversation->reach = false;
	return status;
}

/* ---- unread ---- */

/* Others' counted messages held in (above, upto]. */
static enum status
count_held(struct cache *cache, const struct conversation *conversation, int64_t above,
    int64_t upto, const struct address *own, int64_t *count, struct error *err)
{
	*count = 0;
	if (upto <= above)
		return STATUS_OK;
	return cache_ask(cache, SQL_MESSAGE_COUNTED,
	    VALUES(INT(conversation->id), INT(above), INT(upto), TEXT(own->text)), count, err);
}

void
conversation_count(
    struct conversation *conversation, const struct message *message, const struct address *own)
{
	struct conversation *c = conversation;
	const struct message_type *type = message_type_find(message->type);

	if (!type || !type->counted || strcmp(message->from, own->text) == 0 ||
	    message->msg_id < c->first)
		return;
	if (message->stamp > c->stamp)
		c->unread += message->msg_id > c->read;
	else
		c->unread -= message->msg_id > c->read_told && message->msg_id <= c->read;
	c->changed = true;
}

/* The floor of unread rose from `from`: what it passed is not unread any more. */
static enum status
raise_floor(struct cache *cache, struct conversation *conversation, int64_t from,
    const struct address *own, struct error *err)
{
	int64_t passed;
	enum status status = count_held(cache, conversation, from,
	    read_floor(conversation->read, conversation->first), own, &passed, err);

	conversation->unread -= passed;
	return status;
}

/* Begins to count anew from the server's count in a head that was just taken over. */
static enum status
count_from_head(struct cache *cache, struct conversation *conversation,
    const struct conversation_head *head, const struct address *own, struct error *err)
{
	int64_t told = read_floor(head->read, head->first);
	int64_t floor = read_floor(conversation->read, conversation->first);
	int64_t passed, since;
	enum status status = count_held(
	    cache, conversation, told, floor < head->last ? floor : head->last, own, &passed, err);

	if (status == STATUS_OK)
		status = count_held(
		    cache, conversation, higher(floor, head->last), INT64_MAX, own, &since, err);
	if (status == STATUS_OK)
		conversation->unread = head->unread - passed + since;
	return status;
}

enum status
conversation_recount(struct cache *cache, struct conversation *conversation,
    const struct address *own, struct error *err)
{
	conversation->changed = true;
	return count_held(cache, conversation, read_floor(conversation->read, conversation->first),
	    INT64_MAX, own, &conversation->unread, err);
}

/* ---- what the server says ---- */

enum status
conversation_grow(struct cache *cache, struct conversation *conversation, int64_t first,
    int64_t last, const struct address *own, struct error *err)
{
	int64_t old_floor = read_floor(conversation->read, conversation->first);
	int64_t expired;
	enum status status;

	if (last > conversation->last || first > conversation->first)
		conversation->changed = true;
	if (last > conversation->last)
		conversation->last_stamp = INT64_MAX;
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
conversation_joined(struct cache *cache, struct conversation *conversation,
    const struct conversation_head *head, struct error *err)
{
	bool fresh = conversation->fresh;

	conversation->fresh = false;
	if (!fresh || head->joined <= 1)
		return STATUS_OK;
	return cache_run(
	    cache, SQL_PLACE_START_AT, VALUES(INT(conversation->id), INT(head->joined - 1)), err);
}

enum status
conversation_head(struct cache *cache, struct conversation *conversation,
    const struct conversation_head *head, const struct address *own, struct error *err)
{
	struct conversation *c = conversation;
	enum status status;

	if (head->stamp <= c->stamp)
		return STATUS_OK;
	status = conversation_grow(cache, c, head->first, head->last, own, err);
	if (status != STATUS_OK)
		return status;
	c->ack = higher(c->ack, head->ack);
	c->read = higher(c->read, head->read);
	c->read_told = higher(c->read_told, head->read);
	c->peer_ack = higher(c->peer_ack, head->peer_ack);
	c->peer_read = higher(c->peer_read, head->peer_read);
	c->stamp = head->stamp;
	if (head->last == c->last && head->stamp < c->last_stamp)
		c->last_stamp = head->stamp;
	c->changed = true;
	return count_from_head(cache, c, head, own, err);
}

enum status
conversation_mark(struct cache *cache, struct conversation *conversation, int64_t msg_id,
    const struct address *own, struct error *err)
{
	int64_t old_floor = read_floor(conversation->read, conversation->first);

	if (msg_id <= conversation->read)
		return STATUS_OK;
	conversation->read = msg_id;
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

/*
 * What expired before it was pulled is counted still, for nobody can tell whether it counted: once
 * nothing is missing, the rows say it.
 */
static enum status
count_after_expiry(struct cache *cache, sqlite3_stmt *statement, const struct address *own,
    struct cache_conversation *told, struct error *err)
{
	const struct conversation c = {.id = sqlite3_column_int64(statement, 10)};

	if (told->missing || told->head.first == 1 || told->unread == 0)
		return STATUS_OK;
	return count_held(cache, &c, read_floor(told->head.read, told->head.first), told->head.last,
	    own, &told->unread, err);
}

enum status
conversation_columns(struct cache *cache, sqlite3_stmt *statement, const struct address *own,
    struct cache_conversation *conversation, struct error *err)
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
	            .peer_ack = sqlite3_column_int64(statement, 8),
	            .peer_read = sqlite3_column_int64(statement, 9),
	        },
	    .held = sqlite3_column_int64(statement, 6),
	};
	enum status status;

	told.missing = told.head.last - told.head.first + 1 - told.held;
	/* Where messages are missing that the marker passed, they are counted still. */
	told.unread = sqlite3_column_int64(statement, 7);
	if (told.unread < 0 || told.head.read >= told.head.last)
		told.unread = 0;
	status = count_after_expiry(cache, statement, own, &told, err);
	*conversation = told;
	return status;
}

enum status
cache_conversations(struct cache *cache,
    void (*row)(void *arg, const struct cache_conversation *conversation), void *arg,
    struct error *err)
{
	struct cache_conversation told;
	struct address own;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = account_own(cache, &own, err);
	if (status == STATUS_OK)
		status = cache_query(cache, SQL_CONVERSATION_LIST, NO_VALUES, &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			status = conversation_columns(cache, statement, &own, &told, err);
		if (status == STATUS_OK && more)
			row(arg, &told);
	}
	return cache_end(cache, status, err);
}
