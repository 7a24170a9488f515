/* Bytes fed to a reader of keys in pieces, and what came out, written down. */
#ifndef TERN_KEYPRESS_FIXTURE_H
#define TERN_KEYPRESS_FIXTURE_H

#include <stddef.h>

#include "base/buf.h"
#include "tui/keypress.h"

/* What came out, as words: keys by name, 'text', "paste", {mouse row,column}, (focus). */
struct record {
	struct buf out;
	/* KEY_TEXT, or KEY_PASTE where more of it follows: it isn't closed yet */
	enum key_kind last;
};

/* The bytes in pieces: the first of `first` bytes, the others of `each`. At the end nothing comes
 * any more. record->out is to be finished. */
void run(struct record *record, const struct key_sequence *table, size_t count, const char *bytes,
    size_t length, size_t first, size_t each);

/* That they give this in whichever two pieces they come, and one by one. */
void check_table(const struct key_sequence *table, size_t count, const char *bytes, size_t length,
    const char *expected);
void check(const char *bytes, const char *expected);

/* For what has a 0 byte. */
#define CHECK_BYTES(bytes, expected) check_table(NULL, 0, bytes, sizeof(bytes) - 1, expected)

#endif
