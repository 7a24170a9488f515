/* The history of what was sent: walking through it and searching in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tui/edit.h"

static struct edit *
with_history(void)
{
	struct edit *edit = edit_create();

	edit_remember(edit, "bob", "first");
	edit_remember(edit, "bob", "second Time");
	edit_remember(edit, "bob", "second Time");
	edit_remember(edit, "carol", "to carol");
	edit_remember(edit, "bob", "third time");
	edit_remember(edit, "bob", "");
	edit_turn(edit, "bob");
	return edit;
}

static void
act(struct edit *edit, enum action action, const char *expected)
{
	assert_true(edit_act(edit, action));
	assert_string_equal(edit_text(edit), expected);
	assert_int_equal(edit_cursor(edit), strlen(expected));
}

static void
type(struct edit *edit, const char *text)
{
	assert_true(edit_insert(edit, text, strlen(text)));
}

static void
up_goes_back_and_down_returns(void **state)
{
	struct edit *edit = with_history();

	(void)state;
	type(edit, "draft");
	act(edit, ACTION_CURSOR_UP, "third time");
	act(edit, ACTION_CURSOR_UP, "second Time");
	act(edit, ACTION_CURSOR_UP, "first");
	act(edit, ACTION_CURSOR_UP, "first");
	act(edit, ACTION_CURSOR_DOWN, "second Time");
	act(edit, ACTION_CURSOR_DOWN, "third time");
	act(edit, ACTION_CURSOR_DOWN, "draft");
	act(edit, ACTION_CURSOR_DOWN, "draft");
	act(edit, ACTION_HISTORY_PREVIOUS, "third time");
	act(edit, ACTION_HISTORY_NEXT, "draft");
	edit_destroy(edit);
}

static void
each_conversation_has_its_own(void **state)
{
	struct edit *edit = with_history();

	(void)state;
	edit_turn(edit, "carol");
	act(edit, ACTION_HISTORY_PREVIOUS, "to carol");
	act(edit, ACTION_HISTORY_PREVIOUS, "to carol");
	edit_set(edit, "");
	edit_turn(edit, "dave");
	act(edit, ACTION_HISTORY_PREVIOUS, "");
	edit_turn(edit, "bob");
	act(edit, ACTION_HISTORY_PREVIOUS, "third time");
	edit_destroy(edit);
}

static void
lines_come_before_the_history(void **state)
{
	struct edit *edit = with_history();

	(void)state;
	edit_set(edit, "above\nbelow");
	edit_act(edit, ACTION_CURSOR_UP);
	assert_string_equal(edit_text(edit), "above\nbelow");
	act(edit, ACTION_CURSOR_UP, "third time");
	act(edit, ACTION_CURSOR_DOWN, "above\nbelow");
	edit_destroy(edit);
}

static void
check_search(const struct edit *edit, const char *query, bool found, const char *text)
{
	bool is_found;
	const char *is = edit_search(edit, &is_found);

	assert_non_null(is);
	assert_string_equal(is, query);
	assert_int_equal(is_found, found);
	assert_string_equal(edit_text(edit), text);
}

static void
searching_shows_what_it_finds(void **state)
{
	struct edit *edit = with_history();
	bool found;

	(void)state;
	type(edit, "draft");
	assert_null(edit_search(edit, &found));
	assert_true(edit_act(edit, ACTION_HISTORY_SEARCH));
	check_search(edit, "", false, "draft");
	type(edit, "ti");
	check_search(edit, "ti", true, "third time");
	edit_act(edit, ACTION_HISTORY_SEARCH);
	check_search(edit, "ti", true, "second Time");
	edit_act(edit, ACTION_HISTORY_SEARCH);
	check_search(edit, "ti", false, "second Time");
	edit_act(edit, ACTION_HISTORY_SEARCH_FORWARD);
	check_search(edit, "ti", true, "second Time");
	edit_act(edit, ACTION_HISTORY_SEARCH_FORWARD);
	check_search(edit, "ti", true, "third time");
	edit_act(edit, ACTION_HISTORY_SEARCH_FORWARD);
	check_search(edit, "ti", false, "third time");
	/* Upper case asks for just that. */
	edit_act(edit, ACTION_DELETE_LEFT);
	edit_act(edit, ACTION_DELETE_LEFT);
	type(edit, "Ti");
	check_search(edit, "Ti", true, "second Time");
	edit_act(edit, ACTION_LINE_BEGIN);
	assert_null(edit_search(edit, &found));
	assert_string_equal(edit_text(edit), "second Time");
	assert_int_equal(edit_cursor(edit), 0);
	act(edit, ACTION_UNDO, "draft");
	edit_destroy(edit);
}

