/* The editor: what its actions make of a text and its cursor, which the tests write as '|'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/message.h"
#include "tui/edit.h"

/* An editor with a text whose cursor stands where it has a '|'. */
static struct edit *
with(const char *text)
{
	struct edit *edit = edit_create();
	const char *bar = strchr(text, '|');
	char *plain = mem_printf("%.*s%s", (int)(bar - text), text, bar + 1);

	edit_set(edit, plain);
	edit_go(edit, (size_t)(bar - text));
	free(plain);
	return edit;
}

static void
check(const struct edit *edit, const char *expected)
{
	const char *text = edit_text(edit);
	size_t cursor = edit_cursor(edit);
	char *shown = mem_printf("%.*s|%s", (int)cursor, text, text + cursor);

	assert_string_equal(shown, expected);
	assert_int_equal(strlen(text), edit_length(edit));
	free(shown);
}

static void
check_act(const char *before, enum action action, const char *after)
{
	struct edit *edit = with(before);

	assert_true(edit_act(edit, action));
	check(edit, after);
	edit_destroy(edit);
}

static void
type(struct edit *edit, const char *text)
{
	assert_true(edit_insert(edit, text, strlen(text)));
}

#define FAMILY "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"
#define ACUTE  "e\xCC\x81"
#define FLAG   "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"

static void
the_cursor_moves_by_what_a_person_sees(void **state)
{
	(void)state;
	check_act("ab|c", ACTION_CURSOR_LEFT, "a|bc");
	check_act("|abc", ACTION_CURSOR_LEFT, "|abc");
	check_act("abc|", ACTION_CURSOR_RIGHT, "abc|");
	check_act("|", ACTION_CURSOR_RIGHT, "|");
	check_act("a" FAMILY "|", ACTION_CURSOR_LEFT, "a|" FAMILY);
	check_act("a|" FAMILY, ACTION_CURSOR_RIGHT, "a" FAMILY "|");
	check_act(ACUTE ACUTE "|x", ACTION_CURSOR_LEFT, ACUTE "|" ACUTE "x");
	check_act(FLAG FLAG "|", ACTION_CURSOR_LEFT, FLAG "|" FLAG);
	check_act("|你好", ACTION_CURSOR_RIGHT, "你|好");
	check_act("a" FAMILY "|b", ACTION_DELETE_LEFT, "a|b");
	check_act("a|" FLAG "b", ACTION_DELETE_RIGHT, "a|b");
	check_act("|b", ACTION_DELETE_LEFT, "|b");
	check_act("b|", ACTION_DELETE_RIGHT, "b|");
}

static void
words_and_lines(void **state)
{
	(void)state;
	check_act("one two|", ACTION_WORD_LEFT, "one |two");
	check_act("one, |two", ACTION_WORD_LEFT, "|one, two");
	check_act("|one two", ACTION_WORD_RIGHT, "one| two");
	check_act("one|, two!", ACTION_WORD_RIGHT, "one, two|!");
	check_act("naïve été|", ACTION_WORD_LEFT, "naïve |été");
	check_act("x\nab|c\ny", ACTION_LINE_BEGIN, "x\n|abc\ny");
	check_act("x\nab|c\ny", ACTION_LINE_END, "x\nabc|\ny");
	check_act("x\nab|c\ny", ACTION_TEXT_BEGIN, "|x\nabc\ny");
	check_act("x\nab|c\ny", ACTION_TEXT_END, "x\nabc\ny|");
	check_act("ab|c", ACTION_NEWLINE, "ab\n|c");
}

static void
up_and_down_keep_the_column(void **state)
{
	struct edit *edit = with("abcdef|gh\nxy\n12345678");

	(void)state;
	edit_act(edit, ACTION_CURSOR_DOWN);
	check(edit, "abcdefgh\nxy|\n12345678");
	edit_act(edit, ACTION_CURSOR_DOWN);
	check(edit, "abcdefgh\nxy\n123456|78");
	edit_act(edit, ACTION_CURSOR_UP);
	edit_act(edit, ACTION_CURSOR_UP);
	check(edit, "abcdef|gh\nxy\n12345678");
	/* Nothing is above, and no history: it stays. */
	edit_act(edit, ACTION_CURSOR_UP);
	check(edit, "abcdef|gh\nxy\n12345678");
	edit_destroy(edit);
}

