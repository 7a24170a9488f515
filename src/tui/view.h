/*
 * The messages of one conversation: a window of them, read from the cache, and the place in it that
 * is shown. The cache is the truth: what is here is read anew whenever that changes.
 */
#ifndef TERN_TUI_VIEW_H
#define TERN_TUI_VIEW_H

#include "client/chat.h"
#include "tui/item.h"

struct view;

/* Of a conversation, at its newest messages; read: the marker, above which messages are new.
 * Reads nothing yet. */
struct view *view_create(struct client *client, const struct address *who, int64_t read);
void view_destroy(struct view *view);

const struct address *view_who(const struct view *view);

/* What is shown above is new from now on only if it is above that message. */
void view_set_new(struct view *view, int64_t read);
int64_t view_new(const struct view *view);

/* Reads its window from the cache again. NOT_FOUND is no failure: there is nothing yet. */
enum status view_reload(struct view *view, struct error *err);

/* Draws it into that rectangle; look is what all items share. Reads older messages where they are
 * needed to fill it. */
struct rectangle {
	int row, column, rows, columns;
};
enum status view_draw(struct view *view, struct screen *screen, const struct item_look *look,
    const struct rectangle *at, struct error *err);

/* Where it stands. */
bool view_at_end(const struct view *view);   /* the newest message is shown, to its end */
int64_t view_below(const struct view *view); /* messages below what is shown, as far as is known */
int64_t view_last_shown(const struct view *view); /* the highest msg_id on the screen; 0 for none */
/* Holes that the last picture showed; the count is at most limit. */
size_t view_holes(const struct view *view, struct id_range *holes, size_t limit);
/* These are being filled: a hole that shows says so. */
void view_set_loading(struct view *view, bool loading);

/* Moves by lines of the last picture; up is negative. Takes effect with the next view_draw(). */
void view_scroll(struct view *view, int lines);
void view_page(struct view *view, int pages);
void view_to_end(struct view *view);
void view_to_begin(struct view *view);
/* So that the message (or what is next to it) stands in the middle, and is selected. */
void view_goto(struct view *view, int64_t msg_id);

/* The selected message, NULL for none. Borrowed until the view is read again. */
const struct item *view_selected(const struct view *view);
/* Selects the next one up (< 0) or down; below the newest none is. */
void view_select(struct view *view, int direction);
void view_unselect(struct view *view);
/* The newest own message that can be edited; NULL. */
const struct item *view_last_own(const struct view *view);
const struct item *view_newest(const struct view *view);

/* What is looked for in it; NULL or "" for nothing. Marks it, and moves to the next place up (< 0)
 * or down that has it, if there is one in what the cache has. */
void view_find(struct view *view, const char *words);
bool view_find_next(struct view *view, int direction);

#endif
