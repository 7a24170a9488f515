/* What was sent, by conversation. */
#ifndef TERN_TUI_EDIT_HISTORY_H
#define TERN_TUI_EDIT_HISTORY_H

#include <stddef.h>

/* The entries of a conversation. */
struct history_list {
	char *conversation; /* owned */
	char **entries;     /* owned; the oldest first */
	size_t count;
	size_t bytes;
	unsigned long used; /* when last */
};

struct history {
	struct history_list *lists; /* owned */
	size_t count;
	unsigned long clock;
};

/* Starts as zeros. Forgets all. */
void history_clear(struct history *history);

/* Adds an entry, within the bounds of edit.h. Empty texts and a repetition of the newest are not
 * added. */
void history_add(struct history *history, const char *conversation, const char *text);

/* How many entries there are, and the one that is `back` (0…) before the newest. Borrowed. */
size_t history_count(const struct history *history, const char *conversation);
const char *history_entry(const struct history *history, const char *conversation, size_t back);

#endif
