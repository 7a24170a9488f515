#include <stddef.h>

#include "cli/command.h"
#include "cli/outgoing.h"

struct edit_options {
	struct outgoing_options outgoing;
};

static const struct edit_options defaults = {.outgoing = OUTGOING_DEFAULTS};
static const struct option options[] = {OUTGOING_OPTIONS(struct edit_options, outgoing)};

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct edit_options *o = options_;
	struct client_message message = {.type = "edit"};
	struct buf text;
	enum status status = outgoing_target(cli, &message, argv, err);

	if (status != STATUS_OK)
		return status;
	buf_init(&text, MESSAGE_TEXT_MAX + 1);
	status = outgoing_text(cli, &text, argc - 2, argv + 2, err);
	message.text = buf_string(&text);
	if (status == STATUS_OK)
		status = outgoing_send(cli, &o->outgoing, &message, err);
	buf_finish(&text);
	return status;
}

extern const struct command command_edit;

const struct command command_edit = {
    .name = "edit",
    .usage = "WHO MSG_ID [TEXT…|-] [--queue] [--timeout SECONDS] [--key UUID]",
    .summary = N_("give a message of yours another text"),
    .details = N_("The new text is given, and what becomes of it told, as with tern send."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct edit_options),
    .defaults = &defaults,
    .min_arguments = 2,
    .max_arguments = -1,
    .run = run,
};
