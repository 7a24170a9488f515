/*
 * Writing the difference between the picture and what the terminal shows. Where a part of the
 * screen has moved up or down, as messages do when one comes, the terminal is told to scroll it, if
 * what is left to be written then is less.
 */
#include "tui/screen_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/terminfo.h"

enum {
	GAP = 6,           /* cells that are cheaper written again than passed over */
	SCROLL_MAX = 40,   /* lines */
	SCROLL_WORTH = 60, /* cells less to write */
};

static const struct cell blank = {
    .text = " ", .length = 1, .columns = 1, .style = {COLOR_DEFAULT, COLOR_DEFAULT, 0}};

struct flush {
	struct screen *screen;
	const struct term_abilities *term;
	struct buf *out;
};

static bool
same_style(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attributes == b->attributes;
}

static bool
same_cell(const struct cell *a, const struct cell *b)
{
	return a->length == b->length && a->columns == b->columns && a->link == b->link &&
	       memcmp(a->text, b->text, a->length) == 0 && same_style(&a->style, &b->style);
}

static struct cell *
row_of(const struct screen *screen, struct cell *cells, int row)
{
	return cells + (size_t)row * (size_t)screen->columns;
}

/* ---- what the terminal is told ---- */

static void
tell(struct flush *f, const char *sequence)
{
	if (sequence)
		buf_add_string(f->out, sequence);
}

static void
tell_2(struct flush *f, const char *sequence, int one, int other)
{
	if (sequence)
		buf_add_string(f->out, terminfo_fill(sequence, one, other));
}

/* ECMA-48's own forms are shorter than terminfo's, and every terminal that moves has them. */
static void
move_to(struct flush *f, int row, int column)
{
	struct screen *s = f->screen;

	if (s->at_row == row && s->at_column == column)
		return;
	if (s->at_row == row && s->at_column >= 0 && column == 0)
		buf_add_char(f->out, '\r');
	else if (s->at_row == row && s->at_column >= 0 && column > s->at_column)
		buf_printf(f->out, column - s->at_column > 1 ? "\033[%dC" : "\033[C",
		    column - s->at_column);
	else if (s->at_row == row && s->at_column == column + 1)
		buf_add_char(f->out, '\b');
	else if (s->at_row >= 0 && s->at_row + 1 == row && column == 0)
		tell(f, "\r\n");
	else
		tell_2(f, f->term->move, row, column);
	s->at_row = row;
	s->at_column = column;
}

static void
tell_color(struct flush *f, uint32_t color, bool behind)
{
	if (color & COLOR_RGB_FLAG)
		buf_printf(f->out, "\033[%d;2;%u;%u;%um", behind ? 48 : 38, color >> 16 & 255,
		    color >> 8 & 255, color & 255);
	else if (color != COLOR_DEFAULT)
		tell_2(f, behind ? f->term->background : f->term->foreground, (int)color, 0);
}

static void
set_pen(struct flush *f, const struct style *style)
{
	struct screen *s = f->screen;
	bool less;

	if (s->pen_known && same_style(&s->pen, style))
		return;
	less = !s->pen_known || (s->pen.attributes & ~style->attributes) ||
	       (style->fg == COLOR_DEFAULT && s->pen.fg != COLOR_DEFAULT) ||
	       (style->bg == COLOR_DEFAULT && s->pen.bg != COLOR_DEFAULT);
	if (less) {
		tell(f, f->term->plain);
		s->pen = blank.style;
	}
	for (int bit = 0; bit < 7; bit++)
		if (style->attributes & ~s->pen.attributes & 1 << bit)
			tell(f, f->term->attribute[bit]);
	if (style->fg != s->pen.fg)
		tell_color(f, style->fg, false);
	if (style->bg != s->pen.bg)
		tell_color(f, style->bg, true);
	s->pen = *style;
	s->pen_known = true;
}

static void
set_link(struct flush *f, uint16_t link)
{
	struct screen *s = f->screen;

	if (!f->term->links || s->pen_link == link)
		return;
	buf_printf(f->out, "\033]8;;%s\033\\", link ? s->links[link - 1] : "");
	s->pen_link = link;
}

