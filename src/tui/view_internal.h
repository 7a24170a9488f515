/* Shared by the files of the view. */
#ifndef TERN_TUI_VIEW_INTERNAL_H
#define TERN_TUI_VIEW_INTERNAL_H

#include "tui/view.h"

enum {
	WINDOW_READ = 80, /* messages that are read at once */
	WINDOW_MAX = 800, /* more than so many are not kept */
	HOLES_SHOWN = 8,
};

struct view {
	struct client *client;
	struct address who;
	int64_t marker; /* messages of others above it are new */

	/* the window: ascending, without gaps but the holes in it */
	struct item *items;
	size_t count;
	bool loaded;
	bool at_begin; /* the cache has nothing below */
	bool at_newest;

	/* the place: the lowest row shown is of items[anchor], and `cut` of its rows are below it.
	 * following: the newest, whatever comes */
	bool following;
	size_t anchor;
	int cut;

	int64_t selected; /* msg_id; 0 for none */
	char *words;      /* looked for; NULL for nothing */
	bool loading;

	/* of the last picture */
	struct item_look look;
	int rows;
	size_t top, bottom; /* items */
	struct id_range holes[HOLES_SHOWN];
	size_t hole_count;
};

enum view_read {
	VIEW_NEWEST, /* the newest, whatever is in the window */
	VIEW_SAME,   /* what the window spans, and what is behind it, as far as it has room */
	VIEW_OLDER,  /* what is before it, too */
	VIEW_NEWER,  /* what is behind it, too */
};

/* Reads from the cache. The place stays on its message. IO, AGAIN. */
enum status view_read(struct view *view, enum view_read what, struct error *err);
/* Reads what is around a message, and makes that the window. IO, AGAIN. */
enum status view_read_around(struct view *view, int64_t msg_id, struct error *err);

/* Which item has that msg_id, or the last one below it; count where there is none. */
size_t view_item_of(const struct view *view, int64_t msg_id);

#endif
