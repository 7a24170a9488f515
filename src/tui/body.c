#include "tui/body.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unilbrk.h>

#include "base/mem.h"

/* ---- links ---- */

static const char *const schemes[] = {"https://", "http://", "mailto:", "geo:", "xmpp:", "ftp://"};

/* Where a link's text ends that begins at text: before white space, and before punctuation that
 * more likely closes the sentence around it. */
static size_t
link_length(const char *text, size_t length)
{
	size_t n = 0;
	bool opened;

	while (n < length && (unsigned char)text[n] > ' ' && !strchr("<>\"{}|\\^`\x7F", text[n]))
		n++;
	opened = memchr(text, '(', n) != NULL;
	while (n > 0 && strchr(opened ? ".,;:!?'" : ".,;:!?')", text[n - 1]))
		n--;
	return n;
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The length of the link that begins right there; 0 for none. */
static size_t
link_at(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t head = strlen(schemes[i]), n;

		if (length <= head || strncasecmp(text, schemes[i], head) != 0)
			continue;
		n = link_length(text, length);
		return n > head ? n : 0;
	}
	return 0;
}

static void
find_links(struct body *body)
{
	for (size_t at = 0; at < body->length; at++) {
		size_t n;

		if (!is_word_byte(body->text[at]) || (at > 0 && is_word_byte(body->text[at - 1])))
			continue;
		n = link_at(body->text + at, body->length - at);
		if (n) {
			body_mark(body, at, at + n, SPAN_LINK);
			at += n - 1;
		}
	}
}

void
body_init(struct body *body, const char *text, size_t length)
{
	*body = (struct body){.text = mem_strndup(text, length), .length = length};
	find_links(body);
}

void
body_finish(struct body *body)
{
	free(body->text);
	free(body->spans);
	free(body->lines);
	*body = (struct body){.width = 0};
}

/* ---- stretches ---- */

/* What of `old` lies outside [begin, end) stays. */
static size_t
keep_outside(struct span *to, struct span old, size_t begin, size_t end)
{
	size_t count = 0;

	if (old.begin < begin)
		to[count++] = (struct span){old.begin, old.end < begin ? old.end : begin, old.kind};
	if (old.end > end)
		to[count++] = (struct span){old.begin > end ? old.begin : end, old.end, old.kind};
	return count;
}

static int
compare_spans(const void *a, const void *b)
{
	const struct span *one = a, *other = b;

	return one->begin < other->begin ? -1 : one->begin > other->begin;
}

void
body_mark(struct body *body, size_t begin, size_t end, enum span_kind kind)
{
	struct span *spans = mem_zalloc(2 * body->span_count + 1, sizeof *spans);
	size_t count = 0;

	for (size_t i = 0; i < body->span_count; i++)
		count += keep_outside(spans + count, body->spans[i], begin, end);
	spans[count++] = (struct span){begin, end, kind};
	qsort(spans, count, sizeof *spans, compare_spans);
	free(body->spans);
	body->spans = spans;
	body->span_count = count;
}

size_t
body_run(const struct body *body, size_t at, size_t end, enum span_kind *kind)
{
	*kind = SPAN_PLAIN;
	for (size_t i = 0; i < body->span_count; i++) {
		const struct span *span = &body->spans[i];

		if (span->end <= at)
			continue;
		if (span->begin > at)
			return span->begin < end ? span->begin : end;
		*kind = span->kind;
		return span->end < end ? span->end : end;
	}
	return end;
}

char *
body_link(const struct body *body, size_t at)
{
	for (size_t i = 0; i < body->span_count; i++) {
		const struct span *span = &body->spans[i];

		if (span->begin <= at && at < span->end)
			return mem_strndup(body->text + span->begin, span->end - span->begin);
	}
	return NULL;
}

/* ---- lines ---- */

struct wrapping {
	struct body *body;
	const struct widths *widths;
	const char *breaks; /* of each byte: what may be before it */
	size_t room;
};

static void
add_line(struct wrapping *w, size_t begin, size_t end)
{
	struct body *body = w->body;

	if (body->line_count == w->room) {
		w->room = w->room ? 2 * w->room : 4;
		body->lines = mem_resize(body->lines, w->room, sizeof *body->lines);
	}
	body->lines[body->line_count++] = (struct body_line){begin, end};
}

static bool
is_blank(const char *text, size_t begin, size_t end)
{
	while (begin < end && text[begin] == ' ')
		begin++;
	return begin == end;
}

/*
 * The end of the line that begins there, within a paragraph that ends at `end`: where the last
 * place for a break is, else as far as it fits. Blanks at a break may hang over the edge. A line
 * holds one cluster at least.
 */
static size_t
line_end(const struct wrapping *w, size_t begin, size_t end, int width)
{
	const char *text = w->body->text;
	size_t at = begin, fits = begin, may = 0;
	int columns = 0;

	while (at < end) {
		struct cluster cluster = cluster_next(text + at, end - at, w->widths);

		if (at > begin && (w->breaks[at] == UC_BREAK_POSSIBLE))
			may = at;
		columns += cluster.columns;
		if (columns > width && at > begin && text[at] != ' ')
			break;
		at += cluster.bytes;
		if (columns <= width || fits == begin)
			fits = at;
	}
	if (at >= end && (columns <= width || is_blank(text, fits, end)))
		return end;
	return may ? may : fits;
}

static void
wrap_paragraph(struct wrapping *w, size_t begin, size_t end, int width)
{
	if (begin == end)
		add_line(w, begin, end);
	while (begin < end) {
		size_t next = line_end(w, begin, end, width);

		add_line(w, begin, next);
		begin = next;
	}
}

/* A link is broken only where it is longer than a line. */
static void
keep_links(const struct body *body, char *breaks)
{
	for (size_t i = 0; i < body->span_count; i++)
		if (body->spans[i].kind == SPAN_LINK)
			memset(breaks + body->spans[i].begin + 1, UC_BREAK_PROHIBITED,
			    body->spans[i].end - body->spans[i].begin - 1);
}

void
body_wrap(struct body *body, int width, const struct widths *widths)
{
	struct wrapping w = {.body = body, .widths = widths};
	char *breaks;
	size_t begin = 0;

	if (width < 1)
		width = 1;
	if (body->width == width)
		return;
	breaks = mem_alloc(body->length + 1);
	u8_possible_linebreaks((const uint8_t *)body->text, body->length, "UTF-8", breaks);
	keep_links(body, breaks);
	w.breaks = breaks;
	body->line_count = 0;
	free(body->lines);
	body->lines = NULL;
	for (;;) {
		const char *newline = memchr(body->text + begin, '\n', body->length - begin);
		size_t end = newline ? (size_t)(newline - body->text) : body->length;

		wrap_paragraph(&w, begin, end, width);
		if (!newline)
			break;
		begin = end + 1;
	}
	free(breaks);
	body->width = width;
}
