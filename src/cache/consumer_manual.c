/* Consumers whose places advance only when a script says that it is done. */
#include "cache/internal.h"

static enum status
find_copy(struct cache *cache, int64_t consumer, int64_t *copy, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status =
	    cache_find(cache, SQL_CONSUMER_COPIED, VALUES(INT(consumer)), &statement, &found, err);

	if (status == STATUS_OK && found)
		*copy = sqlite3_column_int64(statement, 0);
	return status;
}

enum status
cache_consumer_manual(struct cache *cache, int64_t consumer, int64_t *copy, struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	*copy = 0;
	if (status != STATUS_OK)
		return status;
	status = cache_run(cache, SQL_CONSUMER_COPY, VALUES(INT(consumer)), err);
	if (status == STATUS_OK)
		status = find_copy(cache, consumer, copy, err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_PLACE_LOST, VALUES(INT(consumer), INT(*copy)), err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_PLACE_COPY, VALUES(INT(consumer), INT(*copy)), err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_HANDED_CLEAR, VALUES(INT(*copy)), err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_HANDED_COPY, VALUES(INT(consumer), INT(*copy)), err);
	return cache_end(cache, status, err);
}

/* *handed: how far the consumer was handed messages of that conversation. */
static enum status
find_handed(struct cache *cache, int64_t consumer, const char *conversation, int64_t *handed,
    struct error *err)
{
	struct conversation c;
	sqlite3_stmt *statement;
	bool found;
	enum status status = conversation_find(cache, conversation, &c, &found, err);

	*handed = 0;
	if (status != STATUS_OK || !found)
		return status;
	status = cache_find(
	    cache, SQL_PLACE_HANDED, VALUES(INT(consumer), INT(c.id)), &statement, &found, err);
	if (status == STATUS_OK && found)
		*handed = sqlite3_column_int64(statement, 0);
	return status;
}

enum status
cache_consumer_done(struct cache *cache, int64_t consumer, const char *conversation, int64_t msg_id,
    struct error *err)
{
	const struct conversation_range to = {conversation, {msg_id, msg_id}};
	int64_t handed;
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	status = find_handed(cache, consumer, conversation, &handed, err);
	if (status == STATUS_OK && msg_id > handed)
		status = error_set(err, STATUS_NOT_FOUND,
		    "message %lld of %s was not handed on to this consumer", (long long)msg_id,
		    conversation);
	if (status == STATUS_OK)
		status = consumer_advance(cache, consumer, &to, err);
	return cache_end(cache, status, err);
}
