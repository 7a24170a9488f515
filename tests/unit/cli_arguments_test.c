/* The option parser, with the real commands and their tables. */
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
#include "base/timeu.h"
#include "cli/command.h"

enum { WORDS_MAX = 16 };

/* What one parse gave. */
struct parsed {
	struct cli cli;
	void *options;
	int argc;
	char *argv[WORDS_MAX];
	char *words[WORDS_MAX]; /* owned */
	int word_count;
	struct error err;
	enum status status;
};

static void
parse_words(struct parsed *parsed, const char *const *words)
{
	*parsed = (struct parsed){.argc = 1};
	parsed->argv[0] = (char *)"tern";
	for (; words[parsed->word_count]; parsed->word_count++) {
		assert_true(parsed->argc < WORDS_MAX);
		parsed->words[parsed->word_count] = mem_strdup(words[parsed->word_count]);
		parsed->argv[parsed->argc++] = parsed->words[parsed->word_count];
	}
	parsed->status = arguments_parse(
	    &parsed->cli, &parsed->options, &parsed->argc, parsed->argv, &parsed->err);
}

static void
parsed_finish(struct parsed *parsed)
{
	for (int i = 0; i < parsed->word_count; i++)
		free(parsed->words[i]);
	free(parsed->options);
}

#define PARSE(parsed, ...) parse_words(parsed, (const char *const[]){__VA_ARGS__, NULL})

/* Options of recv, send and history by their names, whatever their struct is called there. */
static const void *
value_of(const struct parsed *parsed, const char *name)
{
	const struct command *command = parsed->cli.command;

	for (size_t i = 0; i < command->option_count; i++)
		if (strcmp(command->options[i].name, name) == 0)
			return (const char *)parsed->options + command->options[i].offset;
	fail_msg("%s has no --%s", command->name, name);
	return NULL;
}

static int64_t
int_of(const struct parsed *parsed, const char *name)
{
	return *(const int64_t *)value_of(parsed, name);
}

static const char *
string_of(const struct parsed *parsed, const char *name)
{
	return *(const char *const *)value_of(parsed, name);
}

static bool
flag_of(const struct parsed *parsed, const char *name)
{
	return *(const bool *)value_of(parsed, name);
}

static void
assert_fine(const struct parsed *parsed)
{
	if (parsed->status != STATUS_OK)
		fail_msg("refused: %s", parsed->err.text);
}

/* One sentence with `part` in it. */
static void
assert_wrong_(struct parsed *parsed, const char *part, int line)
{
	if (parsed->status != STATUS_USAGE || !strstr(parsed->err.text, part) ||
	    strchr(parsed->err.text, '\n') ||
	    !text_is_utf8(parsed->err.text, strlen(parsed->err.text)))
		fail_msg("line %d: %d \"%s\", where USAGE with \"%s\" was expected", line,
		    (int)parsed->status, parsed->err.text, part);
	parsed_finish(parsed);
}

#define WRONG(part, ...) \
	do { \
		struct parsed parsed_; \
		PARSE(&parsed_, __VA_ARGS__); \
		assert_wrong_(&parsed_, part, __LINE__); \
	} while (0)

/* ---- forms ---- */

static void
test_defaults(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "recv");
	assert_fine(&p);
	assert_string_equal(p.cli.command->name, "recv");
	assert_int_equal(p.argc, 0);
	assert_int_equal(int_of(&p, "timeout"), -1);
	assert_int_equal(int_of(&p, "count"), 0);
	assert_null(string_of(&p, "consumer"));
	assert_false(flag_of(&p, "follow"));
	parsed_finish(&p);
}

