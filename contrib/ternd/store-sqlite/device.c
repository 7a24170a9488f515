#include "store-sqlite/sqlite.h"

#include <stdio.h>

#include "base/timeu.h"

enum status
sqlite_device_add(struct store *base, int64_t account_id, const char *name,
    const uint8_t token_hash[TOKEN_HASH], int64_t *device_id, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_DEVICE_ADD);
	bool added;
	enum status status;

	sqlite3_bind_int64(st, 1, account_id);
	sql_bind_text(st, 2, name);
	sql_bind_blob(st, 3, token_hash, TOKEN_HASH);
	sqlite3_bind_int64(st, 4, stamp_next(store));
	sqlite3_bind_int64(st, 5, time_wall());
	if ((status = sql_next(store, st, &added, err)))
		return status;
	*device_id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_device_remove(struct store *base, int64_t device_id, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_DEVICE_REVOKE);

	store->device_checked = 0;
	sqlite3_bind_int64(st, 1, device_id);
	sqlite3_bind_int64(st, 2, stamp_next(store));
	return sql_run(store, st, err);
}

enum status
sqlite_device_find(struct store *base, const uint8_t token_hash[TOKEN_HASH], struct caller *caller,
    struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_DEVICE_FIND);
	bool found;
	enum status status;

	sql_bind_blob(st, 1, token_hash, TOKEN_HASH);
	if ((status = sql_next(store, st, &found, err)))
		return status;
	if (!found)
		return error_set(err, STATUS_NOT_FOUND, "the token is not valid (any more)");
	caller->device_id = sqlite3_column_int64(st, 0);
	caller->account_id = sqlite3_column_int64(st, 1);
	snprintf(caller->address.text, sizeof caller->address.text, "%s", sql_text(st, 2));
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
device_check(struct sqlite_store *store, const struct caller *caller, struct error *err)
{
	sqlite3_stmt *st;
	bool valid;
	enum status status;

	if (caller->device_id == store->device_checked)
		return STATUS_OK;
	st = sql_get(store, ST_DEVICE_CHECK);
	sqlite3_bind_int64(st, 1, caller->device_id);
	if ((status = sql_next(store, st, &valid, err)))
		return status;
	if (!valid)
		return error_set(err, STATUS_DENIED, "the device was logged out");
	sqlite3_reset(st);
	store->device_checked = caller->device_id;
	return STATUS_OK;
}
