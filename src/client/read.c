/* Reading the cache; never the network. */
#include <string.h>

#include "base/path.h"
#include "client/cost.h"
#include "client/internal.h"

enum status
client_contacts(struct client *client, void (*row)(void *arg, const struct contact *contact),
    void *arg, struct error *err)
{
	return cache_contacts(client->cache, row, arg, err);
}

/* ---- history ---- */

struct reading {
	struct client *client;
	const struct client_history *query;
	void (*row)(void *arg, const struct message *message);
	void *arg;
	size_t told;
};

/* An outbox entry as the message it is to be, of one's own; all strings are borrowed. */
static struct message
entry_message(const struct outbox_entry *entry, const char *own)
{
	return (struct message){
	    .conversation = entry->conversation,
	    .from = own,
	    .time = entry->time,
	    .type = entry->type,
	    .text = entry->text && *entry->text ? entry->text : NULL,
	    .target = entry->target,
	    .has_key = true,
	    .key = entry->key,
	    .state = entry->state == OUTBOX_FAILED ? STATE_FAILED : STATE_QUEUED,
	};
}

static void
tell_entry(struct reading *reading, const struct outbox_entry *entry)
{
	const struct message message = entry_message(entry, client_address(reading->client));

	if (strcmp(entry->conversation, reading->query->who->text) != 0)
		return;
	reading->told++;
	reading->row(reading->arg, &message);
}

static bool
on_queued(void *arg, const struct outbox_entry *entry)
{
	tell_entry(arg, entry);
	return true;
}

static void
on_failed(void *arg, const struct outbox_entry *entry)
{
	tell_entry(arg, entry);
}

/* From the day on that is asked for. With a lower bound alone the oldest come: so it gets an upper
 * one, which everything is below. */
static enum status
bound_by_date(struct client *client, const struct client_history *query,
    struct history_query *cached, struct error *err)
{
	int64_t after;
	enum status status;

	if (!query->since)
		return STATUS_OK;
	status = cache_history_since(client->cache, query->who->text, query->since, &after, err);
	if (status != STATUS_OK)
		return status;
	if (!query->after && !query->before)
		cached->before = INT64_MAX;
	if (after > cached->after)
		cached->after = after;
	return STATUS_OK;
}

enum status
client_history(struct client *client, const struct client_history *query,
    void (*row)(void *arg, const struct message *message),
    void (*hole)(void *arg, struct id_range ids), void *arg, struct error *err)
{
	struct history_query cached = {
	    .conversation = query->who->text,
	    .before = query->before,
	    .after = query->after,
	    .count = query->count,
	    .oldest = query->oldest,
	    .events = query->events,
	};
	struct reading reading = {client, query, row, arg, 0};
	enum status status = bound_by_date(client, query, &cached, err);
	enum status found;

	if (status == STATUS_OK)
		status = cache_history(client->cache, &cached, row, hole, arg, err);
	found = status;
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	if (!query->before) {
		status = cache_outbox_failed(client->cache, on_failed, &reading, err);
		if (status == STATUS_OK)
			status =
			    cache_outbox_list(client->cache, SIZE_MAX, on_queued, &reading, err);
		if (status != STATUS_OK)
			return status;
	}
	if (found == STATUS_NOT_FOUND && !reading.told)
		return error_set(err, STATUS_NOT_FOUND,
		    "there is no conversation with %s in the cache", query->who->text);
	return STATUS_OK;
}

/* ---- status ---- */

struct counting {
	struct client_status *status;
	struct cost cost;
};

static void
count_conversation(void *arg, const struct cache_conversation *conversation)
{
	struct counting *counting = arg;
	struct client_status *status = counting->status;

	cost_head(&counting->cost, &conversation->head);
	status->conversations++;
	status->messages += conversation->held;
	status->missing += conversation->missing;
	status->unread += conversation->unread;
}

static void
count_contact(void *arg, const struct contact *contact)
{
	struct counting *counting = arg;

	cost_contact(&counting->cost, contact);
	counting->status->contacts++;
}

static void
cost_of_group(void *arg, const struct group *group)
{
	cost_group(&((struct counting *)arg)->cost, group);
}

