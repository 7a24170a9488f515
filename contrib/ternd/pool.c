#include "pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "ring.h"
#include "server.h"
#include "table.h"
#include "wire/json.h"
#include "wire/limits.h"

enum {
	SWEEP_S = 30,       /* how often idle devices are looked for */
	DRAIN_TICK_MS = 50, /* how finely a drain is spread */
};

/* A device that polls. It stands in exactly one of pools->idle and pools->held. */
struct pool_device {
	struct table_node node;
	int64_t device_id;
	struct pool *pool;
	int64_t cursor;    /* the device has everything up to it */
	int64_t looked;    /* behind cursor, nothing is for it up to this stamp */
	int64_t seen;      /* time_mono() of its last request */
	uint64_t round;    /* the last one that answered it, until it polls again; else 0 */
	struct call *call; /* held; NULL for none */
	LIST_ENTRY(pool_device) sibling;
	TAILQ_ENTRY(pool_device) waiting;
};

struct pool {
	struct table_node node;
	int64_t account_id;
	struct ring ring;
	LIST_HEAD(, pool_device) devices; /* never empty */
	bool touched;                     /* since the last pools_committed() */
	LIST_ENTRY(pool) touched_link;
};

TAILQ_HEAD(device_queue, pool_device);

struct pools {
	const char *generation; /* borrowed */
	int64_t committed;
	struct table by_account;
	struct table by_device;
	struct device_queue idle; /* least recently seen first */
	struct device_queue held;
	size_t held_count;
	size_t events; /* in all rings */
	size_t texts;  /* bytes of their texts, each counted once */
	LIST_HEAD(, pool) touched;
	uint64_t round;            /* the last one */
	size_t round_left;         /* devices that it answered, and that have not polled again */
	int64_t round_time;        /* time_mono() of its beginning */
	struct event *round_timer; /* pending where the next one lingers */
	struct event *sweep;
	struct event *drain;
	int64_t drain_end; /* time_mono() */
	bool draining;
};

static struct pool *
find_pool(const struct pools *pools, int64_t account_id)
{
	return (struct pool *)table_find(&pools->by_account, &account_id, sizeof account_id);
}

static struct pool_device *
find_device(const struct pools *pools, int64_t device_id)
{
	return (struct pool_device *)table_find(&pools->by_device, &device_id, sizeof device_id);
}

/* Drops what all devices of the pool have. */
static void
trim(struct pools *pools, struct pool *pool)
{
	struct pool_device *device;
	int64_t stamp = INT64_MAX;
	size_t before = pool->ring.count;

	LIST_FOREACH(device, &pool->devices, sibling)
	if (device->cursor < stamp)
		stamp = device->cursor;
	ring_trim(&pool->ring, stamp);
	pools->events -= before - pool->ring.count;
}

static struct pool *
add_pool(struct pools *pools, int64_t account_id)
{
	struct pool *pool = mem_zalloc(1, sizeof *pool);

	pool->account_id = account_id;
	ring_init(&pool->ring, pools->committed);
	LIST_INIT(&pool->devices);
	table_add(&pools->by_account, &pool->node, &pool->account_id, sizeof pool->account_id);
	return pool;
}

static void
free_pool(struct pools *pools, struct pool *pool)
{
	if (pool->touched)
		LIST_REMOVE(pool, touched_link);
	pools->events -= pool->ring.count;
	ring_finish(&pool->ring);
	table_remove(&pools->by_account, &pool->node);
	free(pool);
}

/* A device at that cursor, in the account's pool, which is made where there is none. */
static struct pool_device *
add_device(struct pools *pools, const struct caller *caller, int64_t cursor)
{
	struct pool_device *device = mem_zalloc(1, sizeof *device);
	struct pool *pool = find_pool(pools, caller->account_id);

	device->device_id = caller->device_id;
	device->pool = pool ? pool : add_pool(pools, caller->account_id);
	device->cursor = cursor;
	device->seen = time_mono();
	LIST_INSERT_HEAD(&device->pool->devices, device, sibling);
	TAILQ_INSERT_TAIL(&pools->idle, device, waiting);
	table_add(&pools->by_device, &device->node, &device->device_id, sizeof device->device_id);
	return device;
}

/* Takes the held call, so that it can be answered. */
static struct call *
take_call(struct pools *pools, struct pool_device *device)
{
	struct call *call = device->call;

	device->call = NULL;
	device->seen = time_mono();
	TAILQ_REMOVE(&pools->held, device, waiting);
	TAILQ_INSERT_TAIL(&pools->idle, device, waiting);
	pools->held_count--;
	return call;
}

