/* Whether a text names somebody. */
#ifndef TERN_MODEL_MENTION_H
#define TERN_MODEL_MENTION_H

#include <stdbool.h>

/*
 * True where the text, which may hold anything, names the account of that address: by its user part
 * or whole address as a word of its own (a user part of less than three characters only as @user;
 * one that is a piece of another address, or stands before another domain, is somebody else), or
 * by its display name (may be NULL) word for word. Case doesn't count.
 */
bool text_names(const char *text, const char *address, const char *display);

#endif
