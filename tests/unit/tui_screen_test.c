/* The screen: a terminal that does what screen_flush() writes shows the picture, whatever was drawn
 * before, and few bytes are written for it. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timeu.h"
#include "emulator.h"
#include "tui/screen_internal.h"
#include "tui/term.h"
#include "tui/terminfo.h"

enum {
	TRIALS = 60,
	STEPS = 60,
	TYPED_MAX = 10,
	ARRIVING_MAX = 300,
	FAST_MAX = 4000 /* us; 20 times what it takes */
};

struct scene {
	struct widths widths;
	struct screen *screen;
	struct emulator emulator;
	struct term_abilities term;
	struct buf out;
	uint64_t random;
};

static const struct style plain = {COLOR_DEFAULT, COLOR_DEFAULT, 0};

static unsigned
draw(struct scene *s, unsigned below)
{
	s->random = s->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(s->random >> 33) % below;
}

static void
scene_init(struct scene *s, const char *name, int rows, int columns)
{
	*s = (struct scene){.random = 1};
	widths_init(&s->widths);
	assert_true(terminfo_open(name, 1));
	term_describe(&s->term, name);
	s->term.utf8 = true;
	s->term.links = strncmp(name, "xterm", 5) == 0;
	s->screen = screen_create(&s->widths);
	emulator_init(&s->emulator, &s->widths);
	s->emulator.erases_color = s->term.erases_color;
	if (!s->term.links)
		s->emulator.link[0] = 0;
	screen_resize(s->screen, rows, columns);
	emulator_resize(&s->emulator, rows, columns);
	buf_init(&s->out, 16u << 20);
}

static void
scene_finish(struct scene *s)
{
	screen_destroy(s->screen);
	emulator_finish(&s->emulator);
	buf_finish(&s->out);
}

/* What of a blank is seen. */
static bool
same_look(const struct style *a, const struct style *b, bool is_blank)
{
	const uint16_t seen = ATTRIBUTE_REVERSE | ATTRIBUTE_UNDERLINE | ATTRIBUTE_STRIKE;

	if (!is_blank || ((a->attributes | b->attributes) & seen))
		return a->fg == b->fg && a->bg == b->bg && a->attributes == b->attributes;
	return a->bg == b->bg;
}

static void
compare_cell(const struct scene *s, int row, int column)
{
	const struct screen *screen = s->screen;
	const struct cell *wanted = &screen->next[row * screen->columns + column];
	const struct emulator_cell *shown = emulator_cell(&s->emulator, row, column);
	const char *link = wanted->link && s->term.links ? screen->links[wanted->link - 1] : "";

	if (wanted->columns != shown->columns || wanted->length != strlen(shown->text) ||
	    memcmp(wanted->text, shown->text, wanted->length) != 0)
		fail_msg("%d,%d: '%.*s' (%d) shows as '%s' (%d)", row, column, wanted->length,
		    wanted->text, wanted->columns, shown->text, shown->columns);
	if (!same_look(&wanted->style, &shown->style, strcmp(shown->text, " ") == 0))
		fail_msg("%d,%d '%s': style %x,%x,%x not %x,%x,%x", row, column, shown->text,
		    shown->style.fg, shown->style.bg, shown->style.attributes, wanted->style.fg,
		    wanted->style.bg, wanted->style.attributes);
	assert_string_equal(shown->link, link);
}

/* What terminals differ about shows somehow; what stands beside it is right. */
static void
compare(const struct scene *s)
{
	const struct screen *screen = s->screen;
	const struct emulator *e = &s->emulator;

	for (int row = 0; row < screen->rows; row++)
		for (int column = 0; column < screen->columns; column++) {
			const struct cell *cell = &screen->next[row * screen->columns + column];

			if (e->columns_of && (cell->unsure || (!cell->columns && cell[-1].unsure)))
				continue;
			compare_cell(s, row, column);
		}
	assert_int_equal(e->visible, screen->cursor_visible || !s->term.hide);
	if (screen->cursor_visible) {
		assert_int_equal(e->row, screen->cursor_row);
		assert_int_equal(e->column, screen->cursor_column);
	}
}

/* Returns the bytes written. */
static size_t
flush(struct scene *s)
{
	buf_clear(&s->out);
	screen_flush(s->screen, &s->term, &s->out);
	assert_false(s->out.failed);
	emulator_write(&s->emulator, buf_string(&s->out), s->out.length);
	compare(s);
	return s->out.length;
}

/* ---- at random ---- */

