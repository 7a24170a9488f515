/* The descriptions of terminals: the only user of ncurses, whose headers take many common words. */
#ifndef TERN_TUI_TERMINFO_H
#define TERN_TUI_TERMINFO_H

#include <stdbool.h>

/* Reads the description of a terminal, and forgets the one before, with its strings; false where
 * there is none. */
bool terminfo_open(const char *name, int fd);

/* What it says: NULL, 0 or false where it doesn't. Strings are borrowed, and without delays. */
const char *terminfo_string(const char *name);
int terminfo_number(const char *name);
bool terminfo_flag(const char *name);

/* A string with its parameters filled in. Borrowed until the next call. */
const char *terminfo_fill(const char *string, int one, int other);

#endif
