#include "tui/edit_undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	RUN_BYTES = 20,   /* typed ones that are undone together at least, to the end of the word */
	TYPED_BYTES = 64, /* more at once is a paste: its pieces are one step */
};

static size_t
weight(const struct undo_step *step)
{
	return step->removed_length + step->inserted_length;
}

static void
step_finish(struct undo *undo, struct undo_step *step)
{
	undo->bytes -= weight(step);
	free(step->removed);
	free(step->inserted);
}

static void
drop_undone(struct undo *undo)
{
	while (undo->count > undo->done)
		step_finish(undo, &undo->steps[--undo->count]);
}

void
undo_clear(struct undo *undo)
{
	undo->done = 0;
	drop_undone(undo);
	free(undo->steps);
	memset(undo, 0, sizeof *undo);
}

static bool
is_word_begin(const struct undo_step *last, const struct undo_step *step)
{
	char before = last->inserted[last->inserted_length - 1];
	char after = step->inserted[0];

	return after == '\n' || ((before == ' ' || before == '\n') && after != ' ');
}

static bool
joins(const struct undo *undo, const struct undo_step *last, const struct undo_step *step)
{
	bool paste = step->inserted_length > TYPED_BYTES;

	if (undo->closed || last->removed_length || step->removed_length ||
	    !last->inserted_length || !step->inserted_length ||
	    last->at + last->inserted_length != step->at)
		return false;
	if (paste)
		return last->inserted_length > TYPED_BYTES;
	return last->inserted_length < RUN_BYTES ||
	       (last->inserted_length <= TYPED_BYTES && !is_word_begin(last, step));
}

static void
drop_oldest(struct undo *undo)
{
	size_t drop = 0;

	while (drop + 1 < undo->count &&
	       (undo->count - drop > UNDO_STEPS_MAX || undo->bytes > UNDO_BYTES_MAX))
		step_finish(undo, &undo->steps[drop++]);
	if (!drop)
		return;
	undo->count -= drop;
	memmove(undo->steps, undo->steps + drop, undo->count * sizeof *undo->steps);
}

void
undo_record(struct undo *undo, const struct undo_step *step)
{
	struct undo_step *last;

	drop_undone(undo);
	undo->bytes += weight(step);
	last = undo->count ? &undo->steps[undo->count - 1] : NULL;
	if (last && joins(undo, last, step)) {
		last->inserted = mem_resize(
		    last->inserted, last->inserted_length + step->inserted_length + 1, 1);
		memcpy(
		    last->inserted + last->inserted_length, step->inserted, step->inserted_length);
		last->inserted_length += step->inserted_length;
		last->inserted[last->inserted_length] = '\0';
	} else {
		if (undo->count == undo->room) {
			undo->room = undo->room ? 2 * undo->room : 16;
			undo->steps = mem_resize(undo->steps, undo->room, sizeof *undo->steps);
		}
		last = &undo->steps[undo->count++];
		*last = *step;
		last->removed =
		    mem_strndup(step->removed ? step->removed : "", step->removed_length);
		last->inserted =
		    mem_strndup(step->inserted ? step->inserted : "", step->inserted_length);
	}
	undo->closed = false;
	drop_oldest(undo);
	undo->done = undo->count;
}

const struct undo_step *
undo_back(struct undo *undo)
{
	undo->closed = true;
	return undo->done ? &undo->steps[--undo->done] : NULL;
}

const struct undo_step *
undo_again(struct undo *undo)
{
	undo->closed = true;
	return undo->done < undo->count ? &undo->steps[undo->done++] : NULL;
}
