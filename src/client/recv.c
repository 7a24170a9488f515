/* Receiving: what a consumer has not seen yet is handed on, as far as no hole lies between. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/timeu.h"
#include "client/internal.h"

enum { BATCH = 256 };

struct pending {
	struct message message; /* strings owned */
	enum cache_handing handing;
};

struct run {
	struct client *client;
	const struct client_recv *recv;
	const char *who;
	int64_t consumer;
	int64_t place; /* the consumer whose places advance: the same, or a copy of it */
	struct path_lock lock;
	int64_t handed;
	bool waited; /* the server was asked, and given time */
	struct pending batch[BATCH];
	size_t batch_count;
	struct conversation_range places[BATCH];
	size_t place_count;
};

/* ---- one batch ---- */

static void
collect(void *arg, const struct message *message, enum cache_handing handing)
{
	struct run *run = arg;
	struct pending *pending = &run->batch[run->batch_count++];

	pending->message = message_copy(message);
	pending->handing = handing;
}

static void
batch_clear(struct run *run)
{
	for (size_t i = 0; i < run->batch_count; i++)
		message_finish(&run->batch[i].message);
	run->batch_count = 0;
}

/* The place that the first `count` messages of the batch reach in each conversation. */
static void
find_places(struct run *run, size_t count)
{
	run->place_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct message *m = &run->batch[i].message;
		size_t p = 0;

		while (p < run->place_count &&
		       strcmp(run->places[p].conversation, m->conversation) != 0)
			p++;
		run->places[p] =
		    (struct conversation_range){m->conversation, {m->msg_id, m->msg_id}};
		if (p == run->place_count)
			run->place_count++;
	}
}

static bool
is_enough(const struct run *run)
{
	return run->recv->count > 0 && run->handed >= run->recv->count;
}

static bool
is_passed_over(const struct run *run, const struct pending *pending)
{
	return pending->handing == HANDING_DONE ||
	       (!run->recv->own && strcmp(pending->message.from, client_address(run->client)) == 0);
}

/* How many of the batch are looked at until as many as are asked for were handed on. What is not
 * handed on must not be noted as such: it would be marked as repeated. */
static size_t
count_of_batch(const struct run *run)
{
	int64_t left = run->recv->count > 0 ? run->recv->count - run->handed : INT64_MAX;
	size_t count = 0;

	while (count < run->batch_count && left > 0)
		left -= !is_passed_over(run, &run->batch[count++]);
	return count;
}

/* Hands the first `count` of the batch on. *done counts those that are through, own ones that are
 * passed over as well. */
static enum status
hand(struct run *run, size_t count, size_t *done, struct error *err)
{
	const struct client_recv *recv = run->recv;
	enum status status = STATUS_OK;
	int64_t handed = 0;

	for (*done = 0; *done < count; (*done)++) {
		const struct pending *pending = &run->batch[*done];

		if (is_passed_over(run, pending))
			continue;
		status =
		    recv->hand(recv->arg, &pending->message, pending->handing == HANDING_REPEATED);
		if (status != STATUS_OK)
			break;
		run->handed++;
		handed++;
	}
	if (handed) {
		enum status flushed = recv->flush(recv->arg);

		if (flushed != STATUS_OK)
			*done = 0; /* who knows how many are through */
		if (status == STATUS_OK)
			status = flushed;
	}
	if (status != STATUS_OK)
		return error_set(err, status, "a message could not be handed on");
	return STATUS_OK;
}

static enum status
hand_batch(struct run *run, struct error *err)
{
	struct cache *cache = run->client->cache;
	size_t count = count_of_batch(run);
	size_t done;
	enum status status, handing;

	find_places(run, count);
	status = cache_consumer_handing(cache, run->consumer, run->places, run->place_count, err);
	if (status != STATUS_OK)
		return status;
	/* Where one could not be handed on, those before it are through all the same. */
	handing = hand(run, count, &done, err);
	find_places(run, done);
	if (done) {
		struct error advance_err;

		status = cache_consumer_advance(
		    cache, run->place, run->places, run->place_count, &advance_err);
		if (status != STATUS_OK)
			return error_set(err, status, "%s", advance_err.text);
	}
	return handing;
}

/* Hands on all that the cache can give, or as many as are asked for. */
static enum status
hand_all(struct run *run, struct error *err)
{
	size_t limit = run->recv->batch && run->recv->batch < BATCH ? run->recv->batch : BATCH;
	enum status status = STATUS_OK;
	bool more = true;

	while (more && status == STATUS_OK && !is_enough(run)) {
		status = cache_consumer_next(
		    run->client->cache, run->place, run->who, limit, collect, run, err);
		more = run->batch_count > 0;
		if (status == STATUS_OK && more)
			status = hand_batch(run, err);
		batch_clear(run);
		if (status == STATUS_OK && more && !is_enough(run))
			status = client_check_stop(run->client, err);
	}
	return status;
}

/* ---- the loop ---- */

static bool
is_waiting(const struct client_recv *recv)
{
	return recv->follow || recv->count > 0 || recv->deadline != INT64_MAX;
}

