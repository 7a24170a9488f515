/*
 * Looking for damage, and mending it: what the cache says of itself must add up, and be what the
 * server says (doc/protocol.md 3.10). The rules of cache/cache.h hold. Each function tells what
 * it finds (difference->address is borrowed until the callback returns), and with `repair` mends
 * that in the same transaction.
 */
#ifndef TERN_CACHE_VERIFY_H
#define TERN_CACHE_VERIFY_H

#include "cache/cache.h"
#include "model/difference.h"

struct cache_verify {
	bool repair;
	void (*found)(void *arg, const struct difference *difference);
	void *arg;
};

/* Conversations whose ranges touch, reach beyond what there is, or don't come to what is counted
 * as held. */
enum status
cache_verify_ranges(struct cache *cache, const struct cache_verify *verify, struct error *err);

/* Messages of which the table of folds, or of reactions, says something else than their amendments,
 * or whose text is still there though they were recalled. Expired ones are not looked at. */
enum status
cache_verify_folds(struct cache *cache, const struct cache_verify *verify, struct error *err);

/*
 * Conversations against the server's heads. Those with a stamp beyond `known`, up to which the
 * cache had all when the server was asked, are news. `gone` are those that the server does not
 * have. A read marker that the server was not told yet is no difference.
 */
enum status cache_verify_heads(struct cache *cache, const struct conversation_head *heads,
    size_t count, const char *const *gone, size_t gone_count, int64_t known,
    const struct cache_verify *verify, struct error *err);

/* All ranges held, by conversation and ids. */
enum status cache_held(struct cache *cache, struct cache_ranges *held, struct error *err);

/* Tells the messages with these ids, ascending, as they came (without their conversation). */
enum status cache_messages(struct cache *cache, const struct conversation_range *range,
    void (*row)(void *arg, const struct message *message), void *arg, struct error *err);

/* Stores a page in the place of whatever the cache has with ids in it. APPLIED, or GAP: its
 * generation is not the cache's. */
enum status cache_replace_page(struct cache *cache, const char *generation,
    const struct cache_page *page, enum cache_applied *applied, struct error *err);

#endif
