/*
 * The words of a text, as it is searched by: one rule for what is indexed, what is asked for, and
 * where a hit is marked.
 *
 * A word is a run of letters, marks and digits, in one form for all ways to write it: compatible
 * characters are one (full width is plain, a ligature its letters), case is folded, and accents on
 * Latin, Greek and Cyrillic letters are taken off. Scripts that don't part words (Han, Hiragana,
 * Katakana, Hangul, Thai and its neighbours) are cut into pairs of characters that overlap; the
 * last character of such a run stands once more by itself, so that each begins a word and all of
 * them can be asked for alone. An emoji or the like is a word. Everything else parts words.
 */
#ifndef TERN_BASE_WORDS_H
#define TERN_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Changes whenever the same text would come out as other words. */
enum { WORDS_VERSION = 1 };

enum {
	WORD_MAX = 96 /* bytes; longer ones are cut */
};

enum word_kind {
	WORD_WHOLE,
	WORD_PAIR, /* two characters of a script without spaces */
	WORD_LAST, /* the last character of a run that made pairs */
	WORD_LONE, /* the one character of such a run */
};

struct word {
	const char *text; /* UTF-8: ASCII letters and digits, and characters beyond ASCII; never one
	                   * of private use */
	size_t length;
	size_t begin, end; /* where it stands in the text, bytes */
	enum word_kind kind;
};

/* Tells the words of a text, which may hold anything, in order. What word() gets is borrowed. */
void words_of(
    const char *text, size_t length, void (*word)(void *arg, const struct word *word), void *arg);

/* The words of a text, kept. */
struct word_list {
	struct buf text;
	struct word *words; /* their texts stand in `text`; owned */
	size_t count;
	size_t room;
};

/* word_list_finish() frees. */
void word_list_make(struct word_list *list, const char *text, size_t length);
void word_list_finish(struct word_list *list);

/*
 * As a phrase that is asked for: words that have to stand side by side. *prefix is set where the
 * last of them may go on: a character of a script without spaces begins pairs.
 */
void word_list_make_phrase(struct word_list *list, const char *text, size_t length, bool *prefix);

/* Whether the words of the text from `at` (below its count) on are the phrase's, one by one;
 * prefix: the last may go on. A phrase without words is nowhere. */
bool word_list_match(
    const struct word_list *text, size_t at, const struct word_list *phrase, bool prefix);

#endif
