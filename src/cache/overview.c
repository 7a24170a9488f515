/*
 * What a list of conversations shows. Those are walked by the index on their activity; what the
 * outbox holds for some of them raises these, and is merged in.
 */
#include "cache/overview.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "cache/internal.h"
#include "model/mention.h"

enum { MENTION_TEXTS = 200 };

/* A conversation that the outbox has something for. */
struct waiting {
	char *address;
	bool pinned;
	int64_t activity;
	int64_t queued;
	int64_t failed;
};

struct listing {
	struct cache *cache;
	struct address own;
	char *display;           /* this account's own */
	struct waiting *waiting; /* as they are to be told */
	size_t waiting_count;
	size_t told_waiting; /* of these */
	int64_t since;
	size_t left; /* that still may be told */
	void (*row)(void *arg, const struct cache_overview *overview);
	void *arg;
};

static char *
copy_name(sqlite3_stmt *statement, int column)
{
	const char *name = column_text(statement, column);

	return name && *name ? mem_strdup(name) : NULL;
}

/* ---- mentions ---- */

static enum status
display_of(struct cache *cache, const char *address, char **name, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status =
	    cache_find(cache, SQL_DISPLAY_NAME, VALUES(TEXT(address)), &statement, &row, err);

	*name = status == STATUS_OK && row ? copy_name(statement, 0) : NULL;
	if (status == STATUS_OK)
		sqlite3_reset(statement);
	return status;
}

enum status
mention_note(struct cache *cache, struct conversation *conversation, int64_t msg_id,
    const struct message *message, const struct address *own, struct error *err)
{
	char *display;
	enum status status;

	if (strcmp(message->from, own->text) == 0 || msg_id <= conversation->mention ||
	    msg_id <= conversation->read || msg_id < conversation->first)
		return STATUS_OK;
	status = display_of(cache, own->text, &display, err);
	if (status == STATUS_OK && text_names(message->text, own->text, display)) {
		conversation->mention = msg_id;
		conversation->changed = true;
	}
	free(display);
	return status;
}

