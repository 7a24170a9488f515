#include <stddef.h>
#include <stdio.h>

#include "base/timeu.h"
#include "cli/command.h"

enum { EXIT_NOTHING_NEW = 9 };

struct fetch_options {
	int64_t timeout;
	bool ext_exit;
};

static const struct fetch_options defaults = {.timeout = 60 * TIME_SECOND};

static const struct option options[] = {
    {.name = "timeout",
        .kind = OPTION_SECONDS,
        .offset = offsetof(struct fetch_options, timeout),
        .argument = "SECONDS",
        .help = N_("give up after that long (60)")},
    {.name = "ext-exit",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct fetch_options, ext_exit),
        .help = N_("exit with 9 where nothing was new")},
};

static enum status
run(struct cli *cli, const void *o, int argc, char **argv, struct error *err)
{
	const struct fetch_options *fetch = o;
	struct client_fetched fetched;
	enum status status = client_fetch(cli->client, deadline_in(fetch->timeout), &fetched, err);

	(void)argc;
	(void)argv;
	if (cli->global.verbose && !cli->global.quiet)
		fprintf(stderr, _("tern: %lld new, %lld sent, %lld refused\n"),
		    (long long)fetched.messages, (long long)fetched.sent,
		    (long long)fetched.failed);
	if (status == STATUS_OK && fetched.failed)
		status = error_set(err, STATUS_DENIED,
		    _("%lld queued messages were refused; tern status lists them"),
		    (long long)fetched.failed);
	if (status == STATUS_OK && fetch->ext_exit && !fetched.messages)
		cli->exit_code = EXIT_NOTHING_NEW;
	return status;
}

extern const struct command command_fetch;

const struct command command_fetch = {
    .name = "fetch",
    .usage = "[--timeout SECONDS] [--ext-exit]",
    .summary = N_("send what is queued and fetch what waits; for cron"),
    .details = N_("Silent on success. Ends with 75 where another fetch is under way."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct fetch_options),
    .defaults = &defaults,
    .run = run,
};