/* In a locale without UTF-8: lines, ticks and dots have their likes in ASCII. */
static void
tell_ascii(struct flush *f, const struct cell *cell)
{
	static const struct {
		const char *text, *ascii;
	} likes[] = {{"─", "-"}, {"│", "|"}, {"…", "."}, {"✓", "v"}, {"✗", "x"}, {"▎", "|"},
	    {"·", "-"}, {"✎", "~"}};

	if (cell->length == 1) {
		buf_add_char(f->out, cell->text[0]);
		return;
	}
	for (size_t i = 0; i < sizeof likes / sizeof *likes; i++)
		if (strlen(likes[i].text) == cell->length &&
		    memcmp(likes[i].text, cell->text, cell->length) == 0) {
			tell(f, likes[i].ascii);
			return;
		}
	tell(f, cell->columns == 2 ? "??" : "?");
}

static void
write_cell(struct flush *f, const struct cell *cell)
{
	struct screen *s = f->screen;

	set_pen(f, &cell->style);
	set_link(f, cell->link);
	if (f->term->utf8)
		buf_add(f->out, cell->text, cell->length);
	else
		tell_ascii(f, cell);
	s->at_column += cell->columns;
	/* Nobody knows where the cursor is after these, and behind the last column. */
	if ((cell->unsure && f->term->utf8) || s->at_column >= s->columns)
		s->at_row = -1;
}

/* ---- a row ---- */

/* From which column on the row is blank, in one style. */
static int
blank_from(const struct screen *s, const struct cell *row)
{
	int from = s->columns;

	while (from > 0 && row[from - 1].length == 1 && row[from - 1].text[0] == ' ' &&
	       !row[from - 1].link && row[from - 1].style.attributes == 0 &&
	       same_style(&row[from - 1].style, &row[s->columns - 1].style))
		from--;
	return from;
}

static void
erase_rest(struct flush *f, int row, int column, const struct style *style)
{
	move_to(f, row, column);
	set_pen(f, style);
	set_link(f, 0);
	tell(f, f->term->erase_line);
}

static void
write_run(struct flush *f, int row, int from, int to)
{
	const struct cell *next = row_of(f->screen, f->screen->next, row);

	if (next[from].columns == 0 && from > 0)
		from--;
	for (int column = from; column < to; column++) {
		if (next[column].columns == 0)
			continue;
		/* The corner would scroll the whole on a terminal that doesn't wait. */
		if (!f->term->right_edge && row == f->screen->rows - 1 &&
		    column + next[column].columns >= f->screen->columns)
			return;
		move_to(f, row, column);
		write_cell(f, &next[column]);
	}
}

static void
flush_row(struct flush *f, int row)
{
	struct screen *s = f->screen;
	const struct cell *next = row_of(s, s->next, row), *shown = row_of(s, s->shown, row);
	int rest = s->columns, end = s->columns, from = 0;
	bool erase = false;

	while (end > 0 && same_cell(&next[end - 1], &shown[end - 1]))
		end--;
	if (!end)
		return;
	rest = blank_from(s, next);
	if (rest + 3 < end && f->term->erase_line &&
	    (f->term->erases_color || next[s->columns - 1].style.bg == COLOR_DEFAULT)) {
		erase = true;
		end = rest;
	}
	while (from < end) {
		int to, gap = 0;

		if (same_cell(&next[from], &shown[from])) {
			from++;
			continue;
		}
		for (to = from + 1; to < end && gap < GAP; to++)
			gap = same_cell(&next[to], &shown[to]) ? gap + 1 : 0;
		write_run(f, row, from, to - gap);
		from = to;
	}
	if (erase)
		erase_rest(f, row, rest, &next[s->columns - 1].style);
}

/* ---- scrolling ---- */

/* How many cells of the row would be written, were `shown` there (NULL: blanks). */
static int
count_different(const struct screen *s, const struct cell *next, const struct cell *shown)
{
	int count = 0;

	for (int i = 0; i < s->columns; i++)
		count += !same_cell(&next[i], shown ? &shown[i] : &blank);
	return count;
}

static int
cost_scrolled(const struct screen *s, int top, int bottom, int lines, int limit)
{
	int cost = 0;

	for (int row = top; row <= bottom && cost < limit; row++) {
		int from = row + lines;
		const struct cell *shown =
		    from < top || from > bottom ? NULL : row_of(s, s->shown, from);

		cost += count_different(s, row_of(s, s->next, row), shown);
	}
	return cost;
}

