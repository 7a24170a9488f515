/* A cache whose messages are indexed, and short ways to ask the index. */
#ifndef TERN_TESTS_SEARCH_FIXTURE_H
#define TERN_TESTS_SEARCH_FIXTURE_H

#include "cache/internal.h"
#include "cache_fixture.h"

/* Stores one message from the peer. Returns its message_id. */
int64_t say(struct fixture *f, const char *conversation, int64_t msg_id, const char *text);

/* Indexes so many rows. Returns how many are left. */
int64_t index_some(struct fixture *f, int64_t rows);
void index_all(struct fixture *f);

/* The one number of a query with one text (may be NULL). */
int64_t ask(struct fixture *f, const char *sql, const char *text);

/* The index and the cache are sound. */
void check_index(struct fixture *f);

#endif
