/*
 * The outbox. A row goes when its message is held or it is removed, and one that failed leaves the
 * chain: so the predecessor of an entry is always the newest row before it in its conversation that
 * has not failed, and is never written down. That one is unacknowledged, or its row were gone.
 *
 * doubts counts the requests that left with the entry and whose outcome isn't known. kept: somebody
 * was told that it stays; another process that was to send the same one does not take it back.
 */
#include <stdio.h>
#include <string.h>

#include "cache/internal.h"

static bool
same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static enum outbox_state
read_state(sqlite3_stmt *statement)
{
	if (sqlite3_column_type(statement, 6) != SQLITE_NULL)
		return OUTBOX_FAILED;
	return sqlite3_column_int64(statement, 5) > 0 ? OUTBOX_DOUBT : OUTBOX_PENDING;
}

static enum status
find_before(struct cache *cache, const char *conversation, int64_t outbox_id, struct key *key,
    bool *found, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status = cache_find(cache, SQL_OUTBOX_BEFORE,
	    VALUES(TEXT(conversation), INT(outbox_id)), &statement, found, err);

	if (status != STATUS_OK)
		return status;
	if (*found)
		column_key(statement, 0, key);
	sqlite3_reset(statement);
	return STATUS_OK;
}

static void
read_entry(sqlite3_stmt *statement, struct outbox_entry *entry)
{
	*entry = (struct outbox_entry){
	    .conversation = column_text(statement, 1),
	    .type = column_text(statement, 2),
	    .text = column_text(statement, 3),
	    .time = sqlite3_column_int64(statement, 4),
	    .state = read_state(statement),
	    .failure = column_text(statement, 6),
	    .target = sqlite3_column_int64(statement, 8),
	    .was = sqlite3_column_int64(statement, 9),
	    .added = sqlite3_column_int64(statement, 10),
	};
	column_key(statement, 0, &entry->key);
}

/* ---- adding ---- */

/* A message that was recalled has lost its text, and can't be told from another by it any more. */
static bool
was_erased(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

/* *known: the key is there with this content; *failed: in the outbox, and refused. CONFLICT: with
 * other content. */
static enum status
find_same(struct cache *cache, const struct outbox_entry *entry, bool *known, bool *failed,
    struct error *err)
{
	char text[KEY_TEXT_SIZE];
	sqlite3_stmt *statement;
	int address = 1, type = 2, target = 8;
	enum status status =
	    cache_find(cache, SQL_OUTBOX_GET, VALUES(KEY(&entry->key)), &statement, known, err);

	*failed = status == STATUS_OK && *known && read_state(statement) == OUTBOX_FAILED;
	if (status == STATUS_OK && !*known) {
		address = 5;
		type = 3;
		target = 6;
		status = cache_find(
		    cache, SQL_MESSAGE_BY_KEY, VALUES(KEY(&entry->key)), &statement, known, err);
	}
	if (status != STATUS_OK || !*known)
		return status;
	if (same_text(column_text(statement, address), entry->conversation) &&
	    same_text(column_text(statement, type), entry->type) &&
	    sqlite3_column_int64(statement, target) == entry->target &&
	    (same_text(column_text(statement, type + 1), entry->text) ||
	        was_erased(statement, type + 1)))
		return STATUS_OK;
	return error_set(err, STATUS_CONFLICT,
	    "the key %s was used for another message; give this one a new key",
	    key_format(&entry->key, text));
}

static enum status
add(struct cache *cache, const struct outbox_entry *entry, struct error *err)
{
	bool known, failed;
	enum status status = find_same(cache, entry, &known, &failed, err);

	if (status == STATUS_OK && failed)
		status = cache_run(cache, SQL_OUTBOX_DELETE, VALUES(KEY(&entry->key)), err);
	if (status == STATUS_OK && (!known || failed))
		status = cache_run(cache, SQL_OUTBOX_ADD,
		    VALUES(KEY(&entry->key), TEXT(entry->conversation), TEXT(entry->type),
		        TEXT(entry->text), INT(entry->time), INT_OR_NULL(entry->target)),
		    err);
	if (status == STATUS_OK && entry->kept)
		status = cache_run(cache, SQL_OUTBOX_KEEP, VALUES(KEY(&entry->key)), err);
	return status;
}

enum status
cache_outbox_add(
    struct cache *cache, const struct outbox_entry *entries, size_t count, struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = add(cache, &entries[i], err);
	return cache_end(cache, status, err);
}

/* ---- telling ---- */

static enum status
tell_entries(struct cache *cache, sqlite3_stmt *statement,
    bool (*row)(void *arg, const struct outbox_entry *entry), void *arg, struct error *err)
{
	struct outbox_entry entry;
	bool more = true;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		read_entry(statement, &entry);
		if (entry.state != OUTBOX_FAILED)
			status = find_before(cache, entry.conversation,
			    sqlite3_column_int64(statement, 7), &entry.after, &entry.has_after,
			    err);
		if (status == STATUS_OK)
			more = row(arg, &entry);
	}
	return status;
}

