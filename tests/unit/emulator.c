#include "emulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

enum { PARAMETERS = 8 };

static const struct style plain = {COLOR_DEFAULT, COLOR_DEFAULT, 0};

static struct emulator_cell *
at(struct emulator *e, int row, int column)
{
	return &e->cells[row * e->columns + column];
}

const struct emulator_cell *
emulator_cell(const struct emulator *e, int row, int column)
{
	return &e->cells[row * e->columns + column];
}

static void
set(struct emulator_cell *cell, const char *text, size_t length, int columns)
{
	memset(cell, 0, sizeof *cell);
	assert_true(length < sizeof cell->text);
	memcpy(cell->text, text, length);
	cell->columns = columns;
	cell->style = plain;
}

void
emulator_init(struct emulator *e, const struct widths *widths)
{
	*e = (struct emulator){.widths = widths,
	    .wraps = true,
	    .erases_color = true,
	    .visible = true,
	    .pen = {3, 4, ATTRIBUTE_BOLD}};
	snprintf(e->link, sizeof e->link, "http://rubbish");
}

void
emulator_finish(struct emulator *e)
{
	free(e->cells);
}

void
emulator_resize(struct emulator *e, int rows, int columns)
{
	e->rows = rows;
	e->columns = columns;
	e->cells = mem_resize(e->cells, (size_t)(rows * columns), sizeof *e->cells);
	for (int i = 0; i < rows * columns; i++) {
		set(&e->cells[i], "#", 1, 1);
		e->cells[i].style = (struct style){1, 2, ATTRIBUTE_REVERSE};
	}
	e->top = 0;
	e->bottom = rows - 1;
	e->row = rows / 2;
	e->column = columns / 2;
	e->waits = false;
}

/* ---- cells ---- */

/* Blank as erasing leaves it: the pen's colour behind it, nothing else of the pen. */
static void
erase(struct emulator *e, int row, int column)
{
	set(at(e, row, column), " ", 1, 1);
	if (e->erases_color)
		at(e, row, column)->style.bg = e->pen.bg;
}

/* What loses a part is blank. */
static void
split(struct emulator *e, int row, int column)
{
	int from = column;

	if (column >= e->columns || at(e, row, column)->columns != 0)
		return;
	while (from > 0 && at(e, row, from)->columns == 0)
		from--;
	for (int i = from; i < e->columns && (i == from || at(e, row, i)->columns == 0); i++)
		set(at(e, row, i), " ", 1, 1);
}

static void
scroll(struct emulator *e, int lines)
{
	size_t kept = (size_t)((e->bottom - e->top) * e->columns) * sizeof *e->cells;

	if (lines > 0)
		memmove(at(e, e->top, 0), at(e, e->top + 1, 0), kept);
	else
		memmove(at(e, e->top + 1, 0), at(e, e->top, 0), kept);
	for (int column = 0; column < e->columns; column++)
		erase(e, lines > 0 ? e->bottom : e->top, column);
}

static void
line_feed(struct emulator *e)
{
	if (e->row == e->bottom)
		scroll(e, 1);
	else if (e->row < e->rows - 1)
		e->row++;
	e->waits = false;
}

static void
put(struct emulator *e, const char *text, const struct cluster *cluster)
{
	int columns = cluster->columns;

	if (e->columns_of && cluster->unsure)
		columns = e->columns_of(text, cluster);
	assert_true(columns > 0);
	if (e->wraps && (e->waits || e->column + columns > e->columns)) {
		e->column = 0;
		line_feed(e);
	}
	if (columns > e->columns - e->column)
		columns = e->columns - e->column;
	split(e, e->row, e->column);
	split(e, e->row, e->column + columns);
	for (int i = 0; i < columns; i++) {
		struct emulator_cell *cell = at(e, e->row, e->column + i);

		set(cell, text, i ? 0 : cluster->bytes, i ? 0 : columns);
		cell->style = e->pen;
		memcpy(cell->link, e->link, sizeof cell->link);
	}
	e->column += columns;
	e->waits = e->column == e->columns;
	if (e->waits)
		e->column--;
}

/* ---- sequences ---- */

static void
set_color(uint32_t *color, const int *p, int count, int *i)
{
	if (*i + 2 < count && p[*i + 1] == 5) {
		*color = (uint32_t)p[*i + 2];
		*i += 2;
	} else if (*i + 4 < count && p[*i + 1] == 2) {
		*color = COLOR_RGB(p[*i + 2], p[*i + 3], p[*i + 4]);
		*i += 4;
	} else {
		fail_msg("a colour");
	}
}

static void
set_pen(struct emulator *e, const int *p, int count)
{
	static const uint16_t attributes[10] = {0, ATTRIBUTE_BOLD, ATTRIBUTE_DIM, ATTRIBUTE_ITALIC,
	    ATTRIBUTE_UNDERLINE, ATTRIBUTE_BLINK, 0, ATTRIBUTE_REVERSE, 0, ATTRIBUTE_STRIKE};

	for (int i = 0; i < count; i++) {
		if (p[i] == 0)
			e->pen = plain;
		else if (p[i] < 10 && attributes[p[i]])
			e->pen.attributes |= attributes[p[i]];
		else if (p[i] >= 30 && p[i] <= 37)
			e->pen.fg = (uint32_t)p[i] - 30;
		else if (p[i] >= 90 && p[i] <= 97)
			e->pen.fg = (uint32_t)p[i] - 90 + 8;
		else if (p[i] >= 40 && p[i] <= 47)
			e->pen.bg = (uint32_t)p[i] - 40;
		else if (p[i] >= 100 && p[i] <= 107)
			e->pen.bg = (uint32_t)p[i] - 100 + 8;
		else if (p[i] == 38 || p[i] == 48)
			set_color(p[i] == 38 ? &e->pen.fg : &e->pen.bg, p, count, &i);
		else if (p[i] == 39)
			e->pen.fg = COLOR_DEFAULT;
		else if (p[i] == 49)
			e->pen.bg = COLOR_DEFAULT;
		else
			fail_msg("SGR %d", p[i]);
	}
}

