/* A history that the server lost (doc/protocol.md 3.3): what becomes of messages, the outbox and
 * lists. */
#include "cache_reset_fixture.h"

static void
test_messages_above_the_fork_are_set_aside(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];
	int64_t fork = live(f, messages);
	struct cache_lost lost;

	assert_int_equal(reset(f, NEW, fork, &lost), CACHE_APPLIED);
	assert_int_equal(lost.aside, 3);
	assert_int_equal(lost.again, 1);
	check_sound(f);
	assert_string_equal(
	    tell_conversations(f), "bob 1-4 ack 0 read 0 held 4 missing 0 unread 3");
	assert_string_equal(tell_outbox(f), "6");
	assert_string_equal(tell_acks(f), "bob 1-4");
	assert_int_equal(count_aside(f), 2);
	/* The new history's own message of that number is another one. */
	comes(f, NEW, message_of(f, BOB, 5, 0));
	assert_string_equal(
	    tell_conversations(f), "bob 1-5 ack 0 read 0 held 5 missing 0 unread 4");
}

static void
test_twice_is_once(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];
	int64_t fork = live(f, messages);
	struct cache_knowledge asked;
	const struct cache_reset how = {NEW, fork, &asked};
	enum cache_applied applied;
	struct cache_lost lost;
	struct error error;

	OK(cache_knowledge_get(f->cache, &asked, &error));
	must_reset(f, NEW, fork);
	/* Another process, which asked the server at the same time. */
	OK(cache_reset(f->cache, &how, &applied, &lost, &error));
	assert_int_equal(applied, CACHE_GAP);
	assert_int_equal(lost.aside, 0);
	assert_int_equal(count_aside(f), 2);
	assert_string_equal(tell_outbox(f), "6");
	/* Asked about what is known now, there is nothing to do. */
	assert_int_equal(reset(f, NEW, fork, &lost), CACHE_APPLIED);
	assert_int_equal(lost.aside + lost.again, 0);
	assert_int_equal(count_aside(f), 2);
	check_sound(f);
}

/* Between reset and the end of the comparison there is no cursor, and nothing gives one but it. */
static void
test_it_shows_that_lists_are_to_be_compared(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];
	int64_t fork = live(f, messages);
	struct cache_knowledge now;
	struct cache_change change = {.generation = NEW, .to = 500, .asked = &now};
	enum cache_applied applied;
	struct error error;

	OK(cache_compare_end(f->cache, GENERATION, 1, &applied, &error));
	assert_int_equal(applied, CACHE_DISCARDED);
	must_reset(f, NEW, fork);
	OK(cache_knowledge_get(f->cache, &now, &error));
	assert_true(now.resetting);
	assert_int_equal(now.fork, fork);
	assert_string_equal(now.cursor.generation, "");
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	OK(cache_compare_end(f->cache, GENERATION, 400, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	compared(f, NEW, 400);
	OK(cache_knowledge_get(f->cache, &now, &error));
	assert_false(now.resetting);
	assert_string_equal(now.cursor.generation, NEW);
	assert_int_equal(now.cursor.stamp, fork);
	OK(cache_compare_end(f->cache, NEW, 500, &applied, &error));
	assert_int_equal(applied, CACHE_DISCARDED);
}

static void
test_a_server_that_knows_nothing(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];
	struct cache_lost lost;
	struct cursor cursor;
	struct error error;

	live(f, messages);
	assert_int_equal(reset(f, NEW, 0, &lost), CACHE_APPLIED);
	check_sound(f);
	assert_int_equal(lost.aside, 7);
	assert_int_equal(lost.again, 2);
	assert_string_equal(tell_outbox(f), "4 6<4");
	assert_string_equal(
	    tell_conversations(f), "bob 1-0 ack 0 read 0 held 0 missing 0 unread 0");
	assert_string_equal(generations(f), NEW " 0");
	compared(f, NEW, 400);
	OK(cache_cursor_get(f->cache, &cursor, &error));
	assert_int_equal(cursor.stamp, 400);
}

