/*
 * Read markers: set here at once, told to the server when it can be (doc/protocol.md 3.9). And
 * drafts, which stay on this device.
 */
#include "base/mem.h"
#include "cache/internal.h"

static enum status
mark(struct cache *cache, struct conversation *conversation, int64_t msg_id, int64_t *marker,
    struct error *err)
{
	struct address own;
	enum status status;

	if (msg_id > conversation->last)
		return error_set(err, STATUS_NOT_FOUND,
		    "there is no message %lld in the conversation with %s; the last is %lld",
		    (long long)msg_id, conversation->address.text, (long long)conversation->last);
	status = account_own(cache, &own, err);
	if (status == STATUS_OK)
		status = conversation_mark(
		    cache, conversation, msg_id ? msg_id : conversation->last, &own, err);
	*marker = conversation->read;
	return status == STATUS_OK ? conversation_save(cache, conversation, err) : status;
}

enum status
cache_mark_read(struct cache *cache, const char *conversation, int64_t msg_id, bool durably,
    int64_t *marker, struct error *err)
{
	struct conversation marked;
	bool found;
	enum status status = cache_begin(cache, durably ? WRITE_DURABLY : WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = conversation_find(cache, conversation, &marked, &found, err);
	if (status == STATUS_OK && !found)
		status = error_set(
		    err, STATUS_NOT_FOUND, "there is no conversation with %s here", conversation);
	if (status == STATUS_OK)
		status = mark(cache, &marked, msg_id, marker, err);
	return cache_end(cache, status, err);
}

enum status
cache_markers(struct cache *cache, size_t limit, struct cache_ranges *markers, struct error *err)
{
	struct ranges_builder builder;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	*markers = (struct cache_ranges){.count = 0};
	if (status != STATUS_OK)
		return status;
	ranges_builder_init(&builder);
	status = cache_query(cache, SQL_MARKER_LIST, VALUES(INT((int64_t)limit)), &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			ranges_builder_add(&builder, column_text(statement, 0),
			    (struct id_range){1, sqlite3_column_int64(statement, 1)});
	}
	status = ranges_builder_finish(&builder, status, markers);
	return cache_end(cache, status, err);
}

static enum status
apply_heads(struct cache *cache, const char *generation, const struct conversation_head *heads,
    size_t count, struct error *err)
{
	struct conversation conversation = {.id = 0};
	struct address own;
	int64_t stamp = 0;
	enum status status = account_own(cache, &own, err);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = conversation_turn(cache, &conversation, heads[i].conversation, err);
		if (status == STATUS_OK)
			status = conversation_head(cache, &conversation, &heads[i], &own, err);
		if (heads[i].stamp > stamp)
			stamp = heads[i].stamp;
	}
	if (status == STATUS_OK)
		status = conversation_save(cache, &conversation, err);
	return status == STATUS_OK && count ? generation_note(cache, generation, stamp, err)
	                                    : status;
}

enum status
cache_markers_told(struct cache *cache, const char *generation, const struct cache_ranges *markers,
    const struct conversation_head *heads, size_t head_count, enum cache_applied *applied,
    struct error *err)
{
	bool fits = true;
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	if (generation)
		status = generation_fits(cache, generation, &fits, err);
	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status == STATUS_OK && fits)
		status = apply_heads(cache, generation, heads, head_count, err);
	/* What the server passed over it will not want to hear again. */
	for (size_t i = 0; i < markers->count && status == STATUS_OK && fits; i++)
		status = cache_run(cache, SQL_MARKER_TOLD,
		    VALUES(TEXT(markers->items[i].conversation), INT(markers->items[i].ids.last)),
		    err);
	return cache_end(cache, status, err);
}

enum status
cache_draft_get(struct cache *cache, const char *conversation, char **text, struct error *err)
{
	sqlite3_stmt *statement;
	bool found = false;
	enum status status = cache_begin(cache, READ, err);

	*text = NULL;
	if (status != STATUS_OK)
		return status;
	status =
	    cache_find(cache, SQL_DRAFT_GET, VALUES(TEXT(conversation)), &statement, &found, err);
	if (status == STATUS_OK && found)
		*text = mem_strdup(column_text(statement, 0));
	return cache_end(cache, status, err);
}

enum status
cache_draft_set(struct cache *cache, const char *conversation, const char *text, struct error *err)
{
	struct conversation drafted = {.id = 0};
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = conversation_turn(cache, &drafted, conversation, err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_DRAFT_SET,
		    VALUES(INT(drafted.id), TEXT(text && *text ? text : NULL)), err);
	return cache_end(cache, status, err);
}
