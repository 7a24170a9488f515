/* Commands that say something, or change what was said. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/text.h"
#include "tui/command.h"

enum { LINES_MAX = 100000 };

static bool
is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}

void
slash_msg(struct chat *chat, const struct command_line *line)
{
	struct client_message message = {.text = line->after[0]};
	struct error err;

	if (!command_who(chat, line->words[0], &message.to) ||
	    !chat_done(chat, client_live_send(chat->client, &message, 1, &err), &err))
		return;
	chat->changed = true;
	chat_say(chat, _("sent to %s"), message.to.text);
}

void
slash_query(struct chat *chat, const struct command_line *line)
{
	struct address who;

	if (command_who(chat, line->words[0], &who))
		chat_jump(chat, &who, 0);
}

void
slash_reply(struct chat *chat, const struct command_line *line)
{
	bool numbered = line->count && is_number(line->words[0]);
	const struct item *item = command_message(chat, numbered ? line->words[0] : NULL, false);
	const char *text = numbered ? line->after[0] : line->rest;

	if (!item)
		return;
	if (*text) {
		chat_send(chat, NULL, text, item->ids.first);
	} else {
		chat_reply_item(chat, item);
	}
}

void
slash_edit(struct chat *chat, const struct command_line *line)
{
	const struct item *item = command_message(chat, line->count ? line->words[0] : NULL, true);

	if (item)
		chat_edit_item(chat, item);
}

static void
recall(struct chat *chat)
{
	chat_send(chat, "recall", NULL, chat->recalling);
}

void
slash_recall(struct chat *chat, const struct command_line *line)
{
	const struct item *item = command_message(chat, line->count ? line->words[0] : NULL, true);
	const char *text;

	if (!item)
		return;
	text = item->message.text ? item->message.text : "";
	chat->recalling = item->ids.first;
	chat_ask(
	    chat, mem_printf(_("Take back \"%.*s\"? (y/n)"), text_cut(text, 40), text), recall);
}

static bool
has_reacted(const struct chat *chat, const struct item *item, const char *reaction)
{
	const struct message *m = &item->message;

	for (size_t i = 0; i < m->reaction_count; i++)
		if (strcmp(m->reactions[i].text, reaction) == 0 &&
		    strcmp(m->reactions[i].from, client_address(chat->client)) == 0)
			return true;
	return false;
}

void
slash_react(struct chat *chat, const struct command_line *line)
{
	const char *reaction = line->words[line->count - 1];
	const struct item *item =
	    command_message(chat, line->count > 1 ? line->words[0] : NULL, false);

	if (item)
		chat_send(chat, has_reacted(chat, item, reaction) ? "unreact" : "react", reaction,
		    item->ids.first);
}

void
slash_read(struct chat *chat, const struct command_line *line)
{
	struct error err;
	int64_t msg_id = 0;

	if (line->count) {
		const struct item *item = command_message(chat, line->words[0], false);

		if (!item)
			return;
		msg_id = item->ids.first;
	}
	if (!chat->view)
		chat_complain(chat, _("no conversation is open"));
	else if (chat_done(chat, client_live_read(chat->client, view_who(chat->view), msg_id, &err),
	             &err))
		chat->changed = true;
}

/* ---- /sendlines ---- */

struct lines {
	struct client_message *messages;
	size_t count, room;
};

static void
add_line(struct lines *lines, const struct address *to, const char *text)
{
	if (lines->count == lines->room) {
		lines->room = lines->room ? 2 * lines->room : 64;
		lines->messages = mem_resize(lines->messages, lines->room, sizeof *lines->messages);
	}
	lines->messages[lines->count++] =
	    (struct client_message){.to = *to, .text = mem_strdup(text)};
}

static void
read_lines(struct lines *lines, FILE *file, const struct address *to)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;

	while (lines->count < LINES_MAX && (length = getline(&text, &room, file)) > 0) {
		if (text[length - 1] == '\n')
			text[--length] = '\0';
		if (length)
			add_line(lines, to, text);
	}
	free(text);
}

void
slash_sendlines(struct chat *chat, const struct command_line *line)
{
	struct lines lines = {0};
	struct error err;
	FILE *file;

	if (!chat->view) {
		chat_complain(chat, _("no conversation is open"));
		return;
	}
	file = fopen(line->rest, "re");
	if (!file) {
		chat_complain(chat, _("cannot read %s: %s"), line->rest, strerror(errno));
		return;
	}
	read_lines(&lines, file, view_who(chat->view));
	fclose(file);
	if (!lines.count)
		chat_complain(chat, _("%s has no lines"), line->rest);
	else if (chat_done(
	             chat, client_live_send(chat->client, lines.messages, lines.count, &err), &err))
		chat_say(chat, _("%zu lines on their way"), lines.count);
	chat->changed = true;
	for (size_t i = 0; i < lines.count; i++)
		free((char *)lines.messages[i].text);
	free(lines.messages);
}
