/*
 * Asking the index. What was typed never reaches FTS5 as it is: the query is built from words that
 * hold ASCII letters and digits and characters beyond ASCII only, each in quotes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "cache/search.h"

/* ---- the query, as FTS5 reads it ---- */

/* "one" + "two" *; nothing where the term has no word. */
static void
add_phrase(struct buf *out, const struct search_term *term)
{
	struct word_list list;
	bool prefix = term->prefix;

	word_list_make_phrase(&list, term->text, strlen(term->text), &prefix);
	for (size_t i = 0; i < list.count; i++) {
		buf_add_string(out, i ? " + \"" : "\"");
		buf_add(out, list.words[i].text, list.words[i].length);
		buf_add_char(out, '"');
	}
	if (list.count && prefix)
		buf_add_string(out, " *");
	word_list_finish(&list);
}

static void
add_mark(struct buf *out, const struct search_term *term)
{
	buf_add_char(out, '"');
	search_mark_add(
	    out, term->kind == SEARCH_FROM ? SEARCH_MARK_FROM : SEARCH_MARK_IN, term->text);
	buf_add_char(out, '"');
}

enum { WORDS = 1 << SEARCH_WORDS, FROM = 1 << SEARCH_FROM, IN = 1 << SEARCH_IN };

/* Appends the terms of some kinds, joined, in brackets behind `before`; nothing where there are
 * none. */
static void
add_terms(struct buf *out, const struct search_query *query, int kinds, bool exclude,
    const char *before, const char *joint)
{
	struct buf one;
	bool any = false;

	buf_init(&one, SIZE_MAX / 2);
	for (size_t i = 0; i < query->count; i++) {
		const struct search_term *term = &query->terms[i];

		if (!(1 << term->kind & kinds) || term->exclude != exclude)
			continue;
		buf_clear(&one);
		if (term->kind == SEARCH_WORDS)
			add_phrase(&one, term);
		else
			add_mark(&one, term);
		if (one.length == 0)
			continue;
		buf_add_string(out, any ? joint : before);
		if (!any)
			buf_add_char(out, '(');
		buf_add(out, one.data, one.length);
		any = true;
	}
	if (any)
		buf_add_char(out, ')');
	buf_finish(&one);
}

static enum status
write_match(struct buf *out, const struct search_query *query, struct error *err)
{
	buf_init(out, SIZE_MAX / 2);
	add_terms(out, query, WORDS, false, "", " AND ");
	add_terms(out, query, FROM, false, out->length ? " AND " : "", " OR ");
	add_terms(out, query, IN, false, out->length ? " AND " : "", " OR ");
	if (out->length == 0)
		return error_set(err, STATUS_USAGE,
		    "name a word to search for, or whose messages, or in which conversation");
	add_terms(out, query, WORDS | FROM | IN, true, " NOT ", " OR ");
	return STATUS_OK;
}

/* ---- the answer ---- */

static void
hits_add(struct search_hits *hits, sqlite3_stmt *statement)
{
	struct search_hit *hit;

	if (hits->count == hits->room) {
		hits->room = hits->room ? 2 * hits->room : 16;
		hits->items = mem_resize(hits->items, hits->room, sizeof *hits->items);
	}
	hit = &hits->items[hits->count++];
	hit->doc = sqlite3_column_int64(statement, 0);
	hit->conversation_id = sqlite3_column_int64(statement, 2);
	hit->msg_id = sqlite3_column_int64(statement, 3);
	hit->peer_ack = sqlite3_column_int64(statement, 4);
	hit->peer_read = sqlite3_column_int64(statement, 5);
	snprintf(
	    hit->conversation.text, sizeof hit->conversation.text, "%s", column_text(statement, 1));
}

static int64_t
add_up(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* The documents among which messages of the times asked for are. */
static void
find_bounds(const struct search_query *query, const struct search_bounds *skew, int64_t *first,
    int64_t *end)
{
	int64_t latest = add_up(query->to_time, skew->late);

	*first = query->from_time > skew->early ? query->from_time - skew->early : 0;
	*end = query->to_time ? add_up(latest, SEARCH_DOCS_AT_STAMP) : INT64_MAX;
	if (query->below && query->below < *end)
		*end = query->below;
}

enum status
search_ask(struct cache *cache, enum sql sql, const struct search_ask *ask,
    struct search_hits *hits, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(cache, sql,
	    VALUES(TEXT(ask->match), INT(ask->first), INT(ask->end), INT(ask->from_time),
	        INT(ask->to_time), INT(ask->limit)),
	    &statement, err);

	hits->count = 0;
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			hits_add(hits, statement);
	}
	return status;
}

static enum status
find_hits(struct cache *cache, const struct search_query *query, const char *match,
    struct search_hits *hits, struct error *err)
{
	struct search_ask ask = {.match = match,
	    .from_time = query->from_time,
	    .to_time = query->to_time ? query->to_time : INT64_MAX,
	    .limit = query->limit > INT64_MAX ? INT64_MAX : (int64_t)query->limit};
	struct search_bounds skew;
	bool enough = false;
	enum status status = search_bounds_get(cache, &skew, err);

	if (status != STATUS_OK)
		return status;
	find_bounds(query, &skew, &ask.first, &ask.end);
	/* No word has a *: it stands behind the beginning of one. */
	if (strchr(match, '*'))
		status = search_newest(cache, &ask, hits, &enough, err);
	if (status != STATUS_OK || enough)
		return status;
	return search_ask(cache, SQL_SEARCH_HITS, &ask, hits, err);
}

/* The message as every other reader of the cache gets it. */
static enum status
tell_hit(struct message_reader *reader, const struct search_hit *hit,
    void (*row)(void *arg, const struct message *message, int64_t position), void *arg,
    struct error *err)
{
	struct message message;
	sqlite3_stmt *statement;
	bool found;
	enum status status = cache_find(reader->cache, SQL_MESSAGE_LIST,
	    VALUES(INT(hit->conversation_id), INT(hit->msg_id), INT(hit->msg_id), INT(true)),
	    &statement, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	message_reader_turn(reader, hit->conversation.text, hit->peer_ack, hit->peer_read);
	status = message_read(reader, statement, &message, err);
	if (status == STATUS_OK)
		row(arg, &message, hit->doc);
	return status;
}

static enum status
tell_hits(struct cache *cache, const struct search_hits *hits,
    void (*row)(void *arg, const struct message *message, int64_t position), void *arg,
    struct error *err)
{
	struct message_reader reader;
	struct address own;
	enum status status = account_own(cache, &own, err);

	message_reader_init(&reader, cache, &own);
	for (size_t i = 0; i < hits->count && status == STATUS_OK; i++)
		status = tell_hit(&reader, &hits->items[i], row, arg, err);
	message_reader_finish(&reader);
	return status;
}

enum status
cache_search(struct cache *cache, const struct search_query *query,
    void (*row)(void *arg, const struct message *message, int64_t position), void *arg,
    struct error *err)
{
	struct search_hits hits = {0};
	struct buf match;
	enum status status = write_match(&match, query, err);

	if (status == STATUS_OK)
		status = cache_begin(cache, READ, err);
	if (status == STATUS_OK) {
		status = find_hits(cache, query, buf_string(&match), &hits, err);
		if (status == STATUS_OK)
			status = tell_hits(cache, &hits, row, arg, err);
		status = cache_end(cache, status, err);
	}
	free(hits.items);
	buf_finish(&match);
	return status;
}
