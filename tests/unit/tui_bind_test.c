/* Names of keys, what they are bound to, and the table of actions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/bind.h"
#include "tui/config_line.h"

static void
check_name(const char *keys, const char *expected)
{
	char canonical[BIND_SEQUENCE_SIZE];
	struct error err;

	assert_int_equal(bind_canonical(canonical, keys, &err), STATUS_OK);
	assert_string_equal(canonical, expected);
	assert_int_equal(bind_canonical(canonical, expected, &err), STATUS_OK);
	assert_string_equal(canonical, expected);
}

static void
check_bad_name(const char *keys)
{
	char canonical[BIND_SEQUENCE_SIZE];
	struct error err = {0};

	assert_int_equal(bind_canonical(canonical, keys, &err), STATUS_USAGE);
	assert_true(*err.text);
}

static void
names_have_one_form(void **state)
{
	(void)state;
	check_name("C-a", "C-a");
	check_name("c-A", "C-a");
	check_name("^A", "C-a");
	check_name("Ctrl-Alt-x", "C-M-x");
	check_name("M-C-x", "C-M-x");
	check_name("M-x", "M-x");
	check_name("M-X", "M-X");
	check_name("Alt-Shift-x", "M-X");
	check_name("S-Up", "S-Up");
	check_name("Shift-Ctrl-pgup", "C-S-PageUp");
	check_name("esc", "Escape");
	check_name("RETURN", "Enter");
	check_name("C-i", "Tab");
	check_name("C-m", "Enter");
	check_name("M-C-[", "M-Escape");
	check_name("C-@", "C-Space");
	check_name("C--", "C--");
	check_name("M-^", "M-^");
	check_name("f12", "F12");
	check_name("M-F1", "M-F1");
	check_name("M-é", "M-é");
	check_name("  C-x   e ", "C-x e");
	check_name("C-x Space #", "C-x Space #");
}

static void
what_is_no_key_is_refused(void **state)
{
	char many[4000];

	(void)state;
	check_bad_name("");
	check_bad_name("   ");
	check_bad_name("Foo");
	check_bad_name("C-Foo");
	check_bad_name("C-C-a");
	check_bad_name("F0");
	check_bad_name("F25");
	check_bad_name("M-\x1b");
	check_bad_name("M-\xff");
	check_bad_name("M-\xe2\x80\xae");
	check_bad_name("ab");
	check_bad_name("C-a C-b C-c C-d");
	memset(many, 'x', sizeof many - 1);
	many[sizeof many - 1] = '\0';
	check_bad_name(many);
}

static void
every_default_is_reachable(void **state)
{
	struct bindings bindings;

	(void)state;
	bind_init(&bindings);
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);

		assert_non_null(info->name);
		assert_true(*info->help);
		assert_int_equal(action_find(info->name), i);
		for (int j = 0; j < ACTION_KEYS_MAX && info->keys[j]; j++) {
			enum action found;

			check_name(info->keys[j], info->keys[j]);
			assert_int_equal(bind_find(&bindings, info->keys[j], &found), BIND_FOUND);
			assert_int_equal(found, i);
		}
	}
	bind_finish(&bindings);
}

/* Setting each default anew takes no other away: no sequence begins another. */
static void
defaults_do_not_collide(void **state)
{
	struct bindings defaults, bindings;
	struct error err;

	(void)state;
	bind_init(&defaults);
	bind_init(&bindings);
	for (size_t i = 0; i < defaults.count; i++)
		assert_int_equal(bind_set(&bindings, defaults.list[i].keys,
		                     action_info(defaults.list[i].action)->name, &err),
		    STATUS_OK);
	assert_int_equal(bindings.count, defaults.count);
	bind_finish(&bindings);
	bind_finish(&defaults);
}

static enum bind_result
press(const struct bindings *bindings, struct bind_pending *pending, const char *key,
    enum action expected)
{
	enum action action;
	enum bind_result result = bind_press(bindings, pending, key, &action);

	assert_int_equal(action, expected);
	return result;
}

static void
sequences_are_pressed_key_by_key(void **state)
{
	struct bindings bindings;
	struct bind_pending pending = {0};
	struct error err;

	(void)state;
	bind_init(&bindings);
	assert_int_equal(press(&bindings, &pending, "C-a", ACTION_LINE_BEGIN), BIND_FOUND);
	assert_int_equal(press(&bindings, &pending, "a", ACTION_NONE), BIND_NOTHING);
	assert_int_equal(press(&bindings, &pending, "C-x", ACTION_NONE), BIND_PREFIX);
	assert_string_equal(pending.keys, "C-x");
	assert_int_equal(press(&bindings, &pending, "C-e", ACTION_EDIT_EXTERNAL), BIND_FOUND);
	assert_string_equal(pending.keys, "");
	press(&bindings, &pending, "C-x", ACTION_NONE);
	assert_int_equal(press(&bindings, &pending, "q", ACTION_NONE), BIND_NOTHING);
	assert_string_equal(pending.keys, "");
	assert_int_equal(press(&bindings, &pending, "C-e", ACTION_LINE_END), BIND_FOUND);
	assert_int_equal(bind_set(&bindings, "C-x Space a", "help", &err), STATUS_OK);
	press(&bindings, &pending, "C-x", ACTION_NONE);
	press(&bindings, &pending, " ", ACTION_NONE);
	assert_string_equal(pending.keys, "C-x Space");
	assert_int_equal(press(&bindings, &pending, "a", ACTION_HELP), BIND_FOUND);
	bind_finish(&bindings);
}

