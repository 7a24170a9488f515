/* The rows of a group's members, and what each of them may see (doc/protocol.md 3.12). */
#include "model/address.h"
#include "store-sqlite/sqlite.h"

/*
 * What it may see begins with the message that added it; with history, from the first, or where
 * it was in before, from where it left off. What was closed to it, and told as closed, stays so.
 */
static enum status
open_span(struct sqlite_store *store, const struct head *head, const struct group_move *move,
    bool history, struct error *err)
{
	enum status status;

	if (!history)
		return sql_run_numbers(store, ST_SPAN_ADD,
		    NUMBERS(move->account_id, head->conversation_id, move->msg_id), err);
	status = sql_run_numbers(
	    store, ST_SPAN_REOPEN, NUMBERS(move->account_id, head->conversation_id), err);
	if (status != STATUS_OK || sqlite3_changes(store->db) > 0)
		return status;
	return sql_run_numbers(
	    store, ST_SPAN_ADD, NUMBERS(move->account_id, head->conversation_id, 1), err);
}

enum status
member_came(struct sqlite_store *store, const struct head *head, const struct group_move *move,
    bool history, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MEMBER_JOIN);
	int64_t stamp = stamp_next(store);
	enum status status;

	sqlite3_bind_int64(st, 1, move->account_id);
	sqlite3_bind_int64(st, 2, head->conversation_id);
	sqlite3_bind_int(st, 3, move->after);
	sqlite3_bind_int64(st, 4, move->msg_id);
	sqlite3_bind_int64(st, 5, stamp);
	sqlite3_bind_int64(st, 6, stamp);
	/* Changes of members are not counted: nothing was since the one that added it. */
	sqlite3_bind_int64(st, 7, head->counted);
	if ((status = sql_run(store, st, err)))
		return status;
	return open_span(store, head, move, history, err);
}

enum status
member_went(struct sqlite_store *store, const struct head *head, const struct group_move *move,
    const char *name, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MEMBER_LEAVE);
	enum status status;

	sqlite3_bind_int64(st, 1, move->account_id);
	sqlite3_bind_int64(st, 2, head->conversation_id);
	sqlite3_bind_int64(st, 3, stamp_next(store));
	sqlite3_bind_int64(st, 4, stamp_next(store));
	sql_bind_text(st, 5, name);
	if ((status = sql_run(store, st, err)))
		return status;
	return sql_run_numbers(store, ST_SPAN_CLOSE,
	    NUMBERS(move->account_id, head->conversation_id, move->msg_id), err);
}

enum status
member_role(struct sqlite_store *store, const struct head *head, const struct group_move *move,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MEMBER_ROLE);

	sqlite3_bind_int64(st, 1, move->account_id);
	sqlite3_bind_int64(st, 2, head->conversation_id);
	sqlite3_bind_int(st, 3, move->after);
	sqlite3_bind_int64(st, 4, stamp_next(store));
	return sql_run(store, st, err);
}

enum status
member_find(struct sqlite_store *store, enum statement id, const char *group, int64_t account_id,
    sqlite3_stmt **st, bool *found, struct error *err)
{
	*st = sql_get(store, id);
	sqlite3_bind_int64(*st, 1, account_id);
	sql_bind_text(*st, 2, group);
	return sql_next(store, *st, found, err);
}

enum status
member_row(struct sqlite_store *store, enum statement id, const char *group, int64_t account_id,
    sqlite3_stmt **st, struct error *err)
{
	bool found;
	enum status status = member_find(store, id, group, account_id, st, &found, err);

	if (status == STATUS_OK && !found)
		return error_set(err, STATUS_IO, "the store is damaged: %s lacks a member", group);
	return status;
}

enum status
head_row(struct sqlite_store *store, int64_t account_id, const char *conversation,
    sqlite3_stmt **st, struct conversation_head *head, struct error *err)
{
	bool group = address_is_group(conversation);
	enum status status = member_row(
	    store, group ? ST_GROUP_HEAD_GET : ST_HEAD_GET, conversation, account_id, st, err);

	if (status == STATUS_OK)
		read_head(*st, head);
	return status;
}

enum status
member_view(struct sqlite_store *store, const struct caller *caller, const struct head_to *to,
    struct id_range *view, struct error *err)
{
	const struct head *head = to->head;
	struct conversation_head gone;
	sqlite3_stmt *st;
	bool known;
	enum status status;

	*view = (struct id_range){head->first_msg_id, head->last_msg_id};
	if (to->member && view->first < to->member->joined)
		view->first = to->member->joined;
	if (!head->roster || to->member)
		return STATUS_OK;
	view->last = 0;
	status = member_find(
	    store, ST_GROUP_HEAD_GET, head->address, caller->account_id, &st, &known, err);
	if (status != STATUS_OK || !known)
		return status;
	read_head(st, &gone);
	*view = (struct id_range){sqlite3_column_int64(st, HEAD_JOINED), gone.last};
	sqlite3_reset(st);
	return STATUS_OK;
}

void
read_head(sqlite3_stmt *st, struct conversation_head *head)
{
	*head = (struct conversation_head){
	    .stamp = sqlite3_column_int64(st, 0),
	    .conversation = sql_text(st, 1),
	    .first = sqlite3_column_int64(st, 2),
	    .last = sqlite3_column_int64(st, 3),
	    .ack = sqlite3_column_int64(st, 4),
	    .read = sqlite3_column_int64(st, 5),
	    .unread = sqlite3_column_int64(st, 6),
	    .bytes = sqlite3_column_int64(st, 7),
	    .peer_ack = sqlite3_column_int64(st, 8),
	    .peer_read = sqlite3_column_int64(st, 9),
	    .joined = sqlite3_column_int64(st, HEAD_JOINED),
	};
	/* Where it sees nothing older, that goes without saying. */
	if (head->joined <= head->first)
		head->joined = 0;
	/* All that one who left might see has expired. */
	if (head->first > head->last + 1)
		head->first = head->last + 1;
}

void
read_group(sqlite3_stmt *st, struct group *group)
{
	*group = (struct group){
	    .stamp = sqlite3_column_int64(st, 0),
	    .address = sql_text(st, 1),
	    .name = sql_text(st, 2),
	    .left = sqlite3_column_int(st, 3) != 0,
	};
}
