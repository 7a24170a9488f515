/* Asking the index: what is found, in which order, and whatever is typed. */
#include "search_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static void
tell_hit(void *arg, const struct message *message, int64_t position)
{
	struct fixture *f = arg;

	assert_true(position > 0);
	buf_printf(&f->told, "%s%.*s%" PRId64, f->told.length ? " " : "",
	    (int)strcspn(message->conversation, "@"), message->conversation, message->msg_id);
}

static const char *
search(struct fixture *f, const struct search_query *query)
{
	struct error error;

	buf_clear(&f->told);
	OK(cache_search(f->cache, query, tell_hit, f, &error));
	return buf_string(&f->told);
}

static const char *
search_words(struct fixture *f, const char *text, bool prefix)
{
	const struct search_term term = {SEARCH_WORDS, text, false, prefix};

	return search(f, &(struct search_query){.terms = &term, .count = 1, .limit = 100});
}

static void
test_newest_first_and_pages(void **state)
{
	struct fixture *f = *state;
	const struct search_term term = {SEARCH_WORDS, "fish", false, false};
	struct search_query query = {.terms = &term, .count = 1, .limit = 2};

	say(f, BOB, 1, "one fish");
	say(f, CAROL, 1, "two fish");
	say(f, BOB, 2, "fish fish fish");
	say(f, BOB, 3, "no such animal");
	index_all(f);
	assert_string_equal(search(f, &query), "bob2 carol1");
	query.below = ask(f,
	    "SELECT doc FROM search_row JOIN message USING (message_id) WHERE text = 'two fish'",
	    NULL);
	assert_string_equal(search(f, &query), "bob1");
	query.below = 1;
	assert_string_equal(search(f, &query), "");
	query = (struct search_query){.terms = &term, .count = 1, .limit = 0};
	assert_string_equal(search(f, &query), "");
}

static void
test_words_and_scripts(void **state)
{
	struct fixture *f = *state;

	say(f, BOB, 1, "Die Straße ist lang");
	say(f, BOB, 2, "今天天气不错");
	say(f, BOB, 3, "天，气");
	say(f, BOB, 4, "ＴＥＲＮ is a bird 👍");
	say(f, BOB, 5, "カタカナ ﾊﾝｶｸ");
	index_all(f);
	assert_string_equal(search_words(f, "STRASSE", false), "bob1");
	assert_string_equal(search_words(f, "ist-lang", false), "bob1");
	assert_string_equal(search_words(f, "lang ist", false), "");
	assert_string_equal(search_words(f, "str", false), "");
	assert_string_equal(search_words(f, "str", true), "bob1");
	assert_string_equal(search_words(f, "天气", false), "bob2");
	assert_string_equal(search_words(f, "今天天气不错", false), "bob2");
	assert_string_equal(search_words(f, "天", false), "bob3 bob2");
	assert_string_equal(search_words(f, "错", false), "bob2");
	assert_string_equal(search_words(f, "气天", false), "");
	assert_string_equal(search_words(f, "tern", false), "bob4");
	assert_string_equal(search_words(f, "👍", false), "bob4");
	assert_string_equal(search_words(f, "ハンカク", false), "bob5");
	assert_string_equal(search_words(f, "タカ", false), "bob5");
}

static void
test_conditions(void **state)
{
	struct fixture *f = *state;
	struct search_term terms[4] = {{SEARCH_WORDS, "fish", false, false}};
	struct search_query query = {.terms = terms, .count = 2, .limit = 100};
	struct message own = message_of(f, BOB, 1, 5);

	own.text = "my fish";
	apply_messages(f, &own, 1);
	say(f, CAROL, 1, "red fish");
	say(f, BOB, 2, "blue fish");
	index_all(f);
	terms[1] = (struct search_term){SEARCH_FROM, ME, false, false};
	assert_string_equal(search(f, &query), "bob1");
	terms[1].exclude = true;
	assert_string_equal(search(f, &query), "bob2 carol1");
	terms[1] = (struct search_term){SEARCH_IN, BOB, false, false};
	assert_string_equal(search(f, &query), "bob2 bob1");
	terms[2] = (struct search_term){SEARCH_IN, CAROL, false, false};
	terms[3] = (struct search_term){SEARCH_WORDS, "red", true, false};
	query.count = 4;
	assert_string_equal(search(f, &query), "bob2 bob1");
	/* No address is another one's beginning. */
	terms[1] = (struct search_term){SEARCH_IN, "bo@x", false, false};
	query.count = 2;
	assert_string_equal(search(f, &query), "");
	/* Conditions without a word; words that are none. */
	terms[0] = (struct search_term){SEARCH_WORDS, "***", false, true};
	terms[1] = (struct search_term){SEARCH_FROM, BOB, false, false};
	assert_string_equal(search(f, &query), "bob2");
}