/* The device polls again, or goes: the round that answered it does not wait for it any more. */
static void
leave_round(struct pools *pools, struct pool_device *device)
{
	if (device->round && device->round == pools->round)
		pools->round_left--;
	device->round = 0;
}

/* The device holds no call. */
static void
free_device(struct pools *pools, struct pool_device *device)
{
	struct pool *pool = device->pool;

	leave_round(pools, device);
	TAILQ_REMOVE(&pools->idle, device, waiting);
	LIST_REMOVE(device, sibling);
	table_remove(&pools->by_device, &device->node);
	free(device);
	if (LIST_EMPTY(&pool->devices))
		free_pool(pools, pool);
	else
		trim(pools, pool);
}

/* Answers {"generation":G,"WORD":true}. */
static void
answer_word(const struct pools *pools, struct call *call, const char *word)
{
	struct buf body;

	buf_init(&body, LIMIT_ANSWER);
	buf_add_char(&body, '{');
	json_put_string(&body, "generation", pools->generation);
	json_put_bool(&body, word, true);
	buf_add_char(&body, '}');
	call_answer(call, &body);
}

/* What stands in the ring for a device. */
enum news { NEWS_NONE, NEWS_EVENTS, NEWS_LACKING };

static enum news
look(struct pools *pools, struct pool_device *device)
{
	const struct ring *ring = &device->pool->ring;

	if (device->looked < device->cursor)
		device->looked = device->cursor;
	if (device->looked < ring->floor)
		return NEWS_LACKING;
	for (size_t i = ring_after(ring, device->looked); i < ring->count; i++) {
		const struct ring_event *event = ring_at(ring, i);

		if (event->stamp > pools->committed)
			break;
		if (event->not_to != device->device_id)
			return event->text ? NEWS_EVENTS : NEWS_LACKING;
		device->looked = event->stamp;
	}
	return NEWS_NONE;
}

/* Appends ,"events":[…] as far as a page goes. Returns the stamp up to which all was told. *shared
 * turns true where other accounts are told of one of them, too. */
static int64_t
write_events(
    const struct pools *pools, const struct pool_device *device, struct buf *events, bool *shared)
{
	const struct ring *ring = &device->pool->ring;
	int64_t to = device->cursor;
	size_t rows = 0;

	for (size_t i = ring_after(ring, to); i < ring->count; i++) {
		const struct ring_event *event = ring_at(ring, i);

		if (event->stamp > pools->committed)
			break;
		if (event->not_to != device->device_id) {
			/* A lacking one ends the page: what follows it is found by a resync. */
			if (rows == LIMIT_PAGE_ROWS || events->length >= LIMIT_PAGE || !event->text)
				return to;
			buf_add_char(events, rows++ ? ',' : '[');
			buf_add(events, event->text->data, event->text->length);
			*shared |= event->text->references > 1;
		}
		to = event->stamp;
	}
	return pools->committed;
}

/*
 * Answers with all there is for the device behind its cursor. In a round what many accounts are
 * told of travels as it is: it would be compressed for each of them, here on the loop, all at once.
 */
static void
answer_events(struct pools *pools, struct pool_device *device, struct call *call, bool in_round)
{
	struct buf body, events;
	bool shared = false;
	int64_t to;

	if (look(pools, device) == NEWS_LACKING) {
		answer_word(pools, call, "resync");
		return;
	}
	buf_init(&events, LIMIT_ANSWER);
	buf_init(&body, LIMIT_ANSWER);
	to = write_events(pools, device, &events, &shared);
	buf_add_char(&body, '{');
	json_put_string(&body, "generation", pools->generation);
	json_put_int(&body, "from", device->cursor);
	json_put_int(&body, "to", to);
	if (events.length) {
		json_put_name(&body, "events");
		buf_add(&body, events.data, events.length);
		buf_add_char(&body, ']');
	}
	buf_add_char(&body, '}');
	buf_finish(&events);
	if (in_round && shared)
		call->takes_packed = false;
	call_answer(call, &body);
}

/* The client has gone. */
static void
on_cancel(struct call *call)
{
	take_call(call->server->pools, call->arg);
}

static void
on_expire(struct call *call)
{
	struct pools *pools = call->server->pools;
	struct pool_device *device = call->arg;

	take_call(pools, device);
	answer_events(pools, device, call, false);
}

