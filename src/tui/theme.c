#include "tui/theme.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/nearest.h"
#include "base/text.h"
#include "tui/color.h"

enum { DARK, LIGHT, MONO, THEMES };

static const char *const theme_names[THEMES + 1] = {"dark", "light", "mono", NULL};

struct part {
	struct theme_part_info info;
	const char *styles[THEMES];
};

#define PART(name, help, dark, light, mono) \
	{ \
		{name, help}, \
		{ \
			dark, light, mono \
		} \
	}

static const struct part parts[THEME_COUNT] = {
    [THEME_MESSAGE] = PART("message", N_("a message's text"), "plain", "plain", "plain"),
    [THEME_OWN_NAME] = PART("own-name", N_("one's own name"), "bold", "bold", "bold"),
    [THEME_NAME_1] = PART("name-1", N_("others' names"), "81", "26", "plain"),
    [THEME_NAME_2] = PART("name-2", N_("others' names"), "114", "28", "plain"),
    [THEME_NAME_3] = PART("name-3", N_("others' names"), "221", "94", "plain"),
    [THEME_NAME_4] = PART("name-4", N_("others' names"), "211", "161", "plain"),
    [THEME_NAME_5] = PART("name-5", N_("others' names"), "141", "56", "plain"),
    [THEME_NAME_6] = PART("name-6", N_("others' names"), "207", "127", "plain"),
    [THEME_NAME_7] = PART("name-7", N_("others' names"), "215", "130", "plain"),
    [THEME_NAME_8] = PART("name-8", N_("others' names"), "75", "30", "plain"),
    [THEME_TIME] = PART("time", N_("the time of a message"), "245", "242", "plain"),
    [THEME_DAY] = PART("day", N_("the line between days"), "245", "242", "plain"),
    [THEME_NEW_LINE] =
        PART("new-line", N_("the line above what is new"), "bold 203", "bold 160", "bold"),
    [THEME_HOLE] = PART("hole", N_("messages that are not loaded"), "179", "94", "italic"),
    [THEME_STATE_QUEUED] =
        PART("state-queued", N_("one's message, not yet sent"), "179", "94", "plain"),
    [THEME_STATE_SENT] =
        PART("state-sent", N_("one's message, with the server"), "245", "242", "plain"),
    [THEME_STATE_DELIVERED] =
        PART("state-delivered", N_("one's message, delivered"), "245", "242", "plain"),
    [THEME_STATE_READ] = PART("state-read", N_("one's message, read"), "114", "28", "plain"),
    [THEME_STATE_FAILED] =
        PART("state-failed", N_("one's message, refused"), "bold 203", "bold 160", "bold reverse"),
    [THEME_EDITED] = PART("edited", N_("the mark of an edit"), "245", "242", "dim"),
    [THEME_RECALLED] = PART("recalled", N_("what was recalled"), "italic 245", "italic 242", "dim"),
    [THEME_QUOTE] = PART("quote", N_("what a message replies to"), "245", "242", "dim"),
    [THEME_REACTION] = PART("reaction", N_("reactions"), "179", "94", "plain"),
    [THEME_MENTION] = PART(
        "mention", N_("where one is named"), "bold black on 221", "bold black on 222", "reverse"),
    [THEME_LINK] = PART("link", N_("links"), "underline 75", "underline 25", "underline"),
    [THEME_SYSTEM] =
        PART("system", N_("changes of a group, and notices"), "italic 245", "italic 242", "dim"),
    [THEME_SELECTED] = PART("selected", N_("the selected message"), "on 237", "on 254", "reverse"),
    [THEME_SEARCH_MATCH] = PART("search-match", N_("what was searched for"), "black on 114",
        "black on 157", "bold underline"),
    [THEME_LIST] = PART("list", N_("the list of conversations"), "250", "238", "plain"),
    [THEME_LIST_SELECTED] = PART("list-selected", N_("the open conversation"), "bold white on 238",
        "bold black on 253", "reverse"),
    [THEME_LIST_UNREAD] = PART(
        "list-unread", N_("conversations with something unread"), "bold 231", "bold 16", "bold"),
    [THEME_LIST_MENTION] = PART("list-mention", N_("conversations that name one"), "bold 221",
        "bold 130", "bold underline"),
    [THEME_LIST_MUTED] = PART("list-muted", N_("muted conversations"), "242", "246", "dim"),
    [THEME_TITLE] = PART("title", N_("the line above the messages"), "bold 252 on 236",
        "bold 235 on 253", "bold reverse"),
    [THEME_STATUS] =
        PART("status", N_("the line above the input"), "250 on 236", "236 on 253", "reverse"),
    [THEME_STATUS_ERROR] = PART("status-error", N_("what is wrong, in that line"),
        "bold 215 on 236", "bold 160 on 253", "bold reverse"),
    [THEME_INPUT] = PART("input", N_("what one writes"), "plain", "plain", "plain"),
    [THEME_PROMPT] = PART("prompt", N_("what stands before it"), "bold 75", "bold 25", "bold"),
    [THEME_SEPARATOR] = PART("separator", N_("lines between panes"), "240", "249", "plain"),
    [THEME_ERROR] = PART("error", N_("what went wrong"), "bold 203", "bold 160", "bold"),
};

