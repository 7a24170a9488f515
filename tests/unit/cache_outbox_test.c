/* The outbox: order, predecessors, doubt, and what makes a row go. */
#include "cache_fixture.h"

static void
test_each_follows_the_one_before_it_in_its_conversation(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(queue(f, 1, BOB, "a"), STATUS_OK);
	assert_int_equal(queue(f, 2, CAROL, "b"), STATUS_OK);
	assert_int_equal(queue(f, 3, BOB, "c"), STATUS_OK);
	assert_int_equal(queue(f, 4, BOB, "d"), STATUS_OK);
	assert_string_equal(tell_outbox(f), "1 2 3<1 4<3");
	check_sound(f);
}

static void
test_acknowledged_predecessors_are_named_no_more(void **state)
{
	struct fixture *f = *state;

	queue(f, 1, BOB, "a");
	queue(f, 2, BOB, "b");
	queue(f, 3, BOB, "c");
	settle(f, 1, BOB, 1);
	assert_string_equal(tell_outbox(f), "2 3<2");
	settle(f, 2, BOB, 2);
	queue(f, 4, BOB, "d");
	assert_string_equal(tell_outbox(f), "3 4<3");
	assert_string_equal(
	    tell_conversations(f), "bob 1-2 ack 0 read 0 held 2 missing 0 unread 0");
	check_sound(f);
}

static void
test_successor_of_a_failed_one_takes_its_predecessor(void **state)
{
	struct fixture *f = *state;

	queue(f, 1, BOB, "a");
	queue(f, 2, BOB, "b");
	queue(f, 3, BOB, "c");
	settle_failed(f, 2, "no such recipient");
	assert_string_equal(tell_outbox(f), "1 3<1 !2");
	settle_failed(f, 1, "no such recipient");
	queue(f, 4, BOB, "d");
	assert_string_equal(tell_outbox(f), "3 4<3 !1 !2");
	settle_failed(f, 4, "no");
	queue(f, 5, BOB, "e");
	assert_string_equal(tell_outbox(f), "3 5<3 !1 !2 !4");
}

static void
test_removing_mends_the_chain_and_leaves_doubtful_ones(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = {key_of(2), key_of(3), key_of(4), key_of(99)};
	struct error error;
	size_t removed;

	for (unsigned i = 1; i <= 5; i++)
		queue(f, i, BOB, "x");
	OK(cache_outbox_doubt(f->cache, &keys[1], 1, &error));
	settle_failed(f, 4, "no");
	OK(cache_outbox_remove(f->cache, keys, 4, &removed, &error));
	assert_int_equal(removed, 2);
	assert_string_equal(tell_outbox(f), "1 3?<1 5<3");
}

/* Somebody was told that it stays, be it who added it or who found it there. */
static void
test_what_is_kept_is_not_removed(void **state)
{
	struct fixture *f = *state;
	struct outbox_entry entry = {
	    .key = key_of(2), .conversation = BOB, .type = "text", .text = "x", .kept = true};
	struct key keys[] = {key_of(1), key_of(2), key_of(3)};
	struct error error;
	size_t removed;

	for (unsigned i = 1; i <= 3; i++)
		queue(f, i, BOB, "x");
	OK(cache_outbox_add(f->cache, &entry, 1, &error));
	OK(cache_outbox_doubt(f->cache, &keys[2], 1, &error));
	OK(cache_outbox_remove(f->cache, keys, 3, &removed, &error));
	assert_int_equal(removed, 1);
	assert_string_equal(tell_outbox(f), "2 3?<2");
	/* It was found in doubt, and said to stay, when it was to be removed. */
	OK(cache_outbox_undoubt(f->cache, &keys[2], 1, &error));
	OK(cache_outbox_remove(f->cache, keys, 3, &removed, &error));
	assert_int_equal(removed, 0);
	assert_string_equal(tell_outbox(f), "2 3<2");
	/* What was refused does not wait for anything any more. */
	settle_failed(f, 2, "no");
	OK(cache_outbox_remove(f->cache, keys, 3, &removed, &error));
	assert_int_equal(removed, 1);
	assert_string_equal(tell_outbox(f), "3");
}

