#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/print.h"

struct verify_options {
	int64_t timeout;
	bool repair;
};

static const struct verify_options defaults = {.timeout = -1};

static const struct option options[] = {
    {.name = "repair",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct verify_options, repair),
        .help = N_("mend what differs, from the server")},
    {.name = "timeout",
        .kind = OPTION_SECONDS,
        .offset = offsetof(struct verify_options, timeout),
        .argument = "SECONDS",
        .help = N_("give up after that long")},
};

/* ---- one difference ---- */

static const char *
of_text(enum difference_of of)
{
	switch (of) {
	case DIFFERENCE_CONTACT:
		return _("contact");
	case DIFFERENCE_GROUP:
		return _("group");
	default:
		return _("conversation");
	}
}

static const char *
kind_text(enum difference_kind kind)
{
	switch (kind) {
	case DIFFERENCE_MISSING:
		return _("missing here");
	case DIFFERENCE_SURPLUS:
		return _("not on the server");
	default:
		return _("not as on the server");
	}
}

static void
add_what(struct buf *line, const struct difference *d)
{
	if (d->of == DIFFERENCE_RANGES)
		buf_add_string(line, _("the ranges of messages held do not add up"));
	else if (d->of == DIFFERENCE_FOLD)
		buf_printf(line, _("message %lld: not what its amendments make of it"),
		    (long long)d->ids.first);
	else if (d->of == DIFFERENCE_MESSAGES && d->field)
		buf_printf(line, _("message %lld: its %s is not as on the server"),
		    (long long)d->ids.first, d->field);
	else if (d->of == DIFFERENCE_MESSAGES && d->ids.first == d->ids.last)
		buf_printf(
		    line, _("message %lld: %s"), (long long)d->ids.first, kind_text(d->kind));
	else if (d->of == DIFFERENCE_MESSAGES)
		buf_printf(line, _("messages %lld-%lld: %s"), (long long)d->ids.first,
		    (long long)d->ids.last, kind_text(d->kind));
	else if (d->field)
		buf_printf(line, _("%s is %lld here, %lld on the server"), d->field,
		    (long long)d->here, (long long)d->there);
	else
		buf_add_string(line, kind_text(d->kind));
}

static void
print_text(const struct difference *d)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	buf_printf(&line, "%s ", of_text(d->of));
	text_safe(&line, d->address, strlen(d->address), TEXT_ONE_LINE);
	buf_add_string(&line, ": ");
	add_what(&line, d);
	print_line(&line);
}

static void
print_json(const struct difference *d)
{
	static const char *const of[] = {
	    [DIFFERENCE_CONTACT] = "contact",
	    [DIFFERENCE_GROUP] = "group",
	    [DIFFERENCE_CONVERSATION] = "conversation",
	    [DIFFERENCE_RANGES] = "ranges",
	    [DIFFERENCE_MESSAGES] = "messages",
	    [DIFFERENCE_FOLD] = "amendments",
	};
	static const char *const kinds[] = {
	    [DIFFERENCE_MISSING] = "missing",
	    [DIFFERENCE_SURPLUS] = "surplus",
	    [DIFFERENCE_CONTENT] = "content",
	};
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	buf_add_char(&line, '{');
	json_put_string(&line, "of", of[d->of]);
	json_put_string(&line, "difference", kinds[d->kind]);
	json_put_string(&line,
	    d->of == DIFFERENCE_CONTACT || d->of == DIFFERENCE_GROUP ? "address" : "conversation",
	    d->address);
	if (d->ids.first) {
		json_put_int(&line, "first", d->ids.first);
		json_put_int(&line, "last", d->ids.last);
	}
	if (d->field)
		json_put_string(&line, "field", d->field);
	if (d->field && d->of == DIFFERENCE_CONVERSATION) {
		json_put_int(&line, "here", d->here);
		json_put_int(&line, "there", d->there);
	}
	buf_add_char(&line, '}');
	print_line(&line);
}

static void
print_difference(void *arg, const struct difference *difference)
{
	const struct cli *cli = arg;

	if (cli->global.format == FORMAT_JSON)
		print_json(difference);
	else
		print_text(difference);
}

/* ---- the command ---- */

static enum status
conclude(
    const struct cli *cli, bool repair, const struct client_verified *verified, struct error *err)
{
	if (cli->global.verbose && !cli->global.quiet)
		fprintf(stderr, _("tern: compared %lld rows of lists, %lld messages\n"),
		    (long long)verified->rows, (long long)verified->messages);
	if (repair && verified->left)
		return error_set(err, STATUS_NOT_FOUND,
		    _("differences that could not be mended: %lld, of %lld"),
		    (long long)verified->left, (long long)verified->differences);
	if (verified->left)
		return error_set(err, STATUS_NOT_FOUND,
		    _("differences from the server: %lld; 'tern verify --repair' mends them"),
		    (long long)verified->differences);
	if (verified->differences && !cli->global.quiet)
		fprintf(stderr, _("tern: mended differences: %lld\n"),
		    (long long)verified->differences);
	return STATUS_OK;
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct verify_options *o = options_;
	const struct client_verify wanted = {
	    .repair = o->repair,
	    .found = print_difference,
	    .arg = cli,
	    .deadline = deadline_in(o->timeout),
	};
	struct client_verified verified;
	enum status status = client_verify(cli->client, &wanted, &verified, err);

	(void)argc;
	(void)argv;
	if (status == STATUS_OK)
		status = print_flush(err);
	return status == STATUS_OK ? conclude(cli, o->repair, &verified, err) : status;
}

extern const struct command command_verify;

const struct command command_verify = {
    .name = "verify",
    .usage = "[--repair] [--timeout SECONDS]",
    .summary = N_("compare the cache with the server, and mend it"),
    .details =
        N_("One line for each difference, and 1 as the exit code. With --repair that is what\n"
           "could not be mended. Messages that are not loaded are no difference."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct verify_options),
    .defaults = &defaults,
    .run = run,
};