static void
the_last_binding_wins(void **state)
{
	struct bindings bindings;
	struct error err;
	enum action action;

	(void)state;
	bind_init(&bindings);
	assert_int_equal(bind_set(&bindings, "Ctrl-a", "quit", &err), STATUS_OK);
	assert_int_equal(bind_find(&bindings, "C-a", &action), BIND_FOUND);
	assert_int_equal(action, ACTION_QUIT);
	/* C-x alone makes what begins with it unreachable, and the other way round. */
	assert_int_equal(bind_set(&bindings, "C-x", "help", &err), STATUS_OK);
	assert_int_equal(bind_find(&bindings, "C-x", &action), BIND_FOUND);
	assert_int_equal(bind_find(&bindings, "C-x C-e", &action), BIND_NOTHING);
	assert_int_equal(bind_set(&bindings, "C-x y", "redraw", &err), STATUS_OK);
	assert_int_equal(bind_find(&bindings, "C-x", &action), BIND_PREFIX);
	assert_int_equal(bind_unset(&bindings, "C-x y", &err), STATUS_OK);
	assert_int_equal(bind_find(&bindings, "C-x", &action), BIND_NOTHING);
	assert_int_equal(bind_unset(&bindings, "C-x y", &err), STATUS_OK);
	assert_int_equal(bind_unset(&bindings, "C-nothing", &err), STATUS_USAGE);
	bind_finish(&bindings);
}

static void
refusals_say_what_is_wrong(void **state)
{
	struct bindings bindings;
	struct error err;
	size_t before;

	(void)state;
	bind_init(&bindings);
	before = bindings.count;
	assert_int_equal(bind_set(&bindings, "M-q", "list-nxt", &err), STATUS_USAGE);
	assert_non_null(strstr(err.text, "list-next"));
	assert_int_equal(bind_set(&bindings, "M-q", "xyzzy-plugh", &err), STATUS_USAGE);
	assert_non_null(strstr(err.text, "xyzzy-plugh"));
	assert_int_equal(bind_set(&bindings, "a", "quit", &err), STATUS_USAGE);
	assert_int_equal(bind_set(&bindings, "Space a", "quit", &err), STATUS_USAGE);
	assert_int_equal(bind_set(&bindings, "é", "quit", &err), STATUS_USAGE);
	assert_int_equal(bindings.count, before);
	bind_finish(&bindings);
}

static void
bindings_have_a_ceiling(void **state)
{
	struct bindings bindings;
	struct error err;
	enum status status = STATUS_OK;

	(void)state;
	bind_init(&bindings);
	for (int i = 0; status == STATUS_OK && i < 2 * BIND_COUNT_MAX; i++) {
		char keys[80];

		snprintf(keys, sizeof keys, "C-v %c %c", 'a' + i % 26, '0' + i / 26);
		status = bind_set(&bindings, keys, "help", &err);
	}
	assert_int_equal(status, STATUS_USAGE);
	assert_true(bindings.count <= BIND_COUNT_MAX);
	bind_finish(&bindings);
}

/* Does what a dump says to the defaults. */
static void
replay(struct bindings *bindings, const char *dump)
{
	while (*dump) {
		size_t length = strcspn(dump, "\n");
		struct config_words words;
		struct error err;
		char keys[200] = "";
		int column, last;

		assert_int_equal(config_words_make(&words, dump, length, &column, &err), STATUS_OK);
		dump += length + 1;
		if (!words.count)
			continue;
		last = strcmp(words.word[0], "bind") == 0 ? words.count - 1 : words.count;
		for (int i = 1; i < last; i++) {
			snprintf(
			    keys + strlen(keys), sizeof keys - strlen(keys), "%s ", words.word[i]);
		}
		if (last < words.count)
			assert_int_equal(
			    bind_set(bindings, keys, words.word[last], &err), STATUS_OK);
		else
			assert_int_equal(bind_unset(bindings, keys, &err), STATUS_OK);
	}
}

static void
check_same(const struct bindings *a, const struct bindings *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		enum action action;

		assert_int_equal(bind_find(b, a->list[i].keys, &action), BIND_FOUND);
		assert_int_equal(action, a->list[i].action);
	}
}

static void
a_dump_reads_back(void **state)
{
	struct bindings bindings, again;
	struct error err;
	struct buf out;

	(void)state;
	bind_init(&bindings);
	bind_set(&bindings, "C-x", "help", &err);
	bind_set(&bindings, "M-#", "quit", &err);
	bind_set(&bindings, "C-v # \"", "mute", &err);
	bind_set(&bindings, "C-v # \"", "redraw", &err);
	bind_set(&bindings, "M-\"", "redraw", &err);
	bind_unset(&bindings, "C-a", &err);
	bind_set(&bindings, "C-e", "cursor-left", &err);

	buf_init(&out, 1024 * 1024);
	bind_dump_changes(&bindings, &out);
	bind_init(&again);
	replay(&again, buf_string(&out));
	check_same(&bindings, &again);
	bind_finish(&again);

	/* The whole dump makes them of nothing. */
	buf_clear(&out);
	bind_dump(&bindings, &out);
	memset(&again, 0, sizeof again);
	replay(&again, buf_string(&out));
	check_same(&bindings, &again);
	bind_finish(&again);

	bind_finish(&bindings);
	buf_clear(&out);
	bind_init(&bindings);
	bind_dump_changes(&bindings, &out);
	assert_string_equal(buf_string(&out), "");
	bind_finish(&bindings);
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_have_one_form),
	    cmocka_unit_test(what_is_no_key_is_refused),
	    cmocka_unit_test(every_default_is_reachable),
	    cmocka_unit_test(defaults_do_not_collide),
	    cmocka_unit_test(sequences_are_pressed_key_by_key),
	    cmocka_unit_test(the_last_binding_wins),
	    cmocka_unit_test(refusals_say_what_is_wrong),
	    cmocka_unit_test(bindings_have_a_ceiling),
	    cmocka_unit_test(a_dump_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