/* A call that doesn't wait is over when each goal has been reached, or has failed. */
static bool
is_over(struct sync *sync, enum status *status, struct error *err)
{
	static const enum sync_goal goals[] = {SYNC_LISTS, SYNC_PULL};
	static const enum sync_goal side[] = {SYNC_FLUSH, SYNC_READ};

	for (size_t i = 0; i < sizeof goals / sizeof goals[0]; i++) {
		const struct sync_outcome *outcome = sync_outcome(sync, goals[i]);

		if (outcome->failures) {
			*status = error_set(err, outcome->status, "%s", outcome->err.text);
			return true;
		}
		if (sync_wants(sync, goals[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof side / sizeof side[0]; i++)
		if (sync_wants(sync, side[i]) && !sync_outcome(sync, side[i])->failures)
			return false;
	return true;
}

static enum status
loop(struct run *run, struct error *err)
{
	struct client *client = run->client;
	int64_t deadline = run->recv->deadline;
	int64_t changes = -1;
	enum status status = STATUS_OK;

	while (!is_enough(run)) {
		if (client->changed)
			client_follow_cache(client);
		if (client->changed || changes != sync_counts(client->sync)->changes) {
			changes = sync_counts(client->sync)->changes;
			client->changed = false;
			status = hand_all(run, err);
			if (status != STATUS_OK || is_enough(run))
				return status;
		}
		if (!is_waiting(run->recv) && is_over(client->sync, &status, err))
			return status;
		if (time_mono() >= deadline)
			return STATUS_OK;
		run->waited = true;
		status = client_wait(client, deadline, err);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status
go_online(struct run *run, struct error *err)
{
	struct sync *sync;
	enum status status = client_online(run->client, err);

	if (status != STATUS_OK)
		return status;
	sync = run->client->sync;
	sync_pull_for(sync, run->consumer, run->who, true);
	sync_want(sync, SYNC_LISTS, 0);
	sync_want(sync, SYNC_FLUSH, 0);
	sync_want(sync, SYNC_READ, 0);
	sync_want(sync, SYNC_PULL, 0);
	if (is_waiting(run->recv)) {
		sync_hold_line(sync);
		watch_follow(&run->client->watch);
		tidy_when_idle(&run->client->tidy);
	}
	return STATUS_OK;
}

static enum status
receive(struct run *run, struct error *err)
{
	const struct client_recv *recv = run->recv;
	const char *name = recv->consumer ? recv->consumer : "default";
	bool found, created;
	enum status status =
	    cache_consumer_find(run->client->cache, name, &run->consumer, &found, err);

	/* "Now" is the server's; where the consumer stands already, nobody need be asked. */
	if (status == STATUS_OK && recv->from_now && !found)
		status = client_login_sync(run->client, recv->deadline, err);
	if (status == STATUS_OK)
		status = cache_consumer_open(
		    run->client->cache, name, recv->from_now, &run->consumer, &created, err);
	run->place = run->consumer;
	if (status == STATUS_OK && recv->manual)
		status = cache_consumer_manual(run->client->cache, run->consumer, &run->place, err);
	if (status == STATUS_OK)
		status = hand_all(run, err);
	if (status != STATUS_OK || is_enough(run))
		return status;
	status = go_online(run, err);
	if (status == STATUS_OK)
		status = loop(run, err);
	return status;
}

/* Fewer came than were asked for: is that so, or could nobody tell? */
static enum status
too_few(const struct run *run, struct error *err)
{
	const struct sync_outcome *lists =
	    run->waited ? sync_outcome(run->client->sync, SYNC_LISTS) : NULL;

	if (!lists || lists->successes)
		return error_set(err, STATUS_NOT_FOUND, "nothing more came");
	if (lists->failures)
		return error_set(err, lists->status, "%s", lists->err.text);
	return error_set(
	    err, STATUS_UNAVAILABLE, "the server did not answer within the time given");
}

enum status
client_recv(
    struct client *client, const struct client_recv *recv, int64_t *handed, struct error *err)
{
	const char *name = recv->consumer ? recv->consumer : "default";
	struct run *run = mem_zalloc(1, sizeof *run);
	char *what = mem_printf("consumer-%s", name);
	enum status status;

	run->client = client;
	run->recv = recv;
	run->who = recv->who ? recv->who->text : NULL;
	status = path_lock_beside(&run->lock, cache_path(client->cache), what, err);
	free(what);
	if (status == STATUS_AGAIN)
		status = error_set(err, STATUS_AGAIN,
		    "another process receives as consumer '%s'; choose another --consumer", name);
	if (status == STATUS_OK) {
		status = receive(run, err);
		if (status == STATUS_AGAIN && client->stopped && recv->follow)
			status = STATUS_OK;
		if (client->online)
			client_finish_acks(client);
		path_lock_release(&run->lock);
	}
	*handed = run->handed;
	if (status == STATUS_OK && !client->stopped &&
	    (run->handed == 0 || run->handed < recv->count))
		status = too_few(run, err);
	free(run);
	return status;
}

enum status
client_done(struct client *client, const char *consumer, const struct address *who, int64_t msg_id,
    struct error *err)
{
	int64_t id;
	bool found;
	enum status status = cache_consumer_find(client->cache, consumer, &id, &found, err);

	if (status == STATUS_OK && !found)
		status =
		    error_set(err, STATUS_NOT_FOUND, "there is no consumer '%s' here", consumer);
	return status == STATUS_OK ? cache_consumer_done(client->cache, id, who->text, msg_id, err)
	                           : status;
}
