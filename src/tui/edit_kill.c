#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/mem.h"
#include "tui/edit_internal.h"

/* ---- cutting, and what becomes of it ---- */

static void
ring_push(struct edit *edit, char *text)
{
	free(edit->ring[KILL_RING - 1]);
	memmove(edit->ring + 1, edit->ring, (KILL_RING - 1) * sizeof edit->ring[0]);
	edit->ring[0] = text;
}

/* Joins what was cut to the newest of the ring, on the side on which it stood. */
static void
ring_join(struct edit *edit, const char *text, size_t length, bool before)
{
	size_t had = strlen(edit->ring[0]);
	char *joined = mem_alloc(had + length + 1);

	memcpy(joined + (before ? length : 0), edit->ring[0], had);
	memcpy(joined + (before ? 0 : had), text, length);
	joined[had + length] = '\0';
	free(edit->ring[0]);
	edit->ring[0] = joined;
}

void
edit_kill(struct edit *edit, size_t from, size_t to)
{
	const char *cut = edit_text(edit) + from;

	if (from < to) {
		if (edit->last == LAST_KILL && edit->ring[0])
			ring_join(edit, cut, to - from, from < edit->cursor);
		else
			ring_push(edit, mem_strndup(cut, to - from));
		edit_change(edit, from, to, "", 0);
	}
	edit->last = LAST_KILL;
}

static void
insert_cut(struct edit *edit, size_t from, size_t to)
{
	const char *text = edit->ring[edit->ring_at];

	edit->last = LAST_OTHER;
	if (!edit_change(edit, from, to, text, strlen(text)))
		return;
	edit->yank_from = from;
	edit->yank_to = edit->cursor;
	edit->last = LAST_YANK;
}

void
edit_yank(struct edit *edit)
{
	edit->ring_at = 0;
	edit->last = LAST_OTHER;
	if (edit->ring[0])
		insert_cut(edit, edit->cursor, edit->cursor);
}

void
edit_yank_pop(struct edit *edit)
{
	if (edit->last != LAST_YANK)
		return;
	edit->ring_at++;
	if (edit->ring_at == KILL_RING || !edit->ring[edit->ring_at])
		edit->ring_at = 0;
	insert_cut(edit, edit->yank_from, edit->yank_to);
}

void
edit_delete_space(struct edit *edit)
{
	const char *text = edit_text(edit);
	size_t from = edit->cursor, to = edit->cursor;

	while (from > 0 && text[from - 1] == ' ')
		from--;
	while (text[to] == ' ')
		to++;
	edit_change(edit, from, to, "", 0);
}

/* ---- swapping ---- */

/* [a, b) and [c, d), b at or before c, change places; the cursor goes behind both. */
static void
swap(struct edit *edit, size_t a, size_t b, size_t c, size_t d)
{
	const char *text = edit_text(edit);
	struct buf swapped;

	buf_init(&swapped, d - a);
	buf_add(&swapped, text + c, d - c);
	buf_add(&swapped, text + b, c - b);
	buf_add(&swapped, text + a, b - a);
	edit_change(edit, a, d, buf_string(&swapped), swapped.length);
	buf_finish(&swapped);
}

void
edit_transpose_characters(struct edit *edit)
{
	size_t begin = edit_line_begin(edit, edit->cursor);
	size_t middle = edit->cursor, end;

	/* At the end of the line: the two before. */
	if (middle == edit_line_end(edit, middle) && middle > begin)
		middle = edit_before(edit, middle);
	if (middle <= begin)
		return;
	end = edit_after(edit, middle);
	swap(edit, edit_before(edit, middle), middle, middle, end);
}

void
edit_transpose_words(struct edit *edit)
{
	size_t begin = edit_word_left(edit, edit_word_right(edit, edit->cursor));
	size_t end = edit_word_right(edit, begin);
	size_t first = edit_word_left(edit, begin);
	size_t first_end = edit_word_right(edit, first);

	if (first < begin && first_end <= begin)
		swap(edit, first, first_end, begin, end);
}

/* ---- letters' case ---- */

static uint8_t *
with_case(const uint8_t *text, size_t length, enum action action, size_t *changed)
{
	const char *language = uc_locale_language();

	*changed = 0;
	if (action == ACTION_UPCASE_WORD)
		return u8_toupper(text, length, language, NULL, NULL, changed);
	if (action == ACTION_DOWNCASE_WORD)
		return u8_tolower(text, length, language, NULL, NULL, changed);
	return u8_totitle(text, length, language, NULL, NULL, changed);
}

void
edit_change_case(struct edit *edit, enum action action)
{
	size_t end = edit_word_right(edit, edit->cursor);
	size_t changed;
	uint8_t *text = with_case(
	    (const uint8_t *)edit_text(edit) + edit->cursor, end - edit->cursor, action, &changed);

	if (text)
		edit_change(edit, edit->cursor, end, (const char *)text, changed);
	free(text);
}
