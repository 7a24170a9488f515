#include "tui/edit_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/message.h"

enum { TAB_SPACES = 4, QUERY_MAX = 1024 };

struct edit *
edit_create(void)
{
	struct edit *edit = mem_zalloc(1, sizeof *edit);

	buf_init(&edit->text, MESSAGE_TEXT_MAX);
	buf_init(&edit->search.query, QUERY_MAX);
	edit->conversation = mem_strdup("");
	return edit;
}

void
edit_destroy(struct edit *edit)
{
	if (!edit)
		return;
	buf_finish(&edit->text);
	undo_clear(&edit->undo);
	for (int i = 0; i < KILL_RING; i++)
		free(edit->ring[i]);
	history_clear(&edit->history);
	free(edit->conversation);
	free(edit->draft);
	buf_finish(&edit->search.query);
	free(edit->search.text);
	free(edit);
}

const char *
edit_text(const struct edit *edit)
{
	return buf_string(&edit->text);
}

size_t
edit_length(const struct edit *edit)
{
	return edit->text.length;
}

size_t
edit_cursor(const struct edit *edit)
{
	return edit->cursor;
}

/* What waited for its rest will not get it. */
static void
end_pieces(struct edit *edit)
{
	edit->part_length = 0;
	edit->after_cr = false;
}

void
edit_go(struct edit *edit, size_t at)
{
	const char *text = edit_text(edit);

	if (at > edit->text.length)
		at = edit->text.length;
	while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
		at--;
	end_pieces(edit);
	edit->cursor = at;
	edit->last = LAST_OTHER;
	edit->undo.closed = true;
}

/* ---- changing ---- */

/* Changes the text and nothing else. */
static void
splice(struct edit *edit, size_t from, size_t to, const char *text, size_t length)
{
	struct buf *b = &edit->text;
	size_t rest = b->length - to;

	if (length > to - from && !buf_reserve(b, length - (to - from)))
		return;
	if (!b->data)
		return;
	memmove(b->data + from + length, b->data + to, rest);
	memcpy(b->data + from, text, length);
	b->length = from + length + rest;
	b->data[b->length] = '\0';
}

bool
edit_change(struct edit *edit, size_t from, size_t to, const char *text, size_t length)
{
	struct undo_step step = {.at = from,
	    .removed = edit->text.data ? edit->text.data + from : NULL,
	    .removed_length = to - from,
	    .inserted_length = length,
	    .cursor = edit->cursor};
	char *copy;

	if (edit->text.length - (to - from) + length > MESSAGE_TEXT_MAX)
		return false;
	if (to == from && !length)
		return true;
	copy = mem_strndup(text, length);
	step.inserted = copy;
	undo_record(&edit->undo, &step);
	splice(edit, from, to, copy, length);
	edit->cursor = from + length;
	free(copy);
	return true;
}

void
edit_change_all(struct edit *edit, const char *text)
{
	edit_change(edit, 0, edit->text.length, text, strlen(text));
}

static void
undo(struct edit *edit)
{
	const struct undo_step *step = undo_back(&edit->undo);

	if (!step)
		return;
	splice(
	    edit, step->at, step->at + step->inserted_length, step->removed, step->removed_length);
	edit->cursor = step->cursor;
}

static void
redo(struct edit *edit)
{
	const struct undo_step *step = undo_again(&edit->undo);

	if (!step)
		return;
	splice(
	    edit, step->at, step->at + step->removed_length, step->inserted, step->inserted_length);
	edit->cursor = step->at + step->inserted_length;
}

/* ---- what comes from outside ---- */

static void
put_character(struct buf *out, ucs4_t c)
{
	uint8_t bytes[6];
	int length = u8_uctomb(bytes, c, sizeof bytes);

	if (length > 0)
		buf_add(out, bytes, (size_t)length);
}

static void
clean_character(struct edit *edit, struct buf *out, ucs4_t c)
{
	bool after_cr = edit->after_cr;

	edit->after_cr = c == '\r';
	if (c == '\n' && after_cr)
		return;
	if (c == '\r' || c == '\n' || c == 0x2028 || c == 0x2029)
		buf_add_char(out, '\n');
	else if (c == '\t')
		buf_add(out, "    ", TAB_SPACES);
	else if (!text_is_harmful(c))
		put_character(out, c);
}

