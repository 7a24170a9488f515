/* What indexing and asking share. */
#ifndef TERN_CACHE_SEARCH_H
#define TERN_CACHE_SEARCH_H

#include "cache/internal.h"

enum search_mark { SEARCH_MARK_FROM, SEARCH_MARK_IN };

/* Appends the word that each document of that sender, or of that conversation, has. */
void search_mark_add(struct buf *out, enum search_mark mark, const char *address);

/* Names the rules by which words are made just now. */
int64_t search_form(void);

#endif
