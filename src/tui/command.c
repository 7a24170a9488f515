#include "tui/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "base/timeu.h"

enum { WAIT_S = 10, WORD_SHOWN = 40 };

const struct command chat_commands[] = {
    {"help", "[COMMAND]", N_("keys and commands"), 0, 1, slash_help},
    {"msg", "WHO TEXT", N_("send a message to somebody"), 2, -1, slash_msg},
    {"query", "WHO", N_("open a conversation"), 1, 1, slash_query},
    {"reply", "[MSG_ID] [TEXT]", N_("reply to the selected message, or the newest"), 0, -1,
        slash_reply},
    {"edit", "[MSG_ID]", N_("edit the selected message, or your last one"), 0, 1, slash_edit},
    {"recall", "[MSG_ID]", N_("take a message of yours back, for everybody"), 0, 1, slash_recall},
    {"react", "[MSG_ID] REACTION", N_("react to a message; once more takes it back"), 1, 2,
        slash_react},
    {"read", "[MSG_ID]", N_("mark the conversation as read"), 0, 1, slash_read},
    {"search", "WORDS", N_("find messages, everywhere: words, from:WHO, in:WHO, \"a phrase\""), 1,
        -1, slash_search},
    {"goto", "DATE|MSG_ID", N_("go to a day or a message of this conversation"), 1, 1, slash_goto},
    {"sync", "", N_("load the history that is not on this device"), 0, 0, slash_sync},
    {"join", "#GROUP [NAME]", N_("open a group, or make a new one"), 1, -1, slash_join},
    {"leave", "", N_("leave this group"), 0, 0, slash_leave},
    {"invite", "WHO …", N_("add people to this group"), 1, -1, slash_invite},
    {"members", "", N_("who is in this group"), 0, 0, slash_members},
    {"whois", "[WHO]", N_("what is known of somebody"), 0, 1, slash_whois},
    {"topic", "[TEXT]", N_("show or set this group's topic"), 0, -1, slash_topic},
    {"mute", "", N_("no more notice of this conversation; once more undoes it"), 0, 0, slash_mute},
    {"pin", "", N_("keep this conversation at the top; once more undoes it"), 0, 0, slash_pin},
    {"sendlines", "FILE", N_("send each line of a file as a message"), 1, 1, slash_sendlines},
    {"close", "", N_("close this conversation; nothing is lost"), 0, 0, slash_close},
    {"quit", "", N_("leave tern"), 0, 0, slash_quit},
    {0},
};

static const char *
name_of(const void *arg, int i)
{
	(void)arg;
	return chat_commands[i].name;
}

/* The command of that name, or the only one that it begins. */
static const struct command *
find(const char *name)
{
	const struct command *begun = NULL;
	int count = 0;

	for (const struct command *command = chat_commands; command->name; command++) {
		if (strcmp(command->name, name) == 0)
			return command;
		if (strncmp(command->name, name, strlen(name)) == 0) {
			begun = command;
			count++;
		}
	}
	return count == 1 ? begun : NULL;
}

/* ---- parsing ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n';
}

/* Cuts text into words; `copy` is cut up for them. */
static void
split(struct command_line *line, const char *text, char *copy)
{
	size_t at = 0, length = strlen(text);

	*line = (struct command_line){.rest = text};
	while (line->count < COMMAND_WORDS_MAX) {
		while (is_blank(text[at]))
			at++;
		if (!text[at])
			return;
		line->words[line->count] = copy + at;
		while (text[at] && !is_blank(text[at]))
			at++;
		if (at < length)
			copy[at] = '\0';
		line->after[line->count] = text + at + strspn(text + at, " ");
		line->count++;
	}
}

static char *
trimmed(const char *text)
{
	size_t length;

	while (is_blank(*text))
		text++;
	length = strlen(text);
	while (length && is_blank(text[length - 1]))
		length--;
	return mem_strndup(text, length);
}

static void
run(struct chat *chat, const struct command *command, const char *typed)
{
	struct command_line line;
	char *rest = trimmed(typed), *copy = mem_strdup(rest);

	split(&line, rest, copy);
	if (line.count < command->min || (command->max >= 0 && line.count > command->max))
		chat_complain(chat, _("write it so: /%s %s"), command->name, command->usage);
	else
		command->run(chat, &line);
	free(rest);
	free(copy);
}

void
command_do(struct chat *chat, const char *typed)
{
	size_t length = strcspn(typed, " \n");
	char *name = mem_strndup(typed, length);
	const struct command *command = length ? find(name) : NULL;
	const char *meant = command ? NULL : nearest(name, name_of, NULL);
	int shown = text_cut(name, WORD_SHOWN);

	if (command)
		run(chat, command, typed + length);
	else if (meant)
		chat_complain(
		    chat, _("there is no command /%.*s; did you mean /%s?"), shown, name, meant);
	else
		chat_complain(chat, _("there is no command /%.*s; see /help"), shown, name);
	chat->drawn_late = true;
	free(name);
}

/* ---- what commands share ---- */

bool
command_who(struct chat *chat, const char *word, struct address *who)
{
	struct error err;

	return chat_done(chat, client_parse_address(chat->client, who, word, &err), &err);
}

int64_t
command_deadline(void)
{
	return time_mono() + WAIT_S * TIME_SECOND;
}

static bool
read_msg_id(const char *word, int64_t *msg_id)
{
	char *end;

	*msg_id = strtoll(word, &end, 10);
	return *word >= '0' && *word <= '9' && !*end && *msg_id > 0;
}

const struct item *
command_message(struct chat *chat, const char *word, bool own)
{
	const struct item *item = NULL;
	int64_t msg_id;

	if (!chat->view) {
		chat_complain(chat, _("no conversation is open"));
		return NULL;
	}
	if (word && !read_msg_id(word, &msg_id)) {
		chat_complain(chat, _("'%.*s' is not the number of a message"),
		    text_cut(word, WORD_SHOWN), word);
		return NULL;
	}
	if (word) {
		view_goto(chat->view, msg_id);
		item = view_selected(chat->view);
		if (item && item->ids.first != msg_id)
			item = NULL;
	} else {
		item = view_selected(chat->view);
		if (!item)
			item = own ? view_last_own(chat->view) : view_newest(chat->view);
	}
	if (!item)
		chat_complain(chat, _("there is no such message here"));
	else if (own && !item->own)
		chat_complain(chat, _("that message is not your own"));
	return item && own && !item->own ? NULL : item;
}

bool
command_begin_call(struct chat *chat, const char *doing)
{
	if (chat->calling) {
		chat_complain(chat, _("still waiting for the server's last answer"));
		return false;
	}
	chat->calling = true;
	chat_say(chat, "%s", doing);
	chat_draw(chat);
	return true;
}

bool
command_end_call(struct chat *chat, enum status status, const struct error *err)
{
	chat->calling = false;
	chat->changed = true;
	chat->said[0] = '\0';
	chat->drawn_late = true;
	return chat_done(chat, status, err);
}
