#include "tui/bind_name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistr.h>

#include "base/gettext.h"
#include "base/text.h"

enum { CTRL = 1, META = 2, SHIFT = 4 };

static const struct {
	const char *prefix;
	int modifier;
} prefixes[] = {
    {"C-", CTRL},
    {"Ctrl-", CTRL},
    {"Control-", CTRL},
    {"M-", META},
    {"A-", META},
    {"Alt-", META},
    {"Meta-", META},
    {"S-", SHIFT},
    {"Shift-", SHIFT},
};

/* Names that mean a key, and how it is called here. */
static const struct {
	const char *name, *canonical;
} names[] = {
    {"Enter", "Enter"},
    {"Return", "Enter"},
    {"RET", "Enter"},
    {"Tab", "Tab"},
    {"Escape", "Escape"},
    {"Esc", "Escape"},
    {"Backspace", "Backspace"},
    {"BS", "Backspace"},
    {"Delete", "Delete"},
    {"Del", "Delete"},
    {"Insert", "Insert"},
    {"Ins", "Insert"},
    {"Home", "Home"},
    {"End", "End"},
    {"Up", "Up"},
    {"Down", "Down"},
    {"Left", "Left"},
    {"Right", "Right"},
    {"PageUp", "PageUp"},
    {"PgUp", "PageUp"},
    {"PageDown", "PageDown"},
    {"PgDn", "PageDown"},
    {"Space", "Space"},
    {"SPC", "Space"},
};

/* What a terminal sends the same byte for. */
static const struct {
	char with_ctrl;
	const char *canonical;
	int modifier;
} controls[] = {
    {'i', "Tab", 0},
    {'m', "Enter", 0},
    {'[', "Escape", 0},
    {'?', "Backspace", 0},
    {'@', "Space", CTRL},
};

/* Takes a modifier from the front of a name, where there is one with a key behind it. */
static int
take_modifier(const char **name, size_t *length)
{
	if (*length > 1 && **name == '^') {
		++*name;
		--*length;
		return CTRL;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t size = strlen(prefixes[i].prefix);

		if (*length > size && strncasecmp(*name, prefixes[i].prefix, size) == 0) {
			*name += size;
			*length -= size;
			return prefixes[i].modifier;
		}
	}
	return 0;
}

/* F1 to F24. */
static bool
is_function_key(const char *name, size_t length)
{
	int number = 0;

	if (length < 2 || length > 3 || (*name != 'F' && *name != 'f') || name[1] == '0')
		return false;
	for (size_t i = 1; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return false;
		number = number * 10 + name[i] - '0';
	}
	return number >= 1 && number <= 24;
}

/* The key by itself: its canonical name to base. */
static bool
name_base(char base[BIND_NAME_SIZE], const char *name, size_t length)
{
	ucs4_t c;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i].name) == length &&
		    strncasecmp(names[i].name, name, length) == 0) {
			snprintf(base, BIND_NAME_SIZE, "%s", names[i].canonical);
			return true;
		}
	if (is_function_key(name, length)) {
		snprintf(base, BIND_NAME_SIZE, "F%.*s", (int)length - 1, name + 1);
		return true;
	}
	if (length == 1 && *name == ' ') {
		snprintf(base, BIND_NAME_SIZE, "Space");
		return true;
	}
	if (length < 1 || length > 4 || !text_is_utf8(name, length) ||
	    u8_mblen((const uint8_t *)name, length) != (int)length)
		return false;
	u8_mbtouc(&c, (const uint8_t *)name, length);
	snprintf(base, BIND_NAME_SIZE, "%.*s", (int)length, name);
	return !text_is_harmful(c);
}

static bool
is_character(const char *base)
{
	return u8_strmblen((const uint8_t *)base) == (int)strlen(base);
}

/* What can't be told apart gets one name. */
static void
unite(char base[BIND_NAME_SIZE], int *modifiers)
{
	if (!is_character(base))
		return;
	if ((*modifiers & CTRL) && *base >= 'A' && *base <= 'Z')
		*base = (char)(*base - 'A' + 'a');
	if (!(*modifiers & CTRL) && (*modifiers & SHIFT) && *base >= 'a' && *base <= 'z') {
		*base = (char)(*base - 'a' + 'A');
		*modifiers &= ~SHIFT;
	}
	for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
		if ((*modifiers & CTRL) && *base == controls[i].with_ctrl && !base[1]) {
			snprintf(base, BIND_NAME_SIZE, "%s", controls[i].canonical);
			*modifiers = (*modifiers & ~CTRL) | controls[i].modifier;
			return;
		}
}

bool
key_name_canonical(char out[BIND_NAME_SIZE], const char *name, size_t length)
{
	char base[BIND_NAME_SIZE];
	int modifiers = 0, modifier;
	int written;

	while ((modifier = take_modifier(&name, &length))) {
		if (modifiers & modifier)
			return false;
		modifiers |= modifier;
	}
	if (!name_base(base, name, length))
		return false;
	unite(base, &modifiers);
	written = snprintf(out, BIND_NAME_SIZE, "%s%s%s%s", modifiers & CTRL ? "C-" : "",
	    modifiers & META ? "M-" : "", modifiers & SHIFT ? "S-" : "", base);
	return written > 0 && written < BIND_NAME_SIZE;
}

bool
key_name_is_text(const char *name)
{
	return is_character(name) || strcmp(name, "Space") == 0;
}

enum status
bind_canonical(char out[BIND_SEQUENCE_SIZE], const char *keys, struct error *err)
{
	size_t used = 0;
	int count = 0;

	out[0] = '\0';
	for (;;) {
		char name[BIND_NAME_SIZE];
		size_t length;

		keys += strspn(keys, " ");
		length = strcspn(keys, " ");
		if (!length)
			break;
		if (!key_name_canonical(name, keys, length))
			return error_set(err, STATUS_USAGE, _("'%.*s' is not the name of a key"),
			    text_cut(keys, (int)(length < 40 ? length : 40)), keys);
		if (count == BIND_KEYS_MAX)
			return error_set(
			    err, STATUS_USAGE, _("a sequence has at most %d keys"), BIND_KEYS_MAX);
		used += (size_t)snprintf(
		    out + used, BIND_SEQUENCE_SIZE - used, "%s%s", count ? " " : "", name);
		count++;
		keys += length;
	}
	if (!count)
		return error_set(err, STATUS_USAGE, _("name a key"));
	return STATUS_OK;
}
