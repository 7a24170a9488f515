/* The index for searching: what is indexed, behind the watermark, and how words leave it. */
#include "search_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/words.h"
#include "cache/search.h"

static void
change(struct fixture *f, int64_t message_id, const char *before, const char *after)
{
	struct error error;

	OK(cache_begin(f->cache, WRITE, &error));
	OK(cache_end(f->cache, search_change(f->cache, message_id, before, after, &error), &error));
}

static int64_t
found(struct fixture *f, const char *match)
{
	return ask(f,
	    "SELECT count(*) FROM search JOIN search_row ON doc = search.rowid"
	    " JOIN message USING (message_id) WHERE search MATCH ?1",
	    match);
}

/* ---- indexing ---- */

static void
test_behind_the_watermark(void **state)
{
	struct fixture *f = *state;
	struct cache_search_state told;
	struct error error;

	OK(cache_search_state(f->cache, &told, &error));
	assert_int_equal(told.behind, 0);
	say(f, BOB, 1, "one fish");
	say(f, CAROL, 1, "two fish");
	say(f, BOB, 2, "red fish");
	assert_int_equal(found(f, "fish"), 0);
	OK(cache_search_state(f->cache, &told, &error));
	assert_int_equal(told.behind, 3);
	assert_int_equal(index_some(f, 2), 1);
	assert_int_equal(found(f, "fish"), 2);
	assert_int_equal(index_some(f, 2), 0);
	assert_int_equal(found(f, "fish"), 3);
	assert_int_equal(index_some(f, 2), 0);
	assert_int_equal(found(f, "fish"), 3);
	assert_int_equal(found(f, "fish AND \"\xEE\x80\x80"
	                          "cbob\xEE\x80\x81x\""),
	    2);
	check_index(f);
}

/* What fills a hole later has a higher row, and yet is older. */
static void
test_documents_are_in_the_order_of_stamps(void **state)
{
	struct fixture *f = *state;
	int64_t newest;

	f->stamp = 5000;
	say(f, BOB, 9, "late fish");
	f->stamp = 1000;
	store(f, BOB, 1, 8, 1, 9);
	index_all(f);
	newest = ask(f, "SELECT max(message_id) FROM message", NULL);
	assert_int_not_equal(newest, 1);
	assert_int_equal(
	    ask(f, "SELECT message_id FROM search_row ORDER BY doc DESC LIMIT 1", NULL), 1);
	check_index(f);
}

static void
test_stamps_that_are_the_same(void **state)
{
	struct fixture *f = *state;
	struct message *messages = mem_zalloc(1100, sizeof *messages);
	char texts[1100][16];

	for (int i = 0; i < 1100; i++) {
		messages[i] = message_of(f, BOB, i + 1, 0);
		snprintf(texts[i], sizeof texts[i], "same w%d", i);
		messages[i].text = texts[i];
		messages[i].stamp = 7777;
	}
	apply_messages(f, messages, 1100);
	index_all(f);
	assert_int_equal(found(f, "same"), 1024);
	change(f, ask(f, "SELECT message_id FROM message WHERE msg_id = 500", NULL), texts[499],
	    "other");
	assert_int_equal(found(f, "w499"), 0);
	assert_int_equal(found(f, "same"), 1023);
	assert_int_equal(found(f, "other"), 1);
	check_index(f);
	free(messages);
}

static void
test_only_texts(void **state)
{
	struct fixture *f = *state;
	struct message message = message_of(f, BOB, 1, 0);

	message.type = "renamed";
	message.text = "fish";
	apply_messages(f, &message, 1);
	message = message_of(f, BOB, 2, 0);
	message.text = NULL;
	apply_messages(f, &message, 1);
	index_all(f);
	assert_int_equal(ask(f, "SELECT count(*) FROM search_row", NULL), 0);
}

static void
test_other_rules_index_anew(void **state)
{
	struct fixture *f = *state;
	struct error error;
	struct cache_search_state told;

	say(f, BOB, 1, "one fish");
	index_all(f);
	OK(cache_exec(f->cache, "UPDATE search_state SET form = form - 1", &error));
	OK(cache_search_state(f->cache, &told, &error));
	assert_int_equal(told.behind, 1);
	say(f, BOB, 2, "two fish");
	/* Nothing is taken out by rules that did not put it in. */
	change(f, 1, "one fish", NULL);
	OK(cache_exec(f->cache, "UPDATE message SET text = NULL WHERE message_id = 1", &error));
	index_all(f);
	assert_int_equal(found(f, "fish"), 1);
	check_index(f);
}

