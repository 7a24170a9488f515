#include "tui/view_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"

enum { QUOTE_MAX = 200 /* bytes */ };

struct view *
view_create(struct client *client, const struct address *who, int64_t read)
{
	struct view *view = mem_zalloc(1, sizeof *view);

	view->client = client;
	view->who = *who;
	view->marker = read;
	view->following = true;
	return view;
}

static void
free_items(struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		item_finish(&items[i]);
	free(items);
}

void
view_destroy(struct view *view)
{
	if (!view)
		return;
	free_items(view->items, view->count);
	free(view->words);
	free(view);
}

const struct address *
view_who(const struct view *view)
{
	return &view->who;
}

int64_t
view_new(const struct view *view)
{
	return view->marker;
}

/* ---- reading ---- */

/* What the cache tells, before it is made into items: that asks the cache more. */
struct raw {
	bool is_hole;
	struct id_range ids;
	struct message message;
};

struct reading {
	struct raw *raws;
	size_t count, room;
	size_t limit;    /* messages asked for */
	size_t messages; /* that came, outbox and lost histories not counted */
};

static struct raw *
add_raw(struct reading *reading)
{
	if (reading->count == reading->room) {
		reading->room = reading->room ? 2 * reading->room : WINDOW_READ + 8;
		reading->raws = mem_resize(reading->raws, reading->room, sizeof *reading->raws);
	}
	return &reading->raws[reading->count++];
}

static void
on_message(void *arg, const struct message *message)
{
	struct reading *reading = arg;
	struct raw *raw = add_raw(reading);

	*raw = (struct raw){.message = message_copy(message)};
	reading->messages += message->msg_id != 0 && !message->aside;
}

static void
on_hole(void *arg, struct id_range ids)
{
	*add_raw(arg) = (struct raw){.is_hole = true, .ids = ids};
}

