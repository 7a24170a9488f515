#include "tui/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/path.h"
#include "base/text.h"
#include "tui/config_line.h"

enum { WORD_SHOWN = 40, DUMP_COLUMN = 44 };

void
config_init(struct config *config)
{
	config->is_theme = false;
	settings_init(&config->settings);
	bind_init(&config->bindings);
	theme_init(&config->theme);
}

void
config_finish(struct config *config)
{
	settings_finish(&config->settings);
	bind_finish(&config->bindings);
}

enum status
config_path(char **path, struct error *err)
{
	char *dir;
	enum status status = path_config_dir(&dir, err);

	if (status != STATUS_OK)
		return status;
	*path = mem_printf("%s/config", dir);
	free(dir);
	return STATUS_OK;
}

/* ---- statements ---- */

/* The words [from, to) with a space between. */
static void
join(struct buf *out, const struct config_words *words, int from, int to)
{
	buf_init(out, sizeof words->text);
	for (int i = from; i < to; i++) {
		buf_add_string(out, i > from ? " " : "");
		buf_add_string(out, words->word[i]);
	}
}

/* Each gets a line of the right number of words, and *at: the word at fault where it fails. */

static enum status
do_set(struct config *config, const struct config_words *words, int *at, struct error *err)
{
	enum setting setting;
	enum status status = setting_require(&setting, words->word[1], err);

	*at = 1;
	if (status != STATUS_OK)
		return status;
	*at = 2;
	return settings_set(&config->settings, setting, words->word[2], err);
}

static enum status
do_bind(struct config *config, const struct config_words *words, int *at, struct error *err)
{
	char canonical[BIND_SEQUENCE_SIZE];
	struct buf keys;
	enum status status;
	int last = words->count - 1;

	join(&keys, words, 1, last);
	*at = 1;
	status = bind_canonical(canonical, buf_string(&keys), err);
	if (status == STATUS_OK) {
		if (action_find(words->word[last]) == ACTION_NONE)
			*at = last;
		status = bind_set(&config->bindings, canonical, words->word[last], err);
	}
	buf_finish(&keys);
	return status;
}

static enum status
do_unbind(struct config *config, const struct config_words *words, int *at, struct error *err)
{
	struct buf keys;
	enum status status;

	join(&keys, words, 1, words->count);
	*at = 1;
	status = bind_unset(&config->bindings, buf_string(&keys), err);
	buf_finish(&keys);
	return status;
}

static enum status
do_theme(struct config *config, const struct config_words *words, int *at, struct error *err)
{
	*at = 1;
	return config_theme(config, words->word[1], err);
}

static enum status
do_style(struct config *config, const struct config_words *words, int *at, struct error *err)
{
	struct buf style;
	enum status status;

	join(&style, words, 2, words->count);
	*at = theme_part_find(words->word[1]) == THEME_COUNT ? 1 : 2;
	status = theme_set(&config->theme, words->word[1], buf_string(&style), err);
	buf_finish(&style);
	return status;
}

static const struct statement {
	const char *name;
	const char *usage; /* N_() */
	int min, max;      /* words, with the name */
	enum status (*run)(
	    struct config *config, const struct config_words *words, int *at, struct error *err);
} statements[] = {
    {"set", N_("set NAME VALUE"), 3, 3, do_set},
    {"bind", N_("bind KEYS ACTION"), 3, 2 + BIND_KEYS_MAX, do_bind},
    {"unbind", N_("unbind KEYS"), 2, 1 + BIND_KEYS_MAX, do_unbind},
    {"theme", N_("theme NAME"), 2, 2, do_theme},
    {"style", N_("style PART STYLE"), 3, CONFIG_WORDS_MAX, do_style},
};

enum { STATEMENTS = sizeof statements / sizeof statements[0] };

static const char *
statement_name(const void *arg, int i)
{
	(void)arg;
	return i < STATEMENTS ? statements[i].name : NULL;
}

static enum status
unknown(const char *name, struct error *err)
{
	const char *near = nearest(name, statement_name, NULL);
	int length = text_cut(name, WORD_SHOWN);

	if (near)
		return error_set(err, STATUS_USAGE,
		    _("'%.*s' means nothing here; did you mean '%s'?"), length, name, near);
	return error_set(err, STATUS_USAGE,
	    _("'%.*s' means nothing here; a line begins with set, bind, unbind, theme or style"),
	    length, name);
}

static enum status
run(struct config *config, const struct config_words *words, int *at, struct error *err)
{
	const struct statement *statement = NULL;

	*at = 0;
	for (int i = 0; i < STATEMENTS; i++)
		if (strcmp(statements[i].name, words->word[0]) == 0)
			statement = &statements[i];
	if (!statement)
		return unknown(words->word[0], err);
	if (config->is_theme && statement->run != do_theme && statement->run != do_style)
		return error_set(
		    err, STATUS_USAGE, _("a theme has no place for '%s'"), statement->name);
	if (words->count < statement->min)
		return error_set(
		    err, STATUS_USAGE, _("something is missing: %s"), _(statement->usage));
	if (words->count > statement->max) {
		*at = statement->max;
		return error_set(err, STATUS_USAGE,
		    _("this is too much: %s; a value with spaces needs quotes"),
		    _(statement->usage));
	}
	return statement->run(config, words, at, err);
}

enum status
config_line(struct config *config, const char *line, size_t length, int *column, struct error *err)
{
	struct config_words words;
	enum status status = config_words_make(&words, line, length, column, err);
	int at;

	if (status != STATUS_OK || !words.count)
		return status;
	status = run(config, &words, &at, err);
	*column = words.column[at];
	return status;
}

/* ---- writing it ---- */

static void
dump_setting(const struct config *config, enum setting setting, bool all, struct buf *out)
{
	const struct setting_info *info = setting_info(setting);
	size_t begin = out->length;
	struct buf value;
	bool usual;

	buf_init(&value, SETTING_STRING_MAX);
	setting_put(&value, &config->settings, setting);
	usual = strcmp(buf_string(&value), info->usual) == 0;
	if (all || !usual) {
		buf_printf(out, "%sset %s ", usual ? "#" : "", info->name);
		config_word_put(out, buf_string(&value));
		while (all && out->length - begin < DUMP_COLUMN && buf_add_char(out, ' '))
			;
		if (all)
			buf_printf(out, " # %s", _(info->help));
		buf_add_char(out, '\n');
	}
	buf_finish(&value);
}

void
config_dump(const struct config *config, bool all, struct buf *out)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		dump_setting(config, (enum setting)i, all, out);
	theme_dump(&config->theme, all, out);
	bind_dump_changes(&config->bindings, out);
}