/* ---- changes ---- */

static void
test_an_edit(void **state)
{
	struct fixture *f = *state;
	int64_t id = say(f, BOB, 1, "Ein Tippfehler, 今天天气");
	struct message edit;

	index_all(f);
	change(f, id, "Ein Tippfehler, 今天天气", "Kein Fehler");
	assert_int_equal(found(f, "tippfehler OR ein OR \"今天\""), 0);
	assert_int_equal(found(f, "kein"), 1);
	/* One that isn't indexed yet is indexed with the text it has by then. */
	say(f, BOB, 2, "noch einer");
	edit = message_of(f, BOB, 3, 0);
	edit.type = "edit";
	edit.target = 2;
	edit.text = "anders";
	apply_messages(f, &edit, 1);
	assert_int_equal(found(f, "anders"), 0);
	index_all(f);
	assert_int_equal(found(f, "anders"), 1);
	assert_int_equal(found(f, "noch"), 0);
	assert_int_equal(ask(f, "SELECT erasing FROM search_state", NULL), 0);
	check_index(f);
}

static void
test_deleted_rows(void **state)
{
	struct fixture *f = *state;
	struct error error;
	int64_t id;

	say(f, BOB, 1, "stays");
	id = say(f, BOB, 2, "goes");
	index_all(f);
	OK(cache_begin(f->cache, WRITE, &error));
	OK(search_change(f->cache, id, "goes", NULL, &error));
	OK(cache_exec(f->cache, "DELETE FROM message WHERE msg_id = 2", &error));
	OK(search_rows_deleted(f->cache, &error));
	OK(cache_exec(f->cache,
	    "INSERT INTO message (conversation_id, msg_id, sender, time, stamp, type, text)"
	    " VALUES (1, 2, 'bob@x', 1, 999999, 'text', 'comes')",
	    &error));
	OK(cache_end(f->cache, STATUS_OK, &error));
	assert_int_equal(ask(f, "SELECT max(message_id) FROM message", NULL), id);
	index_all(f);
	assert_int_equal(found(f, "goes"), 0);
	assert_int_equal(found(f, "comes"), 1);
	assert_int_equal(found(f, "stays"), 1);
	check_index(f);
}

/* ---- erasing ---- */

static bool
file_holds(const char *path, const char *bytes)
{
	size_t length = strlen(bytes), got;
	FILE *file = fopen(path, "rb");
	char *all = mem_alloc(1 << 24);
	bool holds;

	if (!file) {
		free(all);
		return false;
	}
	got = fread(all, 1, 1 << 24, file);
	fclose(file);
	holds = memmem(all, got, bytes, length) != NULL;
	free(all);
	return holds;
}

static bool
cache_holds(struct fixture *f, const char *bytes)
{
	char *wal = mem_printf("%s-wal", f->path);
	bool holds = file_holds(f->path, bytes) || file_holds(wal, bytes);

	free(wal);
	return holds;
}

static void
recall(struct fixture *f, int64_t id, const char *text)
{
	struct error error;

	OK(cache_begin(f->cache, WRITE, &error));
	OK(search_change(f->cache, id, text, NULL, &error));
	OK(cache_exec(f->cache,
	    "UPDATE message SET text = NULL WHERE type = 'text' AND text LIKE '%quetzal%'",
	    &error));
	OK(cache_end(f->cache, STATUS_OK, &error));
}

static int
erase(struct fixture *f)
{
	struct error error;
	enum cache_erased erased = CACHE_ERASE_MORE;
	int steps = 0;

	for (; erased != CACHE_ERASED && steps < 10000; steps++)
		OK(cache_search_erase(f->cache, &erased, &error));
	assert_int_equal(erased, CACHE_ERASED);
	return steps;
}

