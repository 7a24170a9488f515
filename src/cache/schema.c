/*
 * The schema, step by step. A step that was released is never changed: a new one is added.
 * Each is one transaction that ends with the new user_version, so that a step is there or not.
 */
#include <stdio.h>

#include "base/timeu.h"
#include "cache/internal.h"

static const struct schema_step steps[] = {
    {"CREATE TABLE account ("
     " one INTEGER PRIMARY KEY CHECK (one = 1),"
     " address TEXT NOT NULL,"
     " server TEXT NOT NULL,"
     " device TEXT NOT NULL,"
     " token TEXT,"
     " device_id INTEGER NOT NULL,"
     " generation TEXT NOT NULL DEFAULT '',"
     " cursor INTEGER NOT NULL DEFAULT 0"
     ") STRICT;"

     "CREATE TABLE contact ("
     " address TEXT PRIMARY KEY,"
     " name TEXT NOT NULL,"
     " stamp INTEGER NOT NULL,"
     " removed INTEGER NOT NULL"
     ") STRICT, WITHOUT ROWID;"

     "CREATE TABLE conversation ("
     " conversation_id INTEGER PRIMARY KEY,"
     " address TEXT NOT NULL UNIQUE,"
     " first INTEGER NOT NULL DEFAULT 1 CHECK (first >= 1),"
     " last INTEGER NOT NULL DEFAULT 0 CHECK (last >= first - 1),"
     " ack INTEGER NOT NULL DEFAULT 0,"
     " read INTEGER NOT NULL DEFAULT 0,"
     " stamp INTEGER NOT NULL DEFAULT 0,"
     " held INTEGER NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND last - first + 1),"
     " own INTEGER NOT NULL DEFAULT 0 CHECK (own >= 0),"
     " acked INTEGER NOT NULL DEFAULT 0"
     ") STRICT;"
     /* Where something is missing: nothing else looks at all conversations. */
     "CREATE INDEX conversation_holes ON conversation (conversation_id)"
     " WHERE held < last - first + 1;"

     "CREATE TABLE held ("
     " conversation_id INTEGER NOT NULL REFERENCES conversation,"
     " first INTEGER NOT NULL,"
     " last INTEGER NOT NULL CHECK (last >= first),"
     " PRIMARY KEY (conversation_id, first)"
     ") STRICT, WITHOUT ROWID;"

     "CREATE TABLE ack ("
     " conversation_id INTEGER NOT NULL REFERENCES conversation,"
     " first INTEGER NOT NULL,"
     " last INTEGER NOT NULL CHECK (last >= first),"
     " PRIMARY KEY (conversation_id, first)"
     ") STRICT, WITHOUT ROWID;"

     "CREATE TABLE message ("
     " conversation_id INTEGER NOT NULL REFERENCES conversation,"
     " msg_id INTEGER NOT NULL,"
     " sender TEXT NOT NULL,"
     " time INTEGER NOT NULL,"
     " stamp INTEGER NOT NULL,"
     " type TEXT NOT NULL,"
     " text TEXT,"
     " key BLOB,"
     " UNIQUE (conversation_id, msg_id)"
     ") STRICT;"
     /* Own messages alone have a key: others' pay nothing. */
     "CREATE INDEX message_key ON message (key) WHERE key IS NOT NULL;"

     "CREATE TABLE outbox ("
     " outbox_id INTEGER PRIMARY KEY," /* the order they were added in */
     " key BLOB NOT NULL UNIQUE CHECK (length(key) = 16),"
     " conversation TEXT NOT NULL," /* an address: the first message makes the conversation */
     " type TEXT NOT NULL,"
     " text TEXT,"
     " time INTEGER NOT NULL,"
     " doubts INTEGER NOT NULL DEFAULT 0 CHECK (doubts >= 0)," /* requests without outcome */
     " kept INTEGER NOT NULL DEFAULT 0,"                       /* somebody was told that it stays */
     " failure TEXT"
     ") STRICT;"
     "CREATE INDEX outbox_chain ON outbox (conversation) WHERE failure IS NULL;"

     "CREATE TABLE consumer ("
     " consumer_id INTEGER PRIMARY KEY AUTOINCREMENT,"
     " name TEXT NOT NULL UNIQUE"
     ") STRICT;"

     "CREATE TABLE place ("
     " consumer_id INTEGER NOT NULL REFERENCES consumer,"
     " conversation_id INTEGER NOT NULL REFERENCES conversation,"
     " place INTEGER NOT NULL DEFAULT 0,"
     " handing INTEGER NOT NULL DEFAULT 0,"
     " next INTEGER,"
     " PRIMARY KEY (consumer_id, conversation_id)"
     ") STRICT, WITHOUT ROWID;"
     "CREATE INDEX place_next ON place (consumer_id, next) WHERE next IS NOT NULL;"

     "CREATE TABLE traffic ("
     " one INTEGER PRIMARY KEY CHECK (one = 1),"
     " requests INTEGER NOT NULL,"
     " bytes_up INTEGER NOT NULL,"
     " bytes_down INTEGER NOT NULL"
     ") STRICT;"},

    /* 2: groups, amendments, read markers, details, lost histories, search */
    {/* unread: others' counted messages above read, as conversations.c counts them. read_told: the
      * marker that the server knew at stamp. draft: what was being written. Without a stamp, what
      * is held is all that is known of the messages to count. */
        "ALTER TABLE conversation ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN peer_ack INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN peer_read INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN read_told INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN draft TEXT;"
        /* No lower than the stamp of message `last`; the highest number where it isn't known. */
        "ALTER TABLE conversation ADD COLUMN last_stamp INTEGER NOT NULL"
        " DEFAULT 9223372036854775807;"
        "CREATE INDEX conversation_read ON conversation (conversation_id) WHERE read > read_told;"
        /* mention: the highest msg_id of a text that named this account when it came; 0 for none.
         * Nothing above it does: whether it still does itself the text says. */
        "ALTER TABLE conversation ADD COLUMN mention INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE conversation ADD COLUMN activity INTEGER GENERATED ALWAYS AS"
        " (iif(last_stamp = 9223372036854775807, stamp, last_stamp)) VIRTUAL;"
        "CREATE INDEX conversation_activity ON conversation (pinned, activity);"
        "UPDATE conversation SET read_told = read, stamp = 0,"
        " unread = (SELECT count(*) FROM message m"
        " WHERE m.conversation_id = conversation.conversation_id AND m.msg_id > max(read, first - 1)"
        " AND m.sender <> (SELECT address FROM account));"
        "ALTER TABLE conversation DROP COLUMN own;"

        /* message_id names a row to the index for searching, which VACUUM must not change. */
        "CREATE TABLE message2 ("
        " message_id INTEGER PRIMARY KEY,"
        " conversation_id INTEGER NOT NULL REFERENCES conversation,"
        " msg_id INTEGER NOT NULL,"
        " sender TEXT NOT NULL,"
        " time INTEGER NOT NULL,"
        " stamp INTEGER NOT NULL,"
        " type TEXT NOT NULL,"
        " text TEXT,"
        " key BLOB,"
        " target INTEGER,"
        " was INTEGER,"
        " UNIQUE (conversation_id, msg_id)"
        ") STRICT;"
        "INSERT INTO message2 (conversation_id, msg_id, sender, time, stamp, type, text, key)"
        " SELECT conversation_id, msg_id, sender, time, stamp, type, text, key FROM message"
        " ORDER BY rowid;"
        "DROP TABLE message;"
        "ALTER TABLE message2 RENAME TO message;"
        "CREATE INDEX message_key ON message (key) WHERE key IS NOT NULL;"
        "CREATE INDEX message_target ON message (conversation_id, target)"
        " WHERE target IS NOT NULL;"

        /* What amendments made of a message, held or not: fold.c. */
        "CREATE TABLE fold ("
        " conversation_id INTEGER NOT NULL REFERENCES conversation,"
        " msg_id INTEGER NOT NULL,"
        " edit INTEGER NOT NULL DEFAULT 0,"   /* msg_id of the author's newest edit */
        " recall INTEGER NOT NULL DEFAULT 0," /* msg_id of the recall */
        " PRIMARY KEY (conversation_id, msg_id)"
        ") STRICT, WITHOUT ROWID;"
        /* act: the msg_id of the newest react or unreact of that kind; present: it was a react. */
        "CREATE TABLE reaction ("
        " conversation_id INTEGER NOT NULL REFERENCES conversation,"
        " msg_id INTEGER NOT NULL,"
        " sender TEXT NOT NULL,"
        " text TEXT NOT NULL,"
        " act INTEGER NOT NULL,"
        " present INTEGER NOT NULL,"
        " PRIMARY KEY (conversation_id, msg_id, sender, text)"
        ") STRICT, WITHOUT ROWID;"

        "ALTER TABLE outbox ADD COLUMN target INTEGER;"
        "ALTER TABLE outbox ADD COLUMN was INTEGER;"
        /* When it came into the outbox, which for a message of a lost history is later than its
           time. */
        "ALTER TABLE outbox ADD COLUMN added INTEGER NOT NULL DEFAULT 0;"
        "UPDATE outbox SET added = time;"

        /* Generations met, each with the highest stamp known under it: generation.c. */
        "CREATE TABLE generation ("
        " number INTEGER PRIMARY KEY,"
        " generation TEXT NOT NULL UNIQUE,"
        " stamp INTEGER NOT NULL"
        ") STRICT;"
        /* Set from when a reset was begun until all lists were compared: the fork. */
        "ALTER TABLE account ADD COLUMN fork INTEGER;"
        /* Messages of histories that the server lost: the first, the second … */
        "CREATE TABLE aside ("
        " aside_id INTEGER PRIMARY KEY,"
        " history INTEGER NOT NULL,"
        " conversation_id INTEGER NOT NULL REFERENCES conversation,"
        " msg_id INTEGER NOT NULL,"
        " sender TEXT NOT NULL,"
        " time INTEGER NOT NULL,"
        " stamp INTEGER NOT NULL,"
        " type TEXT NOT NULL,"
        " text TEXT,"
        " key BLOB,"
        " target INTEGER,"
        " was INTEGER"
        ") STRICT;"
        "CREATE INDEX aside_was ON aside (conversation_id, ifnull(was, stamp));"
        "CREATE INDEX aside_stamp ON aside (conversation_id, stamp);"
        /* How far a consumer had come among them: it was handed those up to that stamp. */
        "CREATE TABLE aside_place ("
        " consumer_id INTEGER NOT NULL REFERENCES consumer,"
        " conversation_id INTEGER NOT NULL REFERENCES conversation,"
        " history INTEGER NOT NULL,"
        " stamp INTEGER NOT NULL,"
        " PRIMARY KEY (consumer_id, conversation_id, history)"
        ") STRICT, WITHOUT ROWID;"
        /* Messages that came again, which it was handed then. was: their first stamp. */
        "CREATE TABLE handed ("
        " consumer_id INTEGER NOT NULL REFERENCES consumer,"
        " conversation_id INTEGER NOT NULL REFERENCES conversation,"
        " was INTEGER NOT NULL,"
        " PRIMARY KEY (consumer_id, conversation_id, was)"
        ") STRICT, WITHOUT ROWID;"

        "CREATE TABLE group_chat ("
        " address TEXT PRIMARY KEY,"
        " name TEXT NOT NULL,"
        " stamp INTEGER NOT NULL,"
        " left_it INTEGER NOT NULL,"
        /* what was looked at: as it was at detail_stamp, 0 for never */
        " detail_stamp INTEGER NOT NULL DEFAULT 0,"
        " topic TEXT NOT NULL DEFAULT '',"
        " history INTEGER NOT NULL DEFAULT 0,"
        " members INTEGER NOT NULL DEFAULT 0,"
        " role INTEGER NOT NULL DEFAULT 0,"
        /* as of which the table member has all of it; 0 for never */
        " members_stamp INTEGER NOT NULL DEFAULT 0"
        ") STRICT, WITHOUT ROWID;"
        /* Groups that were made here, or were to be: under which key. */
        "CREATE TABLE group_key ("
        " address TEXT PRIMARY KEY,"
        " key BLOB NOT NULL"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE member ("
        " group_address TEXT NOT NULL,"
        " address TEXT NOT NULL,"
        " role INTEGER NOT NULL,"
        " stamp INTEGER NOT NULL,"
        " PRIMARY KEY (group_address, address)"
        ") STRICT, WITHOUT ROWID;"
        /* profile: the stamp of that account's profile, as its contact row says. */
        "ALTER TABLE contact ADD COLUMN profile INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE profile ("
        " address TEXT PRIMARY KEY,"
        " stamp INTEGER NOT NULL,"
        " fields TEXT NOT NULL" /* a JSON object of strings */
        ") STRICT, WITHOUT ROWID;"

        /*
         * The words of texts (search.c): those of message rows up to `indexed`. They are made in C
         * whole, so that FTS5 only parts them at spaces. search_row: which message a document is;
         * documents are in the order of stamps. erasing: a text was taken out, and its words are
         * still in the file. form: the rules by which words were made. early, late: the most by
         * which a message's time is after its stamp, and before it.
         */
        "CREATE VIRTUAL TABLE search USING fts5 (words, content = '', columnsize = 0,"
        " tokenize = 'ascii');"
        "CREATE TABLE search_row ("
        " doc INTEGER PRIMARY KEY,"
        " message_id INTEGER NOT NULL"
        ") STRICT;"
        "CREATE TABLE search_state ("
        " one INTEGER PRIMARY KEY CHECK (one = 1),"
        " indexed INTEGER NOT NULL DEFAULT 0,"
        " erasing INTEGER NOT NULL DEFAULT 0,"
        " form INTEGER NOT NULL DEFAULT 0,"
        " early INTEGER NOT NULL DEFAULT 0,"
        " late INTEGER NOT NULL DEFAULT 0"
        ") STRICT;"
        "INSERT INTO search_state (one) VALUES (1);"

        /* Of the last command that synced. */
        "CREATE TABLE traffic_last ("
        " one INTEGER PRIMARY KEY CHECK (one = 1),"
        " requests INTEGER NOT NULL,"
        " bytes_up INTEGER NOT NULL,"
        " bytes_down INTEGER NOT NULL,"
        " time INTEGER NOT NULL"
        ") STRICT;"},
};

enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

/* The first number a query gives; 0 where it gives none. */
static enum status
ask(struct cache *cache, const char *sql, int64_t *number, struct error *err)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(cache->db, sql, -1, &statement, NULL);

	*number = 0;
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	if (code == SQLITE_ROW || code == SQLITE_DONE)
		return STATUS_OK;
	if (code == SQLITE_NOTADB)
		return error_set(err, STATUS_CONFIG,
		    "%s is not a tern cache; move it away, or name another account", cache->path);
	return cache_fail(cache, code, err);
}

