#include "cli/exec.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/print.h"

extern char **environ;

enum { OWN_VARIABLES = 5, JSON_LIMIT = 1024 * 1024, COMMAND_SHOWN = 60 };

/* True for "TERN_…=value" where this very name is among the first `count` of all. */
static bool
is_ours(char *const *all, size_t count, const char *variable)
{
	for (size_t i = 0; i < count; i++) {
		size_t name = strcspn(all[i], "=") + 1;

		if (strncmp(all[i], variable, name) == 0)
			return true;
	}
	return false;
}

/* The environment with the message's TERN_… in the place of those that a command of another tern
 * may have. The caller frees the array and its first OWN_VARIABLES strings. */
static char **
make_environment(const struct message *m)
{
	char iso[TIME_ISO_SIZE];
	size_t count = 0, used = OWN_VARIABLES;
	char **all;

	while (environ[count])
		count++;
	all = mem_zalloc(OWN_VARIABLES + count + 1, sizeof *all);
	all[0] = mem_printf("TERN_CONVERSATION=%s", m->conversation);
	all[1] = mem_printf("TERN_FROM=%s", m->from);
	all[2] = mem_printf("TERN_MSG_ID=%lld", (long long)m->msg_id);
	all[3] = mem_printf("TERN_TIME=%s", time_iso(m->time, iso));
	all[4] = mem_printf("TERN_TYPE=%s", m->type);
	for (size_t i = 0; i < count; i++)
		if (!is_ours(all, OWN_VARIABLES, environ[i]))
			all[used++] = environ[i];
	return all;
}

/* A file in memory with the message: a pipe would have to be fed, and a command need not read. -1
 * with errno. */
static int
make_input(const struct message *message, bool repeated)
{
	int fd = memfd_create("message", MFD_CLOEXEC);
	enum status status;
	struct buf json;

	if (fd < 0)
		return -1;
	buf_init(&json, JSON_LIMIT);
	message_json(&json, message, repeated);
	buf_add_char(&json, '\n');
	status = io_write_all(fd, json.data, json.length, NULL);
	buf_finish(&json);
	if (status == STATUS_OK && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
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
	int length = text_cut(command, COMMAND_SHOWN);
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(err, STATUS_IO, _("cannot learn how '%.*s' ended: %s"),
			    length, command, strerror(errno));
	if (WIFSIGNALED(status))
		return error_set(err, STATUS_AGAIN,
		    _("the command '%.*s' was ended by signal %d; its message will be handed on "
		      "again"),
		    length, command, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err, STATUS_AGAIN,
		    _("the command '%.*s' failed with status %d; its message will be handed on "
		      "again"),
		    length, command, WEXITSTATUS(status));
	return STATUS_OK;
}

enum status
exec_message(const char *command, const struct message *message, bool repeated, struct error *err)
{
	int input = make_input(message, repeated);
	char **environment;
	int failed;
	pid_t pid;

	if (input < 0)
		return error_set(
		    err, STATUS_IO, _("cannot give a message to the command: %s"), strerror(errno));
	environment = make_environment(message);
	failed = spawn(&pid, command, input, environment);
	for (size_t i = 0; i < OWN_VARIABLES; i++)
		free(environment[i]);
	free(environment);
	close(input);
	if (failed)
		return error_set(
		    err, STATUS_CANNOT_CREATE, _("cannot run /bin/sh: %s"), strerror(failed));
	return wait_for(pid, command, err);
}
