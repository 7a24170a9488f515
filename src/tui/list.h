/* The list of conversations. */
#ifndef TERN_TUI_LIST_H
#define TERN_TUI_LIST_H

#include "client/chat.h"
#include "tui/view.h"

struct list_row {
	struct address address;
	char *name; /* what it is called; never empty */
	bool group, left, muted, pinned, draft, mention;
	int64_t activity, first, last, read, unread, queued, failed;
};

struct list;

struct list *list_create(struct client *client);
void list_destroy(struct list *list);

/* Reads the most active conversations, enough for a first picture; list_complete() the others. */
enum status list_read_first(struct list *list, struct error *err);
/* True while there are others to be read. */
bool list_is_partial(const struct list *list);
enum status list_read_all(struct list *list, struct error *err);
/* Reads what became active since it was last read; and `open` (may be NULL) whatever it did. */
enum status list_update(struct list *list, const char *open, struct error *err);

size_t list_count(const struct list *list);
/* The i-th as it is shown, after filtering. Borrowed until the list is read again. */
const struct list_row *list_row(const struct list *list, size_t i);
/* The one of that address, filtered or not; NULL. */
const struct list_row *list_find(const struct list *list, const char *address);
/* Where it is shown; list_count() where it isn't. */
size_t list_index(const struct list *list, const char *address);

/* Shows only those whose name or address has all the words typed; NULL or "" for all. */
void list_filter(struct list *list, const char *typed);

/* The next with something unread that isn't muted, below `from` and then from the top: mentions
 * first. NULL for none. */
const struct list_row *list_next_unread(const struct list *list, const char *from);
/* Sums over all conversations. */
int64_t list_unread(const struct list *list, bool *mention);

/* Draws it, with `open` marked; scrolled so that that is in sight. */
void list_draw(struct list *list, struct screen *screen, const struct item_look *look,
    const struct rectangle *at, const char *open);

#endif
