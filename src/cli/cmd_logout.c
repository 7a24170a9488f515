#include "cli/command.h"

static enum status
run(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	(void)options;
	(void)argc;
	(void)argv;
	return client_logout(cli->client, err);
}

extern const struct command command_logout;

const struct command command_logout = {
    .name = "logout",
    .usage = "",
    .summary = N_("end this device's login; the cache stays"),
    .need = NEED_ACCOUNT,
    .options_size = 1,
    .run = run,
};
