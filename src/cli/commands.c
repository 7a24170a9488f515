/* The table of commands, and the options that all of them take. */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"

extern const struct command command_register, command_login, command_logout, command_passwd,
    command_devices, command_send, command_recv, command_edit, command_recall, command_react,
    command_done, command_read, command_receipts, command_fetch, command_sync, command_history,
    command_search, command_export, command_contacts, command_contact, command_profile,
    command_groups, command_group, command_status, command_verify, command_help, command_version;

/* In the order in which help lists them. */
const struct command *const commands[] = {
    &command_register,
    &command_login,
    &command_logout,
    &command_passwd,
    &command_devices,
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

enum { NAME_MAX_NEAR = 24, WORD_SHOWN = 40 };

static int
least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters have to be put in, taken out or changed to make one of the other. */
static int
distance(const char *a, const char *b)
{
	int row[NAME_MAX_NEAR + 1];
	int width = (int)strlen(b);

	for (int j = 0; j <= width; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int before = row[0];

		row[0] = i;
		for (int j = 1; j <= width; j++) {
			int above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1, before + (a[i - 1] != b[j - 1]));
			before = above;
		}
	}
	return row[width];
}

/* The command whose name is nearest to a mistyped one, NULL where none is near. */
static const struct command *
find_nearest(const char *name)
{
	const struct command *nearest = NULL;
	int smallest = 3; /* more than two wrong letters are another word */

	if (strlen(name) > NAME_MAX_NEAR)
		return NULL;
	for (size_t i = 0; commands[i] && strlen(name) > 1; i++)
		if (strncmp(commands[i]->name, name, strlen(name)) == 0)
			return commands[i];
	for (size_t i = 0; commands[i]; i++) {
		int far = distance(name, commands[i]->name);

		if (far < smallest) {
			smallest = far;
			nearest = commands[i];
		}
	}
	return nearest;
}

enum status
command_require(const struct command **command, const char *name, struct error *err)
{
	const struct command *nearest;
	int length = text_cut(name, WORD_SHOWN);

	*command = NULL;
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			*command = commands[i];
	if (*command)
		return STATUS_OK;
	nearest = find_nearest(name);
	if (nearest)
		return error_set(err, STATUS_USAGE,
		    _("there is no command '%.*s'; did you mean '%s'?"), length, name,
		    nearest->name);
	return error_set(
	    err, STATUS_USAGE, _("there is no command '%.*s'; see tern help"), length, name);
}
