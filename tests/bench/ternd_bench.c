/*
 * What the server does in one run: durable one-to-one messages a second, delivery times at a
 * steady rate, memory of held polls. The driver is this one process; it shares the machine with the
 * server. Every message is answered after its fsync, and delivered over a held poll.
 *
 *   ternd_bench TERND [SECONDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "load.h"
#include "machine.h"

enum { HELD = 5000, RATE_PAIRS = 50, MANY = 256 };

struct pair {
	struct load_conn sender;
	struct load_conn receiver; /* of the recipient's device */
	char *to;
	int in_flight;
};

struct run {
	struct load_server server;
	struct pair *pairs;
	int pair_count;
	int epoll;
	int64_t answered;
	int64_t delivered;
	int per_request;
	int64_t *latencies;
	size_t latency_count;
	size_t latency_room;
};

static void
watch(struct run *run, struct load_conn *conn)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};

	epoll_ctl(run->epoll, EPOLL_CTL_ADD, conn->fd, &event);
}

static void
pairs_start(struct run *run, int count, const char *prefix)
{
	run->pairs = mem_zalloc((size_t)count, sizeof *run->pairs);
	run->pair_count = count;
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < count; i++) {
		struct pair *pair = &run->pairs[i];
		char *from = mem_printf("%s-from-%d@example.org", prefix, i);

		pair->to = mem_printf("%s-to-%d@example.org", prefix, i);
		load_register(&pair->sender, &run->server, from);
		load_register(&pair->receiver, &run->server, pair->to);
		pair->sender.arg = pair->receiver.arg = pair;
		watch(run, &pair->sender);
		watch(run, &pair->receiver);
		load_poll(&pair->receiver);
		free(from);
	}
	run->answered = run->delivered = 0;
}

static void
pairs_stop(struct run *run)
{
	for (int i = 0; i < run->pair_count; i++) {
		load_close(&run->pairs[i].sender);
		load_close(&run->pairs[i].receiver);
		free(run->pairs[i].to);
	}
	free(run->pairs);
	close(run->epoll);
}

static void
note_latency(struct run *run, const char *text)
{
	int64_t sent = strtoll(text, NULL, 10);

	if (!sent || run->latency_count == run->latency_room)
		return;
	run->latencies[run->latency_count++] = time_mono() - sent;
}

/* Every message of a poll's answer. */
static void
take_events(struct run *run, struct load_conn *conn, const char *answer)
{
	static const char mark[] = "\"text\":\"";

	conn->cursor = load_number(answer, "to");
	for (const char *p = answer; (p = strstr(p, mark)); p++) {
		run->delivered++;
		if (run->latencies)
			note_latency(run, p + sizeof mark - 1);
	}
	load_taken(conn);
	load_poll(conn);
}

static void
take_one(struct run *run, struct load_conn *conn, bool go_on)
{
	struct pair *pair = conn->arg;
	const char *answer = load_answer(conn);

	if (!answer)
		return;
	if (conn == &pair->receiver) {
		take_events(run, conn, answer);
		return;
	}
	if (strstr(answer, "\"error\""))
		load_die("refused: %s", answer);
	load_taken(conn);
	pair->in_flight = 0;
	run->answered += run->per_request;
	if (go_on) {
		pair->in_flight = 1;
		load_send(
		    conn, pair->to, "0 hello from the bench, a line of chat", run->per_request);
	}
}

static void
step(struct run *run, int timeout_ms, bool go_on)
{
	struct epoll_event events[MANY];
	int count = epoll_wait(run->epoll, events, MANY, timeout_ms);

	for (int i = 0; i < count; i++)
		if (events[i].data.ptr)
			take_one(run, events[i].data.ptr, go_on);
}

/* Each sender sends its next request when the last one was answered. */
static double
throughput(struct run *run, int pairs, int per_request, int seconds, const char *prefix)
{
	int64_t begin, end;

	pairs_start(run, pairs, prefix);
	run->per_request = per_request;
	begin = time_mono();
	end = begin + seconds * TIME_SECOND;
	for (int i = 0; i < pairs; i++)
		load_send(&run->pairs[i].sender, run->pairs[i].to, "0 hello", per_request);
	while (time_mono() < end)
		step(run, 100, true);
	double rate = (double)run->answered * TIME_SECOND / (double)(time_mono() - begin);
	int64_t limit = time_mono() + 10 * TIME_SECOND;
	int64_t in_flight = (int64_t)pairs * per_request;

	while (run->delivered < run->answered + in_flight && time_mono() < limit &&
	       run->delivered != run->answered)
		step(run, 100, false);
	if (run->delivered < run->answered)
		load_die("%lld answered, %lld delivered", (long long)run->answered,
		    (long long)run->delivered);
	pairs_stop(run);
	return rate;
}

