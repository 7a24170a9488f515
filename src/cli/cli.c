#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/text.h"
#include "cli/help.h"
#include "cli/print.h"

void
cli_print_version(enum format format)
{
	struct buf line;

	if (format != FORMAT_JSON) {
		printf("tern %s\n", PACKAGE_VERSION);
		return;
	}
	buf_init(&line, BUFSIZ);
	buf_add_char(&line, '{');
	json_put_string(&line, "version", PACKAGE_VERSION);
	json_put_int(&line, "json_version", JSON_VERSION);
	buf_add_char(&line, '}');
	print_line(&line);
}

/* Errors quote addresses, file names and the server's words: none reaches the terminal as it is. */
void
cli_complain(const struct cli *cli, const char *text)
{
	char *safe = text_safe_line(text);

	if (cli->command)
		fprintf(stderr, "tern: %s: %s\n", cli->command->name, safe);
	else
		fprintf(stderr, "tern: %s\n", safe);
	free(safe);
}

static void
on_notice(void *arg, const char *text)
{
	const struct cli *cli = arg;
	char *safe;

	if (!cli->global.verbose || cli->global.quiet)
		return;
	safe = text_safe_line(text);
	fprintf(stderr, "tern: %s\n", safe);
	free(safe);
}

/* Nobody should have to ask for this. */
static void
on_lost(void *arg, int64_t aside, int64_t again)
{
	const struct cli *cli = arg;

	if (cli->global.quiet)
		return;
	fprintf(stderr,
	    _("tern: the server has lost messages that are here; set aside: %lld (see 'tern "
	      "history'), of these your own, sent again: %lld\n"),
	    (long long)aside, (long long)again);
}

/* The signals that ask a program to end become readable on a descriptor; the loop watches it. */
static int
open_stop(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static enum status
run_command(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	enum status status;
	struct error flush_err;

	cli->config.account = cli->global.account;
	cli->config.stop_fd = open_stop();
	cli->config.notice = on_notice;
	cli->config.lost = on_lost;
	cli->config.arg = cli;
	if (cli->command->need == NEED_ACCOUNT) {
		status = client_open(&cli->client, &cli->config, err);
		if (status != STATUS_OK)
			return status;
	}
	status = cli->command->run(cli, options, argc, argv, err);
	client_close(cli->client);
	if (cli->config.stop_fd >= 0)
		close(cli->config.stop_fd);
	/* What was printed must have arrived before the command can be called a success. */
	if (status == STATUS_OK && print_flush(&flush_err) != STATUS_OK) {
		*err = flush_err;
		status = flush_err.status;
	}
	return status;
}

static enum status
dispatch(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	if (cli->global.version) {
		cli_print_version(cli->global.format);
		return print_flush(err);
	}
	if (cli->global.help) {
		if (cli->command)
			help_command(stdout, cli->command);
		else
			help_all(stdout);
		return print_flush(err);
	}
	if (!cli->command && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return error_set(err, STATUS_USAGE, _("name a command; 'tern help' lists them"));
	/* By itself on a terminal, it is the chat. */
	if (!cli->command && command_require(&cli->command, "chat", err) != STATUS_OK)
		return err->status;
	return run_command(cli, options, argc, argv, err);
}

int
cli_main(int argc, char **argv, const struct front *front)
{
	struct cli cli = {.front = front, .config.stop_fd = -1};
	struct error err = {0};
	void *options;
	enum status status = arguments_parse(&cli, &options, &argc, argv, &err);

	if (status == STATUS_OK)
		status = dispatch(&cli, options, argc, argv, &err);
	free(options);
	if (status != STATUS_OK && (!cli.silent || (cli.global.verbose && !cli.global.quiet)))
		cli_complain(&cli, err.text);
	if (status == STATUS_OK)
		return cli.exit_code;
	return status_exit_code(status);
}