/* Whether one of the newest texts in (above, upto] still names this account. */
static enum status
is_mentioned(struct listing *listing, int64_t conversation_id, int64_t above, int64_t upto,
    bool *mentioned, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status;

	*mentioned = false;
	if (upto <= above)
		return STATUS_OK;
	status = cache_query(listing->cache, SQL_MENTION_TEXTS,
	    VALUES(INT(conversation_id), INT(above), INT(upto), TEXT(listing->own.text),
	        INT(MENTION_TEXTS)),
	    &statement, err);
	while (status == STATUS_OK && !*mentioned) {
		const char *text;

		status = cache_step(listing->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		text = column_text(statement, 0);
		*mentioned = text && text_names(text, listing->own.text, listing->display);
	}
	return status;
}

/* ---- rows ---- */

/* Tells the conversation that the statement stands on, with what waits for it (may be NULL). */
static enum status
tell(struct listing *listing, sqlite3_stmt *statement, const struct waiting *waiting,
    struct error *err)
{
	struct cache_conversation c;
	struct cache_overview overview;
	enum status status =
	    conversation_columns(listing->cache, statement, &listing->own, &c, err);

	if (status != STATUS_OK)
		return status;
	overview = (struct cache_overview){
	    .address = c.head.conversation,
	    .name = column_text(statement, 16),
	    .activity = sqlite3_column_int64(statement, 11),
	    .first = c.head.first,
	    .last = c.head.last,
	    .read = c.head.read,
	    .unread = c.unread,
	    .pinned = sqlite3_column_int(statement, 12) != 0,
	    .muted = sqlite3_column_int(statement, 13) != 0,
	    .draft = sqlite3_column_int(statement, 14) != 0,
	    .left = sqlite3_column_int(statement, 17) != 0,
	};
	if (waiting) {
		overview.activity = waiting->activity;
		overview.queued = waiting->queued;
		overview.failed = waiting->failed;
	}
	if (c.unread > 0)
		status = is_mentioned(listing, sqlite3_column_int64(statement, 10),
		    higher(c.head.read, c.head.first - 1), sqlite3_column_int64(statement, 15),
		    &overview.mention, err);
	if (status == STATUS_OK)
		listing->row(listing->arg, &overview);
	return status;
}

/* Tells one by its address. *found: it is known, or something waits for it. */
static enum status
tell_one(struct listing *listing, const char *address, const struct waiting *waiting, bool *found,
    struct error *err)
{
	struct cache_overview overview = {.address = address, .first = 1};
	sqlite3_stmt *statement;
	enum status status = cache_find(
	    listing->cache, SQL_OVERVIEW_GET, VALUES(TEXT(address)), &statement, found, err);

	if (status != STATUS_OK)
		return status;
	if (*found) {
		status = tell(listing, statement, waiting, err);
		sqlite3_reset(statement);
		return status;
	}
	if (!waiting)
		return STATUS_OK;
	*found = true;
	status = cache_find(
	    listing->cache, SQL_NAME_OF, VALUES(TEXT(address)), &statement, &(bool){false}, err);
	if (status != STATUS_OK)
		return status;
	overview.name = column_text(statement, 0);
	overview.activity = waiting->activity;
	overview.queued = waiting->queued;
	overview.failed = waiting->failed;
	listing->row(listing->arg, &overview);
	sqlite3_reset(statement);
	return STATUS_OK;
}

/* ---- the list ---- */

static enum status
find_waiting(struct listing *listing, const char *address, struct error *err)
{
	sqlite3_stmt *statement;
	size_t room = 0;
	bool more = true;
	enum status status = cache_query(
	    listing->cache, SQL_OVERVIEW_OUTBOX, VALUES(TEXT(address)), &statement, err);

	while (status == STATUS_OK) {
		status = cache_step(listing->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (listing->waiting_count == room) {
			room = room ? 2 * room : 8;
			listing->waiting =
			    mem_resize(listing->waiting, room, sizeof *listing->waiting);
		}
		listing->waiting[listing->waiting_count++] = (struct waiting){
		    .address = mem_strdup(column_text(statement, 0)),
		    .pinned = sqlite3_column_int(statement, 1) != 0,
		    .activity = sqlite3_column_int64(statement, 2),
		    .queued = sqlite3_column_int64(statement, 3),
		    .failed = sqlite3_column_int64(statement, 4),
		};
	}
	return status;
}

static enum status
begin(struct listing *listing, const char *address, struct error *err)
{
	enum status status = account_own(listing->cache, &listing->own, err);

	if (status == STATUS_OK)
		status = display_of(listing->cache, listing->own.text, &listing->display, err);
	return status == STATUS_OK ? find_waiting(listing, address, err) : status;
}

static void
finish(struct listing *listing)
{
	for (size_t i = 0; i < listing->waiting_count; i++)
		free(listing->waiting[i].address);
	free(listing->waiting);
	free(listing->display);
}

static bool
is_waiting(const struct listing *listing, const char *address)
{
	for (size_t i = 0; i < listing->waiting_count; i++)
		if (strcmp(listing->waiting[i].address, address) == 0)
			return true;
	return false;
}

/* Tells those that something waits for, as long as they come before that activity. */
static enum status
tell_waiting(struct listing *listing, bool pinned, int64_t above, struct error *err)
{
	enum status status = STATUS_OK;
	bool found;

	while (status == STATUS_OK && listing->left > 0 &&
	       listing->told_waiting < listing->waiting_count) {
		const struct waiting *next = &listing->waiting[listing->told_waiting];

		if (next->pinned != pinned || next->activity <= above)
			break;
		listing->told_waiting++;
		listing->left--;
		status = tell_one(listing, next->address, next, &found, err);
	}
	return status;
}

/* Tells those that are pinned, or those that aren't. */
static enum status
tell_part(struct listing *listing, bool pinned, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_query(listing->cache, SQL_OVERVIEW_LIST,
	    VALUES(INT(pinned), INT(listing->since ? listing->since : -1)), &statement, err);

	while (status == STATUS_OK && listing->left > 0) {
		status = cache_step(listing->cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		if (is_waiting(listing, column_text(statement, 0)))
			continue;
		status = tell_waiting(listing, pinned, sqlite3_column_int64(statement, 11), err);
		if (status != STATUS_OK || listing->left == 0)
			break;
		listing->left--;
		status = tell(listing, statement, NULL, err);
	}
	if (status == STATUS_OK)
		status = tell_waiting(listing, pinned, listing->since ? listing->since : -1, err);
	/* Of those below that bound none is told. */
	while (listing->told_waiting < listing->waiting_count &&
	       listing->waiting[listing->told_waiting].pinned == pinned)
		listing->told_waiting++;
	return status;
}

enum status
cache_overview(struct cache *cache, int64_t since, size_t limit,
    void (*row)(void *arg, const struct cache_overview *overview), void *arg, struct error *err)
{
	struct listing listing = {
	    .cache = cache, .since = since, .left = limit, .row = row, .arg = arg};
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = begin(&listing, NULL, err);
	if (status == STATUS_OK)
		status = tell_part(&listing, true, err);
	if (status == STATUS_OK)
		status = tell_part(&listing, false, err);
	finish(&listing);
	return cache_end(cache, status, err);
}

enum status
cache_overview_one(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct cache_overview *overview), void *arg, bool *found,
    struct error *err)
{
	struct listing listing = {.cache = cache, .row = row, .arg = arg};
	enum status status = cache_begin(cache, READ, err);

	*found = false;
	if (status != STATUS_OK)
		return status;
	status = begin(&listing, address, err);
	if (status == STATUS_OK)
		status = tell_one(
		    &listing, address, listing.waiting_count ? listing.waiting : NULL, found, err);
	finish(&listing);
	return cache_end(cache, status, err);
}

/* ---- flags, names, counts ---- */

enum status
cache_flag_set(
    struct cache *cache, const char *conversation, enum cache_flag flag, bool on, struct error *err)
{
	struct conversation flagged = {.id = 0};
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = conversation_turn(cache, &flagged, conversation, err);
	if (status == STATUS_OK)
		status = cache_run(cache, flag == CACHE_MUTED ? SQL_MUTED_SET : SQL_PINNED_SET,
		    VALUES(INT(flagged.id), INT(on)), err);
	return cache_end(cache, status, err);
}

enum status
cache_name(struct cache *cache, const char *address, char **name, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_begin(cache, READ, err);

	*name = NULL;
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_NAME_OF, VALUES(TEXT(address)), &statement, &row, err);
	if (status == STATUS_OK && row)
		*name = copy_name(statement, 0);
	return cache_end(cache, status, err);
}

enum status
cache_display_name(struct cache *cache, const char *address, char **name, struct error *err)
{
	enum status status = cache_begin(cache, READ, err);

	*name = NULL;
	if (status != STATUS_OK)
		return status;
	status = display_of(cache, address, name, err);
	return cache_end(cache, status, err);
}

enum status
cache_outbox_count(struct cache *cache, struct cache_outbox_count *count, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_begin(cache, READ, err);

	*count = (struct cache_outbox_count){0};
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_OUTBOX_COUNT, NO_VALUES, &statement, &row, err);
	if (status == STATUS_OK && row)
		*count = (struct cache_outbox_count){sqlite3_column_int64(statement, 0),
		    sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2)};
	return cache_end(cache, status, err);
}