enum status
cache_outbox_list(struct cache *cache, size_t limit,
    bool (*row)(void *arg, const struct outbox_entry *entry), void *arg, struct error *err)
{
	sqlite3_stmt *statement;
	int64_t most = limit > INT64_MAX ? INT64_MAX : (int64_t)limit;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, SQL_OUTBOX_LIST, VALUES(INT(most)), &statement, err);
	if (status == STATUS_OK)
		status = tell_entries(cache, statement, row, arg, err);
	return cache_end(cache, status, err);
}

struct failed_rows {
	void (*row)(void *arg, const struct outbox_entry *entry);
	void *arg;
};

static bool
tell_failed(void *arg, const struct outbox_entry *entry)
{
	struct failed_rows *rows = arg;

	rows->row(rows->arg, entry);
	return true;
}

enum status
cache_outbox_failed(struct cache *cache, void (*row)(void *arg, const struct outbox_entry *entry),
    void *arg, struct error *err)
{
	struct failed_rows rows = {row, arg};
	sqlite3_stmt *statement;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, SQL_OUTBOX_FAILED, NO_VALUES, &statement, err);
	if (status == STATUS_OK)
		status = tell_entries(cache, statement, tell_failed, &rows, err);
	return cache_end(cache, status, err);
}

/* ---- what happens to entries ---- */

/* Runs a statement that takes a key, for each. */
static enum status
for_keys(struct cache *cache, enum sql sql, const struct key *keys, size_t count, struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = cache_run(cache, sql, VALUES(KEY(&keys[i])), err);
	return cache_end(cache, status, err);
}

enum status
cache_outbox_doubt(struct cache *cache, const struct key *keys, size_t count, struct error *err)
{
	return for_keys(cache, SQL_OUTBOX_DOUBT, keys, count, err);
}

enum status
cache_outbox_undoubt(struct cache *cache, const struct key *keys, size_t count, struct error *err)
{
	return for_keys(cache, SQL_OUTBOX_UNDOUBT, keys, count, err);
}

enum status
cache_outbox_remove(
    struct cache *cache, const struct key *keys, size_t count, size_t *removed, struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	*removed = 0;
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = cache_run(cache, SQL_OUTBOX_REMOVE, VALUES(KEY(&keys[i])), err);
		if (status == STATUS_OK && sqlite3_changes(cache->db) > 0)
			++*removed;
		else if (status == STATUS_OK)
			status = cache_run(cache, SQL_OUTBOX_KEEP, VALUES(KEY(&keys[i])), err);
	}
	return cache_end(cache, status, err);
}