static void
random_style(struct scene *s, struct style *style)
{
	*style = plain;
	if (draw(s, 2) && s->term.colors)
		style->fg = draw(s, (unsigned)(s->term.colors < 256 ? s->term.colors : 256));
	if (draw(s, 4) == 0 && s->term.colors)
		style->bg = draw(s, (unsigned)(s->term.colors < 256 ? s->term.colors : 256));
	if (draw(s, 8) == 0 && s->term.colors > 256)
		style->fg = COLOR_RGB(draw(s, 256), draw(s, 256), draw(s, 256));
	for (int bit = 0; bit < 7; bit++)
		if (draw(s, 6) == 0 && s->term.attribute[bit])
			style->attributes |= (uint16_t)(1 << bit);
}

static void
random_text(struct scene *s, struct buf *text)
{
	static const char *const pieces[] = {"a", "bc", "  ", " word ", "…", "─", "漢字", "한",
	    "e\xCC\x81", "\xCC\x81", "👍", "👍🏽", "👩‍👩‍👧‍👦", "❤️", "🇩🇪",
	    "🇪", "\x1B[2J", "\xFF", "\xE2\x82", "\t", "\n", "\xC2\x9B", "\xE2\x80\xAE", "क्षि", "ก็",
	    "ｱ", "👩🏽‍❤️‍💋‍👨🏿"};
	unsigned count = draw(s, 20);

	for (unsigned i = 0; i < count; i++)
		buf_add_string(text, pieces[draw(s, sizeof pieces / sizeof *pieces)]);
}

static void
random_put(struct scene *s, int row)
{
	struct style style;
	struct buf text;
	int column = (int)draw(s, (unsigned)s->screen->columns + 2);

	random_style(s, &style);
	buf_init(&text, 4096);
	random_text(s, &text);
	screen_put(s->screen, row, column, (int)draw(s, 120), buf_string(&text), text.length,
	    &style,
	    draw(s, 5)   ? NULL
	    : draw(s, 2) ? "https://example.org/"
	                 : "http://x.org/a?b");
	buf_finish(&text);
}

/* As a chat's messages do, with something beside them that stays. */
static void
random_shift(struct scene *s)
{
	struct screen *screen = s->screen;
	unsigned columns = (unsigned)screen->columns;
	int from = draw(s, 2) ? 0 : (int)draw(s, columns);
	int lines = 1 + (int)draw(s, (unsigned)screen->rows);
	bool up = draw(s, 2);

	for (int i = 0; i < screen->rows - lines; i++) {
		int to = up ? i : screen->rows - 1 - i, back = up ? to + lines : to - lines;
		char *text = screen_text(screen, back);

		screen_clear(screen, to, from, screen->columns, &plain);
		screen_put(screen, to, from, screen->columns, text, strlen(text), &plain, NULL);
		free(text);
	}
}

static void
random_step(struct scene *s)
{
	struct screen *screen = s->screen;
	struct style style;
	int row = (int)draw(s, (unsigned)screen->rows + 1);

	switch (draw(s, 8)) {
	case 0:
		random_style(s, &style);
		screen_clear(screen, row, (int)draw(s, 90) - 5, (int)draw(s, 100), &style);
		break;
	case 1:
		random_shift(s);
		break;
	case 2:
		for (row = 0; row < screen->rows; row++)
			random_put(s, row);
		break;
	case 3:
		if (draw(s, 6) == 0) {
			int rows = 1 + (int)draw(s, 30), columns = 1 + (int)draw(s, 90);

			screen_resize(screen, rows, columns);
			emulator_resize(&s->emulator, rows, columns);
		} else if (draw(s, 4) == 0) {
			screen_forget(screen);
			emulator_resize(&s->emulator, screen->rows, screen->columns);
		}
		break;
	default:
		random_put(s, row);
		break;
	}
	screen_cursor(screen, (int)draw(s, (unsigned)screen->rows),
	    (int)draw(s, (unsigned)screen->columns), draw(s, 4) > 0);
}

static void
try_at_random(const char *name, int colors, int (*columns_of)(const char *, const struct cluster *))
{
	for (int trial = 1; trial <= TRIALS; trial++) {
		struct scene s;

		scene_init(&s, name, 24, 80);
		s.random = (uint64_t)trial;
		s.emulator.columns_of = columns_of;
		s.emulator.wraps = !columns_of;
		if (colors)
			s.term.colors = colors;
		for (int step = 0; step < STEPS; step++) {
			random_step(&s);
			if (draw(&s, 3)) {
				flush(&s);
				assert_int_equal(flush(&s), 0);
			}
		}
		scene_finish(&s);
	}
}