static void
test_own_messages_go_before_what_the_outbox_had(void **state)
{
	struct fixture *f = *state;
	struct message messages[4];

	queue(f, 20, BOB, "queued");
	queue(f, 21, CAROL, "queued");
	messages[0] = message_of(f, CAROL, 1, 0);
	messages[1] = message_of(f, BOB, 1, 11);
	messages[2] = message_of(f, CAROL, 2, 12);
	messages[3] = message_of(f, BOB, 2, 13);
	messages[1].text = "one";
	apply_messages(f, messages, 4);
	must_reset(f, NEW, messages[0].stamp);
	assert_string_equal(tell_outbox(f), "11 12 13<11 20<13 21<12");
	queue(f, 22, BOB, "later");
	assert_string_equal(tell_outbox(f), "11 12 13<11 20<13 21<12 22<20");
	/* They stay whatever whoever sends the same again gives up. */
	{
		struct key key = key_of(11);
		struct error error;
		size_t removed;

		OK(cache_outbox_remove(f->cache, &key, 1, &removed, &error));
		assert_int_equal(removed, 0);
	}
	/* The answer makes one a message again, which is not aside any more. */
	{
		struct outbox_result result = {
		    .key = key_of(11), .conversation = BOB, .msg_id = 1, .time = 7, .stamp = 99};
		enum cache_applied applied;
		struct error error;

		OK(cache_outbox_settle(f->cache, NEW, &result, 1, &applied, &error));
		assert_int_equal(applied, CACHE_APPLIED);
	}
	assert_string_equal(tell_outbox(f), "12 13 20<13 21<12 22<20");
	assert_int_equal(count_aside(f), 0);
	check_sound(f);
}

static bool
tell_was(void *arg, const struct outbox_entry *entry)
{
	struct fixture *f = arg;

	return buf_printf(&f->told, "%s %lld->%lld ", entry->text, (long long)entry->was,
	    (long long)entry->target);
}

/* Told from the first stamp on, whatever happens to the message; and with no target that would be
 * another message's number now. */
static void
test_what_is_sent_again(void **state)
{
	struct fixture *f = *state;
	struct message messages[6];
	struct error error;

	for (int i = 0; i < 6; i++)
		messages[i] = message_of(f, BOB, i + 1, (unsigned)i + 1);
	messages[0].text = "a";
	messages[1].text = "b";
	messages[1].was = 3000;
	messages[2].text = "c";
	messages[2].target = 1;
	messages[3].text = "d";
	messages[3].target = 2;
	messages[4].type = "recall";
	messages[4].text = "";
	messages[4].target = 3;
	messages[5].type = "react";
	messages[5].target = 1;
	apply_messages(f, messages, 6);
	queue(f, 30, BOB, "reply");
	queue(f, 31, BOB, "edit");
	run(f, "UPDATE outbox SET target = 2; UPDATE outbox SET type = 'edit' WHERE text = 'edit'");
	must_reset(f, NEW, messages[0].stamp);
	buf_clear(&f->told);
	OK(cache_outbox_list(f->cache, 9, tell_was, f, &error));
	buf_printf(&f->told, "%lld", (long long)(messages[3].stamp - messages[1].stamp));
	/* c was recalled: its text is gone. */
	assert_string_equal(buf_string(&f->told), "b 3000->0 d 4->0 reply 0->0 2");
	assert_string_equal(tell_outbox(f), "2 4<2 30<4 !31");
	assert_int_equal(count_aside(f), 3);
}

/* What is held of common messages stays, whatever holes there are. */
static void
test_ranges_with_holes(void **state)
{
	struct fixture *f = *state;
	int64_t fork;

	store(f, BOB, 1, 4, 1, 16);
	store(f, BOB, 10, 14, 1, 16);
	fork = f->stamp;
	store(f, BOB, 20, 24, 1, 40);
	store(f, BOB, 30, 30, 1, 40);
	apply_head(f, &HEAD(BOB, 1, 40, 5, 3, ++f->stamp));
	must_reset(f, NEW, fork);
	assert_string_equal(tell_heads(f), "bob 1-14 ack 0 read 3 held 9 missing 5");
	assert_string_equal(tell_missing(f, 0, NULL), "bob 5-9");
	assert_int_equal(count_aside(f), 6);
}

