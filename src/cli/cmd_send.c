#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/lines.h"
#include "cli/outgoing.h"
#include "cli/print.h"

enum { BATCH = 500 };

struct send_options {
	struct outgoing_options outgoing;
	bool lines;
	int64_t reply;
};

static const struct send_options defaults = {.outgoing = OUTGOING_DEFAULTS};

static const struct option options[] = {
    {.name = "lines",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct send_options, lines),
        .help = N_("send each line of standard input as a message; write a line for each")},
    {.name = "reply",
        .kind = OPTION_INT,
        .offset = offsetof(struct send_options, reply),
        .argument = "MSG_ID",
        .help = N_("the number of the message it answers"),
        .min = 1,
        .max = INT64_MAX},
    OUTGOING_OPTIONS(struct send_options, outgoing),
};

/* ---- one message a line ---- */

struct sending {
	struct cli *cli;
	const struct send_options *o;
	struct address to;
	struct client_message batch[BATCH];
	struct client_sent sent[BATCH];
	size_t count;
	enum status worst;
	struct error *err;
};

static void
note(struct sending *sending, enum status status, const char *text)
{
	if (status == STATUS_OK || sending->worst == STATUS_AGAIN)
		return;
	if (sending->worst == STATUS_OK || status == STATUS_AGAIN)
		sending->worst = error_set(sending->err, status, "%s", text);
}

/* A line that can't be a message is named; the others go all the same. */
static bool
check_line(struct sending *sending, const struct line *line)
{
	struct error why;

	if (line->too_long)
		error_set(&why, STATUS_TOO_LARGE, _("line %lld has more than %d bytes; not sent"),
		    (long long)line->number, MESSAGE_TEXT_MAX);
	else if (!text_is_utf8(line->text, line->length))
		error_set(&why, STATUS_USAGE, _("line %lld is not UTF-8 text; not sent"),
		    (long long)line->number);
	else
		return true;
	cli_complain(sending->cli, why.text);
	note(sending, why.status, _("not every line could be sent"));
	return false;
}

static enum status
send_batch(struct sending *sending)
{
	struct cli *cli = sending->cli;
	const struct send_options *o = sending->o;
	struct error err = {0};
	enum status status =
	    client_queue(cli->client, sending->batch, sending->count, o->outgoing.queue, &err);

	if (status != STATUS_OK)
		return error_set(sending->err, status, "%s", err.text);
	if (!o->outgoing.queue) {
		status = client_send_wait(cli->client, sending->batch, sending->count,
		    deadline_in(o->outgoing.timeout), sending->sent, &err);
		note(sending, status, err.text);
	}
	for (size_t i = 0; i < sending->count; i++)
		print_sent(
		    cli->global.format, &sending->batch[i], &sending->sent[i], o->outgoing.queue);
	status = print_flush(&err);
	if (status != STATUS_OK)
		return error_set(sending->err, status, "%s", err.text);
	/* Where the server is away or refuses this login, more lines would only wait in vain. */
	return sending->worst == STATUS_UNAVAILABLE || sending->worst == STATUS_AGAIN ||
	               sending->worst == STATUS_DENIED
	           ? sending->worst
	           : STATUS_OK;
}

static void
forget_batch(struct sending *sending)
{
	for (size_t i = 0; i < sending->count; i++)
		free((char *)sending->batch[i].text);
	sending->count = 0;
}

static void
add_line(struct sending *sending, const struct line *line)
{
	if (!check_line(sending, line) || line->length == 0)
		return;
	sending->batch[sending->count++] = (struct client_message){
	    .to = sending->to,
	    .text = mem_strndup(line->text, line->length),
	    .target = sending->o->reply,
	};
}

static enum status
send_lines(
    struct cli *cli, const struct send_options *o, const struct address *to, struct error *err)
{
	struct sending *sending = mem_zalloc(1, sizeof *sending);
	struct lines lines;
	struct line line;
	enum status status = STATUS_OK;

	sending->cli = cli;
	sending->o = o;
	sending->to = *to;
	sending->err = err;
	lines_init(&lines, STDIN_FILENO, cli->config.stop_fd, MESSAGE_TEXT_MAX);
	while (status == STATUS_OK && (status = lines_read(&lines, err)) == STATUS_OK) {
		bool end = lines.end;

		while (sending->count < BATCH && lines_next(&lines, &line))
			add_line(sending, &line);
		if (sending->count)
			status = send_batch(sending);
		forget_batch(sending);
		if (end && !lines_pending(&lines))
			break;
	}
	lines_finish(&lines);
	if (status == STATUS_OK)
		status = sending->worst;
	free(sending);
	return status;
}

static enum status
run(struct cli *cli, const void *options_, int argc, char **argv, struct error *err)
{
	const struct send_options *o = options_;
	struct client_message message = {0};
	struct buf text;
	enum status status = client_parse_address(cli->client, &message.to, argv[0], err);

	if (status != STATUS_OK)
		return status;
	if (o->lines &&
	    (o->outgoing.has_key || argc > 2 || (argc == 2 && strcmp(argv[1], "-") != 0)))
		return error_set(err, STATUS_USAGE,
		    _("--lines reads standard input; it takes neither a text nor a --key"));
	if (o->lines)
		return send_lines(cli, o, &message.to, err);
	buf_init(&text, MESSAGE_TEXT_MAX + 1);
	status = outgoing_text(cli, &text, argc - 1, argv + 1, err);
	message.text = buf_string(&text);
	message.target = o->reply;
	if (status == STATUS_OK)
		status = outgoing_send(cli, &o->outgoing, &message, err);
	buf_finish(&text);
	return status;
}

extern const struct command command_send;

const struct command command_send = {
    .name = "send",
    .usage = "WHO [TEXT…|-] [--lines] [--reply MSG_ID] [OPTION]…",
    .summary = N_("send a message"),
    .details =
        N_("The text stands on the command line or, without it or with -, on standard input.\n"
           "Exits with 0 where the server has it; 69 where it was certainly not sent, and is not\n"
           "kept; 75 where that is in doubt: it is kept, and the next command settles it."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct send_options),
    .defaults = &defaults,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
};
