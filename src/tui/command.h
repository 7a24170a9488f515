/*
 * What is typed with a slash. Each command is a line in the table of command.c; its function stands
 * in the cmd_*.c of its kind. Help, completion and the manual's check come from the table.
 */
#ifndef TERN_TUI_COMMAND_H
#define TERN_TUI_COMMAND_H

#include "tui/chat.h"

enum { COMMAND_WORDS_MAX = 16 };

/* What was typed, without the command's name. */
struct command_line {
	const char *rest; /* all of it, without blanks at both ends */
	int count;        /* of words, at most COMMAND_WORDS_MAX */
	const char *words[COMMAND_WORDS_MAX];
	const char *after[COMMAND_WORDS_MAX]; /* what follows each word, as it was typed */
};

struct command {
	const char *name;
	const char *usage; /* what stands behind the name; "" */
	const char *help;  /* N_(): one line */
	int min, max;      /* words; max -1: no limit */
	void (*run)(struct chat *chat, const struct command_line *line);
};

/* Behind the last there is one without a name. */
extern const struct command chat_commands[];

/* Does what was typed behind the slash. */
void command_do(struct chat *chat, const char *typed);

/* The conversation that a word names ("bob", "#team", "+team"), complaining where it names none. */
bool command_who(struct chat *chat, const char *word, struct address *who);
/* The message that a word names, or without one (NULL) the selected, else the newest of others
 * (own: of one's own). Complains, and NULL, where there is none. */
const struct item *command_message(struct chat *chat, const char *word, bool own);
/* When calls to the server that are waited for end (time_mono()). */
int64_t command_deadline(void);

/*
 * What the server must be asked is waited for, while the terminal is served on: one such call at a
 * time. begin: false, with a complaint, where one waits already; says what is being done. end: what
 * it came to.
 */
bool command_begin_call(struct chat *chat, const char *doing);
bool command_end_call(struct chat *chat, enum status status, const struct error *err);

/* ---- for the keys ---- */
void command_goto_date(struct chat *chat, const char *date);
void command_search_more(struct chat *chat);
void search_destroy(struct search *search);

/* cmd_talk.c */
void slash_msg(struct chat *chat, const struct command_line *line);
void slash_query(struct chat *chat, const struct command_line *line);
void slash_reply(struct chat *chat, const struct command_line *line);
void slash_edit(struct chat *chat, const struct command_line *line);
void slash_recall(struct chat *chat, const struct command_line *line);
void slash_react(struct chat *chat, const struct command_line *line);
void slash_read(struct chat *chat, const struct command_line *line);
void slash_sendlines(struct chat *chat, const struct command_line *line);
/* cmd_people.c */
void slash_join(struct chat *chat, const struct command_line *line);
void slash_leave(struct chat *chat, const struct command_line *line);
void slash_invite(struct chat *chat, const struct command_line *line);
void slash_members(struct chat *chat, const struct command_line *line);
void slash_whois(struct chat *chat, const struct command_line *line);
void slash_topic(struct chat *chat, const struct command_line *line);
void slash_mute(struct chat *chat, const struct command_line *line);
void slash_pin(struct chat *chat, const struct command_line *line);
/* cmd_find.c */
void slash_search(struct chat *chat, const struct command_line *line);
void slash_goto(struct chat *chat, const struct command_line *line);
void slash_sync(struct chat *chat, const struct command_line *line);
/* cmd_other.c */
void slash_help(struct chat *chat, const struct command_line *line);
void slash_close(struct chat *chat, const struct command_line *line);
void slash_quit(struct chat *chat, const struct command_line *line);

#endif
