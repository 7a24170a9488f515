#include <stddef.h>

#include "cli/command.h"
#include "cli/outgoing.h"

struct recall_options {
	struct outgoing_options outgoing;
};

static const struct recall_options defaults = {.outgoing = OUTGOING_DEFAULTS};
static const struct option options[] = {OUTGOING_OPTIONS(struct recall_options, outgoing)};

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct recall_options *o = options_;
	struct client_message message = {.type = "recall"};
	enum status status = outgoing_target(cli, &message, argv, err);

	(void)argc;
	return status == STATUS_OK ? outgoing_send(cli, &o->outgoing, &message, err) : status;
}

extern const struct command command_recall;

const struct command command_recall = {
    .name = "recall",
    .usage = "WHO MSG_ID [--queue] [--timeout SECONDS] [--key UUID]",
    .summary = N_("take a message back"),
    .details =
        N_("Its text is erased on the server, and on every device that hears of it. In a group\n"
           "the owner and admins may recall others' messages."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct recall_options),
    .defaults = &defaults,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
