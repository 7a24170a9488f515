/* Which holes to fill next, from the newest downwards. */
#include "cache/internal.h"

/* What is gathered for one request. */
struct gathering {
	struct cache *cache;
	const struct roaming *roaming;
	int64_t ids; /* that still may be added */
	size_t limit;
	struct ranges_builder builder;
};

/* A conversation with holes. */
struct gap {
	const char *address;
	int64_t id;
	int64_t first;
	int64_t last;
};

static bool
is_full(const struct gathering *g)
{
	return g->ids <= 0 || g->builder.count >= g->limit;
}

/* Whether everything below the message that follows a hole is older than what is wanted. */
static enum status
is_too_old(struct gathering *g, const struct gap *gap, const struct id_range *hole, bool *too_old,
    struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status;

	*too_old = false;
	if (!g->roaming->since)
		return STATUS_OK;
	status = cache_find(g->cache, SQL_MESSAGE_TIME_ABOVE, VALUES(INT(gap->id), INT(hole->last)),
	    &statement, &found, err);
	if (status == STATUS_OK && found)
		*too_old = sqlite3_column_int64(statement, 0) < g->roaming->since;
	return status;
}

/* Adds a hole's upper end, as far as there is room. */
static void
add(struct gathering *g, const struct gap *gap, struct id_range hole)
{
	if (hole.last - hole.first >= g->ids)
		hole.first = hole.last - g->ids + 1;
	ranges_builder_add(&g->builder, gap->address, hole);
	g->ids -= hole.last - hole.first + 1;
}

/* Adds the holes of one conversation, downwards over the runs that are held. */
static enum status
add_holes(struct gathering *g, const struct gap *gap, struct error *err)
{
	int64_t newest = g->roaming->newest;
	int64_t floor =
	    newest && gap->last - newest >= gap->first ? gap->last - newest + 1 : gap->first;
	int64_t at = gap->last;
	sqlite3_stmt *statement;
	bool row = true, too_old = false;
	enum status status = cache_query(
	    g->cache, SQL_HELD_BELOW, VALUES(INT(gap->id), INT(gap->last)), &statement, err);

	while (status == STATUS_OK && row && at >= floor && !is_full(g)) {
		struct id_range hole = {floor, at};

		status = cache_step(g->cache, statement, &row, err);
		if (status != STATUS_OK)
			break;
		if (row && sqlite3_column_int64(statement, 1) >= floor)
			hole.first = sqlite3_column_int64(statement, 1) + 1;
		if (row)
			at = sqlite3_column_int64(statement, 0) - 1;
		if (hole.first > hole.last)
			continue;
		status = is_too_old(g, gap, &hole, &too_old, err);
		if (too_old)
			break;
		if (status == STATUS_OK)
			add(g, gap, hole);
	}
	return status;
}

static enum status
gather(struct gathering *g, const char *who, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(
	    g->cache, SQL_CONVERSATION_HOLES_NEWEST, VALUES(TEXT(who)), &statement, err);

	while (status == STATUS_OK && !is_full(g)) {
		status = cache_step(g->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		status = add_holes(g,
		    &(struct gap){
		        .address = column_text(statement, 0),
		        .id = sqlite3_column_int64(statement, 1),
		        .first = sqlite3_column_int64(statement, 2),
		        .last = sqlite3_column_int64(statement, 3),
		    },
		    err);
	}
	return status;
}

static enum status
count_missing(struct cache *cache, const char *who, int64_t *left, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status =
	    cache_find(cache, SQL_CONVERSATION_MISSING, VALUES(TEXT(who)), &statement, &row, err);

	if (status == STATUS_OK && row)
		*left += sqlite3_column_int64(statement, 0);
	return status;
}

enum status
cache_missing_newest(struct cache *cache, const struct roaming *roaming, int64_t ids, size_t limit,
    struct cache_ranges *missing, int64_t *left, struct error *err)
{
	struct gathering g = {.cache = cache, .roaming = roaming, .ids = ids, .limit = limit};
	size_t count = roaming->who ? roaming->who_count : 1;
	int64_t sum = 0;
	enum status status = cache_begin(cache, READ, err);

	*missing = (struct cache_ranges){.count = 0};
	if (status != STATUS_OK)
		return status;
	ranges_builder_init(&g.builder);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		const char *who = roaming->who ? roaming->who[i] : NULL;

		status = gather(&g, who, err);
		if (status == STATUS_OK && left)
			status = count_missing(cache, who, &sum, err);
	}
	if (left)
		*left = sum;
	status = ranges_builder_finish(&g.builder, status, missing);
	return cache_end(cache, status, err);
}
