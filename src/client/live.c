/* The engine at work, while somebody types: nothing waits for it but the one loop. */
#include <string.h>

#include "base/timeu.h"
#include "client/chat.h"
#include "client/internal.h"

enum {
	MOST_DELAY_MS = 15000, /* between tries: somebody is watching */
	READ_DELAY_MS = 500,   /* markers that move within it are told together */
};

/* ---- how it stands ---- */

/* Grows with whatever may have changed the cache. */
static int64_t
live_version(const struct client *client)
{
	return client->foreign + client->live.sent + client->live.changes +
	       (client->sync ? sync_counts(client->sync)->changes : 0);
}

static enum client_link
link_of(const struct client *client, struct sync_link *link)
{
	*link = (struct sync_link){.why = ""};
	if (!client->sync)
		return client->live.on ? CLIENT_LOGGED_OUT : CLIENT_CONNECTING;
	sync_link(client->sync, link);
	if (link->state == SYNC_UNHEARD)
		return CLIENT_CONNECTING;
	if (link->state == SYNC_CUT)
		return CLIENT_DOWN;
	return sync_has_line(client->sync) ? CLIENT_UP : CLIENT_OTHER;
}

static void
take_news(const struct client *client, struct news *news)
{
	struct sync_link link;

	*news = (struct news){.link = link_of(client, &link)};
	news->next_try = link.next_try;
	news->loading = client->sync ? sync_pull_asked(client->sync) : 0;
}

static void
count_outbox(struct client *client)
{
	int64_t version = live_version(client);
	struct error ignored;

	/* A send under way makes doubts. */
	if (client->sync)
		version += sync_outcome(client->sync, SYNC_FLUSH)->failures;
	if (version == client->live.counted)
		return;
	/* Where that fails it is done the next time. */
	if (cache_outbox_count(client->cache, &client->live.outbox, &ignored) == STATUS_OK)
		client->live.counted = version;
}

void
client_live_state(struct client *client, struct client_live *live)
{
	struct cache_traffic traffic = client->live.traffic;
	struct sync_link link;

	count_outbox(client);
	*live = (struct client_live){
	    .link = link_of(client, &link),
	    .queued = client->live.outbox.queued,
	    .doubt = client->live.outbox.doubt,
	    .failed = client->live.outbox.failed,
	};
	if (live->link == CLIENT_LOGGED_OUT)
		memcpy(live->why, client->live.out.text, sizeof live->why);
	if (live->link == CLIENT_DOWN) {
		live->next_try = link.next_try;
		strncat(live->why, link.why, sizeof live->why - 1);
	}
	if (client->sync) {
		const struct cache_traffic *now = &sync_counts(client->sync)->traffic;

		live->loading = sync_pull_asked(client->sync);
		traffic.requests += now->requests;
		traffic.bytes_up += now->bytes_up;
		traffic.bytes_down += now->bytes_down;
	}
	live->traffic = (struct client_traffic){
	    .requests = traffic.requests,
	    .bytes_up = traffic.bytes_up,
	    .bytes_down = traffic.bytes_down,
	};
}

/* ---- online and offline ---- */

void
client_live_resume(struct client *client)
{
	if (!client->live.on || !client->sync)
		return;
	sync_pull_for(client->sync, 0, NULL, true);
	sync_want(client->sync, SYNC_PULL, 0);
}

/* The login ended, or there is none. */
static void
log_out(struct client *client, const struct error *why)
{
	struct live *live = &client->live;

	if (client->sync) {
		const struct sync_counts *counts = sync_counts(client->sync);

		live->changes += counts->changes;
		live->traffic.requests += counts->traffic.requests;
		live->traffic.bytes_up += counts->traffic.bytes_up;
		live->traffic.bytes_down += counts->traffic.bytes_down;
	}
	live->out = *why;
	client_go_offline(client);
}

