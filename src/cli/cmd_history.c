#include <stddef.h>

#include "cli/command.h"
#include "cli/print.h"

struct history_options {
	int64_t count;
	int64_t before;
	int64_t after;
	int64_t since;
	bool events;
	bool ids;
};

static const struct history_options defaults = {.count = 50};

static const struct option options[] = {
    {.name = "count",
        .letter = 'n',
        .kind = OPTION_INT,
        .offset = offsetof(struct history_options, count),
        .argument = "N",
        .help = N_("at most that many messages, the newest (50)"),
        .min = 1,
        .max = INT64_MAX},
    {.name = "before",
        .kind = OPTION_INT,
        .offset = offsetof(struct history_options, before),
        .argument = "ID",
        .help = N_("only messages below this number"),
        .min = 1,
        .max = INT64_MAX},
    {.name = "after",
        .kind = OPTION_INT,
        .offset = offsetof(struct history_options, after),
        .argument = "ID",
        .help = N_("only messages above this number; alone, the oldest of them"),
        .min = 0,
        .max = INT64_MAX},
    {.name = "since",
        .kind = OPTION_DATE,
        .offset = offsetof(struct history_options, since),
        .argument = "DATE",
        .help = N_("only messages from that day on")},
    {.name = "events",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct history_options, events),
        .help = N_("edits, recalls and reactions too, each by itself")},
    {.name = "ids",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct history_options, ids),
        .help = N_("write the number of each message before it")},
};

struct history {
	const struct cli *cli;
	const char *who;
	bool ids;
};

static void
print_row(void *arg, const struct message *message)
{
	const struct history *history = arg;

	if (history->ids && history->cli->global.format == FORMAT_TEXT)
		print_message_numbered(message);
	else
		print_message_line(history->cli->global.format, message, false);
}

static void
print_gap(void *arg, struct id_range ids)
{
	const struct history *history = arg;

	print_hole(history->cli->global.format, history->who, ids);
}

static enum status
run(struct cli *cli, const void *o, int argc, char **argv, struct error *err)
{
	const struct history_options *history_options = o;
	struct address who;
	struct history history = {cli, who.text, history_options->ids};
	const struct client_history query = {
	    .who = &who,
	    .before = history_options->before,
	    .after = history_options->after,
	    .count = (size_t)history_options->count,
	    .since = history_options->since,
	    .events = history_options->events,
	};
	enum status status = client_parse_address(cli->client, &who, argv[0], err);

	(void)argc;
	return status == STATUS_OK
	           ? client_history(cli->client, &query, print_row, print_gap, &history, err)
	           : status;
}

extern const struct command command_history;

const struct command command_history = {
    .name = "history",
    .usage = "WHO [-n N] [--before ID] [--after ID] [--since DATE] [--events] [--ids]",
    .summary = N_("show a conversation, from the cache"),
    .details = N_("What the cache does not hold is said where it is missing. Your own messages\n"
                  "that are still queued come last."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct history_options),
    .defaults = &defaults,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
