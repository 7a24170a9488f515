/*
 * Generations: each start of the server is one, and tells which history an answer is of. The cache
 * holds one history only. Its generation is the cursor's; before there is a cursor, the newest one
 * that anything was stored under. The table `generation` has those met before, and the present one
 * where something was stored under it that the cursor does not cover.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "cache/internal.h"

static void
read_pair(sqlite3_stmt *statement, struct cursor *cursor)
{
	snprintf(cursor->generation, sizeof cursor->generation, "%s", column_text(statement, 0));
	cursor->stamp = sqlite3_column_int64(statement, 1);
}

enum status
knowledge_read(struct cache *cache, struct cache_knowledge *knowledge, struct error *err)
{
	struct cursor *cursor = &knowledge->cursor;
	struct cursor *known = &knowledge->known;
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_find(cache, SQL_CURSOR_GET, NO_VALUES, &statement, &row, err);

	*knowledge = (struct cache_knowledge){.cursor = {.stamp = 0}};
	if (status != STATUS_OK)
		return status;
	if (!row)
		return error_set(err, STATUS_INTERNAL,
		    "defect in tern: an answer for the cache %s, which has no account",
		    cache->path);
	read_pair(statement, cursor);
	if (!cursor->generation[0])
		cursor->stamp = 0;
	knowledge->resetting = sqlite3_column_type(statement, 2) != SQLITE_NULL;
	knowledge->fork = sqlite3_column_int64(statement, 2);
	sqlite3_reset(statement);
	status = cache_find(cache, SQL_GENERATION_NEWEST, NO_VALUES, &statement, &row, err);
	if (status == STATUS_OK && row) {
		read_pair(statement, known);
		sqlite3_reset(statement);
	}
	if (cursor->generation[0] &&
	    (strcmp(known->generation, cursor->generation) != 0 || known->stamp < cursor->stamp))
		*known = *cursor;
	return status;
}

enum status
generation_fits(struct cache *cache, const char *generation, bool *fits, struct error *err)
{
	struct cache_knowledge knowledge;
	enum status status = knowledge_read(cache, &knowledge, err);

	*fits = status == STATUS_OK && (!knowledge.known.generation[0] ||
	                                   strcmp(knowledge.known.generation, generation) == 0);
	return status;
}

enum status
generation_note(struct cache *cache, const char *generation, int64_t stamp, struct error *err)
{
	struct cache_knowledge knowledge;
	enum status status = knowledge_read(cache, &knowledge, err);

	if (status != STATUS_OK ||
	    (strcmp(knowledge.known.generation, generation) == 0 && stamp <= knowledge.known.stamp))
		return status;
	return cache_run(cache, SQL_GENERATION_NOTE, VALUES(TEXT(generation), INT(stamp)), err);
}

bool
knowledge_is_vouched_for(const struct cache_knowledge *asked, const struct cache_knowledge *now)
{
	return asked && strcmp(asked->known.generation, now->known.generation) == 0 &&
	       strcmp(asked->cursor.generation, now->cursor.generation) == 0 &&
	       now->known.stamp <= asked->known.stamp;
}

/*
 * Stamps go on across generations, so an older one's cursor counts too, but only the server can say
 * so. At the cursor's own stamp an answer of another generation still brings that generation: with
 * the old one a poll would find its thread only when something has changed.
 */
enum status
generation_compare(struct cache *cache, const struct cache_change *change,
    enum cache_applied *applied, struct error *err)
{
	struct cache_knowledge now;
	bool same;
	enum status status = knowledge_read(cache, &now, err);

	if (status != STATUS_OK)
		return status;
	same = strcmp(now.known.generation, change->generation) == 0;
	/* Without a cursor all is told from 0 on; but what is gone since the fork only a comparison
	 * tells. */
	if (now.resetting)
		*applied = CACHE_GAP;
	else if (now.known.generation[0] && !same && !knowledge_is_vouched_for(change->asked, &now))
		*applied = CACHE_GAP;
	else if (now.cursor.generation[0] &&
	         (change->to < now.cursor.stamp || (change->to == now.cursor.stamp && same)))
		*applied = CACHE_DISCARDED;
	else if (change->from > now.cursor.stamp)
		*applied = CACHE_GAP;
	else
		*applied = CACHE_APPLIED;
	return STATUS_OK;
}

int64_t
change_stamp(const struct cache_change *change)
{
	int64_t stamp = change->to;

	for (size_t i = 0; i < change->contact_count; i++)
		stamp = higher(stamp, change->contacts[i].stamp);
	for (size_t i = 0; i < change->group_count; i++)
		stamp = higher(stamp, change->groups[i].stamp);
	for (size_t i = 0; i < change->head_count; i++)
		stamp = higher(stamp, change->heads[i].stamp);
	for (size_t i = 0; i < change->message_count; i++)
		stamp = higher(stamp, change->messages[i].stamp);
	for (size_t i = 0; i < change->amendment_count; i++)
		stamp = higher(stamp, change->amendments[i].stamp);
	return stamp;
}

enum status
generation_turn(struct cache *cache, const struct cache_change *change, struct error *err)
{
	struct cache_knowledge before;
	enum status status = knowledge_read(cache, &before, err);

	if (status == STATUS_OK && before.known.generation[0] &&
	    strcmp(before.known.generation, change->generation) != 0)
		status = cache_run(cache, SQL_GENERATION_NOTE,
		    VALUES(TEXT(before.known.generation), INT(before.known.stamp)), err);
	if (status == STATUS_OK)
		status = cache_run(
		    cache, SQL_CURSOR_SET, VALUES(TEXT(change->generation), INT(change->to)), err);
	return status == STATUS_OK
	           ? generation_note(cache, change->generation, change_stamp(change), err)
	           : status;
}

enum status
cache_generations(
    struct cache *cache, size_t limit, struct cursor *generations, size_t *count, struct error *err)
{
	struct cache_knowledge now;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	*count = 0;
	if (status != STATUS_OK)
		return status;
	status = knowledge_read(cache, &now, err);
	if (now.known.generation[0])
		generations[(*count)++] = now.known;
	if (status == STATUS_OK)
		status = cache_query(cache, SQL_GENERATION_LIST, NO_VALUES, &statement, err);
	while (status == STATUS_OK && *count < limit) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		read_pair(statement, &generations[*count]);
		*count += strcmp(generations[*count].generation, now.known.generation) != 0;
	}
	return cache_end(cache, status, err);
}

enum status
cache_knowledge_get(struct cache *cache, struct cache_knowledge *knowledge, struct error *err)
{
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	return cache_end(cache, knowledge_read(cache, knowledge, err), err);
}
