/* Shared by what writes the picture. */
#ifndef TERN_TUI_SCREEN_FLUSH_H
#define TERN_TUI_SCREEN_FLUSH_H

#include "tui/screen_internal.h"

#define SCREEN_BLANK \
	{ \
		.text = " ", .length = 1, .columns = 1, .style = { \
			COLOR_DEFAULT, \
			COLOR_DEFAULT, \
			0 \
		} \
	}

struct flush {
	struct screen *screen;
	const struct term_abilities *term;
	struct buf *out;
};

bool screen_same_style(const struct style *a, const struct style *b);
bool screen_same_cell(const struct cell *a, const struct cell *b);

/* Appends a string of the terminal's; nothing where it has none. */
void screen_tell(struct flush *f, const char *sequence);
void screen_tell_2(struct flush *f, const char *sequence, int one, int other);
void screen_move_to(struct flush *f, int row, int column);
void screen_set_pen(struct flush *f, const struct style *style);
void screen_set_link(struct flush *f, uint16_t link);

/* Has the terminal scroll a part of the screen, where that leaves much less to be written. */
void screen_try_scroll(struct flush *f);

static inline struct cell *
screen_row(const struct screen *screen, struct cell *cells, int row)
{
	return cells + (size_t)row * (size_t)screen->columns;
}

#endif
