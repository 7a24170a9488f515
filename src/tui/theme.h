/*
 * How the parts of the chat look. A style is written as words: attributes (bold, dim, italic,
 * underline, reverse, strike, blink), a colour for the text, and "on" with one for what is behind
 * it: "bold #ffcc00 on 235". A colour is default; black, red, green, yellow, blue, magenta, cyan,
 * white, each also with "bright-" before it; gray; a number of the terminal's palette, 0 to 255; or
 * #rgb or #rrggbb. "plain" is the terminal's own look.
 */
#ifndef TERN_TUI_THEME_H
#define TERN_TUI_THEME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"
#include "tui/screen.h"

enum {
	THEME_NAMES = 8,      /* colours for people's names */
	THEME_NAME_SIZE = 65, /* of a theme's name, with its 0 */
};

enum theme_part {
	THEME_MESSAGE,
	THEME_OWN_NAME,
	THEME_NAME_1, /* those up to 8 follow in order */
	THEME_NAME_2,
	THEME_NAME_3,
	THEME_NAME_4,
	THEME_NAME_5,
	THEME_NAME_6,
	THEME_NAME_7,
	THEME_NAME_8,
	THEME_TIME,
	THEME_DAY,
	THEME_NEW_LINE,
	THEME_HOLE,
	THEME_STATE_QUEUED,
	THEME_STATE_SENT,
	THEME_STATE_DELIVERED,
	THEME_STATE_READ,
	THEME_STATE_FAILED,
	THEME_EDITED,
	THEME_RECALLED,
	THEME_QUOTE,
	THEME_REACTION,
	THEME_MENTION,
	THEME_LINK,
	THEME_SYSTEM,
	THEME_SELECTED,
	THEME_SEARCH_MATCH,
	THEME_LIST,
	THEME_LIST_SELECTED,
	THEME_LIST_UNREAD,
	THEME_LIST_MENTION,
	THEME_LIST_MUTED,
	THEME_TITLE,
	THEME_STATUS,
	THEME_STATUS_ERROR,
	THEME_INPUT,
	THEME_PROMPT,
	THEME_SEPARATOR,
	THEME_ERROR,
	THEME_COUNT
};

struct theme_part_info {
	const char *name; /* in the configuration: "own-name" */
	const char *help; /* N_(): one line */
};

struct theme {
	char name[THEME_NAME_SIZE];
	int base; /* the built-in one it is made of */
	struct style
	    layer[THEME_COUNT]; /* where it is a user's own: what that says, where has_layer */
	bool has_layer[THEME_COUNT];
	struct style own[THEME_COUNT]; /* set by theme_set(), where is_own */
	bool is_own[THEME_COUNT];
	struct style shown[THEME_COUNT]; /* as the terminal can show them */
	int colors;
};

/* The dark theme, for a terminal of all colours. Nothing to free. */
void theme_init(struct theme *theme);

/* Makes it the built-in theme of that name ("dark", "light", "mono"); what theme_set() set stays.
 * False where there is none. */
bool theme_use(struct theme *theme, const char *name);

/* Makes it a theme of the user's own, of that name: the one that `from` is made of, with what was
 * set in `from` over it, and below what is set here. */
void theme_use_own(struct theme *theme, const char *name, const struct theme *from);

/* The i-th built-in theme's name (0…); NULL behind the last. */
const char *theme_name(int i);

/* Sets the style of a part by its name; "" gives it back the theme's. USAGE. */
enum status theme_set(struct theme *theme, const char *part, const char *style, struct error *err);

/* How many colours the terminal has: 0, 8, 16, 256 or 1 << 24. Styles are shown with the nearest of
 * these; without any, by attributes alone. */
void theme_reduce(struct theme *theme, int colors);

/* How to show a part. Borrowed. */
const struct style *theme_style(const struct theme *theme, enum theme_part part);

/* Colours tell nothing apart. */
bool theme_is_mono(const struct theme *theme);

const struct theme_part_info *theme_part_info(enum theme_part part);
/* THEME_COUNT where there is none of that name. */
enum theme_part theme_part_find(const char *name);

/* Reads a style. USAGE. */
enum status theme_parse(struct style *style, const char *text, struct error *err);

/* Appends a style as theme_parse() reads it. */
void theme_put(struct buf *out, const struct style *style);

/* Appends the configuration's lines for it: the theme's name and one's own styles; all: the others,
 * too, as comments. */
void theme_dump(const struct theme *theme, bool all, struct buf *out);

#endif
