/*
 * What a list of conversations shows, the names of people, and how many messages wait to be sent.
 * The rules of cache/cache.h hold.
 */
#ifndef TERN_CACHE_OVERVIEW_H
#define TERN_CACHE_OVERVIEW_H

#include "cache/cache.h"

/* One line of it; strings are borrowed until row returns. */
struct cache_overview {
	const char *address;
	const char *name; /* as cache_name() */
	int64_t activity; /* the last message's stamp (of the head, where that isn't known), or the
	                   * wall time of the newest in the outbox, whichever is later */
	int64_t first, last, read;
	int64_t unread; /* as cache_conversations() counts them */
	bool left;      /* a group that this account has left */
	bool muted, pinned, draft;
	bool mention;   /* one of the newest 200 unread names this account: model/mention.h */
	int64_t queued; /* in the outbox, and not failed */
	int64_t failed;
};

/* Tells those whose activity is above `since`, and those with activity 0 where since is 0, at most
 * `limit`: pinned ones first, then the latest; with those of which only the outbox knows. */
enum status cache_overview(struct cache *cache, int64_t since, size_t limit,
    void (*row)(void *arg, const struct cache_overview *overview), void *arg, struct error *err);
/* Tells one, where it is known. */
enum status cache_overview_one(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct cache_overview *overview), void *arg, bool *found,
    struct error *err);

enum cache_flag { CACHE_MUTED, CACHE_PINNED };

/* Sets a flag of a conversation, which is made where there is none. Survives a crash of the
 * process, not of the machine. */
enum status cache_flag_set(struct cache *cache, const char *conversation, enum cache_flag flag,
    bool on, struct error *err);

/* The name of the contact of that address, else of the group, else the one in the profile held;
 * NULL where there is none. The caller frees. */
enum status cache_name(struct cache *cache, const char *address, char **name, struct error *err);
/* What an account calls itself in the profile held; NULL for nothing. The caller frees. */
enum status
cache_display_name(struct cache *cache, const char *address, char **name, struct error *err);

struct cache_outbox_count {
	int64_t queued; /* not failed */
	int64_t doubt;  /* of these, in doubt */
	int64_t failed;
};
enum status
cache_outbox_count(struct cache *cache, struct cache_outbox_count *count, struct error *err);

#endif
