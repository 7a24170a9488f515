#include <stddef.h>

#include "base/timeu.h"
#include "cli/command.h"
#include "cli/password.h"

enum { TIMEOUT_S = 30 };

struct passwd_options {
	bool password_stdin;
};

static const struct option options[] = {
    {.name = "password-stdin",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct passwd_options, password_stdin),
        .help = N_("read both passwords from the first two lines of standard input")},
};

static enum status
read_both(struct cli *cli, bool from_stdin, char **present, char **chosen, struct error *err)
{
	int stop_fd = cli->config.stop_fd;
	enum status status;

	if (from_stdin) {
		status = password_from_stdin(present, stop_fd, err);
		return status == STATUS_OK ? password_from_stdin(chosen, stop_fd, err) : status;
	}
	status = password_from_terminal(present, _("Present password: "), false, stop_fd, err);
	return status == STATUS_OK
	           ? password_from_terminal(chosen, _("New password: "), true, stop_fd, err)
	           : status;
}

static enum status
run(struct cli *cli, const void *given, int argc, char **argv, struct error *err)
{
	const struct passwd_options *o = given;
	char *present = NULL, *chosen = NULL;
	enum status status = client_check_login(cli->client, err);

	(void)argc;
	(void)argv;
	if (status == STATUS_OK)
		status = read_both(cli, o->password_stdin, &present, &chosen, err);
	if (status == STATUS_OK)
		status = client_passwd(
		    cli->client, present, chosen, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	password_free(present);
	password_free(chosen);
	return status;
}

extern const struct command command_passwd;

const struct command command_passwd = {
    .name = "passwd",
    .usage = "[--password-stdin]",
    .summary = N_("change the account's password, and end all its other logins"),
    .details = N_("Asks on the terminal for the present password, and twice for the new one."),
    .need = NEED_ACCOUNT,
    OPTIONS(options),
    .options_size = sizeof(struct passwd_options),
    .run = run,
};