static void
test_failed_one_is_added_anew(void **state)
{
	struct fixture *f = *state;

	queue(f, 1, BOB, "a");
	queue(f, 2, BOB, "b");
	settle_failed(f, 1, "no");
	assert_int_equal(queue(f, 1, BOB, "other"), STATUS_CONFLICT);
	assert_int_equal(queue(f, 1, BOB, "a"), STATUS_OK);
	assert_string_equal(tell_outbox(f), "2 1<2");
}

static void
test_failed_after_doubt_can_be_removed(void **state)
{
	struct fixture *f = *state;
	struct key key = key_of(1);
	struct error error;
	size_t removed;

	queue(f, 1, BOB, "x");
	OK(cache_outbox_doubt(f->cache, &key, 1, &error));
	settle_failed(f, 1, "no");
	assert_string_equal(tell_outbox(f), "!1");
	OK(cache_outbox_remove(f->cache, &key, 1, &removed, &error));
	assert_int_equal(removed, 1);
	assert_string_equal(tell_outbox(f), "");
}

static void
test_doubt_of_an_earlier_request_stays(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = {key_of(1), key_of(2)};
	struct error error;

	queue(f, 1, BOB, "a");
	queue(f, 2, BOB, "b");
	/* The first request was lost on its way; the second could not connect. */
	OK(cache_outbox_doubt(f->cache, keys, 1, &error));
	OK(cache_outbox_doubt(f->cache, keys, 2, &error));
	OK(cache_outbox_undoubt(f->cache, keys, 2, &error));
	assert_string_equal(tell_outbox(f), "1? 2<1");
	OK(cache_outbox_undoubt(f->cache, keys, 2, &error));
	OK(cache_outbox_undoubt(f->cache, keys, 2, &error));
	assert_string_equal(tell_outbox(f), "1 2<1");
}

static void
test_repeated_keys(void **state)
{
	struct fixture *f = *state;
	struct outbox_entry batch[] = {
	    {.key = key_of(5), .conversation = BOB, .type = "text", .text = "new"},
	    {.key = key_of(1), .conversation = BOB, .type = "text", .text = "other"},
	};
	struct error error;

	assert_int_equal(queue(f, 1, BOB, "a"), STATUS_OK);
	assert_int_equal(queue(f, 1, BOB, "a"), STATUS_OK);
	assert_int_equal(queue(f, 1, BOB, "b"), STATUS_CONFLICT);
	assert_int_equal(queue(f, 1, CAROL, "a"), STATUS_CONFLICT);
	assert_int_equal(queue(f, 1, BOB, NULL), STATUS_CONFLICT);
	/* Nothing of a batch is added where one conflicts. */
	assert_int_equal(cache_outbox_add(f->cache, batch, 2, &error), STATUS_CONFLICT);
	assert_string_equal(tell_outbox(f), "1");
	/* The same within a batch. */
	batch[1] = batch[0];
	OK(cache_outbox_add(f->cache, batch, 2, &error));
	assert_string_equal(tell_outbox(f), "1 5<1");
	/* And as a message. */
	settle(f, 1, BOB, 1);
	assert_int_equal(queue(f, 1, BOB, "a"), STATUS_OK);
	assert_int_equal(queue(f, 1, BOB, "b"), STATUS_CONFLICT);
	assert_int_equal(queue(f, 1, CAROL, "a"), STATUS_CONFLICT);
	assert_string_equal(tell_outbox(f), "5");
}

static void
test_settling_twice_or_late_changes_nothing(void **state)
{
	struct fixture *f = *state;

	queue(f, 1, BOB, "a");
	settle(f, 1, BOB, 3);
	settle(f, 1, BOB, 3);
	settle_failed(f, 1, "no");
	settle(f, 77, BOB, 9);
	assert_string_equal(tell_outbox(f), "");
	assert_string_equal(
	    tell_conversations(f), "bob 1-3 ack 0 read 0 held 1 missing 2 unread 0");
	check_sound(f);
}

