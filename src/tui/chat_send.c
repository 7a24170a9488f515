/* What the input says is done: a message, an edit of one, a command. */
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "tui/chat.h"
#include "tui/command.h"

enum { LINES_ASKED = 5 /* a paste of more lines is asked about before it is sent */ };

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \n")] == '\0';
}

static int
count_lines(const char *text)
{
	int lines = 1;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* An amendment or a message; true where it is in the outbox. */
bool
chat_send(struct chat *chat, const char *type, const char *text, int64_t target)
{
	struct client_message message = {.type = type, .text = text, .target = target};
	struct error err;

	if (!chat->view) {
		chat_complain(chat, _("no conversation is open: /msg WHO TEXT, or /query WHO"));
		return false;
	}
	message.to = *view_who(chat->view);
	if (!chat_done(chat, client_live_send(chat->client, &message, 1, &err), &err))
		return false;
	chat->changed = true;
	return true;
}

/* The text as it goes out: "//" stands for a slash. */
static const char *
sent_text(const char *text)
{
	return text[0] == '/' ? text + 1 : text;
}

static void
send_text(struct chat *chat)
{
	char *text = mem_strdup(edit_text(chat->edit));
	bool sent = chat->editing ? chat_send(chat, "edit", sent_text(text), chat->editing)
	                          : chat_send(chat, NULL, sent_text(text), chat->reply_to);

	if (sent) {
		edit_remember(chat->edit, view_who(chat->view)->text, text);
		edit_set(chat->edit, "");
		if (!chat->editing)
			view_to_end(chat->view);
		chat->reply_to = chat->editing = 0;
		chat->pasted_lines = false;
		chat_keep_draft(chat);
	}
	free(text);
}

void
chat_enter(struct chat *chat)
{
	const char *text = edit_text(chat->edit);
	int lines;

	if (is_blank(text))
		return;
	if (text[0] == '/' && text[1] != '/') {
		char *command = mem_strdup(text);

		edit_remember(chat->edit, chat->view ? view_who(chat->view)->text : "", command);
		edit_set(chat->edit, "");
		command_do(chat, command + 1);
		free(command);
		return;
	}
	lines = count_lines(text);
	if (chat->pasted_lines && lines > LINES_ASKED)
		chat_ask(chat, mem_printf(_("Send these %d lines as one message? (y/n)"), lines),
		    send_text);
	else
		send_text(chat);
}

void
chat_reply_item(struct chat *chat, const struct item *item)
{
	chat->editing = 0;
	chat->reply_to = item->ids.first;
}

void
chat_edit_item(struct chat *chat, const struct item *item)
{
	if (!item->message.text || item->message.recalled) {
		chat_complain(chat, _("only a text can be edited"));
		return;
	}
	chat_keep_draft(chat);
	chat->reply_to = 0;
	chat->editing = item->ids.first;
	edit_set(chat->edit, item->message.text);
}
