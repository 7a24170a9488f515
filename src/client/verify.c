/*
 * verify: the cache against the server (doc/protocol.md 3.10). Lists are compared by their stamps,
 * heads by what they say, messages by digests, and what follows from these by itself.
 */
#include "client/verify.h"

#include <stdio.h>
#include <string.h>

#include "sync/interval.h"
#include "wire/compare.h"
#include "wire/limits.h"

enum { MOST_PASSES = 4 };

enum status
verify_catch_up(struct verify_run *run, struct error *err)
{
	static const enum sync_goal goals[] = {SYNC_LISTS, SYNC_READ};
	enum status status = client_run_goals(run->client, goals, 2, run->wanted->deadline, err);

	return status == STATUS_OK ? cache_cursor_get(run->client->cache, &run->cursor, err)
	                           : status;
}

void
verify_found(void *arg, const struct difference *difference)
{
	struct verify_run *run = arg;

	run->found++;
	if (run->quiet || run->pass > 0)
		return;
	run->verified->differences++;
	run->wanted->found(run->wanted->arg, difference);
}

struct cache_verify
verify_look(struct verify_run *run)
{
	return (struct cache_verify){
	    .repair = run->wanted->repair && !run->quiet, .found = verify_found, .arg = run};
}

enum status
verify_call(struct verify_run *run, enum method_id method, struct buf *body, struct error *err)
{
	enum status status = client_call(run->client, method, body, run->wanted->deadline, err);

	buf_finish(body);
	return status;
}

enum status
verify_generation(const struct verify_run *run, const char *generation, struct error *err)
{
	if (strcmp(generation, run->cursor.generation) == 0)
		return STATUS_OK;
	return error_set(
	    err, STATUS_AGAIN, "the server started anew meanwhile; run 'tern verify' again");
}

/* ---- lists ---- */

struct listing {
	struct verify_run *run;
	struct interval interval;
	struct compare_answer answer;
};

static void
tell_row(struct listing *listing, const char *address, enum difference_kind kind)
{
	verify_found(listing->run,
	    &(struct difference){.of = listing->interval.list == CACHE_CONTACTS ? DIFFERENCE_CONTACT
	                                                                        : DIFFERENCE_GROUP,
	        .kind = kind,
	        .address = address});
}

/* A row of the server's that the cache lacks, or has with another stamp: unless it is news. */
static void
look_at_row(struct listing *listing, const char *address, int64_t stamp)
{
	if (stamp <= listing->run->cursor.stamp)
		tell_row(listing, address,
		    cache_listed_find(&listing->interval.had, address) ? DIFFERENCE_CONTENT
		                                                       : DIFFERENCE_MISSING);
}

static enum status
look_at_rows(struct listing *listing, struct error *err)
{
	struct verify_run *run = listing->run;
	const struct compare_answer *a = &listing->answer;
	const struct cache_compared compared = {
	    .generation = a->generation,
	    .list = listing->interval.list,
	    .had = &listing->interval.had,
	    .contacts = a->contacts,
	    .contact_count = a->contact_count,
	    .groups = a->groups,
	    .group_count = a->group_count,
	    .gone = a->gone,
	    .gone_count = a->gone_count,
	};
	enum cache_applied applied;
	int64_t before = run->found;

	for (size_t i = 0; i < a->contact_count; i++)
		look_at_row(listing, a->contacts[i].address, a->contacts[i].stamp);
	for (size_t i = 0; i < a->group_count; i++)
		look_at_row(listing, a->groups[i].address, a->groups[i].stamp);
	for (size_t i = 0; i < a->gone_count; i++) {
		const struct cache_listed_row *row =
		    cache_listed_find(&listing->interval.had, a->gone[i]);

		/* A group of which somebody only looked at the members has no stamp. */
		if (row && row->stamp)
			tell_row(listing, a->gone[i], DIFFERENCE_SURPLUS);
	}
	if (!verify_look(run).repair || run->found == before)
		return STATUS_OK;
	return cache_compare_apply(run->client->cache, &compared, &applied, err);
}

static enum status
look_at_heads(struct listing *listing, struct error *err)
{
	const struct compare_answer *a = &listing->answer;
	const struct cache_verify verify = verify_look(listing->run);

	return cache_verify_heads(listing->run->client->cache, a->heads, a->head_count, a->gone,
	    a->gone_count, listing->run->cursor.stamp, &verify, err);
}

/* Contacts and groups are what their stamps say. A head holds counts that were made here: of these
 * all are to come. */
