/*
 * A text as it is laid out: cut into lines of a width, between words where it can be, with
 * stretches that have a look of their own (links, mentions, what was searched for).
 */
#ifndef TERN_TUI_BODY_H
#define TERN_TUI_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/cluster.h"

enum span_kind { SPAN_PLAIN, SPAN_LINK, SPAN_MENTION, SPAN_MATCH, SPAN_NOTE };

/* Bytes [begin, end) of the text. */
struct span {
	size_t begin, end;
	enum span_kind kind;
};

struct body {
	char *text; /* owned; may hold anything */
	size_t length;
	struct span *spans; /* ascending, apart from each other; owned */
	size_t span_count;
	struct body_line {
		size_t begin, end;
	} * lines; /* at least one once it is laid out; owned */
	size_t line_count;
	int width; /* that it is laid out for; 0: not yet */
};

/* Copies the text; body_finish() frees. Finds its links. */
void body_init(struct body *body, const char *text, size_t length);
void body_finish(struct body *body);

/* Gives a stretch a look, over what it had. */
void body_mark(struct body *body, size_t begin, size_t end, enum span_kind kind);

/* Lays it out for lines of width columns (at least 1); does nothing where it is already. */
void body_wrap(struct body *body, int width, const struct widths *widths);

/* The stretch that begins at `at` and has one look: returns its end, at most `end`. */
size_t body_run(const struct body *body, size_t at, size_t end, enum span_kind *kind);

/* The whole of the stretch that byte `at` is in, for the caller to free; NULL where it is in none.
 */
char *body_link(const struct body *body, size_t at);

#endif
