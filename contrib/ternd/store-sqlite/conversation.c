/* Conversations and their members, as the writer keeps them. */
#include "store-sqlite/sqlite.h"

enum status
head_get(
    struct sqlite_store *store, int64_t one, int64_t other, struct head **head, struct error *err)
{
	sqlite3_stmt *st;
	bool found;
	enum status status;

	*head = heads_find(&store->heads, one, other);
	if (*head)
		return STATUS_OK;
	st = sql_get(store, ST_CONVERSATION_FIND);
	sqlite3_bind_int64(st, 1, one < other ? one : other);
	sqlite3_bind_int64(st, 2, one < other ? other : one);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	*head = heads_add(&store->heads, one, other);
	(*head)->conversation_id = sqlite3_column_int64(st, 0);
	(*head)->first_msg_id = sqlite3_column_int64(st, 1);
	(*head)->last_msg_id = sqlite3_column_int64(st, 2);
	(*head)->bytes = sqlite3_column_int64(st, 3);
	sqlite3_reset(st);
	return STATUS_OK;
}

/* Runs a statement of (account, conversation, stamp) for each member; there is one in notes. */
static enum status
for_members(struct sqlite_store *store, enum statement id, const struct head *head, int64_t stamp,
    struct error *err)
{
	int members = head->accounts[0] == head->accounts[1] ? 1 : 2;

	for (int i = 0; i < members; i++) {
		sqlite3_stmt *st = sql_get(store, id);
		enum status status;

		sqlite3_bind_int64(st, 1, head->accounts[i]);
		sqlite3_bind_int64(st, 2, head->conversation_id);
		sqlite3_bind_int64(st, 3, stamp);
		if ((status = sql_run(store, st, err)))
			return status;
	}
	return STATUS_OK;
}

enum status
head_make(struct sqlite_store *store, int64_t one, int64_t other, int64_t stamp, struct head **made,
    struct error *err)
{
	struct head *head = heads_add(&store->heads, one, other);
	sqlite3_stmt *st = sql_get(store, ST_CONVERSATION_ADD);
	bool added;
	enum status status;

	sqlite3_bind_int(st, 1, KIND_DIRECT);
	sqlite3_bind_int64(st, 2, head->accounts[0]);
	sqlite3_bind_int64(st, 3, head->accounts[1]);
	if ((status = sql_next(store, st, &added, err)))
		return status;
	head->conversation_id = sqlite3_column_int64(st, 0);
	head->first_msg_id = 1;
	sqlite3_reset(st);
	*made = head;
	return for_members(store, ST_MEMBER_ADD, head, stamp, err);
}

enum status
heads_save(struct sqlite_store *store, struct error *err)
{
	struct head *head;
	enum status status;

	while ((head = heads_take_changed(&store->heads))) {
		sqlite3_stmt *st = sql_get(store, ST_CONVERSATION_SAVE);

		sqlite3_bind_int64(st, 1, head->conversation_id);
		sqlite3_bind_int64(st, 2, head->last_msg_id);
		sqlite3_bind_int64(st, 3, head->bytes);
		if ((status = sql_run(store, st, err)) ||
		    (status = for_members(store, ST_MEMBER_STAMP, head, head->stamp, err)))
			return status;
	}
	return STATUS_OK;
}
