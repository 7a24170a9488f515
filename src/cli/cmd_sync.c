#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/progress.h"

struct sync_options {
	int64_t since;
	int64_t newest;
	int64_t timeout;
	bool all;
};

static const struct sync_options defaults = {.timeout = -1};

static const struct option options[] = {
    {.name = "since",
        .kind = OPTION_DATE,
        .offset = offsetof(struct sync_options, since),
        .argument = "DATE",
        .help = N_("nothing older: 2026-11-22, 2026-11, 2026, or 7d for seven days")},
    {.name = "newest",
        .kind = OPTION_INT,
        .offset = offsetof(struct sync_options, newest),
        .argument = "N",
        .help = N_("only the newest N messages of each conversation"),
        .min = 1,
        .max = INT64_MAX},
    {.name = "all",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct sync_options, all),
        .help = N_("all conversations, as without WHO")},
    {.name = "timeout",
        .kind = OPTION_SECONDS,
        .offset = offsetof(struct sync_options, timeout),
        .argument = "SECONDS",
        .help = N_("give up after that long; what came stays")},
};

static enum status
parse_who(struct cli *cli, int argc, char **argv, struct address *who, struct error *err)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < argc && status == STATUS_OK; i++)
		status = client_parse_address(cli->client, &who[i], argv[i], err);
	return status;
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct sync_options *o = options_;
	struct address *who = mem_zalloc((size_t)argc + 1, sizeof *who);
	const struct client_sync wanted = {
	    .who = argc ? who : NULL,
	    .who_count = (size_t)argc,
	    .since = o->since,
	    .newest = o->newest,
	    .deadline = deadline_in(o->timeout),
	};
	int64_t messages = 0;
	enum status status = parse_who(cli, argc, argv, who, err);

	if (status == STATUS_OK && o->all && argc)
		status = error_set(err, STATUS_USAGE, _("--all goes without WHO"));
	if (status == STATUS_OK)
		status = progress_sync(cli, &wanted, &messages, err);
	if (status == STATUS_OK && cli->global.verbose && !cli->global.quiet)
		fprintf(stderr, _("tern: %lld new\n"), (long long)messages);
	free(who);
	return status;
}

extern const struct command command_sync;

const struct command command_sync = {
    .name = "sync",
    .usage = "[WHO…] [--since DATE] [--newest N] [--all]",
    .summary = N_("fetch the history that the cache does not hold"),
    .details =
        N_("The newest messages come first. Stopped at any point, it goes on there the next time."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct sync_options),
    .defaults = &defaults,
    .max_arguments = -1,
    .run = run,
};
