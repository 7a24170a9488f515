/* Messages and their keys: storing (doc/protocol.md 3.2) and reading (3.6). */
#include "store-sqlite/sqlite.h"

#include <stdio.h>
#include <string.h>

#include "base/timeu.h"

/* What makes two sends with one key the same one: not `was`, which only one of them may know. */
static void
digest_item(uint8_t digest[KEY_DIGEST], const struct send_item *item)
{
	char target[24];
	const char *const fields[] = {item->to, item->type, item->text, target};

	snprintf(target, sizeof target, "%lld", (long long)item->target);
	key_digest(digest, fields, item->target ? 4 : 3);
}

static void
bind_or_null(sqlite3_stmt *st, int index, int64_t number)
{
	if (number)
		sqlite3_bind_int64(st, index, number);
	else
		sqlite3_bind_null(st, index);
}

static enum status
message_add(struct sqlite_store *store, const struct caller *sender, const struct send_item *item,
    const char *text_json, const struct head *head, const struct key_row *row, struct error *err)
{
	const struct message_type *type = message_type_find(item->type);
	sqlite3_stmt *st = sql_get(store, ST_MESSAGE_ADD);

	sqlite3_bind_int64(st, 1, row->conversation_id);
	sqlite3_bind_int64(st, 2, row->msg_id);
	sqlite3_bind_int64(st, 3, sender->account_id);
	sqlite3_bind_int64(st, 4, row->time);
	sqlite3_bind_int64(st, 5, row->stamp);
	sql_bind_text(st, 6, item->type);
	sql_bind_text(st, 7, text_json);
	sqlite3_bind_int64(st, 8, (int64_t)strlen(item->text));
	sql_bind_blob(st, 9, item->key.bytes, KEY_BYTES);
	sqlite3_bind_int64(st, 10, head->counted);
	sqlite3_bind_int64(st, 11, head->bytes);
	bind_or_null(st, 12, item->was);
	bind_or_null(st, 13, item->target);
	bind_or_null(st, 14, type->amends ? item->target : 0);
	return sql_run(store, st, err);
}

static void
fill_sent(struct store_sent *sent, const struct key_row *row, bool repeated)
{
	sent->msg_id = row->msg_id;
	sent->time = row->time;
	sent->stamp = row->stamp;
	sent->repeated = repeated;
}

/* *refusal is WIRE_OK where the predecessor is in this conversation, or none is named. */
static enum status
check_after(struct sqlite_store *store, const struct caller *sender, const struct send_item *item,
    const struct head *head, enum wire_error *refusal, struct error *err)
{
	struct key_row before;
	enum status status;

	if (!item->has_after)
		return STATUS_OK;
	if ((status = key_get(store, sender->account_id, &item->after, &before, err)))
		return status;
	if (!before.found || !head || before.conversation_id != head->conversation_id)
		*refusal = WIRE_NO_PREDECESSOR;
	return STATUS_OK;
}

/* Wall time: of now, or of when it was stored in a history that was lost. */
static int64_t
item_time(const struct send_item *item)
{
	int64_t now = time_wall();

	return item->was && item->was < now ? item->was : now;
}

/* Stores what nothing stands against any more. */
static enum status
store_item(struct sqlite_store *store, const struct caller *sender, const struct send_item *item,
    const char *text_json, struct head *head, const uint8_t digest[KEY_DIGEST],
    struct store_sent *sent, struct error *err)
{
	struct key_row row = {.time = item_time(item), .stamp = stamp_next(store)};
	int64_t counted = message_type_find(item->type)->counted;
	enum status status;

	if (!head && (status = head_make(
	                  store, sender->account_id, sent->recipient_id, row.stamp, &head, err)))
		return status;
	row.conversation_id = head->conversation_id;
	row.msg_id = ++head->last_msg_id;
	head->counted += counted;
	head->bytes += (int64_t)strlen(item->text);
	heads_change(&store->heads, head, row.stamp, sender->account_id, counted);
	memcpy(row.digest, digest, KEY_DIGEST);
	if ((status = message_add(store, sender, item, text_json, head, &row, err)) ||
	    (status = key_add(store, sender, &item->key, &row, err)))
		return status;
	if (strcmp(item->type, "recall") == 0 &&
	    (status = target_erase(store, row.conversation_id, item->target, err)))
		return status;
	if (head->roster)
		sent->roster = roster_hold(head->roster);
	fill_sent(sent, &row, false);
	return STATUS_OK;
}

enum status
sqlite_message_send(struct store *base, const struct caller *sender, const struct send_item *item,
    const char *text_json, struct store_sent *sent, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	uint8_t digest[KEY_DIGEST];
	struct key_row known;
	struct head_to to;
	enum status status;

	*sent = (struct store_sent){0};
	digest_item(digest, item);
	if ((status = device_check(store, sender, err)) ||
	    (status = head_get_to(store, sender, item->to, &to, err)) ||
	    (status = key_get(store, sender->account_id, &item->key, &known, err)))
		return status;
	sent->recipient_id = to.peer_id;
	if (known.found) {
		if (memcmp(known.digest, digest, KEY_DIGEST) == 0)
			fill_sent(sent, &known, true);
		else
			sent->error = WIRE_KEY_CONFLICT;
		return STATUS_OK;
	}
	if (!to.peer_id && !to.head)
		sent->error = WIRE_NO_RECIPIENT;
	else if (!to.peer_id && !to.member)
		sent->error = WIRE_NOT_MEMBER;
	if (sent->error != WIRE_OK ||
	    (status = check_after(store, sender, item, to.head, &sent->error, err)) ||
	    sent->error != WIRE_OK ||
	    (status = target_check(store, sender, item, &to, &sent->error, err)) ||
	    sent->error != WIRE_OK)
		return status;
	return store_item(store, sender, item, text_json, to.head, digest, sent, err);
}

