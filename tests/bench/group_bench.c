/*
 * A group whose members are all online, each over a held poll of its own: deliveries a second, how
 * long one takes at a steady rate, and what acknowledging costs. The driver is this one process; it
 * shares the machine with the server. As a client does, a member acknowledges with its next poll.
 *
 *   group_bench TERND [SECONDS [MEMBERS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "load.h"
#include "machine.h"

#define TEAM "#team@example.org"

enum {
	MEMBERS = 500,
	SENDERS = 4,
	ACK_MS = 1000,
	WINDOW = 64,
	MANY = 256,
	MOST_LATENCIES = 1 << 20
};

struct member {
	struct load_conn conn;
	int64_t last;  /* the highest msg_id it has */
	int64_t acked; /* and has acknowledged */
	int64_t ack_time;
};

struct run {
	struct load_server server;
	struct member *members;
	int count;
	struct load_conn senders[SENDERS];
	bool sending[SENDERS];
	int epoll;
	int64_t sent;      /* messages that were answered */
	int64_t delivered; /* to all members, together */
	int64_t polls;     /* that brought any */
	int64_t acks;      /* requests that acknowledged */
	int64_t cpu;       /* of the server, when the counts were 0; microseconds */
	int64_t *latencies;
	size_t latency_count;
};

static void
watch(struct run *run, struct load_conn *conn)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};

	epoll_ctl(run->epoll, EPOLL_CTL_ADD, conn->fd, &event);
}

/* Polls again, and acknowledges with it, but not more than once in ACK_MS. */
static void
poll_again(struct run *run, struct member *member)
{
	struct load_conn *conn = &member->conn;
	char body[256];
	int length = snprintf(body, sizeof body, "{\"cursor\":[\"%s\",%lld],\"wait\":60000",
	    conn->generation, (long long)conn->cursor);

	if (member->last > member->acked && time_mono() - member->ack_time >= ACK_MS * TIME_MS) {
		length += snprintf(body + length, sizeof body - (size_t)length,
		    ",\"acks\":[[\"" TEAM "\",%lld,%lld]]", (long long)member->acked + 1,
		    (long long)member->last);
		member->acked = member->last;
		member->ack_time = time_mono();
		run->acks++;
	}
	length += snprintf(body + length, sizeof body - (size_t)length, "}");
	load_post(conn, "/v1/events", body, (size_t)length);
}

static void
note_latency(struct run *run, const char *event)
{
	static const char mark[] = "\"text\":\"";
	const char *text = strstr(event, mark);
	int64_t sent = text ? strtoll(text + sizeof mark - 1, NULL, 10) : 0;

	if (run->latencies && sent > 1 && run->latency_count < MOST_LATENCIES)
		run->latencies[run->latency_count++] = time_mono() - sent;
}

static void
take_events(struct run *run, struct member *member, const char *answer)
{
	static const char mark[] = "\"msg_id\":";
	int64_t before = run->delivered;

	if (strstr(answer, "\"resync\""))
		load_die("a member fell behind: resync");
	member->conn.cursor = load_number(answer, "to");
	for (const char *p = answer; (p = strstr(p, mark));) {
		p += sizeof mark - 1;
		member->last = strtoll(p, NULL, 10);
		note_latency(run, p);
		run->delivered++;
	}
	run->polls += run->delivered > before;
	load_taken(&member->conn);
	poll_again(run, member);
}

static void
say(struct run *run, int sender, const char *text)
{
	run->sending[sender] = true;
	load_send(&run->senders[sender], TEAM, text, 1);
}

static void
take_one(struct run *run, struct load_conn *conn)
{
	const char *answer = load_answer(conn);

	if (!answer)
		return;
	if (conn->arg) {
		take_events(run, conn->arg, answer);
		return;
	}
	if (strstr(answer, "\"error\""))
		load_die("refused: %s", answer);
	load_taken(conn);
	run->sending[conn - run->senders] = false;
	run->sent++;
}

static void
step(struct run *run, int timeout_ms)
{
	struct epoll_event events[MANY];
	int count = epoll_wait(run->epoll, events, MANY, timeout_ms);

	for (int i = 0; i < count; i++)
		take_one(run, events[i].data.ptr);
}

/* Everybody has all that was sent, since the counts were 0. */
static void
settle(struct run *run)
{
	int64_t limit = time_mono() + 60 * TIME_SECOND;

	for (bool busy = true; busy;) {
		busy = run->delivered < run->sent * run->count;
		for (int i = 0; i < SENDERS; i++)
			busy |= run->sending[i];
		if (busy)
			step(run, 100);
		if (time_mono() > limit)
			load_die("%lld of %lld deliveries came", (long long)run->delivered,
			    (long long)(run->sent * run->count));
	}
	if (run->delivered != run->sent * run->count)
		load_die("%lld deliveries instead of %lld", (long long)run->delivered,
		    (long long)(run->sent * run->count));
}

static void
begin(struct run *run)
{
	run->sent = run->delivered = run->polls = run->acks = 0;
	run->latency_count = 0;
	run->cpu = load_server_cpu(&run->server);
}

