#include "pruner.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "log.h"
#include "store.h"
#include "worker.h"

#define DAY (INT64_C(86400) * TIME_SECOND)

/* A run goes through these, and rests. */
enum step {
	STEP_REST,
	STEP_LOOK,     /* at all conversations: how much would go? */
	STEP_FIND,     /* the next one with something to go */
	STEP_MESSAGES, /* delete them */
	STEP_KEYS,
};

struct pruner {
	struct job job;
	struct server *server;
	struct event *timer;
	enum step step;
	int64_t wall, mono; /* the clocks when they were compared last */
	bool jumped;
	struct pruner_counts counts;

	struct store_prune prune;
	int64_t newest;       /* time in the store; 0: not asked yet in this run */
	int64_t conversation; /* looked at up to this */
	int64_t would_go;     /* messages, of … */
	int64_t all;
	struct store_prunable found; /* upto is below ids.first: nothing */
	struct store_key key;
	/* Of the job under way: */
	int64_t after;
	struct store_key after_key;
	int64_t more_go, more_all;
	int64_t deleted;
	bool more;
	int64_t run_messages, run_keys;
};

static void step_done(struct job *job, enum status status, struct error *err);

static bool
has_something(const struct store_prunable *row)
{
	return row->upto >= row->ids.first;
}

/* ---- on the workers ---- */

static bool
add_up(void *arg, const struct store_prunable *row)
{
	struct pruner *pruner = arg;

	pruner->more_all += row->ids.last - row->ids.first + 1;
	if (has_something(row))
		pruner->more_go += row->upto - row->ids.first + 1;
	return true;
}

static enum status
look_run(struct job *job, struct store *store, struct error *err)
{
	struct pruner *pruner = (struct pruner *)job;
	enum status status = STATUS_OK;

	pruner->after = pruner->conversation;
	pruner->more_go = pruner->more_all = 0;
	if (!pruner->newest)
		status = store->driver->newest_time(store, &pruner->newest, err);
	if (status == STATUS_OK)
		status = store->driver->prune_find(store, &pruner->prune, &pruner->after,
		    PRUNE_LOOK, add_up, pruner, &pruner->more, err);
	return status;
}

static bool
take(void *arg, const struct store_prunable *row)
{
	struct pruner *pruner = arg;

	pruner->found = *row;
	return !has_something(row);
}

static enum status
find_run(struct job *job, struct store *store, struct error *err)
{
	struct pruner *pruner = (struct pruner *)job;

	pruner->after = pruner->conversation;
	pruner->found = (struct store_prunable){0, {1, 0}, 0};
	return store->driver->prune_find(
	    store, &pruner->prune, &pruner->after, PRUNE_LOOK, take, pruner, &pruner->more, err);
}

static enum status
messages_run(struct job *job, struct store *store, struct error *err)
{
	struct pruner *pruner = (struct pruner *)job;

	return store->driver->prune(store, pruner->found.conversation_id, pruner->found.upto,
	    PRUNE_BATCH, &pruner->deleted, &pruner->more, err);
}

static enum status
keys_run(struct job *job, struct store *store, struct error *err)
{
	struct pruner *pruner = (struct pruner *)job;

	pruner->after_key = pruner->key;
	return store->driver->prune_keys(store, time_wall() - PRUNE_KEY_DAYS * DAY,
	    &pruner->after_key, PRUNE_KEYS, &pruner->deleted, &pruner->more, err);
}

/* ---- on the loop ---- */

static void
rest(struct pruner *pruner, int64_t ms)
{
	const struct timeval delay = {ms / 1000, ms % 1000 * 1000};

	evtimer_add(pruner->timer, &delay);
}

static void
go(struct pruner *pruner, enum step step)
{
	pruner->step = step;
	rest(pruner, PRUNE_REST_MS);
}

static void
end_run(struct pruner *pruner)
{
	if (pruner->run_messages || pruner->run_keys)
		log_info("pruned", LOG_NUMBER("messages", pruner->run_messages),
		    LOG_NUMBER("keys", pruner->run_keys));
	pruner->counts.runs++;
	pruner->step = STEP_REST;
	rest(pruner, pruner->server->config->prune_every_ms);
}

static void
stop_run(struct pruner *pruner, const char *why, int64_t number)
{
	pruner->counts.stopped = true;
	log_warn("pruning stops; see ternd(8) under RETENTION", LOG_TEXT("why", why),
	    LOG_NUMBER("number", number));
	end_run(pruner);
}

/* Against the monotonic clock, since the last time. */
static bool
clock_jumped(struct pruner *pruner, int64_t *days)
{
	int64_t wall = time_wall(), mono = time_mono();
	int64_t jump = (wall - pruner->wall) - (mono - pruner->mono);

	pruner->wall = wall;
	pruner->mono = mono;
	*days = jump / DAY;
	pruner->jumped |= jump > DAY || jump < -DAY;
	return pruner->jumped;
}

