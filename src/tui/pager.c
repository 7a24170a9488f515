#include "tui/pager.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct pager_line {
	struct body body;
	enum theme_part part;
	bool has_target;
	struct pager_target target;
};

struct pager {
	char *title;
	struct pager_line *lines;
	size_t count, room;
	size_t top;    /* the first line shown */
	size_t chosen; /* count for none */
	int rows;      /* of the last picture */
	bool more, at_end;
};

struct pager *
pager_create(const char *title)
{
	struct pager *pager = mem_zalloc(1, sizeof *pager);

	pager->title = mem_strdup(title);
	return pager;
}

void
pager_destroy(struct pager *pager)
{
	if (!pager)
		return;
	for (size_t i = 0; i < pager->count; i++)
		body_finish(&pager->lines[i].body);
	free(pager->lines);
	free(pager->title);
	free(pager);
}

static struct pager_line *
add_line(struct pager *pager, enum theme_part part, const char *text, size_t length)
{
	struct pager_line *line;

	if (pager->count == pager->room) {
		pager->room = pager->room ? 2 * pager->room : 32;
		pager->lines = mem_resize(pager->lines, pager->room, sizeof *pager->lines);
	}
	if (pager->chosen == pager->count)
		pager->chosen++; /* still none */
	line = &pager->lines[pager->count++];
	*line = (struct pager_line){.part = part};
	body_init(&line->body, text, length);
	return line;
}

void
pager_add(struct pager *pager, enum theme_part part, const char *text)
{
	for (;;) {
		size_t length = strcspn(text, "\n");

		add_line(pager, part, text, length);
		if (!text[length])
			return;
		text += length + 1;
	}
}

void
pager_add_target(struct pager *pager, const char *text, const struct pager_target *target)
{
	struct pager_line *line = add_line(pager, THEME_MESSAGE, text, strlen(text));

	line->has_target = true;
	line->target = *target;
	if (pager->chosen >= pager->count)
		pager->chosen = pager->count - 1;
}

void
pager_mark(struct pager *pager, size_t begin, size_t end)
{
	struct body *body = &pager->lines[pager->count - 1].body;

	if (end <= body->length && begin < end)
		body_mark(body, begin, end, SPAN_MATCH);
}

size_t
pager_count(const struct pager *pager)
{
	return pager->count;
}

const char *
pager_title(const struct pager *pager)
{
	return pager->title;
}

void
pager_set_more(struct pager *pager, bool more)
{
	pager->more = more;
}

bool
pager_wants_more(const struct pager *pager)
{
	return pager->more && (pager->at_end || pager->chosen + 1 >= pager->count);
}

/* ---- moving ---- */

static size_t
moved(size_t at, int lines, size_t count)
{
	if (lines < 0)
		return at < (size_t)-lines ? 0 : at + (size_t)lines;
	return at + (size_t)lines < count ? at + (size_t)lines : count ? count - 1 : 0;
}

/* The next line with a target in that direction, or `from` itself; count where there is none. */
static size_t
next_target(const struct pager *pager, size_t from, int direction)
{
	for (size_t i = from; i < pager->count; i = direction < 0 ? i - 1 : i + 1)
		if (pager->lines[i].has_target)
			return i;
	return pager->count;
}

void
pager_move(struct pager *pager, int lines)
{
	size_t next;

	if (pager->chosen >= pager->count) {
		pager->top = moved(pager->top, lines, pager->count);
		return;
	}
	next = next_target(pager, moved(pager->chosen, lines, pager->count), lines < 0 ? -1 : 1);
	if (next < pager->count)
		pager->chosen = next;
}

void
pager_page(struct pager *pager, int pages)
{
	pager_move(pager, pages * (pager->rows > 1 ? pager->rows - 1 : 1));
}

const struct pager_target *
pager_chosen(const struct pager *pager)
{
	if (pager->chosen >= pager->count || !pager->lines[pager->chosen].has_target)
		return NULL;
	return &pager->lines[pager->chosen].target;
}

/* ---- drawing ---- */

static int
draw_line(struct pager_line *line, bool chosen, struct screen *screen, const struct item_look *look,
    int row, int last, const struct rectangle *at)
{
	const struct style *style =
	    theme_style(look->theme, chosen ? THEME_LIST_SELECTED : line->part);
	struct body *body = &line->body;
	size_t i;

	body_wrap(body, at->columns, look->widths);
	for (i = 0; i < body->line_count && row + (int)i <= last; i++) {
		size_t from = body->lines[i].begin, end = body->lines[i].end;
		int column = at->column;

		if (chosen)
			screen_clear(screen, row + (int)i, at->column, at->columns, style);
		while (from < end && column < at->column + at->columns) {
			enum span_kind kind;
			size_t next = body_run(body, from, end, &kind);
			char *link =
			    kind == SPAN_LINK && look->links ? body_link(body, from) : NULL;

			column += screen_put(screen, row + (int)i, column,
			    at->column + at->columns - column, body->text + from, next - from,
			    kind == SPAN_MATCH ? theme_style(look->theme, THEME_SEARCH_MATCH)
			                       : style,
			    link);
			free(link);
			from = next;
		}
	}
	return (int)i;
}

void
pager_draw(struct pager *pager, struct screen *screen, const struct item_look *look,
    const struct rectangle *at)
{
	int row = at->row, last = at->row + at->rows - 1;

	pager->rows = at->rows;
	if (pager->chosen < pager->count) {
		if (pager->chosen < pager->top)
			pager->top = pager->chosen;
		if (pager->chosen >= pager->top + (size_t)at->rows)
			pager->top = pager->chosen - (size_t)at->rows + 1;
	}
	for (int r = row; r <= last; r++)
		screen_clear(
		    screen, r, at->column, at->columns, theme_style(look->theme, THEME_MESSAGE));
	pager->at_end = true;
	for (size_t i = pager->top; i < pager->count; i++) {
		if (row > last) {
			pager->at_end = false;
			return;
		}
		row += draw_line(&pager->lines[i], i == pager->chosen, screen, look, row, last, at);
	}
}
