/* The server's command line: what it takes, what it refuses, and with which words. */
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"

enum { WORDS = 12 };

/* getopt_long() keeps its place in a global. */
static enum status
parse(struct options *options, const char *const *words, struct error *err)
{
	char name[] = "ternd", *argv[WORDS + 2] = {name};
	int argc = 1;

	while (argc <= WORDS && words[argc - 1]) {
		argv[argc] = (char *)words[argc - 1];
		argc++;
	}
	optind = 0;
	return options_parse(options, argc, argv, err);
}

static void
test_serves(void **state)
{
	const char *const words[WORDS + 1] = {"--store", "f", "--domain", "a.example",
	    "--domain=b.example", "--registration", "open", "--drain", "5", "--log-level=debug",
	    "--weak-passwords"};
	struct options o;
	struct error err;

	(void)state;
	assert_int_equal(parse(&o, words, &err), STATUS_OK);
	assert_int_equal(o.action, OPTIONS_SERVE);
	assert_string_equal(o.config.listen, "http://127.0.0.1:7480");
	assert_string_equal(o.config.store, "f");
	assert_int_equal(o.config.domain_count, 2);
	assert_string_equal(o.config.domains[0], "a.example");
	assert_string_equal(o.config.domains[1], "b.example");
	assert_int_equal(o.config.registration, REGISTRATION_OPEN);
	assert_int_equal(o.config.drain_ms, 5);
	assert_int_equal(o.config.request_timeout_ms, 30000);
	assert_int_equal(o.log_level, LOG_LEVEL_DEBUG);
	assert_true(o.config.weak_passwords);
	options_finish(&o);
}

static void
test_adds_a_user(void **state)
{
	const char *const words[WORDS + 1] = {
	    "user", "add", "alice", "--password-stdin", "--store", "f"};
	struct options o;
	struct error err;

	(void)state;
	assert_int_equal(parse(&o, words, &err), STATUS_OK);
	assert_int_equal(o.action, OPTIONS_USER_ADD);
	assert_string_equal(o.address, "alice");
	assert_int_equal(o.config.registration, REGISTRATION_CLOSED);
	assert_string_equal(o.config.domains[0], "localhost");
	options_finish(&o);
}

static void
test_refuses(void **state)
{
	static const char *const cases[][WORDS + 1] = {
	    {NULL},
	    {"--store"},
	    {"--store", ""},
	    {"--store", "f", "--nothing"},
	    {"--store", "f", "-x"},
	    {"--store", "f", "--weak-passwords=yes"},
	    {"--store", "f", "--drain", "0"},
	    {"--store", "f", "--drain", "-1"},
	    {"--store", "f", "--drain", "1s"},
	    {"--store", "f", "--drain", " 1"},
	    {"--store", "f", "--drain", "99999999999999999999"},
	    {"--store", "f", "--registration", "ajar"},
	    {"--store", "f", "--domain", "a b"},
	    {"--store", "f", "--domain", "A.example"},
	    {"--store", "f", "--domain", ""},
	    {"--store", "f", "--log-level", "loud"},
	    {"--store", "f", "--password-stdin"},
	    {"--store", "f", "serve"},
	    {"--store", "f", "user"},
	    {"--store", "f", "user", "add"},
	    {"--store", "f", "--password-stdin", "user", "add"},
	    {"--store", "f", "--password-stdin", "user", "add", "a", "b"},
	    {"--store", "f", "--password-stdin", "user", "drop", "a"},
	    {"--store", "f", "user", "add", "a"},
	    {"--password-stdin", "user", "add", "a"},
	    {"--store", "f", "--listen", "x", "--password-stdin", "user", "add", "a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options o;
		struct error err = {.text = ""};

		if (parse(&o, cases[i], &err) != STATUS_USAGE)
			fail_msg("case %zu was taken", i);
		assert_true(strlen(err.text) > 10);
		options_finish(&o);
	}
}

/* --help and --version go before everything that is missing. */
static void
test_help(void **state)
{
	const char *const help[WORDS + 1] = {"--help"}, *const version[WORDS + 1] = {"--version"};
	struct options o;
	struct error err;
	struct buf text;

	(void)state;
	assert_int_equal(parse(&o, help, &err), STATUS_OK);
	assert_int_equal(o.action, OPTIONS_HELP);
	options_finish(&o);
	assert_int_equal(parse(&o, version, &err), STATUS_OK);
	assert_int_equal(o.action, OPTIONS_VERSION);
	options_finish(&o);
	buf_init(&text, 65536);
	options_help(&text);
	assert_non_null(strstr(buf_string(&text), "--password-stdin\n"));
	assert_false(text.failed);
	buf_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_serves),
	    cmocka_unit_test(test_adds_a_user),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
