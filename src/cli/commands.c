/* The table of commands, and the options that all of them take. */
#include <stddef.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/command.h"

extern const struct command command_register, command_login, command_logout, command_passwd,
    command_devices, command_chat, command_send, command_recv, command_edit, command_recall,
    command_react, command_done, command_read, command_receipts, command_fetch, command_sync,
    command_history, command_search, command_export, command_contacts, command_contact,
    command_profile, command_groups, command_group, command_status, command_verify, command_config,
    command_help, command_version;

/* In the order in which help lists them. */
const struct command *const commands[] = {
    &command_register,
    &command_login,
    &command_logout,
    &command_passwd,
    &command_devices,
    &command_chat,
    &command_send,
    &command_recv,
    &command_edit,
    &command_recall,
    &command_react,
    &command_done,
    &command_read,
    &command_receipts,
    &command_fetch,
    &command_sync,
    &command_history,
    &command_search,
    &command_export,
    &command_contacts,
    &command_contact,
    &command_profile,
    &command_groups,
    &command_group,
    &command_status,
    &command_verify,
    &command_config,
    &command_help,
    &command_version,
    NULL,
};

static const char *const formats[] = {"text", "json", NULL};

const struct option global_options[] = {
    {.name = "account",
        .letter = 'a',
        .kind = OPTION_STRING,
        .offset = offsetof(struct global_options, account),
        .argument = "ADDRESS",
        .help = N_("whose account; needed where there are several")},
    {.name = "format",
        .kind = OPTION_WORD,
        .offset = offsetof(struct global_options, format),
        .argument = "text|json",
        .help = N_("how data is written; json: one object a line"),
        .words = formats},
    {.name = "quiet",
        .letter = 'q',
        .kind = OPTION_FLAG,
        .offset = offsetof(struct global_options, quiet),
        .help = N_("say nothing but errors; data is still written")},
    {.name = "verbose",
        .letter = 'v',
        .kind = OPTION_FLAG,
        .offset = offsetof(struct global_options, verbose),
        .help = N_("tell on standard error what is going on")},
    {.name = "help",
        .letter = 'h',
        .kind = OPTION_FLAG,
        .offset = offsetof(struct global_options, help),
        .help = N_("show this help")},
    {.name = "version",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct global_options, version),
        .help = N_("show the version")},
};
const size_t global_option_count = sizeof global_options / sizeof global_options[0];

enum { WORD_SHOWN = 40 };

static const char *
name_of(const void *arg, int i)
{
	(void)arg;
	return commands[i] ? commands[i]->name : NULL;
}

enum status
command_require(const struct command **command, const char *name, struct error *err)
{
	const char *meant;
	int length = text_cut(name, WORD_SHOWN);

	*command = NULL;
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			*command = commands[i];
	if (*command)
		return STATUS_OK;
	meant = nearest(name, name_of, NULL);
	if (meant)
		return error_set(err, STATUS_USAGE,
		    _("there is no command '%.*s'; did you mean '%s'?"), length, name, meant);
	return error_set(
	    err, STATUS_USAGE, _("there is no command '%.*s'; see tern help"), length, name);
}
