#include "store-sqlite/sqlite.h"

#include <stdio.h>

enum status
sqlite_account_find(
    struct store *base, const char *address, struct store_account *account, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_ACCOUNT_FIND);
	bool found;
	enum status status;

	sql_bind_text(st, 1, address);
	if ((status = sql_next(store, st, &found, err)))
		return status;
	if (!found)
		return error_set(err, STATUS_NOT_FOUND, "there is no account %s", address);
	account->account_id = sqlite3_column_int64(st, 0);
	snprintf(account->password_hash, sizeof account->password_hash, "%s", sql_text(st, 1));
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_account_add(struct store *base, const char *address, const char *password_hash,
    int64_t *account_id, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_ACCOUNT_ADD);
	bool added;
	enum status status;

	sql_bind_text(st, 1, address);
	sql_bind_text(st, 2, password_hash);
	sqlite3_bind_int64(st, 3, stamp_next(store));
	if ((status = sql_next(store, st, &added, err)))
		return status;
	if (!added)
		return error_set(err, STATUS_CONFLICT, "the address %s is taken", address);
	*account_id = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
account_id_find(
    struct sqlite_store *store, const char *address, int64_t *account_id, struct error *err)
{
	struct store_account account;
	enum status status;

	*account_id = heads_account(&store->heads, address);
	if (*account_id)
		return STATUS_OK;
	status = sqlite_account_find(&store->base, address, &account, err);
	if (status != STATUS_OK)
		return status == STATUS_NOT_FOUND ? STATUS_OK : status;
	*account_id = account.account_id;
	if (store->mode == STORE_WRITE)
		heads_account_add(&store->heads, address, *account_id);
	return STATUS_OK;
}