/* The entry becomes a message; message_put() takes its row out. */
static enum status
settle_stored(struct cache *cache, const struct outbox_result *result,
    const struct outbox_entry *entry, const struct address *own, struct conversation *conversation,
    struct error *err)
{
	struct message message = {
	    .conversation = result->conversation,
	    .msg_id = result->msg_id,
	    .from = own->text,
	    .time = result->time,
	    .stamp = result->stamp,
	    .type = entry->type,
	    .text = entry->text,
	    .target = entry->target,
	    .was = entry->was,
	    .has_key = true,
	    .key = result->key,
	};
	enum status status;

	if (!result->conversation || result->msg_id < 1)
		return error_set(err, STATUS_INTERNAL,
		    "defect in tern: a sent message without a number reached the cache");
	status = conversation_turn(cache, conversation, result->conversation, err);
	if (status == STATUS_OK)
		status = conversation_grow(cache, conversation, 1, result->msg_id, own, err);
	if (status == STATUS_OK)
		status = message_put(cache, conversation, &message, own, err);
	if (status != STATUS_OK)
		return status;
	return conversation_hold(
	    cache, conversation, (struct id_range){result->msg_id, result->msg_id}, NULL, err);
}

static enum status
settle(struct cache *cache, const struct outbox_result *result, const struct address *own,
    struct conversation *conversation, struct error *err)
{
	struct outbox_entry entry;
	sqlite3_stmt *statement;
	bool found;
	enum status status =
	    cache_find(cache, SQL_OUTBOX_GET, VALUES(KEY(&result->key)), &statement, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	if (result->failed)
		return cache_run(cache, SQL_OUTBOX_FAIL,
		    VALUES(KEY(&result->key), TEXT(result->failure ? result->failure : "")), err);
	read_entry(statement, &entry);
	return settle_stored(cache, result, &entry, own, conversation, err);
}

static enum status
settle_all(struct cache *cache, const char *generation, const struct outbox_result *results,
    size_t count, struct error *err)
{
	struct conversation conversation = {.id = 0};
	struct address own;
	int64_t stamp = 0;
	enum status status = account_own(cache, &own, err);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = settle(cache, &results[i], &own, &conversation, err);
		if (results[i].stamp > stamp)
			stamp = results[i].stamp;
	}
	if (status == STATUS_OK)
		status = conversation_save(cache, &conversation, err);
	if (status == STATUS_OK && generation && stamp)
		status = generation_note(cache, generation, stamp, err);
	return status;
}

enum status
cache_outbox_settle(struct cache *cache, const char *generation,
    const struct outbox_result *results, size_t count, enum cache_applied *applied,
    struct error *err)
{
	bool fits = true;
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	if (generation)
		status = generation_fits(cache, generation, &fits, err);
	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status == STATUS_OK && fits)
		status = settle_all(cache, generation, results, count, err);
	return cache_end(cache, status, err);
}

/* ---- fate ---- */

enum status
cache_outbox_fate(
    struct cache *cache, const struct key *key, struct outbox_fate *fate, struct error *err)
{
	char text[KEY_TEXT_SIZE];
	sqlite3_stmt *statement;
	bool found = false;
	enum status status = cache_begin(cache, READ, err);

	*fate = (struct outbox_fate){.sent = false};
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_MESSAGE_BY_KEY, VALUES(KEY(key)), &statement, &found, err);
	if (status == STATUS_OK && found) {
		fate->sent = true;
		fate->msg_id = sqlite3_column_int64(statement, 0);
		fate->time = sqlite3_column_int64(statement, 1);
		fate->stamp = sqlite3_column_int64(statement, 2);
	} else if (status == STATUS_OK) {
		status =
		    cache_find(cache, SQL_OUTBOX_GET, VALUES(KEY(key)), &statement, &found, err);
		if (status == STATUS_OK && found) {
			fate->state = read_state(statement);
			if (fate->state == OUTBOX_FAILED)
				snprintf(fate->failure, sizeof fate->failure, "%s",
				    column_text(statement, 6));
		}
	}
	if (status == STATUS_OK && !found)
		status = error_set(
		    err, STATUS_NOT_FOUND, "no message has the key %s", key_format(key, text));
	return cache_end(cache, status, err);
}
