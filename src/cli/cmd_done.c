#include "cli/command.h"
#include "cli/consumer.h"
#include "cli/outgoing.h"

static enum status
run(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	struct address who;
	int64_t id;
	enum status status = check_consumer(argv[0], err);

	(void)options;
	(void)argc;
	if (status == STATUS_OK)
		status = client_parse_address(cli->client, &who, argv[1], err);
	if (status == STATUS_OK)
		status = outgoing_msg_id(&id, argv[2], err);
	return status == STATUS_OK ? client_done(cli->client, argv[0], &who, id, err) : status;
}

extern const struct command command_done;

const struct command command_done = {
    .name = "done",
    .usage = "CONSUMER WHO ID",
    .summary = N_("say that a script is done with a message and those before it"),
    .details = N_("For messages that a manual recv handed on. Exits with 1 for others."),
    .need = NEED_ACCOUNT,
    .options_size = 1,
    .min_arguments = 3,
    .max_arguments = 3,
    .run = run,
};
