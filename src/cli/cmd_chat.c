#include "cli/command.h"
#include "cli/front.h"

static enum status
run(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	struct front_chat chat = {.who = argc > 0 ? argv[0] : NULL};

	(void)options;
	return cli->front->chat(cli->client, &cli->config, &chat, err);
}

extern const struct command command_chat;

const struct command command_chat = {
    .name = "chat",
    .usage = "[WHO]",
    .summary = N_("talk, on a terminal"),
    .details =
        N_("The chat shows what is in the cache before it asks the server, and works without "
           "it.\nF1 or /help lists keys and commands. 'tern' by itself on a terminal does "
           "the same."),
    .need = NEED_ACCOUNT,
    .options_size = 1,
    .max_arguments = 1,
    .run = run,
};
