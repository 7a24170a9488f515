#include "cache/internal.h"

/* A conversation with holes, as the two queries tell it. */
struct gap {
	const char *address;
	int64_t id;
	int64_t first;
	int64_t last;
	int64_t above; /* the consumer's place, or head.ack */
};

/*
 * Where what waits offline begins: behind what some device of the account acknowledged, or where
 * this one's own holding begins, whichever is lower. (One message held high up, such as an own one
 * just sent, says nothing of those below it.)
 */
static enum status
find_waiting(struct cache *cache, const struct gap *gap, int64_t *begin, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status =
	    cache_find(cache, SQL_HELD_LOWEST, VALUES(INT(gap->id)), &statement, &found, err);

	if (status != STATUS_OK)
		return status;
	*begin = gap->above + 1;
	if (found && sqlite3_column_int64(statement, 0) < *begin)
		*begin = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return STATUS_OK;
}

static enum status
add_holes(struct cache *cache, const struct gap *gap, int64_t begin, size_t limit,
    struct ranges_builder *builder, struct error *err)
{
	struct id_range bounds = {begin > gap->first ? begin : gap->first, gap->last};
	struct id_range hole;
	struct hole_walk walk;
	bool found = true;
	enum status status = hole_walk_begin(cache, &walk, gap->id, bounds, err);

	while (status == STATUS_OK && found && builder->count < limit) {
		status = hole_walk_next(cache, &walk, &hole, &found, err);
		if (status == STATUS_OK && found)
			ranges_builder_add(builder, gap->address, hole);
	}
	return status;
}

static enum status
add_all(struct cache *cache, sqlite3_stmt *statement, bool waiting, size_t limit,
    struct ranges_builder *builder, struct error *err)
{
	struct gap gap;
	int64_t begin;
	bool more = true;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && builder->count < limit) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		gap = (struct gap){
		    .address = column_text(statement, 0),
		    .id = sqlite3_column_int64(statement, 1),
		    .first = sqlite3_column_int64(statement, 2),
		    .last = sqlite3_column_int64(statement, 3),
		    .above = sqlite3_column_int64(statement, 4),
		};
		begin = gap.above + 1;
		if (waiting)
			status = find_waiting(cache, &gap, &begin, err);
		if (status == STATUS_OK)
			status = add_holes(cache, &gap, begin, limit, builder, err);
	}
	return status;
}

enum status
cache_missing(struct cache *cache, int64_t consumer, const char *who, size_t limit,
    struct cache_ranges *missing, struct error *err)
{
	struct ranges_builder builder;
	sqlite3_stmt *statement;
	enum status status = cache_begin(cache, READ, err);

	*missing = (struct cache_ranges){.count = 0};
	if (status != STATUS_OK)
		return status;
	ranges_builder_init(&builder);
	if (consumer > 0)
		status = cache_query(cache, SQL_CONVERSATION_HOLES_ABOVE,
		    VALUES(TEXT(who), INT(consumer)), &statement, err);
	else
		status =
		    cache_query(cache, SQL_CONVERSATION_HOLES, VALUES(TEXT(who)), &statement, err);
	if (status == STATUS_OK)
		status = add_all(cache, statement, consumer <= 0, limit, &builder, err);
	status = ranges_builder_finish(&builder, status, missing);
	return cache_end(cache, status, err);
}
