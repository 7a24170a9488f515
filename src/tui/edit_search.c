#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unistr.h>

#include "base/mem.h"
#include "tui/edit_internal.h"

/* ---- walking through the history ---- */

void
edit_walk_end(struct edit *edit)
{
	free(edit->draft);
	edit->draft = NULL;
	edit->walked = 0;
}

void
edit_walk(struct edit *edit, int direction)
{
	const char *entry;

	edit->last = LAST_OTHER;
	if (direction > 0 && edit->walked <= 1) {
		if (edit->draft)
			edit_change_all(edit, edit->draft);
		edit_walk_end(edit);
		return;
	}
	entry = history_entry(
	    &edit->history, edit->conversation, direction < 0 ? edit->walked : edit->walked - 2);
	if (!entry)
		return;
	if (!edit->draft)
		edit->draft = mem_strdup(edit_text(edit));
	edit->walked = direction < 0 ? edit->walked + 1 : edit->walked - 1;
	edit_change_all(edit, entry);
}

/* ---- searching in it ---- */

/* Whether text has the query: in any case of letters, unless the query has upper case itself. */
static bool
has(const char *text, const char *query)
{
	uint8_t *folded, *in;
	size_t folded_length, in_length;
	bool found;

	if (strstr(text, query))
		return true;
	folded =
	    u8_casefold((const uint8_t *)query, strlen(query), NULL, NULL, NULL, &folded_length);
	in = u8_casefold((const uint8_t *)text, strlen(text), NULL, NULL, NULL, &in_length);
	found = folded && in && folded_length == strlen(query) &&
	        memcmp(folded, query, folded_length) == 0 &&
	        memmem(in, in_length, folded, folded_length);
	free(folded);
	free(in);
	return found;
}

/* Shows the nearest hit from `back` on, in a direction (-1: to older ones); where there is none,
 * what is shown stays. */
static void
find(struct edit *edit, size_t back, int direction)
{
	struct edit_search *search = &edit->search;
	size_t count = history_count(&edit->history, edit->conversation);

	search->found = false;
	if (!search->query.length)
		return;
	for (; back < count; back = direction < 0 ? back + 1 : back - 1) {
		const char *entry = history_entry(&edit->history, edit->conversation, back);

		if (!has(entry, buf_string(&search->query)))
			continue;
		search->found = true;
		search->back = back;
		buf_clear(&edit->text);
		buf_add_string(&edit->text, entry);
		edit->cursor = edit->text.length;
		return;
	}
}

void
edit_search_begin(struct edit *edit)
{
	struct edit_search *search = &edit->search;

	search->on = true;
	search->found = false;
	search->back = 0;
	buf_clear(&search->query);
	free(search->text);
	search->text = mem_strdup(edit_text(edit));
	search->cursor = edit->cursor;
}

void
edit_search_again(struct edit *edit)
{
	find(edit, edit->search.back, -1);
}

static void
drop_last_character(struct buf *query)
{
	const uint8_t *text = (const uint8_t *)buf_string(query);
	ucs4_t c;
	const uint8_t *last = u8_prev(&c, text + query->length, text);

	if (!last)
		return;
	query->length = (size_t)(last - text);
	query->data[query->length] = '\0';
}

bool
edit_search_act(struct edit *edit, enum action action)
{
	struct edit_search *search = &edit->search;

	switch (action) {
	case ACTION_HISTORY_SEARCH:
		find(edit, search->found ? search->back + 1 : search->back, -1);
		return true;
	case ACTION_HISTORY_SEARCH_FORWARD:
		/* From 0 it goes below, which find() takes for the end. */
		find(edit, search->found ? search->back - 1 : search->back, 1);
		return true;
	case ACTION_DELETE_LEFT:
		drop_last_character(&search->query);
		search->back = 0;
		find(edit, 0, -1);
		return true;
	case ACTION_CANCEL:
		edit_search_end(edit, false);
		return true;
	default:
		return false;
	}
}

/* The text goes back to what it was, so that taking the hit is a change like any other, with undo.
 */
void
edit_search_end(struct edit *edit, bool keep)
{
	struct edit_search *search = &edit->search;
	char *hit;

	if (!search->on)
		return;
	search->on = false;
	hit = buf_take(&edit->text);
	buf_add_string(&edit->text, search->text);
	edit->cursor = search->cursor;
	if (keep && strcmp(hit, search->text) != 0)
		edit_change_all(edit, hit);
	free(hit);
	free(search->text);
	search->text = NULL;
	buf_clear(&search->query);
}

const char *
edit_search(const struct edit *edit, bool *found)
{
	*found = edit->search.on && edit->search.found;
	return edit->search.on ? buf_string(&edit->search.query) : NULL;
}