/* Looks at what the file says of itself, in a transaction: another process may be making it. */
static enum status
check_version(struct cache *cache, int count, int64_t *version, struct error *err)
{
	int64_t id = 0;
	int64_t tables = 0;
	enum status status = ask(cache, "PRAGMA user_version", version, err);

	if (status == STATUS_OK)
		status = ask(cache, "PRAGMA application_id", &id, err);
	/* A new file has neither, and nothing in it. */
	if (status == STATUS_OK && id != CACHE_APPLICATION_ID)
		status = ask(cache, "SELECT count(*) FROM sqlite_schema", &tables, err);
	if (status != STATUS_OK)
		return status;
	if (id != CACHE_APPLICATION_ID && (id != 0 || *version != 0 || tables != 0))
		return error_set(err, STATUS_CONFIG,
		    "%s is not a tern cache, but another program's database; move it away, or name "
		    "another account",
		    cache->path);
	if (*version < 0 || *version > count)
		return error_set(err, STATUS_CONFIG,
		    "the cache %s was made by a newer tern (schema %lld, this one knows %d); use "
		    "that tern, or move the file away and log in again",
		    cache->path, (long long)*version, count);
	return STATUS_OK;
}

/*
 * SQLite does not wait when two connections turn a file to WAL at once. A write transaction does
 * wait: so each turn of the loop waits for whoever is at it.
 */
