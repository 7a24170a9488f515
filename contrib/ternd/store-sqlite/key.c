/* What became of each key (doc/protocol.md 3.2, 3.12). It outlives what was stored with it. */
#include "store-sqlite/sqlite.h"

#include <sodium.h>
#include <string.h>

void
key_digest(uint8_t digest[KEY_DIGEST], const char *const fields[], size_t count)
{
	crypto_generichash_state state;

	_Static_assert((int)KEY_DIGEST == (int)crypto_generichash_BYTES_MIN, "BLAKE2b");
	crypto_generichash_init(&state, NULL, 0, KEY_DIGEST);
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(
		    &state, (const unsigned char *)fields[i], strlen(fields[i]) + 1);
	crypto_generichash_final(&state, digest, KEY_DIGEST);
}

enum status
key_get(struct sqlite_store *store, int64_t account_id, const struct key *key, struct key_row *row,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_KEY_GET);
	enum status status;

	sql_bind_blob(st, 1, key->bytes, KEY_BYTES);
	sqlite3_bind_int64(st, 2, account_id);
	if ((status = sql_next(store, st, &row->found, err)) || !row->found)
		return status;
	row->conversation_id = sqlite3_column_int64(st, 0);
	row->msg_id = sqlite3_column_int64(st, 1);
	row->time = sqlite3_column_int64(st, 2);
	row->stamp = sqlite3_column_int64(st, 3);
	if (sqlite3_column_bytes(st, 4) == KEY_DIGEST)
		memcpy(row->digest, sqlite3_column_blob(st, 4), KEY_DIGEST);
	else
		memset(row->digest, 0, KEY_DIGEST);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
key_add(struct sqlite_store *store, const struct caller *caller, const struct key *key,
    const struct key_row *row, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_KEY_ADD);

	sql_bind_blob(st, 1, key->bytes, KEY_BYTES);
	sqlite3_bind_int64(st, 2, caller->account_id);
	sqlite3_bind_int64(st, 3, caller->device_id);
	sqlite3_bind_int64(st, 4, row->conversation_id);
	sqlite3_bind_int64(st, 5, row->msg_id);
	sqlite3_bind_int64(st, 6, row->time);
	sqlite3_bind_int64(st, 7, row->stamp);
	sql_bind_blob(st, 8, row->digest, KEY_DIGEST);
	return sql_run(store, st, err);
}
