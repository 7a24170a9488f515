/*
 * What the client does in one run: how long a command takes from its start to its end, and how
 * fast a script sends and receives. A private server on loopback; every command is a new process.
 *
 *   tern_bench TERND TERN [RUNS]
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "load.h"
#include "machine.h"
#include "person.h"

enum { MESSAGES = 10000, RUNS = 40 };

struct bench {
	struct load_server server;
	const char *tern;
	int runs;
};

static void
start_up(const struct bench *bench, const struct person *user, const char *what,
    const char *const *words)
{
	int64_t *took = mem_zalloc((size_t)bench->runs, sizeof *took);

	for (int i = 0; i < bench->runs; i++)
		took[i] = person_run(user, NULL, NULL, words);
	load_sort(took, (size_t)bench->runs);
	printf("%-34s %6.1f ms (median of %d; fastest %.1f)\n", what,
	    (double)took[bench->runs / 2] / 1000, bench->runs, (double)took[0] / 1000);
	free(took);
}

static void
stream(const struct bench *bench, const struct person *alice, const struct person *bob)
{
	char *lines = mem_printf("%s/lines", bench->server.dir);
	char *count = mem_printf("%d", MESSAGES);
	const char *send[] = {"tern", "send", "bob", "--lines", "--timeout", "60", NULL};
	const char *recv[] = {
	    "tern", "recv", "--format=json", "--count", count, "--timeout", "60", NULL};
	double sent, received;

	person_write_file(lines, "a line of chat from the bench, message", MESSAGES);
	sent = (double)person_run(alice, lines, NULL, send) / TIME_SECOND;
	received = (double)person_run(bob, NULL, NULL, recv) / TIME_SECOND;
	printf("send --lines, %d messages: %.2f s (%.0f/s)\n", MESSAGES, sent, MESSAGES / sent);
	printf("recv --count %d, all offline: %.2f s (%.0f/s)\n", MESSAGES, received,
	    MESSAGES / received);
	free(lines);
	free(count);
}

int
main(int argc, char **argv)
{
	struct bench bench = {.tern = argc > 2 ? argv[2] : NULL,
	    .runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : RUNS};
	struct person alice = {0}, bob = {0};
	char *dir;

	if (argc < 3 || bench.runs < 1)
		load_die("usage: tern_bench TERND TERN [RUNS]");
	load_server_start(&bench.server, argv[1]);
	dir = mem_strdup(bench.server.dir);
	machine_print(dir);
	person_init(&alice, &bench.server, bench.tern, "register", "alice", "alice");
	person_init(&bob, &bench.server, bench.tern, "register", "bob", "bob");
	start_up(&bench, &alice, "tern version", (const char *[]){"tern", "version", NULL});
	start_up(&bench, &alice, "tern send bob hi",
	    (const char *[]){"tern", "send", "bob", "hi", NULL});
	start_up(&bench, &alice, "tern send --queue bob hi",
	    (const char *[]){"tern", "send", "--queue", "bob", "hi", NULL});
	start_up(&bench, &alice, "tern fetch", (const char *[]){"tern", "fetch", NULL});
	start_up(
	    &bench, &alice, "tern history bob", (const char *[]){"tern", "history", "bob", NULL});
	start_up(&bench, &alice, "tern status", (const char *[]){"tern", "status", NULL});
	stream(&bench, &alice, &bob);
	load_server_stop(&bench.server);
	person_remove_tree(dir);
	return 0;
}