static void
cutting_and_inserting(void **state)
{
	struct edit *edit;

	(void)state;
	check_act("one two|three", ACTION_KILL_LINE, "one two|");
	check_act("one|\ntwo", ACTION_KILL_LINE, "one|two");
	check_act("a\none|two", ACTION_KILL_LINE_LEFT, "a\n|two");
	check_act("a|\nb", ACTION_KILL_TEXT, "|");
	check_act("one |two three", ACTION_KILL_WORD, "one | three");
	check_act("one two| three", ACTION_KILL_WORD_LEFT, "one | three");
	check_act("see /tmp/x-y |z", ACTION_KILL_SPACED_WORD_LEFT, "see |z");
	check_act("a  |  b", ACTION_DELETE_SPACE, "a|b");

	/* Cuts one after another are one, whichever side they came from. */
	edit = with("one two| three four");
	edit_act(edit, ACTION_KILL_WORD_LEFT);
	edit_act(edit, ACTION_KILL_WORD_LEFT);
	edit_act(edit, ACTION_KILL_WORD);
	check(edit, "| four");
	edit_act(edit, ACTION_YANK);
	check(edit, "one two three| four");
	edit_destroy(edit);

	edit = with("one two| three");
	edit_act(edit, ACTION_KILL_WORD_LEFT);
	edit_act(edit, ACTION_CURSOR_LEFT);
	edit_act(edit, ACTION_KILL_WORD_LEFT);
	check(edit, "|  three");
	edit_act(edit, ACTION_YANK_POP); /* not behind a yank: nothing */
	check(edit, "|  three");
	edit_act(edit, ACTION_YANK);
	check(edit, "one|  three");
	edit_act(edit, ACTION_YANK_POP);
	check(edit, "two|  three");
	edit_act(edit, ACTION_YANK_POP);
	check(edit, "one|  three");
	edit_destroy(edit);
}

static void
many_cuts_are_bounded(void **state)
{
	struct edit *edit = edit_create();

	(void)state;
	for (int i = 0; i < 100; i++) {
		char text[20];

		snprintf(text, sizeof text, "cut%d", i);
		edit_set(edit, text);
		edit_act(edit, ACTION_LINE_BEGIN);
		edit_act(edit, ACTION_KILL_LINE);
	}
	edit_act(edit, ACTION_YANK);
	check(edit, "cut99|");
	for (int i = 0; i < 15; i++)
		edit_act(edit, ACTION_YANK_POP);
	check(edit, "cut84|");
	edit_act(edit, ACTION_YANK_POP);
	check(edit, "cut99|");
	edit_destroy(edit);
}

static void
swapping_and_case(void **state)
{
	(void)state;
	check_act("ab|cd", ACTION_TRANSPOSE_CHARACTERS, "acb|d");
	check_act("abcd|", ACTION_TRANSPOSE_CHARACTERS, "abdc|");
	check_act("|abcd", ACTION_TRANSPOSE_CHARACTERS, "|abcd");
	check_act("a|", ACTION_TRANSPOSE_CHARACTERS, "a|");
	check_act("x\n|ab", ACTION_TRANSPOSE_CHARACTERS, "x\n|ab");
	check_act("one, tw|o!", ACTION_TRANSPOSE_WORDS, "two, one|!");
	check_act("one two |", ACTION_TRANSPOSE_WORDS, "two one| ");
	check_act("one|", ACTION_TRANSPOSE_WORDS, "one|");
	check_act("|", ACTION_TRANSPOSE_WORDS, "|");
	check_act("|straße x", ACTION_UPCASE_WORD, "STRASSE| x");
	check_act("|ÉTÉ x", ACTION_DOWNCASE_WORD, "été| x");
	check_act("|élan x", ACTION_CAPITALIZE_WORD, "Élan| x");
	check_act("x|", ACTION_UPCASE_WORD, "x|");
}

