/* Whether a text names somebody: model/mention.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/mention.h"

#define ALICE "alice@x.org"

struct check {
	const char *text;
	const char *address;
	const char *display;
	bool names;
};

static void
check_all(const struct check *checks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_names(checks[i].text, checks[i].address, checks[i].display) !=
		    checks[i].names)
			fail_msg("'%s' %s %s", checks[i].text,
			    checks[i].names ? "names" : "does not name", checks[i].address);
}

#define CHECK(array) check_all((array), sizeof(array) / sizeof(array)[0])

static void
test_user(void **state)
{
	static const struct check checks[] = {
	    {"alice", ALICE, NULL, true},
	    {"hey ALICE!", ALICE, NULL, true},
	    {"(@Alice)", ALICE, NULL, true},
	    {"alice's, or \"alice\".", ALICE, NULL, true},
	    {"ask alice...", ALICE, NULL, true},
	    {"你好alice你好", ALICE, NULL, true},
	    {"malice, alice2, alicé", ALICE, NULL, false},
	    {"éalice", ALICE, NULL, false},
	    {"malice and alice", ALICE, NULL, true},
	    {"", ALICE, NULL, false},
	    {"\xff\xfe"
	     "alice\xff",
	        ALICE, NULL, true},
	    {"nobody", ALICE, "", false},
	    /* another's name, of which it is a piece */
	    {"@alice.smith", ALICE, NULL, false},
	    {"alice-bob bob_alice bob-.alice", ALICE, NULL, false},
	    {"the file _alice_", ALICE, NULL, true},
	    {"alice.smith", "alice.smith@x.org", NULL, true},
	    {"alice.smith", "smith@x.org", NULL, false},
	    /* with a domain */
	    {"write to alice@x.org.", ALICE, NULL, true},
	    {"write to Alice@X.ORG", ALICE, NULL, true},
	    {"alice@y.org", ALICE, NULL, false},
	    {"alice@x.org.uk", ALICE, NULL, false},
	    {"alice@x.orgy", ALICE, NULL, false},
	    {"alice@ home", ALICE, NULL, true},
	    {"bob@alice", ALICE, NULL, false},
	};

	(void)state;
	CHECK(checks);
}

/* A short name is a word of some language. */
static void
test_short_user(void **state)
{
	static const struct check checks[] = {
	    {"to be or not to be", "to@x", NULL, false},
	    {"is @to here", "to@x", NULL, true},
	    {"@to@x", "to@x", NULL, true},
	    {"@tom", "to@x", NULL, false},
	    {"ann", "ann@x", NULL, true},
	};

	(void)state;
	CHECK(checks);
}

static void
test_display(void **state)
{
	static const struct check checks[] = {
	    {"dear anna müller", ALICE, "Anna Müller", true},
	    {"ANNA   MULLER!", ALICE, "Anna Müller", true},
	    {"anna b. müller", ALICE, "Anna Müller", false},
	    {"anna müllerin", ALICE, "Anna Müller", false},
	    {"小明你好", ALICE, "小明", true},
	    {"你好小明", ALICE, "小明", true},
	    {"小红你好", ALICE, "小明", false},
	    /* too short to mean anybody */
	    {"小明", ALICE, "小", false},
	    {"a b c", ALICE, "A", false},
	    {"...", ALICE, "...", false},
	};

	(void)state;
	CHECK(checks);
}

/* The time it takes grows with the text alone. */
static void
test_hostile(void **state)
{
	enum { SIZE = 64 * 1024 };
	char *text = mem_alloc(SIZE + 1);

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		text[i] = "alicex"[i % 6];
	text[SIZE] = '\0';
	assert_false(text_names(text, ALICE, "alicex alicex"));
	for (size_t i = 0; i < SIZE; i++)
		text[i] = "éalice"[i % 7];
	assert_false(text_names(text, ALICE, NULL));
	memset(text, '.', SIZE);
	assert_true(text_names(text, "...@x", NULL));
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_user),
	    cmocka_unit_test(test_short_user),
	    cmocka_unit_test(test_display),
	    cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