/* ---- reading and writing styles ---- */

static const struct {
	const char *name;
	uint16_t attribute;
} attributes[] = {
    {"bold", ATTRIBUTE_BOLD},
    {"dim", ATTRIBUTE_DIM},
    {"italic", ATTRIBUTE_ITALIC},
    {"underline", ATTRIBUTE_UNDERLINE},
    {"reverse", ATTRIBUTE_REVERSE},
    {"strike", ATTRIBUTE_STRIKE},
    {"blink", ATTRIBUTE_BLINK},
};

enum { ATTRIBUTES = sizeof attributes / sizeof attributes[0], WORD_SHOWN = 40, DUMP_COLUMN = 44 };

static uint16_t
attribute_find(const char *word, size_t length)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (strlen(attributes[i].name) == length &&
		    strncmp(attributes[i].name, word, length) == 0)
			return attributes[i].attribute;
	return 0;
}

enum status
theme_parse(struct style *style, const char *text, struct error *err)
{
	struct style parsed = {COLOR_DEFAULT, COLOR_DEFAULT, 0};
	bool on = false;
	size_t length;

	for (text += strspn(text, " "); *text; text += length, text += strspn(text, " ")) {
		uint16_t attribute;
		uint32_t color;

		length = strcspn(text, " ");
		if (!on && length == 2 && strncmp(text, "on", 2) == 0) {
			on = true;
		} else if (!on && (attribute = attribute_find(text, length))) {
			parsed.attributes |= attribute;
		} else if (color_parse(&color, text, length)) {
			if (on)
				parsed.bg = color;
			else
				parsed.fg = color;
			on = false;
		} else if (length != 5 || strncmp(text, "plain", 5) != 0) {
			return error_set(err, STATUS_USAGE,
			    _("'%.*s' is neither a colour nor bold, dim, italic, underline, "
			      "reverse, strike or blink"),
			    text_cut(text, (int)(length < WORD_SHOWN ? length : WORD_SHOWN)), text);
		}
	}
	if (on)
		return error_set(err, STATUS_USAGE, _("name a colour behind 'on'"));
	*style = parsed;
	return STATUS_OK;
}

void
theme_put(struct buf *out, const struct style *style)
{
	size_t begin = out->length;

	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (style->attributes & attributes[i].attribute)
			buf_printf(out, "%s%s", out->length > begin ? " " : "", attributes[i].name);
	if (style->fg != COLOR_DEFAULT) {
		buf_add_string(out, out->length > begin ? " " : "");
		color_put(out, style->fg);
	}
	if (style->bg != COLOR_DEFAULT) {
		buf_add_string(out, out->length > begin ? " on " : "on ");
		color_put(out, style->bg);
	}
	if (out->length == begin)
		buf_add_string(out, "plain");
}

/* ---- themes ---- */

static int
theme_number(const char *name)
{
	for (int i = 0; i < THEMES; i++)
		if (strcmp(theme_names[i], name) == 0)
			return i;
	return -1;
}

/* A style of the tables, which are right: a test reads them all. */
static struct style
built_in(enum theme_part part, int number)
{
	struct style style = {COLOR_DEFAULT, COLOR_DEFAULT, 0};

	theme_parse(&style, parts[part].styles[number], NULL);
	return style;
}

