/* What is kept no longer: messages, and what became of keys (doc/protocol.md 3.6). */
#include "store-sqlite/sqlite.h"

#include <string.h>

#include "base/number.h"
#include "base/timeu.h"

/* ---- what may go ---- */

/* *upto: the last message that is older; stamps grow with the ids, so it is found by halving. Most
 * conversations have none, which their first message tells. */
static enum status
find_older(struct sqlite_store *store, int64_t before, const struct store_prunable *row,
    int64_t *upto, struct error *err)
{
	int64_t old = row->ids.first - 1, young = row->ids.last + 1, at = row->ids.first;

	while (young - old > 1) {
		int64_t stamp;
		enum status status = sql_ask_numbers(
		    store, ST_PRUNE_STAMP, NUMBERS(row->conversation_id, at), &stamp, err);

		if (status != STATUS_OK)
			return status;
		if (stamp < before)
			old = at;
		else
			young = at;
		at = old + (young - old) / 2;
	}
	*upto = old;
	return STATUS_OK;
}

/* Not what a member may still come for. */
static enum status
hold_back(struct sqlite_store *store, int64_t seen, bool group, struct store_prunable *row,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, group ? ST_PRUNE_HELD_GROUP : ST_PRUNE_HELD_DIRECT);
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, row->conversation_id);
	sqlite3_bind_int64(st, 2, row->ids.first);
	sqlite3_bind_int64(st, 3, row->upto);
	sqlite3_bind_int64(st, 4, seen);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	if (sqlite3_column_type(st, 0) != SQLITE_NULL)
		row->upto = lower(row->upto, sqlite3_column_int64(st, 0) - 1);
	sqlite3_reset(st);
	return STATUS_OK;
}

static enum status
find_upto(struct sqlite_store *store, const struct store_prune *prune, bool group,
    struct store_prunable *row, struct error *err)
{
	int64_t older = row->ids.first - 1;
	enum status status = STATUS_OK;

	if (prune->before)
		status = find_older(store, prune->before, row, &older, err);
	row->upto = older;
	if (prune->keep)
		row->upto = higher(row->upto, row->ids.last - prune->keep);
	row->upto = lower(row->upto, row->ids.last - 1);
	if (status == STATUS_OK && row->upto >= row->ids.first)
		status = hold_back(store, prune->seen, group, row, err);
	return status;
}

enum status
sqlite_prune_find(struct store *base, const struct store_prune *prune, int64_t *after, size_t limit,
    bool (*told)(void *arg, const struct store_prunable *), void *arg, bool *more,
    struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_PRUNE_CONVERSATIONS);
	enum status status = STATUS_OK;
	size_t count = 0;

	*more = true;
	sqlite3_bind_int64(st, 1, *after);
	sqlite3_bind_int64(st, 2, (int64_t)limit);
	for (; status == STATUS_OK; count++) {
		struct store_prunable row;
		bool found;

		if ((status = sql_next(store, st, &found, err)))
			return status;
		if (!found) {
			*more = count == limit;
			return STATUS_OK;
		}
		row.conversation_id = sqlite3_column_int64(st, 0);
		row.ids.first = sqlite3_column_int64(st, 2);
		row.ids.last = sqlite3_column_int64(st, 3);
		status =
		    find_upto(store, prune, sqlite3_column_int(st, 1) == KIND_GROUP, &row, err);
		*after = row.conversation_id;
		if (status == STATUS_OK && !told(arg, &row))
			break;
	}
	sqlite3_reset(st);
	return status;
}

/* ---- messages ---- */

struct pruned {
	int64_t conversation_id;
	struct id_range ids;
	bool group;
	struct head *head; /* in memory, or NULL */
};

static enum status
read_pruned(struct sqlite_store *store, struct pruned *pruned, bool *found, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_PRUNE_CONVERSATION);
	enum status status;

	sqlite3_bind_int64(st, 1, pruned->conversation_id);
	if ((status = sql_next(store, st, found, err)) || !*found)
		return status;
	pruned->group = sqlite3_column_int(st, 0) == KIND_GROUP;
	pruned->ids.first = sqlite3_column_int64(st, 1);
	pruned->ids.last = sqlite3_column_int64(st, 2);
	if (pruned->group)
		pruned->head = heads_find_group(&store->heads, sql_text(st, 5));
	else
		pruned->head = heads_find(
		    &store->heads, sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4));
	sqlite3_reset(st);
	return STATUS_OK;
}

/* A member that has not read everything up to what goes. */
struct reader {
	int64_t account_id;
	int64_t counted_to;
	int64_t own;
	int64_t own_read;
};

/* What goes counts as read; the marker, which others see, stays. */
static enum status
count_as_read(struct sqlite_store *store, int64_t conversation_id, const struct reader *reader,
    int64_t upto, int64_t counted, struct error *err)
{
	int64_t own = 0;
	enum status status = STATUS_OK;

	if (reader->own > reader->own_read)
		status = sql_ask_numbers(store, ST_OWN_COUNT,
		    NUMBERS(conversation_id, reader->counted_to + 1, upto, reader->account_id),
		    &own, err);
	if (status != STATUS_OK)
		return status;
	return sql_run_numbers(store, ST_PRUNE_READER,
	    NUMBERS(reader->account_id, conversation_id, upto, counted, reader->own_read + own),
	    err);
}