static int64_t
term_count(struct fixture *f, const char *term)
{
	struct error error;

	OK(cache_exec(f->cache,
	    "CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, search, row)", &error));
	int64_t count = ask(f, "SELECT count(*) FROM temp.terms WHERE term = ?1", term);
	OK(cache_exec(f->cache, "DROP TABLE temp.terms", &error));
	return count;
}

static void
test_recalled_words_leave_the_file(void **state)
{
	struct fixture *f = *state;
	struct cache_search_state told;
	struct error error;
	char texts[300][40];
	int64_t id = 0;

	for (int i = 0; i < 300; i++) {
		snprintf(texts[i], sizeof texts[i],
		    i == 150 ? "a secret quetzal" : "message number %d", i);
		if (i == 150)
			id = say(f, BOB, i + 1, texts[i]);
		else
			say(f, BOB, i + 1, texts[i]);
		if (i % 10 == 9)
			index_all(f);
	}
	assert_int_equal(found(f, "quetzal"), 1);
	recall(f, id, "a secret quetzal");
	assert_int_equal(found(f, "quetzal OR secret"), 0);
	assert_int_equal(term_count(f, "quetzal"), 0);
	assert_true(cache_holds(f, "uetzal"));
	OK(cache_search_state(f->cache, &told, &error));
	assert_true(told.erasing);
	assert_true(erase(f) > 1);
	assert_false(cache_holds(f, "uetzal"));
	OK(cache_search_state(f->cache, &told, &error));
	assert_false(told.erasing);
	assert_int_equal(found(f, "message"), 299);
	check_index(f);
}

/* The flag is in the database: whoever has time next goes on. */
static void
test_erasing_survives(void **state)
{
	struct fixture *f = *state;
	struct error error;
	enum cache_erased erased;
	int64_t id = say(f, BOB, 1, "a secret quetzal");

	index_all(f);
	recall(f, id, "a secret quetzal");
	OK(cache_search_erase(f->cache, &erased, &error));
	assert_int_equal(erased, CACHE_ERASE_MORE);
	cache_close(f->cache);
	f->cache = fixture_open(f);
	erase(f);
	assert_false(cache_holds(f, "uetzal"));
}

/* A reader keeps the log from being cut: it is cut later. */
static void
test_a_reader_delays(void **state)
{
	struct fixture *f = *state;
	struct cache *other = fixture_open(f);
	int64_t id = say(f, BOB, 1, "a secret quetzal");
	struct error error;
	enum cache_erased erased;

	OK(cache_begin(other, READ, &error));
	OK(cache_exec(other, "SELECT count(*) FROM message", &error));
	/* Not indexed: nothing but the log is to be wiped. */
	recall(f, id, "a secret quetzal");
	for (int i = 0; i < 3; i++) {
		OK(cache_search_erase(f->cache, &erased, &error));
		assert_int_equal(erased, CACHE_ERASE_LATER);
	}
	OK(cache_end(other, STATUS_OK, &error));
	assert_int_equal(erase(f), 1);
	assert_false(cache_holds(f, "uetzal"));
	cache_close(other);
}

static void
test_erased_while_erasing(void **state)
{
	struct fixture *f = *state;
	struct error error;
	enum cache_erased erased;
	int64_t one = say(f, BOB, 1, "a secret quetzal"), other;

	index_all(f);
	other = say(f, BOB, 2, "another quetzal");
	recall(f, one, "a secret quetzal");
	OK(cache_exec(
	    f->cache, "UPDATE message SET text = 'another quetzal' WHERE msg_id = 2", &error));
	index_all(f);
	OK(cache_search_erase(f->cache, &erased, &error));
	OK(cache_search_erase(f->cache, &erased, &error));
	assert_int_equal(erased, CACHE_ERASE_MORE);
	recall(f, other, "another quetzal");
	erase(f);
	assert_false(cache_holds(f, "uetzal"));
	assert_int_equal(term_count(f, "another"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
	        test_behind_the_watermark, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_documents_are_in_the_order_of_stamps, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_stamps_that_are_the_same, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_only_texts, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_other_rules_index_anew, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_an_edit, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_deleted_rows, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_recalled_words_leave_the_file, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_erasing_survives, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(test_a_reader_delays, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
	        test_erased_while_erasing, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
