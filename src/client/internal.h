/* Shared by the client's files only. */
#ifndef TERN_CLIENT_INTERNAL_H
#define TERN_CLIENT_INTERNAL_H

#include "cache/overview.h"
#include "client/client.h"
#include "client/tidy.h"
#include "client/watch.h"
#include "sync/sync.h"

/* What a front end is woken for, besides changes of the cache. */
struct news {
	int link; /* an enum client_link */
	int64_t next_try;
	int64_t loading;
};

/* client/chat.h: the engine at work. All zeros: it isn't. */
struct live {
	bool on;
	struct error out; /* why it is logged out */
	int64_t sent;     /* times that something was queued */
	int64_t followed; /* client.foreign when it was last looked after */
	int64_t told;     /* live.c's live_version() when a change was last told */
	int64_t counted;  /* the like of it when the outbox was last counted */
	struct cache_outbox_count outbox;
	int64_t changes;              /* through engines before this one */
	struct cache_traffic traffic; /* likewise */
	struct news news;             /* when last told */
};

struct client {
	struct client_config config;
	struct cache *cache;
	struct cache_account account;
	struct transport *transport; /* these four once client_online() was called */
	struct sync *sync;
	struct watch watch;
	struct tidy tidy;
	/* How a transport is made: http_create(), but in tests. */
	enum status (*connect)(struct transport **transport, const char *server, struct error *err);
	int64_t changes;  /* sync_counts()'s when tidy_look() was last called */
	int64_t foreign;  /* times that another process was seen to have changed the cache */
	int64_t served;   /* times that config.input was called */
	bool interrupted; /* client_interrupt() was called */
	struct live live;
	char *name; /* client_name()'s last */
	bool online;
	bool changed; /* another process changed the cache, during the last client_wait() */
	bool stopped; /* config.stop_fd became readable */
};

/* Makes the engine ready; reaches nobody yet. DENIED where this device is logged out. */
enum status client_online(struct client *client, struct error *err);

/* Ends all that is under way; client_online() may be called again. Harmless where it is not. */
void client_go_offline(struct client *client);

/* Another process changed the cache: holes, messages to send and markers to tell may be there. */
void client_follow_cache(struct client *client);

/* The engine is to pull what a live chat wants, after it was asked for something else. Harmless
 * where none is. (live.c) */
void client_live_resume(struct client *client);

/*
 * Steps the engine (where there is one) and waits until something happened, at most to the
 * deadline. Not OK where going on makes no sense: IO, DENIED, AGAIN ("interrupted").
 */
enum status client_wait(struct client *client, int64_t deadline, struct error *err);

/* AGAIN ("interrupted") where config.stop_fd is readable: for work that doesn't wait. */
enum status client_check_stop(struct client *client, struct error *err);

/* Waits until every goal of the set has succeeded with nothing left to do, or has failed once. The
 * first failure, in the order of the goals, is returned. */
enum status client_run_goals(struct client *client, const enum sync_goal *goals, size_t count,
    int64_t deadline, struct error *err);

/* The file of an address's cache; the caller frees. CONFIG. */
enum status client_cache_path(char **path, const char *address, struct error *err);

/*
 * Makes one call; its answer is sync_once_answer(). One in doubt is made again, until the deadline,
 * for a mutating method carries a key, or is a set operation: repeated, it does nothing more. body
 * is copied. NOT_FOUND, CONFLICT: as the server refuses.
 */
enum status client_call(struct client *client, enum method_id method, const struct buf *body,
    int64_t deadline, struct error *err);

/* USAGE where it can't be a new password. */
enum status client_check_password(const char *password, struct error *err);

/* Sends the acknowledgements that wait, but not for long: what doesn't leave now rides later. */
void client_finish_acks(struct client *client);

#endif