enum { READERS = 100 }; /* members whose counts are set right at once */

/* *count: how many there were; they are not found again. */
static enum status
count_readers(struct sqlite_store *store, const struct pruned *pruned, int64_t upto, size_t *count,
    struct error *err)
{
	struct reader readers[READERS];
	sqlite3_stmt *st =
	    sql_get(store, pruned->group ? ST_PRUNE_READERS_GROUP : ST_PRUNE_READERS_DIRECT);
	int64_t counted;
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, pruned->conversation_id);
	sqlite3_bind_int64(st, 2, upto);
	sqlite3_bind_int64(st, 3, READERS);
	for (*count = 0; (status = sql_next(store, st, &found, err)) == STATUS_OK && found;)
		readers[(*count)++] =
		    (struct reader){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
		        sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3)};
	if (status != STATUS_OK || !*count)
		return status;
	status = sql_ask_numbers(
	    store, ST_COUNTED_UPTO, NUMBERS(pruned->conversation_id, upto), &counted, err);
	for (size_t i = 0; i < *count && status == STATUS_OK; i++)
		status =
		    count_as_read(store, pruned->conversation_id, &readers[i], upto, counted, err);
	return status;
}

static enum status
delete_messages(struct sqlite_store *store, struct pruned *pruned, int64_t upto, int64_t *deleted,
    struct error *err)
{
	enum status status = sql_run_numbers(store, ST_PRUNE_MESSAGES,
	    NUMBERS(pruned->conversation_id, pruned->ids.first, upto), err);

	if (status != STATUS_OK)
		return status;
	*deleted = sqlite3_changes(store->db);
	status =
	    sql_run_numbers(store, ST_PRUNE_FIRST, NUMBERS(pruned->conversation_id, upto + 1), err);
	if (status != STATUS_OK)
		return status;
	if (pruned->head)
		pruned->head->first_msg_id = upto + 1;
	return STATUS_OK;
}

enum status
sqlite_prune(struct store *base, int64_t conversation_id, int64_t upto, size_t limit,
    int64_t *deleted, bool *more, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	struct pruned pruned = {.conversation_id = conversation_id};
	int64_t last;
	size_t readers;
	bool found;
	enum status status = read_pruned(store, &pruned, &found, err);

	*deleted = 0;
	*more = false;
	if (status != STATUS_OK || !found)
		return status;
	upto = lower(upto, pruned.ids.last - 1);
	if (upto < pruned.ids.first)
		return STATUS_OK;
	*more = true;
	if ((status = count_readers(store, &pruned, upto, &readers, err)) || readers == READERS)
		return status;
	last = lower(upto, pruned.ids.first + (int64_t)limit - 1);
	*more = last < upto;
	return delete_messages(store, &pruned, last, deleted, err);
}

/* ---- keys ---- */

/* The first key that a device whose clock is right makes at a time (UUIDv7). */
static struct key
first_key(int64_t wall)
{
	uint64_t ms = (uint64_t)(wall / TIME_MS);
	struct key key = {{0}};

	for (int i = 0; i < 6; i++)
		key.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	return key;
}

static enum status
delete_key(struct sqlite_store *store, const struct store_key *row, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_KEY_REMOVE);

	sql_bind_blob(st, 1, row->key.bytes, KEY_BYTES);
	sqlite3_bind_int64(st, 2, row->account_id);
	return sql_run(store, st, err);
}

enum { KEYS = 500 };

enum status
sqlite_prune_keys(struct store *base, int64_t before, struct store_key *after, size_t limit,
    int64_t *deleted, bool *more, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	struct key end = first_key(before);
	struct store_key old[KEYS];
	sqlite3_stmt *st = sql_get(store, ST_KEY_OLD);
	size_t count = 0, looked = 0;
	bool found;
	enum status status;

	limit = limit < KEYS ? limit : KEYS;
	*deleted = 0;
	sql_bind_blob(st, 1, after->key.bytes, KEY_BYTES);
	sqlite3_bind_int64(st, 2, after->account_id);
	sql_bind_blob(st, 3, end.bytes, KEY_BYTES);
	sqlite3_bind_int64(st, 4, (int64_t)limit);
	for (; (status = sql_next(store, st, &found, err)) == STATUS_OK && found; looked++) {
		struct store_key *row = &old[count];

		if (sqlite3_column_bytes(st, 0) == KEY_BYTES)
			memcpy(row->key.bytes, sqlite3_column_blob(st, 0), KEY_BYTES);
		row->account_id = sqlite3_column_int64(st, 1);
		if (looked + 1 == limit)
			*after = *row;
		count += sqlite3_column_int64(st, 2) < before;
	}
	*more = looked == limit;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = delete_key(store, &old[i], err);
	*deleted = (int64_t)count;
	return status;
}

enum status
sqlite_newest_time(struct store *base, int64_t *time, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	int64_t seen;
	enum status status = sql_ask_numbers(store, ST_PRUNE_NEWEST, NULL, 0, &seen, err);

	*time = higher(store->stamp, seen);
	return status;
}
