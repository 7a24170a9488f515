/* One call to the server, outside the engine's goals. */
#include "base/timeu.h"
#include "client/internal.h"
#include "net/backoff.h"

/* Waits for the call that sync_once() made. */
static enum status
wait_once(struct client *client, int64_t deadline, struct error *err)
{
	const struct sync_outcome *outcome = sync_once_outcome(client->sync);
	enum status status = STATUS_OK;

	while (!outcome->successes && !outcome->failures && status == STATUS_OK) {
		if (time_mono() >= deadline)
			return error_set(
			    err, STATUS_AGAIN, "the server did not answer within the time given");
		status = client_wait(client, deadline, err);
	}
	return status;
}

/* Lets time pass, but no longer than to the deadline. */
static enum status
wait_until(struct client *client, int64_t time, int64_t deadline, struct error *err)
{
	enum status status = STATUS_OK;

	time = time < deadline ? time : deadline;
	while (time_mono() < time && status == STATUS_OK)
		status = client_wait(client, time, err);
	return status;
}

enum status
client_call(struct client *client, enum method_id method, const struct buf *body, int64_t deadline,
    struct error *err)
{
	const struct sync_outcome *outcome;
	struct backoff backoff = {0};
	struct buf copy;
	enum status status = client_online(client, err);

	while (status == STATUS_OK) {
		buf_init(&copy, body->limit);
		buf_add(&copy, body->data, body->length);
		sync_once(client->sync, method, &copy);
		outcome = sync_once_outcome(client->sync);
		status = wait_once(client, deadline, err);
		if (outcome->successes)
			return STATUS_OK;
		if (sync_fatal(client->sync, NULL) != STATUS_OK)
			return sync_fatal(client->sync, err);
		if (status != STATUS_OK && !outcome->failures)
			return status;
		status = error_set(err, outcome->status, "%s", outcome->err.text);
		if (status == STATUS_AGAIN && time_mono() < deadline)
			status = wait_until(client, backoff_next(&backoff), deadline, err);
	}
	return status;
}
