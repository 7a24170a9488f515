/* What the files of the editor share. */
#ifndef TERN_TUI_EDIT_INTERNAL_H
#define TERN_TUI_EDIT_INTERNAL_H

#include <stdint.h>

#include "base/buf.h"
#include "tui/edit.h"
#include "tui/edit_history.h"
#include "tui/edit_undo.h"

enum { KILL_RING = 16 };

/* What the last action was, for those that go on from it. */
enum edit_last {
	LAST_OTHER,
	LAST_KILL,     /* another cut joins it */
	LAST_YANK,     /* yank-pop may exchange what it inserted */
	LAST_VERTICAL, /* the column is kept */
};

struct edit_search {
	bool on, found;
	struct buf query;
	size_t back; /* the hit's place in the history */
	char *text;  /* what there was before; owned */
	size_t cursor;
};

struct edit {
	struct buf text;
	size_t cursor;
	enum edit_last last;
	size_t column; /* LAST_VERTICAL: in characters */

	/* Of what edit_insert() gets in pieces. */
	char part[4]; /* the beginning of a character */
	size_t part_length;
	bool after_cr;

	struct undo undo;

	char *ring[KILL_RING]; /* owned; [0] is the newest */
	size_t ring_at;        /* the one that LAST_YANK inserted */
	size_t yank_from, yank_to;

	struct history history;
	char *conversation; /* owned */
	size_t walked;      /* how far back in the history; 0: not at all */
	char *draft;        /* what there was before; owned */
	struct edit_search search;
};

/* ---- edit.c ---- */

/* Puts text, which is clean, in the place of [from, to), the cursor behind it, for undo too. False,
 * and nothing done, where it would be too long. */
bool edit_change(struct edit *edit, size_t from, size_t to, const char *text, size_t length);

/* Another text in the place of all, with undo. */
void edit_change_all(struct edit *edit, const char *text);

/* ---- edit_move.c: places in the text ---- */

size_t
edit_before(const struct edit *edit, size_t at); /* the character before; 0 at the beginning */
size_t edit_after(const struct edit *edit, size_t at);
size_t edit_line_begin(const struct edit *edit, size_t at);
size_t edit_line_end(const struct edit *edit, size_t at);
size_t edit_word_left(const struct edit *edit, size_t at);  /* where a word begins */
size_t edit_word_right(const struct edit *edit, size_t at); /* where a word ends */
size_t edit_spaced_word_left(const struct edit *edit, size_t at);

/* To the line above or below, in the same column as far as it is that long. False where there is
 * none. */
bool edit_move_line(struct edit *edit, int direction);

/* ---- edit_kill.c ---- */

void edit_kill(struct edit *edit, size_t from, size_t to);
void edit_yank(struct edit *edit);
void edit_yank_pop(struct edit *edit);
void edit_delete_space(struct edit *edit);
void edit_transpose_characters(struct edit *edit);
void edit_transpose_words(struct edit *edit);
void edit_change_case(struct edit *edit, enum action action);

/* ---- edit_search.c ---- */

void edit_walk(struct edit *edit, int direction); /* -1: what was sent before */
void edit_walk_end(struct edit *edit);

void edit_search_begin(struct edit *edit);
/* The query has changed. */
void edit_search_again(struct edit *edit);
/* True where the search has used the action up. */
bool edit_search_act(struct edit *edit, enum action action);
void edit_search_end(struct edit *edit, bool keep);

#endif
