/* The store on SQLite: opening, transactions, running statements. Tables have their own files. */
#include "store-sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"

enum {
	BUSY_MS = 15000,          /* a lock of another connection is waited for so long */
	CHECKPOINT_S = 2,         /* readers' checkpoints are at least so far apart */
	CHECKPOINT_PAGES = 16384, /* the writer does it itself beyond: readers don't keep up */
	CUT_REST = 20,            /* after the log was cut, it isn't for so many times as long */
};

enum status
sql_failed(sqlite3 *db, struct error *err)
{
	return error_set(err, STATUS_IO, "the store failed: %s", sqlite3_errmsg(db));
}

sqlite3_stmt *
sql_get(struct sqlite_store *store, enum statement id)
{
	sqlite3_stmt *st = store->statements[id];

	sqlite3_reset(st);
	return st;
}

enum status
sql_next(struct sqlite_store *store, sqlite3_stmt *st, bool *found, struct error *err)
{
	int code = sqlite3_step(st);
	enum status status = STATUS_OK;

	*found = code == SQLITE_ROW;
	if (*found)
		return STATUS_OK;
	if (code != SQLITE_DONE)
		status = sql_failed(store->db, err);
	sqlite3_reset(st);
	return status;
}

enum status
sql_run(struct sqlite_store *store, sqlite3_stmt *st, struct error *err)
{
	bool found;
	enum status status = sql_next(store, st, &found, err);

	if (status == STATUS_OK && found)
		sqlite3_reset(st);
	return status;
}

static sqlite3_stmt *
get_bound(struct sqlite_store *store, enum statement id, const int64_t *numbers, size_t count)
{
	sqlite3_stmt *st = sql_get(store, id);

	for (size_t i = 0; i < count; i++)
		sqlite3_bind_int64(st, (int)i + 1, numbers[i]);
	return st;
}

enum status
sql_run_numbers(struct sqlite_store *store, enum statement id, const int64_t *numbers, size_t count,
    struct error *err)
{
	return sql_run(store, get_bound(store, id, numbers, count), err);
}

enum status
sql_ask_numbers(struct sqlite_store *store, enum statement id, const int64_t *numbers, size_t count,
    int64_t *number, struct error *err)
{
	sqlite3_stmt *st = get_bound(store, id, numbers, count);
	bool found;
	enum status status = sql_next(store, st, &found, err);

	*number = 0;
	if (status != STATUS_OK || !found)
		return status;
	*number = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

void
sql_bind_text(sqlite3_stmt *st, int index, const char *text)
{
	sqlite3_bind_text(st, index, text, -1, SQLITE_STATIC);
}

void
sql_bind_blob(sqlite3_stmt *st, int index, const void *data, size_t length)
{
	sqlite3_bind_blob64(st, index, data, length, SQLITE_STATIC);
}

const char *
sql_text(sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	return text ? text : "";
}

static enum status
cannot_open(const char *where, const char *why, struct error *err)
{
	return error_set(err, STATUS_CANNOT_CREATE, "the store %s can't be opened: %s", where, why);
}

/*
 * Makes the file if it isn't there, for nobody else to read; SQLite gives the files beside it the
 * same mode. An existing one is not touched: closing it would drop the locks that this process'
 * other connections hold on it.
 */
static enum status
make_file(const char *where, struct error *err)
{
	int fd = open(where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return cannot_open(where, strerror(errno), err);
	if (fd >= 0)
		close(fd);
	return STATUS_OK;
}

static enum status
open_db(struct sqlite_store *store, const char *where, struct error *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	char *name = NULL;
	int code;

	if (store->in_memory) {
		/* memdb shares what has a name that begins with / within the process. */
		name = mem_printf("/tern%s", where + strlen(STORE_MEMORY));
		code = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_CREATE, "memdb");
		free(name);
	} else {
		enum status status = STATUS_OK;

		if (store->mode == STORE_WRITE && (status = make_file(where, err)))
			return status;
		code = sqlite3_open_v2(where, &store->db, flags, NULL);
	}
	if (code != SQLITE_OK)
		return cannot_open(where, sqlite3_errstr(code), err);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return STATUS_OK;
}

static enum status
run_sql(struct sqlite_store *store, const char *sql, struct error *err)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(store->db, err);
	return STATUS_OK;
}