static void
hold(struct pools *pools, struct pool_device *device, struct call *call, int64_t wait_ms)
{
	device->call = call;
	call->arg = device;
	TAILQ_REMOVE(&pools->idle, device, waiting);
	TAILQ_INSERT_TAIL(&pools->held, device, waiting);
	pools->held_count++;
	call_hold(call, wait_ms, on_cancel, on_expire);
}

static void
touch_device(struct pools *pools, struct pool_device *device)
{
	device->seen = time_mono();
	TAILQ_REMOVE(&pools->idle, device, waiting);
	TAILQ_INSERT_TAIL(&pools->idle, device, waiting);
}

void
pools_open(struct pools *pools, const struct caller *caller)
{
	struct pool_device *device = find_device(pools, caller->device_id);

	if (!device)
		add_device(pools, caller, pools->committed);
	else if (!device->call)
		touch_device(pools, device);
}

/* Answers the polls that what was committed concerns. */
static void
run_round(struct pools *pools)
{
	struct pool *pool;
	struct pool_device *device;

	event_del(pools->round_timer);
	pools->round++;
	pools->round_left = 0;
	pools->round_time = time_mono();
	while ((pool = LIST_FIRST(&pools->touched))) {
		LIST_REMOVE(pool, touched_link);
		pool->touched = false;
		/* call_answer() runs no other call's handler: the list stays as it is. */
		LIST_FOREACH(device, &pool->devices, sibling)
		if (device->call && look(pools, device) != NEWS_NONE) {
			answer_events(pools, device, take_call(pools, device), true);
			device->round = pools->round;
			pools->round_left++;
		}
	}
}

static void
on_round_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	run_round(arg);
}

/* The last round has ended by this poll: what lingered for it goes. */
static void
end_round(struct pools *pools, struct pool_device *device)
{
	leave_round(pools, device);
	if (!pools->round_left && event_pending(pools->round_timer, EV_TIMEOUT, NULL))
		run_round(pools);
}

/* The device that polls from the cursor; NULL where its events can't all be here. */
static struct pool_device *
find_poller(struct pools *pools, const struct caller *caller, const struct cursor *cursor)
{
	struct pool *pool = find_pool(pools, caller->account_id);
	struct pool_device *device;

	if (strcmp(cursor->generation, pools->generation) != 0 ||
	    cursor->stamp > pools->committed ||
	    cursor->stamp < (pool ? pool->ring.floor : pools->committed))
		return NULL;
	device = find_device(pools, caller->device_id);
	if (!device)
		return add_device(pools, caller, cursor->stamp);
	device->cursor = cursor->stamp;
	device->looked = cursor->stamp;
	touch_device(pools, device);
	trim(pools, pool);
	return device;
}

void
pools_poll(struct pools *pools, struct call *call, const struct cursor *cursor, int64_t wait_ms)
{
	struct pool_device *device = find_device(pools, call->caller.device_id);

	if (device && device->call)
		answer_word(pools, take_call(pools, device), "superseded");
	device = find_poller(pools, &call->caller, cursor);
	if (device)
		end_round(pools, device);
	if (!device)
		answer_word(pools, call, "resync");
	else if (look(pools, device) != NEWS_NONE || wait_ms <= 0 || pools->draining)
		answer_events(pools, device, call, false);
	else
		hold(pools, device, call, wait_ms);
}

bool
pools_wants(const struct pools *pools, int64_t account_id, int64_t not_to)
{
	const struct pool *pool = find_pool(pools, account_id);
	const struct pool_device *device;

	if (!pool)
		return false;
	LIST_FOREACH(device, &pool->devices, sibling)
	if (device->device_id != not_to)
		return true;
	return false;
}

/* A device goes that did nothing wrong: login-sync will tell it what it misses. */
static void
evict(struct pools *pools, struct pool_device *device)
{
	if (device->call)
		answer_word(pools, take_call(pools, device), "resync");
	free_device(pools, device);
}

static void
bound_bytes(struct pools *pools)
{
	while (pools->events * sizeof(struct ring_event) + pools->texts > POOL_ALL_BYTES) {
		struct pool_device *device = TAILQ_FIRST(&pools->idle);

		if (!device)
			device = TAILQ_FIRST(&pools->held);
		if (!device)
			return;
		evict(pools, device);
	}
}

void
pools_publish(struct pools *pools, int64_t account_id, int64_t not_to, int64_t stamp,
    const char *event, size_t length)
{
	struct ring_text *text = NULL;

	if (!find_pool(pools, account_id))
		return;
	if (event)
		text = ring_text_create(event, length);
	pools_publish_text(pools, account_id, not_to, stamp, text);
	ring_text_release(text);
}

