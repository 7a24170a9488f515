/*
 * The server's history is another one than the cache's: a backup was put back. Both are the same
 * up to a stamp, the fork; what is known beyond it is of the lost one (doc/protocol.md 3.3).
 *
 * Stamps grow with the numbers of a conversation's messages, so that what is lost of each is its
 * end: all above the highest message held with a stamp up to the fork. What is not held there may
 * be lost or not; the head says so when it is told again, which a stamp of 0 asks for.
 */
#include <stdio.h>

#include "base/number.h"
#include "base/timeu.h"
#include "cache/internal.h"

enum { SEARCH_AT_MOST = 10000 }; /* texts taken out of the index one by one */

struct losing {
	struct cache *cache;
	int64_t fork;
	int64_t history;
	struct address own;
	bool index_restarts;
	struct conversation conversation;
	int64_t kept; /* the highest msg_id held that both histories have; 0 for none */
	int64_t kept_stamp;
	int64_t lowest; /* the lowest msg_id that is set aside; 0 for none */
	int64_t aside;
};

/* ---- one conversation ---- */

static enum status
find_kept(struct losing *losing, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(
	    losing->cache, SQL_LOST_TOP, VALUES(INT(losing->conversation.id)), &statement, err);

	losing->kept = losing->kept_stamp = losing->lowest = 0;
	while (status == STATUS_OK) {
		status = cache_step(losing->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (sqlite3_column_int64(statement, 1) <= losing->fork) {
			losing->kept = sqlite3_column_int64(statement, 0);
			losing->kept_stamp = sqlite3_column_int64(statement, 1);
			break;
		}
		losing->lowest = sqlite3_column_int64(statement, 0);
	}
	if (status == STATUS_OK)
		sqlite3_reset(statement);
	return status;
}

/* The words of texts that go. */
static enum status
forget_words(struct losing *losing, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status;

	if (losing->index_restarts)
		return STATUS_OK;
	status = cache_query(losing->cache, SQL_LOST_TEXTS,
	    VALUES(INT(losing->conversation.id), INT(losing->kept)), &statement, err);
	while (status == STATUS_OK) {
		status = cache_step(losing->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		status = search_change(losing->cache, sqlite3_column_int64(statement, 0),
		    column_text(statement, 1), NULL, err);
	}
	return status;
}

/* What lost edits made of messages that stay, the edits before them make again. */
static enum status
take_edits_back(struct losing *losing, struct error *err)
{
	struct cache *cache = losing->cache;
	int64_t id = losing->conversation.id;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status =
	    cache_query(cache, SQL_LOST_EDITS, VALUES(INT(id), INT(losing->kept)), &statement, err);

	while (status == STATUS_OK) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (!losing->index_restarts)
			status = search_change(cache, sqlite3_column_int64(statement, 0),
			    column_text(statement, 2), column_text(statement, 3), err);
		if (status == STATUS_OK)
			status = cache_run(cache, SQL_LOST_EDIT,
			    VALUES(INT(id), INT(sqlite3_column_int64(statement, 1)),
			        INT(sqlite3_column_int64(statement, 4))),
			    err);
	}
	return status;
}

/* What a lost recall erased is not here any more: it becomes a hole, to be pulled again. */
static enum status
unhold(struct losing *losing, int64_t msg_id, struct error *err)
{
	struct conversation *c = &losing->conversation;
	int64_t removed;
	enum status status = range_subtract(
	    losing->cache, RANGES_HELD, c->id, (struct id_range){msg_id, msg_id}, &removed, err);

	c->held -= removed;
	return status == STATUS_OK ? cache_run(losing->cache, SQL_MESSAGE_DELETE,
	                                 VALUES(INT(c->id), INT(msg_id), INT(msg_id)), err)
	                           : status;
}

static enum status
take_recalls_back(struct losing *losing, struct error *err)
{
	struct conversation *c = &losing->conversation;
	int64_t msg_id = c->first - 1;
	enum status status = STATUS_OK;

	/* One at a time: what is deleted is what the query walks over. */
	while (status == STATUS_OK) {
		status = cache_ask(losing->cache, SQL_LOST_RECALLS,
		    VALUES(INT(c->id), INT(losing->kept), INT(msg_id + 1)), &msg_id, err);
		if (status != STATUS_OK || msg_id == 0)
			break;
		status = unhold(losing, msg_id, err);
	}
	return status;
}

/* Amendments that go take back what they made of messages that stay. */
static enum status
unfold(struct losing *losing, struct error *err)
{
	static const enum sql steps[] = {SQL_LOST_REACTIONS, SQL_LOST_REACTION};
	int64_t id = losing->conversation.id;
	enum status status = take_edits_back(losing, err);

	if (status == STATUS_OK)
		status = take_recalls_back(losing, err);
	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++)
		status =
		    cache_run(losing->cache, steps[i], VALUES(INT(id), INT(losing->kept)), err);
	if (status == STATUS_OK)
		status = cache_run(losing->cache, SQL_LOST_REACTIONS_NONE, VALUES(INT(id)), err);
	return status == STATUS_OK
	           ? cache_run(losing->cache, SQL_LOST_FOLDS,
	                 VALUES(INT(id), INT(losing->kept), INT(losing->conversation.first)), err)
	           : status;
}

