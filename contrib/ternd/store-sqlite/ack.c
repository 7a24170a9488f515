/* Acknowledgements (doc/protocol.md 3.7). */
#include "store-sqlite/sqlite.h"

#include "base/timeu.h"

/* The device's acknowledged head, 0 for none yet. */
static enum status
ack_get(struct sqlite_store *store, int64_t device_id, int64_t conversation_id, int64_t *acked,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_ACK_GET);
	bool found;
	enum status status;

	*acked = 0;
	sqlite3_bind_int64(st, 1, device_id);
	sqlite3_bind_int64(st, 2, conversation_id);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	*acked = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

static enum status
run_three(struct sqlite_store *store, enum statement id, int64_t one, int64_t two, int64_t three,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, id);

	sqlite3_bind_int64(st, 1, one);
	sqlite3_bind_int64(st, 2, two);
	sqlite3_bind_int64(st, 3, three);
	return sql_run(store, st, err);
}

static enum status
note_seen(struct sqlite_store *store, int64_t device_id, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_DEVICE_SEEN);

	sqlite3_bind_int64(st, 1, device_id);
	sqlite3_bind_int64(st, 2, time_wall());
	return sql_run(store, st, err);
}

enum status
sqlite_ack_save(struct store *base, const struct caller *caller,
    const struct conversation_range *range, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	int64_t acked;
	struct head_to to;
	struct head *head;
	enum status status;

	if ((status = device_check(store, caller, err)) ||
	    (status = head_get_to(store, caller, range->conversation, &to, err)))
		return status;
	head = to.head;
	if (!head || (head->roster && !to.member))
		return STATUS_OK;
	if ((status = ack_get(store, caller->device_id, head->conversation_id, &acked, err)))
		return status;
	/* What has expired needs no acknowledgement, nor does what was there before a newcomer. */
	if (acked < head->first_msg_id - 1)
		acked = head->first_msg_id - 1;
	if (to.member && acked < to.member->joined - 1)
		acked = to.member->joined - 1;
	if (range->ids.first > acked + 1 || range->ids.last <= acked ||
	    range->ids.last > head->last_msg_id)
		return STATUS_OK;
	if ((status = run_three(store, ST_ACK_PUT, caller->device_id, head->conversation_id,
	         range->ids.last, err)) ||
	    (status = run_three(store, ST_MEMBER_ACK, caller->account_id, head->conversation_id,
	         range->ids.last, err)))
		return status;
	return note_seen(store, caller->device_id, err);
}
