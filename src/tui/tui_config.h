/* What the command line shows of the chat's configuration. */
#ifndef TERN_TUI_TUI_CONFIG_H
#define TERN_TUI_TUI_CONFIG_H

#include "base/buf.h"
#include "base/status.h"

enum tui_config {
	TUI_CONFIG_ALL,   /* settings and styles, the defaults as comments, and keys bound otherwise
	                   */
	TUI_CONFIG_KEYS,  /* every action with its keys */
	TUI_CONFIG_CHECK, /* nothing: what is wrong is told */
};

/*
 * Reads the configuration at path (NULL: the user's own, which may be missing) and appends to *out,
 * in its own form, what is asked for. Each thing that is wrong goes to complain() as
 * "path:line:column: sentence". CONFIG where there was one and TUI_CONFIG_CHECK is asked for;
 * NOT_FOUND, IO, TOO_LARGE as config_read().
 */
enum status tui_config(enum tui_config what, const char *path, struct buf *out,
    void (*complain)(void *arg, const char *text), void *arg, struct error *err);

#endif
