/*
 * Messages: storing one, and telling one as its amendments left it. Whatever brings a message (a
 * page, an event, the answer to a send), it goes through message_put().
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cache/internal.h"

/* Stores the row. *added: it was not held before. */
static enum status
add_row(struct cache *cache, const struct conversation *conversation, const struct message *m,
    const char *text, bool *added, struct error *err)
{
	enum status status = cache_run(cache, SQL_MESSAGE_ADD,
	    VALUES(INT(conversation->id), INT(m->msg_id), TEXT(m->from), INT(m->time),
	        INT(m->stamp), TEXT(m->type), TEXT(text), KEY(m->has_key ? &m->key : NULL),
	        INT_OR_NULL(m->target), INT_OR_NULL(m->was)),
	    err);

	*added = status == STATUS_OK && sqlite3_changes(cache->db) > 0;
	return status;
}

enum status
message_put(struct cache *cache, struct conversation *conversation, const struct message *message,
    const struct address *own, struct error *err)
{
	struct fold fold;
	const char *text = message->text && *message->text ? message->text : NULL;
	bool added;
	enum status status = fold_before(cache, conversation->id, message, &fold, err);

	if (status == STATUS_OK)
		status =
		    add_row(cache, conversation, message, fold.erased ? NULL : text, &added, err);
	if (status == STATUS_OK && added) {
		conversation_count(conversation, message, own);
		if (message->msg_id == conversation->last) {
			conversation->last_stamp = message->stamp;
			conversation->changed = true;
		}
		status = fold_message(cache, conversation->id, message, &fold, err);
	}
	if (status == STATUS_OK && added && fold.target && text && !fold.erased)
		status = mention_note(cache, conversation, fold.target, message, own, err);
	if (status == STATUS_OK && added && conversation->has_aside)
		status = aside_return(cache, conversation, message, err);
	if (status == STATUS_OK && message->has_key)
		status = cache_run(cache, SQL_OUTBOX_DELETE, VALUES(KEY(&message->key)), err);
	return status;
}

/* ---- telling ---- */

void
message_reader_init(struct message_reader *reader, struct cache *cache, const struct address *own)
{
	*reader = (struct message_reader){.cache = cache, .own = own};
	buf_init(&reader->words, SIZE_MAX / 2);
}

void
message_reader_finish(struct message_reader *reader)
{
	buf_finish(&reader->words);
	free(reader->reactions);
}

void
message_reader_turn(
    struct message_reader *reader, const char *conversation, int64_t peer_ack, int64_t peer_read)
{
	reader->conversation = conversation;
	reader->peer_ack = peer_ack;
	reader->peer_read = peer_read;
}

static enum message_state
own_state(const struct message_reader *reader, int64_t msg_id)
{
	if (msg_id <= reader->peer_read)
		return STATE_READ;
	return msg_id <= reader->peer_ack ? STATE_DELIVERED : STATE_SENT;
}

/* The words stand in one buffer, which may move while it grows: their places become pointers at
 * the end. */
static void
point_at_words(struct message_reader *reader, size_t count)
{
	const char *word = reader->words.data;

	for (size_t i = 0; i < count; i++) {
		reader->reactions[i].from = word;
		word += strlen(word) + 1;
		reader->reactions[i].text = word;
		word += strlen(word) + 1;
	}
}

static enum status
read_reactions(struct message_reader *reader, int64_t conversation_id, struct message *message,
    struct error *err)
{
	sqlite3_stmt *statement;
	size_t count = 0;
	bool more = true;
	enum status status = cache_query(reader->cache, SQL_REACTION_LIST,
	    VALUES(INT(conversation_id), INT(message->msg_id)), &statement, err);

	buf_clear(&reader->words);
	while (status == STATUS_OK) {
		status = cache_step(reader->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		for (int column = 0; column < 2; column++) {
			const char *word = column_text(statement, column);

			buf_add(&reader->words, word, strlen(word) + 1);
		}
		if (count == reader->room) {
			reader->room = reader->room ? 2 * reader->room : 8;
			reader->reactions =
			    mem_resize(reader->reactions, reader->room, sizeof *reader->reactions);
		}
		count++;
	}
	point_at_words(reader, count);
	message->reactions = reader->reactions;
	message->reaction_count = count;
	return status;
}

void
message_columns(sqlite3_stmt *statement, struct message *message)
{
	*message = (struct message){
	    .msg_id = sqlite3_column_int64(statement, 0),
	    .from = column_text(statement, 1),
	    .time = sqlite3_column_int64(statement, 2),
	    .stamp = sqlite3_column_int64(statement, 3),
	    .type = column_text(statement, 4),
	    .text = column_text(statement, 5),
	    .target = sqlite3_column_int64(statement, 7),
	    .was = sqlite3_column_int64(statement, 8),
	};
	message->has_key = column_key(statement, 6, &message->key);
}

enum status
cache_message_rows(struct cache *cache, enum sql sql, const struct value *values,
    void (*row)(void *arg, const struct message *message), void *arg, struct error *err)
{
	struct message message;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, sql, values, &statement, err);
	while (status == STATUS_OK) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		message_columns(statement, &message);
		row(arg, &message);
	}
	return cache_end(cache, status, err);
}

/* Columns of FOLDED_MESSAGES, in statements.c. */
enum status
message_read(struct message_reader *reader, sqlite3_stmt *statement, struct message *message,
    struct error *err)
{
	message_columns(statement, message);
	message->conversation = reader->conversation;
	if (message->has_key || strcmp(message->from, reader->own->text) == 0)
		message->state = own_state(reader, message->msg_id);
	if (!message_is_amendable(message->type))
		return STATUS_OK;
	message->recalled = sqlite3_column_int64(statement, 10) != 0;
	if (message->recalled)
		return STATUS_OK;
	message->edited = sqlite3_column_int64(statement, 9);
	if (message->edited)
		message->text = column_text(statement, 11);
	return sqlite3_column_int(statement, 12)
	           ? read_reactions(reader, sqlite3_column_int64(statement, 13), message, err)
	           : STATUS_OK;
}
