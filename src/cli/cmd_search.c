#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/progress.h"

struct search_options {
	const char *in;
	int64_t count;
	int64_t below;
};

static const struct search_options defaults = {.count = 20};

static const struct option options[] = {
    {.name = "in",
        .kind = OPTION_STRING,
        .offset = offsetof(struct search_options, in),
        .argument = "WHO",
        .help = N_("only in the conversation with WHO; as in:WHO")},
    {.name = "count",
        .letter = 'n',
        .kind = OPTION_INT,
        .offset = offsetof(struct search_options, count),
        .argument = "N",
        .help = N_("at most that many, the newest (20)"),
        .min = 1,
        .max = 1000000},
    {.name = "before",
        .kind = OPTION_INT,
        .offset = offsetof(struct search_options, below),
        .argument = "POSITION",
        .help = N_("go on behind the hit with that position"),
        .min = 1,
        .max = INT64_MAX},
};

struct search {
	struct cli *cli;
	struct progress progress;
	int64_t position; /* of the last hit */
};

static void
print_row(void *arg, const struct client_hit *hit)
{
	struct search *search = arg;

	progress_wipe(&search->progress);
	print_hit(search->cli->global.format, hit);
	search->position = hit->position;
}

static void
show_progress(void *arg, int64_t done, int64_t total)
{
	progress_show(&((struct search *)arg)->progress, done, total);
}

/* What was typed in several words is one query. */
static void
join_words(struct buf *query, int argc, char **argv)
{
	buf_init(query, SIZE_MAX / 2);
	for (int i = 0; i < argc; i++) {
		if (i > 0)
			buf_add_char(query, ' ');
		buf_add_string(query, argv[i]);
	}
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct search_options *o = options_;
	struct search search = {.cli = cli};
	struct client_search asked = {
	    .below = o->below,
	    .count = (size_t)o->count,
	    .progress = show_progress,
	    .arg = &search,
	};
	struct address in;
	struct buf query;
	int64_t behind = 0;
	bool more = false;
	enum status status = STATUS_OK;

	if (o->in)
		status = client_parse_address(cli->client, &in, o->in, err);
	if (status != STATUS_OK)
		return status;
	asked.in = o->in ? &in : NULL;
	join_words(&query, argc, argv);
	asked.query = buf_string(&query);
	progress_init(&search.progress, cli, _("indexing"));
	status = client_search(cli->client, &asked, print_row, &behind, &more, err);
	progress_wipe(&search.progress);
	buf_finish(&query);
	if (behind > 0 && !cli->global.quiet)
		fprintf(stderr,
		    _("tern: %lld messages could not be indexed and were not searched\n"),
		    (long long)behind);
	if (status == STATUS_OK && more && cli->global.verbose && !cli->global.quiet)
		fprintf(
		    stderr, _("tern: there are more: --before %lld\n"), (long long)search.position);
	/* "Nothing" is an answer, not a mistake: the exit code says it. */
	cli->silent = status == STATUS_NOT_FOUND;
	return status;
}

extern const struct command command_search;

const struct command command_search = {
    .name = "search",
    .usage = "QUERY… [--in WHO] [-n N] [--before POSITION]",
    .summary = N_("find messages in the cache by their words"),
    .details =
        N_("QUERY is made of words, \"words side by side\", beginnings such as wor*, and\n"
           "from:WHO, in:WHO, after:DATE, before:DATE; a - before one of them excludes what fits.\n"
           "Write -- before a QUERY that begins with -. The newest come first. Exits with 1 where\n"
           "nothing is found."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct search_options),
    .defaults = &defaults,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
};