static void
test_random(void **state)
{
	(void)state;
	try_at_random("xterm-256color", 0, NULL);
	try_at_random("xterm-256color", 1 << 24, NULL);
	try_at_random("screen-256color", 0, NULL);
	try_at_random("linux", 0, NULL);
	try_at_random("vt100", 0, NULL);
}

static int
columns_narrow(const char *text, const struct cluster *cluster)
{
	(void)text;
	(void)cluster;
	return 1;
}

static int
columns_most(const char *text, const struct cluster *cluster)
{
	(void)text;
	return cluster->most;
}

/* Some so and some so. */
static int
columns_mixed(const char *text, const struct cluster *cluster)
{
	unsigned sum = 0;

	for (size_t i = 0; i < cluster->bytes; i++)
		sum = sum * 31 + (unsigned char)text[i];
	return 1 + (int)(sum % (unsigned)cluster->most);
}

/* Terminals give emoji other columns than one thinks: what stands beside them is right. */
static void
test_unsure(void **state)
{
	(void)state;
	try_at_random("xterm-256color", 0, columns_narrow);
	try_at_random("xterm-256color", 0, columns_most);
	try_at_random("xterm-256color", 0, columns_mixed);
}

/* ---- few bytes ---- */

static void
put(struct scene *s, int row, int column, const char *text)
{
	screen_put(s->screen, row, column, s->screen->columns, text, strlen(text), &plain, NULL);
}

static void
test_typed_key(void **state)
{
	struct scene s;
	char text[60] = "> ";

	(void)state;
	scene_init(&s, "xterm-256color", 30, 100);
	for (size_t i = 2; i < 50; i++) {
		size_t bytes;

		screen_clear(s.screen, 29, 0, 100, &plain);
		put(&s, 29, 0, text);
		screen_cursor(s.screen, 29, (int)i, true);
		bytes = flush(&s);
		if (i > 2)
			assert_in_range(bytes, 1, TYPED_MAX);
		text[i] = (char)('a' + i % 26);
	}
	/* Deleting them is no dearer. */
	for (size_t i = 48; i > 2; i--) {
		text[i] = 0;
		screen_clear(s.screen, 29, 0, 100, &plain);
		put(&s, 29, 0, text);
		screen_cursor(s.screen, 29, (int)i, true);
		assert_in_range(flush(&s), 1, TYPED_MAX);
	}
	scene_finish(&s);
}

/* A pane of messages, the newest at the bottom, above a status line and the input. */
static void
draw_messages(struct scene *s, int from, int left)
{
	for (int row = 0; row < 28; row++) {
		char line[100];

		screen_clear(s->screen, row, left, 100, &plain);
		snprintf(line, sizeof line, "12:%02d anna  message number %d, which says %d things",
		    (from + row) / 60 % 60, from + row, (from + row) * 7919 % 1000);
		put(s, row, left, line);
	}
	put(s, 28, 0, "[1 work] 3 unread");
	put(s, 29, 0, "> ");
	screen_cursor(s->screen, 29, 2, true);
}

static void
test_arriving_line(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, "xterm-256color", 30, 100);
	for (int i = 0; i < 100; i++) {
		size_t bytes;

		draw_messages(&s, i, 0);
		bytes = flush(&s);
		if (i > 0)
			assert_in_range(bytes, 1, ARRIVING_MAX);
	}
	scene_finish(&s);
}

/* Beside a list, whose rows do not move. What is dearer: to write the messages anew. */
static void
test_arriving_beside_list(void **state)
{
	static const char *const names[] = {"anna", "work", "family", "bob", "climbing", "li wei"};
	struct scene s;
	size_t all = 0, bytes = 0;

	(void)state;
	scene_init(&s, "xterm-256color", 30, 100);
	for (int i = 0; i < 100; i++) {
		for (int row = 0; row < 12; row++) {
			put(&s, row, 0, names[(row * 5 + row / 6) % 6]);
			put(&s, row, 20, "│");
		}
		for (int row = 12; row < 28; row++)
			put(&s, row, 20, "│");
		draw_messages(&s, i, 22);
		bytes = flush(&s);
		if (i == 0)
			all = bytes;
		else
			assert_in_range(bytes, 1, all / 2);
	}
	scene_finish(&s);
}

/* ---- single things ---- */

