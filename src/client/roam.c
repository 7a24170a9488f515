/* Roaming history: what is missing in the cache is pulled, the newest first. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "client/internal.h"

/* Each of `who` has to be a conversation once the lists are up to date. */
static enum status
check_who(struct client *client, const struct client_sync *wanted, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < wanted->who_count && status == STATUS_OK; i++)
		status = cache_history(client->cache,
		    &(struct history_query){.conversation = wanted->who[i].text}, NULL, NULL, NULL,
		    err);
	return status;
}

enum { STRIKES = 4 }; /* failures in a row, with nothing new in between, that end it */

/* Whether a failure is worth another try, which the engine makes by itself. */
static bool
goes_on(struct client *client, int64_t *failures, int64_t *changes, int *strikes)
{
	const struct sync_outcome *outcome = sync_outcome(client->sync, SYNC_PULL);
	int64_t now = sync_counts(client->sync)->changes;

	if (outcome->failures == *failures)
		return true;
	*strikes = *changes == now ? *strikes + 1 : 1;
	*failures = outcome->failures;
	*changes = now;
	return (outcome->status == STATUS_UNAVAILABLE || outcome->status == STATUS_AGAIN) &&
	       *strikes < STRIKES;
}

/* Waits for the pull to end, telling how far it is. */
static enum status
pull(struct client *client, const struct client_sync *wanted, struct error *err)
{
	const struct sync_outcome *outcome = sync_outcome(client->sync, SYNC_PULL);
	int64_t total = -1, left, failures = outcome->failures, changes = -1;
	int strikes = 0;
	enum status status = STATUS_OK;

	sync_want(client->sync, SYNC_PULL, 0);
	while (sync_wants(client->sync, SYNC_PULL)) {
		if (!goes_on(client, &failures, &changes, &strikes))
			return error_set(err, outcome->status, "%s", outcome->err.text);
		if (time_mono() >= wanted->deadline)
			return error_set(err, STATUS_UNAVAILABLE,
			    "the server did not answer within the time given");
		status = client_wait(client, wanted->deadline, err);
		if (status != STATUS_OK)
			return status;
		left = sync_pull_left(client->sync);
		total = total < left ? left : total;
		if (wanted->progress && left >= 0)
			wanted->progress(wanted->arg, total - left, total);
	}
	return STATUS_OK;
}

enum status
client_sync(
    struct client *client, const struct client_sync *wanted, int64_t *messages, struct error *err)
{
	const char **names = mem_zalloc(wanted->who_count + 1, sizeof *names);
	struct roaming roaming = {
	    .who = wanted->who ? names : NULL,
	    .who_count = wanted->who_count,
	    .since = wanted->since,
	    .newest = wanted->newest,
	};
	enum status status = client_login_sync(client, wanted->deadline, err);

	*messages = 0;
	for (size_t i = 0; i < wanted->who_count; i++)
		names[i] = wanted->who[i].text;
	if (status == STATUS_OK)
		status = check_who(client, wanted, err);
	if (status == STATUS_OK) {
		sync_pull_history(client->sync, &roaming);
		status = pull(client, wanted, err);
		sync_unwant(client->sync, SYNC_PULL);
	}
	if (status == STATUS_OK)
		client_finish_acks(client);
	if (client->online)
		*messages = sync_counts(client->sync)->messages;
	if (client->online)
		sync_pull_for(client->sync, 0, NULL, false);
	client_live_resume(client);
	free(names);
	if (status == STATUS_OK)
		client_tidy(client, wanted->deadline);
	return status;
}
