#include <stdio.h>

#include "cli/command.h"
#include "cli/front.h"
#include "cli/print.h"

struct config_options {
	bool dump, keys, check;
};

static const struct option options_of_config[] = {
    {.name = "dump",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct config_options, dump),
        .help = N_("write all settings and styles, the defaults as comments")},
    {.name = "dump-keys",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct config_options, keys),
        .help = N_("write all actions with their keys")},
    {.name = "check",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct config_options, check),
        .help = N_("say what is wrong, and nothing else")},
};

static void
on_complaint(void *arg, const char *text)
{
	cli_complain(arg, text);
}

static enum status
run(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	const struct config_options *o = options;
	enum front_config what = o->keys    ? FRONT_CONFIG_KEYS
	                         : o->check ? FRONT_CONFIG_CHECK
	                                    : FRONT_CONFIG_ALL;
	struct buf out;
	enum status status;

	if (o->dump + o->keys + o->check > 1)
		return error_set(err, STATUS_USAGE, _("one of --dump, --dump-keys and --check"));
	if (cli->global.format == FORMAT_JSON)
		return error_set(
		    err, STATUS_USAGE, _("the configuration is written in its own form only"));
	buf_init(&out, LINE_LIMIT);
	status = cli->front->config(what, argc ? argv[0] : NULL, &out, on_complaint, cli, err);
	if (status == STATUS_OK)
		fwrite(buf_string(&out), 1, out.length, stdout);
	buf_finish(&out);
	return status;
}

extern const struct command command_config;

const struct command command_config = {
    .name = "config",
    .usage = "[--dump|--dump-keys|--check] [FILE]",
    .summary = N_("show or check the chat's settings and keys"),
    .details =
        N_("Reads FILE instead of ~/.config/tern/config where it is given. What is written can "
           "be kept as\nsuch a file; tern-config(5) says what it may hold. --check exits with "
           "78 where something is wrong."),
    .need = NEED_NOTHING,
    OPTIONS(options_of_config),
    .options_size = sizeof(struct config_options),
    .max_arguments = 1,
    .run = run,
};
