/* Being up to date: login-sync, fetch, contacts. */
#include <stdlib.h>

#include "base/path.h"
#include "base/timeu.h"
#include "client/internal.h"
#include "wire/limits.h"
#include "wire/sync.h"

enum status
client_run_goals(struct client *client, const enum sync_goal *goals, size_t count, int64_t deadline,
    struct error *err)
{
	int64_t failures[SYNC_GOALS]; /* that were there before */
	enum status status = STATUS_OK;
	bool under_way;

	sync_hurry(client->sync);
	for (size_t i = 0; i < count; i++) {
		failures[goals[i]] = sync_outcome(client->sync, goals[i])->failures;
		sync_want(client->sync, goals[i], 0);
	}
	for (;;) {
		under_way = false;
		for (size_t i = 0; i < count; i++)
			under_way |=
			    sync_wants(client->sync, goals[i]) &&
			    sync_outcome(client->sync, goals[i])->failures == failures[goals[i]];
		if (!under_way || status != STATUS_OK)
			break;
		if (time_mono() >= deadline)
			return error_set(err, STATUS_UNAVAILABLE,
			    "the server did not answer within the time given");
		status = client_wait(client, deadline, err);
	}
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		const struct sync_outcome *outcome = sync_outcome(client->sync, goals[i]);

		if (outcome->failures > failures[goals[i]])
			status = error_set(err, outcome->status, "%s", outcome->err.text);
	}
	return status;
}

enum status
client_login_sync(struct client *client, int64_t deadline, struct error *err)
{
	static const enum sync_goal goals[] = {SYNC_LISTS};
	enum status status = client_online(client, err);

	if (status != STATUS_OK)
		return status;
	sync_want(client->sync, SYNC_FLUSH, 0);
	sync_want(client->sync, SYNC_READ, 0);
	return client_run_goals(client, goals, 1, deadline, err);
}

enum status
client_fetch(
    struct client *client, int64_t deadline, struct client_fetched *fetched, struct error *err)
{
	static const enum sync_goal goals[] = {SYNC_LISTS, SYNC_FLUSH, SYNC_READ, SYNC_PULL};
	struct path_lock lock;
	enum status status = client_online(client, err);

	*fetched = (struct client_fetched){0};
	if (status != STATUS_OK)
		return status;
	status = path_lock_beside(&lock, cache_path(client->cache), "fetch", err);
	if (status == STATUS_AGAIN)
		return error_set(
		    err, STATUS_AGAIN, "another fetch of %s is under way", client_address(client));
	if (status != STATUS_OK)
		return status;
	sync_pull_for(client->sync, 0, NULL, true);
	status = client_run_goals(client, goals, sizeof goals / sizeof goals[0], deadline, err);
	if (status == STATUS_OK)
		client_finish_acks(client);
	fetched->messages = sync_counts(client->sync)->messages;
	fetched->sent = sync_counts(client->sync)->sent;
	fetched->failed = sync_counts(client->sync)->failed;
	path_lock_release(&lock);
	if (status == STATUS_OK)
		client_tidy(client, deadline);
	return status;
}

static enum status
store_contacts(struct client *client, int64_t deadline, struct error *err)
{
	struct contact_set answer;
	enum cache_applied applied = CACHE_APPLIED;
	enum status status = contact_set_answer_read(&answer, sync_once_answer(client->sync), err);

	if (status == STATUS_OK)
		status = cache_store_contacts(
		    client->cache, answer.generation, answer.contacts, answer.count, &applied, err);
	contact_set_finish(&answer);
	/* The server started anew; login-sync tells of them, too. */
	if (status == STATUS_OK && applied == CACHE_GAP)
		status = client_login_sync(client, deadline, err);
	return status;
}

enum status
client_contact_set(struct client *client, const struct contact *contacts, size_t count,
    int64_t deadline, struct error *err)
{
	const struct contact_set set = {.contacts = (struct contact *)contacts, .count = count};
	struct buf body;
	enum status status;

	if (count > LIMIT_BATCH)
		return error_set(err, STATUS_USAGE, "at most %d contacts at once", LIMIT_BATCH);
	buf_init(&body, LIMIT_REQUEST);
	contact_set_write(&body, &set);
	status = client_call(client, METHOD_CONTACT_SET, &body, deadline, err);
	buf_finish(&body);
	return status == STATUS_OK ? store_contacts(client, deadline, err) : status;
}
