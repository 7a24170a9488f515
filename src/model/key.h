/*
 * Keys: a UUIDv7 that a device gives a message (and any other mutating call) before it first
 * sends it. 16 bytes in SQL, a 36-character string in JSON. Keys made one after another by one
 * process sort in that order, so that an index on them only ever grows at its end.
 */
#ifndef TERN_MODEL_KEY_H
#define TERN_MODEL_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum { KEY_BYTES = 16, KEY_TEXT_SIZE = 37 };

struct key {
	uint8_t bytes[KEY_BYTES];
};

/* Makes a new key. last (may be NULL) is the caller's key before it: the new one sorts after. */
void key_make(struct key *key, const struct key *last);

/* Writes the key as 018f…-…. Returns text. */
const char *key_format(const struct key *key, char text[KEY_TEXT_SIZE]);

/* Reads lower- or upper-case hex with dashes; any UUID version. False: not a key. */
bool key_parse(struct key *key, const char *text);

bool key_equal(const struct key *a, const struct key *b);

#endif
