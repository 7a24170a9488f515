/*
 * The text that one writes: several lines, readline's ways of changing it, undo, a ring of what was
 * cut, and for each conversation a history of what was sent. Knows nothing of screens.
 *
 * The text is always UTF-8 that a terminal may get, its lines parted by LF, at most
 * MESSAGE_TEXT_MAX bytes. Places in it are counted in bytes.
 */
#ifndef TERN_TUI_EDIT_H
#define TERN_TUI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/action.h"

struct edit;

/* Never NULL; edit_destroy() frees (NULL is fine). */
struct edit *edit_create(void);
void edit_destroy(struct edit *edit);

/* Another text, cleaned and cut as edit_insert() does it, the cursor at its end. Undo is forgotten,
 * a search ended. */
void edit_set(struct edit *edit, const char *text);

/* Borrowed until the next change. */
const char *edit_text(const struct edit *edit);
size_t edit_length(const struct edit *edit);
size_t edit_cursor(const struct edit *edit);

/*
 * Writes any bytes at the cursor, or to what is searched for while a search is under way: CR and CR
 * LF become LF, tabs four spaces, characters that text_is_harmful() go, what isn't UTF-8 becomes
 * U+FFFD. A character or a CR LF may be parted between two calls, as a paste in pieces does it.
 * False where the text would have become too long, and was cut.
 */
bool edit_insert(struct edit *edit, const char *text, size_t length);

/* Puts text, cleaned, in the place of [from, to), the cursor behind it; one step for undo. False as
 * above; then nothing was changed. */
bool edit_replace(struct edit *edit, size_t from, size_t to, const char *text, size_t length);

/* Places the cursor, at the beginning of the character that stands there. */
void edit_go(struct edit *edit, size_t at);

/*
 * Does one of the editor's actions; false where it is none of them, and nothing changed. While a
 * search is under way ACTION_CANCEL ends it with the text there was before (true), and whatever
 * else is asked takes the text that was found: so ACTION_SEND (false) sends that.
 */
bool edit_act(struct edit *edit, enum action action);

/* ---- the history ---- */

enum {
	EDIT_HISTORY_ENTRIES = 200,      /* of a conversation */
	EDIT_HISTORY_BYTES = 256 * 1024, /* of a conversation; the newest entry stays in any case */
	EDIT_HISTORY_CONVERSATIONS = 64, /* those used last */
};

/* Adds what was sent to a conversation's history; one equal to its newest is not added again. */
void edit_remember(struct edit *edit, const char *conversation, const char *text);

/* Whose history the actions walk through from now on. */
void edit_turn(struct edit *edit, const char *conversation);

/* What is searched for, NULL where no search is under way. *found: the text is a hit. Borrowed. */
const char *edit_search(const struct edit *edit, bool *found);

#endif
