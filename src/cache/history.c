#include <string.h>

#include "cache/internal.h"

/* What a query comes to. */
struct window {
	struct id_range messages;
	struct id_range holes; /* where holes are told */
};

/* The id of the message that is `skip` from the end of the bounds that sql begins at. */
static enum status
find_nth(struct cache *cache, enum sql sql, int64_t conversation_id, struct id_range bounds,
    bool events, int64_t skip, int64_t *msg_id, bool *found, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status = cache_find(cache, sql,
	    VALUES(
	        INT(conversation_id), INT(bounds.first), INT(bounds.last), INT(events), INT(skip)),
	    &statement, found, err);

	if (status == STATUS_OK && *found)
		*msg_id = sqlite3_column_int64(statement, 0);
	return status;
}

/* The end at which `count` cuts the messages off is where holes end, too: what lies beyond was not
 * looked at. */
static enum status
find_window(struct cache *cache, const struct conversation *c, const struct history_query *query,
    struct window *window, struct error *err)
{
	struct id_range bounds = {query->after < INT64_MAX ? query->after + 1 : INT64_MAX,
	    query->before > 0 ? query->before - 1 : INT64_MAX - 1};
	bool oldest = query->oldest || (query->after > 0 && query->before == 0);
	int64_t skip = query->count > INT64_MAX ? INT64_MAX : (int64_t)query->count;
	int64_t cut = 0;
	bool found;
	enum status status = find_nth(cache, oldest ? SQL_MESSAGE_ON : SQL_MESSAGE_BACK, c->id,
	    bounds, query->events, skip - 1, &cut, &found, err);

	if (status != STATUS_OK)
		return status;
	window->messages = bounds;
	if (found && oldest)
		window->messages.last = cut;
	else if (found)
		window->messages.first = cut;
	window->holes = window->messages;
	if (window->holes.first < c->first)
		window->holes.first = c->first;
	if (window->holes.last > c->last)
		window->holes.last = c->last;
	return STATUS_OK;
}

struct telling {
	struct cache *cache;
	struct message_reader reader;
	bool events;
	struct hole_walk walk;
	struct id_range next; /* hole */
	bool has_hole;
	sqlite3_stmt *aside; /* messages of a lost history, by stamp */
	bool has_aside;
	void (*row)(void *arg, const struct message *message);
	void (*hole)(void *arg, struct id_range ids);
	void *arg;
};

/* Tells the holes that lie before msg_id. */
static enum status
tell_holes(struct telling *telling, int64_t msg_id, struct error *err)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && telling->has_hole && telling->next.first < msg_id) {
		telling->hole(telling->arg, telling->next);
		status = hole_walk_next(
		    telling->cache, &telling->walk, &telling->next, &telling->has_hole, err);
	}
	return status;
}

static enum status
find_stamp(struct cache *cache, enum sql sql, int64_t conversation_id, int64_t msg_id,
    int64_t *stamp, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status = cache_find(
	    cache, sql, VALUES(INT(conversation_id), INT(msg_id)), &statement, &found, err);

	if (status == STATUS_OK && found)
		*stamp = sqlite3_column_int64(statement, 0);
	return status;
}

/* What is set aside is told where it stood, by its stamp: above the messages of the window, but for
 * what lies below the lowest of them, which goes with those before it. So pages tell each once. */
static enum status
find_aside(struct telling *telling, const struct conversation *c, const struct window *window,
    size_t count, struct error *err)
{
	int64_t above = 0, below = INT64_MAX;
	int64_t limit = count > INT64_MAX ? INT64_MAX : (int64_t)count;
	enum status status;

	if (!c->has_aside)
		return STATUS_OK;
	status = find_stamp(
	    telling->cache, SQL_MESSAGE_STAMP_FROM, c->id, window->messages.first, &above, err);
	if (status == STATUS_OK)
		status = find_stamp(telling->cache, SQL_MESSAGE_STAMP_ABOVE, c->id,
		    window->messages.last, &below, err);
	return status == STATUS_OK ? cache_find(telling->cache, SQL_ASIDE_LIST,
	                                 VALUES(INT(c->id), INT(above), INT(below),
	                                     INT(telling->events), INT(limit)),
	                                 &telling->aside, &telling->has_aside, err)
	                           : status;
}

