#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/print_details.h"

enum { TIMEOUT_S = 30, WORD_SHOWN = 40 };

struct profile_options {
	bool offline;
};

static const struct option options[] = {
    {.name = "offline",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct profile_options, offline),
        .help = N_("show: read the cache only")},
};

static void
print_row(void *arg, const struct profile *profile)
{
	const struct cli *cli = arg;

	print_profile(cli->global.format, profile);
}

static enum status
show(struct cli *cli, bool offline, struct error *err)
{
	const char *own = client_address(cli->client);
	enum status status = STATUS_OK;
	bool found = false;

	if (!offline)
		status = client_pull_profiles(
		    cli->client, &own, 1, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	if (status == STATUS_OK)
		status = client_profile(cli->client, own, print_row, cli, &found, err);
	if (status == STATUS_OK && !found)
		return error_set(
		    err, STATUS_NOT_FOUND, _("%s has no profile; see tern profile --help"), own);
	return status;
}

/* FIELD=VALUE; cuts the word in two. */
static enum status
parse_field(struct profile_field *field, char *word, struct error *err)
{
	char *equals = strchr(word, '=');

	if (!equals)
		return error_set(err, STATUS_USAGE,
		    _("'%.*s' is not FIELD=VALUE; FIELD= takes the field away"),
		    text_cut(word, WORD_SHOWN), word);
	*equals = '\0';
	*field = (struct profile_field){word, equals + 1};
	return STATUS_OK;
}

static enum status
set(struct cli *cli, int count, char **words, struct error *err)
{
	struct profile_field *fields = mem_zalloc((size_t)count, sizeof *fields);
	enum status status = STATUS_OK;

	for (int i = 0; i < count && status == STATUS_OK; i++)
		status = parse_field(&fields[i], words[i], err);
	if (status == STATUS_OK)
		status = client_profile_set(
		    cli->client, fields, (size_t)count, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	free(fields);
	return status;
}

static enum status
run(struct cli *cli, const void *given, int argc, char **argv, struct error *err)
{
	const struct profile_options *o = given;

	if (argc == 0 || (argc == 1 && strcmp(argv[0], "show") == 0))
		return show(cli, o->offline, err);
	if (strcmp(argv[0], "set") != 0)
		return error_set(err, STATUS_USAGE,
		    _("'%.*s' is neither show nor set; see tern profile --help"),
		    text_cut(argv[0], WORD_SHOWN), argv[0]);
	if (argc == 1 || o->offline)
		return error_set(err, STATUS_USAGE,
		    argc == 1 ? _("what is to be set? Write FIELD=VALUE behind it")
		              : _("--offline goes with show"));
	return set(cli, argc - 1, argv + 1, err);
}

extern const struct command command_profile;

const struct command command_profile = {
    .name = "profile",
    .usage = "[show] [--offline] | set FIELD=VALUE…",
    .summary = N_("show or set what you say of yourself"),
    .details =
        N_("'name' is what you call yourself, 'status' a line about what you are at; other\n"
           "fields are yours to choose: a-z, 0-9, _ and -. FIELD= takes one away, one that\n"
           "isn't named stays. Those who have you as a contact see that it has changed, and\n"
           "what it says when they look."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct profile_options),
    .max_arguments = -1,
    .run = run,
};
