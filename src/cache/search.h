/* What indexing and asking share. */
#ifndef TERN_CACHE_SEARCH_H
#define TERN_CACHE_SEARCH_H

#include "cache/internal.h"

enum search_mark { SEARCH_MARK_FROM, SEARCH_MARK_IN };

/* Appends the word that each document of that sender, or of that conversation, has. */
void search_mark_add(struct buf *out, enum search_mark mark, const char *address);

enum { SEARCH_DOCS_AT_STAMP = 1024 }; /* a message's document is that close above its stamp */

/* The bounds within which a message of a time has its stamp: time - early to time + late. */
struct search_bounds {
	int64_t early;
	int64_t late;
};
enum status search_bounds_get(struct cache *cache, struct search_bounds *bounds, struct error *err);

/* Names the rules by which words are made just now. */
int64_t search_form(void);

#endif
