/* Conversations and their members, as the writer keeps them. */
#include "store-sqlite/sqlite.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/address.h"

/* The row that a statement CONVERSATION_FIND… stands on. */
static void
read_conversation(struct head *head, sqlite3_stmt *st)
{
	head->conversation_id = sqlite3_column_int64(st, 0);
	head->first_msg_id = sqlite3_column_int64(st, 1);
	head->last_msg_id = sqlite3_column_int64(st, 2);
	head->counted = sqlite3_column_int64(st, 3);
	head->bytes = sqlite3_column_int64(st, 4);
	head->stamp = sqlite3_column_int64(st, 5);
	sqlite3_reset(st);
}

static enum status
read_roster(struct sqlite_store *store, struct head *head, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MEMBER_LIST);
	struct roster_member *members = NULL;
	size_t count = 0, room = 0;
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, head->conversation_id);
	while ((status = sql_next(store, st, &found, err)) == STATUS_OK && found) {
		if (count == room) {
			room = room ? 2 * room : 16;
			members = mem_resize(members, room, sizeof *members);
		}
		members[count++] = (struct roster_member){
		    .account_id = sqlite3_column_int64(st, 0),
		    .role = (enum role)sqlite3_column_int(st, 1),
		    .joined = sqlite3_column_int64(st, 2),
		};
	}
	heads_set_roster(&store->heads, head, roster_create(members, count));
	free(members);
	return status;
}

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
	read_conversation(*head, st);
	return STATUS_OK;
}

enum status
head_get_group(
    struct sqlite_store *store, const char *address, struct head **head, struct error *err)
{
	sqlite3_stmt *st;
	bool found;
	enum status status;

	*head = heads_find_group(&store->heads, address);
	if (*head)
		return STATUS_OK;
	st = sql_get(store, ST_CONVERSATION_FIND_GROUP);
	sql_bind_text(st, 1, address);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	*head = heads_add_group(&store->heads, address);
	read_conversation(*head, st);
	return read_roster(store, *head, err);
}

enum status
head_get_to(struct sqlite_store *store, const struct caller *caller, const char *address,
    struct head_to *to, struct error *err)
{
	enum status status;

	*to = (struct head_to){0};
	if (address_is_group(address)) {
		if ((status = head_get_group(store, address, &to->head, err)) == STATUS_OK &&
		    to->head)
			to->member = roster_find(to->head->roster, caller->account_id);
		return status;
	}
	if ((status = account_id_find(store, address, &to->peer_id, err)) || !to->peer_id)
		return status;
	return head_get(store, caller->account_id, to->peer_id, &to->head, err);
}

/* Makes the rows of a direct conversation's members; there is one in notes. */
static enum status
add_members(struct sqlite_store *store, const struct head *head, int64_t stamp, struct error *err)
{
	int members = head->accounts[0] == head->accounts[1] ? 1 : 2;

	for (int i = 0; i < members; i++) {
		sqlite3_stmt *st = sql_get(store, ST_MEMBER_ADD);
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
	return add_members(store, head, stamp, err);
}

/* What the messages of this transaction changed of both members of a direct conversation. */
static enum status
save_direct(struct sqlite_store *store, const struct head *head, struct error *err)
{
	int members = head->accounts[0] == head->accounts[1] ? 1 : 2;

	for (int i = 0; i < members; i++) {
		sqlite3_stmt *st = sql_get(store, ST_MEMBER_STAMP);
		enum status status;

		sqlite3_bind_int64(st, 1, head->accounts[i]);
		sqlite3_bind_int64(st, 2, head->conversation_id);
		sqlite3_bind_int64(st, 3, head->stamp);
		sqlite3_bind_int64(st, 4, head_own(head, head->accounts[i]));
		if ((status = sql_run(store, st, err)))
			return status;
	}
	return STATUS_OK;
}

/* Of a group: those who wrote, and no other member. */
static enum status
save_senders(struct sqlite_store *store, const struct head *head, struct error *err)
{
	for (size_t i = 0; i < head->sender_count; i++) {
		sqlite3_stmt *st = sql_get(store, ST_MEMBER_OWN);
		enum status status;

		sqlite3_bind_int64(st, 1, head->senders[i].account_id);
		sqlite3_bind_int64(st, 2, head->conversation_id);
		sqlite3_bind_int64(st, 3, head->senders[i].own);
		if ((status = sql_run(store, st, err)))
			return status;
	}
	return STATUS_OK;
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
		sqlite3_bind_int64(st, 3, head->counted);
		sqlite3_bind_int64(st, 4, head->bytes);
		sqlite3_bind_int64(st, 5, head->stamp);
		if ((status = sql_run(store, st, err)) ||
		    (status = head->roster ? save_senders(store, head, err)
		                           : save_direct(store, head, err)))
			return status;
		head_forget_senders(head);
	}
	return STATUS_OK;
}
