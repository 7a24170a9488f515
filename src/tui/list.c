#include "tui/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"

enum { FIRST_ROWS = 100 };

struct list {
	struct client *client;
	struct list_row **rows; /* pinned ones first, then the latest active */
	size_t count, room;
	struct list_row **shown; /* borrowed */
	size_t shown_count;
	int64_t newest; /* activity up to which it was read */
	bool partial;
	char *typed; /* the filter; NULL for none */
	size_t top;  /* the first row of the last picture */
};

struct list *
list_create(struct client *client)
{
	struct list *list = mem_zalloc(1, sizeof *list);

	list->client = client;
	list->partial = true;
	return list;
}

static void
row_destroy(struct list_row *row)
{
	free(row->name);
	free(row);
}

void
list_destroy(struct list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		row_destroy(list->rows[i]);
	free(list->rows);
	free(list->shown);
	free(list->typed);
	free(list);
}

/* ---- reading ---- */

static const char *
user_part(const char *address, size_t *length)
{
	*length = strcspn(address, "@");
	return address;
}

static char *
called(const struct client_overview_row *row)
{
	size_t length;
	const char *user;

	if (row->name[0])
		return mem_strdup(row->name);
	user = user_part(row->address, &length);
	return mem_strndup(user, length);
}

static struct list_row *
find_row(const struct list *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->rows[i]->address.text, address) == 0)
			return list->rows[i];
	return NULL;
}

static struct list_row *
add_row(struct list *list, const char *address)
{
	struct list_row *row = mem_zalloc(1, sizeof *row);

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : FIRST_ROWS;
		list->rows = mem_resize(list->rows, list->room, sizeof(struct list_row *));
	}
	snprintf(row->address.text, sizeof row->address.text, "%s", address);
	list->rows[list->count++] = row;
	return row;
}

static void
fill_row(struct list *list, struct list_row *row, const struct client_overview_row *from)
{
	free(row->name);
	row->name = called(from);
	row->group = from->group;
	row->left = from->left;
	row->muted = from->muted;
	row->pinned = from->pinned;
	row->draft = from->draft;
	row->mention = from->mention;
	row->activity = from->activity;
	row->first = from->first;
	row->last = from->last;
	row->read = from->read;
	row->unread = from->unread;
	row->queued = from->queued;
	row->failed = from->failed;
	if (from->activity > list->newest)
		list->newest = from->activity;
}

static void
on_row(void *arg, const struct client_overview_row *from)
{
	struct list *list = arg;
	struct list_row *row = find_row(list, from->address);

	fill_row(list, row ? row : add_row(list, from->address), from);
}

/* All of it anew, without looking each one up. */
static void
on_new_row(void *arg, const struct client_overview_row *from)
{
	struct list *list = arg;

	fill_row(list, add_row(list, from->address), from);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct list_row *one = *(struct list_row *const *)a;
	const struct list_row *other = *(struct list_row *const *)b;

	if (one->pinned != other->pinned)
		return one->pinned ? -1 : 1;
	if (one->activity != other->activity)
		return one->activity > other->activity ? -1 : 1;
	return strcmp(one->address.text, other->address.text);
}

static bool
has_word(const struct list_row *row, const struct word *word)
{
	struct word_list names;
	bool found = false;

	word_list_make(&names, row->name, strlen(row->name));
	for (size_t i = 0; i < names.count && !found; i++)
		found = names.words[i].length >= word->length &&
		        memcmp(names.words[i].text, word->text, word->length) == 0;
	word_list_finish(&names);
	return found || memmem(row->address.text, strlen(row->address.text), word->text,
	                    word->length) != NULL;
}

static bool
is_shown(const struct list_row *row, const struct word_list *typed)
{
	for (size_t i = 0; i < typed->count; i++)
		if (!has_word(row, &typed->words[i]))
			return false;
	return true;
}

static void
arrange(struct list *list)
{
	struct word_list typed = {.count = 0};

	if (list->count)
		qsort(list->rows, list->count, sizeof(struct list_row *), compare_rows);
	list->shown = mem_resize(list->shown, list->count, sizeof(struct list_row *));
	list->shown_count = 0;
	if (list->typed)
		word_list_make(&typed, list->typed, strlen(list->typed));
	for (size_t i = 0; i < list->count; i++)
		if (!list->typed || is_shown(list->rows[i], &typed))
			list->shown[list->shown_count++] = list->rows[i];
	if (list->typed)
		word_list_finish(&typed);
}

static void
forget(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		row_destroy(list->rows[i]);
	list->count = 0;
}

enum status
list_read_first(struct list *list, struct error *err)
{
	enum status status;

	forget(list);
	status = client_overview(list->client, 0, FIRST_ROWS, on_new_row, list, err);
	list->partial = list->count >= FIRST_ROWS;
	arrange(list);
	return status;
}

bool
list_is_partial(const struct list *list)
{
	return list->partial;
}

enum status
list_read_all(struct list *list, struct error *err)
{
	enum status status;

	forget(list);
	status = client_overview(list->client, 0, SIZE_MAX, on_new_row, list, err);
	list->partial = false;
	arrange(list);
	return status;
}

