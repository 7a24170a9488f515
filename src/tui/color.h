/* Colours: their names, and what a terminal with fewer of them shows instead. */
#ifndef TERN_TUI_COLOR_H
#define TERN_TUI_COLOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "tui/screen.h"

/* Reads a colour as theme.h says. False for nonsense. */
bool color_parse(uint32_t *color, const char *text, size_t length);

/* Appends it as color_parse() reads it. */
void color_put(struct buf *out, uint32_t color);

/* A style as a terminal of so many colours can show it (theme_reduce()). */
struct style color_reduce(struct style style, int colors);

#endif
