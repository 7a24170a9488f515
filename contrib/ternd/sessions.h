/*
 * Device tokens in memory: SHA-256 of the token to who it is. A cache of the store: what is not
 * here is looked up there. Loop's thread only.
 */
#ifndef TERND_SESSIONS_H
#define TERND_SESSIONS_H

#include "call.h"

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 43, TOKEN_HASH = 32 };

struct sessions;

struct sessions *sessions_create(void);
void sessions_destroy(struct sessions *sessions);

/* Hashes a token's text as it came over the wire (length bytes). */
void session_hash(uint8_t hash[TOKEN_HASH], const char *token, size_t length);

/* True, with *caller filled, where the token is known here. */
bool
sessions_find(struct sessions *sessions, const uint8_t hash[TOKEN_HASH], struct caller *caller);
void sessions_add(
    struct sessions *sessions, const uint8_t hash[TOKEN_HASH], const struct caller *caller);
void sessions_drop_device(struct sessions *sessions, int64_t device_id);

/*
 * Fills call->caller from the token, through the reader where it isn't in memory, then calls
 * then(call); or fails the call with "unauthorized".
 */
void
session_authorize(struct call *call, const char *token, size_t length, void (*then)(struct call *));

#endif
