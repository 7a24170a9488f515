/*
 * One line of the configuration, cut into words.
 *
 * Words stand between spaces and tabs. In "double quotes" a word may hold those, and \" and
 * \\  mean the character itself; in 'single quotes' nothing is special. A '#' that begins the line,
 * or has a space on both sides, begins a comment.
 */
#ifndef TERN_TUI_CONFIG_LINE_H
#define TERN_TUI_CONFIG_LINE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

enum {
	CONFIG_LINE_MAX = 4096, /* bytes of a line */
	CONFIG_WORDS_MAX = 16,
};

struct config_words {
	char text[2 * CONFIG_LINE_MAX]; /* the words, each with a 0 */
	const char *word[CONFIG_WORDS_MAX];
	int column[CONFIG_WORDS_MAX]; /* where each begins: 1 for the line's first character */
	int count;
};

/*
 * Cuts length bytes. Where it can't, *column tells the character at fault: CONFIG for what isn't
 * UTF-8 or is a control character, a quote without its end, a line longer than CONFIG_LINE_MAX, too
 * many words.
 */
enum status config_words_make(
    struct config_words *words, const char *line, size_t length, int *column, struct error *err);

/* Appends a word, in quotes where it needs them. */
void config_word_put(struct buf *out, const char *word);

#endif
