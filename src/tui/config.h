/*
 * The chat's configuration: settings, keys and looks, as lines of
 *
 *	set NAME VALUE          bind KEYS ACTION        theme NAME
 *	# a comment             unbind KEYS             style PART STYLE
 *
 * What is wrong in a file is told with its line and column, and the rest of it is used.
 */
#ifndef TERN_TUI_CONFIG_H
#define TERN_TUI_CONFIG_H

#include "base/buf.h"
#include "base/status.h"
#include "tui/bind.h"
#include "tui/setting.h"
#include "tui/theme.h"

enum {
	CONFIG_FILE_MAX = 16 * 1024 * 1024, /* bytes that are read of a file */
	CONFIG_TOLD_MAX = 20,               /* errors of a file that are told one by one */
};

struct config {
	bool is_theme; /* of a theme's own file, which sets looks and nothing else */
	struct settings settings;
	struct bindings bindings;
	struct theme theme;
};

/* The defaults. config_finish() frees. */
void config_init(struct config *config);
void config_finish(struct config *config);

/* Does what one line says, as /set, /bind, /unbind, /theme and /style do. USAGE or CONFIG, and
 * nothing changed, where it can't: *column is the character at fault, from 1. */
enum status
config_line(struct config *config, const char *line, size_t length, int *column, struct error *err);

/* Told of each thing that is wrong: a sentence, and where. line 0: the last, "and so many more". */
typedef void config_complaint(void *arg, int line, int column, const char *sentence);

/*
 * Does what the lines of a file say. *wrong counts those that can't be used. NOT_FOUND where there
 * is no such file, IO where it is no regular file or can't be read, TOO_LARGE where it goes on
 * beyond CONFIG_FILE_MAX; what was read until then is used.
 */
enum status config_read(struct config *config, const char *path, config_complaint *complain,
    void *arg, int *wrong, struct error *err);

/*
 * Takes a theme, built in or the user's own: the file $XDG_CONFIG_HOME/tern/themes/NAME, of lines
 * with theme (what it is made of) and style. USAGE where there is none, or something in it is wrong
 * (the rest of it is used then); CONFIG, IO, TOO_LARGE.
 */
enum status config_theme(struct config *config, const char *name, struct error *err);

/* Where it is: $XDG_CONFIG_HOME/tern/config. The caller's to free. CONFIG. */
enum status config_path(char **path, struct error *err);

/* Appends lines that make the defaults into this; all: every setting and style there is, with what
 * it is for, as comments where they are the defaults. */
void config_dump(const struct config *config, bool all, struct buf *out);

#endif