void
pools_publish_text(
    struct pools *pools, int64_t account_id, int64_t not_to, int64_t stamp, struct ring_text *text)
{
	struct pool *pool = find_pool(pools, account_id);
	size_t before;

	if (!pool)
		return;
	before = pool->ring.count;
	ring_add(&pool->ring, stamp, not_to, text, POOL_EVENTS, POOL_BYTES);
	pools->events += pool->ring.count - before;
	if (text && !text->total) {
		text->total = &pools->texts;
		pools->texts += text->length;
	}
	if (!pool->touched) {
		pool->touched = true;
		LIST_INSERT_HEAD(&pools->touched, pool, touched_link);
	}
	bound_bytes(pools);
}

void
pools_committed(struct pools *pools, int64_t stamp)
{
	const int64_t left = pools->round_time + POOL_LINGER_MS * TIME_MS - time_mono();
	struct timeval wait;

	pools->committed = stamp;
	if (LIST_EMPTY(&pools->touched))
		return;
	if (!pools->round_left || left <= 0 || pools->draining) {
		run_round(pools);
	} else if (!event_pending(pools->round_timer, EV_TIMEOUT, NULL)) {
		wait = (struct timeval){0, left};
		event_add(pools->round_timer, &wait);
	}
}

int64_t
pools_committed_stamp(const struct pools *pools)
{
	return pools->committed;
}

void
pools_drop_device(struct pools *pools, int64_t device_id)
{
	struct pool_device *device = find_device(pools, device_id);

	if (!device)
		return;
	if (device->call)
		call_fail(take_call(pools, device), WIRE_UNAUTHORIZED, "the device was logged out");
	free_device(pools, device);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct pools *pools = arg;
	int64_t oldest = time_mono() - POOL_IDLE_S * TIME_SECOND;
	struct pool_device *device;

	(void)fd;
	(void)what;
	while ((device = TAILQ_FIRST(&pools->idle)) && device->seen < oldest)
		free_device(pools, device);
}

/* Answers the share of the held calls that is due. */
static void
on_drain(evutil_socket_t fd, short what, void *arg)
{
	struct pools *pools = arg;
	size_t ticks = (size_t)(time_left_ms(pools->drain_end) / DRAIN_TICK_MS) + 1;
	size_t share = (pools->held_count + ticks - 1) / ticks;
	const struct timeval tick = {0, DRAIN_TICK_MS * 1000};

	(void)fd;
	(void)what;
	for (; share > 0; share--) {
		struct pool_device *device = TAILQ_FIRST(&pools->held);

		answer_events(pools, device, take_call(pools, device), false);
	}
	if (pools->held_count)
		event_add(pools->drain, &tick);
}

void
pools_drain(struct pools *pools, int ms)
{
	pools->draining = true;
	pools->drain_end = time_mono() + ms * TIME_MS;
	on_drain(-1, 0, pools);
}

size_t
pools_held(const struct pools *pools)
{
	return pools->held_count;
}

struct pools *
pools_create(struct event_base *base, const char *generation, int64_t committed)
{
	struct pools *pools = mem_zalloc(1, sizeof *pools);
	const struct timeval period = {SWEEP_S, 0};

	pools->generation = generation;
	pools->committed = committed;
	table_init(&pools->by_account);
	table_init(&pools->by_device);
	TAILQ_INIT(&pools->idle);
	TAILQ_INIT(&pools->held);
	LIST_INIT(&pools->touched);
	pools->sweep = event_new(base, -1, EV_PERSIST, on_sweep, pools);
	pools->drain = event_new(base, -1, 0, on_drain, pools);
	pools->round_timer = event_new(base, -1, 0, on_round_timer, pools);
	event_add(pools->sweep, &period);
	return pools;
}

void
pools_destroy(struct pools *pools)
{
	struct pool_device *device;

	if (!pools)
		return;
	while ((device = TAILQ_FIRST(&pools->held)))
		call_fail(take_call(pools, device), WIRE_DRAINING, "the server is going down");
	while ((device = TAILQ_FIRST(&pools->idle)))
		free_device(pools, device);
	table_finish(&pools->by_account);
	table_finish(&pools->by_device);
	event_free(pools->sweep);
	event_free(pools->drain);
	event_free(pools->round_timer);
	free(pools);
}