static void
test_times(void **state)
{
	struct fixture *f = *state;
	struct search_term term = {SEARCH_WORDS, "fish", false, false};
	struct search_query query = {.terms = &term, .count = 1, .limit = 100};
	/* The clock was a day back for the second, and a year ahead for the third. */
	static const int64_t times[] = {1000000, 5, 9000000, 1000030};

	f->stamp = 1000000;
	for (int i = 0; i < 4; i++) {
		struct message message = message_of(f, BOB, i + 1, 0);

		message.time = times[i];
		message.text = "fish";
		apply_messages(f, &message, 1);
	}
	index_all(f);
	assert_string_equal(search(f, &query), "bob4 bob3 bob2 bob1");
	query.from_time = 1000001;
	assert_string_equal(search(f, &query), "bob4 bob3");
	query.to_time = 1000031;
	assert_string_equal(search(f, &query), "bob4");
	query.to_time = 1000030;
	assert_string_equal(search(f, &query), "");
	query.from_time = 0;
	assert_string_equal(search(f, &query), "bob2 bob1");
	query.to_time = 5;
	assert_string_equal(search(f, &query), "");
	query.to_time = INT64_MAX;
	query.from_time = INT64_MAX - 1;
	assert_string_equal(search(f, &query), "");
}

static void
test_nothing_is_asked_for(void **state)
{
	struct fixture *f = *state;
	const struct search_term terms[] = {{SEARCH_WORDS, "!?", false, true},
	    {SEARCH_WORDS, "fish", true, false}, {SEARCH_FROM, BOB, true, false}};
	struct error error;

	for (size_t count = 0; count <= 3; count++)
		assert_int_equal(
		    cache_search(f->cache,
		        &(struct search_query){.terms = terms, .count = count, .limit = 9},
		        tell_hit, f, &error),
		    STATUS_USAGE);
}

/* Whatever is typed, FTS5 gets words. */
static void
test_hostile_queries(void **state)
{
	static const char *const texts[] = {"\"", "\"\"", "fish\"", "fish\" OR \"x", "NEAR(fish x)",
	    "fish*", "^fish", "words:fish", "words : fish", "{words} : fish", "-words : fish",
	    "(fish", "fish)", "fish AND", "NOT fish", "AND OR NOT", "'; DROP TABLE search; --",
	    "fish\\", "fish\0x", "\356\200\200fbob", "+", "\xFF\xFE", "a\tb\nc", "%s%n", "?1"};
	struct fixture *f = *state;

	say(f, BOB, 1, "fish");
	index_all(f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct search_term terms[] = {{SEARCH_WORDS, "fish", false, false},
		    {SEARCH_WORDS, texts[i], false, true}, {SEARCH_WORDS, texts[i], true, false},
		    {SEARCH_FROM, texts[i], true, false}};
		const struct search_query query = {.terms = terms, .count = 4, .limit = 9};

		search(f, &query);
	}
	assert_string_equal(search_words(f, "words:fish", false), "");
	assert_string_equal(search_words(f, "fish\"", false), "bob1");
	assert_string_equal(search_words(f, "fish OR x", false), "");
	check_index(f);
}

