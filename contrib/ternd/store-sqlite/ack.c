/* Acknowledgements (doc/protocol.md 3.7). */
#include "store-sqlite/sqlite.h"

enum status
sqlite_ack_save(struct store *base, const struct caller *caller,
    const struct conversation_range *range, const struct store_head_sink *sink, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	int64_t acked;
	struct id_range view;
	struct head_to to;
	enum status status;

	if ((status = device_check(store, caller, err)) ||
	    (status = head_get_to(store, caller, range->conversation, &to, err)))
		return status;
	if (!to.head || (status = member_view(store, caller, &to, &view, err)) || !view.last)
		return status;
	if ((status = sql_ask_numbers(store, ST_ACK_GET,
	         NUMBERS(caller->device_id, to.head->conversation_id), &acked, err)))
		return status;
	if (acked < view.first - 1)
		acked = view.first - 1;
	if (range->ids.first > acked + 1 || range->ids.last <= acked || range->ids.last > view.last)
		return STATUS_OK;
	if ((status = sql_run_numbers(store, ST_ACK_PUT,
	         NUMBERS(caller->device_id, to.head->conversation_id, range->ids.last), err)) ||
	    (status = sql_run_numbers(store, ST_MEMBER_ACK,
	         NUMBERS(caller->account_id, to.head->conversation_id, range->ids.last), err)))
		return status;
	/* Another device of the account may have been further. */
	if (sqlite3_changes(store->db) == 0 || !to.peer_id || (status = heads_save(store, err)))
		return status;
	return head_tell_peer(store, caller, &to, sink, err);
}
