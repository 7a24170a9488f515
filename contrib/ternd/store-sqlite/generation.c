/* Generations and cursors (doc/protocol.md 3.3). */
#include "store-sqlite/sqlite.h"

static enum status
take_lock(struct sqlite_store *store, struct error *err)
{
	enum status status;

	if (store->in_memory || store->lock.fd >= 0)
		return STATUS_OK;
	status = path_lock_try(&store->lock, store->lock_path, err);
	if (status == STATUS_AGAIN)
		return error_set(err, STATUS_AGAIN,
		    "another ternd serves this store (%s is locked): stop it, or name another "
		    "store",
		    store->lock_path);
	return status;
}

enum status
sqlite_generation_add(struct store *base, const char *generation, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_GENERATION_ADD);
	enum status status = take_lock(store, err);

	if (status != STATUS_OK)
		return status;
	sql_bind_text(st, 1, generation);
	return sql_run(store, st, err);
}

/* Where the generation's stamps end. *known is false where it is none of this history. */
static enum status
find_end(struct sqlite_store *store, const char *generation, bool *known, int64_t *end,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_GENERATION_END);
	enum status status;

	sql_bind_text(st, 1, generation);
	if ((status = sql_next(store, st, known, err)) || !*known)
		return status;
	*end = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_cursor_check(struct store *base, const struct cursor *cursor, bool *valid, struct error *err)
{
	int64_t end;
	enum status status = find_end(sqlite_of(base), cursor->generation, valid, &end, err);

	*valid = status == STATUS_OK && *valid && cursor->stamp <= end;
	return status;
}

enum status
sqlite_fork_find(struct store *base, const struct cursor *generations, size_t count, int64_t *fork,
    struct error *err)
{
	bool known = false;
	int64_t end;
	enum status status = STATUS_OK;

	*fork = 0;
	for (size_t i = 0; i < count && !known && status == STATUS_OK; i++) {
		status = find_end(sqlite_of(base), generations[i].generation, &known, &end, err);
		if (status == STATUS_OK && known)
			*fork = generations[i].stamp < end ? generations[i].stamp : end;
	}
	return status;
}
