/* Names of keys, of what terminals send for them. */
#ifndef TERN_TUI_KEYPRESS_NAME_H
#define TERN_TUI_KEYPRESS_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/keypress.h"

/* Modifiers, as xterm counts them. */
enum { KEY_SHIFT = 1, KEY_META = 2, KEY_CTRL = 4 };

/* Writes the canonical name of a key ("Left", a character …) with modifiers; false where there is
 * none. */
bool key_name_with(char name[KEY_NAME_SIZE], unsigned modifiers, const char *base);

/* As key_name_with(), but for names of the mouse, which can't be bound. */
void key_name_of_mouse(char name[KEY_NAME_SIZE], unsigned modifiers, const char *base);

/* What a sequence means: the key's name, NULL where it has none, and modifiers added to *modifiers.
 */
const char *key_of_csi_letter(char letter, unsigned *modifiers); /* CSI … A */
const char *key_of_csi_number(int number);                       /* CSI 5 ~ */
const char *key_of_ss3_letter(char letter, unsigned *modifiers); /* ESC O A */
const char *key_of_linux_letter(char letter);                    /* CSI [ A */

/*
 * The key of a code point, as CSI u and modifyOtherKeys have it: its name, or the character written
 * to character. NULL where it is none.
 */
const char *key_of_code(char character[8], uint32_t code);

#endif