static void
delivery(struct run *run, int rate, int seconds, const char *prefix)
{
	struct itimerspec every = {
	    .it_interval.tv_nsec = 1000000000L / rate, .it_value.tv_nsec = 1000000};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	int64_t end;
	int next = 0;

	pairs_start(run, RATE_PAIRS, prefix);
	run->per_request = 1;
	run->latency_room = (size_t)(rate * seconds * 2);
	run->latencies = mem_zalloc(run->latency_room, sizeof *run->latencies);
	run->latency_count = 0;
	epoll_ctl(run->epoll, EPOLL_CTL_ADD, timer, &event);
	timerfd_settime(timer, 0, &every, NULL);
	for (end = time_mono() + seconds * TIME_SECOND; time_mono() < end;) {
		uint64_t due = 0;

		step(run, 100, false);
		if (read(timer, &due, sizeof due) != sizeof due)
			continue;
		for (; due > 0; due--) {
			struct pair *pair = &run->pairs[next++ % run->pair_count];
			char text[64];

			snprintf(text, sizeof text, "%lld hello", (long long)time_mono());
			if (!pair->in_flight++)
				load_send(&pair->sender, pair->to, text, 1);
		}
	}
	close(timer);
	load_sort(run->latencies, run->latency_count);
	printf("delivery at %d messages/s, ms: p50 %.2f, p99 %.2f (%zu messages)\n", rate,
	    (double)run->latencies[run->latency_count / 2] / 1000,
	    (double)run->latencies[run->latency_count * 99 / 100] / 1000, run->latency_count);
	free(run->latencies);
	run->latencies = NULL;
	pairs_stop(run);
}

/* Each of an account of its own: the costliest way, for accounts have pools. */
static void
held_polls(struct run *run, long idle)
{
	struct load_conn *conns = mem_zalloc(HELD, sizeof *conns);
	long before = 0, after;

	for (int i = 0; i < HELD; i++) {
		char *address = mem_printf("held-%d@example.org", i);

		load_register(&conns[i], &run->server, address);
		free(address);
	}
	before = load_server_memory(&run->server);
	for (int i = 0; i < HELD; i++)
		load_poll(&conns[i]);
	/* The last one is held once a later request of another connection was answered. */
	struct load_conn probe;
	load_share(&probe, &conns[0], &run->server);
	load_call(&probe, "/v1/login-sync", "{}");
	load_close(&probe);
	after = load_server_memory(&run->server);
	printf("memory with %d connections: %ld KiB idle, %ld KiB with a poll held on each: "
	       "%.2f KiB a held poll\n",
	    HELD, before, after, (double)(after - idle) / HELD);
	for (int i = 0; i < HELD; i++)
		load_close(&conns[i]);
	free(conns);
}

static void
raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int
main(int argc, char **argv)
{
	struct run run = {0};
	int seconds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;

	if (argc < 2 || seconds < 1)
		load_die("usage: ternd_bench TERND [SECONDS]");
	raise_limit();
	load_server_start(&run.server, argv[1]);
	machine_print(run.server.dir);
	printf("durable, 1 pair, one at a time: %.0f messages/s\n",
	    throughput(&run, 1, 1, seconds, "one"));
	printf("durable, 50 pairs, one message a request: %.0f messages/s\n",
	    throughput(&run, 50, 1, seconds, "fifty"));
	printf("durable, 50 pairs, 20 messages a request: %.0f messages/s\n",
	    throughput(&run, 50, 20, seconds, "batch"));
	delivery(&run, 50, seconds, "slow");
	delivery(&run, 200, seconds, "rate");
	load_server_stop(&run.server);

	load_server_start(&run.server, argv[1]);
	long idle = load_server_memory(&run.server);
	printf("the server's memory, idle: %ld KiB\n", idle);
	held_polls(&run, idle);
	load_server_stop(&run.server);
	return 0;
}