/* For a terminal of all colours. */
static struct style
full_style(const struct theme *theme, enum theme_part part)
{
	if (theme->is_own[part])
		return theme->own[part];
	return theme->has_layer[part] ? theme->layer[part] : built_in(part, theme->base);
}

static void
show_part(struct theme *theme, enum theme_part part)
{
	struct style style = full_style(theme, part);

	/* Without colours, what they said is said as the theme without colours says it. */
	if (theme->colors == 0 && (style.fg != COLOR_DEFAULT || style.bg != COLOR_DEFAULT))
		style.attributes |= built_in(part, MONO).attributes;
	theme->shown[part] = color_reduce(style, theme->colors);
}

static void
show(struct theme *theme)
{
	for (int i = 0; i < THEME_COUNT; i++)
		show_part(theme, (enum theme_part)i);
}

void
theme_init(struct theme *theme)
{
	memset(theme, 0, sizeof *theme);
	theme->colors = 1 << 24;
	theme_use(theme, theme_names[DARK]);
}

bool
theme_use(struct theme *theme, const char *name)
{
	int number = theme_number(name);

	if (number < 0)
		return false;
	snprintf(theme->name, sizeof theme->name, "%s", name);
	theme->base = number;
	memset(theme->has_layer, 0, sizeof theme->has_layer);
	show(theme);
	return true;
}

void
theme_use_own(struct theme *theme, const char *name, const struct theme *from)
{
	snprintf(theme->name, sizeof theme->name, "%s", name);
	theme->base = from->base;
	memcpy(theme->layer, from->own, sizeof theme->layer);
	memcpy(theme->has_layer, from->is_own, sizeof theme->has_layer);
	show(theme);
}

const char *
theme_name(int i)
{
	return theme_names[i];
}

static const char *
part_name(const void *arg, int i)
{
	(void)arg;
	return i < THEME_COUNT ? parts[i].info.name : NULL;
}

enum status
theme_set(struct theme *theme, const char *name, const char *text, struct error *err)
{
	enum theme_part part = theme_part_find(name);
	const char *near;
	enum status status;

	if (part == THEME_COUNT) {
		near = nearest(name, part_name, NULL);
		if (near)
			return error_set(err, STATUS_USAGE,
			    _("there is no style '%.*s'; did you mean '%s'?"),
			    text_cut(name, WORD_SHOWN), name, near);
		return error_set(err, STATUS_USAGE, _("there is no style '%.*s'"),
		    text_cut(name, WORD_SHOWN), name);
	}
	if (*text) {
		status = theme_parse(&theme->own[part], text, err);
		if (status != STATUS_OK)
			return status;
	}
	theme->is_own[part] = *text;
	show_part(theme, part);
	return STATUS_OK;
}

void
theme_reduce(struct theme *theme, int colors)
{
	theme->colors = colors;
	show(theme);
}

const struct style *
theme_style(const struct theme *theme, enum theme_part part)
{
	return &theme->shown[part];
}

bool
theme_is_mono(const struct theme *theme)
{
	return theme->colors == 0 || theme->base == MONO;
}

const struct theme_part_info *
theme_part_info(enum theme_part part)
{
	return &parts[part].info;
}

enum theme_part
theme_part_find(const char *name)
{
	int i = 0;

	while (i < THEME_COUNT && strcmp(parts[i].info.name, name) != 0)
		i++;
	return (enum theme_part)i;
}

static void
dump_part(const struct theme *theme, enum theme_part part, bool all, struct buf *out)
{
	bool own = theme->is_own[part];
	struct style style = full_style(theme, part);
	size_t begin = out->length;

	if (!own && !all)
		return;
	buf_printf(out, "%sstyle %s ", own ? "" : "#", parts[part].info.name);
	theme_put(out, &style);
	while (all && out->length - begin < DUMP_COLUMN && buf_add_char(out, ' '))
		;
	if (all)
		buf_printf(out, " # %s", _(parts[part].info.help));
	buf_add_char(out, '\n');
}

void
theme_dump(const struct theme *theme, bool all, struct buf *out)
{
	bool usual = strcmp(theme->name, theme_names[DARK]) == 0;

	if (all || !usual)
		buf_printf(out, "%stheme %s\n", usual ? "#" : "", theme->name);
	for (int i = 0; i < THEME_COUNT; i++)
		dump_part(theme, (enum theme_part)i, all, out);
}
