#include <stddef.h>

#include "cli/command.h"
#include "cli/outgoing.h"

struct react_options {
	struct outgoing_options outgoing;
	bool remove;
};

static const struct react_options defaults = {.outgoing = OUTGOING_DEFAULTS};
static const struct option options[] = {
    {.name = "remove",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct react_options, remove),
        .help = N_("take that reaction off again")},
    OUTGOING_OPTIONS(struct react_options, outgoing),
};

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct react_options *o = options_;
	struct client_message message = {.type = o->remove ? "unreact" : "react"};
	enum status status = outgoing_target(cli, &message, argv, err);

	(void)argc;
	message.text = argv[2];
	return status == STATUS_OK ? outgoing_send(cli, &o->outgoing, &message, err) : status;
}

extern const struct command command_react;

const struct command command_react = {
    .name = "react",
    .usage = "WHO MSG_ID REACTION [--remove] [OPTION]…",
    .summary = N_("react to a message"),
    .details = N_("REACTION is a word or a sign, of at most 64 bytes."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct react_options),
    .defaults = &defaults,
    .min_arguments = 3,
    .max_arguments = 3,
    .run = run,
};
