/* help, version. */
#include <stdio.h>

#include "base/jsonw.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/print.h"

static enum status
run_help(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	const struct command *command = NULL;
	enum status status = argc ? command_require(&command, argv[0], err) : STATUS_OK;

	(void)cli;
	(void)options;
	if (status != STATUS_OK)
		return status;
	if (command)
		help_command(stdout, command);
	else
		help_all(stdout);
	return STATUS_OK;
}

static enum status
run_version(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	(void)options;
	(void)argc;
	(void)argv;
	(void)err;
	cli_print_version(cli->global.format);
	return STATUS_OK;
}

extern const struct command command_help, command_version;

const struct command command_help = {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = N_("list the commands, or explain one"),
    .options_size = 1,
    .max_arguments = 1,
    .run = run_help,
};

const struct command command_version = {
    .name = "version",
    .usage = "",
    .summary = N_("show the version"),
    .options_size = 1,
    .run = run_version,
};