/* Of the measured members, the senders, who don't poll, and an owner. */
static void
make_group(struct run *run)
{
	struct load_conn owner;
	struct buf body;
	char key[KEY_TEXT_SIZE];

	load_register(&owner, &run->server, "owner@example.org");
	key_make(&owner.key, NULL);
	buf_init(&body, 1 << 20);
	buf_printf(&body, "{\"key\":\"%s\",\"address\":\"" TEAM "\",\"name\":\"T\",\"members\":[",
	    key_format(&owner.key, key));
	for (int i = 0; i < SENDERS; i++)
		buf_printf(&body, "%s\"sender%d@example.org\"", i ? "," : "", i);
	for (int i = 0; i < run->count; i++)
		buf_printf(&body, ",\"m%d@example.org\"", i);
	buf_add_string(&body, "]}");
	load_call(&owner, "/v1/group-create", buf_string(&body));
	buf_finish(&body);
	load_close(&owner);
}

/* Members that know of the group already: each polls from behind its making. */
static void
start(struct run *run)
{
	run->members = mem_zalloc((size_t)run->count, sizeof *run->members);
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < SENDERS; i++) {
		char *address = mem_printf("sender%d@example.org", i);

		load_register(&run->senders[i], &run->server, address);
		watch(run, &run->senders[i]);
		free(address);
	}
	for (int i = 0; i < run->count; i++) {
		char *address = mem_printf("m%d@example.org", i);

		load_register(&run->members[i].conn, &run->server, address);
		free(address);
	}
	make_group(run);
	for (int i = 0; i < run->count; i++) {
		struct member *member = &run->members[i];

		member->conn.cursor =
		    load_number(load_call(&member->conn, "/v1/login-sync", "{}"), "to");
		load_taken(&member->conn);
		member->last = 1 + SENDERS + run->count;
		member->conn.arg = member;
		watch(run, &member->conn);
		member->acked = member->last;
		poll_again(run, member);
	}
}

/* What it cost since begin(). */
static void
print_cost(const struct run *run)
{
	double delivered = (double)run->delivered;

	printf("a delivery costs the server %.1f us of CPU; a message and member: %.3f polls, "
	       "%.3f requests that acknowledge\n",
	    (double)(load_server_cpu(&run->server) - run->cpu) / delivered,
	    (double)run->polls / delivered, (double)run->acks / delivered);
}

/* Sends as fast as the members take it: at most WINDOW messages are under way. */
static void
throughput(struct run *run, int seconds)
{
	int64_t start_time = time_mono(), end = start_time + seconds * TIME_SECOND;
	double took;

	begin(run);
	while (time_mono() < end) {
		for (int i = 0; i < SENDERS; i++)
			if (!run->sending[i] && run->sent - run->delivered / run->count < WINDOW)
				say(run, i, "1 hello, this is a line of chat");
		step(run, 100);
	}
	settle(run);
	took = (double)(time_mono() - start_time) / TIME_SECOND;
	printf("as fast as it goes: %.0f messages/s, %.0f deliveries/s; ", (double)run->sent / took,
	    (double)run->delivered / took);
	print_cost(run);
}

static void
steady(struct run *run, int rate, int seconds)
{
	int64_t next = time_mono(), end = next + seconds * TIME_SECOND;
	int64_t left_out = 0; /* their senders' last ones were not answered yet */

	begin(run);
	run->latencies = mem_zalloc(MOST_LATENCIES, sizeof *run->latencies);
	for (int turn = 0; time_mono() < end; turn++) {
		char text[64];

		while (time_mono() < next)
			step(run, (int)((next - time_mono()) / TIME_MS));
		snprintf(text, sizeof text, "%lld hello", (long long)time_mono());
		if (!run->sending[turn % SENDERS])
			say(run, turn % SENDERS, text);
		else
			left_out++;
		next += TIME_SECOND / rate;
	}
	settle(run);
	load_sort(run->latencies, run->latency_count);
	printf("at %d messages/s (%d deliveries/s), ms: first %.2f, p50 %.2f, p99 %.2f; ", rate,
	    rate * run->count, (double)run->latencies[0] / 1000,
	    (double)run->latencies[run->latency_count / 2] / 1000,
	    (double)run->latencies[run->latency_count * 99 / 100] / 1000);
	printf("%lld sent, %lld left out; ", (long long)run->sent, (long long)left_out);
	print_cost(run);
	free(run->latencies);
	run->latencies = NULL;
}

int
main(int argc, char **argv)
{
	struct run run = {0};
	struct rlimit limit;
	int seconds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;

	run.count = argc > 3 ? (int)strtol(argv[3], NULL, 10) : MEMBERS;
	if (argc < 2 || seconds < 1 || run.count < 1)
		load_die("usage: group_bench TERND [SECONDS [MEMBERS]]");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	load_server_start(&run.server, argv[1]);
	machine_print(run.server.dir);
	start(&run);
	printf("a group of %d online members, one process with its driver:\n", run.count);
	steady(&run, 10, seconds);
	steady(&run, 40, seconds);
	throughput(&run, seconds);
	printf("the server's memory: %ld KiB\n", load_server_memory(&run.server));
	load_server_stop(&run.server);
	return 0;
}
