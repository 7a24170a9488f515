/*
 * Bytes from a terminal, made into keys, text, pastes and the mouse. Pure: it reads and waits for
 * nothing. The bytes may be anything.
 *
 * A key is named as tui/bind.h does, in that canonical form: "C-a", "M-1", "C-M-x", "Enter",
 * "M-Enter", "S-Tab", "Escape", "C-Space", "Backspace", "C-Left", "M-S-Up", "F1"… A character by
 * itself is text. ESC before a key makes it "M-". A sequence that means nothing is dropped whole.
 */
#ifndef TERN_TUI_KEYPRESS_H
#define TERN_TUI_KEYPRESS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	KEY_NAME_SIZE = 24,    /* of a key's name, with its 0 */
	KEY_FEED_MAX = 4096,   /* bytes that key_reader_feed() always takes of a drained reader */
	KEY_ESCAPE_DELAY = 25, /* milliseconds after which a lone ESC is a key */
};

enum key_kind {
	KEY_NONE,
	KEY_TEXT,  /* one character or a run of several: text, length */
	KEY_NAMED, /* name */
	KEY_PASTE, /* a piece of a paste: text, length, more */
	KEY_MOUSE, /* name, row, column */
	KEY_FOCUS, /* focused */
};

struct keypress {
	enum key_kind kind;
	/*
	 * KEY_NAMED: the key. KEY_MOUSE: with modifiers before it, "Press1" (left), "Press2"
	 * (middle), "Press3" (right), "Drag1"…, "Release1"… ("Release" where the terminal doesn't
	 * say of which), "Move", "WheelUp", "WheelDown", "WheelLeft" or "WheelRight".
	 */
	char name[KEY_NAME_SIZE];
	/*
	 * KEY_TEXT: no controls (bytes under 0x20, and 0x7f), but maybe bytes that aren't UTF-8.
	 * KEY_PASTE: anything. Neither ends within a character or within CR LF, except where the
	 * paste itself does. Borrowed until the reader is next called.
	 */
	const char *text;
	size_t length;   /* bytes; of a paste's last piece maybe 0 */
	int row, column; /* from 0; they may lie outside of the screen */
	bool more;       /* another piece of this paste follows */
	bool focused;    /* the terminal got the focus, or lost it */
};

/* A sequence that terminfo names: bytes up to a 0, and the key's name. */
struct key_sequence {
	const char *bytes;
	const char *name;
};

struct key_reader;

/*
 * The table (copied; NULL with a count of 0) comes before all that the reader knows by itself,
 * which are the sequences of xterm, rxvt, the VTs and the Linux console, of modifyOtherKeys and
 * CSI u. So give it what the keys by themselves send (kbs, kcuu1, kf1 to kf12 …), not kf13 and on,
 * which for xterm are F1 with Shift. Entries with an empty or printable beginning or a name that is
 * too long are left out. key_reader_destroy() frees, and accepts NULL.
 */
struct key_reader *key_reader_create(const struct key_sequence *table, size_t count);
void key_reader_destroy(struct key_reader *reader);

/*
 * Takes bytes, and returns how many: all, as long as key_reader_next() was called until it was
 * false and there are at most KEY_FEED_MAX. The rest is to be fed again after the next keys were
 * taken out.
 */
size_t key_reader_feed(struct key_reader *reader, const char *bytes, size_t length);

/*
 * Takes the next key out. False (and KEY_NONE) when more bytes are needed. timed_out tells that
 * nothing came for KEY_ESCAPE_DELAY: what could begin a sequence is a key now, as a lone ESC is.
 */
bool key_reader_next(struct key_reader *reader, struct keypress *key, bool timed_out);

/* Whether key_reader_next() with timed_out would give a key: whether to wait no longer than that.
 */
bool key_reader_is_waiting(const struct key_reader *reader);

/* Forgets what was fed, and a paste that has not ended. */
void key_reader_reset(struct key_reader *reader);

#endif
