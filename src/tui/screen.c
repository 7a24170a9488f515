#include "tui/screen_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/mem.h"
#include "base/text.h"

static const struct cell blank = {
    .text = " ", .length = 1, .columns = 1, .style = {COLOR_DEFAULT, COLOR_DEFAULT, 0}};

struct screen *
screen_create(const struct widths *widths)
{
	struct screen *screen = mem_zalloc(1, sizeof *screen);

	screen->widths = widths;
	return screen;
}

static void
forget_links(struct screen *screen)
{
	for (size_t i = 0; i < screen->link_count; i++)
		free(screen->links[i]);
	screen->link_count = 0;
}

void
screen_destroy(struct screen *screen)
{
	if (!screen)
		return;
	forget_links(screen);
	free(screen->links);
	free(screen->next);
	free(screen->shown);
	free(screen);
}

void
screen_forget(struct screen *screen)
{
	screen->known = false;
}

void
screen_resize(struct screen *screen, int rows, int columns)
{
	size_t count;

	screen->rows = rows < 1 ? 1 : rows < SCREEN_ROWS_MAX ? rows : SCREEN_ROWS_MAX;
	screen->columns = columns < 1                    ? 1
	                  : columns < SCREEN_COLUMNS_MAX ? columns
	                                                 : SCREEN_COLUMNS_MAX;
	count = (size_t)screen->rows * (size_t)screen->columns;
	screen->next = mem_resize(screen->next, count, sizeof *screen->next);
	screen->shown = mem_resize(screen->shown, count, sizeof *screen->shown);
	for (size_t i = 0; i < count; i++)
		screen->next[i] = screen->shown[i] = blank;
	forget_links(screen);
	screen_forget(screen);
}

/* ---- drawing ---- */

static struct cell *
cell_at(struct screen *screen, int row, int column)
{
	return &screen->next[(size_t)row * (size_t)screen->columns + (size_t)column];
}

static bool
is_inside(const struct screen *screen, int row, int column)
{
	return row >= 0 && row < screen->rows && column >= 0 && column < screen->columns;
}

/* One that loses its other half is blank. */
static void
set_cell(struct screen *screen, int row, int column, const struct cell *cell)
{
	struct cell *at = cell_at(screen, row, column);

	if (at->columns == 0 && column > 0) {
		struct style style = at[-1].style;

		at[-1] = blank;
		at[-1].style = style;
	}
	if (at->columns == 2 && column + 1 < screen->columns) {
		struct style style = at[1].style;

		at[1] = blank;
		at[1].style = style;
	}
	*at = *cell;
}

void
screen_clear(struct screen *screen, int row, int column, int columns, const struct style *style)
{
	struct cell cell = blank;

	cell.style = *style;
	if (column < 0) {
		columns += column;
		column = 0;
	}
	for (; columns > 0 && is_inside(screen, row, column); column++, columns--)
		set_cell(screen, row, column, &cell);
}

/* Numbers from 1; 0 is no link. */
static uint16_t
link_number(struct screen *screen, const char *link)
{
	if (!link || !*link || strlen(link) > SCREEN_LINK_MAX)
		return 0;
	for (const char *p = link; *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7F)
			return 0;
	for (size_t i = screen->link_count; i-- > 0;)
		if (strcmp(screen->links[i], link) == 0)
			return (uint16_t)(i + 1);
	if (screen->link_count == SCREEN_LINKS_MAX)
		return 0;
	screen->links = mem_resize(screen->links, screen->link_count + 1, sizeof(char *));
	screen->links[screen->link_count++] = mem_strdup(link);
	return (uint16_t)screen->link_count;
}

static bool
is_shown_as_it_is(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, (const uint8_t *)text + at, length - at);

		if (n <= 0 || text_is_harmful(c))
			return false;
		at += (size_t)n;
	}
	return true;
}

static void
fill_cell(struct cell *cell, const char *text, const struct cluster *cluster)
{
	bool plain = cluster->bytes == 1 && text[0] >= ' ' && text[0] < 0x7F;

	cell->columns = (uint8_t)cluster->columns;
	cell->unsure = cluster->unsure;
	cell->most = (uint8_t)cluster->most;
	if (plain || (cluster->bytes <= CLUSTER_MAX && is_shown_as_it_is(text, cluster->bytes))) {
		memcpy(cell->text, text, cluster->bytes);
		cell->length = (uint8_t)cluster->bytes;
		return;
	}
	memcpy(cell->text, "\xEF\xBF\xBD", 3);
	cell->length = 3;
	cell->columns = 1;
	cell->unsure = false;
}

int
screen_put(struct screen *screen, int row, int column, int columns, const char *text, size_t length,
    const struct style *style, const char *link)
{
	struct cell cell = {.style = *style, .link = link_number(screen, link)};
	const struct cell rest = {.style = *style, .link = cell.link};
	int used = 0;
	size_t at = 0;

	if (columns > screen->columns - column)
		columns = screen->columns - column;
	while (at < length && is_inside(screen, row, column + used)) {
		struct cluster cluster = cluster_next(text + at, length - at, screen->widths);

		memset(cell.text, 0, sizeof cell.text);
		fill_cell(&cell, text + at, &cluster);
		at += cluster.bytes;
		if (cluster.columns == 0)
			continue;
		if (cell.columns > columns - used)
			break;
		set_cell(screen, row, column + used, &cell);
		if (cell.columns == 2)
			set_cell(screen, row, column + used + 1, &rest);
		/* set_cell() takes the first half for one that lost its other. */
		if (cell.columns == 2)
			*cell_at(screen, row, column + used) = cell;
		if (cell.columns == 2)
			*cell_at(screen, row, column + used + 1) = rest;
		used += cell.columns;
	}
	return used;
}

void
screen_cursor(struct screen *screen, int row, int column, bool visible)
{
	screen->cursor_row = row < screen->rows ? row : screen->rows - 1;
	screen->cursor_column = column < screen->columns ? column : screen->columns - 1;
	screen->cursor_visible = visible;
}

char *
screen_text(const struct screen *screen, int row)
{
	const struct cell *cells = &screen->next[(size_t)row * (size_t)screen->columns];
	size_t kept = 0;
	struct buf text;

	buf_init(&text, SIZE_MAX / 2);
	for (int i = 0; i < screen->columns; i++) {
		buf_add(&text, cells[i].text, cells[i].length);
		if (cells[i].length != 1 || cells[i].text[0] != ' ')
			kept = text.length;
	}
	text.length = kept;
	buf_add(&text, "", 1);
	return buf_take(&text);
}
