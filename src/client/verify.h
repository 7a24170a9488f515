/* One verification as its files share it (client_verify()). */
#ifndef TERN_CLIENT_VERIFY_H
#define TERN_CLIENT_VERIFY_H

#include "cache/verify.h"
#include "client/internal.h"

/*
 * Between what the cache has and the answer that it is compared with, something may have changed.
 * So what differs is looked at once more, after another login-sync, and only that counts: the
 * first look is quiet, and mends nothing.
 */
struct verify_run {
	struct client *client;
	const struct client_verify *wanted;
	struct client_verified *verified;
	struct cursor cursor; /* as of the last verify_catch_up() */
	int pass;             /* from 0 on; those after the first mend what mending brought up */
	bool quiet;
	int64_t found; /* in this look */
};

/* login-sync: whatever has a stamp up to run->cursor is in the cache then. */
enum status verify_catch_up(struct verify_run *run, struct error *err);

/* Tells and counts a difference: a struct cache_verify's found(). */
void verify_found(void *run, const struct difference *difference);
/* How a look goes through the cache. */
struct cache_verify verify_look(struct verify_run *run);

/* Makes a call, whose answer is sync_once_answer(). The body is taken. */
enum status
verify_call(struct verify_run *run, enum method_id method, struct buf *body, struct error *err);
/* AGAIN where the server started anew meanwhile. */
enum status
verify_generation(const struct verify_run *run, const char *generation, struct error *err);

/* Compares all messages held, by the digests of their ranges. */
enum status verify_messages(struct verify_run *run, struct error *err);

#endif
