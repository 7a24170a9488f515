/* Shared by the files of the screen. */
#ifndef TERN_TUI_SCREEN_INTERNAL_H
#define TERN_TUI_SCREEN_INTERNAL_H

#include "tui/screen.h"

enum {
	SCREEN_ROWS_MAX = 1000,
	SCREEN_COLUMNS_MAX = 1000,
	SCREEN_LINKS_MAX = 4096,
	SCREEN_LINK_MAX = 2048, /* bytes */
};

/* Compared as a whole: what isn't used of `text` is 0. */
struct cell {
	char text[CLUSTER_MAX];
	uint8_t length;
	uint8_t columns; /* 0: the second half of the one before */
	bool unsure;     /* terminals differ about its columns */
	uint8_t most;    /* columns it may cover then */
	uint16_t link;
	struct style style;
};

struct screen {
	const struct widths *widths;
	int rows, columns;
	struct cell *next, *shown;
	bool known; /* `shown` is what the terminal shows */
	char **links;
	size_t link_count;
	int cursor_row, cursor_column;
	bool cursor_visible;
	/* of the terminal */
	bool cursor_shown;
	int at_row, at_column; /* -1: not known */
	struct style pen;
	bool pen_known;
	uint16_t pen_link;
};

#endif
