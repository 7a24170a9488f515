/* What was changed, step by step, to undo and redo. */
#ifndef TERN_TUI_EDIT_UNDO_H
#define TERN_TUI_EDIT_UNDO_H

#include <stdbool.h>
#include <stddef.h>

enum {
	UNDO_STEPS_MAX = 1000,
	UNDO_BYTES_MAX = 1024 * 1024, /* of texts; the oldest steps go first */
};

/* At `at`, `removed` gave way to `inserted`. */
struct undo_step {
	size_t at;
	char *removed, *inserted; /* owned */
	size_t removed_length, inserted_length;
	size_t cursor; /* before */
};

struct undo {
	struct undo_step *steps; /* owned */
	size_t count, room;
	size_t done; /* steps[done …] were undone */
	size_t bytes;
	bool closed; /* the next step doesn't join the last */
};

/* Starts as zeros. Forgets all. */
void undo_clear(struct undo *undo);

/* Takes a step down (its texts are copied); what was undone can't be redone any more. A step that
 * only inserts, right behind one that did, and is as short as a typed one, joins it, up to a word's
 * end. */
void undo_record(struct undo *undo, const struct undo_step *step);

/* The step to take back, or to do again: borrowed until the next call; NULL where there is none. */
const struct undo_step *undo_back(struct undo *undo);
const struct undo_step *undo_again(struct undo *undo);

#endif
