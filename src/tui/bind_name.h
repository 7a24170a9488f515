/* Names of keys. */
#ifndef TERN_TUI_BIND_NAME_H
#define TERN_TUI_BIND_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/bind.h"

/* Writes the canonical name of one key of length bytes. False where it names none. */
bool key_name_canonical(char out[BIND_NAME_SIZE], const char *name, size_t length);

/* Whether a key of that canonical name writes a character. */
bool key_name_is_text(const char *name);

#endif
