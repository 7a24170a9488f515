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

/* A message that was found. */
struct search_hit {
	int64_t doc;
	int64_t conversation_id;
	int64_t msg_id;
	int64_t peer_ack, peer_read; /* of the conversation */
	struct address conversation;
};

struct search_hits {
	struct search_hit *items;
	size_t count;
	size_t room;
};

/* What is asked of an index. */
struct search_ask {
	const char *match;  /* as FTS5 reads it */
	int64_t first, end; /* documents from first on and below end */
	int64_t from_time, to_time;
	int64_t limit;
};

/* The newest hits, instead of what *hits held; sql: SQL_SEARCH_HITS, or its like on another index.
 * In a transaction. */
enum status search_ask(struct cache *cache, enum sql sql, const struct search_ask *ask,
    struct search_hits *hits, struct error *err);

/* The same hits, where the newest messages have as many as are asked for (search_newest.c). *enough
 * false: they haven't, and the whole index is to be asked. In a transaction. */
enum status search_newest(struct cache *cache, const struct search_ask *ask,
    struct search_hits *hits, bool *enough, struct error *err);

/* Tells an index (SQL_SEARCH_ADD, or its like) of a message's words; nothing where it has no text.
 */
enum status search_put_message(
    struct cache *cache, enum sql sql, int64_t doc, int64_t message_id, struct error *err);

/* Names the rules by which words are made just now. */
int64_t search_form(void);

#endif