/*
 * References are kept by this code, which takes ids only from rows it read in the same
 * transaction. The file isn't mapped: an error of the disk would end the process then, and not be
 * an answer "storage".
 */
static enum status
set_up(struct sqlite_store *store, struct error *err)
{
	enum status status;

	if ((status = run_sql(store,
	         "PRAGMA trusted_schema = OFF;"
	         "PRAGMA temp_store = MEMORY;"
	         /* What was recalled must not stay in what is free. */
	         "PRAGMA secure_delete = ON;"
	         "PRAGMA cache_size = -65536;", /* KiB */
	         err)))
		return status;
	if (store->in_memory)
		return run_sql(
		    store, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF", err);
	if ((status = run_sql(store,
	         "PRAGMA journal_mode = WAL;"
	         "PRAGMA synchronous = FULL;"
	         "PRAGMA journal_size_limit = 134217728;",
	         err)))
		return status;
	/* A reader never checkpoints by itself, only in its commit. */
	if (store->mode == STORE_READ)
		return run_sql(store, "PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON", err);
	if (sqlite3_wal_autocheckpoint(store->db, CHECKPOINT_PAGES) != SQLITE_OK)
		return sql_failed(store->db, err);
	return STATUS_OK;
}

static void
sqlite_close(struct store *base)
{
	struct sqlite_store *store = sqlite_of(base);

	if (!store)
		return;
	statements_finish(store->statements);
	sqlite3_close(store->db);
	path_lock_release(&store->lock);
	heads_finish(&store->heads);
	free(store->lock_path);
	free(store);
}

static enum status
sqlite_open(struct store **opened, const char *where, enum store_mode mode, struct error *err)
{
	struct sqlite_store *store = mem_zalloc(1, sizeof *store);
	enum status status;

	store->base.driver = &store_sqlite;
	store->mode = mode;
	store->lock.fd = -1;
	store->erasing = mode == STORE_WRITE; /* of one that was killed, maybe */
	store->in_memory = strncmp(where, STORE_MEMORY, strlen(STORE_MEMORY)) == 0;
	if (!store->in_memory)
		store->lock_path = mem_printf("%s-lock", where);
	heads_init(&store->heads);
	if ((status = open_db(store, where, err)) ||
	    (status = schema_open(store->db, where, mode, err)) || (status = set_up(store, err)) ||
	    (status = statements_prepare(store->db, store->statements, err))) {
		sqlite_close(&store->base);
		return status;
	}
	*opened = &store->base;
	return STATUS_OK;
}

/* Sees the highest stamp; a reader's snapshot is fixed by it. */
static enum status
read_state(struct sqlite_store *store, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_STATE_GET);
	bool found;
	enum status status = sql_next(store, st, &found, err);

	if (status != STATUS_OK)
		return status;
	if (!found)
		return error_set(err, STATUS_IO, "the store is damaged: it has no state");
	store->stamp_saved = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return STATUS_OK;
}

static void
sqlite_rollback(struct store *base)
{
	struct sqlite_store *store = sqlite_of(base);

	if (!sqlite3_get_autocommit(store->db)) {
		sqlite3_stmt *st = sql_get(store, ST_ROLLBACK);

		sqlite3_step(st);
		sqlite3_reset(st);
	}
	heads_clear(&store->heads);
	store->stamp = store->stamp_saved;
}