struct conversing {
	void (*row)(void *arg, const struct client_conversation *conversation);
	void *arg;
};

static void
tell_conversation(void *arg, const struct cache_conversation *conversation)
{
	const struct conversing *conversing = arg;

	conversing->row(conversing->arg,
	    &(struct client_conversation){conversation->head.conversation, conversation->head.last,
	        conversation->head.read, conversation->unread});
}

enum status
client_conversations(struct client *client,
    void (*row)(void *arg, const struct client_conversation *conversation), void *arg,
    struct error *err)
{
	struct conversing conversing = {row, arg};

	return cache_conversations(client->cache, tell_conversation, &conversing, err);
}

static void
sample_message(void *arg, const struct message *message)
{
	cost_message(&((struct counting *)arg)->cost, message);
}

static bool
count_queued(void *arg, const struct outbox_entry *entry)
{
	struct client_status *status = arg;

	status->outbox++;
	status->doubt += entry->state == OUTBOX_DOUBT;
	return true;
}

static void
count_failed(void *arg, const struct outbox_entry *entry)
{
	(void)entry;
	((struct client_status *)arg)->failed++;
}

static bool
is_line_held(struct client *client)
{
	struct path_lock lock;
	struct error ignored;
	enum status status = path_lock_beside(&lock, cache_path(client->cache), "line", &ignored);

	path_lock_release(&lock);
	return status == STATUS_AGAIN;
}

/* Adds up what it would cost to pull all of it. */
static enum status
add_cost(struct client *client, struct counting *counting, struct error *err)
{
	struct client_status *status = counting->status;
	enum status result = cache_groups(client->cache, cost_of_group, counting, err);

	if (result == STATUS_OK)
		result = cache_sample(client->cache, COST_SAMPLE, sample_message, counting, err);
	counting->cost.messages.all = status->messages + status->missing;
	cost_sum(&counting->cost, &status->full_requests, &status->full_bytes);
	return result;
}

static struct client_traffic
traffic_of(const struct cache_traffic *traffic)
{
	return (struct client_traffic){
	    traffic->requests, traffic->bytes_up, traffic->bytes_down, traffic->time};
}

enum status
client_status(struct client *client, struct client_status *status, struct error *err)
{
	struct counting counting = {.status = status};
	struct cache_traffic all, last;
	enum status result;

	*status = (struct client_status){
	    .address = client_address(client),
	    .server = client->account.server,
	    .device = client->account.device,
	    .logged_in = client->account.token != NULL,
	    .cursor = client->account.cursor,
	    .line_held = is_line_held(client),
	};
	cost_init(&counting.cost);
	if ((result = cache_conversations(client->cache, count_conversation, &counting, err)) ||
	    (result = cache_contacts(client->cache, count_contact, &counting, err)) ||
	    (result = cache_outbox_list(client->cache, SIZE_MAX, count_queued, status, err)) ||
	    (result = cache_outbox_failed(client->cache, count_failed, status, err)) ||
	    (result = cache_aside_count(client->cache, &status->aside, err)) ||
	    (result = cache_traffic_get(client->cache, &all, &last, err)) ||
	    (result = add_cost(client, &counting, err))) {
		cost_finish(&counting.cost);
		return result;
	}
	cost_finish(&counting.cost);
	status->traffic = traffic_of(&all);
	status->last = traffic_of(&last);
	return STATUS_OK;
}

/* ---- what the server refused ---- */

struct failures {
	void (*row)(void *arg, const struct message *message, const char *failure);
	void *arg;
	const char *own;
};

static void
tell_failed(void *arg, const struct outbox_entry *entry)
{
	struct failures *failures = arg;
	const struct message message = entry_message(entry, failures->own);

	failures->row(failures->arg, &message, entry->failure);
}

enum status
client_failed(struct client *client,
    void (*row)(void *arg, const struct message *message, const char *failure), void *arg,
    struct error *err)
{
	struct failures failures = {row, arg, client_address(client)};

	return cache_outbox_failed(client->cache, tell_failed, &failures, err);
}