/* Cleans a piece; the beginning of a character at its end waits in edit->part for the next. */
static void
clean(struct edit *edit, struct buf *out, const char *text, size_t length)
{
	const uint8_t *p = (const uint8_t *)text;

	for (size_t done = 0; done < length;) {
		ucs4_t c;
		int step = u8_mbtoucr(&c, p + done, length - done);

		if (step == -2 && length - done < sizeof edit->part) {
			edit->part_length = length - done;
			memcpy(edit->part, p + done, edit->part_length);
			return;
		}
		if (step <= 0) {
			c = 0xFFFD;
			step = 1;
		}
		clean_character(edit, out, c);
		done += (size_t)step;
	}
}

/* As much of a clean text as there is room for, ending between characters. */
static size_t
cut_to(const char *text, size_t length, size_t room)
{
	if (length <= room)
		return length;
	while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80)
		room--;
	return room;
}

bool
edit_insert(struct edit *edit, const char *text, size_t length)
{
	struct buf in, out;
	size_t fits;
	bool whole;

	/* Nothing needs more of a piece than the text may be long; tabs grow. */
	whole = length <= 4 * (size_t)MESSAGE_TEXT_MAX;
	if (!whole)
		length = 4 * (size_t)MESSAGE_TEXT_MAX;
	buf_init(&in, length + sizeof edit->part);
	buf_init(&out, (length + sizeof edit->part) * TAB_SPACES);
	buf_add(&in, edit->part, edit->part_length);
	edit->part_length = 0;
	buf_add(&in, text, length);
	clean(edit, &out, buf_string(&in), in.length);
	if (edit->search.on) {
		fits = cut_to(buf_string(&out), out.length, QUERY_MAX - edit->search.query.length);
		buf_add(&edit->search.query, buf_string(&out), fits);
		edit_search_again(edit);
	} else {
		fits = cut_to(buf_string(&out), out.length, MESSAGE_TEXT_MAX - edit->text.length);
		edit_change(edit, edit->cursor, edit->cursor, buf_string(&out), fits);
		edit->last = LAST_OTHER;
	}
	whole = whole && fits == out.length;
	buf_finish(&in);
	buf_finish(&out);
	return whole;
}

bool
edit_replace(struct edit *edit, size_t from, size_t to, const char *text, size_t length)
{
	struct buf out;
	bool done;

	if (to > edit->text.length || from > to || length > 4 * (size_t)MESSAGE_TEXT_MAX)
		return false;
	edit_search_end(edit, true);
	end_pieces(edit);
	buf_init(&out, length * TAB_SPACES);
	clean(edit, &out, text, length);
	end_pieces(edit);
	edit->undo.closed = true;
	done = edit_change(edit, from, to, buf_string(&out), out.length);
	edit->undo.closed = true;
	edit->last = LAST_OTHER;
	buf_finish(&out);
	return done;
}

void
edit_set(struct edit *edit, const char *text)
{
	edit_search_end(edit, true);
	edit_walk_end(edit);
	end_pieces(edit);
	buf_clear(&edit->text);
	edit->cursor = 0;
	edit_insert(edit, text, strlen(text));
	end_pieces(edit);
	undo_clear(&edit->undo);
}

void
edit_remember(struct edit *edit, const char *conversation, const char *text)
{
	edit_search_end(edit, true);
	edit_walk_end(edit);
	history_add(&edit->history, conversation, text);
}

void
edit_turn(struct edit *edit, const char *conversation)
{
	edit_search_end(edit, true);
	edit_walk_end(edit);
	free(edit->conversation);
	edit->conversation = mem_strdup(conversation);
}

/* ---- actions ---- */

/* Where an action that only moves the cursor leads. */
static size_t
destination(const struct edit *edit, enum action action)
{
	size_t at = edit->cursor;

	switch (action) {
	case ACTION_CURSOR_LEFT:
		return edit_before(edit, at);
	case ACTION_CURSOR_RIGHT:
		return edit_after(edit, at);
	case ACTION_WORD_LEFT:
		return edit_word_left(edit, at);
	case ACTION_WORD_RIGHT:
		return edit_word_right(edit, at);
	case ACTION_LINE_BEGIN:
		return edit_line_begin(edit, at);
	case ACTION_LINE_END:
		return edit_line_end(edit, at);
	case ACTION_TEXT_BEGIN:
		return 0;
	default:
		return edit->text.length;
	}
}