static void
undo_takes_back_in_steps(void **state)
{
	struct edit *edit = edit_create();

	(void)state;
	for (const char *p = "hello"; *p; p++)
		assert_true(edit_insert(edit, p, 1));
	edit_act(edit, ACTION_KILL_WORD_LEFT);
	type(edit, "bye");
	check(edit, "bye|");
	edit_act(edit, ACTION_UNDO);
	check(edit, "|");
	edit_act(edit, ACTION_UNDO);
	check(edit, "hello|");
	edit_act(edit, ACTION_UNDO);
	check(edit, "|");
	edit_act(edit, ACTION_UNDO);
	check(edit, "|");
	for (int i = 0; i < 4; i++)
		edit_act(edit, ACTION_REDO);
	check(edit, "bye|");
	edit_act(edit, ACTION_UNDO);
	type(edit, "x");
	edit_act(edit, ACTION_REDO); /* gone: something else was written */
	check(edit, "x|");
	edit_destroy(edit);
}

static void
long_typing_is_undone_by_words(void **state)
{
	struct edit *edit = edit_create();

	(void)state;
	for (const char *p = "the quick brown fox jumps over"; *p; p++)
		assert_true(edit_insert(edit, p, 1));
	edit_act(edit, ACTION_UNDO);
	check(edit, "the quick brown fox |");
	edit_act(edit, ACTION_UNDO);
	check(edit, "|");
	edit_destroy(edit);
}

static void
a_paste_in_pieces_is_one_step(void **state)
{
	struct edit *edit = edit_create();
	char piece[1000];

	(void)state;
	memset(piece, 'x', sizeof piece);
	type(edit, "say: ");
	for (int i = 0; i < 20; i++)
		edit_insert(edit, piece, sizeof piece);
	assert_int_equal(edit_length(edit), 20005);
	edit_act(edit, ACTION_UNDO);
	check(edit, "say: |");
	edit_destroy(edit);
}

static void
undo_has_a_ceiling(void **state)
{
	struct edit *edit = edit_create();
	int undone = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		type(edit, "x");
		edit_go(edit, edit_length(edit));
	}
	assert_int_equal(edit_length(edit), 3000);
	for (size_t before = 0; before != edit_length(edit); undone++) {
		before = edit_length(edit);
		edit_act(edit, ACTION_UNDO);
	}
	assert_int_equal(edit_length(edit), 2000);
	assert_int_equal(undone, 1001);
	edit_destroy(edit);
}

static void
what_is_written_is_cleaned(void **state)
{
	struct edit *edit = edit_create();

	(void)state;
	type(edit, "a\r\nb\rc\td\x1b[31m\x07\xE2\x80\xAE\xC2\x9B!\xFF\xC3");
	/* The last byte may be the beginning of a character. */
	check(edit, "a\nb\nc    d[31m!\xEF\xBF\xBD|");
	type(edit, "\xA9 ok\r");
	type(edit, "\nz");
	check(edit, "a\nb\nc    d[31m!\xEF\xBF\xBDé ok\nz|");
	/* Elsewhere it is not. */
	type(edit, "\xE4\xBD");
	edit_act(edit, ACTION_TEXT_BEGIN);
	type(edit, "\xA0");
	check(edit, "\xEF\xBF\xBD|a\nb\nc    d[31m!\xEF\xBF\xBDé ok\nz");
	edit_set(edit, "");
	assert_true(edit_insert(edit, "a\0b", 3));
	check(edit, "ab|");
	edit_destroy(edit);
}

