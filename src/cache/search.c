/*
 * The words by which messages are found. A document of the index has the words of one text, and
 * two words that no text can have: its sender's and its conversation's. Its number is the
 * message's stamp (or a free one right above), so that the index knows what is newer. What FTS5
 * takes out of an index without content it must be told word for word: hence both sides make their
 * words by document_write() alone, and all is indexed anew where WORDS_VERSION is another.
 */
#include <stdlib.h>
#include <string.h>
#include <unistring/version.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/words.h"
#include "cache/internal.h"
#include "cache/search.h"

enum {
	BATCH_BYTES = 4 * 1024 * 1024, /* of texts indexed in one transaction */
	MERGE_PAGES = 64               /* of the index, in one step */
};

/* What is left to be wiped. search_state.erasing is this, and above it how many texts were ever
 * erased: so that one erased while another is being wiped is noticed. */
enum erasing {
	ERASING_NOTHING,
	ERASING_WANTED,  /* the index holds deleted words */
	ERASING_MERGING, /* it is being merged into one segment, which drops them */
	ERASING_LOG,     /* the write-ahead log alone may hold some */
	ERASING_STEPS,
};

struct state {
	int64_t indexed;
	enum erasing erasing;
	int64_t erased;
	int64_t form;
	int64_t early;
	int64_t late;
	int64_t newest; /* message_id */
};

static enum status
get_state(struct cache *cache, struct state *state, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status =
	    cache_find(cache, SQL_SEARCH_STATE, NO_VALUES, &statement, &found, err);

	*state = (struct state){0};
	if (status != STATUS_OK || !found)
		return status;
	*state = (struct state){
	    .indexed = sqlite3_column_int64(statement, 0),
	    .erasing = (enum erasing)(sqlite3_column_int64(statement, 1) % ERASING_STEPS),
	    .erased = sqlite3_column_int64(statement, 1) / ERASING_STEPS,
	    .form = sqlite3_column_int64(statement, 2),
	    .early = sqlite3_column_int64(statement, 3),
	    .late = sqlite3_column_int64(statement, 4),
	    .newest = sqlite3_column_int64(statement, 5),
	};
	sqlite3_reset(statement);
	return STATUS_OK;
}

static enum status
save_indexed(struct cache *cache, const struct state *state, struct error *err)
{
	return cache_run(cache, SQL_SEARCH_INDEXED,
	    VALUES(INT(state->indexed), INT(state->form), INT(state->early), INT(state->late)),
	    err);
}

static enum status
set_erasing(struct cache *cache, int64_t erased, enum erasing erasing, struct error *err)
{
	return cache_run(
	    cache, SQL_SEARCH_ERASING, VALUES(INT(erased * ERASING_STEPS + erasing)), err);
}

/* ---- a document ---- */

static void
add_word(void *arg, const struct word *word)
{
	struct buf *out = arg;

	buf_add(out, word->text, word->length);
	buf_add_char(out, ' ');
}

void
search_mark_add(struct buf *out, enum search_mark mark, const char *address)
{
	static const char signs[] = "@.-_#";
	char place[] = "\xEE\x80\x80"; /* U+E000, the first character of private use */

	buf_add(out, place, 3);
	buf_add_char(out, mark == SEARCH_MARK_FROM ? 'f' : 'c');
	for (const char *p = address; *p; p++) {
		const char *sign = strchr(signs, *p);

		if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9')) {
			buf_add_char(out, *p);
			continue;
		}
		/* One more for what no address has. */
		place[2] = (char)(0x81 + (sign ? sign - signs : (long)sizeof signs));
		buf_add(out, place, 3);
	}
}

struct document {
	const char *conversation;
	const char *sender;
	const char *text;
};

static void
document_write(struct buf *out, const struct document *document)
{
	buf_init(out, SIZE_MAX / 2);
	words_of(document->text, strlen(document->text), add_word, out);
	search_mark_add(out, SEARCH_MARK_FROM, document->sender);
	buf_add_char(out, ' ');
	search_mark_add(out, SEARCH_MARK_IN, document->conversation);
}

/* Tells FTS5 of a document (SQL_SEARCH_ADD, SQL_SEARCH_REMOVE). */
static enum status
put_document(struct cache *cache, enum sql sql, int64_t doc, const struct document *document,
    struct error *err)
{
	struct buf words;
	enum status status;

	document_write(&words, document);
	status = cache_run(cache, sql, VALUES(INT(doc), TEXT(buf_string(&words))), err);
	buf_finish(&words);
	return status;
}