/* At a line's end the cut takes the line break, as in Emacs: a second one joins the lines. */
static void
kill_line(struct edit *edit)
{
	size_t end = edit_line_end(edit, edit->cursor);

	edit_kill(edit, edit->cursor, end > edit->cursor ? end : edit_after(edit, end));
}

static void
kill_line_left(struct edit *edit)
{
	size_t begin = edit_line_begin(edit, edit->cursor);

	edit_kill(edit, begin < edit->cursor ? begin : edit_before(edit, begin), edit->cursor);
}

static void
kill(struct edit *edit, enum action action)
{
	size_t at = edit->cursor;

	switch (action) {
	case ACTION_KILL_LINE:
		kill_line(edit);
		break;
	case ACTION_KILL_LINE_LEFT:
		kill_line_left(edit);
		break;
	case ACTION_KILL_WORD:
		edit_kill(edit, at, edit_word_right(edit, at));
		break;
	case ACTION_KILL_WORD_LEFT:
		edit_kill(edit, edit_word_left(edit, at), at);
		break;
	case ACTION_KILL_SPACED_WORD_LEFT:
		edit_kill(edit, edit_spaced_word_left(edit, at), at);
		break;
	default:
		edit_kill(edit, 0, edit->text.length);
	}
}

static void
move_vertically(struct edit *edit, int direction)
{
	if (edit_move_line(edit, direction))
		edit->last = LAST_VERTICAL;
	else
		edit_walk(edit, direction);
}

static void
change(struct edit *edit, enum action action)
{
	size_t at = edit->cursor;

	switch (action) {
	case ACTION_DELETE_LEFT:
		edit_change(edit, edit_before(edit, at), at, "", 0);
		break;
	case ACTION_DELETE_RIGHT:
		edit_change(edit, at, edit_after(edit, at), "", 0);
		edit->cursor = at;
		break;
	case ACTION_DELETE_SPACE:
		edit_delete_space(edit);
		break;
	case ACTION_TRANSPOSE_CHARACTERS:
		edit_transpose_characters(edit);
		break;
	case ACTION_TRANSPOSE_WORDS:
		edit_transpose_words(edit);
		break;
	case ACTION_NEWLINE:
		edit_change(edit, at, at, "\n", 1);
		break;
	case ACTION_UNDO:
		undo(edit);
		break;
	case ACTION_REDO:
		redo(edit);
		break;
	default:
		edit_change_case(edit, action);
	}
}

/* Those that look at what the last action was; each says itself what it is. */
static bool
act_going_on(struct edit *edit, enum action action)
{
	switch (action) {
	case ACTION_CURSOR_UP:
	case ACTION_CURSOR_DOWN:
		move_vertically(edit, action == ACTION_CURSOR_UP ? -1 : 1);
		return true;
	case ACTION_KILL_LINE:
	case ACTION_KILL_LINE_LEFT:
	case ACTION_KILL_WORD:
	case ACTION_KILL_WORD_LEFT:
	case ACTION_KILL_SPACED_WORD_LEFT:
	case ACTION_KILL_TEXT:
		kill(edit, action);
		return true;
	case ACTION_YANK:
		edit_yank(edit);
		return true;
	case ACTION_YANK_POP:
		edit_yank_pop(edit);
		return true;
	default:
		return false;
	}
}

bool
edit_act(struct edit *edit, enum action action)
{
	end_pieces(edit);
	if (edit->search.on) {
		if (edit_search_act(edit, action))
			return true;
		edit_search_end(edit, true);
	}
	if (action <= ACTION_NONE || action > ACTION_EDITOR_LAST)
		return false;
	if (action != ACTION_NEWLINE)
		edit->undo.closed = true;
	if (act_going_on(edit, action))
		return true;
	if (action <= ACTION_TEXT_END)
		edit->cursor = destination(edit, action);
	else if (action == ACTION_HISTORY_PREVIOUS || action == ACTION_HISTORY_NEXT)
		edit_walk(edit, action == ACTION_HISTORY_PREVIOUS ? -1 : 1);
	else if (action == ACTION_HISTORY_SEARCH || action == ACTION_HISTORY_SEARCH_FORWARD)
		edit_search_begin(edit);
	else
		change(edit, action);
	edit->last = LAST_OTHER;
	return true;
}
