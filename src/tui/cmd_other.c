#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "tui/command.h"

static void
add_key_help(struct chat *chat, struct pager *pager, enum action action)
{
	const struct action_info *info = action_info(action);
	struct buf keys;
	const char *sequence;
	char *line;

	buf_init(&keys, 4096);
	for (size_t i = 0; (sequence = bind_keys_of(&chat->config.bindings, action, i)); i++)
		buf_printf(&keys, "%s%s", i ? ", " : "", sequence);
	if (keys.length) {
		line = mem_printf("  %-22s %s", buf_string(&keys), _(info->help));
		pager_add(pager, THEME_MESSAGE, line);
		free(line);
	}
	buf_finish(&keys);
}

static void
add_keys(struct chat *chat, struct pager *pager)
{
	for (int group = 0; group < ACTION_GROUP_COUNT; group++) {
		pager_add(pager, THEME_MESSAGE, "");
		pager_add(pager, THEME_DAY, _(action_group_title((enum action_group)group)));
		for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
			if ((int)action_info((enum action)action)->group == group)
				add_key_help(chat, pager, (enum action)action);
	}
}

static void
add_command_help(struct pager *pager, const struct command *command)
{
	char *usage = mem_printf("/%s %s", command->name, command->usage);
	char *line = mem_printf("  %-22s %s", usage, _(command->help));

	pager_add(pager, THEME_MESSAGE, line);
	free(usage);
	free(line);
}

void
slash_help(struct chat *chat, const struct command_line *line)
{
	struct pager *pager = pager_create(_("Help"));
	const char *wanted = line->count ? line->words[0] + (line->words[0][0] == '/') : NULL;

	if (!wanted) {
		pager_add(pager, THEME_MESSAGE,
		    _("Type a message and press Enter. Escape closes this page."));
		pager_add(pager, THEME_MESSAGE,
		    _("To talk to somebody: /query NAME. Everything works offline, too: what you\n"
		      "send then goes out as soon as the server is there."));
		pager_add(pager, THEME_MESSAGE, "");
		pager_add(pager, THEME_DAY, _("Commands"));
	}
	for (const struct command *command = chat_commands; command->name; command++)
		if (!wanted || strncmp(command->name, wanted, strlen(wanted)) == 0)
			add_command_help(pager, command);
	if (!wanted)
		add_keys(chat, pager);
	if (pager_count(pager)) {
		chat_page(chat, pager);
		return;
	}
	pager_destroy(pager);
	chat_complain(chat, _("there is no command /%s; see /help"), wanted);
}

void
slash_close(struct chat *chat, const struct command_line *line)
{
	(void)line;
	chat_close(chat);
}

void
slash_quit(struct chat *chat, const struct command_line *line)
{
	(void)line;
	chat_end(chat, STATUS_OK, NULL);
}
