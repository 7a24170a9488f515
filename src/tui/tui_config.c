#include "tui/tui_config.h"

#include <stdlib.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "tui/config.h"

/* Who is told, and of which file. */
struct listener {
	const char *path;
	void (*complain)(void *arg, const char *text);
	void *arg;
};

static void
on_complaint(void *arg, int line, int column, const char *sentence)
{
	const struct listener *listener = arg;
	char *text;

	if (line)
		text = mem_printf("%s:%d:%d: %s", listener->path, line, column, sentence);
	else
		text = mem_printf("%s: %s", listener->path, sentence);
	listener->complain(listener->arg, text);
	free(text);
}

static enum status
read_it(struct config *config, const char *path, struct listener *listener, int *wrong,
    struct error *err)
{
	char *usual = NULL;
	enum status status = STATUS_OK;

	if (!path)
		status = config_path(&usual, err);
	if (status == STATUS_OK) {
		listener->path = path ? path : usual;
		status = config_read(config, listener->path, on_complaint, listener, wrong, err);
	}
	if (usual && status == STATUS_NOT_FOUND)
		status = STATUS_OK;
	free(usual);
	return status;
}

enum status
tui_config(enum tui_config what, const char *path, struct buf *out,
    void (*complain)(void *arg, const char *text), void *arg, struct error *err)
{
	struct listener listener = {NULL, complain, arg};
	struct config config;
	enum status status;
	int wrong = 0;

	config_init(&config);
	status = read_it(&config, path, &listener, &wrong, err);
	if (status == STATUS_OK && what == TUI_CONFIG_ALL)
		config_dump(&config, true, out);
	if (status == STATUS_OK && what == TUI_CONFIG_KEYS)
		bind_dump(&config.bindings, out);
	if (status == STATUS_OK && what == TUI_CONFIG_CHECK && wrong)
		status = error_set(err, STATUS_CONFIG, _("lines that can't be used: %d"), wrong);
	config_finish(&config);
	return status;
}
