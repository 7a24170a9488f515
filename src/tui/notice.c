#include "tui/notice.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/text.h"

enum { TEXT_MAX = 300 };

extern char **environ;

static bool
is_worth(const struct list_row *row, int what)
{
	switch ((enum setting_notify)what) {
	case NOTIFY_NONE:
		return false;
	case NOTIFY_MENTIONS:
		return row->mention;
	case NOTIFY_DIRECT:
		return row->mention || !row->group;
	case NOTIFY_ALL:
		return true;
	}
	return false;
}

/* The newest message of a conversation, as it would be quoted. */
struct newest {
	char *from, *text;
};

static void
on_newest(void *arg, const struct message *message)
{
	struct newest *newest = arg;

	if (!message->msg_id || message->aside)
		return;
	free(newest->from);
	free(newest->text);
	newest->from = mem_strdup(message->from);
	newest->text = mem_strndup(message->text ? message->text : "",
	    (size_t)text_cut(message->text ? message->text : "", TEXT_MAX));
}

static void
ignore_hole(void *arg, struct id_range ids)
{
	(void)arg;
	(void)ids;
}

/* The text goes by the environment, never by the command line, which others can see. */
static void
run_command(const char *command, const char *conversation, const char *from, const char *text)
{
	char *variables[] = {mem_printf("TERN_CONVERSATION=%s", conversation),
	    mem_printf("TERN_FROM=%s", from), mem_printf("TERN_TEXT=%s", text), NULL};
	char *arguments[] = {
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	size_t count = 0;
	char **environment;
	pid_t pid;

	while (environ[count])
		count++;
	environment = mem_zalloc(count + 4, sizeof *environment);
	memcpy(environment, environ, count * sizeof *environment);
	memcpy(environment + count, variables, sizeof variables);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd ? 1 : 0, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn(&pid, "/bin/sh", &files, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	free(environment);
	for (int i = 0; i < 3; i++)
		free(variables[i]);
}

static void
tell(struct chat *chat, const struct list_row *row)
{
	const struct settings *settings = &chat->config.settings;
	const char *command = setting_string(settings, SETTING_NOTIFY_COMMAND);
	struct client_history query = {.who = &row->address, .count = 1};
	struct newest newest = {NULL, NULL};
	struct error ignored;
	bool shown = setting_is_on(settings, SETTING_NOTIFY_TEXT);
	char *from;

	(void)client_history(chat->client, &query, on_newest, ignore_hole, &newest, &ignored);
	if (!newest.from || strcmp(newest.from, client_address(chat->client)) == 0) {
		free(newest.from);
		free(newest.text);
		return;
	}
	from = mem_strdup(client_name(chat->client, newest.from));
	if (is_worth(row, setting_number(settings, SETTING_NOTIFY))) {
		term_notify(chat->term, from, shown ? newest.text : _("a new message"));
		if (*command)
			run_command(command, row->address.text, from, shown ? newest.text : "");
	}
	if (is_worth(row, setting_number(settings, SETTING_BELL)))
		term_bell(chat->term);
	free(from);
	free(newest.from);
	free(newest.text);
}

void
notice_look(struct chat *chat)
{
	const char *open =
	    chat->view && !chat->pager && chat->focused ? view_who(chat->view)->text : NULL;
	const struct list_row *loudest = NULL;
	int64_t newest = chat->notified;

	for (size_t i = 0; i < list_count(chat->list); i++) {
		const struct list_row *row = list_row(chat->list, i);

		if (row->activity <= chat->notified && !row->pinned)
			break; /* the list is in this order, but for the pinned */
		if (row->activity > newest)
			newest = row->activity;
		if (row->activity <= chat->notified || !row->unread || row->muted ||
		    (open && strcmp(open, row->address.text) == 0 && view_at_end(chat->view)))
			continue;
		if (!loudest || (row->mention && !loudest->mention))
			loudest = row;
	}
	/* What was there when the chat began is no news. */
	if (loudest && chat->notified)
		tell(chat, loudest);
	chat->notified = newest ? newest : 1;
}
