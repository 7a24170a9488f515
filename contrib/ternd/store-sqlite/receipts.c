/* How many have a message, and have read it (doc/protocol.md 3.7). */
#include "store-sqlite/sqlite.h"

#include "model/address.h"

/* The head as the caller sees it, and the conversation's id. *found: it is in it. */
static enum status
find_head(struct sqlite_store *store, const struct caller *caller, const char *conversation,
    struct conversation_head *head, int64_t *conversation_id, bool *found, struct error *err)
{
	enum statement id = address_is_group(conversation) ? ST_GROUP_HEAD_GET : ST_HEAD_GET;
	sqlite3_stmt *st;
	enum status status =
	    member_find(store, id, conversation, caller->account_id, &st, found, err);

	if (status != STATUS_OK || !*found)
		return status;
	read_head(st, head);
	*conversation_id = sqlite3_column_int64(st, HEAD_CONVERSATION);
	*found = id == ST_HEAD_GET || sqlite3_column_int(st, GROUP_HEAD_ROLE) != ROLE_NONE;
	sqlite3_reset(st);
	return STATUS_OK;
}

static enum status
sees(struct sqlite_store *store, const struct caller *caller, int64_t conversation_id,
    int64_t msg_id, bool *seen, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_SPAN_LIST);
	enum status status;

	sqlite3_bind_int64(st, 1, caller->account_id);
	sqlite3_bind_int64(st, 2, conversation_id);
	sqlite3_bind_int64(st, 3, msg_id);
	sqlite3_bind_int64(st, 4, msg_id);
	if ((status = sql_next(store, st, seen, err)) == STATUS_OK && *seen)
		sqlite3_reset(st);
	return status;
}

static enum status
count(struct sqlite_store *store, enum statement id, const struct caller *caller,
    int64_t conversation_id, int64_t msg_id, struct receipts_answer *receipts, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, id);
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, caller->account_id);
	sqlite3_bind_int64(st, 2, conversation_id);
	sqlite3_bind_int64(st, 3, msg_id);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	receipts->members = sqlite3_column_int64(st, 0);
	receipts->acked = sqlite3_column_int64(st, 1);
	receipts->read = sqlite3_column_int64(st, 2);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_receipts(struct store *base, const struct caller *caller,
    const struct receipts_request *request, struct receipts_answer *receipts,
    enum wire_error *refusal, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	bool group = address_is_group(request->conversation), found, seen = true;
	struct conversation_head head;
	int64_t conversation_id;
	enum status status;

	*receipts = (struct receipts_answer){0};
	*refusal = WIRE_OK;
	if ((status = device_check(store, caller, err)) ||
	    (status = find_head(
	         store, caller, request->conversation, &head, &conversation_id, &found, err)))
		return status;
	if (!found) {
		*refusal = group ? WIRE_NOT_MEMBER : WIRE_BAD_TARGET;
		return STATUS_OK;
	}
	if (group && (status = sees(store, caller, conversation_id, request->msg_id, &seen, err)))
		return status;
	if (!seen || request->msg_id > head.last || request->msg_id < head.first) {
		*refusal = WIRE_BAD_TARGET;
		return STATUS_OK;
	}
	return count(store, group ? ST_RECEIPTS_GROUP : ST_RECEIPTS_DIRECT, caller, conversation_id,
	    request->msg_id, receipts, err);
}
