/*
 * Messages set aside: of a history that the server lost. They are shown where they stood, and go
 * where they come again: sent anew by their senders, who say which ones they were (`was`, their
 * first stamp), or as they were, where the server had them after all.
 *
 * Who was handed them: a consumer, those up to aside_place.stamp of their history. When one comes
 * again that is noted in `handed`, under its first stamp, which stays what it is whatever happens
 * to it later.
 */
#include <string.h>

#include "cache/internal.h"

/* One that was recalled meanwhile comes without its text. */
static bool
is_same(sqlite3_stmt *statement, const struct message *message)
{
	const char *text = column_text(statement, 4);
	const char *other = message->text && *message->text ? message->text : NULL;

	return (message->was || sqlite3_column_int64(statement, 1) == message->msg_id) &&
	       strcmp(column_text(statement, 2), message->from) == 0 &&
	       strcmp(column_text(statement, 3), message->type) == 0 &&
	       (!other || (text && strcmp(text, other) == 0));
}

static enum status
take_back(struct cache *cache, int64_t aside_id, struct error *err)
{
	enum status status = cache_run(cache, SQL_ASIDE_HANDED, VALUES(INT(aside_id)), err);

	return status == STATUS_OK ? cache_run(cache, SQL_ASIDE_DELETE, VALUES(INT(aside_id)), err)
	                           : status;
}

enum status
aside_return(struct cache *cache, struct conversation *conversation, const struct message *message,
    struct error *err)
{
	sqlite3_stmt *statement;
	int64_t aside_id = 0;
	bool more = true;
	enum status status = cache_query(cache, SQL_ASIDE_FIND,
	    VALUES(INT(conversation->id), INT(message->was ? message->was : message->stamp)),
	    &statement, err);

	while (status == STATUS_OK && aside_id == 0) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (is_same(statement, message))
			aside_id = sqlite3_column_int64(statement, 0);
	}
	if (status != STATUS_OK || aside_id == 0)
		return status;
	sqlite3_reset(statement);
	return take_back(cache, aside_id, err);
}

enum status
cache_aside_count(struct cache *cache, int64_t *count, struct error *err)
{
	enum status status = cache_begin(cache, READ, err);

	*count = 0;
	if (status != STATUS_OK)
		return status;
	return cache_end(cache, cache_ask(cache, SQL_ASIDE_COUNT, NO_VALUES, count, err), err);
}
