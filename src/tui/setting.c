#include "tui/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"

enum { WORD_SHOWN = 40, FORMAT_MAX = 60 };

static const char *const notify_words[] = {"none", "mentions", "direct", "all", NULL};
static const char *const color_words[] = {"auto", "none", "8", "16", "256", "true", NULL};

/* Of strftime(), what is one short piece of text whatever the language. */
static bool
check_format(const char *value, struct error *err)
{
	if (strlen(value) > FORMAT_MAX) {
		error_set(err, STATUS_USAGE, _("a format has at most %d bytes"), FORMAT_MAX);
		return false;
	}
	for (const char *p = value; (p = strchr(p, '%')); p += 2) {
		if (!p[1] || !strchr("aAbBdeFHIjmMpRSTuyYZz%", p[1])) {
			error_set(err, STATUS_USAGE,
			    _("'%.*s' is not a part of a date or time; see strftime(3)"),
			    text_cut(p, 2), p);
			return false;
		}
	}
	return true;
}

/* "vs16=1 zwj=apart" */
static bool
read_widths(struct widths *widths, const char *value, struct error *err)
{
	widths_init(widths);
	while (*(value += strspn(value, " "))) {
		char word[WORD_SHOWN + 1];
		size_t length = strcspn(value, " ");

		snprintf(word, sizeof word, "%.*s",
		    (int)(length < WORD_SHOWN ? length : WORD_SHOWN), value);
		if (length > WORD_SHOWN || !widths_set(widths, word)) {
			error_set(err, STATUS_USAGE,
			    _("'%.*s' says no width, or there are too many"),
			    text_cut(word, WORD_SHOWN), word);
			return false;
		}
		value += length;
	}
	return true;
}

static bool
check_widths(const char *value, struct error *err)
{
	struct widths widths;

	return read_widths(&widths, value, err);
}

#define ON_OFF(default_) .kind = SETTING_KIND_BOOL, .usual = (default_)
#define INT(default_, min_, max_) \
	.kind = SETTING_KIND_INT, .usual = (default_), .min = (min_), .max = (max_)
#define WORD(default_, words_) .kind = SETTING_KIND_WORD, .usual = (default_), .words = (words_)
#define STRING(default_)       .kind = SETTING_KIND_STRING, .usual = (default_)

static const struct setting_info settings_table[SETTING_COUNT] = {
    [SETTING_BELL] = {"bell", N_("which messages ring the terminal's bell"),
        WORD("direct", notify_words)},
    [SETTING_COLORS] = {"colors", N_("how many colours the terminal has"),
        WORD("auto", color_words)},
    [SETTING_DATE_FORMAT] = {"date-format", N_("how the line between days says its date"),
        STRING("%A, %F"), .check = check_format},
    [SETTING_EDITOR] = {"editor", N_("what edit-external runs; $VISUAL or $EDITOR where empty"),
        STRING("")},
    [SETTING_EMOJI] = {"emoji", N_("complete :short: names into emoji"), ON_OFF("on")},
    [SETTING_INPUT_LINES] = {"input-lines", N_("how many lines the input grows to"),
        INT("8", 1, 50)},
    [SETTING_LINKS] = {"links", N_("let the terminal open links, where it can"), ON_OFF("on")},
    [SETTING_LIST_PANE] = {"list-pane", N_("begin with the list of conversations"), ON_OFF("on")},
    [SETTING_LIST_WIDTH] = {"list-width", N_("columns of that list"), INT("26", 12, 80)},
    [SETTING_MEMBERS_PANE] = {"members-pane", N_("begin with members and details"), ON_OFF("off")},
    [SETTING_MEMBERS_WIDTH] = {"members-width", N_("columns of those"), INT("24", 12, 80)},
    [SETTING_MOUSE] = {"mouse", N_("take the mouse; the terminal then selects with Shift"),
        ON_OFF("off")},
    [SETTING_NAME_WIDTH] = {"name-width", N_("columns of a name beside its message"),
        INT("12", 4, 40)},
    [SETTING_NOTIFY] = {"notify", N_("which messages are told to the desktop"),
        WORD("direct", notify_words)},
    [SETTING_NOTIFY_COMMAND] = {"notify-command",
        N_("what is run for these instead of asking the terminal to tell"), STRING("")},
    [SETTING_NOTIFY_TEXT] = {"notify-text", N_("tell the message's text, not its sender alone"),
        ON_OFF("on")},
    [SETTING_PASTE_LINES] = {"paste-lines",
        N_("ask before a paste of more lines is sent; 0: never"), INT("3", 0, 10000)},
    [SETTING_TIME_FORMAT] = {"time-format", N_("how a message's time is written"), STRING("%H:%M"),
        .check = check_format},
    [SETTING_TITLE] = {"title", N_("put the conversation's name into the terminal's title"),
        ON_OFF("on")},
    [SETTING_WIDTHS] = {"widths",
        N_("characters that the terminal draws wider or narrower than usual"), STRING(""),
        .check = check_widths},
};

const struct setting_info *
setting_info(enum setting setting)
{
	return &settings_table[setting];
}