static void
test_ascii(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, "vt100", 3, 40);
	s.term.utf8 = false;
	put(&s, 0, 0,
	    "─│ ü 漢 👍 a\xFF"
	    "b");
	buf_clear(&s.out);
	screen_flush(s.screen, &s.term, &s.out);
	for (size_t i = 0; i < s.out.length; i++)
		assert_true((unsigned char)s.out.data[i] < 0x80);
	assert_non_null(strstr(buf_string(&s.out), "-| ? ?? ?? a?b"));
	scene_finish(&s);
}

static void
test_clipped(void **state)
{
	struct scene s;
	char *text;

	(void)state;
	scene_init(&s, "xterm-256color", 2, 5);
	assert_int_equal(screen_put(s.screen, 0, 0, 9, "漢字漢", 9, &plain, NULL), 4);
	assert_int_equal(screen_put(s.screen, 1, 3, 1, "漢", 3, &plain, NULL), 0);
	assert_int_equal(screen_put(s.screen, 2, 0, 5, "x", 1, &plain, NULL), 0);
	assert_int_equal(screen_put(s.screen, -1, 0, 5, "x", 1, &plain, NULL), 0);
	assert_int_equal(screen_put(s.screen, 0, 5, 5, "x", 1, &plain, NULL), 0);
	screen_clear(s.screen, 5, 0, 5, &plain);
	screen_clear(s.screen, 0, -3, INT32_MAX, &plain);
	assert_int_equal(screen_put(s.screen, 0, 0, 5, "漢字", 6, &plain, NULL), 4);
	/* Half of a wide one is none. */
	screen_put(s.screen, 0, 1, 1, "x", 1, &plain, NULL);
	screen_put(s.screen, 0, 2, 1, "y", 1, &plain, NULL);
	text = screen_text(s.screen, 0);
	assert_string_equal(text, " xy");
	free(text);
	flush(&s);
	/* The least screen. */
	screen_resize(s.screen, 0, -1);
	emulator_resize(&s.emulator, 1, 1);
	put(&s, 0, 0, "漢");
	put(&s, 0, 0, "x");
	screen_cursor(s.screen, 7, 7, true);
	flush(&s);
	scene_finish(&s);
}

/* What could end the sequence that a link stands in is no link. */
static void
test_links(void **state)
{
	static const char *const bad[] = {
	    "http://x\033\\", "http://x\a", "http://x y", "http://ü", ""};
	struct scene s;

	(void)state;
	scene_init(&s, "xterm-256color", 2, 20);
	flush(&s);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		screen_put(s.screen, 0, 0, 20, i % 2 ? "a" : "b", 1, &plain, bad[i]);
		flush(&s);
		assert_null(strstr(buf_string(&s.out), "]8"));
	}
	screen_put(s.screen, 0, 0, 20, "a", 1, &plain, "http://x");
	flush(&s);
	assert_non_null(strstr(buf_string(&s.out), "\033]8;;http://x\033\\"));
	/* Many are not kept forever. */
	for (int i = 0; i < 3 * SCREEN_LINKS_MAX; i++) {
		char link[40];

		snprintf(link, sizeof link, "http://x/%d", i);
		screen_put(s.screen, 0, i % 10, 20, "link", 4, &plain, link);
		flush(&s);
	}
	assert_true(s.screen->link_count < SCREEN_LINKS_MAX);
	scene_finish(&s);
}

/* A picture that changes as a whole, as when another conversation is opened. */
static void
test_fast(void **state)
{
	struct scene s;
	int64_t begun, took = INT64_MAX;

	(void)state;
	scene_init(&s, "xterm-256color", 60, 200);
	for (int i = 0; i < 20; i++) {
		for (int row = 0; row < 60; row++) {
			char line[200];

			for (size_t k = 0; k < sizeof line; k++)
				line[k] = (char)(' ' + (k * 7 + (size_t)row * 13 + (size_t)i * 31 +
				                           k * k) %
				                           90);
			screen_put(s.screen, row, 0, 200, line, sizeof line, &plain, NULL);
		}
		buf_clear(&s.out);
		begun = time_mono();
		screen_flush(s.screen, &s.term, &s.out);
		if (time_mono() - begun < took)
			took = time_mono() - begun;
	}
	assert_in_range(took, 0, FAST_MAX);
	scene_finish(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_unsure),
	    cmocka_unit_test(test_typed_key),
	    cmocka_unit_test(test_arriving_line),
	    cmocka_unit_test(test_arriving_beside_list),
	    cmocka_unit_test(test_ascii),
	    cmocka_unit_test(test_clipped),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
