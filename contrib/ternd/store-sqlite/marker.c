/* Read markers (doc/protocol.md 3.9). */
#include "base/number.h"
#include "store-sqlite/sqlite.h"

/* The reader's row in a conversation. */
struct reader_row {
	int64_t read;
	int64_t own;
	int64_t own_read;
	int64_t counted_to; /* up to where own_read counts: the marker, or what has expired */
};

static enum status
row_get(struct sqlite_store *store, int64_t account_id, int64_t conversation_id,
    struct reader_row *row, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MEMBER_READ_GET);
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, account_id);
	sqlite3_bind_int64(st, 2, conversation_id);
	if ((status = sql_next(store, st, &found, err)))
		return status;
	if (!found)
		return error_set(err, STATUS_IO, "the store is damaged: a member is lacking");
	row->read = sqlite3_column_int64(st, 0);
	row->own = sqlite3_column_int64(st, 1);
	row->own_read = sqlite3_column_int64(st, 2);
	row->counted_to = sqlite3_column_int64(st, 3);
	sqlite3_reset(st);
	return STATUS_OK;
}

/* Own messages up to the new marker: counted on the shorter side of it. */
static enum status
count_own(struct sqlite_store *store, const struct caller *caller, const struct head *head,
    const struct reader_row *row, int64_t to, int64_t *own_read, struct error *err)
{
	bool above = head->last_msg_id - to < to - row->counted_to;
	struct id_range ids = {
	    above ? to + 1 : row->counted_to + 1, above ? head->last_msg_id : to};
	int64_t number;
	enum status status;

	*own_read = row->own_read;
	if (to <= row->counted_to)
		return STATUS_OK;
	status = sql_ask_numbers(store, ST_OWN_COUNT,
	    NUMBERS(head->conversation_id, ids.first, ids.last, caller->account_id), &number, err);
	*own_read = above ? row->own - number : row->own_read + number;
	return status;
}

static enum status
row_set(struct sqlite_store *store, int64_t account_id, int64_t conversation_id, int64_t read,
    int64_t counted, int64_t own_read, struct error *err)
{
	return sql_run_numbers(store, ST_MEMBER_READ,
	    NUMBERS(account_id, conversation_id, read, counted, own_read, stamp_next(store)), err);
}

/* Moves the marker of a conversation that was found to be the caller's. *moved: it was lower. */
static enum status
move(struct sqlite_store *store, const struct caller *caller, const struct head *head, int64_t to,
    bool *moved, struct error *err)
{
	struct reader_row row = {0};
	int64_t upto, counted, own_read;
	enum status status = row_get(store, caller->account_id, head->conversation_id, &row, err);

	*moved = false;
	if (status != STATUS_OK || row.read >= to)
		return status;
	*moved = true;
	/* The counts stay where they were where a marker is still below what has expired. */
	upto = higher(to, row.counted_to);
	if ((status = sql_ask_numbers(
	         store, ST_COUNTED_UPTO, NUMBERS(head->conversation_id, upto), &counted, err)) ||
	    (status = count_own(store, caller, head, &row, to, &own_read, err)))
		return status;
	return row_set(
	    store, caller->account_id, head->conversation_id, to, counted, own_read, err);
}

static enum status
tell_caller(struct sqlite_store *store, const struct caller *caller, const char *conversation,
    bool moved, const struct store_head_sink *sink, struct error *err)
{
	struct conversation_head head;
	sqlite3_stmt *st;
	enum status status = head_row(store, caller->account_id, conversation, &st, &head, err);

	if (status != STATUS_OK)
		return status;
	if (moved)
		sink->head(sink->arg, caller->account_id, &head);
	sink->answer(sink->arg, &head);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
head_tell_peer(struct sqlite_store *store, const struct caller *caller, const struct head_to *to,
    const struct store_head_sink *sink, struct error *err)
{
	struct conversation_head head;
	sqlite3_stmt *st;
	enum status status;

	if (!to->peer_id || to->peer_id == caller->account_id)
		return STATUS_OK;
	st = sql_get(store, ST_MEMBER_TOUCH);
	sqlite3_bind_int64(st, 1, to->peer_id);
	sqlite3_bind_int64(st, 2, to->head->conversation_id);
	sqlite3_bind_int64(st, 3, stamp_next(store));
	if ((status = sql_run(store, st, err)) ||
	    (status = head_row(store, to->peer_id, caller->address.text, &st, &head, err)))
		return status;
	sink->head(sink->arg, to->peer_id, &head);
	sqlite3_reset(st);
	return STATUS_OK;
}

/* *view: what there is of the conversation for the caller; last is 0 where it has none of that
 * name. */
static enum status
find(struct sqlite_store *store, const struct caller *caller, const char *conversation,
    struct head_to *to, struct id_range *view, struct error *err)
{
	enum status status = head_get_to(store, caller, conversation, to, err);

	*view = (struct id_range){0, 0};
	return status == STATUS_OK && to->head ? member_view(store, caller, to, view, err) : status;
}

static enum status
check_all(struct sqlite_store *store, const struct caller *caller,
    const struct read_marker *markers, size_t marker_count, enum wire_error *refusal,
    struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < marker_count && status == STATUS_OK; i++) {
		struct head_to to;
		struct id_range view;

		status = find(store, caller, markers[i].conversation, &to, &view, err);
		if (status == STATUS_OK && view.last && markers[i].msg_id > view.last)
			*refusal = WIRE_BAD_FIELD;
	}
	return status;
}

static enum status
mark(struct sqlite_store *store, const struct caller *caller, const struct read_marker *marker,
    const struct store_head_sink *sink, struct error *err)
{
	struct head_to to;
	struct id_range view;
	bool moved;
	enum status status = find(store, caller, marker->conversation, &to, &view, err);

	if (status != STATUS_OK || !view.last)
		return status;
	if ((status = move(store, caller, to.head, marker->msg_id, &moved, err)) ||
	    (status = tell_caller(store, caller, marker->conversation, moved, sink, err)))
		return status;
	return moved ? head_tell_peer(store, caller, &to, sink, err) : STATUS_OK;
}

enum status
sqlite_read_mark(struct store *base, const struct caller *caller, const struct read_marker *markers,
    size_t marker_count, const struct store_head_sink *sink, enum wire_error *refusal,
    struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	enum status status;

	*refusal = WIRE_OK;
	/* The rows must hold what this transaction did to the conversations. */
	if ((status = device_check(store, caller, err)) || (status = heads_save(store, err)) ||
	    (status = check_all(store, caller, markers, marker_count, refusal, err)))
		return status;
	for (size_t i = 0; i < marker_count && status == STATUS_OK && *refusal == WIRE_OK; i++)
		status = mark(store, caller, &markers[i], sink, err);
	return status;
}