/* Reads what a message is found by, borrowed from the statement; *found false: it has no text. */
static enum status
find_document(struct cache *cache, int64_t message_id, struct document *document,
    sqlite3_stmt **statement, bool *found, struct error *err)
{
	enum status status =
	    cache_find(cache, SQL_SEARCH_TEXT, VALUES(INT(message_id)), statement, found, err);

	if (status != STATUS_OK || !*found)
		return status;
	document->conversation = column_text(*statement, 0);
	document->sender = column_text(*statement, 1);
	document->text = column_text(*statement, 4);
	*found = document->text != NULL;
	return STATUS_OK;
}

enum status
search_put_message(
    struct cache *cache, enum sql sql, int64_t doc, int64_t message_id, struct error *err)
{
	struct document document;
	sqlite3_stmt *statement;
	bool found;
	enum status status = find_document(cache, message_id, &document, &statement, &found, err);

	if (status == STATUS_OK && found) {
		status = put_document(cache, sql, doc, &document, err);
		sqlite3_reset(statement);
	}
	return status;
}

/* The lowest free number from the stamp on. *found false: a broken server gave that stamp to too
 * many. */
static enum status
find_free(struct cache *cache, int64_t stamp, int64_t *doc, bool *found, struct error *err)
{
	sqlite3_stmt *statement;
	bool taken = true;
	enum status status = cache_query(cache, SQL_SEARCH_TAKEN,
	    VALUES(INT(stamp), INT(stamp + SEARCH_DOCS_AT_STAMP)), &statement, err);

	*doc = stamp;
	while (status == STATUS_OK) {
		status = cache_step(cache, statement, &taken, err);
		if (status != STATUS_OK || !taken || sqlite3_column_int64(statement, 0) != *doc)
			break;
		++*doc;
	}
	*found = *doc < stamp + SEARCH_DOCS_AT_STAMP;
	return status;
}

/* ---- indexing ---- */

/* A row of `message` that waits to be indexed. */
struct pending {
	int64_t message_id;
	int64_t stamp;
};

struct batch {
	struct pending *rows;
	size_t count;
	size_t room;
	int64_t last; /* the highest message_id in it */
};

static int
compare_pending(const void *a, const void *b)
{
	const struct pending *one = a, *other = b;

	if (one->stamp != other->stamp)
		return one->stamp < other->stamp ? -1 : 1;
	return one->message_id < other->message_id ? -1 : one->message_id > other->message_id;
}

static enum status
gather(struct cache *cache, int64_t above, int64_t limit, struct batch *batch, struct error *err)
{
	sqlite3_stmt *statement;
	int64_t bytes = 0;
	bool more = true;
	enum status status =
	    cache_query(cache, SQL_SEARCH_PENDING, VALUES(INT(above), INT(limit)), &statement, err);

	while (status == STATUS_OK && bytes < BATCH_BYTES) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (batch->count == batch->room) {
			batch->room = batch->room ? 2 * batch->room : 64;
			batch->rows = mem_resize(batch->rows, batch->room, sizeof *batch->rows);
		}
		batch->last = sqlite3_column_int64(statement, 0);
		batch->rows[batch->count++] =
		    (struct pending){batch->last, sqlite3_column_int64(statement, 1)};
		bytes += sqlite3_column_int64(statement, 2);
	}
	if (status == STATUS_OK)
		sqlite3_reset(statement);
	return status;
}

