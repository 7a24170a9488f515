#include "tui/keypress_sequence.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tui/keypress_name.h"

enum {
	PARAMETERS_MAX = 4,
	PARTS_MAX = 3,         /* of a parameter, with ':' between */
	NUMBER_MAX = 0x200000, /* larger ones count as this */
	MISSING = -1,

	EVENT_RELEASE = 3,
	BIT_SUPER = 8,
	BIT_HYPER = 16,
	BIT_META = 32,

	MOUSE_SHIFT = 4,
	MOUSE_META = 8,
	MOUSE_CTRL = 16,
	MOUSE_MOTION = 32,
	MOUSE_WHEEL = 64,
	MOUSE_BUTTON = 3,
	MOUSE_KNOWN = 127,
	X10_LENGTH = 6,
	X10_BASE = 32,
};

/* A sequence's parts. */
struct sequence {
	char private; /* '<', '=', '>', '?', or 0 */
	int number[PARAMETERS_MAX][PARTS_MAX];
	int count; /* of parameters; 0 where there are none at all */
	char final;
	bool odd; /* there are bytes in it that the keys don't have */
};

bool
sequence_is_final(char byte)
{
	return byte >= 0x40 && byte <= 0x7e;
}

bool
sequence_is_inner(char byte)
{
	return byte >= 0x20 && byte <= 0x3f;
}

/* Reads what stands between the introducer and the final byte. */
static void
parse(struct sequence *s, const char *inner, size_t length, char final)
{
	int parameter = 0, part = 0;

	memset(s, 0, sizeof *s);
	for (int i = 0; i < PARAMETERS_MAX; i++)
		for (int j = 0; j < PARTS_MAX; j++)
			s->number[i][j] = MISSING;
	s->final = final;
	if (length && strchr("<=>?", *inner)) {
		s->private = *inner++;
		length--;
	}
	for (size_t i = 0; i < length; i++) {
		bool kept = parameter < PARAMETERS_MAX && part < PARTS_MAX;

		if (inner[i] == ';') {
			parameter++;
			part = 0;
		} else if (inner[i] == ':') {
			part++;
		} else if (inner[i] < '0' || inner[i] > '9') {
			s->odd = true;
		} else if (kept) {
			int *n = &s->number[parameter][part];

			*n = (*n == MISSING ? 0 : *n) * 10 + inner[i] - '0';
			if (*n > NUMBER_MAX)
				*n = NUMBER_MAX;
		}
	}
	s->count = length ? parameter + 1 : 0;
}

static int
number_or(const struct sequence *s, int parameter, int part, int otherwise)
{
	int n = s->number[parameter][part];

	return n == MISSING ? otherwise : n;
}

/* Adds the modifiers that a parameter has. False where it isn't a key pressed with ours alone. */
static bool
add_modifiers(const struct sequence *s, int parameter, unsigned *modifiers)
{
	int bits = number_or(s, parameter, 0, 1) - 1;

	if (bits < 0 || bits > 255 || (bits & (BIT_SUPER | BIT_HYPER)))
		return false;
	if (number_or(s, parameter, 1, 1) == EVENT_RELEASE)
		return false;
	if (bits & BIT_META)
		bits |= KEY_META;
	*modifiers |= (unsigned)bits & (KEY_SHIFT | KEY_META | KEY_CTRL);
	return true;
}

static enum sequence_result
named(struct keypress *key, const char *base, unsigned modifiers)
{
	if (!base || !key_name_with(key->name, modifiers, base))
		return SEQUENCE_NOTHING;
	key->kind = KEY_NAMED;
	return SEQUENCE_KEY;
}

/* Whether a character says by itself that Shift was pressed. With Ctrl a letter doesn't: both cases
 * have one name. */
static bool
is_said(int code, unsigned modifiers, bool shifted)
{
	bool upper = code >= 'A' && code <= 'Z';
	bool letter = upper || (code >= 'a' && code <= 'z');

	return letter ? upper && !(modifiers & KEY_CTRL) : shifted;
}

