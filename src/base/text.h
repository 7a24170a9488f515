/* Text: UTF-8 as it is checked, and as it is made safe for a terminal. */
#ifndef TERN_BASE_TEXT_H
#define TERN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* True where length bytes are well-formed UTF-8 without a 0 byte. */
bool text_is_utf8(const char *text, size_t length);

/*
 * True for the characters that a terminal must not get as they are: C0 and C1 controls, DEL, line
 * and paragraph separators, and format characters that hide, move or reorder others.
 */
bool text_is_harmful(uint32_t character);

/* How a line break in the text is shown. */
enum text_lines {
	TEXT_ONE_LINE,   /* a line break becomes a visible mark: the text stays one line */
	TEXT_KEEP_LINES, /* LF stays, all else is made safe */
};

/*
 * Appends text, which may hold anything, so that a terminal shows it harmlessly: C0 and C1
 * controls, DEL, bidi overrides and isolates, line and paragraph separators and invisible
 * format characters become visible marks or nothing; tabs become a space; bytes that are not
 * UTF-8 become U+FFFD. Joiners that emoji and scripts need (ZWJ, ZWNJ, variation selectors) stay.
 */
void text_safe(struct buf *out, const char *text, size_t length, enum text_lines lines);

/* text_safe() to a new one-line string the caller frees. */
char *text_safe_line(const char *text);

/* The length of the most of text that fits in limit bytes, ending between characters: for "%.*s".
 */
int text_cut(const char *text, int limit);

/* Writes length bytes as base64url without padding. Returns text, which has room for
 * TEXT_BASE64URL_SIZE(length). */
#define TEXT_BASE64URL_SIZE(length) (((length)*4 + 2) / 3 + 1)
char *text_base64url(char *text, const void *bytes, size_t length);

#endif
