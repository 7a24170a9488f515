/*
 * Keys and what they do: sequences of up to three keys, each bound to one action.
 *
 * A key is named as a person would: modifiers "C-" (Ctrl), "M-" (Alt), "S-" (Shift), in this order,
 * then a character or one of Enter, Tab, Escape, Backspace, Delete, Insert, Home, End, Up, Down,
 * Left, Right, PageUp, PageDown, Space, F1 to F24. "Ctrl-", "Alt-", "Meta-", "Shift-" and "^X" are
 * understood too. A sequence is its keys with a space between: "C-x C-e".
 */
#ifndef TERN_TUI_BIND_H
#define TERN_TUI_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "tui/action.h"

enum {
	BIND_KEYS_MAX = 3,
	BIND_NAME_SIZE = 24, /* of one key's name, with its 0 */
	BIND_SEQUENCE_SIZE = BIND_KEYS_MAX * BIND_NAME_SIZE,
	BIND_COUNT_MAX = 1000,
};

struct binding {
	char keys[BIND_SEQUENCE_SIZE]; /* canonical */
	enum action action;
};

struct bindings {
	struct binding *list; /* owned; in the order in which they were made */
	size_t count;
	size_t room;
};

/* The keys pressed so far of a longer sequence; starts as zeros. */
struct bind_pending {
	char keys[BIND_SEQUENCE_SIZE]; /* canonical, for showing too; "" where there are none */
};

enum bind_result {
	BIND_NOTHING, /* the keys mean nothing, and are forgotten */
	BIND_PREFIX,  /* another key is awaited */
	BIND_FOUND,
};

/* The defaults of action.c. bind_finish() frees. */
void bind_init(struct bindings *bindings);
void bind_finish(struct bindings *bindings);

/*
 * Binds a sequence. What it makes unreachable goes: its own former action, and sequences that it
 * begins or that begin it. USAGE for keys or an action that don't exist, and for a first key that
 * writes a character.
 */
enum status
bind_set(struct bindings *bindings, const char *keys, const char *action, struct error *err);

/* Takes a sequence's binding away, where it has one. USAGE for keys that don't exist. */
enum status bind_unset(struct bindings *bindings, const char *keys, struct error *err);

/* Writes the canonical form of a sequence. USAGE. */
enum status bind_canonical(char out[BIND_SEQUENCE_SIZE], const char *keys, struct error *err);

/* What a canonical sequence does. */
enum bind_result bind_find(const struct bindings *bindings, const char *keys, enum action *action);

/*
 * Takes one key, as the terminal's decoder names it, or a character by itself. Where the answer is
 * BIND_NOTHING and *pending had keys before, the whole sequence is dropped; otherwise the key is
 * the caller's to use (to write it).
 */
enum bind_result bind_press(const struct bindings *bindings, struct bind_pending *pending,
    const char *key, enum action *action);

/* The i-th sequence (0…) that an action is bound to; NULL behind the last. Borrowed. */
const char *bind_keys_of(const struct bindings *bindings, enum action action, size_t i);

/* Appends all bindings as lines of the configuration, by group, each with its help. */
void bind_dump(const struct bindings *bindings, struct buf *out);

/* Appends the lines that make the defaults into these. */
void bind_dump_changes(const struct bindings *bindings, struct buf *out);

#endif
