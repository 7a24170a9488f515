/* Ranges and heads that don't add up (cache/verify.h). */
#include "cache/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cache/internal.h"

static void
tell(const struct cache_verify *verify, const struct difference *difference)
{
	verify->found(verify->arg, difference);
}

/* ---- reading ---- */

/* Addresses and ranges that a query gives; a query without ids gives 0 for them. */
static enum status
read_ranges(struct cache *cache, enum sql sql, const struct value *values,
    struct cache_ranges *ranges, struct error *err)
{
	struct ranges_builder builder;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(cache, sql, values, &statement, err);

	ranges_builder_init(&builder);
	while (status == STATUS_OK) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		ranges_builder_add(&builder, column_text(statement, 0),
		    (struct id_range){
		        sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2)});
	}
	return ranges_builder_finish(&builder, status, ranges);
}

enum status
cache_held(struct cache *cache, struct cache_ranges *held, struct error *err)
{
	enum status status = cache_begin(cache, READ, err);

	*held = (struct cache_ranges){.count = 0};
	if (status != STATUS_OK)
		return status;
	return cache_end(cache, read_ranges(cache, SQL_VERIFY_HELD, NO_VALUES, held, err), err);
}

enum status
cache_messages(struct cache *cache, const struct conversation_range *range,
    void (*row)(void *arg, const struct message *message), void *arg, struct error *err)
{
	return cache_message_rows(cache, SQL_VERIFY_MESSAGES,
	    VALUES(TEXT(range->conversation), INT(range->ids.first), INT(range->ids.last)), row,
	    arg, err);
}

/* ---- ranges ---- */

/* The runs again, each within what there is; one that joins others is added to them. */
static enum status
hold_anew(
    struct cache *cache, struct conversation *c, const struct cache_ranges *runs, struct error *err)
{
	enum status status = cache_run(cache, SQL_VERIFY_UNHOLD, VALUES(INT(c->id)), err);

	c->held = 0;
	c->changed = c->reach = true;
	for (size_t i = 0; i < runs->count && status == STATUS_OK; i++) {
		struct id_range ids = runs->items[i].ids;

		ids.last = lower(ids.last, c->last);
		status = conversation_hold(cache, c, ids, NULL, err);
	}
	return status;
}

static enum status
mend_ranges(struct cache *cache, const char *address, struct error *err)
{
	struct conversation conversation = {.id = 0};
	struct cache_ranges runs = {.count = 0};
	enum status status = conversation_turn(cache, &conversation, address, err);

	if (status == STATUS_OK)
		status =
		    read_ranges(cache, SQL_VERIFY_RUNS, VALUES(INT(conversation.id)), &runs, err);
	if (status == STATUS_OK)
		status = hold_anew(cache, &conversation, &runs, err);
	cache_ranges_finish(&runs);
	return status == STATUS_OK ? conversation_save(cache, &conversation, err) : status;
}

enum status
cache_verify_ranges(struct cache *cache, const struct cache_verify *verify, struct error *err)
{
	struct cache_ranges wrong = {.count = 0};
	enum status status = cache_begin(cache, verify->repair ? WRITE : READ, err);

	if (status != STATUS_OK)
		return status;
	status = read_ranges(cache, SQL_VERIFY_RANGES, NO_VALUES, &wrong, err);
	for (size_t i = 0; i < wrong.count && status == STATUS_OK; i++) {
		tell(verify, &(struct difference){.of = DIFFERENCE_RANGES,
		                 .kind = DIFFERENCE_CONTENT,
		                 .address = wrong.items[i].conversation});
		if (verify->repair)
			status = mend_ranges(cache, wrong.items[i].conversation, err);
	}
	cache_ranges_finish(&wrong);
	return cache_end(cache, status, err);
}

/* ---- heads ---- */

/* Tells a field that differs. */
static bool
differs(const struct cache_verify *verify, const char *address, const char *field, int64_t here,
    int64_t there)
{
	tell(verify, &(struct difference){.of = DIFFERENCE_CONVERSATION,
	                 .kind = DIFFERENCE_CONTENT,
	                 .address = address,
	                 .field = field,
	                 .here = here,
	                 .there = there});
	return true;
}

/* What only grows here may be behind the server's where no head told of it: a page does then. */
static bool
head_differs(const struct conversation *c, const struct conversation_head *head,
    const struct cache_verify *verify)
{
	const char *address = head->conversation;
	bool pending = c->read > c->read_told; /* the server was not told yet */
	bool wrong = false;

	if (c->stamp > head->stamp)
		wrong |= differs(verify, address, "stamp", c->stamp, head->stamp);
	if (c->first > head->first)
		wrong |= differs(verify, address, "first", c->first, head->first);
	if (c->last != head->last)
		wrong |= differs(verify, address, "last", c->last, head->last);
	if (c->read < head->read || (c->read > head->read && !pending))
		wrong |= differs(verify, address, "read", c->read, head->read);
	/* Of what expired unread the server may count what the cache does not. */
	else if (!wrong && !pending && head->first <= head->read + 1 && c->unread != head->unread)
		wrong |= differs(verify, address, "unread", c->unread, head->unread);
	return wrong;
}

