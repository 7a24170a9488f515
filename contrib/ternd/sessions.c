#include "sessions.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "seen.h"
#include "server.h"
#include "store.h"
#include "table.h"
#include "work.h"

enum { SESSIONS_MAX = 65536 }; /* beyond, the longest unused goes */

struct session {
	struct table_node by_hash;
	struct table_node by_device;
	uint8_t hash[TOKEN_HASH];
	struct caller caller;
	TAILQ_ENTRY(session) used;
};

struct sessions {
	struct table by_hash;
	struct table by_device;
	TAILQ_HEAD(, session) used; /* least recently first */
	uint64_t drops;             /* tells a lookup under way that it may be too old */
};

static struct session *
of_device_node(struct table_node *node)
{
	return (struct session *)((char *)node - offsetof(struct session, by_device));
}

struct sessions *
sessions_create(void)
{
	struct sessions *sessions = mem_zalloc(1, sizeof *sessions);

	table_init(&sessions->by_hash);
	table_init(&sessions->by_device);
	TAILQ_INIT(&sessions->used);
	return sessions;
}

static void
drop(struct sessions *sessions, struct session *session)
{
	table_remove(&sessions->by_hash, &session->by_hash);
	table_remove(&sessions->by_device, &session->by_device);
	TAILQ_REMOVE(&sessions->used, session, used);
	free(session);
}

void
sessions_destroy(struct sessions *sessions)
{
	struct session *session;

	if (!sessions)
		return;
	while ((session = TAILQ_FIRST(&sessions->used)))
		drop(sessions, session);
	table_finish(&sessions->by_hash);
	table_finish(&sessions->by_device);
	free(sessions);
}

void
session_hash(uint8_t hash[TOKEN_HASH], const char *token, size_t length)
{
	_Static_assert((int)TOKEN_HASH == (int)crypto_hash_sha256_BYTES, "SHA-256");
	crypto_hash_sha256(hash, (const unsigned char *)token, length);
}

bool
sessions_find(struct sessions *sessions, const uint8_t hash[TOKEN_HASH], struct caller *caller)
{
	struct session *session =
	    (struct session *)table_find(&sessions->by_hash, hash, TOKEN_HASH);

	if (!session)
		return false;
	TAILQ_REMOVE(&sessions->used, session, used);
	TAILQ_INSERT_TAIL(&sessions->used, session, used);
	*caller = session->caller;
	return true;
}

void
sessions_add(struct sessions *sessions, const uint8_t hash[TOKEN_HASH], const struct caller *caller)
{
	struct session *session;

	/* Two requests of a device may have been looked up at once. */
	if (table_find(&sessions->by_hash, hash, TOKEN_HASH))
		return;
	if (sessions->by_hash.count >= SESSIONS_MAX)
		drop(sessions, TAILQ_FIRST(&sessions->used));
	session = mem_zalloc(1, sizeof *session);
	memcpy(session->hash, hash, TOKEN_HASH);
	session->caller = *caller;
	table_add(&sessions->by_hash, &session->by_hash, session->hash, TOKEN_HASH);
	table_add(&sessions->by_device, &session->by_device, &session->caller.device_id,
	    sizeof session->caller.device_id);
	TAILQ_INSERT_TAIL(&sessions->used, session, used);
}

void
sessions_drop_device(struct sessions *sessions, int64_t device_id)
{
	struct table_node *node = table_find(&sessions->by_device, &device_id, sizeof device_id);

	sessions->drops++;
	if (node)
		drop(sessions, of_device_node(node));
}

/* A token that is looked up in the store. */
struct lookup {
	struct work work;
	uint8_t hash[TOKEN_HASH];
	void (*then)(struct call *);
	uint64_t drops; /* when it began */
	struct caller caller;
};

static enum status
lookup_run(struct job *job, struct store *store, struct error *err)
{
	struct lookup *lookup = (struct lookup *)job;

	return work_outcome(
	    &lookup->work, store->driver->device_find(store, lookup->hash, &lookup->caller, err));
}

static void lookup_done(struct job *job, enum status status, struct error *err);

static void
lookup_start(struct lookup *lookup)
{
	struct server *server = lookup->work.call->server;

	lookup->drops = server->sessions->drops;
	if (!work_submit(&lookup->work, server->reader, lookup_run, lookup_done))
		free(lookup);
}

static void
lookup_done(struct job *job, enum status status, struct error *err)
{
	struct lookup *lookup = (struct lookup *)job;
	struct call *call = lookup->work.call;
	struct sessions *sessions = call->server->sessions;

	if (work_failed(&lookup->work, status, err)) {
		free(lookup);
	} else if (lookup->work.refusal == STATUS_NOT_FOUND) {
		call_fail(call, WIRE_UNAUTHORIZED, "the token is not valid (any more)");
		free(lookup);
	} else if (lookup->drops != sessions->drops) {
		/* It may have been revoked behind the lookup's back. */
		lookup_start(lookup);
	} else {
		sessions_add(sessions, lookup->hash, &lookup->caller);
		call->caller = lookup->caller;
		seen_note(call->server->seen, call->caller.device_id);
		lookup->then(call);
		free(lookup);
	}
}

void
session_authorize(struct call *call, const char *token, size_t length, void (*then)(struct call *))
{
	uint8_t hash[TOKEN_HASH];
	struct lookup *lookup;

	session_hash(hash, token, length);
	if (sessions_find(call->server->sessions, hash, &call->caller)) {
		seen_note(call->server->seen, call->caller.device_id);
		then(call);
		return;
	}
	lookup = mem_zalloc(1, sizeof *lookup);
	lookup->work.call = call;
	lookup->then = then;
	memcpy(lookup->hash, hash, TOKEN_HASH);
	lookup_start(lookup);
}