/* Many words at once: FTS5's expressions have a depth. */
static void
test_many_terms(void **state)
{
	struct search_term terms[300];
	char texts[300][8];
	struct fixture *f = *state;

	say(f, BOB, 1, "fish w1");
	index_all(f);
	for (int i = 0; i < 300; i++) {
		snprintf(texts[i], sizeof texts[i], "w%d", i);
		terms[i] = (struct search_term){SEARCH_WORDS, texts[i], true, i % 2 == 0};
	}
	terms[0] = (struct search_term){SEARCH_WORDS, "fish", false, false};
	terms[1].text = "other";
	terms[10].text = "w10";
	for (int i = 100; i < 200; i++)
		terms[i].text = "x";
	assert_string_equal(
	    search(f, &(struct search_query){.terms = terms, .count = 300, .limit = 9}), "bob1");
	for (int i = 0; i < 300; i++)
		terms[i] = (struct search_term){SEARCH_WORDS, "fish", false, i % 2 == 0};
	assert_string_equal(
	    search(f, &(struct search_query){.terms = terms, .count = 300, .limit = 9}), "bob1");
}

/* A long text without spaces as one phrase. */
static void
test_a_long_phrase(void **state)
{
	struct fixture *f = *state;
	struct buf text;

	buf_init(&text, 1 << 20);
	for (int i = 0; i < 340; i++)
		buf_printf(&text, "%c%c%c", 0xE4, 0xB8 + i / 64, 0x80 + i % 64);
	say(f, BOB, 1, buf_string(&text));
	index_all(f);
	assert_string_equal(search_words(f, buf_string(&text), false), "bob1");
	buf_finish(&text);
}

enum { MANY = 4000 };

/* Every second has one of two words, every 500th a rare one, and the 3rd one of its own. */
static void
say_many(struct fixture *f)
{
	struct message *messages = mem_zalloc(MANY, sizeof *messages);
	char(*texts)[32] = mem_zalloc(MANY, sizeof *texts);

	for (int i = 0; i < MANY; i++) {
		int id = i + 1;

		messages[i] = message_of(f, BOB, id, 0);
		snprintf(texts[i], sizeof texts[i], "%s %s",
		    id % 2 ? "other" : (id % 4 ? "apple" : "ant"),
		    id == 3 ? "avocado" : (id % 500 ? "" : "banana"));
		messages[i].text = texts[i];
	}
	apply_messages(f, messages, MANY);
	index_all(f);
	free(messages);
	free(texts);
}

static void
count_down(void *arg, const struct message *message, int64_t position)
{
	int64_t *at = arg;

	assert_in_range(message->msg_id, 1, (uintmax_t)at[0] - 1);
	assert_true(message->msg_id % 2 == 0 || message->msg_id == 3);
	at[0] = message->msg_id;
	at[1] = position;
	at[2]++;
}

/* Beginnings that are common, rare, or common long ago: all are found, once each, in order. */
static void
test_beginnings_among_many(void **state)
{
	struct fixture *f = *state;
	struct search_term term = {SEARCH_WORDS, "a", false, true};
	struct search_query query = {.terms = &term, .count = 1, .limit = 21};
	int64_t at[3] = {MANY + 1, 0, 0}; /* msg_id, position, how many */
	struct error error;

	say_many(f);
	for (int64_t before = -1; before != at[2];) {
		before = at[2];
		OK(cache_search(f->cache, &query, count_down, at, &error));
		query.below = at[1];
	}
	assert_int_equal(at[2], MANY / 2 + 1);
	query = (struct search_query){.terms = &term, .count = 1, .limit = 3};
	term.text = "ban";
	assert_string_equal(search(f, &query), "bob4000 bob3500 bob3000");
	term.text = "avo";
	assert_string_equal(search(f, &query), "bob3");
	term.text = "nothing";
	assert_string_equal(search(f, &query), "");
	/* What was looked at is not kept. */
	assert_int_equal(
	    ask(f, "SELECT count(*) FROM temp.newest WHERE newest MATCH ?1", "apple"), 0);
	at[0] = MANY + 1;
	at[2] = 0;
	term.text = "a";
	query.limit = MANY;
	OK(cache_search(f->cache, &query, count_down, at, &error));
	assert_int_equal(at[2], MANY / 2 + 1);
	check_index(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
	        test_newest_first_and_pages, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_words_and_scripts, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_conditions, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_times, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_nothing_is_asked_for, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_hostile_queries, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_many_terms, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_beginnings_among_many, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_a_long_phrase, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
