#include <string.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>

#include "tui/edit_internal.h"

enum { AROUND = 256 }; /* bytes of a character that are looked at */

static bool
is_ascii(const char *text, size_t at)
{
	return !(text[at] & 0x80);
}

size_t
edit_before(const struct edit *edit, size_t at)
{
	const char *text = edit_text(edit);
	char begins[AROUND + 4];
	size_t from = at;

	if (at > 1 && is_ascii(text, at - 1) && is_ascii(text, at - 2))
		return at - 1;
	/* What joins with what can't be told from behind: from where surely one begins. */
	while (from > 0 && at - from < AROUND && (from == at || (unsigned char)text[from] > ' '))
		from--;
	while (from > 0 && ((unsigned char)text[from] & 0xC0) == 0x80)
		from--;
	u8_grapheme_breaks((const uint8_t *)text + from, at - from, begins);
	while (at > from && !begins[--at - from])
		;
	return at;
}

size_t
edit_after(const struct edit *edit, size_t at)
{
	const char *text = edit_text(edit);
	char begins[AROUND + 4];
	size_t end = at + AROUND < edit->text.length ? at + AROUND : edit->text.length;
	size_t next = at;

	if (at < end && is_ascii(text, at) && is_ascii(text, at + 1))
		return at + 1;
	while (end < edit->text.length && ((unsigned char)text[end] & 0xC0) == 0x80)
		end++;
	u8_grapheme_breaks((const uint8_t *)text + at, end - at, begins);
	while (next < end && (next == at || !begins[next - at]))
		next++;
	return next;
}

size_t
edit_line_begin(const struct edit *edit, size_t at)
{
	const char *text = edit_text(edit);

	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

size_t
edit_line_end(const struct edit *edit, size_t at)
{
	const char *text = edit_text(edit);
	const char *end = memchr(text + at, '\n', edit->text.length - at);

	return end ? (size_t)(end - text) : edit->text.length;
}

/* Whether the character at `at` is part of a word; an emoji is. */
static bool
is_word(const struct edit *edit, size_t at)
{
	ucs4_t c;

	if (at >= edit->text.length)
		return false;
	u8_mbtouc(&c, (const uint8_t *)edit_text(edit) + at, edit->text.length - at);
	return c == '_' || uc_is_property_alphabetic(c) || uc_is_property_decimal_digit(c) ||
	       uc_is_general_category_withtable(
	           c, UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_So);
}

static bool
is_space(const struct edit *edit, size_t at)
{
	ucs4_t c;

	u8_mbtouc(&c, (const uint8_t *)edit_text(edit) + at, edit->text.length - at);
	return uc_is_property_white_space(c);
}

size_t
edit_word_left(const struct edit *edit, size_t at)
{
	while (at > 0 && !is_word(edit, edit_before(edit, at)))
		at = edit_before(edit, at);
	while (at > 0 && is_word(edit, edit_before(edit, at)))
		at = edit_before(edit, at);
	return at;
}

size_t
edit_word_right(const struct edit *edit, size_t at)
{
	while (at < edit->text.length && !is_word(edit, at))
		at = edit_after(edit, at);
	while (at < edit->text.length && is_word(edit, at))
		at = edit_after(edit, at);
	return at;
}

size_t
edit_spaced_word_left(const struct edit *edit, size_t at)
{
	while (at > 0 && is_space(edit, edit_before(edit, at)))
		at = edit_before(edit, at);
	while (at > 0 && !is_space(edit, edit_before(edit, at)))
		at = edit_before(edit, at);
	return at;
}

/* How many characters stand in [from, to). */
static size_t
count(const struct edit *edit, size_t from, size_t to)
{
	size_t n = 0;

	for (; from < to; from = edit_after(edit, from))
		n++;
	return n;
}

bool
edit_move_line(struct edit *edit, int direction)
{
	size_t begin = edit_line_begin(edit, edit->cursor), end = edit_line_end(edit, edit->cursor);
	size_t column = count(edit, begin, edit->cursor);

	if (direction < 0 ? begin == 0 : end == edit->text.length)
		return false;
	if (edit->last == LAST_VERTICAL)
		column = edit->column;
	begin = direction < 0 ? edit_line_begin(edit, begin - 1) : end + 1;
	end = edit_line_end(edit, begin);
	edit->column = column;
	edit->cursor = begin;
	while (edit->cursor < end && column-- > 0)
		edit->cursor = edit_after(edit, edit->cursor);
	return true;
}