enum status
verify_drop(struct cache *cache, struct conversation *c, struct id_range ids, struct error *err)
{
	int64_t removed = 0;
	enum status status = range_subtract(cache, RANGES_HELD, c->id, ids, &removed, err);

	c->held -= removed;
	c->changed = c->reach = true;
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_MESSAGE_DELETE,
		    VALUES(INT(c->id), INT(ids.first), INT(ids.last)), err);
	/* Their words are not known for sure any more, so that none can be taken out by itself. */
	if (status == STATUS_OK && sqlite3_changes(cache->db) > 0)
		status = search_restart(cache, err);
	if (status == STATUS_OK)
		status = search_rows_deleted(cache, err);
	return status == STATUS_OK ? cache_run(cache, SQL_VERIFY_PLACES, VALUES(INT(c->id)), err)
	                           : status;
}

static enum status
cut_above(struct cache *cache, struct conversation *c, int64_t last, struct error *err)
{
	int64_t ignored;
	const struct id_range above = {last + 1, INT64_MAX - 1};
	enum status status = STATUS_OK;

	if (c->last > last) {
		status = verify_drop(cache, c, above, err);
		if (status == STATUS_OK)
			status = range_subtract(cache, RANGES_ACK, c->id, above, &ignored, err);
		if (status == STATUS_OK)
			status =
			    cache_run(cache, SQL_PLACE_LOWER, VALUES(INT(c->id), INT(last)), err);
		c->last = last;
		c->last_stamp = INT64_MAX;
		c->acked = lower(c->acked, last);
	}
	return status;
}

/* The head is the server's, but for a marker that it was not told of. */
static enum status
mend_head(struct cache *cache, struct conversation *c, const struct conversation_head *head,
    const struct address *own, struct error *err)
{
	enum status status;

	c->first = lower(c->first, head->first);
	status = cut_above(cache, c, head->last, err);
	if (c->read <= c->read_told || c->read > head->last)
		c->read = head->read;
	c->read_told = head->read;
	c->ack = head->ack;
	c->peer_ack = head->peer_ack;
	c->peer_read = head->peer_read;
	c->stamp = 0;
	return status == STATUS_OK ? conversation_head(cache, c, head, own, err) : status;
}

static enum status
look_at_head(struct cache *cache, const struct conversation_head *head,
    const struct cache_verify *verify, const struct address *own, struct error *err)
{
	struct conversation c = {.id = 0};
	bool found, wrong = true;
	enum status status = conversation_find(cache, head->conversation, &c, &found, err);

	if (status != STATUS_OK)
		return status;
	if (found)
		wrong = head_differs(&c, head, verify);
	else
		tell(verify, &(struct difference){.of = DIFFERENCE_CONVERSATION,
		                 .kind = DIFFERENCE_MISSING,
		                 .address = head->conversation});
	if (!wrong || !verify->repair)
		return STATUS_OK;
	status = found ? STATUS_OK : conversation_turn(cache, &c, head->conversation, err);
	if (status == STATUS_OK)
		status = mend_head(cache, &c, head, own, err);
	return status == STATUS_OK ? conversation_save(cache, &c, err) : status;
}

/* The row stays, for what is set aside of it and for drafts. */
static enum status
look_at_gone(struct cache *cache, const char *address, const struct cache_verify *verify,
    const struct address *own, struct error *err)
{
	const struct conversation_head none = {
	    .conversation = address, .first = 1, .last = 0, .stamp = 0};
	struct conversation c = {.id = 0};
	bool found;
	enum status status = conversation_find(cache, address, &c, &found, err);

	if (status != STATUS_OK || !found || c.last == 0)
		return status;
	tell(verify,
	    &(struct difference){
	        .of = DIFFERENCE_CONVERSATION, .kind = DIFFERENCE_SURPLUS, .address = address});
	if (!verify->repair)
		return STATUS_OK;
	status = mend_head(cache, &c, &none, own, err);
	c.unread = 0;
	c.changed = true;
	return status == STATUS_OK ? conversation_save(cache, &c, err) : status;
}

enum status
cache_verify_heads(struct cache *cache, const struct conversation_head *heads, size_t count,
    const char *const *gone, size_t gone_count, int64_t known, const struct cache_verify *verify,
    struct error *err)
{
	struct address own;
	enum status status = cache_begin(cache, verify->repair ? WRITE : READ, err);

	if (status != STATUS_OK)
		return status;
	status = account_own(cache, &own, err);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		if (heads[i].stamp <= known)
			status = look_at_head(cache, &heads[i], verify, &own, err);
	for (size_t i = 0; i < gone_count && status == STATUS_OK; i++)
		status = look_at_gone(cache, gone[i], verify, &own, err);
	return cache_end(cache, status, err);
}