/*
 * A key by its code point: CSI code:shifted;modifiers u, or, of modifyOtherKeys, CSI
 * 27;modifiers;code ~, where the code is that of what Shift already made.
 */
static enum sequence_result
coded(struct keypress *key, const struct sequence *s)
{
	bool other = s->final == '~';
	int code = number_or(s, other ? 2 : 0, 0, 0);
	int shifted = other ? MISSING : s->number[0][1];
	unsigned modifiers = 0;
	char character[8];
	const char *base;

	if (!add_modifiers(s, 1, &modifiers))
		return SEQUENCE_NOTHING;
	if (shifted > 0 && (modifiers & KEY_SHIFT)) {
		code = shifted;
		modifiers &= ~(unsigned)KEY_SHIFT;
	}
	base = key_of_code(character, (uint32_t)code);
	if (base == character && is_said(code, modifiers, other))
		modifiers &= ~(unsigned)KEY_SHIFT;
	if (base && strcmp(base, "Space") == 0 && modifiers == KEY_SHIFT)
		modifiers = 0;
	return named(key, base, modifiers);
}

/* A report of the mouse: the bits of the button, and the place from 1. */
static enum sequence_result
mouse(struct keypress *key, int bits, int column, int row, bool release)
{
	static const char *const wheel[] = {"WheelUp", "WheelDown", "WheelLeft", "WheelRight"};
	const char *base;
	char numbered[16];
	int button = bits & MOUSE_BUTTON;
	unsigned modifiers = 0;

	if (bits < 0 || bits > MOUSE_KNOWN || column < 1 || row < 1)
		return SEQUENCE_NOTHING;
	base = release ? "Release" : bits & MOUSE_MOTION ? "Drag" : "Press";
	snprintf(numbered, sizeof numbered, "%s%d", base, button + 1);
	base = numbered;
	if (bits & MOUSE_WHEEL) {
		if (release)
			return SEQUENCE_NOTHING;
		base = wheel[button];
	} else if (button == MOUSE_BUTTON) {
		base = bits & MOUSE_MOTION ? "Move" : "Release";
	}
	modifiers |= bits & MOUSE_SHIFT ? KEY_SHIFT : 0;
	modifiers |= bits & MOUSE_META ? KEY_META : 0;
	modifiers |= bits & MOUSE_CTRL ? KEY_CTRL : 0;
	key_name_of_mouse(key->name, modifiers, base);
	key->kind = KEY_MOUSE;
	key->row = row - 1;
	key->column = column - 1;
	return SEQUENCE_KEY;
}

/* CSI < button ; column ; row M or m, and rxvt's CSI button+32 ; column ; row M. */
static enum sequence_result
mouse_numbers(struct keypress *key, const struct sequence *s)
{
	if (s->count != 3)
		return SEQUENCE_NOTHING;
	return mouse(key, number_or(s, 0, 0, 0) - (s->private ? 0 : X10_BASE),
	    number_or(s, 1, 0, 0), number_or(s, 2, 0, 0), s->final == 'm');
}

static enum sequence_result
numbered(struct keypress *key, const struct sequence *s)
{
	unsigned modifiers = 0;
	int number = number_or(s, 0, 0, 0);

	if (s->final == '~' && number == 200)
		return SEQUENCE_PASTE;
	if (s->final == '~' && number == 27 && s->count > 2)
		return coded(key, s);
	/* rxvt says the modifier by the last byte. */
	if (s->final == '^' || s->final == '@')
		modifiers |= KEY_CTRL;
	if (s->final == '$' || s->final == '@')
		modifiers |= KEY_SHIFT;
	if (!add_modifiers(s, 1, &modifiers))
		return SEQUENCE_NOTHING;
	return named(key, key_of_csi_number(number), modifiers);
}

static enum sequence_result
lettered(struct keypress *key, const struct sequence *s,
    const char *(*name_of)(char letter, unsigned *modifiers))
{
	unsigned modifiers = 0;
	const char *base = name_of(s->final, &modifiers);

	/* Old terminals have the modifiers as the only parameter. */
	if (!add_modifiers(s, s->count == 1 ? 0 : 1, &modifiers))
		return SEQUENCE_NOTHING;
	return named(key, base, modifiers);
}

