#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "tui/config.h"

enum { WORD_SHOWN = 40 };

static void
on_complaint(void *arg, int line, int column, const char *sentence)
{
	struct error *first = arg;

	if (!*first->text)
		error_set(first, STATUS_USAGE, "%d:%d: %s", line, column, sentence);
}

/* A word that is no path. */
static bool
is_name(const char *name)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return *name && strlen(name) < THEME_NAME_SIZE && !name[strspn(name, letters)];
}

/* Reads a theme's file into a configuration of its own, so that nothing else can come of it. */
static enum status
read_theme(struct config *config, const char *name, const char *path, struct error *err)
{
	struct config read;
	struct error first = {0};
	enum status status;
	int wrong;

	config_init(&read);
	read.is_theme = true;
	status = config_read(&read, path, on_complaint, &first, &wrong, err);
	if (status == STATUS_OK)
		theme_use_own(&config->theme, name, &read.theme);
	if (status == STATUS_OK && wrong)
		status = error_set(err, STATUS_USAGE, "%s:%s", path, first.text);
	else if (status == STATUS_NOT_FOUND)
		status = error_set(err, STATUS_USAGE,
		    _("there is no theme '%s': it is not dark, light or mono, and there is no file %s"),
		    name, path);
	config_finish(&read);
	return status;
}

enum status
config_theme(struct config *config, const char *name, struct error *err)
{
	char *dir, *path;
	enum status status;

	if (theme_use(&config->theme, name))
		return STATUS_OK;
	/* A theme made of a theme of one's own could be made of itself. */
	if (config->is_theme || !is_name(name))
		return error_set(err, STATUS_USAGE,
		    _("there is no theme '%.*s'; there are dark, light, mono"),
		    text_cut(name, WORD_SHOWN), name);
	status = path_config_dir(&dir, err);
	if (status != STATUS_OK)
		return status;
	path = mem_printf("%s/themes/%s", dir, name);
	status = read_theme(config, name, path, err);
	free(path);
	free(dir);
	return status;
}
