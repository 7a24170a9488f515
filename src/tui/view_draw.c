/* Where in its window a view stands, and how that looks. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/view_internal.h"

static struct item_look
look_of(const struct view *view, const struct item *item)
{
	struct item_look look = view->look;

	look.selected = view->selected && item->kind == ITEM_MESSAGE &&
	                item->ids.first == view->selected && !item->message.aside;
	look.loading = view->loading;
	return look;
}

static int
rows_of(struct view *view, size_t i)
{
	return item_rows(&view->items[i], &view->look);
}

/* ---- the place ---- */

static void
follow(struct view *view)
{
	view->following = view->at_newest;
	view->anchor = view->count ? view->count - 1 : 0;
	view->cut = 0;
}

/* After a change of width the rows cut may be more than there are. */
static void
settle(struct view *view)
{
	if (view->following || view->anchor >= view->count) {
		follow(view);
		return;
	}
	if (view->cut >= rows_of(view, view->anchor))
		view->cut = rows_of(view, view->anchor) - 1;
}

/* How many rows there are from the top of the window to the lowest shown, as far as `enough`. */
static int
rows_above(struct view *view, int enough, size_t *top)
{
	int rows = -view->cut;

	*top = view->anchor;
	for (size_t i = view->anchor + 1; i-- > 0 && rows < enough;) {
		rows += rows_of(view, i);
		*top = i;
	}
	return rows;
}

/* Makes sure that the rows shown are full, where there is anything to fill them. */
static enum status
fill(struct view *view, struct error *err)
{
	enum status status = STATUS_OK;
	size_t top;
	int rows = rows_above(view, view->rows, &top);

	while (rows < view->rows && !view->at_begin && status == STATUS_OK) {
		size_t had = view->count;

		status = view_read(view, VIEW_OLDER, err);
		if (view->count == had)
			view->at_begin = true;
		rows = rows_above(view, view->rows, &top);
	}
	/* At the very top: what is missing above is shown below. */
	if (rows < view->rows && !view->following) {
		view_scroll(view, view->rows - rows);
		settle(view);
	}
	return status;
}

void
view_scroll(struct view *view, int lines)
{
	struct error ignored;

	if (!view->count)
		return;
	if (lines < 0)
		view->following = false;
	view->cut -= lines;
	while (view->cut >= rows_of(view, view->anchor) && view->anchor > 0) {
		view->cut -= rows_of(view, view->anchor);
		view->anchor--;
	}
	while (view->cut < 0) {
		if (view->anchor + 1 >= view->count && !view->at_newest)
			(void)view_read(view, VIEW_NEWER, &ignored);
		if (view->anchor + 1 >= view->count) {
			follow(view);
			return;
		}
		view->anchor++;
		view->cut += rows_of(view, view->anchor);
	}
	if (view->cut == 0 && view->at_newest && view->anchor + 1 == view->count)
		view->following = true;
}

void
view_page(struct view *view, int pages)
{
	/* One line stays, to go on from. */
	view_scroll(view, pages * (view->rows > 2 ? view->rows - 1 : 1));
}

void
view_to_end(struct view *view)
{
	struct error ignored;

	if (!view->at_newest)
		(void)view_read(view, VIEW_NEWEST, &ignored);
	follow(view);
	view->selected = 0;
}

void
view_to_begin(struct view *view)
{
	struct error ignored;

	(void)view_read_around(view, 1, &ignored);
	view->at_begin = true;
	view->following = false;
	view->anchor = 0;
	view->cut = 0;
}

void
view_goto(struct view *view, int64_t msg_id)
{
	struct error ignored;
	size_t i = view_item_of(view, msg_id);

	if (i == view->count || view->items[i].ids.last < msg_id ||
	    view->items[i].kind != ITEM_MESSAGE) {
		(void)view_read_around(view, msg_id, &ignored);
		i = view_item_of(view, msg_id);
	}
	if (i == view->count)
		i = 0;
	view->following = false;
	view->anchor = i;
	view->cut = 0;
	if (view->count && view->items[i].kind == ITEM_MESSAGE)
		view->selected = view->items[i].ids.first;
	if (view->rows)
		view_scroll(view, view->rows / 2);
}

/* ---- drawing ---- */

static void
note_hole(struct view *view, const struct item *item)
{
	if (item->kind == ITEM_HOLE && view->hole_count < HOLES_SHOWN)
		view->holes[view->hole_count++] = item->ids;
}

/* Draws upwards from the lowest row. */
static void
draw_items(struct view *view, struct screen *screen, const struct rectangle *at)
{
	int row = at->row + at->rows - 1;
	int skip = view->cut;

	view->hole_count = 0;
	view->bottom = view->top = view->anchor;
	for (size_t i = view->anchor + 1; i-- > 0 && row >= at->row && view->count;) {
		struct item_look look = look_of(view, &view->items[i]);
		int rows = rows_of(view, i);

		for (int r = rows - 1 - skip; r >= 0 && row >= at->row; r--, row--)
			item_draw(&view->items[i], &look, r, screen, row, at->column);
		skip = 0;
		view->top = i;
		note_hole(view, &view->items[i]);
	}
}