static void
a_search_can_be_given_up(void **state)
{
	struct edit *edit = with_history();
	bool found;

	(void)state;
	type(edit, "draft");
	edit_act(edit, ACTION_CURSOR_LEFT);
	edit_act(edit, ACTION_HISTORY_SEARCH);
	type(edit, "first");
	check_search(edit, "first", true, "first");
	type(edit, "nothing");
	check_search(edit, "firstnothing", false, "first");
	assert_true(edit_act(edit, ACTION_CANCEL));
	assert_null(edit_search(edit, &found));
	assert_string_equal(edit_text(edit), "draft");
	assert_int_equal(edit_cursor(edit), 4);
	assert_false(edit_act(edit, ACTION_CANCEL));

	/* Sending takes the hit. */
	edit_act(edit, ACTION_HISTORY_SEARCH);
	type(edit, "first");
	assert_false(edit_act(edit, ACTION_SEND));
	assert_null(edit_search(edit, &found));
	assert_string_equal(edit_text(edit), "first");
	edit_destroy(edit);
}

static void
what_is_searched_for_is_bounded(void **state)
{
	struct edit *edit = with_history();
	char much[5000];
	bool found;

	(void)state;
	memset(much, 'x', sizeof much);
	edit_act(edit, ACTION_HISTORY_SEARCH);
	assert_false(edit_insert(edit, much, sizeof much));
	assert_true(strlen(edit_search(edit, &found)) <= 1024);
	edit_act(edit, ACTION_CANCEL);
	assert_string_equal(edit_text(edit), "");
	edit_destroy(edit);
}

static void
the_history_is_bounded(void **state)
{
	struct edit *edit = edit_create();
	char *big = mem_zalloc(1, 60001);
	int entries = 0;

	(void)state;
	memset(big, 'x', 60000);
	for (int i = 0; i < 1000; i++) {
		char text[20], conversation[20];

		snprintf(text, sizeof text, "%d", i);
		snprintf(conversation, sizeof conversation, "c%d", i);
		edit_remember(edit, "bob", text);
		edit_remember(edit, conversation, text);
	}
	edit_turn(edit, "bob");
	for (char before[20] = "none"; strcmp(before, edit_text(edit)) != 0; entries++) {
		snprintf(before, sizeof before, "%s", edit_text(edit));
		edit_act(edit, ACTION_HISTORY_PREVIOUS);
	}
	assert_int_equal(entries, EDIT_HISTORY_ENTRIES + 1);
	assert_string_equal(edit_text(edit), "800");
	edit_set(edit, "");
	edit_turn(edit, "c1"); /* used too long ago */
	act(edit, ACTION_HISTORY_PREVIOUS, "");
	edit_turn(edit, "c999");
	act(edit, ACTION_HISTORY_PREVIOUS, "999");

	/* Bytes, too: five of these are too many. */
	for (int i = 0; i < 5; i++) {
		big[0] = (char)('a' + i);
		edit_remember(edit, "bob", big);
	}
	edit_turn(edit, "bob");
	for (int i = 0; i < 10; i++)
		edit_act(edit, ACTION_HISTORY_PREVIOUS);
	assert_int_equal(edit_text(edit)[0], 'b');
	free(big);
	edit_destroy(edit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(up_goes_back_and_down_returns),
	    cmocka_unit_test(each_conversation_has_its_own),
	    cmocka_unit_test(lines_come_before_the_history),
	    cmocka_unit_test(searching_shows_what_it_finds),
	    cmocka_unit_test(a_search_can_be_given_up),
	    cmocka_unit_test(what_is_searched_for_is_bounded),
	    cmocka_unit_test(the_history_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
