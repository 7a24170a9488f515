#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/timeu.h"
#include "cli/command.h"
#include "cli/consumer.h"
#include "cli/exec.h"
#include "cli/print.h"

enum { CONSUMER_MAX = 64, FROM_START = 0, FROM_NOW };

struct recv_options {
	const char *consumer;
	const char *exec;
	int from;
	int64_t count;
	int64_t timeout;
	bool follow;
	bool own;
	bool manual;
};

static const struct recv_options defaults = {.timeout = -1};
static const char *const froms[] = {"start", "now", NULL};

static const struct option options[] = {
    {.name = "consumer",
        .kind = OPTION_STRING,
        .offset = offsetof(struct recv_options, consumer),
        .argument = "NAME",
        .help = N_("whose place advances; each has its own (default)")},
    {.name = "from",
        .kind = OPTION_WORD,
        .offset = offsetof(struct recv_options, from),
        .argument = "start|now",
        .help = N_("where a new consumer begins (start)"),
        .words = froms},
    {.name = "follow",
        .letter = 'f',
        .kind = OPTION_FLAG,
        .offset = offsetof(struct recv_options, follow),
        .help = N_("go on until stopped")},
    {.name = "count",
        .letter = 'n',
        .kind = OPTION_INT,
        .offset = offsetof(struct recv_options, count),
        .argument = "N",
        .help = N_("wait for N messages, then end"),
        .min = 1,
        .max = INT64_MAX},
    {.name = "timeout",
        .kind = OPTION_SECONDS,
        .offset = offsetof(struct recv_options, timeout),
        .argument = "SECONDS",
        .help = N_("wait for messages at most that long")},
    {.name = "own",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct recv_options, own),
        .help = N_("your own messages too")},
    {.name = "manual",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct recv_options, manual),
        .help = N_("let the place advance by tern done alone")},
    {.name = "exec",
        .kind = OPTION_STRING,
        .offset = offsetof(struct recv_options, exec),
        .argument = "COMMAND",
        .help = N_("run COMMAND for each message, which is on its standard input as JSON")},
};

struct receiving {
	struct cli *cli;
	const struct recv_options *o;
	struct error *err;
	bool failed; /* *err says why */
};

static enum status
hand(void *arg, const struct message *message, bool repeated)
{
	struct receiving *receiving = arg;
	enum status status = STATUS_OK;

	if (receiving->o->exec)
		status = exec_message(receiving->o->exec, message, repeated, receiving->err);
	else
		print_message_line(receiving->cli->global.format, message, repeated);
	receiving->failed |= status != STATUS_OK;
	return status;
}

static enum status
flush(void *arg)
{
	struct receiving *receiving = arg;
	enum status status = print_flush(receiving->err);

	receiving->failed |= status != STATUS_OK;
	return status;
}

enum status
check_consumer(const char *name, struct error *err)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	if (!name || (strlen(name) <= CONSUMER_MAX && strspn(name, letters) == strlen(name)))
		return STATUS_OK;
	return error_set(err, STATUS_USAGE,
	    _("a consumer's name has 1 to %d letters, digits, '.', '_' or '-'"), CONSUMER_MAX);
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct recv_options *o = options_;
	struct error why = {0};
	struct receiving receiving = {cli, o, &why, false};
	struct client_recv recv = {
	    .consumer = o->consumer,
	    .from_now = o->from == FROM_NOW,
	    .own = o->own,
	    .follow = o->follow,
	    .manual = o->manual,
	    .count = o->count,
	    .deadline = deadline_in(o->timeout),
	    .batch = o->exec ? 1 : 0,
	    .hand = hand,
	    .flush = flush,
	    .arg = &receiving,
	};
	struct address who;
	int64_t handed;
	enum status status = check_consumer(o->consumer, err);

	if (status == STATUS_OK && argc) {
		status = client_parse_address(cli->client, &who, argv[0], err);
		recv.who = &who;
	}
	if (status != STATUS_OK)
		return status;
	status = client_recv(cli->client, &recv, &handed, err);
	if (receiving.failed)
		*err = why;
	/* "Nothing came" is an answer, not a mistake: the exit code says it. */
	cli->silent = status == STATUS_NOT_FOUND;
	return status;
}

extern const struct command command_recv;

const struct command command_recv = {
    .name = "recv",
    .usage = "[WHO] [--follow] [--count N] [--timeout SECONDS] [OPTION]…",
    .summary = N_("hand new messages on, oldest first, each once"),
    .details = N_(
        "Without --follow, --count and --timeout: what there is now. A message counts as handed on\n"
        "when it was written, or COMMAND succeeded with it. Exits with 1 where nothing came, or\n"
        "fewer than N."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct recv_options),
    .defaults = &defaults,
    .max_arguments = 1,
    .run = run,
};