enum status
view_draw(struct view *view, struct screen *screen, const struct item_look *look,
    const struct rectangle *at, struct error *err)
{
	enum status status = STATUS_OK;

	view->look = *look;
	view->look.width = at->columns;
	view->rows = at->rows;
	if (!view->loaded)
		status = view_reload(view, err);
	settle(view);
	if (status == STATUS_OK && view->count)
		status = fill(view, err);
	for (int row = 0; row < at->rows; row++)
		screen_clear(screen, at->row + row, at->column, at->columns,
		    theme_style(look->theme, THEME_MESSAGE));
	if (view->count)
		draw_items(view, screen, at);
	return status;
}

/* ---- what it shows ---- */

bool
view_at_end(const struct view *view)
{
	return view->following;
}

int64_t
view_below(const struct view *view)
{
	return view->count && !view->following ? (int64_t)(view->count - 1 - view->anchor) : 0;
}

int64_t
view_last_shown(const struct view *view)
{
	for (size_t i = view->anchor + 1; i-- > 0 && view->count && i >= view->top;) {
		const struct item *item = &view->items[i];

		if (item->kind == ITEM_MESSAGE && item->ids.last && !item->message.aside)
			return item->ids.last;
	}
	return 0;
}

size_t
view_holes(const struct view *view, struct id_range *holes, size_t limit)
{
	size_t count = view->hole_count < limit ? view->hole_count : limit;

	memcpy(holes, view->holes, count * sizeof *holes);
	return count;
}

void
view_set_loading(struct view *view, bool loading)
{
	view->loading = loading;
}

/* ---- selecting ---- */

static bool
can_be_selected(const struct item *item)
{
	return item->kind == ITEM_MESSAGE && item->ids.first && !item->message.aside &&
	       !item->system;
}

const struct item *
view_selected(const struct view *view)
{
	for (size_t i = 0; i < view->count && view->selected; i++)
		if (can_be_selected(&view->items[i]) && view->items[i].ids.first == view->selected)
			return &view->items[i];
	return NULL;
}

void
view_unselect(struct view *view)
{
	view->selected = 0;
}

/* Scrolls as little as brings the item into sight. */
static void
show_item(struct view *view, size_t i)
{
	int rows = 0;

	if (i > view->anchor || (i == view->anchor && view->cut)) {
		view->anchor = i;
		view->cut = 0;
		view->following = view->at_newest && i + 1 == view->count;
		return;
	}
	for (size_t k = i; k <= view->anchor; k++)
		rows += rows_of(view, k);
	rows -= view->cut;
	if (rows > view->rows)
		view_scroll(view, view->rows - rows);
}

void
view_select(struct view *view, int direction)
{
	size_t at = view->anchor + 1;
	struct error ignored;

	if (!view->count)
		return;
	for (size_t i = 0; i < view->count && view->selected; i++)
		if (view->items[i].ids.first == view->selected && can_be_selected(&view->items[i]))
			at = i;
	if (!view->selected && direction > 0)
		return;
	if (direction < 0 && at == 0 && !view->at_begin) {
		size_t had = view->count;

		(void)view_read(view, VIEW_OLDER, &ignored);
		at = view->count - had;
	}
	for (;;) {
		if (direction < 0 ? at == 0 : at + 1 >= view->count)
			break;
		at = direction < 0 ? at - 1 : at + 1;
		if (can_be_selected(&view->items[at])) {
			view->selected = view->items[at].ids.first;
			show_item(view, at);
			return;
		}
	}
	if (direction > 0)
		view_to_end(view);
}

const struct item *
view_newest(const struct view *view)
{
	for (size_t i = view->count; i-- > 0;)
		if (can_be_selected(&view->items[i]))
			return &view->items[i];
	return NULL;
}

const struct item *
view_last_own(const struct view *view)
{
	for (size_t i = view->count; i-- > 0;) {
		const struct item *item = &view->items[i];

		if (can_be_selected(item) && item->own && !item->message.recalled)
			return item;
	}
	return NULL;
}

/* ---- looking for words ---- */

void
view_find(struct view *view, const char *words)
{
	struct error ignored;

	free(view->words);
	view->words = words && *words ? mem_strdup(words) : NULL;
	/* Read anew: what was marked is not any more. */
	for (size_t i = 0; i < view->count; i++)
		view->items[i].message.stamp = -1;
	(void)view_read(view, view->following ? VIEW_NEWEST : VIEW_SAME, &ignored);
}

static bool
has_match(const struct item *item)
{
	for (size_t i = 0; i < item->body.span_count; i++)
		if (item->body.spans[i].kind == SPAN_MATCH)
			return item->kind == ITEM_MESSAGE && item->ids.first != 0;
	return false;
}

bool
view_find_next(struct view *view, int direction)
{
	struct error ignored;
	size_t at = view->anchor + 1;

	if (!view->count || !view->words)
		return false;
	for (size_t i = 0; i < view->count && view->selected; i++)
		if (view->items[i].ids.first == view->selected)
			at = i;
	for (;;) {
		if (direction < 0 && at == 0) {
			size_t had = view->count;

			if (view->at_begin || view_read(view, VIEW_OLDER, &ignored) != STATUS_OK ||
			    view->count == had)
				return false;
			at = view->count - had;
		}
		if (direction > 0 && at + 1 >= view->count)
			return false;
		at = direction < 0 ? at - 1 : at + 1;
		if (has_match(&view->items[at])) {
			view->selected = view->items[at].ids.first;
			show_item(view, at);
			return true;
		}
	}
}
