#include "pusher.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "log.h"
#include "pool.h"
#include "store.h"
#include "wire/limits.h"
#include "wire/sync.h"
#include "worker.h"

/* A contact row that got its stamp. */
struct follower {
	int64_t owner_id;
	int64_t stamp;
	int64_t profile;
	size_t address; /* where these begin in texts */
	size_t name;
};

struct pusher {
	struct job job;
	struct server *server;
	struct event *timer;
	bool busy;      /* the job is under way */
	bool again;     /* kicked meanwhile */
	int64_t after;  /* the account whose turn it was last */
	int64_t passed; /* the same, as the job under way leaves it */
	bool more;      /* something is left */
	size_t count;
	struct follower rows[PUSH_BATCH];
	struct buf texts; /* each closed by a 0 */
};

static size_t
add_text(struct pusher *pusher, const char *text)
{
	size_t at = pusher->texts.length;

	buf_add(&pusher->texts, text, strlen(text) + 1);
	return at;
}

static void
add_row(void *arg, int64_t owner_id, const struct contact *contact)
{
	struct pusher *pusher = arg;

	pusher->rows[pusher->count++] = (struct follower){
	    .owner_id = owner_id,
	    .stamp = contact->stamp,
	    .profile = contact->profile,
	    .address = add_text(pusher, contact->address),
	    .name = add_text(pusher, contact->name),
	};
}

static enum status
push_run(struct job *job, struct store *store, struct error *err)
{
	struct pusher *pusher = (struct pusher *)job;

	pusher->count = 0;
	pusher->texts.length = 0;
	pusher->passed = pusher->after;
	return store->driver->profile_push(
	    store, &pusher->passed, PUSH_BATCH, add_row, pusher, &pusher->more, err);
}

static void
publish(struct pusher *pusher, const struct follower *row)
{
	const struct contact contact = {
	    .address = pusher->texts.data + row->address,
	    .name = pusher->texts.data + row->name,
	    .stamp = row->stamp,
	    .profile = row->profile,
	};
	struct pools *pools = pusher->server->pools;
	struct buf event;

	if (!pools_wants(pools, row->owner_id, 0))
		return;
	buf_init(&event, LIMIT_ANSWER);
	event_write_contact(&event, &contact);
	pools_publish(pools, row->owner_id, 0, row->stamp, event.data, event.length);
	buf_finish(&event);
}

static void
rest(struct pusher *pusher, int ms)
{
	const struct timeval delay = {ms / 1000, ms % 1000 * 1000};

	evtimer_add(pusher->timer, &delay);
}

static void
push_done(struct job *job, enum status status, struct error *err)
{
	struct pusher *pusher = (struct pusher *)job;

	pusher->busy = false;
	if (status != STATUS_OK) {
		log_warn("followers were not told of profiles", LOG_TEXT("why", err->text));
		rest(pusher, PUSH_RETRY_MS);
		return;
	}
	for (size_t i = 0; i < pusher->count; i++)
		publish(pusher, &pusher->rows[i]);
	pusher->after = pusher->passed;
	if (pusher->more || pusher->again)
		rest(pusher, PUSH_REST_MS);
}

static void
start(struct pusher *pusher)
{
	if (pusher->server->draining)
		return;
	pusher->again = false;
	pusher->job.run = push_run;
	pusher->job.done = push_done;
	pusher->busy = worker_submit(pusher->server->writer, &pusher->job);
	if (!pusher->busy)
		rest(pusher, PUSH_RETRY_MS);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	start(arg);
}

void
pusher_kick(struct pusher *pusher)
{
	if (pusher->busy)
		pusher->again = true;
	else if (!evtimer_pending(pusher->timer, NULL))
		start(pusher);
}

struct pusher *
pusher_create(struct server *server)
{
	struct pusher *pusher = mem_zalloc(1, sizeof *pusher);

	pusher->server = server;
	buf_init(&pusher->texts, PUSH_BATCH * (ADDRESS_SIZE + LIMIT_NAME + 1));
	pusher->timer = evtimer_new(server->base, on_timer, pusher);
	pusher_kick(pusher);
	return pusher;
}

void
pusher_destroy(struct pusher *pusher)
{
	if (!pusher)
		return;
	buf_finish(&pusher->texts);
	event_free(pusher->timer);
	free(pusher);
}
