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
    /* 2: groups, amendments, read markers, profiles */
    /* stamp: of its last message. counted: messages ever stored in it that count as unread. */
    "ALTER TABLE conversation ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversation ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;"

    /* kind 2: groups. history: newcomers see what was before them. key: of the call that made it.
     * stamp: of its last change (name, topic, members). */
    "CREATE TABLE group_chat ("
    " conversation_id INTEGER PRIMARY KEY REFERENCES conversation,"
    " address TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL,"
    " topic TEXT NOT NULL DEFAULT '',"
    " history INTEGER NOT NULL,"
    " creator_id INTEGER NOT NULL REFERENCES account,"
    " key BLOB NOT NULL,"
    " members INTEGER NOT NULL DEFAULT 0,"
    " stamp INTEGER NOT NULL) STRICT;"

    /*
     * kind as its conversation's. stamp: of a group's member only what is its own (membership,
     * marker), for a message in a group writes no member's row but the sender's. role: 0 has left,
     * 1 member, 2 admin, 3 owner. joined: the msg_id that added it. own: counted messages it ever
     * sent there; own_read: of these, those up to its read marker; read_counted: of everybody's,
     * those up to it. So unread is counted - read_counted - (own - own_read). role_stamp: of the
     * last change of role.
     */
    "ALTER TABLE member ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE member ADD COLUMN role INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE member ADD COLUMN role_stamp INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE member ADD COLUMN joined INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE member ADD COLUMN own INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE member ADD COLUMN own_read INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE member ADD COLUMN read_counted INTEGER NOT NULL DEFAULT 0;"
    /* read_counted and own_read count up to this, where the marker is lower: what has expired is
     * not unread. */
    "ALTER TABLE member ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;"
    /* What a group was called when this member left it; NULL while it is in. */
    "ALTER TABLE member ADD COLUMN left_name TEXT;"
    "CREATE INDEX member_group ON member (account_id) WHERE kind = 2;"
    "CREATE INDEX member_of_group ON member (conversation_id) WHERE kind = 2;"

    /* What a group's member may see: runs of msg_ids, ascending; last is NULL while it is in. */
    "CREATE TABLE member_span ("
    " account_id INTEGER NOT NULL REFERENCES account,"
    " conversation_id INTEGER NOT NULL REFERENCES conversation,"
    " first INTEGER NOT NULL,"
    " last INTEGER,"
    " PRIMARY KEY (account_id, conversation_id, first)) STRICT, WITHOUT ROWID;"

    /* amends: the target of an amendment, else NULL (target is set of replies, too). counted,
     * bytes: of all messages of the conversation up to this one, and with it. */
    "ALTER TABLE message ADD COLUMN amends INTEGER;"
    "ALTER TABLE message ADD COLUMN was INTEGER;"
    "ALTER TABLE message ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX message_amends ON message (conversation_id, amends) WHERE amends IS NOT NULL;"
    "CREATE INDEX message_amended ON message (conversation_id, stamp) WHERE amends IS NOT NULL;"
    /* All messages of version 1 are texts. */
    "UPDATE message SET counted = msg_id, bytes = running FROM"
    " (SELECT rowid AS id, sum(size) OVER (PARTITION BY conversation_id ORDER BY msg_id) AS running"
    "  FROM message) AS sums WHERE message.rowid = sums.id;"
    "UPDATE conversation SET counted = last_msg_id, stamp = coalesce((SELECT m.stamp FROM"
    " message AS m WHERE m.conversation_id = conversation.conversation_id"
    " ORDER BY m.msg_id DESC LIMIT 1), 0);"
    "UPDATE member SET own = (SELECT count(*) FROM message AS m"
    " WHERE m.conversation_id = member.conversation_id AND m.sender_id = member.account_id);"

    /* What accounts say of themselves. profile_stamp: 0 for nothing. */
    "ALTER TABLE account ADD COLUMN profile_stamp INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE profile ("
    " account_id INTEGER NOT NULL REFERENCES account,"
    " field TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (account_id, field)) STRICT, WITHOUT ROWID;"
    /* Changed profiles whose followers' contact rows have not all their stamp yet: done up to the
     * owner of that id. */
    "CREATE TABLE profile_push ("
    " account_id INTEGER PRIMARY KEY REFERENCES account,"
    " owner_id INTEGER NOT NULL) STRICT;"
    "CREATE INDEX contact_address ON contact (address, owner_id);"

    "PRAGMA user_version = 2;",
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
