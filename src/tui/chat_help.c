/* What helps to write: completion, an editor of one's own. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "tui/chat.h"
#include "tui/command.h"

extern char **environ;

/* ---- completion ---- */

struct naming {
	struct chat *chat;
	struct complete *complete;
};

static void
offer_conversations(struct chat *chat, struct complete *complete, bool address)
{
	for (size_t i = 0; i < list_count(chat->list); i++) {
		const struct list_row *row = list_row(chat->list, i);
		size_t user = strcspn(row->address.text, "@");
		char *word = mem_strndup(row->address.text, user);
		bool enough = !complete_add(complete, row->name, word) ||
		              (address && !complete_add(complete, NULL, word));

		free(word);
		if (enough)
			return;
	}
}

static void
source(void *arg, const struct complete_question *question, struct complete *complete)
{
	struct chat *chat = arg;

	if (question->command && !*question->command) {
		for (const struct command *command = chat_commands; command->name; command++)
			complete_add(complete, NULL, command->name);
		return;
	}
	offer_conversations(chat, complete, question->command != NULL);
}

void
chat_complete_init(struct chat *chat)
{
	chat->complete = complete_create(source, chat);
	complete_emoji(chat->complete, setting_is_on(&chat->config.settings, SETTING_EMOJI));
}

/* The others that it might have been, under the messages. */
static void
show_candidates(struct chat *chat)
{
	struct buf line;
	const char *text, *name;
	bool chosen;

	buf_init(&line, CHAT_SAID_MAX - 1);
	for (size_t i = 0; (text = complete_candidate(chat->complete, i, &name, &chosen)); i++)
		buf_printf(&line, chosen ? "%s[%s]" : "%s%s", i ? "  " : "", text);
	if (complete_candidate(chat->complete, 1, &name, &chosen))
		chat_say(chat, "%s", buf_string(&line));
	buf_finish(&line);
}

void
chat_complete(struct chat *chat, int direction)
{
	if (complete_step(chat->complete, chat->edit, direction))
		show_candidates(chat);
}

/* ---- an editor ---- */

static bool
write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
	return true;
}

/* Runs it on the terminal, and waits: nobody else has the terminal meanwhile. */
static bool
run_editor(const char *editor, const char *path)
{
	char *command = mem_printf("%s \"$1\"", editor);
	char *arguments[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", command,
	    (char *)(uintptr_t) "sh", (char *)(uintptr_t)path, NULL};
	posix_spawnattr_t attributes;
	sigset_t none;
	pid_t pid;
	int state = -1;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (posix_spawn(&pid, "/bin/sh", NULL, &attributes, arguments, environ) == 0)
		while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
			continue;
	posix_spawnattr_destroy(&attributes);
	free(command);
	return state == 0;
}

static void
take_file(struct chat *chat, const char *path)
{
	FILE *file = fopen(path, "re");
	struct buf text;
	char piece[4096];
	size_t n;

	if (!file) {
		chat_complain(chat, _("cannot read %s: %s"), path, strerror(errno));
		return;
	}
	buf_init(&text, MESSAGE_TEXT_MAX);
	while ((n = fread(piece, 1, sizeof piece, file)) > 0)
		buf_add(&text, piece, n);
	fclose(file);
	while (text.length && text.data[text.length - 1] == '\n')
		text.data[--text.length] = '\0';
	edit_set(chat->edit, buf_string(&text));
	if (text.failed)
		chat_complain(chat, _("a message can't be longer than 64 KiB: the rest was cut"));
	buf_finish(&text);
}

static const char *
editor_of(const struct chat *chat)
{
	const char *set = setting_string(&chat->config.settings, SETTING_EDITOR);
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	if (*set)
		return set;
	if (visual && *visual)
		return visual;
	return editor && *editor ? editor : "vi";
}

void
chat_edit_external(struct chat *chat)
{
	const char *directory = getenv("TMPDIR");
	char *path = mem_printf("%s/tern-XXXXXX", directory && *directory ? directory : "/tmp");
	struct error err;
	int fd = mkstemp(path);
	bool written = fd >= 0 && write_all(fd, edit_text(chat->edit), edit_length(chat->edit));

	if (fd >= 0)
		close(fd);
	if (!written) {
		chat_complain(chat, _("cannot write %s: %s"), path, strerror(errno));
	} else {
		term_suspend(chat->term);
		if (run_editor(editor_of(chat), path))
			take_file(chat, path);
		else
			chat_complain(chat, _("the editor failed; your text is as it was"));
		if (term_resume(chat->term, &err) != STATUS_OK)
			chat_end(chat, err.status, &err);
		screen_forget(chat->screen);
		chat->changed = true;
	}
	if (fd >= 0)
		unlink(path);
	free(path);
}
