/*
 * The chat on a terminal: what its files share. One loop (chat.c) serves keys (chat_keys.c), opens
 * conversations (chat_open.c), does commands (command.h) and draws (chat_draw.c). The client waits
 * and works; whatever the screen shows is read from the cache.
 */
#ifndef TERN_TUI_CHAT_H
#define TERN_TUI_CHAT_H

#include "client/chat.h"
#include "tui/complete.h"
#include "tui/config.h"
#include "tui/edit.h"
#include "tui/keypress.h"
#include "tui/list.h"
#include "tui/pager.h"
#include "tui/screen.h"
#include "tui/term.h"
#include "tui/view.h"

enum { CHAT_BACK = 32, CHAT_SAID_MAX = 400 };

struct chat;
struct search;

/* What the input line is for. */
enum chat_mode {
	MODE_WRITE,  /* a message, or a command */
	MODE_FILTER, /* the list's filter */
	MODE_FIND,   /* what is looked for in this conversation */
	MODE_DATE,   /* a date to go to */
};

/* A question that is answered with one key. */
struct chat_question {
	char *text; /* NULL: none is asked */
	void (*yes)(struct chat *chat);
};

struct chat {
	struct client *client;
	struct client_config client_config;
	struct term *term;
	struct screen *screen;
	struct key_reader *keys;
	struct config config;
	struct widths widths;
	struct complete *complete;
	struct bind_pending pending;
	struct client_live live;

	struct list *list;
	struct view *view;   /* of the open conversation; NULL where there is none */
	struct pager *pager; /* what covers it; NULL */
	struct edit *edit;
	enum chat_mode mode;
	char *kept_text;            /* what was being written when another mode began */
	int64_t reply_to, editing;  /* msg_ids the text is for; 0 */
	int64_t recalling;          /* the one that a question is about */
	size_t filter_at;           /* the row chosen in filter mode */
	struct id_range hole_asked; /* the last one that was to be loaded */
	struct search *search;      /* whose hits the pager shows; NULL */
	bool calling;               /* a command waits for the server */
	struct chat_question question;
	bool pasted_lines; /* the text has several lines that came in a paste */

	struct {
		struct address who;
		int64_t msg_id; /* 0: its end */
	} back[CHAT_BACK];
	size_t back_count;

	bool list_pane, members_pane; /* wanted; there may be no room */
	bool focused;                 /* the terminal is in front, as far as it says so */
	char said[CHAT_SAID_MAX];     /* one line, in answer to what was done; "" */
	bool said_error;

	int rows, columns;
	int signals;        /* descriptor */
	int wake;           /* the terminal's and the signals' together */
	bool drawn_late;    /* the picture is older than what it shows */
	bool changed;       /* the cache did */
	int64_t draft_due;  /* time_mono() when what is written is kept; INT64_MAX */
	int64_t escape_due; /* when a lone ESC is a key */
	int64_t refreshed;  /* when the cache was last read again */
	int64_t notified;   /* the stamp up to which notice was given */
	int64_t list_due;   /* when the whole list is read again; INT64_MAX */
	bool ending;
	enum status status; /* why it ends */
	struct error err;
};

/* ---- chat.c ---- */

/* One line under the messages, until the next key. */
void chat_say(struct chat *chat, const char *format, ...) __attribute__((format(printf, 2, 3)));
void
chat_complain(struct chat *chat, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What a call of the client came to: complains where it failed. True where it was OK. */
bool chat_done(struct chat *chat, enum status status, const struct error *err);
/* Ends; a status that isn't OK is the program's. */
void chat_end(struct chat *chat, enum status status, const struct error *err);
/* Asks; `text` is taken. */
void chat_ask(struct chat *chat, char *text, void (*yes)(struct chat *chat));
/* Reads again what the cache changed. */
void chat_refresh(struct chat *chat);

/* Back to the shell, until it brings the chat to the front again. */
void chat_suspend(struct chat *chat);
/* Serves what the terminal and the signals have to say; config.input. */
void chat_input(void *arg);
/* Writes the picture, where it has changed. */
void chat_flush(struct chat *chat);

/* ---- chat_open.c ---- */

/* Opens a conversation, at msg_id or (0) where it was left off; its draft is in the input. */
void chat_open(struct chat *chat, const struct address *who, int64_t msg_id);
/* Likewise, and remembers where one was: chat_back() returns there. */
void chat_jump(struct chat *chat, const struct address *who, int64_t msg_id);
void chat_back(struct chat *chat);
void chat_close(struct chat *chat);
/* Keeps what is being written. */
void chat_keep_draft(struct chat *chat);
/* What is on the screen now has been read; holes on it are asked for. */
void chat_seen(struct chat *chat);
/* Puts a pager over the messages (taken). */
void chat_page(struct chat *chat, struct pager *pager);
void chat_unpage(struct chat *chat);

/* ---- chat_keys.c ---- */

/* Does what the keys say that were read; timed_out: a lone ESC is one. */
void chat_take_keys(struct chat *chat, bool timed_out);
/* Turns to another mode, or back to MODE_WRITE. */
void chat_mode(struct chat *chat, enum chat_mode mode);

/* ---- chat_help.c ---- */

/* Completes the word before the cursor. */
void chat_complete(struct chat *chat, int direction);
void chat_complete_init(struct chat *chat);
/* Lets $VISUAL or $EDITOR change what is being written. */
void chat_edit_external(struct chat *chat);

/* ---- chat_send.c ---- */

/* Does what the input says: a command, an edit, a message. */
void chat_enter(struct chat *chat);
/* Sends a message, or what amends one (type NULL: "text"), in the open conversation. */
bool chat_send(struct chat *chat, const char *type, const char *text, int64_t target);
/* The input is for a reply to it, or a new text of it. */
void chat_reply_item(struct chat *chat, const struct item *item);
void chat_edit_item(struct chat *chat, const struct item *item);

/* ---- chat_draw.c ---- */

void chat_draw(struct chat *chat);

#endif
