/*
 * What a person searches for, as typed:
 *
 *   word            the word, whole; all of several words
 *   wor*            words that begin so
 *   "some words"    side by side
 *   -word           not this one (also before a phrase, from: and in:)
 *   from:ADDRESS    of that sender; several: of any of them
 *   in:ADDRESS      in that conversation; likewise
 *   after:DATE      on that day or later
 *   before:DATE     before that day
 *
 * Anything is a query: what makes no sense as one of these is looked for as words.
 */
#ifndef TERN_CLIENT_QUERY_H
#define TERN_CLIENT_QUERY_H

#include "base/status.h"
#include "cache/cache.h"

enum {
	QUERY_BYTES = 1024,
	QUERY_TERMS = 64,
};

struct query {
	struct search_term terms[QUERY_TERMS]; /* their texts are owned */
	size_t count;
	int64_t after;  /* wall time; 0 for no bound */
	int64_t before; /* likewise */
};

/* Reads it; domain is what an address without one has. query_finish() frees, whatever comes back.
 * USAGE: not UTF-8, too long, too many terms, not an address or a date where one belongs. */
enum status
query_parse(struct query *query, const char *text, const char *domain, struct error *err);
void query_finish(struct query *query);

/* Adds one more condition, as if it had been typed. USAGE: too many. */
enum status query_add(struct query *query, int kind, const char *text, struct error *err);

#endif
