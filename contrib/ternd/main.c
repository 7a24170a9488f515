/* ternd: reads the command line, and serves or adds a user. */
#include <errno.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/text.h"
#include "options.h"
#include "server_run.h"
#include "user.h"
#include "wire/limits.h"

static void
init_texts(void)
{
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
#if defined ENABLE_NLS && ENABLE_NLS
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
#endif
}

/* The first line of standard input, without its end, and nothing behind it. USAGE, IO. */
static enum status
read_password(struct buf *password, struct error *err)
{
	char c;
	ssize_t n;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		if (c == '\0')
			return error_set(err, STATUS_USAGE, _("the password holds a zero byte"));
		if (!buf_add_char(password, c))
			return error_set(err, STATUS_USAGE,
			    _("the password is longer than %d bytes"), LIMIT_PASSWORD);
	}
	if (n < 0)
		return error_set(
		    err, STATUS_IO, _("cannot read the password: %s"), strerror(errno));
	if (password->length == 0)
		return error_set(err, STATUS_USAGE, _("standard input holds no password"));
	return STATUS_OK;
}

static enum status
add_user(const struct options *options, struct error *err)
{
	struct buf password;
	enum status status;

	buf_init(&password, LIMIT_PASSWORD);
	status = read_password(&password, err);
	if (status == STATUS_OK)
		status = user_add(&options->config, options->address, password.data, err);
	if (password.data)
		sodium_memzero(password.data, password.room);
	buf_finish(&password);
	return status;
}

static enum status
print_help(void)
{
	struct buf out;

	buf_init(&out, 64 * 1024);
	options_help(&out);
	fputs(buf_string(&out), stdout);
	buf_finish(&out);
	return STATUS_OK;
}

static enum status
act(const struct options *options, struct error *err)
{
	switch (options->action) {
	case OPTIONS_HELP:
		return print_help();
	case OPTIONS_VERSION:
		printf("ternd %s\n", VERSION);
		return STATUS_OK;
	case OPTIONS_USER_ADD:
		return add_user(options, err);
	case OPTIONS_SERVE:
		break;
	}
	return server_run(&options->config, err);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct error err;
	enum status status;

	init_texts();
	status = options_parse(&options, argc, argv, &err);
	if (status == STATUS_OK && sodium_init() < 0)
		status = error_set(&err, STATUS_INTERNAL, _("libsodium doesn't start"));
	if (status == STATUS_OK) {
		log_set_level(options.log_level);
		status = act(&options, &err);
	}
	if (status == STATUS_OK && (fflush(stdout) != 0 || ferror(stdout)))
		status = error_set(&err, STATUS_IO, _("cannot write to standard output"));
	if (status != STATUS_OK) {
		char *text = text_safe_line(err.text);

		fprintf(stderr, "ternd: %s\n", text);
		free(text);
	}
	options_finish(&options);
	return status_exit_code(status);
}
