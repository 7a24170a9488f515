#include <stddef.h>

#include "base/timeu.h"
#include "cli/command.h"
#include "cli/outgoing.h"
#include "cli/print.h"

struct receipts_options {
	int64_t timeout;
};

static const struct receipts_options defaults = {.timeout = 10 * TIME_SECOND};
static const struct option options[] = {
    {.name = "timeout",
        .kind = OPTION_SECONDS,
        .offset = offsetof(struct receipts_options, timeout),
        .argument = "SECONDS",
        .help = N_("try for that long (10)")},
};

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct receipts_options *o = options_;
	struct client_message message = {.target = 0};
	struct client_receipts receipts;
	enum status status = outgoing_target(cli, &message, argv, err);

	(void)argc;
	if (status == STATUS_OK)
		status = client_receipts(cli->client, &message.to, message.target,
		    deadline_in(o->timeout), &receipts, err);
	if (status == STATUS_OK)
		print_receipts(cli->global.format, message.to.text, message.target, &receipts);
	return status;
}

extern const struct command command_receipts;

const struct command command_receipts = {
    .name = "receipts",
    .usage = "WHO MSG_ID [--timeout SECONDS]",
    .summary = N_("ask how many have a message, and have read it"),
    .details = N_("The server counts, at that moment, the others in the conversation."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct receipts_options),
    .defaults = &defaults,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