/* The same options, written in each of the ways there are. */
static void
test_forms(void **state)
{
	static const char *const forms[][8] = {
	    {"recv", "--follow", "--count", "5", "bob", "--consumer", "c"},
	    {"recv", "bob", "--follow", "--count=5", "--consumer=c"},
	    {"recv", "-f", "-n", "5", "--consumer", "c", "bob"},
	    {"recv", "-n5", "-f", "bob", "--consumer=c"},
	    {"recv", "-fn5", "--consumer=c", "bob"},
	    {"recv", "-fn", "5", "--consumer=c", "--", "bob"},
	    {"recv", "-vqfn5", "--consumer=c", "bob"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct parsed p;

		parse_words(&p, forms[i]);
		assert_fine(&p);
		assert_true(flag_of(&p, "follow"));
		assert_int_equal(int_of(&p, "count"), 5);
		assert_string_equal(string_of(&p, "consumer"), "c");
		assert_int_equal(p.argc, 1);
		assert_string_equal(p.argv[0], "bob");
		assert_int_equal(p.cli.global.quiet, i == 6);
		assert_int_equal(p.cli.global.verbose, i == 6);
		parsed_finish(&p);
	}
}

static void
test_global_options_stand_anywhere(void **state)
{
	static const char *const forms[][7] = {
	    {"-a", "alice", "--format=json", "send", "bob", "x"},
	    {"-aalice", "send", "--format", "json", "bob", "x"},
	    {"--account", "alice", "send", "bob", "--format=json", "x"},
	    {"send", "bob", "x", "--account=alice", "--format=json"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct parsed p;

		parse_words(&p, forms[i]);
		assert_fine(&p);
		assert_string_equal(p.cli.global.account, "alice");
		assert_int_equal(p.cli.global.format, FORMAT_JSON);
		assert_int_equal(p.argc, 2);
		assert_string_equal(p.argv[1], "x");
		parsed_finish(&p);
	}
}

static void
test_dashes(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "send", "bob", "--", "--queue", "-v", "--", "-");
	assert_fine(&p);
	assert_int_equal(p.argc, 5);
	assert_string_equal(p.argv[1], "--queue");
	assert_string_equal(p.argv[3], "--");
	assert_false(flag_of(&p, "queue"));
	assert_false(p.cli.global.verbose);
	parsed_finish(&p);

	PARSE(&p, "send", "bob", "-");
	assert_fine(&p);
	assert_int_equal(p.argc, 2);
	assert_string_equal(p.argv[1], "-");
	parsed_finish(&p);

	/* A value is taken whatever it looks like. */
	PARSE(&p, "recv", "--consumer", "--follow");
	assert_fine(&p);
	assert_string_equal(string_of(&p, "consumer"), "--follow");
	parsed_finish(&p);

	PARSE(&p, "--", "status");
	assert_fine(&p);
	assert_string_equal(p.cli.command->name, "status");
	parsed_finish(&p);

	PARSE(&p, "send", "bob", "");
	assert_fine(&p);
	assert_string_equal(p.argv[1], "");
	parsed_finish(&p);
}

static void
test_the_last_one_counts(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "recv", "-n1", "--count=2", "--from=now", "--from", "start");
	assert_fine(&p);
	assert_int_equal(int_of(&p, "count"), 2);
	assert_int_equal(*(const int *)value_of(&p, "from"), 0);
	parsed_finish(&p);
}

static void
test_nothing(void **state)
{
	struct parsed p;

	(void)state;
	parse_words(&p, (const char *const[]){NULL});
	assert_fine(&p);
	assert_null(p.cli.command);
	assert_null(p.options);
	parsed_finish(&p);
}

/* ---- values ---- */

static void
test_numbers(void **state)
{
	static const char *const wrong[] = {"", " ", "0", "-1", "-", "+1", " 1", "1 ", "1x", "0x10",
	    "1e3", "1.5", "9223372036854775808", "99999999999999999999999999", "\xD9\xA1"};
	struct parsed p;

	(void)state;
	PARSE(&p, "recv", "--count", "9223372036854775807");
	assert_fine(&p);
	assert_true(int_of(&p, "count") == INT64_MAX);
	parsed_finish(&p);
	PARSE(&p, "recv", "--count", "0007");
	assert_fine(&p);
	assert_int_equal(int_of(&p, "count"), 7);
	parsed_finish(&p);
	PARSE(&p, "history", "bob", "--after=0");
	assert_fine(&p);
	parsed_finish(&p);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		WRONG("--count takes a number from 1 on", "recv", "--count", wrong[i]);
	WRONG("from 0 on", "history", "bob", "--after", "-1");
}

static void
test_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {{"0", 0}, {"10", 10 * TIME_SECOND}, {"0.5", TIME_SECOND / 2}, {".25", 250000},
	    {"3.", 3 * TIME_SECOND}, {"1.000001", 1000001}, {"0.0000019", 1},
	    {"999999999.999999", INT64_C(999999999999999)}};
	static const char *const wrong[] = {"", ".", "-1", "+1", " 1", "1 ", "1,5", "1.5.2", "1e3",
	    "inf", "nan", "0x1", "1s", "1000000000", "99999999999999999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct parsed p;

		PARSE(&p, "recv", "--timeout", good[i].text);
		assert_fine(&p);
		assert_true(int_of(&p, "timeout") == good[i].time);
		parsed_finish(&p);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		WRONG("--timeout takes seconds", "recv", "--timeout", wrong[i]);
}

static void
test_words_and_keys(void **state)
{
	static const char key[] = "018f0000-0000-7000-8000-00000000000a";
	struct key expected;
	struct parsed p;

	(void)state;
	PARSE(&p, "recv", "--from", "now");
	assert_fine(&p);
	assert_int_equal(*(const int *)value_of(&p, "from"), 1);
	parsed_finish(&p);
	WRONG("--from takes start|now, not 'NOW'", "recv", "--from", "NOW");
	WRONG("--from takes", "recv", "--from", "");
	WRONG("--format takes text|json", "--format=xml", "status");
	WRONG("--consumer takes a word", "recv", "--consumer=");
	WRONG("--consumer takes a word", "recv", "--consumer", "");

	PARSE(&p, "send", "bob", "x", "--key", key);
	assert_fine(&p);
	assert_true(key_parse(&expected, key));
	assert_memory_equal(value_of(&p, "key"), &expected, sizeof expected);
	parsed_finish(&p);
	WRONG("--key takes a UUID", "send", "bob", "x", "--key", "no-key");
	WRONG("--key takes a UUID", "send", "bob", "x", "--key=");
}