static enum status
read_span(struct view *view, struct reading *reading, int64_t after, int64_t before, bool oldest,
    struct error *err)
{
	struct client_history query = {.who = &view->who,
	    .after = after,
	    .before = before,
	    .count = reading->limit,
	    .oldest = oldest};
	enum status status =
	    client_history(view->client, &query, on_message, on_hole, reading, err);

	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void
free_raws(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		if (!reading->raws[i].is_hole)
			message_finish(&reading->raws[i].message);
	free(reading->raws);
}

/* ---- making items ---- */

/* The text that a message replies to, in one line: "name: text". */
struct quoting {
	struct message message;
	bool found;
};

static void
on_quoted(void *arg, const struct message *message)
{
	struct quoting *quoting = arg;

	if (quoting->found || message->aside || !message->msg_id)
		return;
	quoting->message = message_copy(message);
	quoting->found = true;
}

static void
ignore_hole(void *arg, struct id_range ids)
{
	(void)arg;
	(void)ids;
}

static char *
quote_of(struct view *view, int64_t target)
{
	struct client_history query = {
	    .who = &view->who, .after = target - 1, .before = target + 1, .count = 1};
	struct quoting quoting = {.found = false};
	struct error ignored;
	char *quote = NULL;

	(void)client_history(view->client, &query, on_quoted, ignore_hole, &quoting, &ignored);
	if (quoting.found) {
		const char *text = quoting.message.text ? quoting.message.text : "";
		int length = text_cut(text, QUOTE_MAX);
		size_t line = strcspn(text, "\n");

		quote = mem_printf("%s: %.*s", client_name(view->client, quoting.message.from),
		    line < (size_t)length ? (int)line : length,
		    quoting.message.recalled ? "…" : text);
		message_finish(&quoting.message);
	}
	return quote;
}

static bool
is_reply(const struct message *message)
{
	return message->target && strcmp(message->type, "text") == 0;
}

/* The item that shows the message already, taken out of the window; *from: where to look on. */
static bool
take_old(struct view *view, const struct message *message, size_t *from, struct item *item)
{
	for (size_t i = *from; i < view->count && message->msg_id; i++) {
		if (view->items[i].kind != ITEM_MESSAGE ||
		    view->items[i].message.msg_id < message->msg_id)
			continue;
		*from = i;
		if (!item_shows(&view->items[i], message))
			return false;
		*item = view->items[i];
		view->items[i] = (struct item){.kind = ITEM_HOLE};
		*from = i + 1;
		return true;
	}
	return false;
}

static void
make_item(struct view *view, struct raw *raw, size_t *from, struct item *item)
{
	if (raw->is_hole) {
		item_init_hole(item, raw->ids);
	} else if (take_old(view, &raw->message, from, item)) {
		message_finish(&raw->message);
	} else {
		item_init(item, view->client, raw->message,
		    is_reply(&raw->message) ? quote_of(view, raw->message.target) : NULL);
		if (view->words)
			item_mark(item, view->words);
	}
}

static bool
same_day(int64_t a, int64_t b)
{
	char one[TIME_ISO_SIZE], other[TIME_ISO_SIZE];

	return strncmp(time_local(a, one), time_local(b, other), 10) == 0;
}

/* How each stands to the one before it. The window's first item shows its day. */
static void
relate_items(struct view *view)
{
	const struct item *before = NULL; /* the message */
	bool was_new = false;

	for (size_t i = 0; i < view->count; i++) {
		struct item *item = &view->items[i];
		bool is_new;

		if (item->kind != ITEM_MESSAGE)
			continue;
		is_new = !item->own && item->ids.last > view->marker && view->marker > 0;
		item->new_day = !before || !same_day(before->message.time, item->message.time);
		item->first_new = is_new && !was_new && before;
		item->new_name = item->new_day || item->first_new || item->quote ||
		                 before->system || view->items[i - 1].kind != ITEM_MESSAGE ||
		                 strcmp(before->message.from, item->message.from) != 0;
		was_new |= is_new;
		before = item;
	}
}

/* ---- the window ---- */

size_t
view_item_of(const struct view *view, int64_t msg_id)
{
	size_t found = view->count;

	for (size_t i = 0; i < view->count; i++) {
		const struct item *item = &view->items[i];

		if (item->ids.first && item->ids.first <= msg_id && !item->message.aside)
			found = i;
	}
	return found;
}

/* The lowest and the highest msg_id in it; 0 where it has none. */
static struct id_range
window_ids(const struct view *view)
{
	struct id_range ids = {0, 0};

	for (size_t i = 0; i < view->count; i++) {
		const struct item *item = &view->items[i];

		if (!item->ids.first || (item->kind == ITEM_MESSAGE && item->message.aside))
			continue;
		if (!ids.first)
			ids.first = item->ids.first;
		ids.last = item->ids.last;
	}
	return ids;
}

/* Makes what was read the window; the place stays on its message. */
static void
set_window(struct view *view, struct reading *reading)
{
	int64_t anchor =
	    view->anchor < view->count ? view->items[view->anchor].ids.last : INT64_MAX;
	struct item *items = mem_zalloc(reading->count, sizeof *items);
	size_t from = 0;

	for (size_t i = 0; i < reading->count; i++)
		make_item(view, &reading->raws[i], &from, &items[i]);
	free(reading->raws);
	free_items(view->items, view->count);
	view->items = items;
	view->count = reading->count;
	view->loaded = true;
	relate_items(view);
	if (anchor == 0)
		anchor = INT64_MAX; /* one of the outbox: they are the last */
	view->anchor = view_item_of(view, anchor);
	if (view->anchor == view->count || anchor == INT64_MAX)
		view->anchor = view->count ? view->count - 1 : 0;
}

/* Whether the highest of what was read is the newest there is: then the outbox comes behind it. */
static void
drop_outbox(struct reading *reading)
{
	while (reading->count && !reading->raws[reading->count - 1].is_hole &&
	       !reading->raws[reading->count - 1].message.msg_id)
		message_finish(&reading->raws[--reading->count].message);
}

static enum status
read_newest(struct view *view, size_t count, struct error *err)
{
	struct reading reading = {.limit = count};
	enum status status = read_span(view, &reading, 0, 0, false, err);

	if (status != STATUS_OK) {
		free_raws(&reading);
		return status;
	}
	view->at_begin = reading.messages < count;
	view->at_newest = true;
	set_window(view, &reading);
	return STATUS_OK;
}

/* From `after` on, at most count messages. */
static enum status
read_from(struct view *view, int64_t after, size_t count, struct error *err)
{
	struct reading reading = {.limit = count};
	enum status status = read_span(view, &reading, after, 0, true, err);

	if (status != STATUS_OK) {
		free_raws(&reading);
		return status;
	}
	view->at_newest = reading.messages < count;
	if (!view->at_newest)
		drop_outbox(&reading);
	set_window(view, &reading);
	return STATUS_OK;
}

static enum status
read_older(struct view *view, int64_t before, struct error *err)
{
	struct reading older = {.limit = WINDOW_READ};
	size_t had = view->count, added;
	enum status status = read_span(view, &older, 0, before, false, err);

	if (status != STATUS_OK) {
		free_raws(&older);
		return status;
	}
	view->at_begin = older.messages < WINDOW_READ;
	added = older.count;
	view->items = mem_resize(view->items, had + added, sizeof *view->items);
	memmove(view->items + added, view->items, had * sizeof *view->items);
	for (size_t i = 0; i < added; i++) {
		size_t none = SIZE_MAX;

		make_item(view, &older.raws[i], &none, &view->items[i]);
	}
	free(older.raws);
	view->count = had + added;
	view->anchor += added;
	relate_items(view);
	return STATUS_OK;
}

/* One that is far from what is shown need not be kept. */
static void
trim_newer(struct view *view)
{
	while (view->count > WINDOW_MAX && view->anchor + WINDOW_READ < view->count) {
		item_finish(&view->items[--view->count]);
		view->at_newest = false;
	}
}

static void
trim_older(struct view *view)
{
	size_t drop = view->count > WINDOW_MAX ? view->count - WINDOW_MAX : 0;

	if (drop + WINDOW_READ > view->anchor || !drop)
		return;
	for (size_t i = 0; i < drop; i++)
		item_finish(&view->items[i]);
	view->count -= drop;
	memmove(view->items, view->items + drop, view->count * sizeof *view->items);
	view->anchor -= drop;
	view->at_begin = false;
	relate_items(view);
}

enum status
view_read(struct view *view, enum view_read what, struct error *err)
{
	struct id_range ids = window_ids(view);
	enum status status = STATUS_OK;

	if (what == VIEW_NEWEST || !view->loaded || !ids.first)
		return read_newest(view, (size_t)(view->rows + WINDOW_READ), err);
	if (what == VIEW_OLDER) {
		status = read_older(view, ids.first, err);
		trim_newer(view);
		return status;
	}
	status = read_from(view, ids.first - 1, view->count + WINDOW_READ, err);
	trim_older(view);
	return status;
}

enum status
view_read_around(struct view *view, int64_t msg_id, struct error *err)
{
	enum status status = read_from(view, msg_id - 1, WINDOW_READ, err);

	view->at_begin = false;
	if (status == STATUS_OK && view->count && window_ids(view).first > 1)
		status = read_older(view, window_ids(view).first, err);
	return status;
}

enum status
view_reload(struct view *view, struct error *err)
{
	return view_read(view, view->following ? VIEW_NEWEST : VIEW_SAME, err);
}

void
view_set_new(struct view *view, int64_t read)
{
	view->marker = read;
	relate_items(view);
}
