/*
 * A small terminal, to see what a terminal shows after what screen_flush() wrote. It does what an
 * xterm does of that, and fails the test for anything it does not know: nothing else may be sent.
 */
#ifndef TERN_TESTS_EMULATOR_H
#define TERN_TESTS_EMULATOR_H

#include "tui/screen.h"

enum { EMULATOR_LINK_MAX = 256 };

struct emulator_cell {
	char text[CLUSTER_MAX + 1];
	int columns; /* 0: the rest of the one before */
	struct style style;
	char link[EMULATOR_LINK_MAX];
};

struct emulator {
	int rows, columns;
	struct emulator_cell *cells;
	int row, column;
	bool waits; /* behind the last column: the next character goes to the next row */
	bool wraps;
	bool erases_color;
	bool visible;
	int top, bottom; /* what scrolls */
	struct style pen;
	char link[EMULATOR_LINK_MAX];
	/* The columns of what terminals differ about; NULL: as struct widths has them. */
	int (*columns_of)(const char *text, const struct cluster *cluster);
	const struct widths *widths;
};

/* Of that size, full of rubbish: nothing is known of what a terminal shows. */
void emulator_init(struct emulator *e, const struct widths *widths);
void emulator_finish(struct emulator *e);
void emulator_resize(struct emulator *e, int rows, int columns);
void emulator_write(struct emulator *e, const char *bytes, size_t length);
const struct emulator_cell *emulator_cell(const struct emulator *e, int row, int column);

#endif