/* A head that is not lost is kept: nothing need be told again. */
static void
test_what_both_histories_have_is_kept(void **state)
{
	struct fixture *f = *state;
	struct message message;
	struct cache_listed listed;
	struct error error;

	apply_head(f, &HEAD(BOB, 1, 40, 5, 3, ++f->stamp));
	store(f, BOB, 35, 40, 1, 40);
	apply_head(f, &HEAD(BOB, 1, 40, 5, 3, ++f->stamp));
	message = message_of(f, CAROL, 1, 0);
	message.stamp = 500;
	apply_messages(f, &message, 1);
	must_reset(f, NEW, f->stamp - 1);
	OK(cache_listed(f->cache, CACHE_CONVERSATIONS, NULL, 9, &listed, &error));
	assert_int_equal(listed.count, 2);
	assert_true(listed.rows[0].stamp > 0);
	assert_int_equal(listed.rows[1].stamp, 0);
	cache_listed_finish(&listed);
	assert_string_equal(tell_heads(f),
	    "bob 1-40 ack 5 read 3 held 6 missing 34, carol 1-0 ack 0 read 0 held 0 missing 0");
}

static void
test_markers_and_what_expired(void **state)
{
	struct fixture *f = *state;
	struct cache_ranges markers;
	struct error error;
	int64_t fork, marker;

	store(f, BOB, 1, 10, 1, 10);
	fork = f->stamp;
	store(f, BOB, 11, 20, 1, 20);
	OK(cache_mark_read(f->cache, BOB, 15, true, &marker, &error));
	apply_head(f, &(struct conversation_head){.conversation = BOB,
	                  .first = 15,
	                  .last = 20,
	                  .ack = 18,
	                  .read = 15,
	                  .peer_ack = 20,
	                  .peer_read = 19,
	                  .stamp = 600});
	must_reset(f, NEW, fork);
	assert_string_equal(
	    tell_conversations(f), "bob 11-10 ack 0 read 10 held 0 missing 0 unread 0");
	OK(cache_markers(f->cache, 9, &markers, &error));
	assert_string_equal(tell_ranges(f, &markers), "bob 1-10");
	cache_ranges_finish(&markers);
	assert_string_equal(
	    tell_history(f, &(struct history_query){.conversation = BOB, .count = 99}),
	    "1 2 3 4 5 6 7 8 9 10 11~ 12~ 13~ 14~ 15~ 16~ 17~ 18~ 19~ 20~");
}

/* ---- generations and lists ---- */

static void
test_generations_are_this_one_up_to_the_fork(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {"one", "two", "three"};
	struct error error;

	for (int i = 0; i < 3; i++) {
		struct cache_knowledge asked;
		struct cache_change change = {
		    .generation = names[i], .from = 10 * i, .to = 10 * i + 10, .asked = &asked};
		enum cache_applied applied;

		OK(cache_knowledge_get(f->cache, &asked, &error));
		OK(cache_apply(f->cache, &change, &applied, &error));
		assert_int_equal(applied, CACHE_APPLIED);
	}
	assert_string_equal(generations(f), "three 30 > two 20 > one 10");
	must_reset(f, "four", 15);
	assert_string_equal(generations(f), "four 15 > three 15 > two 15 > one 10");
	compared(f, "four", 40);
	assert_string_equal(generations(f), "four 15 > three 15 > two 15 > one 10");
}

static const char *
listed(struct fixture *f, enum cache_list list, const char *after, size_t limit)
{
	struct cache_listed rows;
	struct error error;

	OK(cache_listed(f->cache, list, after, limit, &rows, &error));
	buf_clear(&f->told);
	for (size_t i = 0; i < rows.count; i++)
		buf_printf(
		    &f->told, "%s %lld ", rows.rows[i].address, (long long)rows.rows[i].stamp);
	buf_add_string(&f->told, rows.more ? "…" : ".");
	cache_listed_finish(&rows);
	return buf_string(&f->told);
}

