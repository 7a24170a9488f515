/* Acknowledgements (doc/protocol.md 3.7). */
#include "store-sqlite/sqlite.h"

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

/*
 * What the caller is to acknowledge: not what has expired, nor what was there before it came into a
 * group, nor what is there since it left. last is 0 where it never was in it.
 */
static enum status
find_view(struct sqlite_store *store, const struct caller *caller, const struct head_to *to,
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
	*view = (struct id_range){sqlite3_column_int64(st, GROUP_HEAD_JOINED), gone.last};
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_ack_save(struct store *base, const struct caller *caller,
    const struct conversation_range *range, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	int64_t acked;
	struct id_range view;
	struct head_to to;
	enum status status;

	if ((status = device_check(store, caller, err)) ||
	    (status = head_get_to(store, caller, range->conversation, &to, err)))
		return status;
	if (!to.head || (status = find_view(store, caller, &to, &view, err)) || !view.last)
		return status;
	if ((status = ack_get(store, caller->device_id, to.head->conversation_id, &acked, err)))
		return status;
	if (acked < view.first - 1)
		acked = view.first - 1;
	if (range->ids.first > acked + 1 || range->ids.last <= acked || range->ids.last > view.last)
		return STATUS_OK;
	if ((status = run_three(store, ST_ACK_PUT, caller->device_id, to.head->conversation_id,
	         range->ids.last, err)))
		return status;
	return run_three(store, ST_MEMBER_ACK, caller->account_id, to.head->conversation_id,
	    range->ids.last, err);
}
