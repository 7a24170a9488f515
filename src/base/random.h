/* Random bytes from the system, and their text forms. */
#ifndef TERN_BASE_RANDOM_H
#define TERN_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Fills with random bytes fit for secrets. Ends the process where the system has none. */
void random_bytes(void *to, size_t length);

/* A number in [0, below). below > 0. For jitter; slightly biased. */
uint32_t random_below(uint32_t below);

/* Writes length random bytes as text_base64url() does. Returns text. */
#define RANDOM_TEXT_SIZE(length) TEXT_BASE64URL_SIZE(length)
char *random_text(char *text, size_t length);

#endif