static void
scroll(struct flush *f, int top, int bottom, int lines)
{
	struct screen *s = f->screen;
	int count = abs(lines), kept = bottom - top + 1 - count;
	size_t width = (size_t)s->columns;

	set_pen(f, &blank.style);
	set_link(f, 0);
	tell_2(f, f->term->scroll_region, top, bottom);
	s->at_row = -1;
	move_to(f, lines > 0 ? bottom : top, 0);
	for (int i = 0; i < count; i++)
		tell(f, lines > 0 ? f->term->scroll_up : f->term->scroll_down);
	tell_2(f, f->term->scroll_region, 0, s->rows - 1);
	s->at_row = -1;
	if (lines > 0)
		memmove(row_of(s, s->shown, top), row_of(s, s->shown, top + count),
		    (size_t)kept * width * sizeof *s->shown);
	else
		memmove(row_of(s, s->shown, top + count), row_of(s, s->shown, top),
		    (size_t)kept * width * sizeof *s->shown);
	for (int row = lines > 0 ? bottom - count + 1 : top, i = 0; i < count; i++, row++)
		for (int column = 0; column < s->columns; column++)
			row_of(s, s->shown, row)[column] = blank;
}

/* Scrolls what differs, where that leaves much less to be written. */
static void
try_scroll(struct flush *f)
{
	struct screen *s = f->screen;
	int top = 0, bottom = s->rows - 1, best = 0, best_bottom = 0, least;
	int plain = 0;

	while (
	    top < bottom && !count_different(s, row_of(s, s->next, top), row_of(s, s->shown, top)))
		top++;
	while (bottom > top &&
	       !count_different(s, row_of(s, s->next, bottom), row_of(s, s->shown, bottom)))
		bottom--;
	plain = cost_scrolled(s, top, bottom, 0, INT32_MAX);
	if (bottom - top < 2 || plain < 2 * SCROLL_WORTH)
		return;
	least = plain - SCROLL_WORTH;
	/* The last rows may have changed in place: the status, the input. */
	for (int last = bottom; last > top + 1 && last >= bottom - 2; last--) {
		int below = cost_scrolled(s, last + 1, bottom, 0, INT32_MAX);
		int most = last - top < SCROLL_MAX ? last - top : SCROLL_MAX;

		for (int lines = -most; lines <= most; lines++) {
			int cost = lines ? below + cost_scrolled(s, top, last, lines, least - below)
			                 : least;

			if (cost >= least)
				continue;
			least = cost;
			best = lines;
			best_bottom = last;
		}
	}
	if (best)
		scroll(f, top, best_bottom, best);
}

/* ---- all of it ---- */

/* Where links were given up, those that are shown are written again when they are next drawn. */
static void
bound_links(struct screen *s)
{
	size_t count = (size_t)s->rows * (size_t)s->columns;

	if (s->link_count < SCREEN_LINKS_MAX / 2)
		return;
	for (size_t i = 0; i < s->link_count; i++)
		free(s->links[i]);
	s->link_count = 0;
	for (size_t i = 0; i < count; i++)
		s->shown[i].link = s->next[i].link = 0;
}

static void
begin_anew(struct flush *f)
{
	struct screen *s = f->screen;
	size_t count = (size_t)s->rows * (size_t)s->columns;

	tell_2(f, f->term->scroll_region, 0, s->rows - 1);
	s->pen_known = false;
	s->pen_link = 0;
	s->at_row = -1;
	set_pen(f, &blank.style);
	tell_2(f, f->term->move, 0, 0);
	buf_add_string(f->out, "\033[J");
	for (size_t i = 0; i < count; i++)
		s->shown[i] = blank;
	s->cursor_shown = !s->cursor_visible;
	s->known = true;
}

static bool
is_same(const struct screen *s)
{
	size_t count = (size_t)s->rows * (size_t)s->columns;

	for (size_t i = 0; i < count; i++)
		if (!same_cell(&s->next[i], &s->shown[i]))
			return false;
	return true;
}

void
screen_flush(struct screen *screen, const struct term_abilities *term, struct buf *out)
{
	struct flush f = {screen, term, out};

	if (!screen->known)
		begin_anew(&f);
	if (!is_same(screen)) {
		if (term->scroll_region && term->scroll_up && term->scroll_down)
			try_scroll(&f);
		for (int row = 0; row < screen->rows; row++)
			flush_row(&f, row);
		set_link(&f, 0);
		memcpy(screen->shown, screen->next,
		    (size_t)screen->rows * (size_t)screen->columns * sizeof *screen->shown);
	}
	if (screen->cursor_visible)
		move_to(&f, screen->cursor_row, screen->cursor_column);
	if (screen->cursor_visible != screen->cursor_shown)
		tell(&f, screen->cursor_visible ? term->show : term->hide);
	screen->cursor_shown = screen->cursor_visible;
	bound_links(screen);
}
