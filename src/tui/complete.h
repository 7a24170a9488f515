/*
 * Completion: Tab puts in what the word before the cursor may become, Tab again what else it may.
 * Commands, names and whatever a command takes come from whoever knows them; emoji (":smi") are
 * here.
 */
#ifndef TERN_TUI_COMPLETE_H
#define TERN_TUI_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/edit.h"

enum { COMPLETE_MAX = 1000 }; /* candidates */

struct complete;

/* What is asked for. */
struct complete_question {
	const char *command; /* the text begins with "/command ": what it takes. "": the commands
	                      * themselves, without the '/'. NULL: names, in a message. */
	int argument;        /* which, from 0 */
	const char *prefix;  /* what candidates begin with, without its '@' */
};

/* Calls complete_add() for each candidate, the likeliest first; they need not begin with the
 * prefix. */
typedef void
complete_source(void *arg, const struct complete_question *question, struct complete *complete);

/* arg is borrowed. */
struct complete *complete_create(complete_source *source, void *arg);
void complete_destroy(struct complete *complete);

/* Whether ":short" names become emoji (they do). */
void complete_emoji(struct complete *complete, bool on);

/*
 * A candidate: it is taken where match or text begins with the prefix, in any case of letters, and
 * puts `text` in. match may be NULL. False once there are enough.
 */
bool complete_add(struct complete *complete, const char *match, const char *text);

/*
 * Completes the word before the cursor, or goes on from the last completion where the text is still
 * as that left it; direction 1 to the next candidate, -1 to the one before. False where there is
 * none.
 */
bool complete_step(struct complete *complete, struct edit *edit, int direction);

/* Forgets the candidates. */
void complete_end(struct complete *complete);

/* The i-th candidate of the completion under way, to be shown: what it would put in, and (emoji) by
 * what name; NULL behind the last. *chosen: it was put in. Borrowed. */
const char *
complete_candidate(const struct complete *complete, size_t i, const char **name, bool *chosen);

#endif
