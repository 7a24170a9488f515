/*
 * Where a part of the screen has moved up or down, as messages do when one comes, the terminal is
 * told to scroll it, if what is left to be written then is less.
 *
 * How far it moved is found by hashes of short pieces of rows, because what stands beside (a list)
 * stays where it is; what that saves is then counted cell by cell.
 */
#include "tui/screen_flush.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	PIECE = 8,         /* cells */
	SCROLL_MAX = 40,   /* lines */
	SCROLL_WORTH = 60, /* cells less to write */
};

static const struct cell blank = SCREEN_BLANK;

/* How many cells of the row would be written, were `shown` there (NULL: blanks). */
static int
count_different(const struct screen *s, const struct cell *next, const struct cell *shown)
{
	int count = 0;

	for (int i = 0; i < s->columns; i++)
		count += !screen_same_cell(&next[i], shown ? &shown[i] : &blank);
	return count;
}

static int
cost_scrolled(const struct screen *s, int top, int bottom, int lines, int limit)
{
	int cost = 0;

	for (int row = top; row <= bottom && cost < limit; row++) {
		int from = row + lines;
		const struct cell *shown =
		    from < top || from > bottom ? NULL : screen_row(s, s->shown, from);

		cost += count_different(s, screen_row(s, s->next, row), shown);
	}
	return cost;
}

static void
scroll(struct flush *f, int top, int bottom, int lines)
{
	struct screen *s = f->screen;
	int count = abs(lines), kept = bottom - top + 1 - count;
	size_t width = (size_t)s->columns;

	screen_set_pen(f, &blank.style);
	screen_set_link(f, 0);
	screen_tell_2(f, f->term->scroll_region, top, bottom);
	s->at_row = -1;
	screen_move_to(f, lines > 0 ? bottom : top, 0);
	for (int i = 0; i < count; i++)
		screen_tell(f, lines > 0 ? f->term->scroll_up : f->term->scroll_down);
	screen_tell_2(f, f->term->scroll_region, 0, s->rows - 1);
	s->at_row = -1;
	if (lines > 0)
		memmove(screen_row(s, s->shown, top), screen_row(s, s->shown, top + count),
		    (size_t)kept * width * sizeof *s->shown);
	else
		memmove(screen_row(s, s->shown, top + count), screen_row(s, s->shown, top),
		    (size_t)kept * width * sizeof *s->shown);
	for (int row = lines > 0 ? bottom - count + 1 : top, i = 0; i < count; i++, row++)
		for (int column = 0; column < s->columns; column++)
			screen_row(s, s->shown, row)[column] = blank;
}

/* ---- how far ---- */

static uint64_t
hash_piece(const struct cell *cells, int count)
{
	uint64_t hash = 1;

	for (int i = 0; i < count; i++) {
		uint64_t text;

		memcpy(&text, cells[i].text, sizeof text);
		hash = (hash ^ text) * UINT64_C(0x9E3779B97F4A7C15);
		hash = (hash ^ hash >> 29 ^ cells[i].style.fg ^ (uint64_t)cells[i].style.bg << 32 ^
		           cells[i].style.attributes) *
		       UINT64_C(0xBF58476D1CE4E5B9);
	}
	return hash;
}

/* The pieces of all rows; the caller frees. */
static uint64_t *
hash_all(const struct screen *s, struct cell *cells, int pieces)
{
	uint64_t *hashes = mem_zalloc((size_t)s->rows * (size_t)pieces, sizeof *hashes);

	for (int row = 0; row < s->rows; row++)
		for (int piece = 0; piece < pieces; piece++) {
			int from = piece * PIECE, count = s->columns - from;

			hashes[row * pieces + piece] = hash_piece(
			    screen_row(s, cells, row) + from, count < PIECE ? count : PIECE);
		}
	return hashes;
}

static int
count_equal(const uint64_t *next, const uint64_t *shown, int pieces, int top, int bottom, int lines)
{
	int from = lines < 0 ? top - lines : top, to = lines > 0 ? bottom - lines : bottom,
	    count = 0;

	for (int i = from * pieces; i < (to + 1) * pieces; i++)
		count += next[i] == shown[i + lines * pieces];
	return count;
}

/* The lines by which most pieces of these rows would be right; 0 where that's not worth it. */
static int
find_lines(const struct screen *s, int top, int bottom)
{
	int pieces = (s->columns + PIECE - 1) / PIECE;
	uint64_t *next = hash_all(s, s->next, pieces), *shown = hash_all(s, s->shown, pieces);
	int most = bottom - top < SCROLL_MAX ? bottom - top : SCROLL_MAX;
	int lines = 0,
	    best = count_equal(next, shown, pieces, top, bottom, 0) + SCROLL_WORTH / PIECE;

	for (int n = 1; n <= most; n++) {
		int up = count_equal(next, shown, pieces, top, bottom, n);
		int down = count_equal(next, shown, pieces, top, bottom, -n);

		if (up > best || down > best)
			lines = up >= down ? n : -n;
		best = up > best ? up : best;
		best = down > best ? down : best;
	}
	free(next);
	free(shown);
	return lines;
}

void
screen_try_scroll(struct flush *f)
{
	struct screen *s = f->screen;
	int top = 0, bottom = s->rows - 1, lines, least, best = -1;

	if (!f->term->scroll_region || !f->term->scroll_up || !f->term->scroll_down)
		return;
	while (top < bottom &&
	       !count_different(s, screen_row(s, s->next, top), screen_row(s, s->shown, top)))
		top++;
	while (bottom > top &&
	       !count_different(s, screen_row(s, s->next, bottom), screen_row(s, s->shown, bottom)))
		bottom--;
	least = cost_scrolled(s, top, bottom, 0, INT32_MAX) - SCROLL_WORTH;
	if (bottom - top < 2 || least < SCROLL_WORTH || (lines = find_lines(s, top, bottom)) == 0)
		return;
	/* The last rows may have changed in place: the status, the input. */
	for (int last = bottom; last > top + abs(lines) && last >= bottom - 2; last--) {
		int below = cost_scrolled(s, last + 1, bottom, 0, INT32_MAX);
		int cost = below + cost_scrolled(s, top, last, lines, least - below);

		if (cost >= least)
			continue;
		least = cost;
		best = last;
	}
	if (best >= 0)
		scroll(f, top, best, lines);
}
