/* Completion of commands, names and emoji. */
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
#include "tui/complete.h"
#include "tui/emoji.h"

struct asked {
	int times;
	char last[200];
};

/* What a chat knows, in short. */
static void
source(void *arg, const struct complete_question *question, struct complete *complete)
{
	struct asked *asked = arg;

	asked->times++;
	snprintf(asked->last, sizeof asked->last, "%s %d %s",
	    question->command ? question->command : "-", question->argument, question->prefix);
	if (question->command && !*question->command) {
		complete_add(complete, NULL, "reply");
		complete_add(complete, NULL, "react");
		complete_add(complete, NULL, "msg");
	} else if (question->command) {
		complete_add(complete, "Bob Builder", "bob@example.org");
		complete_add(complete, "Älva", "alva@example.org");
		complete_add(complete, NULL, "#group@example.org");
	} else {
		complete_add(complete, NULL, "bob");
		complete_add(complete, "Barbara", "babs");
		complete_add(complete, NULL, "bob");
		complete_add(complete, NULL, "");
	}
}

static struct asked asked;
static struct complete *complete;
static struct edit *edit;

static int
set_up(void **state)
{
	(void)state;
	asked = (struct asked){0};
	complete = complete_create(source, &asked);
	edit = edit_create();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	complete_destroy(complete);
	edit_destroy(edit);
	return 0;
}

static void
write_text(const char *text)
{
	edit_set(edit, text);
}

static void
step(int direction, const char *expected)
{
	assert_true(complete_step(complete, edit, direction));
	assert_string_equal(edit_text(edit), expected);
}

static void
nothing(const char *text)
{
	write_text(text);
	assert_false(complete_step(complete, edit, 1));
	assert_string_equal(edit_text(edit), text);
}

static void
commands_are_completed_and_cycled(void **state)
{
	(void)state;
	write_text("/re");
	step(1, "/reply ");
	step(1, "/react ");
	step(1, "/reply ");
	step(-1, "/react ");
	assert_int_equal(asked.times, 1);
	/* What is typed begins another one. */
	edit_insert(edit, "b", 1);
	step(1, "/react bob@example.org ");
	assert_int_equal(asked.times, 2);
	write_text("/");
	step(-1, "/msg ");
	nothing("/x");
	nothing("//re");
}

static void
what_a_command_takes(void **state)
{
	(void)state;
	write_text("/msg B");
	step(1, "/msg bob@example.org ");
	assert_string_equal(asked.last, "msg 0 B");
	write_text("/msg älv");
	step(1, "/msg alva@example.org ");
	write_text("/invite  x  #gr");
	step(1, "/invite  x  #group@example.org ");
	assert_string_equal(asked.last, "invite 1 #gr");
	write_text("/invite x ");
	step(1, "/invite x bob@example.org ");
	assert_string_equal(asked.last, "invite 1 ");
	write_text("/msg ");
	step(1, "/msg bob@example.org ");
	assert_string_equal(asked.last, "msg 0 ");
}

static void
names_in_a_message(void **state)
{
	(void)state;
	write_text("b");
	step(1, "bob: ");
	step(1, "babs: ");
	step(1, "bob: ");
	write_text("hi B");
	step(1, "hi bob ");
	write_text("hi @ba");
	step(1, "hi @babs ");
	write_text("hi barb");
	step(1, "hi babs ");
	/* Only the word before the cursor, and no second space behind it. */
	write_text("hi b, and so");
	edit_go(edit, 4);
	step(1, "hi bob , and so");
	write_text("@ba and so");
	edit_go(edit, 3);
	step(1, "@babs and so");
	assert_int_equal(edit_cursor(edit), 5);
	nothing("");
	nothing("hi ");
	nothing("hi zz");
	assert_int_equal(asked.times, 7);
}

static void
one_undo_takes_it_back(void **state)
{
	(void)state;
	write_text("hi b");
	step(1, "hi bob ");
	edit_act(edit, ACTION_UNDO);
	assert_string_equal(edit_text(edit), "hi b");
	/* The text is not as it was left: it begins anew. */
	step(1, "hi bob ");
	assert_int_equal(asked.times, 2);
}

static void
emoji_by_their_short_names(void **state)
{
	const char *name;
	bool chosen;

	(void)state;
	write_text("well :smile");
	step(1, "well 😄");
	assert_string_equal(complete_candidate(complete, 0, &name, &chosen), "😄");
	assert_string_equal(name, "smile");
	assert_true(chosen);
	assert_string_equal(complete_candidate(complete, 1, &name, &chosen), "😃");
	assert_false(chosen);
	assert_null(complete_candidate(complete, 2, &name, &chosen));
	step(1, "well 😃");
	step(-1, "well 😄");
	complete_end(complete);
	assert_null(complete_candidate(complete, 0, &name, &chosen));
	write_text(":+1:");
	step(1, "👍");
	nothing(":zzzz");
	nothing(":s");
	nothing("12:30");
	complete_emoji(complete, false);
	nothing(":smile");
}

static void
the_table_of_emoji_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < emoji_count; i++) {
		assert_int_equal(strspn(emoji[i].name, "abcdefghijklmnopqrstuvwxyz0123456789_+-"),
		    strlen(emoji[i].name));
		assert_true(strlen(emoji[i].name) > 1);
		assert_true(text_is_utf8(emoji[i].text, strlen(emoji[i].text)));
		assert_true((emoji[i].text[0] & 0x80) != 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(emoji[i].name, emoji[j].name);
	}
}

static void
many_source(void *arg, const struct complete_question *question, struct complete *to)
{
	int *added = arg;

	(void)question;
	for (bool more = true; more; ++*added) {
		char name[20];

		snprintf(name, sizeof name, "n%d", *added);
		more = complete_add(to, NULL, name);
	}
}

static void
candidates_have_a_ceiling(void **state)
{
	int added = 0;
	struct complete *many = complete_create(many_source, &added);
	const char *name;
	bool chosen;

	(void)state;
	write_text("n");
	assert_true(complete_step(many, edit, 1));
	assert_int_equal(added, COMPLETE_MAX + 1);
	assert_non_null(complete_candidate(many, COMPLETE_MAX - 1, &name, &chosen));
	assert_null(complete_candidate(many, COMPLETE_MAX, &name, &chosen));
	complete_destroy(many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(commands_are_completed_and_cycled, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_a_command_takes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(names_in_a_message, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(one_undo_takes_it_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(emoji_by_their_short_names, set_up, tear_down),
	    cmocka_unit_test(the_table_of_emoji_is_right),
	    cmocka_unit_test_setup_teardown(candidates_have_a_ceiling, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
