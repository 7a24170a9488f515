#include "client/snippet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"

enum {
	BEFORE = 30, /* characters that are shown before the first hit */
	WIDTH = 100, /* and in all, about */
};

/* ---- where the hits are ---- */

/* Where what was found from word `at` on ends. A character that was asked for alone is found in a
 * pair, which goes on behind it: to where the next word begins, the pair's second character. */
static size_t
match_end(const struct word_list *text, size_t at, const struct word_list *phrase)
{
	const struct word *last = &text->words[at + phrase->count - 1];

	if (phrase->words[phrase->count - 1].kind == WORD_LONE && last->kind == WORD_PAIR &&
	    last[1].begin > last->begin)
		return last[1].begin;
	return last->end;
}

struct marks {
	struct client_span *items;
	size_t count;
	size_t room;
};

/* Joins what overlaps or touches. Marks come with ascending begins. */
static void
marks_add(struct marks *marks, struct client_span span)
{
	struct client_span *last = marks->count ? &marks->items[marks->count - 1] : NULL;

	if (last && span.begin <= last->end) {
		last->end = span.end > last->end ? span.end : last->end;
		return;
	}
	if (marks->count == marks->room) {
		marks->room = marks->room ? 2 * marks->room : 8;
		marks->items = mem_resize(marks->items, marks->room, sizeof *marks->items);
	}
	marks->items[marks->count++] = span;
}

static void
find_marks(struct marks *marks, const struct word_list *text, const struct query *query)
{
	struct word_list phrases[QUERY_TERMS];
	bool prefixes[QUERY_TERMS];
	size_t count = 0;

	for (size_t i = 0; i < query->count; i++) {
		const struct search_term *term = &query->terms[i];

		if (term->kind != SEARCH_WORDS || term->exclude)
			continue;
		prefixes[count] = term->prefix;
		word_list_make_phrase(
		    &phrases[count], term->text, strlen(term->text), &prefixes[count]);
		count++;
	}
	for (size_t at = 0; at < text->count; at++) {
		for (size_t i = 0; i < count; i++) {
			if (word_list_match(text, at, &phrases[i], prefixes[i]))
				marks_add(marks, (struct client_span){text->words[at].begin,
				                     match_end(text, at, &phrases[i])});
		}
	}
	for (size_t i = 0; i < count; i++)
		word_list_finish(&phrases[i]);
}

/* ---- the piece ---- */

static bool
is_inside_character(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Goes back so many characters at most; to where a word begins, if there is such a place. */
static size_t
find_begin(const char *text, size_t from)
{
	size_t at = from, word = from;

	for (int i = 0; i < BEFORE && at > 0; i++) {
		do
			at--;
		while (at > 0 && is_inside_character(text[at]));
		if (at == 0 || is_blank(text[at - 1]))
			word = at;
	}
	return word < from ? word : at;
}

/* To where a word ends, if that is not within the first hit. */
static size_t
find_end(const char *text, size_t begin, size_t hit_end)
{
	size_t at = begin, word = 0;

	for (int i = 0; i < WIDTH && text[at]; i++) {
		do
			at++;
		while (is_inside_character(text[at]));
		if (!text[at] || is_blank(text[at]))
			word = at;
	}
	return word > begin && word >= hit_end ? word : at;
}

/* Blanks of every kind become one. */
static void
add_piece(struct buf *out, const char *text, size_t begin, size_t end)
{
	for (size_t at = begin; at < end; at++) {
		if (!is_blank(text[at]))
			buf_add_char(out, text[at]);
		else if (out->length && out->data[out->length - 1] != ' ')
			buf_add_char(out, ' ');
	}
}

static void
copy_piece(
    struct snippet *snippet, const char *text, size_t begin, size_t end, const struct marks *marks)
{
	static const char dots[] = "\xE2\x80\xA6";
	struct buf out;
	size_t at = begin;

	buf_init(&out, SIZE_MAX / 2);
	snippet->marks = mem_zalloc(marks->count + 1, sizeof *snippet->marks);
	if (begin > 0)
		buf_add_string(&out, dots);
	for (size_t i = 0; i < marks->count && marks->items[i].begin < end; i++) {
		size_t hit_end = marks->items[i].end < end ? marks->items[i].end : end;
		struct client_span *mark = &snippet->marks[snippet->count++];

		add_piece(&out, text, at, marks->items[i].begin);
		mark->begin = out.length;
		add_piece(&out, text, marks->items[i].begin, hit_end);
		mark->end = out.length;
		at = hit_end;
	}
	add_piece(&out, text, at, end);
	if (text[end])
		buf_add_string(&out, dots);
	snippet->text = buf_take(&out);
}

void
snippet_make(struct snippet *snippet, const char *text, const struct query *query)
{
	struct word_list words;
	struct marks marks = {0};
	size_t first, begin;

	*snippet = (struct snippet){0};
	word_list_make(&words, text, strlen(text));
	find_marks(&marks, &words, query);
	first = marks.count ? marks.items[0].begin : 0;
	begin = find_begin(text, first);
	copy_piece(snippet, text, begin,
	    find_end(text, begin, marks.count ? marks.items[0].end : 0), &marks);
	free(marks.items);
	word_list_finish(&words);
}

void
snippet_finish(struct snippet *snippet)
{
	free(snippet->text);
	free(snippet->marks);
	*snippet = (struct snippet){0};
}
