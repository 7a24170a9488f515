/*
 * The picture on the terminal: a grid of cells that is drawn into, and what the terminal shows of
 * it. Only the difference is written.
 */
#ifndef TERN_TUI_SCREEN_H
#define TERN_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "tui/cluster.h"

/* A colour: the terminal's own, one of its palette (0 to 255), or red, green and blue. */
#define COLOR_DEFAULT  UINT32_C(0x02000000)
#define COLOR_RGB_FLAG UINT32_C(0x01000000)
#define COLOR_RGB(r, g, b) \
	(COLOR_RGB_FLAG | (uint32_t)(r) << 16 | (uint32_t)(g) << 8 | (uint32_t)(b))

enum attribute {
	ATTRIBUTE_BOLD = 1,
	ATTRIBUTE_DIM = 2,
	ATTRIBUTE_ITALIC = 4,
	ATTRIBUTE_UNDERLINE = 8,
	ATTRIBUTE_REVERSE = 16,
	ATTRIBUTE_STRIKE = 32,
	ATTRIBUTE_BLINK = 64,
};

struct style {
	uint32_t fg, bg;
	uint16_t attributes;
};

/* What a terminal can do, as its description says. Strings are borrowed, for tiparm(); NULL where
 * it can't. */
struct term_abilities {
	int colors; /* 0, 8, 16, 256 or 1 << 24 */
	bool utf8;
	bool links;        /* OSC 8 */
	bool synchronized; /* mode 2026 does no harm */
	bool erases_color; /* what is erased takes the colour behind it */
	bool right_edge;   /* after the last column the cursor waits: it may be written to */
	const char *move, *erase_line, *scroll_region, *scroll_up, *scroll_down, *plain, *hide,
	    *show;
	const char *attribute[7]; /* by the bits of enum attribute */
	const char *foreground, *background;
};

struct screen;

/* widths is borrowed. */
struct screen *screen_create(const struct widths *widths);
void screen_destroy(struct screen *screen);

/* A picture of that size, all blank; what the terminal shows is not known any more. */
void screen_resize(struct screen *screen, int rows, int columns);
/* What the terminal shows is not known: all is written the next time. */
void screen_forget(struct screen *screen);

/* All of these clip to the picture. */

/* Makes cells blank. */
void
screen_clear(struct screen *screen, int row, int column, int columns, const struct style *style);

/*
 * Puts text there, at most `columns` wide; a cluster that does not fit whole isn't put. It may hold
 * anything: what a terminal must not get (text_is_harmful(), bytes that aren't UTF-8) shows as a
 * mark. link: where it leads, for a terminal that can follow it; NULL. Returns the columns used.
 */
int screen_put(struct screen *screen, int row, int column, int columns, const char *text,
    size_t length, const struct style *style, const char *link);

/* Where the cursor stands afterwards. */
void screen_cursor(struct screen *screen, int row, int column, bool visible);

/* Appends what makes the terminal show the picture. */
void screen_flush(struct screen *screen, const struct term_abilities *term, struct buf *out);

/* The text of a row, without blanks at its end, for the caller to free. */
char *screen_text(const struct screen *screen, int row);

#endif