static void
begin_run(struct pruner *pruner)
{
	const struct server_config *config = pruner->server->config;
	int64_t now = time_wall(), days;
	bool jumped = clock_jumped(pruner, &days);

	pruner->counts.stopped = false;
	pruner->run_messages = pruner->run_keys = 0;
	if (jumped && !config->prune_anyway) {
		stop_run(pruner, "the clock jumped by so many days", days);
		return;
	}
	pruner->prune = (struct store_prune){
	    .before = config->keep_days ? now - config->keep_days * DAY : 0,
	    .keep = config->keep_messages,
	    .seen = now - PRUNE_SEEN_DAYS * DAY,
	};
	pruner->newest = 0;
	pruner->conversation = 0;
	pruner->would_go = pruner->all = 0;
	pruner->key = (struct store_key){.account_id = 0};
	go(pruner, STEP_LOOK);
}

/* All was looked at: is it to be believed? */
static void
decide(struct pruner *pruner)
{
	bool anyway = pruner->server->config->prune_anyway;
	int64_t ahead = time_wall() - pruner->newest;

	if (!anyway && pruner->newest && (ahead > DAY || ahead < -DAY)) {
		stop_run(pruner, "the clock is so many days from the newest time in the store",
		    ahead / DAY);
		return;
	}
	if (!anyway && pruner->would_go > PRUNE_FEW &&
	    pruner->would_go > pruner->all / PRUNE_PART) {
		stop_run(pruner, "so many messages, over a tenth of all, would go at once",
		    pruner->would_go);
		return;
	}
	pruner->conversation = 0;
	go(pruner, pruner->would_go ? STEP_FIND : STEP_KEYS);
}

static void
look_done(struct pruner *pruner)
{
	pruner->would_go += pruner->more_go;
	pruner->all += pruner->more_all;
	pruner->conversation = pruner->after;
	if (pruner->more)
		go(pruner, STEP_LOOK);
	else
		decide(pruner);
}

static void
find_done(struct pruner *pruner)
{
	pruner->conversation = pruner->after;
	if (has_something(&pruner->found))
		go(pruner, STEP_MESSAGES);
	else
		go(pruner, pruner->more ? STEP_FIND : STEP_KEYS);
}

static void
messages_done(struct pruner *pruner)
{
	pruner->run_messages += pruner->deleted;
	pruner->counts.messages += (uint64_t)pruner->deleted;
	go(pruner, pruner->more ? STEP_MESSAGES : STEP_FIND);
}

static void
keys_done(struct pruner *pruner)
{
	pruner->run_keys += pruner->deleted;
	pruner->counts.keys += (uint64_t)pruner->deleted;
	pruner->key = pruner->after_key;
	if (pruner->more)
		go(pruner, STEP_KEYS);
	else
		end_run(pruner);
}

static void
step_done(struct job *job, enum status status, struct error *err)
{
	static void (*const done[])(struct pruner *) = {
	    [STEP_LOOK] = look_done,
	    [STEP_FIND] = find_done,
	    [STEP_MESSAGES] = messages_done,
	    [STEP_KEYS] = keys_done,
	};
	struct pruner *pruner = (struct pruner *)job;

	if (status == STATUS_OK) {
		done[pruner->step](pruner);
		return;
	}
	log_warn("pruning failed", LOG_TEXT("why", err->text));
	end_run(pruner);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	static enum status (*const run[])(struct job *, struct store *, struct error *) = {
	    [STEP_LOOK] = look_run,
	    [STEP_FIND] = find_run,
	    [STEP_MESSAGES] = messages_run,
	    [STEP_KEYS] = keys_run,
	};
	struct pruner *pruner = arg;
	bool writes = pruner->step == STEP_MESSAGES || pruner->step == STEP_KEYS;
	struct server *server = pruner->server;

	(void)fd;
	(void)what;
	if (server->draining)
		return;
	if (pruner->step == STEP_REST) {
		begin_run(pruner);
		return;
	}
	pruner->job.run = run[pruner->step];
	pruner->job.done = step_done;
	/* They have too much to do: later. */
	if (!worker_submit(writes ? server->writer : server->reader, &pruner->job))
		rest(pruner, PRUNE_REST_MS);
}

struct pruner *
pruner_create(struct server *server)
{
	struct pruner *pruner;

	if (!server->config->keep_days && !server->config->keep_messages)
		return NULL;
	pruner = mem_zalloc(1, sizeof *pruner);
	pruner->server = server;
	pruner->wall = time_wall();
	pruner->mono = time_mono();
	pruner->timer = evtimer_new(server->base, on_timer, pruner);
	rest(pruner, server->config->prune_every_ms);
	return pruner;
}

void
pruner_destroy(struct pruner *pruner)
{
	if (!pruner)
		return;
	event_free(pruner->timer);
	free(pruner);
}

struct pruner_counts
pruner_counts(const struct pruner *pruner)
{
	return pruner ? pruner->counts : (struct pruner_counts){0};
}
