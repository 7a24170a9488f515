#include <stddef.h>

#include "base/timeu.h"
#include "cli/command.h"
#include "cli/outgoing.h"
#include "cli/print.h"

struct read_options {
	int64_t timeout;
};

static const struct read_options defaults = {.timeout = 10 * TIME_SECOND};
static const struct option options[] = {
    {.name = "timeout",
        .kind = OPTION_SECONDS,
        .offset = offsetof(struct read_options, timeout),
        .argument = "SECONDS",
        .help = N_("try that long to tell the server (10); 0: the next command does")},
};

/* The marker is set; that the server could not be told now is no failure of this command. */
static void
tell(struct cli *cli, int64_t timeout)
{
	struct error why = {0};

	if (timeout > 0 &&
	    client_tell_markers(cli->client, deadline_in(timeout), &why) != STATUS_OK &&
	    cli->global.verbose)
		cli_complain(cli, why.text);
}

static void
print_row(void *arg, const struct client_conversation *conversation)
{
	const struct cli *cli = arg;

	if (conversation->unread > 0)
		print_unread(cli->global.format, conversation);
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct read_options *o = options_;
	struct address who;
	int64_t msg_id = 0, marker = 0;
	enum status status;

	if (argc == 0)
		return client_conversations(cli->client, print_row, cli, err);
	status = client_parse_address(cli->client, &who, argv[0], err);
	if (status == STATUS_OK && argc > 1)
		status = outgoing_msg_id(&msg_id, argv[1], err);
	if (status == STATUS_OK)
		status = client_mark_read(cli->client, &who, msg_id, &marker, err);
	if (status != STATUS_OK)
		return status;
	if (cli->global.format == FORMAT_JSON)
		print_marker(who.text, marker);
	tell(cli, o->timeout);
	return STATUS_OK;
}

extern const struct command command_read;

const struct command command_read = {
    .name = "read",
    .usage = "[WHO [MSG_ID]] [--timeout SECONDS]",
    .summary = N_("mark a conversation as read, up to a message"),
    .details =
        N_("Without MSG_ID: all of it. The mark never goes back. It is set here at once, and told\n"
           "to the server now or by a later command: your other devices take it over. Without WHO\n"
           "nothing is marked: it lists what is unread, from the cache."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct read_options),
    .defaults = &defaults,
    .min_arguments = 0,
    .max_arguments = 2,
    .run = run,
};
