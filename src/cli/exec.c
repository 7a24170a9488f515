#include "cli/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/timeu.h"
#include "cli/print.h"

extern char **environ;

enum { OWN_VARIABLES = 5, JSON_LIMIT = 1024 * 1024 };

/* The environment with TERN_… in front: the first of a name counts. The caller frees the array and
 * its first OWN_VARIABLES strings. */
static char **
make_environment(const struct message *m)
{
	char iso[TIME_ISO_SIZE];
	size_t count = 0;
	char **all;

	while (environ[count])
		count++;
	all = mem_zalloc(OWN_VARIABLES + count + 1, sizeof *all);
	all[0] = mem_printf("TERN_CONVERSATION=%s", m->conversation);
	all[1] = mem_printf("TERN_FROM=%s", m->from);
	all[2] = mem_printf("TERN_MSG_ID=%lld", (long long)m->msg_id);
	all[3] = mem_printf("TERN_TIME=%s", time_iso(m->time, iso));
	all[4] = mem_printf("TERN_TYPE=%s", m->type);
	memcpy(all + OWN_VARIABLES, environ, count * sizeof *all);
	return all;
}

static int
spawn(pid_t *pid, const char *command, int input, char **environment)
{
	char *words[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	int failed;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawnattr_init(&attributes);
	/* The child gets the signals that this program blocks or ignores for itself. */
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed = posix_spawn(pid, "/bin/sh", &files, &attributes, words, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failed;
}

static enum status
wait_for(pid_t pid, const char *command, struct error *err)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return STATUS_OK;
	return error_set(err, STATUS_AGAIN,
	    _("the command '%.60s' failed (%s %d); the message stays to be handed on"), command,
	    WIFEXITED(status) ? _("status") : _("signal"),
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

enum status
exec_message(const char *command, const struct message *message, bool repeated, struct error *err)
{
	char **environment;
	struct buf json;
	int ends[2], failed;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(err, STATUS_IO, _("cannot make a pipe: %s"), strerror(errno));
	environment = make_environment(message);
	failed = spawn(&pid, command, ends[0], environment);
	for (size_t i = 0; i < OWN_VARIABLES; i++)
		free(environment[i]);
	free(environment);
	close(ends[0]);
	if (failed) {
		close(ends[1]);
		return error_set(
		    err, STATUS_CANNOT_CREATE, _("cannot run /bin/sh: %s"), strerror(failed));
	}
	buf_init(&json, JSON_LIMIT);
	message_json(&json, message, repeated ? "repeated" : NULL);
	buf_add_char(&json, '\n');
	/* A command need not read what it is given. */
	(void)io_write_all(ends[1], json.data, json.length, NULL);
	close(ends[1]);
	buf_finish(&json);
	return wait_for(pid, command, err);
}