static enum status
turn_to_wal(struct cache *cache, struct error *err)
{
	int64_t deadline = time_mono() + CACHE_BUSY_MS * TIME_MS;
	enum status status;
	int code;

	for (;;) {
		code = sqlite3_exec(cache->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (code == SQLITE_OK)
			return STATUS_OK;
		if ((code & 0xFF) != SQLITE_BUSY || time_mono() >= deadline)
			return cache_fail(cache, code, err);
		status = cache_begin(cache, WRITE, err);
		if (status == STATUS_OK)
			status = cache_end(cache, STATUS_OK, err);
		if (status != STATUS_OK)
			return status;
	}
}

static enum status
run_step(struct cache *cache, const struct schema_step *step, int version, struct error *err)
{
	char pragma[100];
	int64_t broken = 0;
	enum status status = cache_exec(cache, step->sql, err);

	snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d; PRAGMA application_id = %d",
	    version + 1, CACHE_APPLICATION_ID);
	if (status == STATUS_OK)
		status = cache_exec(cache, pragma, err);
	if (status == STATUS_OK)
		status = ask(cache, "SELECT count(*) FROM pragma_foreign_key_check", &broken, err);
	if (status == STATUS_OK && broken != 0)
		status = error_set(err, STATUS_INTERNAL,
		    "defect in tern: schema step %d would break the cache %s; it was not done",
		    version + 1, cache->path);
	return status;
}

/* One step, unless another process made it meanwhile. */
static enum status
migrate_once(struct cache *cache, const struct schema_step *all, int count, int64_t *version,
    struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	status = check_version(cache, count, version, err);
	if (status == STATUS_OK && *version < count) {
		status = run_step(cache, &all[*version], (int)*version, err);
		*version += 1;
	}
	return cache_end(cache, status, err);
}

enum status
cache_schema_migrate(
    struct cache *cache, const struct schema_step *all, int count, struct error *err)
{
	int64_t version = 0;
	enum status status = cache_begin(cache, READ, err);

	if (status == STATUS_OK)
		status = cache_end(cache, check_version(cache, count, &version, err), err);
	if (status == STATUS_OK && version == 0)
		status = turn_to_wal(cache, err);
	while (status == STATUS_OK && version < count)
		status = migrate_once(cache, all, count, &version, err);
	return status;
}

enum status
cache_schema_open(struct cache *cache, struct error *err)
{
	return cache_schema_migrate(cache, steps, STEP_COUNT, err);
}
