#include "cache/internal.h"

enum status
cache_acks(struct cache *cache, size_t limit, struct cache_ranges *acks, struct error *err)
{
	struct ranges_builder builder;
	sqlite3_stmt *statement;
	int64_t most = limit > INT64_MAX ? INT64_MAX : (int64_t)limit;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	*acks = (struct cache_ranges){.count = 0};
	if (status != STATUS_OK)
		return status;
	ranges_builder_init(&builder);
	status = cache_query(cache, SQL_ACK_LIST, VALUES(INT(most)), &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			ranges_builder_add(&builder, column_text(statement, 0),
			    (struct id_range){sqlite3_column_int64(statement, 1),
			        sqlite3_column_int64(statement, 2)});
	}
	status = ranges_builder_finish(&builder, status, acks);
	return cache_end(cache, status, err);
}

/* The server's rule (doc/protocol.md 3.7): a device's head moves only without a gap. */
static enum status
note_acked(
    struct cache *cache, const struct conversation *c, struct id_range ids, struct error *err)
{
	int64_t acked = c->acked < c->first - 1 ? c->first - 1 : c->acked;

	if (ids.first > acked + 1 || ids.last <= acked)
		return STATUS_OK;
	return cache_run(cache, SQL_ACKED_SET, VALUES(INT(c->id), INT(ids.last)), err);
}

static enum status
forget(struct cache *cache, const struct conversation_range *ack, struct error *err)
{
	struct conversation conversation;
	int64_t removed;
	bool found;
	enum status status =
	    conversation_find(cache, ack->conversation, &conversation, &found, err);

	if (status != STATUS_OK || !found)
		return status;
	status = range_subtract(cache, RANGES_ACK, conversation.id, ack->ids, &removed, err);
	return status == STATUS_OK ? note_acked(cache, &conversation, ack->ids, err) : status;
}

enum status
cache_acks_done(struct cache *cache, const struct cache_ranges *acks, struct error *err)
{
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < acks->count && status == STATUS_OK; i++)
		status = forget(cache, &acks->items[i], err);
	return cache_end(cache, status, err);
}
