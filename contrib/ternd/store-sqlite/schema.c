/*
 * The tables, and how a store of an older version becomes one of this. A step is never changed
 * once it was released: a new one is added behind it.
 */
#include "store-sqlite/sqlite.h"

/* "tern", in SQLite's application_id: tells a store from any other database. */
#define APPLICATION_ID 0x7465726E
#define TEXT_OF(x)     #x
#define TEXT(x)        TEXT_OF(x)

static const char *const steps[] = {
    /* 1 */
    /* The highest stamp given out: one row. */
    "CREATE TABLE state (stamp INTEGER NOT NULL) STRICT;"
    "INSERT INTO state VALUES (0);"

    /* Each start of a server, in order; stamp: the highest stored when it began. */
    "CREATE TABLE generation ("
    " number INTEGER PRIMARY KEY,"
    " generation TEXT NOT NULL UNIQUE,"
    " stamp INTEGER NOT NULL) STRICT;"

    /* Never deleted: addresses are not given out again. */
    "CREATE TABLE account ("
    " account_id INTEGER PRIMARY KEY,"
    " address TEXT NOT NULL UNIQUE,"
    " password_hash TEXT NOT NULL,"
    " stamp INTEGER NOT NULL) STRICT;"

    /* Logins; a revoked one stays, so that its id and token never return. seen: wall time. */
    "CREATE TABLE device ("
    " device_id INTEGER PRIMARY KEY,"
    " account_id INTEGER NOT NULL REFERENCES account,"
    " name TEXT NOT NULL,"
    " token_hash BLOB NOT NULL UNIQUE,"
    " revoked INTEGER NOT NULL,"
    " stamp INTEGER NOT NULL,"
    " seen INTEGER NOT NULL) STRICT;"
    "CREATE INDEX device_account ON device (account_id, stamp);"

    /* An owner's note of an address; no account need stand behind it. */
    "CREATE TABLE contact ("
    " owner_id INTEGER NOT NULL REFERENCES account,"
    " address TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " removed INTEGER NOT NULL,"
    " stamp INTEGER NOT NULL,"
    " PRIMARY KEY (owner_id, address)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX contact_stamp ON contact (owner_id, stamp);"

    /* kind 1: direct, of account_a <= account_b. bytes: of all texts ever stored in it. */
    "CREATE TABLE conversation ("
    " conversation_id INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL,"
    " account_a INTEGER REFERENCES account,"
    " account_b INTEGER REFERENCES account,"
    " first_msg_id INTEGER NOT NULL,"
    " last_msg_id INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " UNIQUE (account_a, account_b)) STRICT;"

    /* stamp: of the head as this member sees it. */
    "CREATE TABLE member ("
    " account_id INTEGER NOT NULL REFERENCES account,"
    " conversation_id INTEGER NOT NULL REFERENCES conversation,"
    " stamp INTEGER NOT NULL,"
    " last_ack_msg_id INTEGER NOT NULL,"
    " last_read_msg_id INTEGER NOT NULL,"
    " PRIMARY KEY (account_id, conversation_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX member_stamp ON member (account_id, stamp);"

    /* body: the text as a JSON string; size: the text's bytes; target: the msg_id it names. */
    "CREATE TABLE message ("
    " conversation_id INTEGER NOT NULL REFERENCES conversation,"
    " msg_id INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL REFERENCES account,"
    " time INTEGER NOT NULL,"
    " stamp INTEGER NOT NULL,"
    " type TEXT NOT NULL,"
    " target INTEGER,"
    " body TEXT NOT NULL,"
    " size INTEGER NOT NULL,"
    " key BLOB NOT NULL,"
    " UNIQUE (conversation_id, msg_id)) STRICT;"

    /* What became of each key; outlives its message. Keys grow with time, so that new ones
     * stand at the end, whoever's they are. */
    "CREATE TABLE message_key ("
    " key BLOB NOT NULL,"
    " account_id INTEGER NOT NULL REFERENCES account,"
    " device_id INTEGER NOT NULL REFERENCES device,"
    " conversation_id INTEGER NOT NULL,"
    " msg_id INTEGER NOT NULL,"
    " time INTEGER NOT NULL,"
    " stamp INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " PRIMARY KEY (key, account_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE device_ack ("
    " device_id INTEGER NOT NULL REFERENCES device,"
    " conversation_id INTEGER NOT NULL REFERENCES conversation,"
    " last_ack_msg_id INTEGER NOT NULL,"
    " PRIMARY KEY (device_id, conversation_id)) STRICT, WITHOUT ROWID;"

    "PRAGMA application_id = " TEXT(APPLICATION_ID) ";"
                                                    "PRAGMA user_version = 1;",
};

enum { SCHEMA_VERSION = sizeof steps / sizeof *steps };

static enum status
broken(sqlite3 *db, const char *where, struct error *err)
{
	if (sqlite3_errcode(db) == SQLITE_NOTADB)
		return error_set(
		    err, STATUS_CONFIG, "%s is not a store of ternd: name another file", where);
	return error_set(
	    err, STATUS_IO, "the store %s can't be read: %s", where, sqlite3_errmsg(db));
}

/* The one number that a query without parameters answers. */
static enum status
get_number(sqlite3 *db, const char *where, const char *query, int *number, struct error *err)
{
	enum status status = STATUS_OK;
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, query, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		*number = sqlite3_column_int(st, 0);
	else
		status = broken(db, where, err);
	sqlite3_finalize(st);
	return status;
}

/* What the file is: *version is 0 for an empty one. */
static enum status
get_version(sqlite3 *db, const char *where, int *version, struct error *err)
{
	int application = 0, objects = 0;
	enum status status;

	if ((status = get_number(db, where, "PRAGMA user_version", version, err)) ||
	    (status = get_number(db, where, "PRAGMA application_id", &application, err)) ||
	    (status = get_number(db, where, "SELECT count(*) FROM sqlite_schema", &objects, err)))
		return status;
	if (application != APPLICATION_ID && (application || *version || objects))
		return error_set(
		    err, STATUS_CONFIG, "%s is not a store of ternd: name another file", where);
	if (*version > SCHEMA_VERSION)
		return error_set(err, STATUS_CONFIG,
		    "the store %s was written by a newer ternd (schema %d, this one knows %d): "
		    "install that one",
		    where, *version, (int)SCHEMA_VERSION);
	return STATUS_OK;
}

static enum status
migrate(sqlite3 *db, const char *where, struct error *err)
{
	int version = 0;
	enum status status;

	/* Read again under the lock: another process may have migrated meanwhile. */
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return broken(db, where, err);
	status = get_version(db, where, &version, err);
	for (; status == STATUS_OK && version < SCHEMA_VERSION; version++)
		if (sqlite3_exec(db, steps[version], NULL, NULL, NULL) != SQLITE_OK)
			status = broken(db, where, err);
	if (status == STATUS_OK && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		status = broken(db, where, err);
	if (status != STATUS_OK)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

enum status
schema_open(sqlite3 *db, const char *where, enum store_mode mode, struct error *err)
{
	int version = 0;
	enum status status = get_version(db, where, &version, err);

	if (status != STATUS_OK || version == SCHEMA_VERSION)
		return status;
	if (mode == STORE_READ)
		return error_set(err, STATUS_CONFIG,
		    "the store %s is of an older ternd and was not brought up to date", where);
	return migrate(db, where, err);
}
