/* register, login: the same but for one word. */
#include <stddef.h>

#include "cli/command.h"
#include "cli/password.h"

struct login_options {
	const char *server;
	const char *device;
	bool password_stdin;
};

static const struct option options[] = {
    {.name = "server",
        .kind = OPTION_STRING,
        .offset = offsetof(struct login_options, server),
        .argument = "URL",
        .help = N_("http://HOST:PORT or https://HOST; by default the one of the last login")},
    {.name = "device",
        .kind = OPTION_STRING,
        .offset = offsetof(struct login_options, device),
        .argument = "NAME",
        .help = N_("what this device is called; by default the host's name")},
    {.name = "password-stdin",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct login_options, password_stdin),
        .help = N_("read the password from the first line of standard input")},
};

static enum status
log_in(struct cli *cli, const struct login_options *o, const char *address, bool registering,
    struct error *err)
{
	struct client_login login = {
	    .address = address,
	    .server = o->server,
	    .device = o->device,
	    .registering = registering,
	};
	char *password = NULL;
	enum status status = client_login_check(&login, err);

	if (status != STATUS_OK)
		return status;
	if (o->password_stdin)
		status = password_from_stdin(&password, cli->config.stop_fd, err);
	else
		status = password_from_terminal(
		    &password, _("Password: "), registering, cli->config.stop_fd, err);
	login.password = password;
	if (status == STATUS_OK)
		status = client_login(&cli->config, &login, err);
	password_free(password);
	return status;
}

static enum status
run_login(struct cli *cli, const void *o, int argc, char **argv, struct error *err)
{
	(void)argc;
	return log_in(cli, o, argv[0], false, err);
}

static enum status
run_register(struct cli *cli, const void *o, int argc, char **argv, struct error *err)
{
	(void)argc;
	return log_in(cli, o, argv[0], true, err);
}

extern const struct command command_login, command_register;

const struct command command_login = {
    .name = "login",
    .usage = "ADDRESS [--server URL] [--device NAME] [--password-stdin]",
    .summary = N_("log this device in"),
    .details = N_("Asks for the password on the terminal. What the cache holds from an earlier\n"
                  "login stays."),
    OPTIONS(options),
    .options_size = sizeof(struct login_options),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_login,
};

const struct command command_register = {
    .name = "register",
    .usage = "ADDRESS --server URL [--device NAME] [--password-stdin]",
    .summary = N_("make an account on a server that lets anyone, and log in"),
    .details = N_("Asks twice for a password. An account that exists is logged in where the\n"
                  "password is right."),
    OPTIONS(options),
    .options_size = sizeof(struct login_options),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_register,
};
