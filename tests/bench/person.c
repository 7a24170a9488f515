#include "person.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/timeu.h"

pid_t
person_start(
    const struct person *person, const char *input, const char *output, const char *const *words)
{
	posix_spawn_file_actions_t files;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, input ? input : "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
	    &files, 1, output ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawn(
	        &pid, person->tern, &files, NULL, (char *const *)words, person->environment) != 0)
		load_die("cannot run %s: %s", person->tern, strerror(errno));
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

void
person_wait(pid_t pid, const char *const *words)
{
	int status;

	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		load_die("tern %s failed (%d)", words[1], status);
}

int64_t
person_run(
    const struct person *person, const char *input, const char *output, const char *const *words)
{
	int64_t begin = time_mono();

	person_wait(person_start(person, input, output, words), words);
	return time_mono() - begin;
}

void
person_write_file(const char *path, const char *text, int times)
{
	FILE *file = fopen(path, "w");

	for (int i = 1; file && i <= times; i++)
		fprintf(file, times > 1 ? "%s %d\n" : "%s\n", text, i);
	if (!file || fclose(file) != 0)
		load_die("cannot write %s", path);
}

void
person_init(struct person *person, const struct load_server *server, const char *tern,
    const char *command, const char *name, const char *home)
{
	char *password = mem_printf("%s/password", server->dir);
	char *address = mem_printf("%s@example.org", name);
	char *url = mem_printf("http://127.0.0.1:%d", server->port);
	const char *words[] = {"tern", command, address, "--server", url, "--password-stdin", NULL};

	*person = (struct person){.tern = tern, .home = mem_printf("%s/%s", server->dir, home)};
	person->environment[0] = mem_printf("HOME=%s", person->home);
	person->environment[1] = mem_printf("XDG_DATA_HOME=%s/data", person->home);
	person->environment[2] = mem_printf("XDG_CONFIG_HOME=%s/config", person->home);
	person->environment[3] = mem_printf("PATH=%s", getenv("PATH"));
	person->environment[4] = mem_strdup("TZ=UTC");
	person_write_file(password, "password", 1);
	person_run(person, password, NULL, words);
	free(password);
	free(address);
	free(url);
}

void
person_remove_tree(const char *dir)
{
	const char *words[] = {"rm", "-r", dir, NULL};
	pid_t pid;

	if (posix_spawnp(&pid, "rm", NULL, NULL, (char *const *)words, NULL) == 0)
		waitpid(pid, NULL, 0);
}
