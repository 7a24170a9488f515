/*
 * Comparing lists with the server's. Between the reading of a list and the answer another process
 * may have stored what is newer: so a row is taken over only where the one here still is what the
 * server was told of, or is older.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cache/internal.h"

static const enum sql list_sql[CACHE_LISTS] = {
    [CACHE_CONTACTS] = SQL_COMPARE_CONTACTS,
    [CACHE_GROUPS] = SQL_COMPARE_GROUPS,
    [CACHE_CONVERSATIONS] = SQL_COMPARE_CONVERSATIONS,
};

/* ---- reading ---- */

/* Each row's address stands in `words`; the rows' places are found when all are there. */
static void
listed_build(struct cache_listed *listed, const struct buf *words, const int64_t *stamps)
{
	size_t size = listed->count * sizeof *listed->rows;
	char *word;

	listed->rows = mem_alloc(size + words->length);
	word = (char *)listed->rows + size;
	if (words->length)
		memcpy(word, words->data, words->length);
	for (size_t i = 0; i < listed->count; i++) {
		listed->rows[i] = (struct cache_listed_row){word, stamps[i]};
		word += strlen(word) + 1;
	}
}

static enum status
read_rows(struct cache *cache, sqlite3_stmt *statement, size_t limit, struct cache_listed *listed,
    struct error *err)
{
	int64_t *stamps = mem_zalloc(limit, sizeof *stamps);
	struct buf words;
	bool more = true;
	enum status status = STATUS_OK;

	buf_init(&words, SIZE_MAX / 2);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (listed->count == limit) {
			listed->more = true;
			break;
		}
		stamps[listed->count++] = sqlite3_column_int64(statement, 1);
		buf_add(&words, column_text(statement, 0), strlen(column_text(statement, 0)) + 1);
	}
	if (status == STATUS_OK)
		listed_build(listed, &words, stamps);
	buf_finish(&words);
	free(stamps);
	return status;
}

enum status
cache_listed(struct cache *cache, enum cache_list list, const char *after, size_t limit,
    struct cache_listed *listed, struct error *err)
{
	sqlite3_stmt *statement;
	enum status status = cache_begin(cache, READ, err);

	*listed = (struct cache_listed){.count = 0};
	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, list_sql[list],
	    VALUES(TEXT(after ? after : ""), INT((int64_t)limit + 1)), &statement, err);
	if (status == STATUS_OK)
		status = read_rows(cache, statement, limit, listed, err);
	return cache_end(cache, status, err);
}

void
cache_listed_finish(struct cache_listed *listed)
{
	free(listed->rows);
	*listed = (struct cache_listed){.count = 0};
}

/* ---- taking over ---- */

static int
by_address(const void *address, const void *row)
{
	return strcmp(address, ((const struct cache_listed_row *)row)->address);
}

const struct cache_listed_row *
cache_listed_find(const struct cache_listed *listed, const char *address)
{
	return listed->count
	           ? bsearch(address, listed->rows, listed->count, sizeof *listed->rows, by_address)
	           : NULL;
}

/* The stamp that the server was told; -1 where it was told of no such row. */
static int64_t
had_stamp(const struct cache_compared *compared, const char *address)
{
	const struct cache_listed_row *row = cache_listed_find(compared->had, address);

	return row ? row->stamp : -1;
}

/* What the server says is so now; what only grows does not shrink by it. */
static enum status
take_head(struct cache *cache, struct conversation *c, const struct conversation_head *head,
    int64_t had, const struct address *own, struct error *err)
{
	if (c->stamp == had) {
		c->stamp = 0;
		c->ack = head->ack;
		c->peer_ack = head->peer_ack;
		c->peer_read = head->peer_read;
	}
	return conversation_head(cache, c, head, own, err);
}

static enum status
take_heads(struct cache *cache, const struct cache_compared *compared, struct error *err)
{
	struct conversation conversation = {.id = 0};
	struct address own;
	enum status status = account_own(cache, &own, err);

	for (size_t i = 0; i < compared->head_count && status == STATUS_OK; i++) {
		const struct conversation_head *head = &compared->heads[i];

		status = conversation_turn(cache, &conversation, head->conversation, err);
		if (status == STATUS_OK)
			status = conversation_joined(cache, &conversation, head, err);
		if (status == STATUS_OK)
			status = take_head(cache, &conversation, head,
			    had_stamp(compared, head->conversation), &own, err);
	}
	return status == STATUS_OK ? conversation_save(cache, &conversation, err) : status;
}

static enum status
take_rows(struct cache *cache, const struct cache_compared *compared, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < compared->contact_count && status == STATUS_OK; i++) {
		const struct contact *row = &compared->contacts[i];

		status = cache_run(cache, SQL_COMPARE_CONTACT,
		    VALUES(TEXT(row->address), TEXT(row->name), INT(row->stamp), INT(row->removed),
		        INT(had_stamp(compared, row->address)), INT(row->profile)),
		    err);
	}
	for (size_t i = 0; i < compared->group_count && status == STATUS_OK; i++) {
		const struct group *row = &compared->groups[i];

		status = cache_run(cache, SQL_COMPARE_GROUP,
		    VALUES(TEXT(row->address), TEXT(row->name), INT(row->stamp), INT(row->left),
		        INT(had_stamp(compared, row->address))),
		    err);
	}
	return status == STATUS_OK ? take_heads(cache, compared, err) : status;
}

/* A conversation that the server does not have stays, with what is set aside of it: all else was
 * lowered by the reset. */
static enum status
take_gone(struct cache *cache, const struct cache_compared *compared, struct error *err)
{
	enum status status = STATUS_OK;

	if (compared->list == CACHE_CONVERSATIONS)
		return STATUS_OK;
	for (size_t i = 0; i < compared->gone_count && status == STATUS_OK; i++)
		status = cache_run(cache,
		    compared->list == CACHE_CONTACTS ? SQL_COMPARE_CONTACT_GONE
		                                     : SQL_COMPARE_GROUP_GONE,
		    VALUES(TEXT(compared->gone[i]), INT(had_stamp(compared, compared->gone[i]))),
		    err);
	return status;
}

enum status
cache_compare_apply(struct cache *cache, const struct cache_compared *compared,
    enum cache_applied *applied, struct error *err)
{
	const struct cache_change rows = {
	    .contacts = compared->contacts,
	    .contact_count = compared->contact_count,
	    .groups = compared->groups,
	    .group_count = compared->group_count,
	    .heads = compared->heads,
	    .head_count = compared->head_count,
	};
	bool fits;
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = generation_fits(cache, compared->generation, &fits, err);
	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status == STATUS_OK && fits)
		status = take_rows(cache, compared, err);
	if (status == STATUS_OK && fits)
		status = take_gone(cache, compared, err);
	if (status == STATUS_OK && fits)
		status = generation_note(cache, compared->generation, change_stamp(&rows), err);
	return cache_end(cache, status, err);
}

enum status
cache_compare_end(struct cache *cache, const char *generation, int64_t stamp,
    enum cache_applied *applied, struct error *err)
{
	struct cache_knowledge now;
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = knowledge_read(cache, &now, err);
	if (!now.resetting)
		*applied = CACHE_DISCARDED;
	else if (strcmp(now.known.generation, generation) != 0)
		*applied = CACHE_GAP;
	else
		*applied = CACHE_APPLIED;
	if (status == STATUS_OK && *applied == CACHE_APPLIED)
		status =
		    cache_run(cache, SQL_COMPARE_END, VALUES(TEXT(generation), INT(stamp)), err);
	return cache_end(cache, status, err);
}
