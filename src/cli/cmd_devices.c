#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/print_details.h"

enum { TIMEOUT_S = 30, WORD_SHOWN = 40 };

static void
print_row(void *arg, const struct device *device)
{
	const struct cli *cli = arg;

	print_device(cli->global.format, device);
}

/* The device that a word means: its number, else its name. */
struct wanted {
	const char *word;
	int64_t by_number; /* 0: none */
	int64_t by_name;
	int named; /* how many are called so */
};

static void
look_at(void *arg, const struct device *device)
{
	struct wanted *wanted = arg;
	char number[24];

	snprintf(number, sizeof number, "%lld", (long long)device->device_id);
	if (strcmp(number, wanted->word) == 0)
		wanted->by_number = device->device_id;
	if (strcmp(device->name, wanted->word) == 0) {
		wanted->by_name = device->device_id;
		wanted->named++;
	}
}

static enum status
revoke(struct cli *cli, const char *word, struct error *err)
{
	int64_t deadline = deadline_in(TIMEOUT_S * TIME_SECOND);
	struct wanted wanted = {.word = word};
	enum status status = client_devices(cli->client, deadline, look_at, &wanted, err);

	if (status != STATUS_OK)
		return status;
	if (!wanted.by_number && !wanted.named)
		return error_set(err, STATUS_NOT_FOUND,
		    _("no device of this account is called '%.*s' or has that number"),
		    text_cut(word, WORD_SHOWN), word);
	if (!wanted.by_number && wanted.named > 1)
		return error_set(err, STATUS_USAGE,
		    _("%d devices are called '%.*s'; choose one by its number"), wanted.named,
		    text_cut(word, WORD_SHOWN), word);
	return client_device_revoke(
	    cli->client, wanted.by_number ? wanted.by_number : wanted.by_name, deadline, err);
}

static enum status
run(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	(void)options;
	if (argc == 0)
		return client_devices(
		    cli->client, deadline_in(TIMEOUT_S * TIME_SECOND), print_row, cli, err);
	if (strcmp(argv[0], "revoke") != 0)
		return error_set(err, STATUS_USAGE,
		    _("'%.*s' is not revoke; see tern devices --help"),
		    text_cut(argv[0], WORD_SHOWN), argv[0]);
	if (argc == 1)
		return error_set(err, STATUS_USAGE,
		    _("which device? Name its number or its name behind revoke"));
	return revoke(cli, argv[1], err);
}

extern const struct command command_devices;

const struct command command_devices = {
    .name = "devices",
    .usage = "[revoke NUMBER|NAME]",
    .summary = N_("list the devices logged in, or end the login of one"),
    .details = N_("The list has each device's number, when the server last heard of it, and its\n"
                  "name. A login that is ended ends at once; that of this device is a logout."),
    .need = NEED_ACCOUNT,
    .options_size = 1,
    .max_arguments = 2,
    .run = run,
};
