/* Control sequences of a terminal: where one ends, and which key it is. */
#ifndef TERN_TUI_KEYPRESS_SEQUENCE_H
#define TERN_TUI_KEYPRESS_SEQUENCE_H

#include <stddef.h>

#include "tui/keypress.h"

enum {
	SEQUENCE_MAX = 256, /* bytes of one that is looked at; of longer ones the rest is skipped */
};

enum sequence_result {
	SEQUENCE_MORE,    /* its end has not come */
	SEQUENCE_NOTHING, /* *used bytes mean nothing */
	SEQUENCE_KEY,     /* *used bytes are *key: named, the mouse or the focus */
	SEQUENCE_PASTE,   /* *used bytes begin a paste */
	SEQUENCE_LONG,    /* SEQUENCE_MAX bytes, and no end */
};

/*
 * What begins with ESC [ or ESC O. The name of a key that is a character is that character, or
 * "Space". *key is zeros at first.
 */
enum sequence_result
sequence_csi(struct keypress *key, size_t *used, const char *bytes, size_t length);
enum sequence_result
sequence_ss3(struct keypress *key, size_t *used, const char *bytes, size_t length);

/* Whether a byte within CSI ends it, as its last byte. */
bool sequence_is_final(char byte);

/* Whether a byte may stand before that. */
bool sequence_is_inner(char byte);

#endif
