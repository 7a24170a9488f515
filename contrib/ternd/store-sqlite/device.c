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
sqlite_device_revoke(struct store *base, const struct caller *caller, int64_t device_id,
    bool *ended, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st;
	enum status status = device_check(store, caller, err);

	*ended = false;
	if (status != STATUS_OK)
		return status;
	store->device_checked = 0;
	st = sql_get(store, ST_DEVICE_REVOKE_OF);
	sqlite3_bind_int64(st, 1, device_id);
	sqlite3_bind_int64(st, 2, caller->account_id);
	sqlite3_bind_int64(st, 3, stamp_next(store));
	status = sql_run(store, st, err);
	*ended = status == STATUS_OK && sqlite3_changes(store->db) > 0;
	return status;
}

enum status
sqlite_device_list(struct store *base, const struct caller *caller, size_t limit,
    void (*row)(void *arg, const struct device *), void *arg, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st;
	bool more = true;
	enum status status = device_check(store, caller, err);

	if (status != STATUS_OK)
		return status;
	st = sql_get(store, ST_DEVICE_LIST);
	sqlite3_bind_int64(st, 1, caller->account_id);
	sqlite3_bind_int64(st, 2, (int64_t)limit);
	while ((status = sql_next(store, st, &more, err)) == STATUS_OK && more)
		row(arg, &(struct device){
		             .device_id = sqlite3_column_int64(st, 0),
		             .name = sql_text(st, 1),
		             .seen = sqlite3_column_int64(st, 2),
		             .stamp = sqlite3_column_int64(st, 3),
		         });
	return status;
}

enum status
sqlite_device_seen(struct store *base, int64_t device_id, int64_t time, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_DEVICE_SEEN);

	sqlite3_bind_int64(st, 1, device_id);
	sqlite3_bind_int64(st, 2, time);
	return sql_run(store, st, err);
}

/* Ends all of the account's logins but the caller's. */
static enum status
revoke_others(struct sqlite_store *store, const struct caller *caller,
    void (*ended)(void *arg, int64_t device_id), void *arg, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_DEVICE_REVOKE_OTHERS);
	bool more = true;
	enum status status;

	store->device_checked = 0;
	sqlite3_bind_int64(st, 1, caller->account_id);
	sqlite3_bind_int64(st, 2, caller->device_id);
	sqlite3_bind_int64(st, 3, stamp_next(store));
	while ((status = sql_next(store, st, &more, err)) == STATUS_OK && more)
		ended(arg, sqlite3_column_int64(st, 0));
	return status;
}

enum status
sqlite_password_set(struct store *base, const struct caller *caller, const char *old_hash,
    const char *new_hash, void (*ended)(void *arg, int64_t device_id), void *arg, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st;
	enum status status = device_check(store, caller, err);

	if (status != STATUS_OK)
		return status;
	st = sql_get(store, ST_PASSWORD_SET);
	sqlite3_bind_int64(st, 1, caller->account_id);
	sql_bind_text(st, 2, old_hash);
	sql_bind_text(st, 3, new_hash);
	if ((status = sql_run(store, st, err)))
		return status;
	if (sqlite3_changes(store->db) == 0)
		return error_set(err, STATUS_CONFLICT, "the password was changed meanwhile");
	return revoke_others(store, caller, ended, arg, err);
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
