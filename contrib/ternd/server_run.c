#include "server_run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "acks.h"
#include "base/random.h"
#include "base/timeu.h"
#include "conn.h"
#include "listener.h"
#include "log.h"
#include "metrics.h"
#include "pool.h"
#include "pruner.h"
#include "pusher.h"
#include "seen.h"
#include "sessions.h"
#include "store.h"
#include "wheel.h"
#include "wire/packer.h"
#include "worker.h"

enum {
	WRITER_JOBS = 65536,
	READER_JOBS = 16384,
	HASHER_JOBS = 64,      /* Argon2id costs tenths of a second each */
	DRAIN_GRACE_MS = 1000, /* for answers to leave, after the last poll was answered */
};

/* The server's parts that handlers don't see. All zeros is "nothing made yet". */
struct life {
	struct server server;
	struct metrics metrics;
	struct wheel *wheel;
	struct listener *listener;
	struct event *signals[2];
	struct wheel_timer drain_timer;
	int64_t drain_deadline; /* time_mono() */
};

/* Each connection is a descriptor. */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warn("the limit of descriptors can't be raised");
}

static void
on_commit(void *arg, int64_t stamp)
{
	struct server *server = arg;

	pools_committed(server->pools, stamp);
}

/* A generation is committed before anybody can be answered with it. */
static enum status
begin_generation(struct server *server, struct store *store, int64_t *committed, struct error *err)
{
	enum status status;

	random_text(server->generation, 8);
	if ((status = store->driver->begin(store, err)) != STATUS_OK)
		return status;
	status = store->driver->generation_add(store, server->generation, err);
	*committed = store->driver->last_stamp(store);
	if (status == STATUS_OK)
		status = store->driver->commit(store, err);
	if (status != STATUS_OK)
		store->driver->rollback(store);
	return status;
}

/* Opens the store and starts the workers on it. *committed: its highest stamp. */
static enum status
start_workers(struct server *server, int64_t *committed, struct error *err)
{
	const struct store_driver *driver = &store_sqlite;
	const char *where = server->config->store;
	struct event_base *base = server->base;
	struct store *store;
	enum status status;

	if ((status = driver->open(&store, where, STORE_WRITE, err)) != STATUS_OK)
		return status;
	if ((status = begin_generation(server, store, committed, err)) != STATUS_OK) {
		driver->close(store);
		return status;
	}
	status = worker_create(&server->writer, WORKER_WRITER, store, base, WRITER_JOBS, err);
	if (status == STATUS_OK)
		status = driver->open(&store, where, STORE_READ, err);
	if (status == STATUS_OK)
		status =
		    worker_create(&server->reader, WORKER_READER, store, base, READER_JOBS, err);
	if (status == STATUS_OK)
		status = worker_create(&server->hasher, WORKER_PLAIN, NULL, base, HASHER_JOBS, err);
	return status;
}

/* The address comes first: where it can't be had, the store is left alone. */
static enum status
start_parts(struct life *life, struct error *err)
{
	struct server *server = &life->server;
	int64_t committed = 0;
	enum status status;

	if (!(server->base = event_base_new()))
		return error_set(err, STATUS_IO, "cannot make an event loop");
	if ((status = listener_create(&life->listener, server->config->listen, err)) != STATUS_OK ||
	    (status = wheel_create(&life->wheel, server->base, err)) != STATUS_OK ||
	    (status = start_workers(server, &committed, err)) != STATUS_OK)
		return status;
	server->metrics = &life->metrics;
	server->packer = packer_create();
	server->reader_packer = packer_create();
	server->sessions = sessions_create();
	server->pools = pools_create(server->base, server->generation, committed);
	server->acks = ack_saver_create(server);
	server->seen = seen_create(server);
	server->pusher = pusher_create(server);
	server->pruner = pruner_create(server);
	worker_on_commit(server->writer, on_commit, server);
	server->conns = conns_create(server, life->wheel);
	return listener_start(life->listener, server->base, server->conns, life->wheel, err);
}

/* Calls come back from workers until these are gone, so they go first. */
static void
stop_parts(struct life *life)
{
	struct server *server = &life->server;

	for (size_t i = 0; i < 2; i++)
		if (life->signals[i])
			event_free(life->signals[i]);
	listener_destroy(life->listener);
	if (server->acks)
		ack_saver_flush(server->acks);
	if (server->seen)
		seen_flush(server->seen);
	worker_destroy(server->hasher);
	worker_destroy(server->reader);
	worker_destroy(server->writer);
	conns_destroy(server->conns);
	seen_destroy(server->seen);
	pusher_destroy(server->pusher);
	pruner_destroy(server->pruner);
	ack_saver_destroy(server->acks);
	pools_destroy(server->pools);
	sessions_destroy(server->sessions);
	packer_destroy(server->packer);
	packer_destroy(server->reader_packer);
	wheel_destroy(life->wheel);
	if (server->base)
		event_base_free(server->base);
}

/* Ends the loop once nobody is left, or the time is over; never under a call of a worker's. */
static void
on_drain_timer(struct wheel_timer *timer)
{
	struct life *life = (struct life *)((char *)timer - offsetof(struct life, drain_timer));
	bool over = time_mono() >= life->drain_deadline && !conns_busy(life->server.conns);

	if (over || conns_count(life->server.conns) == 0)
		event_base_loopbreak(life->server.base);
	else
		wheel_set(life->wheel, timer, time_mono());
}

static void
on_signal(evutil_socket_t number, short what, void *arg)
{
	struct life *life = arg;
	const struct server_config *config = life->server.config;

	(void)what;
	/* The next one finds the system's own handler, which ends the process. */
	for (size_t i = 0; i < 2; i++)
		event_del(life->signals[i]);
	log_info("draining", LOG_NUMBER("signal", number),
	    LOG_NUMBER("connections", (int64_t)conns_count(life->server.conns)));
	life->server.draining = true;
	listener_destroy(life->listener);
	life->listener = NULL;
	life->drain_deadline = time_mono() + (config->drain_ms + DRAIN_GRACE_MS) * TIME_MS;
	pools_drain(life->server.pools, config->drain_ms);
	conns_drain(life->server.conns);
	on_drain_timer(&life->drain_timer);
}

static enum status
watch_signals(struct life *life, struct error *err)
{
	static const int numbers[2] = {SIGTERM, SIGINT};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	life->drain_timer.fire = on_drain_timer;
	for (size_t i = 0; i < 2; i++) {
		life->signals[i] = evsignal_new(life->server.base, numbers[i], on_signal, life);
		if (!life->signals[i] || event_add(life->signals[i], NULL) != 0)
			return error_set(err, STATUS_IO, "cannot watch for signals");
	}
	return STATUS_OK;
}

enum status
server_run(const struct server_config *config, struct error *err)
{
	struct life life = {.server.config = config};
	enum status status;

	raise_descriptor_limit();
	status = start_parts(&life, err);
	if (status == STATUS_OK)
		status = watch_signals(&life, err);
	if (status == STATUS_OK) {
		printf("ternd: listening on %s\n", listener_url(life.listener));
		fflush(stdout);
		log_info("serving", LOG_TEXT("url", listener_url(life.listener)),
		    LOG_TEXT("store", config->store),
		    LOG_TEXT("generation", life.server.generation));
		event_base_dispatch(life.server.base);
		log_info("stopped");
	}
	stop_parts(&life);
	return status;
}