static enum status
set_aside(struct losing *losing, struct error *err)
{
	struct cache *cache = losing->cache;
	int64_t id = losing->conversation.id;
	enum status status = forget_words(losing, err);

	if (status == STATUS_OK)
		status = unfold(losing, err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_LOST_MOVE,
		    VALUES(INT(id), INT(losing->kept), INT(losing->history)), err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_MESSAGE_DELETE,
		    VALUES(INT(id), INT(losing->kept + 1), INT(INT64_MAX)), err);
	if (status == STATUS_OK)
		losing->aside += sqlite3_changes(cache->db);
	return status;
}

/* What waits in the outbox for a message that is set aside. */
static enum status
fail_amendments(struct losing *losing, struct error *err)
{
	const char *address = losing->conversation.address.text;
	enum status status = cache_run(
	    losing->cache, SQL_LOST_TARGETS, VALUES(TEXT(address), INT(losing->lowest)), err);

	if (status != STATUS_OK)
		return status;
	return cache_run(losing->cache, SQL_LOST_AMENDMENTS,
	    VALUES(TEXT(address), INT(losing->lowest),
	        TEXT("bad-target: the server has lost the message that this one changes")),
	    err);
}

/* Consumers begin again where both histories do. Where nothing held is lost, but something not
 * held may be, that is above all that is held. */
static enum status
lower_places(struct losing *losing, struct error *err)
{
	int64_t id = losing->conversation.id;
	int64_t highest = losing->lowest ? losing->lowest - 1 : losing->kept;
	enum status status =
	    cache_run(losing->cache, SQL_LOST_PLACE, VALUES(INT(id), INT(losing->history)), err);

	losing->conversation.reach = true;
	return status == STATUS_OK
	           ? cache_run(losing->cache, SQL_PLACE_LOWER, VALUES(INT(id), INT(highest)), err)
	           : status;
}

/* Nothing above `kept` is known any more. */
static enum status
cut(struct losing *losing, struct error *err)
{
	struct conversation *c = &losing->conversation;
	const struct id_range above = {losing->kept + 1, INT64_MAX - 1};
	int64_t removed, ignored;
	enum status status =
	    range_subtract(losing->cache, RANGES_HELD, c->id, above, &removed, err);

	if (status == STATUS_OK)
		status = range_subtract(losing->cache, RANGES_ACK, c->id, above, &ignored, err);
	c->held -= removed;
	c->first = lower(c->first, losing->kept + 1);
	c->last = losing->kept;
	c->last_stamp = losing->kept_stamp;
	c->acked = lower(c->acked, c->last);
	c->read = lower(c->read, c->last);
	return status;
}

/* What the head said is forgotten; but what was read here stays so, and is told again. */
static enum status
forget_head(struct losing *losing, struct error *err)
{
	struct conversation *c = &losing->conversation;

	c->ack = c->peer_ack = c->peer_read = c->read_told = c->stamp = 0;
	c->changed = true;
	return conversation_recount(losing->cache, c, &losing->own, err);
}

static enum status
lose_in(struct losing *losing, struct error *err)
{
	enum status status = STATUS_OK;

	if (losing->conversation.last_stamp > losing->fork) {
		status = find_kept(losing, err);
		if (status == STATUS_OK && losing->lowest)
			status = set_aside(losing, err);
		if (status == STATUS_OK && losing->lowest)
			status = fail_amendments(losing, err);
		if (status == STATUS_OK)
			status = cut(losing, err);
		if (status == STATUS_OK)
			status = lower_places(losing, err);
	}
	if (status == STATUS_OK)
		status = forget_head(losing, err);
	return status == STATUS_OK ? conversation_save(losing->cache, &losing->conversation, err)
	                           : status;
}