enum status
list_update(struct list *list, const char *open, struct error *err)
{
	/* The newest once more: what has the same stamp may have changed. */
	enum status status = client_overview(
	    list->client, list->newest ? list->newest - 1 : 0, SIZE_MAX, on_row, list, err);
	bool found;

	if (status == STATUS_OK && open)
		status = client_overview_one(list->client, open, on_row, list, &found, err);
	arrange(list);
	return status;
}

/* ---- asking ---- */

size_t
list_count(const struct list *list)
{
	return list->shown_count;
}

const struct list_row *
list_row(const struct list *list, size_t i)
{
	return i < list->shown_count ? list->shown[i] : NULL;
}

const struct list_row *
list_find(const struct list *list, const char *address)
{
	return find_row(list, address);
}

size_t
list_index(const struct list *list, const char *address)
{
	for (size_t i = 0; i < list->shown_count; i++)
		if (strcmp(list->shown[i]->address.text, address) == 0)
			return i;
	return list->shown_count;
}

void
list_filter(struct list *list, const char *typed)
{
	free(list->typed);
	list->typed = typed && *typed ? mem_strdup(typed) : NULL;
	list->top = 0;
	arrange(list);
}

const struct list_row *
list_next_unread(const struct list *list, const char *from)
{
	size_t start = from ? list_index(list, from) : 0;
	const struct list_row *found = NULL;

	for (size_t k = 1; k <= list->shown_count; k++) {
		const struct list_row *row = list->shown[(start + k) % list->shown_count];

		if (!row->unread || row->muted || (from && strcmp(row->address.text, from) == 0))
			continue;
		if (row->mention)
			return row;
		if (!found)
			found = row;
	}
	return found;
}

int64_t
list_unread(const struct list *list, bool *mention)
{
	int64_t unread = 0;

	*mention = false;
	for (size_t i = 0; i < list->count; i++) {
		const struct list_row *row = list->rows[i];

		if (row->muted)
			continue;
		unread += row->unread;
		*mention |= row->mention && row->unread;
	}
	return unread;
}

/* ---- drawing ---- */

static enum theme_part
row_part(const struct list_row *row, bool open)
{
	if (open)
		return THEME_LIST_SELECTED;
	if (row->muted || row->left)
		return THEME_LIST_MUTED;
	if (row->unread && row->mention)
		return THEME_LIST_MENTION;
	return row->unread ? THEME_LIST_UNREAD : THEME_LIST;
}

/* "@3", "17", "99+": what is unread, and what else is to be known. */
static void
row_note(const struct list_row *row, char *text, size_t size)
{
	const char *mark = row->failed ? "!" : row->queued ? "…" : row->draft ? "✎" : "";

	if (row->unread > 999)
		snprintf(text, size, "%s%s999+", mark, row->mention ? "@" : "");
	else if (row->unread)
		snprintf(
		    text, size, "%s%s%lld", mark, row->mention ? "@" : "", (long long)row->unread);
	else
		snprintf(text, size, "%s", mark);
}

static void
draw_row(const struct list_row *row, struct screen *screen, const struct item_look *look,
    const struct rectangle *at, int line, size_t number, bool open)
{
	const struct style *style = theme_style(look->theme, row_part(row, open));
	int column = at->column, end = at->column + at->columns;
	char note[32], index[8] = "  ";
	int note_columns, used;
	size_t length = strlen(row->name);

	row_note(row, note, sizeof note);
	note_columns = cluster_columns(note, strlen(note), look->widths);
	if (number < 10)
		snprintf(index, sizeof index, "%zu ", (number + 1) % 10);
	screen_clear(screen, line, at->column, at->columns, style);
	column += screen_put(screen, line, column, end - column, index, strlen(index), style, NULL);
	if (row->pinned)
		column += screen_put(screen, line, column, end - column, "*", 1, style, NULL);
	else if (row->group)
		column += screen_put(screen, line, column, end - column, "#", 1, style, NULL);
	if (note_columns)
		end -= note_columns + 1;
	if (cluster_columns(row->name, length, look->widths) > end - column)
		length = cluster_fit(row->name, length, end - column - 1, &used, look->widths);
	column += screen_put(screen, line, column, end - column, row->name, length, style, NULL);
	if (row->name[length])
		screen_put(screen, line, column, end - column, look->utf8 ? "…" : "~",
		    strlen(look->utf8 ? "…" : "~"), style, NULL);
	if (note_columns)
		screen_put(screen, line, end + 1, note_columns, note, strlen(note), style, NULL);
}

void
list_draw(struct list *list, struct screen *screen, const struct item_look *look,
    const struct rectangle *at, const char *open)
{
	size_t rows = at->rows > 0 ? (size_t)at->rows : 0;
	size_t index = open ? list_index(list, open) : list->shown_count;

	if (index < list->shown_count) {
		if (index < list->top)
			list->top = index;
		if (index >= list->top + rows)
			list->top = index - rows + 1;
	}
	if (list->top + rows > list->shown_count)
		list->top = list->shown_count > rows ? list->shown_count - rows : 0;
	for (size_t i = 0; i < rows; i++) {
		const struct list_row *row = list_row(list, list->top + i);

		if (row)
			draw_row(row, screen, look, at, at->row + (int)i, list->top + i,
			    list->top + i == index);
		else
			screen_clear(screen, at->row + (int)i, at->column, at->columns,
			    theme_style(look->theme, THEME_LIST));
	}
}
