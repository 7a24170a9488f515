/*
 * Writing the difference between the picture and what the terminal shows.
 *
 * Terminals differ about the columns of some clusters (struct cluster, unsure). Whatever one of
 * them makes of such a cluster, what stands beside it is right: room is made blank before it, the
 * cursor is placed anew behind it, and what it may have covered is written again.
 */
#include "tui/screen_flush.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/terminfo.h"

enum {
	GAP = 6,                  /* cells that are cheaper written again than passed over */
	SYNCHRONIZED_FROM = 1024, /* bytes; less is drawn at once anyway */
	STALE = 0xFF,             /* as a length: nobody knows what is shown there */
};

static const struct cell blank = SCREEN_BLANK;

bool
screen_same_style(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attributes == b->attributes;
}

bool
screen_same_cell(const struct cell *a, const struct cell *b)
{
	return a->length == b->length && a->columns == b->columns && a->link == b->link &&
	       memcmp(a->text, b->text, a->length) == 0 && screen_same_style(&a->style, &b->style);
}

/* ---- what the terminal is told ---- */

void
screen_tell(struct flush *f, const char *sequence)
{
	if (sequence)
		buf_add_string(f->out, sequence);
}

void
screen_tell_2(struct flush *f, const char *sequence, int one, int other)
{
	if (sequence)
		buf_add_string(f->out, terminfo_fill(sequence, one, other));
}

/* ECMA-48's own forms are shorter than terminfo's, and every terminal that moves has them. */
void
screen_move_to(struct flush *f, int row, int column)
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
		screen_tell(f, "\r\n");
	else
		screen_tell_2(f, f->term->move, row, column);
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
		screen_tell_2(f, behind ? f->term->background : f->term->foreground, (int)color, 0);
}

void
screen_set_pen(struct flush *f, const struct style *style)
{
	struct screen *s = f->screen;
	bool less;

	if (s->pen_known && screen_same_style(&s->pen, style))
		return;
	less = !s->pen_known || (s->pen.attributes & ~style->attributes) ||
	       (style->fg == COLOR_DEFAULT && s->pen.fg != COLOR_DEFAULT) ||
	       (style->bg == COLOR_DEFAULT && s->pen.bg != COLOR_DEFAULT);
	if (less) {
		screen_tell(f, f->term->plain);
		s->pen = blank.style;
	}
	for (int bit = 0; bit < 7; bit++)
		if (style->attributes & ~s->pen.attributes & 1 << bit)
			screen_tell(f, f->term->attribute[bit]);
	if (style->fg != s->pen.fg)
		tell_color(f, style->fg, false);
	if (style->bg != s->pen.bg)
		tell_color(f, style->bg, true);
	s->pen = *style;
	s->pen_known = true;
}

void
screen_set_link(struct flush *f, uint16_t link)
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
			screen_tell(f, likes[i].ascii);
			return;
		}
	screen_tell(f, cell->columns == 2 ? "??" : "?");
}

static bool
is_blank_like(const struct cell *cell, const struct style *style)
{
	return cell->length == 1 && cell->text[0] == ' ' && !cell->link &&
	       screen_same_style(&cell->style, style);
}

/* A terminal may give it fewer columns than it is thought to have. */
static void
make_room(struct flush *f, int row, int column, const struct cell *cell)
{
	const struct cell *shown = screen_row(f->screen, f->screen->shown, row) + column;
	int blanks = 0;

	while (blanks < cell->columns && is_blank_like(&shown[blanks], &cell->style))
		blanks++;
	if (cell->columns < 2 || blanks == cell->columns)
		return;
	screen_set_pen(f, &cell->style);
	screen_set_link(f, 0);
	for (int i = 0; i < cell->columns; i++)
		buf_add_char(f->out, ' ');
	f->screen->at_row = -1;
	screen_move_to(f, row, column);
}

static void
write_cell(struct flush *f, const struct cell *cell)
{
	struct screen *s = f->screen;

	screen_set_pen(f, &cell->style);
	screen_set_link(f, cell->link);
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
	       screen_same_style(&row[from - 1].style, &row[s->columns - 1].style))
		from--;
	return from;
}

static void
erase_rest(struct flush *f, int row, int column, const struct style *style)
{
	screen_move_to(f, row, column);
	screen_set_pen(f, style);
	screen_set_link(f, 0);
	screen_tell(f, f->term->erase_line);
}

static void
write_run(struct flush *f, int row, int from, int to)
{
	const struct cell *next = screen_row(f->screen, f->screen->next, row);

	if (next[from].columns == 0 && from > 0)
		from--;
	for (int column = from; column < to; column++) {
		if (next[column].columns == 0)
			continue;
		/* The corner would scroll the whole on a terminal that doesn't wait. */
		if (!f->term->right_edge && row == f->screen->rows - 1 &&
		    column + next[column].columns >= f->screen->columns)
			return;
		screen_move_to(f, row, column);
		if (next[column].unsure && f->term->utf8)
			make_room(f, row, column, &next[column]);
		write_cell(f, &next[column]);
	}
}