static enum sequence_result
csi(struct keypress *key, const struct sequence *s)
{
	if (s->odd || (s->private && s->private != '<'))
		return SEQUENCE_NOTHING;
	if (s->final == 'M' || (s->final == 'm' && s->private))
		return mouse_numbers(key, s);
	if (s->private)
		return SEQUENCE_NOTHING;
	switch (s->final) {
	case '~':
	case '^':
	case '$':
	case '@':
		return numbered(key, s);
	case 'u':
		return coded(key, s);
	case 'I':
	case 'O':
		if (s->count)
			return SEQUENCE_NOTHING;
		key->kind = KEY_FOCUS;
		key->focused = s->final == 'I';
		return SEQUENCE_KEY;
	default:
		return lettered(key, s, key_of_csi_letter);
	}
}

/* ESC [ M and three bytes. */
static enum sequence_result
mouse_bytes(struct keypress *key, size_t *used, const char *bytes, size_t length)
{
	for (*used = 3; *used < X10_LENGTH; ++*used) {
		if (*used == length)
			return SEQUENCE_MORE;
		if ((unsigned char)bytes[*used] < X10_BASE)
			return SEQUENCE_NOTHING;
	}
	return mouse(key, (unsigned char)bytes[3] - X10_BASE, (unsigned char)bytes[4] - X10_BASE,
	    (unsigned char)bytes[5] - X10_BASE, false);
}

/* A byte that can't stand there: the sequence ends before it. Right after the introducer it was a
 * key with Alt instead. */
static enum sequence_result
broken(struct keypress *key, size_t used, const char *introducer)
{
	return used == 2 ? named(key, introducer, KEY_META) : SEQUENCE_NOTHING;
}

/* Whether '$' at that place is a last byte, as rxvt's of Shift: behind one number alone. */
static bool
is_rxvt_shift(const char *bytes, size_t at)
{
	if (bytes[at] != '$' || at < 3 || at > 4)
		return false;
	for (size_t i = 2; i < at; i++)
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
	return true;
}

enum sequence_result
sequence_csi(struct keypress *key, size_t *used, const char *bytes, size_t length)
{
	struct sequence s;

	if (length > 2 && bytes[2] == 'M')
		return mouse_bytes(key, used, bytes, length);
	if (length > 2 && bytes[2] == '[') {
		*used = 4;
		if (length < 4)
			return SEQUENCE_MORE;
		if (sequence_is_final(bytes[3]))
			return named(key, key_of_linux_letter(bytes[3]), 0);
		*used = 3;
		return SEQUENCE_NOTHING;
	}
	for (*used = 2; *used < length && *used < SEQUENCE_MAX; ++*used) {
		size_t at = *used;

		if (sequence_is_final(bytes[at]) || is_rxvt_shift(bytes, at)) {
			parse(&s, bytes + 2, at - 2, bytes[at]);
			++*used;
			return csi(key, &s);
		}
		if (!sequence_is_inner(bytes[at]))
			return broken(key, at, "[");
	}
	return *used == SEQUENCE_MAX ? SEQUENCE_LONG : SEQUENCE_MORE;
}

enum sequence_result
sequence_ss3(struct keypress *key, size_t *used, const char *bytes, size_t length)
{
	struct sequence s;

	for (*used = 2; *used < length && *used < SEQUENCE_MAX; ++*used) {
		size_t at = *used;

		if (sequence_is_final(bytes[at]) || (bytes[at] == ' ' && at == 2)) {
			parse(&s, bytes + 2, at - 2, bytes[at]);
			++*used;
			return s.odd || s.private ? SEQUENCE_NOTHING
			                          : lettered(key, &s, key_of_ss3_letter);
		}
		if (!sequence_is_inner(bytes[at]))
			return broken(key, at, "O");
	}
	return *used == SEQUENCE_MAX ? SEQUENCE_LONG : SEQUENCE_MORE;
}
