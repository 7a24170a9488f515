#include <errno.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/consumer.h"

static enum status
parse_id(const char *text, int64_t *id, struct error *err)
{
	char *end;

	errno = 0;
	*id = strtoll(text, &end, 10);
	if (*text >= '1' && *text <= '9' && !*end && !errno)
		return STATUS_OK;
	return error_set(err, STATUS_USAGE, _("a message's number is a number from 1 on"));
}

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
		status = parse_id(argv[2], &id, err);
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
