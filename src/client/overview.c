/* The list of conversations; from the cache. */
#include "cache/overview.h"

#include "client/chat.h"
#include "client/internal.h"

struct telling {
	void (*row)(void *arg, const struct client_overview_row *row);
	void *arg;
};

static void
tell(void *arg, const struct cache_overview *o)
{
	const struct telling *telling = arg;
	const struct client_overview_row row = {
	    .address = o->address,
	    .name = o->name,
	    .group = address_is_group(o->address),
	    .left = o->left,
	    .muted = o->muted,
	    .pinned = o->pinned,
	    .draft = o->draft,
	    .activity = o->activity,
	    .first = o->first,
	    .last = o->last,
	    .read = o->read,
	    .unread = o->unread,
	    .mention = o->mention,
	    .queued = o->queued,
	    .failed = o->failed,
	};

	telling->row(telling->arg, &row);
}

enum status
client_overview(struct client *client, int64_t since, size_t limit,
    void (*row)(void *arg, const struct client_overview_row *row), void *arg, struct error *err)
{
	struct telling telling = {row, arg};

	return cache_overview(client->cache, since, limit, tell, &telling, err);
}

enum status
client_overview_one(struct client *client, const char *address,
    void (*row)(void *arg, const struct client_overview_row *row), void *arg, bool *found,
    struct error *err)
{
	struct telling telling = {row, arg};

	return cache_overview_one(client->cache, address, tell, &telling, found, err);
}

enum status
client_flag_set(struct client *client, const struct address *who, enum client_flag flag, bool on,
    struct error *err)
{
	return cache_flag_set(
	    client->cache, who->text, flag == CLIENT_MUTED ? CACHE_MUTED : CACHE_PINNED, on, err);
}
