/*
 * Folding: what amendments make of their targets. Each fact is a maximum or a set that any order of
 * arrival gives alike, so that messages may come in any, with holes between:
 *
 * - fold.edit is the author's newest edit. Who the author is the target alone says: an edit that
 *   comes first is looked up again when the target comes.
 * - fold.recall is final, whoever sent it (the server saw to it that he might): the target's text
 *   and those of all its edits are gone, also of those that come later.
 * - a reaction is there where the newest react or unreact of that sender and text is a react.
 */
#include <string.h>

#include "cache/internal.h"

static const struct message_type *
amendment_of(const struct message *message)
{
	const struct message_type *type = message_type_find(message->type);

	/* A message can only change one that was there before it. */
	return type && type->amends && message->target > 0 && message->target < message->msg_id
	           ? type
	           : NULL;
}

static bool
is_edit(const struct message_type *type)
{
	return type && strcmp(type->name, "edit") == 0;
}

enum status
fold_before(struct cache *cache, int64_t conversation_id, const struct message *message,
    struct fold *fold, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status;

	*fold = (struct fold){.amends = amendment_of(message)};
	if (!is_edit(fold->amends) && !message_is_amendable(message->type))
		return STATUS_OK;
	fold->target = fold->amends ? message->target : message->msg_id;
	status = cache_find(cache, SQL_FOLD_FIND,
	    VALUES(INT(conversation_id), INT(fold->target), TEXT(message->from)), &statement,
	    &found, err);
	if (status != STATUS_OK)
		return status;
	fold->erased = sqlite3_column_int64(statement, 0) != 0;
	fold->edit = sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
	return STATUS_OK;
}

static enum status
set_edit(
    struct cache *cache, int64_t conversation_id, int64_t target, int64_t edit, struct error *err)
{
	return cache_run(
	    cache, SQL_FOLD_EDIT, VALUES(INT(conversation_id), INT(target), INT(edit)), err);
}

/* An edit counts where its target is here, can be edited, and has the same author. */
static enum status
fold_edit(
    struct cache *cache, int64_t conversation_id, const struct message *message, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status;

	if (!message->text)
		return STATUS_OK;
	status = cache_find(cache, SQL_MESSAGE_EDITED,
	    VALUES(INT(conversation_id), INT(message->target)), &statement, &found, err);
	if (status != STATUS_OK || !found ||
	    strcmp(column_text(statement, 1), message->from) != 0 ||
	    !message_is_amendable(column_text(statement, 2)) ||
	    message->msg_id < sqlite3_column_int64(statement, 4))
		return status;
	status = search_change(cache, sqlite3_column_int64(statement, 0), column_text(statement, 3),
	    message->text, err);
	return status == STATUS_OK
	           ? set_edit(cache, conversation_id, message->target, message->msg_id, err)
	           : status;
}

/* Takes the text of a recalled message, and of its edits, out of the index and the table. */
static enum status
erase(struct cache *cache, int64_t conversation_id, int64_t target, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(cache, SQL_MESSAGE_RECALLED,
	    VALUES(INT(conversation_id), INT(target)), &statement, err);

	while (status == STATUS_OK) {
		int64_t message_id;

		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		message_id = sqlite3_column_int64(statement, 0);
		status = search_change(cache, message_id, column_text(statement, 1), NULL, err);
		if (status == STATUS_OK)
			status = cache_run(cache, SQL_MESSAGE_ERASE, VALUES(INT(message_id)), err);
	}
	return status;
}

static enum status
fold_recall(
    struct cache *cache, int64_t conversation_id, const struct message *message, struct error *err)
{
	enum status status = erase(cache, conversation_id, message->target, err);

	return status == STATUS_OK
	           ? cache_run(cache, SQL_FOLD_RECALL,
	                 VALUES(INT(conversation_id), INT(message->target), INT(message->msg_id)),
	                 err)
	           : status;
}

static enum status
fold_reaction(struct cache *cache, int64_t conversation_id, const struct message *message,
    bool present, struct error *err)
{
	if (!message->text)
		return STATUS_OK;
	return cache_run(cache, SQL_REACTION_PUT,
	    VALUES(INT(conversation_id), INT(message->target), TEXT(message->from),
	        TEXT(message->text), INT(message->msg_id), INT(present)),
	    err);
}

enum status
fold_message(struct cache *cache, int64_t conversation_id, const struct message *message,
    const struct fold *fold, struct error *err)
{
	if (!fold->amends) {
		if (!fold->edit || fold->erased)
			return STATUS_OK;
		return set_edit(cache, conversation_id, fold->target, fold->edit, err);
	}
	if (is_edit(fold->amends))
		return fold->erased ? STATUS_OK : fold_edit(cache, conversation_id, message, err);
	if (strcmp(fold->amends->name, "recall") == 0)
		return fold_recall(cache, conversation_id, message, err);
	return fold_reaction(
	    cache, conversation_id, message, strcmp(fold->amends->name, "react") == 0, err);
}

enum status
cache_target(struct cache *cache, const char *conversation, int64_t msg_id,
    struct cache_target *target, struct error *err)
{
	struct address own;
	sqlite3_stmt *statement;
	bool found = false;
	enum status status = cache_begin(cache, READ, err);

	*target = (struct cache_target){.held = false};
	if (status != STATUS_OK)
		return status;
	status = account_own(cache, &own, err);
	if (status == STATUS_OK)
		status = cache_find(cache, SQL_MESSAGE_NAMED,
		    VALUES(TEXT(conversation), INT(msg_id)), &statement, &found, err);
	if (status == STATUS_OK && found)
		*target = (struct cache_target){
		    .held = true,
		    .own = strcmp(column_text(statement, 0), own.text) == 0,
		    .amendable = message_is_amendable(column_text(statement, 1)),
		    .recalled = sqlite3_column_int64(statement, 2) != 0,
		};
	return cache_end(cache, status, err);
}