static void
test_lists_are_compared(void **state)
{
	struct fixture *f = *state;
	struct contact contacts[] = {CONTACT("a@x", "A", 10, false), CONTACT("b@x", "B", 20, false),
	    CONTACT("c@x", "C", 30, true), CONTACT("d@x", "D", 40, false)};
	struct contact told[] = {CONTACT("b@x", "B2", 15, false), CONTACT("d@x", "D2", 17, false),
	    CONTACT("e@x", "E", 90, false)};
	const char *const gone[] = {"c@x"};
	struct cache_listed had;
	struct cache_compared answer = {.generation = NEW,
	    .list = CACHE_CONTACTS,
	    .had = &had,
	    .contacts = told,
	    .contact_count = 3,
	    .gone = gone,
	    .gone_count = 1};
	enum cache_applied applied;
	struct error error;

	OK(cache_store_contacts(f->cache, GENERATION, contacts, 4, &applied, &error));
	assert_string_equal(listed(f, CACHE_CONTACTS, NULL, 2), "a@x 10 b@x 20 …");
	assert_string_equal(listed(f, CACHE_CONTACTS, "b@x", 2), "c@x 30 d@x 40 .");
	must_reset(f, NEW, 25);
	assert_string_equal(listed(f, CACHE_CONTACTS, NULL, 9), "a@x 10 b@x 20 c@x 0 d@x 0 .");
	OK(cache_listed(f->cache, CACHE_CONTACTS, NULL, 9, &had, &error));
	/* Another process sets one meanwhile. */
	contacts[3].stamp = 80;
	OK(cache_store_contacts(f->cache, NEW, &contacts[3], 1, &applied, &error));
	answer.generation = "generation3";
	OK(cache_compare_apply(f->cache, &answer, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	answer.generation = NEW;
	OK(cache_compare_apply(f->cache, &answer, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	assert_string_equal(listed(f, CACHE_CONTACTS, NULL, 9), "a@x 10 b@x 15 d@x 80 e@x 90 .");
	assert_string_equal(generations(f), NEW " 90 > " GENERATION " 25");
	cache_listed_finish(&had);
}

static void
test_heads_are_compared(void **state)
{
	struct fixture *f = *state;
	struct message messages[7];
	int64_t fork = live(f, messages);
	struct conversation_head heads[] = {
	    HEAD(BOB, 2, 5, 1, 2, fork + 1), HEAD(CAROL, 1, 2, 0, 0, 3)};
	struct cache_listed had;
	struct cache_compared answer = {.generation = NEW,
	    .list = CACHE_CONVERSATIONS,
	    .had = &had,
	    .heads = heads,
	    .head_count = 2};
	enum cache_applied applied;
	struct error error;

	must_reset(f, NEW, fork);
	OK(cache_listed(f->cache, CACHE_CONVERSATIONS, NULL, 9, &had, &error));
	OK(cache_compare_apply(f->cache, &answer, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	assert_string_equal(tell_heads(f),
	    "bob 2-5 ack 1 read 2 held 3 missing 1, carol 1-2 ack 0 read 0 held 0 missing 2");
	check_sound(f);
	cache_listed_finish(&had);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_messages_above_the_fork_are_set_aside),
	    TEST(test_twice_is_once),
	    TEST(test_it_shows_that_lists_are_to_be_compared),
	    TEST(test_a_server_that_knows_nothing),
	    TEST(test_own_messages_go_before_what_the_outbox_had),
	    TEST(test_what_is_sent_again),
	    TEST(test_ranges_with_holes),
	    TEST(test_what_both_histories_have_is_kept),
	    TEST(test_markers_and_what_expired),
	    TEST(test_generations_are_this_one_up_to_the_fork),
	    TEST(test_lists_are_compared),
	    TEST(test_heads_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
