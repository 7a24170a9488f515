/* Short names of emoji. */
#ifndef TERN_TUI_EMOJI_H
#define TERN_TUI_EMOJI_H

#include <stddef.h>

struct emoji {
	const char *name; /* without the colons; of [a-z0-9_+-] */
	const char *text;
};

/* The likeliest of those that begin alike come first. */
extern const struct emoji emoji[];
extern const size_t emoji_count;

#endif