static void
move(struct emulator *e, int row, int column)
{
	assert_in_range(row, 0, e->rows - 1);
	assert_in_range(column, 0, e->columns - 1);
	e->row = row;
	e->column = column;
	e->waits = false;
}

static void
set_region(struct emulator *e, const int *p, int count)
{
	assert_int_equal(count, 2);
	assert_true(p[0] >= 1 && p[0] < p[1] && p[1] <= e->rows);
	e->top = p[0] - 1;
	e->bottom = p[1] - 1;
	move(e, 0, 0);
}

static void
erase_line(struct emulator *e)
{
	split(e, e->row, e->column);
	for (int column = e->column; column < e->columns; column++)
		erase(e, e->row, column);
	e->waits = false;
}

static void
control(struct emulator *e, char final, bool own, const int *p, int count)
{
	int n = p[0] ? p[0] : 1;

	if (own && final == 'c') /* the cursor's look, on Linux */
		return;
	if (own) {
		assert_true((final == 'h' || final == 'l') &&
		            (p[0] == 25 || p[0] == 12 || p[0] == 2026 || p[0] == 7));
		if (p[count - 1] == 25)
			e->visible = final == 'h';
		return;
	}
	switch (final) {
	case 'm':
		set_pen(e, p, count);
		break;
	case 'H':
		move(e, n - 1, count > 1 && p[1] ? p[1] - 1 : 0);
		break;
	case 'C':
		move(e, e->row, e->column + n);
		break;
	case 'D':
		move(e, e->row, e->column - n);
		break;
	case 'r':
		set_region(e, p, count);
		break;
	case 'K':
		assert_int_equal(p[0], 0);
		erase_line(e);
		break;
	case 'J':
		assert_int_equal(p[0], 0);
		erase_line(e);
		for (int row = e->row + 1; row < e->rows; row++)
			for (int column = 0; column < e->columns; column++)
				erase(e, row, column);
		break;
	case 'h':
		assert_int_equal(p[0], 34); /* the cursor's look, in screen */
		break;
	default:
		fail_msg("CSI %c", final);
	}
}

/* Returns how many bytes the sequence has, which begins behind ESC [. */
static size_t
read_control(struct emulator *e, const char *bytes, size_t length)
{
	int p[PARAMETERS] = {0}, count = 1;
	bool own = false;

	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (c == '?' && i == 0) {
			own = true;
		} else if (c >= '0' && c <= '9') {
			p[count - 1] = p[count - 1] * 10 + (c - '0');
		} else if (c == ';') {
			count++;
			assert_true(count <= PARAMETERS);
		} else {
			control(e, c, own, p, count);
			return i + 1;
		}
	}
	fail_msg("a sequence is cut");
	return length;
}

/* OSC 8 with no parameters, ended by ST. */
static size_t
read_link(struct emulator *e, const char *bytes, size_t length)
{
	const char *end = memmem(bytes, length, "\033\\", 2);
	size_t link;

	assert_non_null(end);
	assert_memory_equal(bytes, "8;;", 3);
	link = (size_t)(end - bytes) - 3;
	assert_true(link < sizeof e->link);
	memcpy(e->link, bytes + 3, link);
	e->link[link] = 0;
	return (size_t)(end - bytes) + 2;
}

static size_t
read_escape(struct emulator *e, const char *bytes, size_t length)
{
	assert_true(length > 1);
	switch (bytes[0]) {
	case '[':
		return 1 + read_control(e, bytes + 1, length - 1);
	case ']':
		return 1 + read_link(e, bytes + 1, length - 1);
	case '(':
		assert_int_equal(bytes[1], 'B');
		return 2;
	case 'M':
		if (e->row == e->top)
			scroll(e, -1);
		else if (e->row > 0)
			e->row--;
		return 1;
	default:
		fail_msg("ESC %c", bytes[0]);
	}
	return 1;
}

void
emulator_write(struct emulator *e, const char *bytes, size_t length)
{
	size_t i = 0;

	while (i < length) {
		if (bytes[i] == '\033') {
			i += 1 + read_escape(e, bytes + i + 1, length - i - 1);
		} else if (bytes[i] == '\r') {
			e->column = 0;
			e->waits = false;
			i++;
		} else if (bytes[i] == '\n') {
			line_feed(e);
			i++;
		} else if (bytes[i] == '\017') {
			i++; /* of vt100's sgr0 */
		} else if (bytes[i] == '\b') {
			move(e, e->row, e->column - 1);
			i++;
		} else {
			size_t run = 0;
			struct cluster cluster;

			assert_true((unsigned char)bytes[i] >= ' ' && bytes[i] != 0x7F);
			while (i + run < length && (unsigned char)bytes[i + run] >= ' ')
				run++;
			cluster = cluster_next(bytes + i, run, e->widths);
			put(e, bytes + i, &cluster);
			i += cluster.bytes;
		}
	}
}
