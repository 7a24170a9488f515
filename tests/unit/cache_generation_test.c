/* Which history a cache holds (doc/protocol.md 3.3): generations, and what is known under them. */
#include "cache_fixture.h"

/* "cursor one 20, known one 25" */
static const char *
knowledge(struct fixture *f)
{
	struct cache_knowledge k;
	struct error error;

	OK(cache_knowledge_get(f->cache, &k, &error));
	buf_clear(&f->told);
	buf_printf(&f->told, "cursor %s %lld, known %s %lld", k.cursor.generation,
	    (long long)k.cursor.stamp, k.known.generation, (long long)k.known.stamp);
	return buf_string(&f->told);
}

/* Asks as login-sync would, now, and applies the answer. */
static enum cache_applied
login_sync(struct fixture *f, const char *generation, int64_t to)
{
	struct cache_knowledge asked;
	struct cache_change change = {.generation = generation, .to = to, .asked = &asked};
	enum cache_applied applied;
	struct error error;

	OK(cache_knowledge_get(f->cache, &asked, &error));
	change.from = asked.cursor.stamp;
	OK(cache_apply(f->cache, &change, &applied, &error));
	return applied;
}

/* A page with the message 1 of bob, with that stamp. */
static enum cache_applied
page(struct fixture *f, const char *generation, int64_t msg_id, int64_t stamp)
{
	struct message message = message_of(f, BOB, msg_id, 0);
	struct cache_page one = {BOB, {msg_id, msg_id}, 1, msg_id, &message, 1, NULL, 0};
	enum cache_applied applied;
	struct error error;

	message.stamp = stamp;
	OK(cache_store_pages(f->cache, generation, &one, 1, &applied, &error));
	return applied;
}

static enum cache_applied
settled(struct fixture *f, const char *generation, unsigned key, int64_t msg_id, int64_t stamp)
{
	struct outbox_result result = {
	    .key = key_of(key), .conversation = BOB, .msg_id = msg_id, .time = 1, .stamp = stamp};
	enum cache_applied applied;
	struct error error;

	OK(cache_outbox_settle(f->cache, generation, &result, 1, &applied, &error));
	return applied;
}

static void
test_the_first_answer_says_which(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(knowledge(f), "cursor  0, known  0");
	assert_int_equal(page(f, "one", 1, 15), CACHE_APPLIED);
	assert_string_equal(knowledge(f), "cursor  0, known one 15");
	assert_int_equal(page(f, "two", 2, 16), CACHE_GAP);
	assert_int_equal(page(f, "one", 2, 14), CACHE_APPLIED);
	assert_string_equal(knowledge(f), "cursor  0, known one 15");
	/* Another start of the server says that it knows all that is held. */
	assert_int_equal(login_sync(f, "two", 20), CACHE_APPLIED);
	assert_string_equal(knowledge(f), "cursor two 20, known two 20");
	assert_string_equal(
	    tell_history(f, &(struct history_query){BOB, 0, 0, 9, false, false}), "1 2");
}

static void
test_nothing_of_another_generation_is_stored(void **state)
{
	struct fixture *f = *state;
	struct contact contact = CONTACT(BOB, "Bob", 30, false);
	struct message message = message_of(f, BOB, 1, 0);
	struct cache_change events = {
	    .generation = "two", .from = 20, .to = 30, .messages = &message, .message_count = 1};
	enum cache_applied applied;
	struct error error;

	assert_int_equal(login_sync(f, "one", 20), CACHE_APPLIED);
	queue(f, 1, BOB, "hi");
	assert_int_equal(page(f, "two", 1, 25), CACHE_GAP);
	assert_int_equal(settled(f, "two", 1, 1, 25), CACHE_GAP);
	OK(cache_store_contacts(f->cache, "two", &contact, 1, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	OK(cache_apply(f->cache, &events, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	assert_string_equal(tell_outbox(f), "1");
	assert_string_equal(tell_conversations(f), "");
	assert_string_equal(knowledge(f), "cursor one 20, known one 20");
}

static void
test_what_is_known_beyond_the_cursor(void **state)
{
	struct fixture *f = *state;
	struct contact contact = CONTACT(CAROL, "Carol", 33, false);
	enum cache_applied applied;
	struct error error;

	assert_int_equal(login_sync(f, "one", 20), CACHE_APPLIED);
	queue(f, 1, BOB, "hi");
	assert_int_equal(settled(f, "one", 1, 1, 25), CACHE_APPLIED);
	assert_string_equal(knowledge(f), "cursor one 20, known one 25");
	assert_int_equal(page(f, "one", 2, 27), CACHE_APPLIED);
	assert_string_equal(knowledge(f), "cursor one 20, known one 27");
	OK(cache_store_contacts(f->cache, "one", &contact, 1, &applied, &error));
	assert_string_equal(knowledge(f), "cursor one 20, known one 33");
	/* A row that changed again while the answer was read. */
	contact.stamp = 44;
	OK(cache_apply(f->cache,
	    &(struct cache_change){.generation = "one",
	        .from = 20,
	        .to = 40,
	        .contacts = &contact,
	        .contact_count = 1},
	    &applied, &error));
	assert_string_equal(knowledge(f), "cursor one 40, known one 44");
	assert_int_equal(login_sync(f, "one", 50), CACHE_APPLIED);
	assert_string_equal(knowledge(f), "cursor one 50, known one 50");
}

/* While login-sync was on its way another process stored what that server was not told of. */
static void
test_a_new_generation_vouches_for_what_it_was_told_only(void **state)
{
	struct fixture *f = *state;
	struct cache_knowledge asked;
	struct cache_change change = {.generation = "two", .from = 20, .to = 30, .asked = &asked};
	enum cache_applied applied;
	struct error error;

	assert_int_equal(login_sync(f, "one", 20), CACHE_APPLIED);
	OK(cache_knowledge_get(f->cache, &asked, &error));
	assert_int_equal(page(f, "one", 1, 25), CACHE_APPLIED);
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	assert_string_equal(knowledge(f), "cursor one 20, known one 25");
	/* Told of it, it does; and the same again from another process is a repetition. */
	OK(cache_knowledge_get(f->cache, &asked, &error));
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_DISCARDED);
	assert_string_equal(knowledge(f), "cursor two 30, known two 30");
	/* A late answer of the generation before. */
	change.generation = "one";
	change.to = 99;
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_the_first_answer_says_which),
	    TEST(test_nothing_of_another_generation_is_stored),
	    TEST(test_what_is_known_beyond_the_cursor),
	    TEST(test_a_new_generation_vouches_for_what_it_was_told_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
