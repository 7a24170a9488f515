#include <errno.h>
#include <string.h>

#include "cache/internal.h"

static const char no_room[] = "there is no more room (disk, quota, or limit on a file's size); "
                              "make room and try again";

/* The sentence for a code that means the disk would not do it; NULL for others. */
static const char *
disk_reason(struct cache *cache, int code)
{
	int number = cache->db ? sqlite3_system_errno(cache->db) : 0;

	/* SQLite does not note it when a commit fails. */
	if (number == 0)
		number = errno;
	switch (code & 0xFF) {
	case SQLITE_FULL:
		return no_room;
	case SQLITE_READONLY:
		return "it cannot be written; make the file and its directory writable";
	case SQLITE_CANTOPEN:
		if (number != 0 && number != ENOENT)
			return strerror(number);
		return "the file, or the -wal and -shm files beside it, cannot be opened; see "
		       "whether they are yours";
	case SQLITE_IOERR:
		if (number == EFBIG || number == EDQUOT || number == ENOSPC)
			return no_room;
		return number != 0 ? strerror(number) : "the disk failed";
	default:
		return NULL;
	}
}

enum status
cache_fail(struct cache *cache, int code, struct error *err)
{
	const char *reason = disk_reason(cache, code);

	if (reason)
		return error_set(
		    err, STATUS_IO, "cannot use the cache %s: %s", cache->path, reason);
	switch (code & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return error_set(err, STATUS_AGAIN,
		    "the cache %s stayed locked by another process for %d s; try again when it has "
		    "finished",
		    cache->path, CACHE_BUSY_MS / 1000);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return error_set(err, STATUS_IO,
		    "the cache %s is damaged (%s); move it away and log in again", cache->path,
		    sqlite3_errstr(code));
	default:
		return error_set(err, STATUS_INTERNAL, "defect in tern's cache %s: %s", cache->path,
		    cache->db ? sqlite3_errmsg(cache->db) : sqlite3_errstr(code));
	}
}

enum status
cache_exec(struct cache *cache, const char *sql, struct error *err)
{
	int code = sqlite3_exec(cache->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? STATUS_OK : cache_fail(cache, code, err);
}

static enum status
prepare(struct cache *cache, enum sql sql, struct error *err)
{
	int code;

	if (cache->statements[sql])
		return STATUS_OK;
	code = sqlite3_prepare_v3(cache->db, statement_text(sql), -1, SQLITE_PREPARE_PERSISTENT,
	    &cache->statements[sql], NULL);
	return code == SQLITE_OK ? STATUS_OK : cache_fail(cache, code, err);
}

static int
bind(sqlite3_stmt *statement, int index, const struct value *value)
{
	if (value->kind == VALUE_INT)
		return sqlite3_bind_int64(statement, index, value->number);
	if (!value->data)
		return sqlite3_bind_null(statement, index);
	if (value->kind == VALUE_KEY)
		return sqlite3_bind_blob(statement, index, value->data, KEY_BYTES, SQLITE_STATIC);
	return sqlite3_bind_text(statement, index, value->data, -1, SQLITE_STATIC);
}

enum status
cache_query(struct cache *cache, enum sql sql, const struct value *values, sqlite3_stmt **statement,
    struct error *err)
{
	enum status status = prepare(cache, sql, err);
	int code = SQLITE_OK;

	if (status != STATUS_OK)
		return status;
	*statement = cache->statements[sql];
	sqlite3_reset(*statement);
	for (int i = 0; values[i].kind != VALUE_END && code == SQLITE_OK; i++)
		code = bind(*statement, i + 1, &values[i]);
	return code == SQLITE_OK ? STATUS_OK : cache_fail(cache, code, err);
}

enum status
cache_step(struct cache *cache, sqlite3_stmt *statement, bool *row, struct error *err)
{
	int code;

	errno = 0;
	code = sqlite3_step(statement);
	*row = code == SQLITE_ROW;
	if (code == SQLITE_ROW || code == SQLITE_DONE)
		return STATUS_OK;
	return cache_fail(cache, code, err);
}

enum status
cache_find(struct cache *cache, enum sql sql, const struct value *values, sqlite3_stmt **statement,
    bool *row, struct error *err)
{
	enum status status = cache_query(cache, sql, values, statement, err);

	*row = false;
	return status == STATUS_OK ? cache_step(cache, *statement, row, err) : status;
}

enum status
cache_ask(struct cache *cache, enum sql sql, const struct value *values, int64_t *number,
    struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_find(cache, sql, values, &statement, &row, err);

	*number = 0;
	if (status == STATUS_OK && row) {
		*number = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return status;
}

enum status
cache_run(struct cache *cache, enum sql sql, const struct value *values, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_find(cache, sql, values, &statement, &row, err);

	if (status == STATUS_OK)
		sqlite3_reset(statement);
	return status;
}

/* The connection's synchronous can only change between transactions. */
static enum status
set_synchronous(struct cache *cache, enum transaction kind, struct error *err)
{
	int wanted = kind == WRITE_DURABLY ? 2 : 1;
	enum status status;

	if (kind == READ || cache->synchronous == wanted)
		return STATUS_OK;
	status = cache_exec(
	    cache, wanted == 2 ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
	if (status == STATUS_OK)
		cache->synchronous = wanted;
	return status;
}

enum status
cache_begin(struct cache *cache, enum transaction kind, struct error *err)
{
	enum status status = set_synchronous(cache, kind, err);

	if (status != STATUS_OK)
		return status;
	return cache_run(cache, kind == READ ? SQL_BEGIN : SQL_BEGIN_WRITE, NO_VALUES, err);
}

enum status
cache_end(struct cache *cache, enum status status, struct error *err)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		if (cache->statements[i])
			sqlite3_reset(cache->statements[i]);
	}
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_COMMIT, NO_VALUES, err);
	/* Some failures end the transaction by themselves. */
	if (status != STATUS_OK && !sqlite3_get_autocommit(cache->db))
		cache_run(cache, SQL_ROLLBACK, NO_VALUES, NULL);
	return status;
}

const char *
column_text(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

bool
column_key(sqlite3_stmt *statement, int column, struct key *key)
{
	const void *bytes = sqlite3_column_blob(statement, column);

	if (!bytes || sqlite3_column_bytes(statement, column) != KEY_BYTES)
		return false;
	memcpy(key->bytes, bytes, KEY_BYTES);
	return true;
}
