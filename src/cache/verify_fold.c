/* Folds: the tables must say what the rows of the amendments say (cache/fold.c). */
#include <string.h>

#include "cache/internal.h"
#include "cache/verify.h"

/* All that amendments made of a conversation's messages, made again. */
enum status
verify_refold(struct cache *cache, int64_t conversation_id, struct error *err)
{
	static const enum sql steps[] = {SQL_VERIFY_UNFOLD, SQL_VERIFY_UNREACT, SQL_VERIFY_FOLD,
	    SQL_VERIFY_REACT, SQL_VERIFY_ERASE};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && status == STATUS_OK; i++)
		status = cache_run(cache, steps[i], VALUES(INT(conversation_id)), err);
	return status == STATUS_OK ? search_restart(cache, err) : status;
}

static enum status
find(struct cache *cache, struct cache_ranges *wrong, struct error *err)
{
	struct ranges_builder builder;
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(cache, SQL_VERIFY_FOLDS, NO_VALUES, &statement, err);

	ranges_builder_init(&builder);
	while (status == STATUS_OK) {
		int64_t msg_id;

		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		msg_id = sqlite3_column_int64(statement, 1);
		ranges_builder_add(
		    &builder, column_text(statement, 0), (struct id_range){msg_id, msg_id});
	}
	return ranges_builder_finish(&builder, status, wrong);
}

static enum status
mend(struct cache *cache, const char *address, struct error *err)
{
	struct conversation c;
	bool found;
	enum status status = conversation_find(cache, address, &c, &found, err);

	return status == STATUS_OK && found ? verify_refold(cache, c.id, err) : status;
}

enum status
cache_verify_folds(struct cache *cache, const struct cache_verify *verify, struct error *err)
{
	struct cache_ranges wrong = {.count = 0};
	const char *mended = "";
	enum status status = cache_begin(cache, verify->repair ? WRITE : READ, err);

	if (status != STATUS_OK)
		return status;
	status = find(cache, &wrong, err);
	for (size_t i = 0; i < wrong.count && status == STATUS_OK; i++) {
		const struct conversation_range *at = &wrong.items[i];

		verify->found(verify->arg, &(struct difference){.of = DIFFERENCE_FOLD,
		                               .kind = DIFFERENCE_CONTENT,
		                               .address = at->conversation,
		                               .ids = at->ids});
		if (verify->repair && strcmp(mended, at->conversation) != 0)
			status = mend(cache, at->conversation, err);
		mended = at->conversation;
	}
	cache_ranges_finish(&wrong);
	return cache_end(cache, status, err);
}
