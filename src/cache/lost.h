/*
 * A history that the server lost, for a backup of it was put back; and comparing lists with the
 * server's (reset.c, aside.c, compare.c). The rules of cache/cache.h hold.
 */
#ifndef TERN_CACHE_LOST_H
#define TERN_CACHE_LOST_H

#include "cache/cache.h"

/* How reset was answered. */
struct cache_reset {
	const char *generation;
	int64_t fork;
	const struct cache_knowledge *asked; /* what it was asked with */
};

struct cache_lost {
	int64_t aside; /* messages that were set aside */
	int64_t again; /* of these, own ones that are sent again */
};

/*
 * Turns to the history that the server has, in one transaction, durably (doc/protocol.md 3.3): what
 * is known beyond the fork is set aside, put back into the outbox, or forgotten, and there is no
 * cursor until cache_compare_end(). APPLIED; or GAP where something is known that the server was
 * not asked about, as after another process did it: ask again.
 */
enum status cache_reset(struct cache *cache, const struct cache_reset *reset,
    enum cache_applied *applied, struct cache_lost *lost, struct error *err);

/* What is set aside, of all conversations, but for what waits in the outbox again. */
enum status cache_aside_count(struct cache *cache, int64_t *count, struct error *err);

enum cache_list { CACHE_CONTACTS, CACHE_GROUPS, CACHE_CONVERSATIONS, CACHE_LISTS };

/* Rows of a list by address, each with the stamp it has; removed contacts and groups that were
 * left, too. One block, strings within. cache_listed_finish() frees. */
struct cache_listed {
	struct cache_listed_row {
		const char *address;
		int64_t stamp;
	} * rows;
	size_t count;
	bool more; /* there are others behind */
};
/* Those behind `after` (NULL: from the first on), at most `limit`. */
enum status cache_listed(struct cache *cache, enum cache_list list, const char *after, size_t limit,
    struct cache_listed *listed, struct error *err);
/* The row of an address, NULL where it is not among them; borrowed. */
const struct cache_listed_row *
cache_listed_find(const struct cache_listed *listed, const char *address);
void cache_listed_finish(struct cache_listed *listed);

/* How compare was answered (doc/protocol.md 3.10). */
struct cache_compared {
	const char *generation;
	enum cache_list list;
	const struct cache_listed *had; /* what it was asked with */
	const struct contact *contacts; /* one of these three */
	size_t contact_count;
	const struct group *groups;
	size_t group_count;
	const struct conversation_head *heads;
	size_t head_count;
	const char *const *gone;
	size_t gone_count;
};

/* Takes over what differs: a row that is still what the server was told, or older than its answer.
 * APPLIED, or GAP: the generation is not the cache's. */
enum status cache_compare_apply(struct cache *cache, const struct cache_compared *compared,
    enum cache_applied *applied, struct error *err);

/* All lists were compared since cache_reset(), and what the server had committed by then goes up to
 * stamp: sets the cursor that a reset waits for. APPLIED, DISCARDED where none does, or GAP. */
enum status cache_compare_end(struct cache *cache, const char *generation, int64_t stamp,
    enum cache_applied *applied, struct error *err);

#endif