/* The head of a conversation as the reader sees it, and its id. NOT_FOUND. */
static enum status
find_conversation(struct sqlite_store *store, const struct caller *reader, const char *conversation,
    struct conversation_head *head, int64_t *conversation_id, struct error *err)
{
	bool group = address_is_group(conversation);
	sqlite3_stmt *st = sql_get(store, group ? ST_GROUP_HEAD_GET : ST_HEAD_GET);
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, reader->account_id);
	sql_bind_text(st, 2, conversation);
	if ((status = sql_next(store, st, &found, err)))
		return status;
	if (!found)
		return error_set(
		    err, STATUS_NOT_FOUND, "there is no conversation with %s", conversation);
	read_head(st, head);
	head->conversation = conversation;
	*conversation_id = sqlite3_column_int64(st, HEAD_CONVERSATION);
	sqlite3_reset(st);
	return STATUS_OK;
}

struct store_message
read_message(sqlite3_stmt *st, const struct caller *reader, const char *conversation)
{
	bool shown = sqlite3_column_int(st, 11) != 0;
	struct store_message row = {
	    .message =
	        {
	            .conversation = conversation,
	            .stamp = sqlite3_column_int64(st, 0),
	            .msg_id = sqlite3_column_int64(st, 1),
	            .from = sql_text(st, 3),
	            .time = sqlite3_column_int64(st, 4),
	            .type = sql_text(st, 5),
	            .target = sqlite3_column_int64(st, 8),
	            .was = sqlite3_column_int64(st, 9),
	        },
	    .text_json = shown ? sql_text(st, 6) : NULL,
	    .sender_id = sqlite3_column_int64(st, 2),
	    .conversation_id = sqlite3_column_int64(st, 10),
	};

	if (shown && strcmp(row.text_json, BODY_ERASED) == 0)
		row.text_json = NULL;
	if (row.sender_id == reader->account_id && sqlite3_column_bytes(st, 7) == KEY_BYTES) {
		row.message.has_key = true;
		memcpy(row.message.key.bytes, sqlite3_column_blob(st, 7), KEY_BYTES);
	}
	return row;
}

/* The first message from msg_id on that something was done to; past all where there is none. */
static enum status
amended_next(struct sqlite_store *store, int64_t conversation_id, int64_t msg_id, int64_t *amended,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_AMENDED_NEXT);
	bool found;
	enum status status;

	*amended = INT64_MAX;
	sqlite3_bind_int64(st, 1, conversation_id);
	sqlite3_bind_int64(st, 2, msg_id);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	*amended = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

/* Tells the messages of a range. *more turns false where row() took no more. */
static enum status
tell_range(struct sqlite_store *store, const struct caller *reader, int64_t conversation_id,
    const char *conversation, struct id_range ids,
    bool (*row)(void *arg, const struct store_message *), void *arg, bool *more, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MESSAGE_RANGE);
	int64_t amended = 0; /* nothing was done to those told so far and below it */
	enum status status;

	sqlite3_bind_int64(st, 1, reader->account_id);
	sqlite3_bind_int64(st, 2, conversation_id);
	sqlite3_bind_int64(st, 3, ids.first);
	sqlite3_bind_int64(st, 4, ids.last);
	for (;;) {
		struct store_message message;
		bool found;

		if ((status = sql_next(store, st, &found, err)) || !found)
			return status;
		message = read_message(st, reader, conversation);
		if (amended < message.message.msg_id &&
		    (status = amended_next(
		         store, conversation_id, message.message.msg_id, &amended, err))) {
			sqlite3_reset(st);
			return status;
		}
		message.amended = message.message.msg_id == amended;
		*more = row(arg, &message);
		if (!*more) {
			sqlite3_reset(st);
			return STATUS_OK;
		}
	}
}

/* Of a group: the messages in what the reader may see. */
static enum status
tell_spans(struct sqlite_store *store, const struct caller *reader, int64_t conversation_id,
    const char *conversation, struct id_range ids,
    bool (*row)(void *arg, const struct store_message *), void *arg, struct error *err)
{
	sqlite3_stmt *spans = sql_get(store, ST_SPAN_LIST);
	bool more = true;
	enum status status;

	sqlite3_bind_int64(spans, 1, reader->account_id);
	sqlite3_bind_int64(spans, 2, conversation_id);
	sqlite3_bind_int64(spans, 3, ids.first);
	sqlite3_bind_int64(spans, 4, ids.last);
	do {
		struct id_range span;
		bool found;

		if ((status = sql_next(store, spans, &found, err)) || !found)
			return status;
		span.first = sqlite3_column_int64(spans, 0);
		span.last = sqlite3_column_int64(spans, 1);
		status = tell_range(
		    store, reader, conversation_id, conversation, span, row, arg, &more, err);
	} while (status == STATUS_OK && more);
	sqlite3_reset(spans);
	return status;
}

enum status
sqlite_messages(struct store *base, const struct caller *reader, const char *conversation,
    struct id_range ids, struct conversation_head *head,
    bool (*row)(void *arg, const struct store_message *), void *arg, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	int64_t conversation_id = 0;
	bool more = true;
	enum status status;

	if ((status = device_check(store, reader, err)) ||
	    (status = find_conversation(store, reader, conversation, head, &conversation_id, err)))
		return status;
	if (address_is_group(conversation))
		return tell_spans(store, reader, conversation_id, conversation, ids, row, arg, err);
	return tell_range(store, reader, conversation_id, conversation, ids, row, arg, &more, err);
}