static enum status
tell_aside(struct telling *telling, const char *conversation, int64_t stamp, struct error *err)
{
	sqlite3_stmt *statement = telling->aside;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && telling->has_aside &&
	       sqlite3_column_int64(statement, 3) < stamp) {
		struct message message;

		message_columns(statement, &message);
		message.conversation = conversation;
		message.aside = true;
		telling->row(telling->arg, &message);
		status = cache_step(telling->cache, statement, &telling->has_aside, err);
	}
	return status;
}

static enum status
tell(struct telling *telling, const struct conversation *c, const struct window *window,
    size_t count, struct error *err)
{
	struct message message;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status =
	    hole_walk_begin(telling->cache, &telling->walk, c->id, window->holes, err);

	if (status == STATUS_OK)
		status = hole_walk_next(
		    telling->cache, &telling->walk, &telling->next, &telling->has_hole, err);
	if (status == STATUS_OK)
		status = find_aside(telling, c, window, count, err);
	if (status == STATUS_OK)
		status = cache_query(telling->cache, SQL_MESSAGE_LIST,
		    VALUES(INT(c->id), INT(window->messages.first), INT(window->messages.last),
		        INT(telling->events)),
		    &statement, err);
	while (status == STATUS_OK) {
		status = cache_step(telling->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		status = message_read(&telling->reader, statement, &message, err);
		if (status == STATUS_OK)
			status = tell_aside(telling, c->address.text, message.stamp, err);
		if (status == STATUS_OK)
			status = tell_holes(telling, message.msg_id, err);
		if (status == STATUS_OK)
			telling->row(telling->arg, &message);
	}
	if (status == STATUS_OK)
		status = tell_aside(telling, c->address.text, INT64_MAX, err);
	return status == STATUS_OK ? tell_holes(telling, INT64_MAX, err) : status;
}

static enum status
tell_window(struct telling *telling, const struct conversation *c,
    const struct history_query *query, const struct address *own, struct error *err)
{
	struct window window;
	enum status status = find_window(telling->cache, c, query, &window, err);

	if (status != STATUS_OK)
		return status;
	message_reader_init(&telling->reader, telling->cache, own);
	message_reader_turn(&telling->reader, c->address.text, c->peer_ack, c->peer_read);
	status = tell(telling, c, &window, query->count, err);
	message_reader_finish(&telling->reader);
	return status;
}

enum status
cache_history(struct cache *cache, const struct history_query *query,
    void (*row)(void *arg, const struct message *message),
    void (*hole)(void *arg, struct id_range ids), void *arg, struct error *err)
{
	struct telling telling = {
	    .cache = cache, .events = query->events, .row = row, .hole = hole, .arg = arg};
	struct conversation conversation;
	struct address own;
	bool found = false;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = account_own(cache, &own, err);
	if (status == STATUS_OK)
		status = conversation_find(cache, query->conversation, &conversation, &found, err);
	if (status == STATUS_OK && !found)
		status = error_set(err, STATUS_NOT_FOUND, "there is no conversation with %s here",
		    query->conversation);
	if (status == STATUS_OK && query->count > 0)
		status = tell_window(&telling, &conversation, query, &own, err);
	return cache_end(cache, status, err);
}

/* ---- dates ---- */

static enum status
find_since(struct cache *cache, const struct conversation *c, int64_t since, int64_t *after,
    struct error *err)
{
	int64_t low = 1, end = c->last + 1;
	sqlite3_stmt *statement;
	enum status status = STATUS_OK;

	while (low < end && status == STATUS_OK) {
		int64_t middle = low + (end - low) / 2;
		bool found;

		status = cache_find(cache, SQL_MESSAGE_TIME_ABOVE,
		    VALUES(INT(c->id), INT(middle - 1)), &statement, &found, err);
		if (status == STATUS_OK && found && sqlite3_column_int64(statement, 0) < since)
			low = sqlite3_column_int64(statement, 1) + 1;
		else
			end = middle;
	}
	*after = low - 1;
	return status;
}

enum status
cache_history_since(
    struct cache *cache, const char *conversation, int64_t since, int64_t *after, struct error *err)
{
	struct conversation c;
	bool found = false;
	enum status status = cache_begin(cache, READ, err);

	*after = 0;
	if (status != STATUS_OK)
		return status;
	status = conversation_find(cache, conversation, &c, &found, err);
	if (status == STATUS_OK && found)
		status = find_since(cache, &c, since, after, err);
	return cache_end(cache, status, err);
}