static void
test_own_key_from_anywhere_removes_the_row(void **state)
{
	struct fixture *f = *state;
	struct message event;
	struct message page_message;
	struct cache_page page = {BOB, {1, 1}, 1, 2, &page_message, 1, NULL, 0};
	enum cache_applied applied;
	struct error error;

	queue(f, 1, BOB, "hi");
	queue(f, 2, BOB, "hi");
	queue(f, 3, BOB, "hi");
	page_message = message_of(f, BOB, 1, 1);
	event = message_of(f, BOB, 2, 2);
	OK(cache_store_pages(f->cache, GENERATION, &page, 1, &applied, &error));
	assert_string_equal(tell_outbox(f), "2 3<2");
	apply_messages(f, &event, 1);
	assert_string_equal(tell_outbox(f), "3");
	/* The late answer to a send finds it done. */
	settle(f, 2, BOB, 2);
	assert_string_equal(
	    tell_history(f, &(struct history_query){BOB, 0, 0, 9, false, false}), "1s 2s");
	check_sound(f);
}

static void
test_fate(void **state)
{
	struct fixture *f = *state;
	struct key keys[] = {key_of(1), key_of(2), key_of(3), key_of(4)};
	struct outbox_fate fate;
	struct error error;

	queue(f, 1, BOB, "a");
	queue(f, 2, BOB, "a");
	queue(f, 3, BOB, "a");
	settle(f, 1, BOB, 12);
	settle_failed(f, 2, "no such recipient");
	OK(cache_outbox_fate(f->cache, &keys[0], &fate, &error));
	assert_true(fate.sent);
	assert_int_equal(fate.msg_id, 12);
	assert_int_equal(fate.time, 1012);
	assert_int_equal(fate.stamp, f->stamp);
	OK(cache_outbox_fate(f->cache, &keys[1], &fate, &error));
	assert_false(fate.sent);
	assert_int_equal(fate.state, OUTBOX_FAILED);
	assert_string_equal(fate.failure, "no such recipient");
	OK(cache_outbox_fate(f->cache, &keys[2], &fate, &error));
	assert_int_equal(fate.state, OUTBOX_PENDING);
	OK(cache_outbox_doubt(f->cache, &keys[2], 1, &error));
	OK(cache_outbox_fate(f->cache, &keys[2], &fate, &error));
	assert_int_equal(fate.state, OUTBOX_DOUBT);
	assert_int_equal(cache_outbox_fate(f->cache, &keys[3], &fate, &error), STATUS_NOT_FOUND);
}

static bool
stop_at_once(void *arg, const struct outbox_entry *entry)
{
	int *rows = arg;

	assert_string_equal(entry->text, "a");
	assert_int_equal(entry->time, 5);
	++*rows;
	return false;
}

static void
test_list_stops_when_told_and_at_its_limit(void **state)
{
	struct fixture *f = *state;
	struct error error;
	int rows = 0;

	queue(f, 1, BOB, "a");
	queue(f, 2, BOB, "b");
	OK(cache_outbox_list(f->cache, 10, stop_at_once, &rows, &error));
	assert_int_equal(rows, 1);
	OK(cache_outbox_list(f->cache, 0, stop_at_once, &rows, &error));
	assert_int_equal(rows, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_each_follows_the_one_before_it_in_its_conversation),
	    TEST(test_acknowledged_predecessors_are_named_no_more),
	    TEST(test_successor_of_a_failed_one_takes_its_predecessor),
	    TEST(test_removing_mends_the_chain_and_leaves_doubtful_ones),
	    TEST(test_what_is_kept_is_not_removed),
	    TEST(test_failed_one_is_added_anew),
	    TEST(test_failed_after_doubt_can_be_removed),
	    TEST(test_doubt_of_an_earlier_request_stays),
	    TEST(test_repeated_keys),
	    TEST(test_settling_twice_or_late_changes_nothing),
	    TEST(test_own_key_from_anywhere_removes_the_row),
	    TEST(test_fate),
	    TEST(test_list_stops_when_told_and_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
