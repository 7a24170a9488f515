#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "cache/internal.h"

/* Both sets have the same rows; only the table differs. */
static const struct {
	enum sql below;
	enum sql add;
	enum sql extend;
	enum sql remove;
} sets[] = {
    [RANGES_HELD] = {SQL_HELD_BELOW, SQL_HELD_ADD, SQL_HELD_EXTEND, SQL_HELD_REMOVE},
    [RANGES_ACK] = {SQL_ACK_BELOW, SQL_ACK_ADD, SQL_ACK_EXTEND, SQL_ACK_REMOVE},
};

static int64_t
length_of(struct id_range ids)
{
	return ids.last - ids.first + 1;
}

/* The highest run that begins at or below `begin` and ends at or above `end`. */
static enum status
find_run(struct cache *cache, enum range_set set, int64_t conversation_id, int64_t begin,
    int64_t end, struct id_range *run, bool *found, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status = cache_find(cache, sets[set].below,
	    VALUES(INT(conversation_id), INT(begin)), &statement, found, err);

	if (status != STATUS_OK || !*found)
		return status;
	run->first = sqlite3_column_int64(statement, 0);
	run->last = sqlite3_column_int64(statement, 1);
	*found = run->last >= end;
	sqlite3_reset(statement);
	return STATUS_OK;
}

static enum status
change(struct cache *cache, enum sql sql, int64_t conversation_id, struct id_range ids,
    struct error *err)
{
	return cache_run(
	    cache, sql, VALUES(INT(conversation_id), INT(ids.first), INT(ids.last)), err);
}

static enum status
remove_run(struct cache *cache, enum range_set set, int64_t conversation_id, int64_t first,
    struct error *err)
{
	return cache_run(cache, sets[set].remove, VALUES(INT(conversation_id), INT(first)), err);
}

enum status
range_add(struct cache *cache, enum range_set set, int64_t conversation_id, struct id_range ids,
    struct id_range *run, int64_t *added, struct error *err)
{
	struct id_range old;
	int64_t known = 0;
	bool found = true;
	bool extends = false;
	enum status status = STATUS_OK;

	*run = ids;
	/* Downwards over the runs that touch, to the one that begins lowest: its row becomes the
	 * union's. */
	while (status == STATUS_OK && !extends) {
		status = find_run(
		    cache, set, conversation_id, run->last + 1, run->first - 1, &old, &found, err);
		if (status != STATUS_OK || !found)
			break;
		known += length_of(old);
		run->last = higher(run->last, old.last);
		extends = old.first <= run->first;
		if (extends)
			run->first = old.first;
		else
			status = remove_run(cache, set, conversation_id, old.first, err);
	}
	if (status == STATUS_OK && length_of(*run) > known)
		status = change(
		    cache, extends ? sets[set].extend : sets[set].add, conversation_id, *run, err);
	*added = length_of(*run) - known;
	return status;
}

enum status
range_subtract(struct cache *cache, enum range_set set, int64_t conversation_id,
    struct id_range ids, int64_t *removed, struct error *err)
{
	struct id_range old;
	bool found = true;
	enum status status = STATUS_OK;

	*removed = 0;
	while (status == STATUS_OK) {
		status =
		    find_run(cache, set, conversation_id, ids.last, ids.first, &old, &found, err);
		if (status != STATUS_OK || !found)
			break;
		*removed += lower(old.last, ids.last) - higher(old.first, ids.first) + 1;
		if (old.last > ids.last)
			status = change(cache, sets[set].add, conversation_id,
			    (struct id_range){ids.last + 1, old.last}, err);
		if (status != STATUS_OK)
			break;
		if (old.first < ids.first)
			return change(cache, sets[set].extend, conversation_id,
			    (struct id_range){old.first, ids.first - 1}, err);
		status = remove_run(cache, set, conversation_id, old.first, err);
	}
	return status;
}

enum status
hole_walk_begin(struct cache *cache, struct hole_walk *walk, int64_t conversation_id,
    struct id_range bounds, struct error *err)
{
	walk->next = bounds.first;
	walk->last = bounds.last;
	return cache_query(cache, SQL_HELD_WITHIN,
	    VALUES(INT(conversation_id), INT(bounds.first), INT(bounds.last)), &walk->statement,
	    err);
}

enum status
hole_walk_next(struct cache *cache, struct hole_walk *walk, struct id_range *hole, bool *found,
    struct error *err)
{
	enum status status = STATUS_OK;
	bool row = true;

	*found = false;
	while (walk->next <= walk->last && row && !*found) {
		int64_t first = walk->last + 1;
		int64_t last = walk->last;

		status = cache_step(cache, walk->statement, &row, err);
		if (status != STATUS_OK)
			return status;
		if (row) {
			first = sqlite3_column_int64(walk->statement, 0);
			last = sqlite3_column_int64(walk->statement, 1);
		}
		*found = first > walk->next;
		*hole = (struct id_range){walk->next, first - 1};
		walk->next = higher(walk->next, last + 1);
	}
	return status;
}

/* ---- struct cache_ranges ---- */

void
ranges_builder_init(struct ranges_builder *builder)
{
	*builder = (struct ranges_builder){.count = 0};
	buf_init(&builder->names, SIZE_MAX / 2);
}

void
ranges_builder_add(struct ranges_builder *builder, const char *conversation, struct id_range ids)
{
	/* A conversation's ranges come one after another: its name is kept once. */
	if (builder->count == 0 || strcmp(builder->names.data + builder->name, conversation) != 0) {
		builder->name = builder->names.length;
		buf_add(&builder->names, conversation, strlen(conversation) + 1);
	}
	if (builder->count == builder->room) {
		builder->room = builder->room ? 2 * builder->room : 16;
		builder->items = mem_resize(builder->items, builder->room, sizeof *builder->items);
	}
	builder->items[builder->count++] = (struct named_range){builder->name, ids};
}

enum status
ranges_builder_finish(
    struct ranges_builder *builder, enum status status, struct cache_ranges *ranges)
{
	struct conversation_range *items;
	char *names;

	*ranges = (struct cache_ranges){.count = 0};
	if (status == STATUS_OK && builder->count > 0) {
		items = mem_alloc(builder->count * sizeof *items + builder->names.length);
		names = (char *)(items + builder->count);
		memcpy(names, builder->names.data, builder->names.length);
		for (size_t i = 0; i < builder->count; i++)
			items[i] = (struct conversation_range){
			    names + builder->items[i].name, builder->items[i].ids};
		*ranges = (struct cache_ranges){items, builder->count};
	}
	free(builder->items);
	buf_finish(&builder->names);
	return status;
}

void
cache_ranges_finish(struct cache_ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct cache_ranges){.count = 0};
}