/* ---- wrong use ---- */

static void
test_unknown_and_missing(void **state)
{
	(void)state;
	WRONG("there is no option --nothing; see tern recv --help", "recv", "--nothing");
	WRONG("there is no option --nothing=3; see tern recv", "recv", "--nothing=3");
	WRONG("there is no option --nothing; see tern help", "--nothing");
	WRONG("there is no option --follow; see tern help", "--follow", "recv");
	WRONG("there is no option -x", "recv", "-x");
	WRONG("there is no option -fx", "recv", "-fx");
	WRONG("there is no option -5", "send", "bob", "-5");
	WRONG("there is no option --=5", "recv", "--=5");
	WRONG("there is no option --coun", "recv", "--coun", "5");
	WRONG("--follow takes no value", "recv", "--follow=yes");
	WRONG("--follow takes no value", "recv", "--follow=");
	WRONG("--count wants N behind it", "recv", "--count");
	WRONG("--count wants N behind it", "recv", "-fn");
	WRONG("--account wants ADDRESS behind it", "-a");
	WRONG("something is missing", "send");
	WRONG("tern history WHO", "history");
	WRONG("too many words", "recv", "bob", "carol");
	WRONG("too many words", "status", "--", "--x");
}

static void
test_help_needs_no_words(void **state)
{
	struct parsed p;

	(void)state;
	PARSE(&p, "send", "--help");
	assert_fine(&p);
	assert_true(p.cli.global.help);
	parsed_finish(&p);
	PARSE(&p, "-h", "history", "a", "b", "c");
	assert_fine(&p);
	parsed_finish(&p);
	WRONG("there is no option", "send", "--help", "--nothing");
}

static void
test_nearest_command(void **state)
{
	(void)state;
	WRONG("did you mean 'send'", "sned");
	WRONG("did you mean 'recv'", "rec");
	WRONG("did you mean 'history'", "histroy");
	WRONG("did you mean 'contacts'", "cont");
	WRONG("did you mean 'status'", "sttus");
	WRONG("there is no command 'nothing-like-this'; see tern help", "nothing-like-this");
	WRONG("there is no command ''; see tern help", "");
	WRONG("there is no command 's'", "s");
	WRONG("see tern help", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	WRONG("see tern help", "\u00FF\u00FE");
}

static void
test_commands_by_name(void **state)
{
	const struct command *command;
	struct error err;

	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		assert_int_equal(command_require(&command, commands[i]->name, &err), STATUS_OK);
		assert_ptr_equal(command, commands[i]);
	}
	assert_int_equal(command_require(&command, "sen", &err), STATUS_USAGE);
	assert_null(command);
}

/* Hostile words are quoted, cut between characters; whoever prints the sentence makes it safe. */
static void
test_hostile_words(void **state)
{
	char cut[200] = "";
	char *huge = mem_alloc(1 << 20);

	(void)state;
	while (strlen(cut) + 3 < sizeof cut)
		strncat(cut, "\xE2\x82\xAC", sizeof cut - strlen(cut) - 1);
	memset(huge, 'x', 1 << 20);
	huge[(1 << 20) - 1] = '\0';
	for (int shift = 0; shift < 3; shift++) {
		char word[220];

		snprintf(word, sizeof word, "--%.*s%s", shift, "ab", cut);
		WRONG("there is no option", "recv", word);
		WRONG("there is no command", word + 2);
		WRONG("--count takes", "recv", "--count", word + 2);
		WRONG("--key takes", "send", "bob", "--key", word + 2);
	}
	WRONG("there is no command 'x", huge);
	WRONG("not 'x", "recv", "--count", huge);
	WRONG("not 'x", "recv", "--timeout", huge);
	WRONG("%s%n", "recv", "--count", "%s%n%s");
	free(huge);
}

/* ---- tables ---- */

/* What the parser relies on. */
static void
test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];

		assert_true(command->options_size > 0);
		assert_non_null(command->summary);
		assert_null(strchr(command->usage, '\n'));
		for (size_t o = 0; o < command->option_count; o++) {
			const struct option *option = &command->options[o];

			assert_non_null(option->help);
			assert_int_equal(option->kind == OPTION_FLAG, option->argument == NULL);
			assert_int_equal(option->kind == OPTION_WORD, option->words != NULL);
			assert_true(option->kind != OPTION_INT || option->min < option->max);
			assert_true(option->offset < command->options_size);
			for (size_t g = 0; g < global_option_count; g++) {
				assert_string_not_equal(option->name, global_options[g].name);
				assert_true(
				    !option->letter || option->letter != global_options[g].letter);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_global_options_stand_anywhere),
	    cmocka_unit_test(test_dashes),
	    cmocka_unit_test(test_the_last_one_counts),
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_seconds),
	    cmocka_unit_test(test_words_and_keys),
	    cmocka_unit_test(test_unknown_and_missing),
	    cmocka_unit_test(test_help_needs_no_words),
	    cmocka_unit_test(test_nearest_command),
	    cmocka_unit_test(test_commands_by_name),
	    cmocka_unit_test(test_hostile_words),
	    cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
