#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/print.h"
#include "cli/progress.h"

struct export_options {
	int64_t since;
	bool sync;
};

static const struct option options[] = {
    {.name = "sync",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct export_options, sync),
        .help = N_("fetch what the cache does not hold first")},
    {.name = "since",
        .kind = OPTION_DATE,
        .offset = offsetof(struct export_options, since),
        .argument = "DATE",
        .help = N_("only messages from that day on")},
};

struct export
{
	const struct cli *cli;
	const char *who;
};

static void
print_row(void *arg, const struct message *message)
{
	print_message_line(((struct export *)arg)->cli->global.format, message, false);
}

static void
print_gap(void *arg, struct id_range ids)
{
	struct export *export = arg;

	print_hole(export->cli->global.format, export->who, ids);
}

static enum status
fetch_first(
    struct cli *cli, const struct address *who, const struct export_options *o, struct error *err)
{
	const struct client_sync wanted = {
	    .who = who,
	    .who_count = 1,
	    .since = o->since,
	    .deadline = INT64_MAX,
	};
	int64_t messages;

	return progress_sync(cli, &wanted, &messages, err);
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct export_options *o = options_;
	struct address who;
	struct export export = {cli, who.text};
	const struct client_history query = {
	    .who = &who,
	    .before = INT64_MAX, /* not what is in the outbox */
	    .count = SIZE_MAX,
	    .since = o->since,
	};
	enum status status = client_parse_address(cli->client, &who, argv[0], err);

	(void)argc;
	if (status == STATUS_OK && o->sync)
		status = fetch_first(cli, &who, o, err);
	return status == STATUS_OK
	           ? client_history(cli->client, &query, print_row, print_gap, &export, err)
	           : status;
}

extern const struct command command_export;

const struct command command_export = {
    .name = "export",
    .usage = "WHO [--sync] [--since DATE]",
    .summary = N_("write out a whole conversation, from the cache"),
    .details = N_("Oldest first. What the cache does not hold is said where it is missing. With\n"
                  "--format=json, one message a line."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct export_options),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