static void
the_text_has_a_ceiling(void **state)
{
	struct edit *edit = edit_create();
	size_t size = 1024 * 1024;
	char *much = mem_alloc(size);

	(void)state;
	for (size_t i = 0; i < size; i++)
		much[i] = "你"[i % 3];
	assert_false(edit_insert(edit, much, size));
	assert_true(edit_length(edit) <= MESSAGE_TEXT_MAX);
	assert_true(edit_length(edit) > MESSAGE_TEXT_MAX - 3);
	assert_true(text_is_utf8(edit_text(edit), edit_length(edit)));
	assert_false(edit_insert(edit, "你", 3));
	assert_int_equal(edit_length(edit), edit_cursor(edit));
	edit_act(edit, ACTION_KILL_TEXT);
	assert_int_equal(edit_length(edit), 0);
	edit_act(edit, ACTION_YANK);
	edit_act(edit, ACTION_YANK); /* does not fit */
	assert_true(edit_length(edit) > MESSAGE_TEXT_MAX - 3);
	free(much);
	edit_destroy(edit);
}

static void
a_part_is_replaced(void **state)
{
	struct edit *edit = with("hi bo|, hello");

	(void)state;
	assert_true(edit_replace(edit, 3, 5, "bob:", 4));
	check(edit, "hi bob:|, hello");
	edit_act(edit, ACTION_UNDO);
	check(edit, "hi bo|, hello");
	assert_false(edit_replace(edit, 5, 100, "x", 1));
	assert_false(edit_replace(edit, 5, 4, "x", 1));
	check(edit, "hi bo|, hello");
	edit_destroy(edit);
}

static void
other_actions_are_not_the_editors(void **state)
{
	struct edit *edit = with("a|b");

	(void)state;
	for (int i = ACTION_EDITOR_LAST + 1; i < ACTION_COUNT; i++)
		assert_false(edit_act(edit, (enum action)i));
	assert_false(edit_act(edit, ACTION_NONE));
	check(edit, "a|b");
	edit_destroy(edit);
}

/* Whatever is done, in any order, leaves a text that holds what edit.h promises; and taking
 * everything back leads to where it began. */
static void
random_work_keeps_the_promises(void **state)
{
	static const char *const pieces[] = {"a", " ", "word ", "\n", "你好", FAMILY, ACUTE, FLAG,
	    "\xFF", "\xE4", "\xBD\xA0", "\r", "\n", "\t", "\xCC\x81", "\xE2\x80\x8D"};
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct edit *edit = edit_create();

		edit_remember(edit, "", "one");
		edit_remember(edit, "", "two\nlines");
		for (int i = 0; i < 200; i++) {
			seed = seed * 1664525 + 1013904223;
			if ((seed >> 16) % 2) {
				const char *piece = pieces[(seed >> 20) % 16];

				edit_insert(edit, piece, strlen(piece));
			} else {
				edit_act(
				    edit, (enum action)((seed >> 20) % (ACTION_EDITOR_LAST + 8)));
			}
			assert_true(text_is_utf8(edit_text(edit), edit_length(edit)));
			assert_true(edit_cursor(edit) <= edit_length(edit));
			assert_true((edit_text(edit)[edit_cursor(edit)] & 0xC0) != 0x80);
			assert_null(strpbrk(edit_text(edit), "\r\t\x1b"));
		}
		edit_act(edit, ACTION_CANCEL);
		for (int i = 0; i < 600; i++)
			edit_act(edit, ACTION_UNDO);
		check(edit, "|");
		edit_destroy(edit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_cursor_moves_by_what_a_person_sees),
	    cmocka_unit_test(words_and_lines),
	    cmocka_unit_test(up_and_down_keep_the_column),
	    cmocka_unit_test(cutting_and_inserting),
	    cmocka_unit_test(many_cuts_are_bounded),
	    cmocka_unit_test(swapping_and_case),
	    cmocka_unit_test(undo_takes_back_in_steps),
	    cmocka_unit_test(long_typing_is_undone_by_words),
	    cmocka_unit_test(a_paste_in_pieces_is_one_step),
	    cmocka_unit_test(undo_has_a_ceiling),
	    cmocka_unit_test(what_is_written_is_cleaned),
	    cmocka_unit_test(the_text_has_a_ceiling),
	    cmocka_unit_test(a_part_is_replaced),
	    cmocka_unit_test(other_actions_are_not_the_editors),
	    cmocka_unit_test(random_work_keeps_the_promises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
