#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/print.h"

enum { STATUS_LIMIT = 64 * 1024 };

static void
print_json(const struct client_status *s)
{
	char time[TIME_ISO_SIZE];
	struct buf line;

	buf_init(&line, STATUS_LIMIT);
	buf_add_char(&line, '{');
	json_put_string(&line, "address", s->address);
	json_put_string(&line, "server", s->server);
	json_put_string(&line, "device", s->device);
	json_put_bool(&line, "logged_in", s->logged_in);
	json_put_bool(&line, "line_held", s->line_held);
	json_put_string(&line, "generation", s->cursor.generation);
	json_put_int(&line, "stamp", s->cursor.stamp);
	json_put_int(&line, "contacts", s->contacts);
	json_put_int(&line, "conversations", s->conversations);
	json_put_int(&line, "messages", s->messages);
	json_put_int(&line, "missing", s->missing);
	json_put_int(&line, "unread", s->unread);
	json_put_int(&line, "outbox", s->outbox);
	json_put_int(&line, "doubt", s->doubt);
	json_put_int(&line, "failed", s->failed);
	json_put_int(&line, "aside", s->aside);
	json_put_int(&line, "requests", s->traffic.requests);
	json_put_int(&line, "bytes_up", s->traffic.bytes_up);
	json_put_int(&line, "bytes_down", s->traffic.bytes_down);
	if (s->last.time) {
		json_put_string(&line, "last_time", time_iso(s->last.time, time));
		json_put_int(&line, "last_requests", s->last.requests);
		json_put_int(&line, "last_bytes_up", s->last.bytes_up);
		json_put_int(&line, "last_bytes_down", s->last.bytes_down);
	}
	json_put_int(&line, "full_requests", s->full_requests);
	json_put_int(&line, "full_bytes", s->full_bytes);
	json_put_int(&line, "json_version", JSON_VERSION);
	buf_add_char(&line, '}');
	print_line(&line);
}

static void
print_row(const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, STATUS_LIMIT);
	buf_printf(&line, "%-14s", name);
	text_safe(&line, value, strlen(value), TEXT_ONE_LINE);
	print_line(&line);
}

static void
print_number(const char *name, int64_t value)
{
	printf("%-14s%lld\n", name, (long long)value);
}

static void
print_traffic(const char *name, const struct client_traffic *traffic)
{
	printf(_("%-14s%lld requests, %lld bytes up, %lld bytes down\n"), name,
	    (long long)traffic->requests, (long long)traffic->bytes_up,
	    (long long)traffic->bytes_down);
}

static void
print_text(const struct client_status *s)
{
	print_row(_("account"), s->address);
	print_row(_("server"), s->server);
	print_row(_("device"), s->device);
	print_row(_("login"), s->logged_in ? _("valid") : _("none; run tern login"));
	print_row(_("line"), s->line_held ? _("held by a process") : _("not held"));
	print_number(_("contacts"), s->contacts);
	print_number(_("conversations"), s->conversations);
	printf(_("%-14s%lld here, %lld not loaded, %lld unread\n"), _("messages"),
	    (long long)s->messages, (long long)s->missing, (long long)s->unread);
	printf(_("%-14s%lld queued, of these %lld in doubt; %lld refused\n"), _("outbox"),
	    (long long)s->outbox, (long long)s->doubt, (long long)s->failed);
	if (s->aside)
		printf(_("%-14s%lld, which the server has lost\n"), _("set aside"),
		    (long long)s->aside);
	print_traffic(_("traffic"), &s->traffic);
	if (s->last.time)
		print_traffic(_("last sync"), &s->last);
	printf(_("%-14sabout %lld requests, %lld bytes\n"), _("full pull"),
	    (long long)s->full_requests, (long long)s->full_bytes);
}

static void
print_refused(void *arg, const struct message *message, const char *failure)
{
	const struct cli *cli = arg;

	print_failed(cli->global.format, message, failure);
}

static enum status
run(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	struct client_status s;
	enum status status = client_status(cli->client, &s, err);

	(void)options;
	(void)argc;
	(void)argv;
	if (status != STATUS_OK)
		return status;
	if (cli->global.format == FORMAT_JSON)
		print_json(&s);
	else
		print_text(&s);
	return client_failed(cli->client, print_refused, cli, err);
}

extern const struct command command_status;

const struct command command_status = {
    .name = "status",
    .usage = "",
    .summary = N_("show what the cache holds, the outbox and the traffic"),
    .need = NEED_ACCOUNT,
    .options_size = 1,
    .run = run,
};