/* ---- all of it ---- */

static enum status
lose_conversations(struct losing *losing, struct error *err)
{
	struct cache *cache = losing->cache;
	int64_t id = 0;
	sqlite3_stmt *statement;
	struct address address;
	bool found = true;
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		status = cache_find(cache, SQL_LOST_CONVERSATION,
		    VALUES(INT(id), INT(losing->fork)), &statement, &found, err);
		if (status != STATUS_OK || !found)
			break;
		id = sqlite3_column_int64(statement, 0);
		snprintf(address.text, sizeof address.text, "%s", column_text(statement, 1));
		sqlite3_reset(statement);
		status = conversation_turn(cache, &losing->conversation, address.text, err);
		if (status == STATUS_OK)
			status = lose_in(losing, err);
	}
	return status;
}

static enum status
begin_history(struct losing *losing, struct error *err)
{
	int64_t count;
	enum status status =
	    cache_ask(losing->cache, SQL_LOST_COUNT, VALUES(INT(losing->fork)), &count, err);

	losing->index_restarts = count > SEARCH_AT_MOST;
	if (status == STATUS_OK && losing->index_restarts)
		status = search_restart(losing->cache, err);
	if (status == STATUS_OK)
		status = cache_run(losing->cache, SQL_ASIDE_PLACES_DROP, NO_VALUES, err);
	if (status == STATUS_OK)
		status =
		    cache_ask(losing->cache, SQL_ASIDE_HISTORY, NO_VALUES, &losing->history, err);
	return status == STATUS_OK ? account_own(losing->cache, &losing->own, err) : status;
}

/* Lists and details are told again where they changed since. */
static enum status
stamps_forget(struct cache *cache, int64_t fork, struct error *err)
{
	static const enum sql steps[] = {
	    SQL_LOST_CONTACTS, SQL_LOST_CONTACT_PROFILES, SQL_LOST_GROUPS};
	enum status status = details_forget(cache, fork, err);

	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++)
		status = cache_run(cache, steps[i], VALUES(INT(fork)), err);
	return status;
}

/* Each generation's history is this one up to the fork. */
static enum status
turn_generation(struct cache *cache, const struct cache_reset *reset,
    const struct cache_knowledge *now, struct error *err)
{
	enum status status = cache_run(cache, SQL_GENERATION_NOTE,
	    VALUES(TEXT(now->known.generation), INT(now->known.stamp)), err);

	if (status == STATUS_OK)
		status = cache_run(cache, SQL_GENERATION_CAP, VALUES(INT(reset->fork)), err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_GENERATION_DROP, NO_VALUES, err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_RESET_BEGIN, VALUES(INT(reset->fork)), err);
	return status == STATUS_OK ? cache_run(cache, SQL_GENERATION_NOTE,
	                                 VALUES(TEXT(reset->generation), INT(reset->fork)), err)
	                           : status;
}

static enum status
lose(struct cache *cache, const struct cache_reset *reset, struct cache_lost *lost,
    struct error *err)
{
	struct losing losing = {.cache = cache, .fork = reset->fork};
	enum status status = begin_history(&losing, err);

	if (status == STATUS_OK)
		status = lose_conversations(&losing, err);
	if (status == STATUS_OK)
		status = search_rows_deleted(cache, err);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_OUTBOX_BACK,
		    VALUES(INT(losing.history), TEXT(losing.own.text), INT(time_wall())), err);
	lost->aside = losing.aside;
	lost->again = status == STATUS_OK ? sqlite3_changes(cache->db) : 0;
	return status == STATUS_OK ? stamps_forget(cache, reset->fork, err) : status;
}

enum status
cache_reset(struct cache *cache, const struct cache_reset *reset, enum cache_applied *applied,
    struct cache_lost *lost, struct error *err)
{
	struct cache_knowledge now;
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	*lost = (struct cache_lost){0};
	if (status != STATUS_OK)
		return status;
	status = knowledge_read(cache, &now, err);
	*applied = CACHE_GAP;
	if (status == STATUS_OK && knowledge_is_vouched_for(reset->asked, &now)) {
		*applied = CACHE_APPLIED;
		status = lose(cache, reset, lost, err);
		if (status == STATUS_OK)
			status = turn_generation(cache, reset, &now, err);
	}
	return cache_end(cache, status, err);
}
