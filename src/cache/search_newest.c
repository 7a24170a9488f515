/*
 * The beginnings of words. Before FTS5 tells the first message with a word that begins so, it
 * gathers those of all such words: a tenth of a second for one letter and a million messages. Where
 * they are common a screenful of them is among the newest few hundred messages; so these are asked
 * first, by the same query, in an index in memory that lives for the question. Where they are rare
 * that is soon seen, and gathering them takes no time.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "cache/search.h"

enum {
	LOOK = 128,      /* messages at first */
	LOOK_MOST = 1024 /* and in all */
};

struct newest {
	struct cache *cache;
	const struct search_ask *ask;
	int64_t end; /* all from here on were looked at */
	int64_t count;
	bool all; /* there are no others */
};

struct document {
	int64_t doc;
	int64_t message_id;
};

static enum status
read_documents(struct newest *newest, int64_t limit, struct document *documents, int64_t *count,
    struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(newest->cache, SQL_NEWEST_DOCS,
	    VALUES(INT(newest->ask->first), INT(newest->end), INT(limit)), &statement, err);

	*count = 0;
	while (status == STATUS_OK) {
		status = cache_step(newest->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		documents[(*count)++] = (struct document){
		    sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1)};
	}
	return status;
}

/* The next so many. FTS5 takes them upwards. */
static enum status
look_at(struct newest *newest, int64_t limit, struct error *err)
{
	struct document *documents = mem_zalloc((size_t)limit, sizeof *documents);
	int64_t count;
	enum status status = read_documents(newest, limit, documents, &count, err);

	for (int64_t i = count; i-- > 0 && status == STATUS_OK;)
		status = search_put_message(
		    newest->cache, SQL_NEWEST_ADD, documents[i].doc, documents[i].message_id, err);
	if (count)
		newest->end = documents[count - 1].doc;
	newest->count += count;
	newest->all = count < limit;
	free(documents);
	return status;
}

/* How many more to look at, if the others are like these; 0 where they would be too many. */
static int64_t
more_to_look_at(const struct newest *newest, int64_t hits)
{
	if (newest->ask->limit * newest->count > LOOK_MOST * hits || newest->count >= LOOK_MOST)
		return 0;
	return newest->count;
}

static enum status
look(struct newest *newest, struct search_hits *hits, bool *enough, struct error *err)
{
	enum status status = STATUS_OK;

	for (int64_t next = LOOK; next && status == STATUS_OK && !*enough;) {
		status = look_at(newest, next, err);
		if (status == STATUS_OK)
			status = search_ask(newest->cache, SQL_NEWEST_HITS, newest->ask, hits, err);
		*enough = newest->all || (int64_t)hits->count >= newest->ask->limit;
		next = more_to_look_at(newest, (int64_t)hits->count);
	}
	return status;
}

enum status
search_newest(struct cache *cache, const struct search_ask *ask, struct search_hits *hits,
    bool *enough, struct error *err)
{
	struct newest newest = {.cache = cache, .ask = ask, .end = ask->end};
	enum status status;

	*enough = false;
	if (ask->limit > LOOK_MOST)
		return STATUS_OK;
	status = cache_run(cache, SQL_NEWEST_MAKE, NO_VALUES, err);
	if (status == STATUS_OK)
		status = look(&newest, hits, enough, err);
	/* What it held is nobody's any more: a text may be recalled. */
	return status == STATUS_OK ? cache_run(cache, SQL_NEWEST_CLEAR, NO_VALUES, err) : status;
}