static enum status
ask(struct listing *listing, struct error *err)
{
	struct buf body;
	enum status status;

	buf_init(&body, LIMIT_REQUEST);
	interval_write(&body, &listing->interval, listing->interval.list == CACHE_CONVERSATIONS);
	status = verify_call(listing->run, METHOD_COMPARE, &body, err);
	if (status == STATUS_OK)
		status = compare_answer_read(
		    &listing->answer, sync_once_answer(listing->run->client->sync), err);
	return status;
}

/* The next interval. *done: the list is at its end. */
static enum status
compare_next(struct listing *listing, bool *done, struct error *err)
{
	const struct compare_answer *a = &listing->answer;
	const char *upto;
	enum status status = cache_listed(listing->run->client->cache, listing->interval.list,
	    listing->interval.after.text, LIMIT_BATCH, &listing->interval.had, err);

	if (status == STATUS_OK)
		status = ask(listing, err);
	if (status == STATUS_OK)
		status = verify_generation(listing->run, a->generation, err);
	if (status == STATUS_OK)
		status = interval_answered(&listing->interval, a, &upto, err);
	if (status != STATUS_OK)
		return status;
	status = listing->interval.list == CACHE_CONVERSATIONS ? look_at_heads(listing, err)
	                                                       : look_at_rows(listing, err);
	listing->run->verified->rows +=
	    listing->run->quiet && !listing->run->pass ? (int64_t)listing->interval.had.count : 0;
	*done = !upto;
	if (upto)
		snprintf(
		    listing->interval.after.text, sizeof listing->interval.after.text, "%s", upto);
	return status;
}

static enum status
compare_list(struct verify_run *run, enum cache_list list, struct error *err)
{
	struct listing listing = {.run = run, .interval = {.list = list}};
	bool done = false;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && !done) {
		status = compare_next(&listing, &done, err);
		cache_listed_finish(&listing.interval.had);
		compare_answer_finish(&listing.answer);
	}
	return status;
}

static enum status
compare_lists(struct verify_run *run, struct error *err)
{
	enum status status = STATUS_OK;

	run->found = 0;
	for (enum cache_list list = 0; list < CACHE_LISTS && status == STATUS_OK; list++)
		status = compare_list(run, list, err);
	return status;
}

static enum status
look_at_lists(struct verify_run *run, int64_t *found, struct error *err)
{
	enum status status;

	run->quiet = true;
	status = compare_lists(run, err);
	run->quiet = false;
	if (status != STATUS_OK || !run->found)
		return status;
	status = verify_catch_up(run, err);
	if (status == STATUS_OK)
		status = compare_lists(run, err);
	*found += run->found;
	return status;
}

/* ---- all of it ---- */

static enum status
look_inside(struct verify_run *run, int64_t *found, struct error *err)
{
	static enum status (*const looks[])(struct cache *, const struct cache_verify *,
	    struct error *) = {cache_verify_ranges, cache_verify_folds};
	const struct cache_verify verify = verify_look(run);
	enum status status = STATUS_OK;

	run->found = 0;
	for (size_t i = 0; i < sizeof looks / sizeof *looks && status == STATUS_OK; i++)
		status = looks[i](run->client->cache, &verify, err);
	*found += run->found;
	return status;
}

static enum status
look(struct verify_run *run, int64_t *found, struct error *err)
{
	enum status status = verify_catch_up(run, err);

	*found = 0;
	if (status == STATUS_OK)
		status = look_inside(run, found, err);
	if (status == STATUS_OK)
		status = look_at_lists(run, found, err);
	if (status != STATUS_OK)
		return status;
	run->found = 0;
	status = verify_messages(run, err);
	*found += run->found;
	return status;
}

/* What is told was found by the first pass. With repair there are others, until one finds nothing:
 * a head counts what a message's mending changes. */
enum status
client_verify(struct client *client, const struct client_verify *wanted,
    struct client_verified *verified, struct error *err)
{
	struct verify_run run = {.client = client, .wanted = wanted, .verified = verified};
	int64_t found = 0;
	enum status status = client_online(client, err);

	*verified = (struct client_verified){.differences = 0};
	if (status == STATUS_OK)
		status = look(&run, &found, err);
	while (status == STATUS_OK && wanted->repair && found && ++run.pass < MOST_PASSES)
		status = look(&run, &found, err);
	if (status == STATUS_OK)
		client_finish_acks(client);
	verified->left = found;
	if (status == STATUS_OK)
		client_tidy(client, wanted->deadline);
	return status;
}