/* What the terminal may cover by more columns than such a cluster is thought to have. */
static void
mark_covered(struct screen *s, int row)
{
	const struct cell *next = screen_row(s, s->next, row);
	struct cell *shown = screen_row(s, s->shown, row);

	for (int column = 0; column < s->columns; column++) {
		if (!next[column].unsure || screen_same_cell(&next[column], &shown[column]))
			continue;
		for (int i = next[column].columns; i < next[column].most && column + i < s->columns;
		     i++)
			shown[column + i].length = STALE;
	}
}

/* Where a run that begins at from ends: it goes over short gaps, but no cell is written again that
 * would cover others. */
static int
run_end(const struct cell *next, const struct cell *shown, int from, int end)
{
	int last = from + 1;

	for (int to = from + 1; to < end && to - last < GAP; to++) {
		if (!screen_same_cell(&next[to], &shown[to]))
			last = to + 1;
		else if (next[to].unsure)
			break;
	}
	return last;
}

static void
flush_row(struct flush *f, int row)
{
	struct screen *s = f->screen;
	const struct cell *next = screen_row(s, s->next, row),
	                  *shown = screen_row(s, s->shown, row);
	int rest = s->columns, end = s->columns, from = 0;
	bool erase = false;

	if (f->term->utf8)
		mark_covered(s, row);
	while (end > 0 && screen_same_cell(&next[end - 1], &shown[end - 1]))
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
		int to;

		if (screen_same_cell(&next[from], &shown[from])) {
			from++;
			continue;
		}
		to = run_end(next, shown, from, end);
		write_run(f, row, from, to);
		from = to;
	}
	if (erase)
		erase_rest(f, row, rest, &next[s->columns - 1].style);
}

/* ---- all of it ---- */

/* Gives up the links that nothing on the screen has any more. Picture and terminal are the same. */
static void
bound_links(struct screen *s)
{
	size_t count = (size_t)s->rows * (size_t)s->columns, kept = 0;
	uint16_t *number;

	if (s->link_count < SCREEN_LINKS_MAX / 2)
		return;
	number = mem_zalloc(s->link_count + 1, sizeof *number);
	for (size_t i = 0; i < count; i++)
		number[s->next[i].link] = 1;
	number[0] = 0;
	for (size_t i = 1; i <= s->link_count; i++) {
		char *link = s->links[i - 1];

		if (!number[i]) {
			free(link);
			continue;
		}
		s->links[kept++] = link;
		number[i] = (uint16_t)kept;
	}
	s->link_count = kept;
	for (size_t i = 0; i < count; i++)
		s->shown[i].link = s->next[i].link = number[s->next[i].link];
	free(number);
}

static void
begin_anew(struct flush *f)
{
	struct screen *s = f->screen;
	size_t count = (size_t)s->rows * (size_t)s->columns;

	if (s->rows > 1) /* what the program before left */
		screen_tell_2(f, f->term->scroll_region, 0, s->rows - 1);
	s->pen_known = false;
	s->pen_link = SCREEN_LINKS_MAX + 1; /* not known */
	s->at_row = -1;
	screen_set_link(f, 0);
	screen_set_pen(f, &blank.style);
	screen_tell_2(f, f->term->move, 0, 0);
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
		if (!screen_same_cell(&s->next[i], &s->shown[i]))
			return false;
	return true;
}

/* So that nobody sees half of it. Terminals that don't know this mode pass over it. */
static void
synchronize(struct flush *f, size_t from)
{
	static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
	size_t length = f->out->length - from;

	if (!f->term->synchronized || length < SYNCHRONIZED_FROM ||
	    !buf_reserve(f->out, 2 * sizeof begin))
		return;
	memmove(f->out->data + from + sizeof begin - 1, f->out->data + from, length);
	memcpy(f->out->data + from, begin, sizeof begin - 1);
	f->out->length += sizeof begin - 1;
	buf_add_string(f->out, end);
}

void
screen_flush(struct screen *screen, const struct term_abilities *term, struct buf *out)
{
	struct flush f = {screen, term, out};
	size_t from = out->length;

	if (!screen->known)
		begin_anew(&f);
	if (!is_same(screen)) {
		screen_try_scroll(&f);
		for (int row = 0; row < screen->rows; row++)
			flush_row(&f, row);
		screen_set_link(&f, 0);
		memcpy(screen->shown, screen->next,
		    (size_t)screen->rows * (size_t)screen->columns * sizeof *screen->shown);
	}
	if (screen->cursor_visible)
		screen_move_to(&f, screen->cursor_row, screen->cursor_column);
	if (screen->cursor_visible != screen->cursor_shown)
		screen_tell(&f, screen->cursor_visible ? term->show : term->hide);
	screen->cursor_shown = screen->cursor_visible;
	bound_links(screen);
	synchronize(&f, from);
}