static enum status
sqlite_begin(struct store *base, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	bool writes = store->mode == STORE_WRITE;
	enum status status =
	    sql_run(store, sql_get(store, writes ? ST_BEGIN_WRITE : ST_BEGIN_READ), err);

	if (status == STATUS_OK && (status = read_state(store, err)))
		sqlite_rollback(base);
	if (status != STATUS_OK)
		return status;
	/* Whoever writes a conversation takes a stamp: where the stamp is ours, so is all we
	 * remember. */
	if (store->stamp != store->stamp_saved)
		heads_clear(&store->heads);
	store->stamp = store->stamp_saved;
	store->device_checked = 0;
	heads_trim(&store->heads);
	return STATUS_OK;
}

static enum status
save_state(struct sqlite_store *store, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_STATE_SET);

	if (store->stamp == store->stamp_saved)
		return STATUS_OK;
	sqlite3_bind_int64(st, 1, store->stamp);
	return sql_run(store, st, err);
}

/*
 * Moves what was committed from the log into the file, without holding the writer up. Its failure
 * is no loss: the log keeps everything, and the next one tries again.
 */
static void
checkpoint(struct sqlite_store *store)
{
	int64_t now = time_mono();

	if (store->in_memory || now - store->checkpoint_time < CHECKPOINT_S * TIME_SECOND)
		return;
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	store->checkpoint_time = time_mono();
}

/*
 * Moves all of the log into the file and cuts it, for what was erased is in it still. Not while a
 * reader needs it, and not so often that recalls hold the writer up: then the next commit does.
 */
static void
cut_log(struct sqlite_store *store)
{
	int64_t start = time_mono(), end;

	if (store->in_memory || start < store->cut_after)
		return;
	sqlite3_busy_timeout(store->db, 0);
	store->erasing = sqlite3_wal_checkpoint_v2(
	                     store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK;
	sqlite3_busy_timeout(store->db, BUSY_MS);
	end = time_mono();
	store->cut_after = end + CUT_REST * (end - start);
}

static enum status
sqlite_commit(struct store *base, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	enum status status;

	if (store->mode == STORE_READ) {
		status = sql_run(store, sql_get(store, ST_COMMIT), err);
		if (status == STATUS_OK)
			checkpoint(store);
		return status;
	}
	if ((status = heads_save(store, err)) || (status = save_state(store, err)) ||
	    (status = sql_run(store, sql_get(store, ST_COMMIT), err)))
		return status;
	store->stamp_saved = store->stamp;
	if (store->erasing)
		cut_log(store);
	return STATUS_OK;
}

static int64_t
sqlite_last_stamp(struct store *store)
{
	return sqlite_of(store)->stamp;
}

int64_t
stamp_next(struct sqlite_store *store)
{
	int64_t now = time_wall();

	store->stamp = now > store->stamp ? now : store->stamp + 1;
	return store->stamp;
}

const struct store_driver store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .last_stamp = sqlite_last_stamp,
    .generation_add = sqlite_generation_add,
    .cursor_check = sqlite_cursor_check,
    .fork_find = sqlite_fork_find,
    .account_find = sqlite_account_find,
    .account_add = sqlite_account_add,
    .device_add = sqlite_device_add,
    .device_remove = sqlite_device_remove,
    .device_revoke = sqlite_device_revoke,
    .device_list = sqlite_device_list,
    .device_seen = sqlite_device_seen,
    .password_set = sqlite_password_set,
    .device_find = sqlite_device_find,
    .contact_set = sqlite_contact_set,
    .profile_set = sqlite_profile_set,
    .profile_get = sqlite_profile_get,
    .profile_push = sqlite_profile_push,
    .group_get = sqlite_group_get,
    .group_members = sqlite_group_members,
    .message_send = sqlite_message_send,
    .changes = sqlite_changes,
    .group_create = sqlite_group_create,
    .group_change = sqlite_group_change,
    .contacts = sqlite_contacts,
    .messages = sqlite_messages,
    .receipts = sqlite_receipts,
    .amendments = sqlite_amendments,
    .read_mark = sqlite_read_mark,
    .ack_save = sqlite_ack_save,
    .prune_find = sqlite_prune_find,
    .prune = sqlite_prune,
    .prune_keys = sqlite_prune_keys,
    .newest_time = sqlite_newest_time,
};
