#include "tui/keypress_name.h"

#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "tui/bind_name.h"

_Static_assert((int)KEY_NAME_SIZE == (int)BIND_NAME_SIZE, "a key's name is one size");

/* By their letters in CSI and SS3 sequences. */
static const struct {
	char letter;
	const char *name;
	unsigned modifiers;
} csi_letters[] = {
    {'A', "Up", 0},
    {'B', "Down", 0},
    {'C', "Right", 0},
    {'D', "Left", 0},
    {'H', "Home", 0},
    {'F', "End", 0},
    {'P', "F1", 0},
    {'Q', "F2", 0},
    {'R', "F3", 0},
    {'S', "F4", 0},
    {'Z', "Tab", KEY_SHIFT},
    /* rxvt */
    {'a', "Up", KEY_SHIFT},
    {'b', "Down", KEY_SHIFT},
    {'c', "Right", KEY_SHIFT},
    {'d', "Left", KEY_SHIFT},
};
static const struct {
	char letter;
	const char *name;
	unsigned modifiers;
} ss3_letters[] = {
    {'A', "Up", 0},
    {'B', "Down", 0},
    {'C', "Right", 0},
    {'D', "Left", 0},
    {'H', "Home", 0},
    {'F', "End", 0},
    {'P', "F1", 0},
    {'Q', "F2", 0},
    {'R', "F3", 0},
    {'S', "F4", 0},
    /* rxvt */
    {'a', "Up", KEY_CTRL},
    {'b', "Down", KEY_CTRL},
    {'c', "Right", KEY_CTRL},
    {'d', "Left", KEY_CTRL},
    /* the keypad in application mode */
    {'I', "Tab", 0},
    {'M', "Enter", 0},
    {' ', "Space", 0},
    {'X', "=", 0},
    {'j', "*", 0},
    {'k', "+", 0},
    {'l', ",", 0},
    {'m', "-", 0},
    {'n', ".", 0},
    {'o', "/", 0},
    {'p', "0", 0},
    {'q', "1", 0},
    {'r', "2", 0},
    {'s', "3", 0},
    {'t', "4", 0},
    {'u', "5", 0},
    {'v', "6", 0},
    {'w', "7", 0},
    {'x', "8", 0},
    {'y', "9", 0},
};

/* CSI NUMBER ~: as the VT220 numbered them; 1 and 4 are also 7 and 8. */
static const char *const csi_numbers[] = {
    [1] = "Home",
    [2] = "Insert",
    [3] = "Delete",
    [4] = "End",
    [5] = "PageUp",
    [6] = "PageDown",
    [7] = "Home",
    [8] = "End",
    [11] = "F1",
    [12] = "F2",
    [13] = "F3",
    [14] = "F4",
    [15] = "F5",
    [17] = "F6",
    [18] = "F7",
    [19] = "F8",
    [20] = "F9",
    [21] = "F10",
    [23] = "F11",
    [24] = "F12",
    [25] = "F13",
    [26] = "F14",
    [28] = "F15",
    [29] = "F16",
    [31] = "F17",
    [32] = "F18",
    [33] = "F19",
    [34] = "F20",
};

static const struct {
	uint32_t code;
	const char *name;
} codes[] = {
    {8, "Backspace"},
    {9, "Tab"},
    {13, "Enter"},
    {27, "Escape"},
    {32, "Space"},
    {127, "Backspace"},
};

/* The private code points of the kitty protocol for what isn't a character: those from first on. */
static const char *const kitty_functions[] = {
    "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24"};
static const char *const kitty_keypad[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".",
    "/", "*", "-", "+", "Enter", "=", ",", "Left", "Right", "Up", "Down", "PageUp", "PageDown",
    "Home", "End", "Insert", "Delete"};
enum {
	KITTY_FIRST = 57344,
	KITTY_F13 = 57376,
	KITTY_KEYPAD = 57399,
	KITTY_LAST = 63743,
};

static const char *const linux_letters[] = {"F1", "F2", "F3", "F4", "F5"};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

void
key_name_of_mouse(char name[KEY_NAME_SIZE], unsigned modifiers, const char *base)
{
	snprintf(name, KEY_NAME_SIZE, "%s%s%s%s", modifiers & KEY_CTRL ? "C-" : "",
	    modifiers & KEY_META ? "M-" : "", modifiers & KEY_SHIFT ? "S-" : "", base);
}

bool
key_name_with(char name[KEY_NAME_SIZE], unsigned modifiers, const char *base)
{
	char spelled[KEY_NAME_SIZE];

	key_name_of_mouse(spelled, modifiers, base);
	return key_name_canonical(name, spelled, strlen(spelled));
}

const char *
key_of_csi_letter(char letter, unsigned *modifiers)
{
	for (size_t i = 0; i < COUNT(csi_letters); i++)
		if (csi_letters[i].letter == letter) {
			*modifiers |= csi_letters[i].modifiers;
			return csi_letters[i].name;
		}
	return NULL;
}

const char *
key_of_ss3_letter(char letter, unsigned *modifiers)
{
	for (size_t i = 0; i < COUNT(ss3_letters); i++)
		if (ss3_letters[i].letter == letter) {
			*modifiers |= ss3_letters[i].modifiers;
			return ss3_letters[i].name;
		}
	return NULL;
}

const char *
key_of_csi_number(int number)
{
	return number >= 0 && number < (int)COUNT(csi_numbers) ? csi_numbers[number] : NULL;
}

const char *
key_of_linux_letter(char letter)
{
	return letter >= 'A' && letter < 'A' + (int)COUNT(linux_letters)
	           ? linux_letters[letter - 'A']
	           : NULL;
}

const char *
key_of_code(char character[8], uint32_t code)
{
	int length;

	for (size_t i = 0; i < COUNT(codes); i++)
		if (codes[i].code == code)
			return codes[i].name;
	if (code >= KITTY_F13 && code - KITTY_F13 < COUNT(kitty_functions))
		return kitty_functions[code - KITTY_F13];
	if (code >= KITTY_KEYPAD && code - KITTY_KEYPAD < COUNT(kitty_keypad))
		return kitty_keypad[code - KITTY_KEYPAD];
	if (code >= KITTY_FIRST && code <= KITTY_LAST)
		return NULL;
	length = u8_uctomb((uint8_t *)character, code, 7);
	if (length <= 0)
		return NULL;
	character[length] = '\0';
	return character;
}