enum setting
setting_find(const char *name)
{
	int i = 0;

	while (i < SETTING_COUNT && strcmp(settings_table[i].name, name) != 0)
		i++;
	return (enum setting)i;
}

static const char *
setting_name(const void *arg, int i)
{
	(void)arg;
	return i < SETTING_COUNT ? settings_table[i].name : NULL;
}

enum status
setting_require(enum setting *setting, const char *name, struct error *err)
{
	const char *near;
	int length = text_cut(name, WORD_SHOWN);

	*setting = setting_find(name);
	if (*setting < SETTING_COUNT)
		return STATUS_OK;
	near = nearest(name, setting_name, NULL);
	if (near)
		return error_set(err, STATUS_USAGE,
		    _("there is no setting '%.*s'; did you mean '%s'?"), length, name, near);
	return error_set(err, STATUS_USAGE, _("there is no setting '%.*s'"), length, name);
}

void
settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof *settings);
	for (int i = 0; i < SETTING_COUNT; i++)
		settings_set(settings, (enum setting)i, settings_table[i].usual, NULL);
}

void
settings_finish(struct settings *settings)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		free(settings->values[i].string);
	memset(settings, 0, sizeof *settings);
}

/* ---- values ---- */

static enum status
set_bool(struct setting_value *value, const char *text, struct error *err)
{
	static const char *const words[] = {
	    "off", "on", "no", "yes", "false", "true", "0", "1", NULL};

	for (int i = 0; words[i]; i++)
		if (strcasecmp(words[i], text) == 0) {
			value->number = i % 2;
			return STATUS_OK;
		}
	return error_set(
	    err, STATUS_USAGE, _("'%.*s' is neither on nor off"), text_cut(text, WORD_SHOWN), text);
}

static enum status
set_int(const struct setting_info *info, struct setting_value *value, const char *text,
    struct error *err)
{
	size_t digits = strspn(text, "0123456789");
	int number = 0;

	for (size_t i = 0; i < digits && number <= info->max; i++)
		number = number * 10 + text[i] - '0';
	if (!digits || text[digits] || number < info->min || number > info->max)
		return error_set(err, STATUS_USAGE, _("'%.*s' is not a number from %d to %d"),
		    text_cut(text, WORD_SHOWN), text, info->min, info->max);
	value->number = number;
	return STATUS_OK;
}

static enum status
set_word(const struct setting_info *info, struct setting_value *value, const char *text,
    struct error *err)
{
	struct buf words;

	for (int i = 0; info->words[i]; i++)
		if (strcmp(info->words[i], text) == 0) {
			value->number = i;
			return STATUS_OK;
		}
	buf_init(&words, ERROR_TEXT_MAX);
	for (int i = 0; info->words[i]; i++)
		buf_printf(&words, "%s%s", i ? ", " : "", info->words[i]);
	error_set(err, STATUS_USAGE, _("'%.*s' is none of %s"), text_cut(text, WORD_SHOWN), text,
	    buf_string(&words));
	buf_finish(&words);
	return STATUS_USAGE;
}

static enum status
set_string(const struct setting_info *info, struct setting_value *value, const char *text,
    struct error *err)
{
	if (strlen(text) > SETTING_STRING_MAX)
		return error_set(
		    err, STATUS_USAGE, _("a value has at most %d bytes"), SETTING_STRING_MAX);
	if (info->check && !info->check(text, err))
		return STATUS_USAGE;
	free(value->string);
	value->string = mem_strdup(text);
	return STATUS_OK;
}

enum status
settings_set(struct settings *settings, enum setting setting, const char *text, struct error *err)
{
	const struct setting_info *info = &settings_table[setting];
	struct setting_value *value = &settings->values[setting];

	switch (info->kind) {
	case SETTING_KIND_BOOL:
		return set_bool(value, text, err);
	case SETTING_KIND_INT:
		return set_int(info, value, text, err);
	case SETTING_KIND_WORD:
		return set_word(info, value, text, err);
	default:
		return set_string(info, value, text, err);
	}
}

bool
setting_is_on(const struct settings *settings, enum setting setting)
{
	return settings->values[setting].number;
}

int
setting_number(const struct settings *settings, enum setting setting)
{
	return settings->values[setting].number;
}

const char *
setting_string(const struct settings *settings, enum setting setting)
{
	return settings->values[setting].string;
}

void
setting_put(struct buf *out, const struct settings *settings, enum setting setting)
{
	const struct setting_info *info = &settings_table[setting];
	const struct setting_value *value = &settings->values[setting];

	switch (info->kind) {
	case SETTING_KIND_BOOL:
		buf_add_string(out, value->number ? "on" : "off");
		break;
	case SETTING_KIND_INT:
		buf_add_int(out, value->number);
		break;
	case SETTING_KIND_WORD:
		buf_add_string(out, info->words[value->number]);
		break;
	default:
		buf_add_string(out, value->string);
	}
}

void
setting_widths(const struct settings *settings, struct widths *widths)
{
	read_widths(widths, setting_string(settings, SETTING_WIDTHS), NULL);
}