static enum status
add_document(struct cache *cache, int64_t message_id, int64_t stamp,
    const struct document *document, struct error *err)
{
	int64_t doc;
	bool found;
	enum status status = find_free(cache, stamp, &doc, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	status = put_document(cache, SQL_SEARCH_ADD, doc, document, err);
	if (status == STATUS_OK)
		status =
		    cache_run(cache, SQL_SEARCH_ROW_ADD, VALUES(INT(doc), INT(message_id)), err);
	return status;
}

static enum status
index_row(struct cache *cache, const struct pending *row, struct state *state, struct error *err)
{
	struct document document;
	sqlite3_stmt *statement;
	bool found;
	enum status status =
	    find_document(cache, row->message_id, &document, &statement, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	status = add_document(cache, row->message_id, row->stamp, &document, err);
	if (status == STATUS_OK) {
		int64_t after = sqlite3_column_int64(statement, 2) - row->stamp;

		state->early = higher(state->early, after);
		state->late = higher(state->late, -after);
	}
	return status;
}

/* The words were made by other rules: all of them anew. */
static enum status
start_anew(struct cache *cache, struct state *state, struct error *err)
{
	enum status status = cache_run(cache, SQL_SEARCH_CLEAR, NO_VALUES, err);

	if (status == STATUS_OK)
		status = cache_run(cache, SQL_SEARCH_ROWS_CLEAR, NO_VALUES, err);
	*state = (struct state){.form = search_form(), .newest = state->newest};
	return status;
}

enum status
search_restart(struct cache *cache, struct error *err)
{
	struct state state;
	enum status status = get_state(cache, &state, err);

	if (status == STATUS_OK)
		status = start_anew(cache, &state, err);
	return status == STATUS_OK ? save_indexed(cache, &state, err) : status;
}

/* In the order of stamps: FTS5 writes a segment of its own for each document that comes too late.
 */
static enum status
index_batch(struct cache *cache, int64_t limit, struct state *state, struct error *err)
{
	struct batch batch = {0};
	enum status status = gather(cache, state->indexed, limit, &batch, err);

	if (batch.count)
		qsort(batch.rows, batch.count, sizeof *batch.rows, compare_pending);
	for (size_t i = 0; i < batch.count && status == STATUS_OK; i++)
		status = index_row(cache, &batch.rows[i], state, err);
	if (batch.count)
		state->indexed = batch.last;
	free(batch.rows);
	return status;
}

static int64_t
rows_behind(const struct state *state)
{
	if (state->form != search_form())
		return state->newest;
	return higher(state->newest - state->indexed, 0);
}

int64_t
search_form(void)
{
	return (int64_t)_libunistring_version * 1000 + WORDS_VERSION;
}

enum status
cache_search_index(struct cache *cache, int64_t rows, int64_t *behind, struct error *err)
{
	struct state state;
	enum status status = cache_begin(cache, WRITE, err);

	*behind = 0;
	if (status != STATUS_OK)
		return status;
	status = get_state(cache, &state, err);
	if (status == STATUS_OK && state.form != search_form())
		status = start_anew(cache, &state, err);
	if (status == STATUS_OK)
		status = index_batch(cache, rows, &state, err);
	if (status == STATUS_OK)
		status = save_indexed(cache, &state, err);
	*behind = rows_behind(&state);
	return cache_end(cache, status, err);
}

enum status
cache_search_state(struct cache *cache, struct cache_search_state *told, struct error *err)
{
	struct state state;
	enum status status = cache_begin(cache, READ, err);

	*told = (struct cache_search_state){0};
	if (status != STATUS_OK)
		return status;
	status = get_state(cache, &state, err);
	told->behind = rows_behind(&state);
	told->erasing = state.erasing != ERASING_NOTHING;
	return cache_end(cache, status, err);
}

enum status
search_bounds_get(struct cache *cache, struct search_bounds *bounds, struct error *err)
{
	struct state state;
	enum status status = get_state(cache, &state, err);

	*bounds = (struct search_bounds){state.early, state.late};
	return status;
}

/* ---- a text changes, or goes ---- */

/* *doc is 0 where the message has none. */
static enum status
find_doc(struct cache *cache, int64_t message_id, int64_t stamp, int64_t *doc, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status = cache_find(cache, SQL_SEARCH_DOC,
	    VALUES(INT(stamp), INT(stamp + SEARCH_DOCS_AT_STAMP), INT(message_id)), &statement,
	    &found, err);

	*doc = status == STATUS_OK && found ? sqlite3_column_int64(statement, 0) : 0;
	if (status == STATUS_OK && found)
		sqlite3_reset(statement);
	return status;
}

/* Takes the words of `before` out, and puts those of `after` in. */
static enum status
replace(struct cache *cache, int64_t message_id, const char *before, const char *after,
    struct error *err)
{
	struct document document = {0};
	sqlite3_stmt *statement;
	int64_t stamp, doc;
	bool found;
	enum status status = find_document(cache, message_id, &document, &statement, &found, err);

	if (status != STATUS_OK || !document.conversation)
		return status;
	stamp = sqlite3_column_int64(statement, 3);
	status = find_doc(cache, message_id, stamp, &doc, err);
	document.text = before;
	if (status == STATUS_OK && before && doc)
		status = put_document(cache, SQL_SEARCH_REMOVE, doc, &document, err);
	document.text = after;
	if (status == STATUS_OK && after && doc)
		status = put_document(cache, SQL_SEARCH_ADD, doc, &document, err);
	else if (status == STATUS_OK && after)
		status = add_document(cache, message_id, stamp, &document, err);
	else if (status == STATUS_OK && doc)
		status = cache_run(cache, SQL_SEARCH_ROW_REMOVE, VALUES(INT(doc)), err);
	sqlite3_reset(statement);
	return status;
}

enum status
search_change(struct cache *cache, int64_t message_id, const char *before, const char *after,
    struct error *err)
{
	struct state state;
	enum status status = get_state(cache, &state, err);
	bool indexed = message_id <= state.indexed;
	bool index_holds =
	    indexed || state.erasing == ERASING_WANTED || state.erasing == ERASING_MERGING;

	/* Under other rules nothing can be taken out; but then all is to be indexed anew. */
	if (status == STATUS_OK && indexed && state.form == search_form())
		status = replace(cache, message_id, before, after, err);
	if (status != STATUS_OK || after || !before)
		return status;
	return set_erasing(
	    cache, state.erased + 1, index_holds ? ERASING_WANTED : ERASING_LOG, err);
}

enum status
search_rows_deleted(struct cache *cache, struct error *err)
{
	struct state state;
	enum status status = get_state(cache, &state, err);

	if (status != STATUS_OK || state.indexed <= state.newest)
		return status;
	state.indexed = state.newest;
	return save_indexed(cache, &state, err);
}

/* ---- wiping ---- */

/* FTS5 keeps a deleted word until its segment was merged. A first step (negative) plans to merge
 * all segments into one, the next ones work on that; one that changes nothing ended it. */
static enum status
merge(struct cache *cache, const struct state *state, struct error *err)
{
	bool first = state->erasing == ERASING_WANTED;
	int before = sqlite3_total_changes(cache->db);
	enum status status = cache_run(
	    cache, SQL_SEARCH_MERGE, VALUES(INT(first ? -MERGE_PAGES : MERGE_PAGES)), err);
	bool ended = sqlite3_total_changes(cache->db) - before < 2;

	if (status != STATUS_OK || (!first && !ended))
		return status;
	return set_erasing(cache, state->erased, ended ? ERASING_LOG : ERASING_MERGING, err);
}

/* The database wipes what it deletes (PRAGMA secure_delete); its log keeps it until it is cut.
 * AGAIN: under a reader it can't be. */
static enum status
cut_log(struct cache *cache, struct error *err)
{
	int code;

	sqlite3_busy_timeout(cache->db, 0);
	code = sqlite3_wal_checkpoint_v2(cache->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(cache->db, CACHE_BUSY_MS);
	return code == SQLITE_OK ? STATUS_OK : cache_fail(cache, code, err);
}

/* The log was cut when as many texts were erased as *cut says. */
static enum status
end_erasing(
    struct cache *cache, const struct state *cut, enum cache_erased *erased, struct error *err)
{
	struct state state;
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = get_state(cache, &state, err);
	if (status == STATUS_OK && state.erased == cut->erased) {
		*erased = CACHE_ERASED;
		status = set_erasing(cache, state.erased, ERASING_NOTHING, err);
	}
	return cache_end(cache, status, err);
}

static enum status
erase_log(
    struct cache *cache, const struct state *state, enum cache_erased *erased, struct error *err)
{
	enum status status = cut_log(cache, err);

	if (status == STATUS_OK)
		return end_erasing(cache, state, erased, err);
	*erased = CACHE_ERASE_LATER;
	return status == STATUS_AGAIN ? STATUS_OK : status;
}

enum status
cache_search_erase(struct cache *cache, enum cache_erased *erased, struct error *err)
{
	struct state state;
	enum status status = cache_begin(cache, READ, err);

	*erased = CACHE_ERASE_MORE;
	if (status == STATUS_OK)
		status = cache_end(cache, get_state(cache, &state, err), err);
	if (status != STATUS_OK)
		return status;
	if (state.erasing == ERASING_NOTHING)
		*erased = CACHE_ERASED;
	if (state.erasing == ERASING_LOG)
		return erase_log(cache, &state, erased, err);
	if (state.erasing == ERASING_NOTHING)
		return STATUS_OK;
	status = cache_begin(cache, WRITE, err);
	if (status != STATUS_OK)
		return status;
	status = get_state(cache, &state, err);
	/* Another process may have been at it. */
	if (status == STATUS_OK && state.erasing != ERASING_NOTHING && state.erasing != ERASING_LOG)
		status = merge(cache, &state, err);
	return cache_end(cache, status, err);
}
