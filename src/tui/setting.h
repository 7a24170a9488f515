/* The chat's settings: one table of names, kinds, defaults and what they are for. */
#ifndef TERN_TUI_SETTING_H
#define TERN_TUI_SETTING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"
#include "tui/cluster.h"

enum setting {
	SETTING_BELL,
	SETTING_COLORS,
	SETTING_DATE_FORMAT,
	SETTING_EDITOR,
	SETTING_EMOJI,
	SETTING_INPUT_LINES,
	SETTING_LINKS,
	SETTING_LIST_PANE,
	SETTING_LIST_WIDTH,
	SETTING_MEMBERS_PANE,
	SETTING_MEMBERS_WIDTH,
	SETTING_MOUSE,
	SETTING_NAME_WIDTH,
	SETTING_NOTIFY,
	SETTING_NOTIFY_COMMAND,
	SETTING_NOTIFY_TEXT,
	SETTING_PASTE_LINES,
	SETTING_TIME_FORMAT,
	SETTING_TITLE,
	SETTING_WIDTHS,
	SETTING_COUNT
};

enum setting_kind {
	SETTING_KIND_BOOL,   /* "on", "off" (and yes, no, true, false, 1, 0) */
	SETTING_KIND_INT,    /* from min to max */
	SETTING_KIND_WORD,   /* one of words */
	SETTING_KIND_STRING, /* at most SETTING_STRING_MAX bytes */
};

enum { SETTING_STRING_MAX = 1000 };

/* SETTING_BELL, SETTING_NOTIFY: what is worth it. */
enum setting_notify { NOTIFY_NONE, NOTIFY_MENTIONS, NOTIFY_DIRECT, NOTIFY_ALL };

/* SETTING_COLORS */
enum setting_colors { COLORS_AUTO, COLORS_NONE, COLORS_8, COLORS_16, COLORS_256, COLORS_TRUE };

struct setting_info {
	const char *name; /* in the configuration: "list-width" */
	const char *help; /* N_(): one line */
	enum setting_kind kind;
	const char *usual; /* the default, as it is written */
	int min, max;
	const char *const *words; /* NULL behind the last; the enums above are their numbers */
	/* Whether a string is right, where not all are; the sentence says what is wrong. */
	bool (*check)(const char *value, struct error *err);
};

const struct setting_info *setting_info(enum setting setting);

/* SETTING_COUNT where there is none of that name. */
enum setting setting_find(const char *name);

struct setting_value {
	int number;   /* of a bool, an int or a word */
	char *string; /* owned */
};

struct settings {
	struct setting_value values[SETTING_COUNT];
};

/* The defaults. settings_finish() frees. */
void settings_init(struct settings *settings);
void settings_finish(struct settings *settings);

/* USAGE where the value isn't of the setting's kind; then it stays as it was. */
enum status
settings_set(struct settings *settings, enum setting setting, const char *value, struct error *err);

bool setting_is_on(const struct settings *settings, enum setting setting);
int setting_number(const struct settings *settings, enum setting setting); /* int or word */
/* Borrowed until it is set. */
const char *setting_string(const struct settings *settings, enum setting setting);

/* What SETTING_WIDTHS says of the terminal. */
void setting_widths(const struct settings *settings, struct widths *widths);

/* Appends a value as it would be written, without quotes. */
void setting_put(struct buf *out, const struct settings *settings, enum setting setting);

/* USAGE where there is no setting of that name; the sentence names the nearest. */
enum status setting_require(enum setting *setting, const char *name, struct error *err);

#endif
