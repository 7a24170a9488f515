#include <locale.h>

#include "base/gettext.h"
#include "base/io.h"
#include "cli/cli.h"
#include "tui/tui.h"
#include "tui/tui_config.h"

static enum status
config(enum front_config what, const char *path, struct buf *out,
    void (*complain)(void *arg, const char *text), void *arg, struct error *err)
{
	static const enum tui_config same[] = {
	    [FRONT_CONFIG_ALL] = TUI_CONFIG_ALL,
	    [FRONT_CONFIG_KEYS] = TUI_CONFIG_KEYS,
	    [FRONT_CONFIG_CHECK] = TUI_CONFIG_CHECK,
	};

	return tui_config(same[what], path, out, complain, arg, err);
}

static enum status
chat(struct client *client, const struct client_config *client_config,
    const struct front_chat *options, struct error *err)
{
	return tui_chat(client, client_config, &(struct tui_options){.who = options->who}, err);
}

static const struct front front = {.config = config, .chat = chat};

int
main(int argc, char **argv)
{
	io_reserve_standard();
	/* Not LC_ALL: each category is a file to read, and none of the others is used. */
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
#if defined ENABLE_NLS && ENABLE_NLS
	bindtextdomain(PACKAGE, LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
#endif
	return cli_main(argc, argv, &front);
}
