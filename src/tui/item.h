/*
 * One thing of a conversation as it is shown: a message or a hole, with the lines before it (a new
 * day, where what is new begins) and behind it (reactions).
 */
#ifndef TERN_TUI_ITEM_H
#define TERN_TUI_ITEM_H

#include <stdint.h>

#include "client/chat.h"
#include "tui/body.h"
#include "tui/screen.h"
#include "tui/theme.h"

enum item_kind { ITEM_MESSAGE, ITEM_HOLE };

struct item {
	enum item_kind kind;
	struct id_range
	    ids; /* of a hole; of a message its msg_id twice, 0 while it is in the outbox */
	struct message message; /* owned copy; of a message */
	char *name;             /* its author's, as it is called; "" in a change of a group */
	bool own;
	bool system; /* a change of a group, told by a sentence */
	bool mention;
	char *quote;     /* what it replies to, in one line; NULL for none */
	char *reactions; /* in one line; NULL for none */
	struct body body;

	/* how it stands among the others; view.c sets it */
	bool new_day;   /* a line with the date is before it */
	bool first_new; /* and one that says that what follows is new */
	bool new_name;  /* its author is named */
};

/* What all items of a view are drawn with. */
struct item_look {
	const struct theme *theme;
	const struct widths *widths;
	bool utf8;     /* the terminal's locale */
	bool links;    /* OSC 8 is worth sending */
	int width;     /* columns of the pane */
	bool selected; /* this one is */
	bool loading;  /* a hole is being filled */
};

/* Takes a message and its quote over (both owned, quote may be NULL); item_finish() frees. */
void item_init(struct item *item, struct client *client, struct message message, char *quote);
void item_init_hole(struct item *item, struct id_range ids);
void item_finish(struct item *item);

/* How many rows it takes; lays its text out. */
int item_rows(struct item *item, const struct item_look *look);

/* Draws row `row` of it (0 is its topmost) at that place. */
void item_draw(struct item *item, const struct item_look *look, int row, struct screen *screen,
    int screen_row, int screen_column);

/* Whether it would be shown as it is: the message is the same, and nothing became of it since. */
bool item_shows(const struct item *item, const struct message *message);

/* Marks each place where the text has the words searched for (as bytes, case folded in ASCII). */
void item_mark(struct item *item, const char *words);

#endif
