/* The server's parts, as handlers see them. Owned by main; loop's thread only. */
#ifndef TERND_SERVER_H
#define TERND_SERVER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/contact.h"

struct worker;
struct pools;
struct sessions;
struct ack_saver;
struct pruner;
struct seen_keeper;
struct pusher;
struct conns;
struct call;
struct metrics;
struct packer;
struct store_driver;

enum registration { REGISTRATION_CLOSED, REGISTRATION_OPEN };

/* What the command line says. Strings are borrowed from argv. */
struct server_config {
	const char *listen;   /* "http://127.0.0.1:7480"; port 0 picks one */
	const char *store;    /* a file, or ":memory:" */
	const char **domains; /* the first one is the default */
	size_t domain_count;
	enum registration registration;
	int request_timeout_ms; /* first byte to last: 30000 */
	int idle_timeout_ms;    /* between requests: 120000 */
	int drain_ms;           /* how long a drain may spread its answers: 3000 */
	int64_t keep_days;      /* messages older than that are pruned; 0: never */
	int64_t keep_messages;  /* of each conversation, the newest; 0: all */
	int64_t prune_every_ms; /* 3600000 */
	bool prune_anyway;      /* the operator says that clock and amount are right */
	bool weak_passwords;    /* Argon2id at its minimum: for tests only */
};

struct server {
	const struct server_config *config;
	struct event_base *base;
	char generation[GENERATION_SIZE];
	struct worker *writer;
	struct worker *reader;
	struct worker *hasher;
	struct packer *packer;        /* the loop's (wire/packer.h) */
	struct packer *reader_packer; /* for the reader's jobs alone */
	struct pools *pools;          /* pool.h: held polls and what waits for them */
	struct sessions *sessions;    /* sessions.h: tokens in memory */
	struct ack_saver *acks;       /* acks.h: acknowledgements on their way to the store */
	struct seen_keeper *seen;     /* seen.h: when devices were last heard of */
	struct pusher *pusher;        /* pusher.h: changed profiles on their way */
	struct conns *conns;          /* conn.h */
	struct pruner *pruner;        /* pruner.h: what is kept no longer; NULL: all is kept */
	struct metrics *metrics;      /* metrics.h */
	bool draining;
};

/* True where domain is one of the server's. */
bool config_has_domain(const struct server_config *config, const char *domain);

/*
 * The store has ended a device's login: nothing more of its account reaches it. Its token, its pool
 * and held poll go, and calls of it that are under way fail; all but `but` (may be NULL).
 */
void server_end_device(struct server *server, int64_t device_id, const struct call *but);

#endif
