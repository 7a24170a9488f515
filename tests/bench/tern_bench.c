/*
 * What the client does in one run: how long a command takes from its start to its end, and how
 * fast a script sends and receives. A private server on loopback; every command is a new process.
 *
 *   tern_bench TERND TERN [RUNS]
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "load.h"
#include "machine.h"

enum { MESSAGES = 10000, RUNS = 40 };

struct user {
	char *home;
	char *environment[6];
};

struct bench {
	struct load_server server;
	const char *tern;
	int runs;
};

/* Runs tern with these words, its input from a file (or none), its output thrown away. Returns
 * how long it took, in microseconds. */
static int64_t
run(const struct bench *bench, const struct user *user, const char *input, const char *const *words)
{
	posix_spawn_file_actions_t files;
	int64_t begin = time_mono(), took;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, input ? input : "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, bench->tern, &files, NULL, (char *const *)words, user->environment) !=
	    0)
		load_die("cannot run %s: %s", bench->tern, strerror(errno));
	waitpid(pid, &status, 0);
	took = time_mono() - begin;
	posix_spawn_file_actions_destroy(&files);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		load_die("tern %s failed (%d)", words[1], status);
	return took;
}

static void
write_file(const char *path, const char *text, int times)
{
	FILE *file = fopen(path, "w");

	for (int i = 1; file && i <= times; i++)
		fprintf(file, times > 1 ? "%s %d\n" : "%s\n", text, i);
	if (!file || fclose(file) != 0)
		load_die("cannot write %s", path);
}

static void
user_init(struct user *user, const struct bench *bench, const char *name)
{
	char *password = mem_printf("%s/password", bench->server.dir);
	char *address = mem_printf("%s@example.org", name);
	char *url = mem_printf("http://127.0.0.1:%d", bench->server.port);
	const char *words[] = {
	    "tern", "register", address, "--server", url, "--password-stdin", NULL};

	user->home = mem_printf("%s/%s", bench->server.dir, name);
	user->environment[0] = mem_printf("HOME=%s", user->home);
	user->environment[1] = mem_printf("XDG_DATA_HOME=%s/data", user->home);
	user->environment[2] = mem_printf("XDG_CONFIG_HOME=%s/config", user->home);
	user->environment[3] = mem_printf("PATH=%s", getenv("PATH"));
	user->environment[4] = mem_strdup("TZ=UTC");
	write_file(password, "a long password", 1);
	run(bench, user, password, words);
	free(password);
	free(address);
	free(url);
}

static void
start_up(
    const struct bench *bench, const struct user *user, const char *what, const char *const *words)
{
	int64_t *took = mem_zalloc((size_t)bench->runs, sizeof *took);

	for (int i = 0; i < bench->runs; i++)
		took[i] = run(bench, user, NULL, words);
	load_sort(took, (size_t)bench->runs);
	printf("%-34s %6.1f ms (median of %d; fastest %.1f)\n", what,
	    (double)took[bench->runs / 2] / 1000, bench->runs, (double)took[0] / 1000);
	free(took);
}

static void
stream(const struct bench *bench, const struct user *alice, const struct user *bob)
{
	char *lines = mem_printf("%s/lines", bench->server.dir);
	char *count = mem_printf("%d", MESSAGES);
	const char *send[] = {"tern", "send", "bob", "--lines", "--timeout", "60", NULL};
	const char *recv[] = {
	    "tern", "recv", "--format=json", "--count", count, "--timeout", "60", NULL};
	double sent, received;

	write_file(lines, "a line of chat from the bench, message", MESSAGES);
	sent = (double)run(bench, alice, lines, send) / TIME_SECOND;
	received = (double)run(bench, bob, NULL, recv) / TIME_SECOND;
	printf("send --lines, %d messages: %.2f s (%.0f/s)\n", MESSAGES, sent, MESSAGES / sent);
	printf("recv --count %d, all offline: %.2f s (%.0f/s)\n", MESSAGES, received,
	    MESSAGES / received);
	free(lines);
	free(count);
}

static void
remove_tree(const char *dir)
{
	const char *words[] = {"rm", "-r", dir, NULL};
	pid_t pid;

	if (posix_spawnp(&pid, "rm", NULL, NULL, (char *const *)words, NULL) == 0)
		waitpid(pid, NULL, 0);
}

int
main(int argc, char **argv)
{
	struct bench bench = {.tern = argc > 2 ? argv[2] : NULL,
	    .runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : RUNS};
	struct user alice = {0}, bob = {0};
	char *dir;

	if (argc < 3 || bench.runs < 1)
		load_die("usage: tern_bench TERND TERN [RUNS]");
	load_server_start(&bench.server, argv[1]);
	dir = mem_strdup(bench.server.dir);
	machine_print(dir);
	user_init(&alice, &bench, "alice");
	user_init(&bob, &bench, "bob");
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
	remove_tree(dir);
	return 0;
}
