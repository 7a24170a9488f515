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

#endif