static enum status
go_online(struct client *client, struct error *err)
{
	static const enum sync_goal goals[] = {SYNC_LISTS, SYNC_FLUSH, SYNC_READ};
	enum status status = client_online(client, err);

	if (status == STATUS_DENIED) {
		log_out(client, err);
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	sync_stay(client->sync, MOST_DELAY_MS);
	for (size_t i = 0; i < sizeof goals / sizeof *goals; i++)
		sync_want(client->sync, goals[i], 0);
	client_live_resume(client);
	sync_hold_line(client->sync);
	tidy_when_idle(&client->tidy);
	return STATUS_OK;
}

/* Another login than the one that ended may be there by now, or come at any time. */
static enum status
log_in_again(struct client *client, struct error *err)
{
	struct cache_account account;
	const char *old = client->account.token;
	enum status status = cache_account_get(client->cache, &account, err);
	bool other;

	if (status != STATUS_OK)
		return status;
	/* One that was refused is not tried again. */
	other = account.token && (!old || strcmp(account.token, old) != 0);
	cache_account_finish(&client->account);
	client->account = account;
	return other ? go_online(client, err) : STATUS_OK;
}

enum status
client_live_start(struct client *client, struct error *err)
{
	client->live.on = true;
	if (!client->watch.cache)
		watch_init(&client->watch, client->cache);
	watch_follow(&client->watch);
	return go_online(client, err);
}

/* ---- the loop ---- */

/* Another process changed the cache, whichever call of the client noticed it. */
static enum status
follow(struct client *client, struct error *err)
{
	if (client->live.followed == client->foreign)
		return STATUS_OK;
	client->live.followed = client->foreign;
	if (!client->sync)
		return log_in_again(client, err);
	client_follow_cache(client);
	return STATUS_OK;
}

static enum status
wait_once(struct client *client, int64_t deadline, struct error *err)
{
	enum status status = follow(client, err);

	if (status != STATUS_OK)
		return status;
	status = client_wait(client, deadline, err);
	if (status != STATUS_DENIED)
		return status;
	log_out(client, err);
	return log_in_again(client, err);
}

static bool
is_news(const struct client *client)
{
	struct news news;

	take_news(client, &news);
	return news.link != client->live.news.link || news.next_try != client->live.news.next_try ||
	       news.loading != client->live.news.loading;
}

enum status
client_live_wait(struct client *client, int64_t deadline, bool *changed, struct error *err)
{
	struct live *live = &client->live;
	int64_t served = client->served;
	enum status status;

	/* What happened in other calls is told at once; input and engine have their turn, too. */
	if (live_version(client) != live->told || is_news(client))
		deadline = 0;
	do
		status = wait_once(client, deadline, err);
	while (status == STATUS_OK && client->served == served &&
	       live_version(client) == live->told && !is_news(client) && time_mono() < deadline);
	*changed = live_version(client) != live->told;
	live->told = live_version(client);
	take_news(client, &live->news);
	return status;
}

/* ---- what is done by the way ---- */

enum status
client_live_send(
    struct client *client, struct client_message *messages, size_t count, struct error *err)
{
	enum status status = client_queue(client, messages, count, true, err);

	if (status != STATUS_OK)
		return status;
	client->live.sent++;
	if (client->sync) {
		sync_hurry(client->sync);
		sync_want(client->sync, SYNC_FLUSH, 0);
	}
	return STATUS_OK;
}

enum status
client_live_read(
    struct client *client, const struct address *who, int64_t msg_id, struct error *err)
{
	int64_t marker;
	enum status status = cache_mark_read(client->cache, who->text, msg_id, false, &marker, err);

	if (status == STATUS_OK && client->sync)
		sync_want(client->sync, SYNC_READ, READ_DELAY_MS * TIME_MS);
	return status;
}

void
client_live_retry(struct client *client)
{
	if (!client->sync)
		return;
	sync_hurry(client->sync);
	sync_want(client->sync, SYNC_LISTS, 0);
}

void
client_interrupt(struct client *client)
{
	client->interrupted = true;
}

void
client_live_stop(struct client *client, int64_t deadline)
{
	static const enum sync_goal goals[] = {SYNC_FLUSH, SYNC_READ, SYNC_ACK};
	struct sync_link link;
	struct error ignored;

	client->live.on = false;
	client->config.input = NULL;
	if (!client->sync)
		return;
	sync_link(client->sync, &link);
	if (link.state == SYNC_ANSWERED)
		(void)client_run_goals(
		    client, goals, sizeof goals / sizeof *goals, deadline, &ignored);
}

void
client_live_load(struct client *client, const struct address *who, struct id_range ids)
{
	if (client->sync)
		sync_pull_range(client->sync, who->text, ids);
}
