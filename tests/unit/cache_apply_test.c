/* What the server answers, applied: intervals and cursors, heads, pages, acknowledgements. */
#include "cache_fixture.h"

#include <stdio.h>

/* Applies (from, to] of a generation with nothing in it, as login-sync told it that was asked with
 * all that is known. */
static enum cache_applied
apply_interval(struct fixture *f, const char *generation, int64_t from, int64_t to)
{
	struct cache_knowledge knowledge;
	struct cache_change change = {
	    .generation = generation, .from = from, .to = to, .asked = &knowledge};
	enum cache_applied applied;
	struct error error;

	OK(cache_knowledge_get(f->cache, &knowledge, &error));
	OK(cache_apply(f->cache, &change, &applied, &error));
	return applied;
}

static const char *
cursor(struct fixture *f)
{
	struct cursor at;
	struct error error;

	OK(cache_cursor_get(f->cache, &at, &error));
	buf_clear(&f->told);
	buf_printf(&f->told, "%s %lld", at.generation, (long long)at.stamp);
	return buf_string(&f->told);
}

static void
test_interval_rule(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(cursor(f), " 0");
	assert_int_equal(apply_interval(f, "one", 5, 10), CACHE_GAP);
	assert_string_equal(cursor(f), " 0");
	assert_int_equal(apply_interval(f, "one", 0, 10), CACHE_APPLIED);
	assert_string_equal(cursor(f), "one 10");
	assert_int_equal(apply_interval(f, "one", 0, 10), CACHE_DISCARDED);
	assert_int_equal(apply_interval(f, "one", 3, 7), CACHE_DISCARDED);
	assert_int_equal(apply_interval(f, "one", 11, 12), CACHE_GAP);
	assert_int_equal(apply_interval(f, "one", 4, 12), CACHE_APPLIED);
	assert_int_equal(apply_interval(f, "one", 12, 20), CACHE_APPLIED);
	assert_string_equal(cursor(f), "one 20");
	/* Stamps go on across generations. */
	assert_int_equal(apply_interval(f, "two", 19, 19), CACHE_DISCARDED);
	assert_int_equal(apply_interval(f, "two", 21, 30), CACHE_GAP);
	assert_int_equal(apply_interval(f, "two", 20, 30), CACHE_APPLIED);
	assert_string_equal(cursor(f), "two 30");
}

/* Else a poll would carry the old generation for as long as nothing changes, and never be held. */
static void
test_a_new_generation_is_taken_though_nothing_changed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(apply_interval(f, "one", 0, 20), CACHE_APPLIED);
	assert_int_equal(apply_interval(f, "two", 0, 19), CACHE_DISCARDED);
	assert_string_equal(cursor(f), "one 20");
	assert_int_equal(apply_interval(f, "two", 20, 20), CACHE_APPLIED);
	assert_string_equal(cursor(f), "two 20");
	assert_int_equal(apply_interval(f, "two", 20, 20), CACHE_DISCARDED);
}

static void
test_first_answer_of_an_empty_server_sets_the_cursor(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(apply_interval(f, "one", 0, 0), CACHE_APPLIED);
	assert_string_equal(cursor(f), "one 0");
	assert_int_equal(apply_interval(f, "one", 0, 0), CACHE_DISCARDED);
}

static void
test_nothing_of_a_discarded_or_gapped_change_is_stored(void **state)
{
	struct fixture *f = *state;
	struct message message = message_of(f, BOB, 1, 0);
	struct cache_change change = {
	    .generation = "one", .from = 0, .to = 10, .messages = &message, .message_count = 1};
	enum cache_applied applied;
	struct error error;

	assert_int_equal(apply_interval(f, "one", 0, 10), CACHE_APPLIED);
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_DISCARDED);
	change.from = 11;
	change.to = 12;
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	assert_string_equal(tell_conversations(f), "");
}

static void
test_what_the_wire_should_have_refused(void **state)
{
	struct fixture *f = *state;
	struct message message = message_of(f, BOB, 7, 0);
	struct cache_change change = {.generation = "a generation too long", .to = 1};
	struct cache_page page = {BOB, {1, 6}, 1, 9, &message, 1, NULL, 0};
	enum cache_applied applied;
	struct error error;

	assert_int_equal(cache_apply(f->cache, &change, &applied, &error), STATUS_INTERNAL);
	change.generation = "";
	assert_int_equal(cache_apply(f->cache, &change, &applied, &error), STATUS_INTERNAL);
	assert_int_equal(
	    cache_store_pages(f->cache, GENERATION, &page, 1, &applied, &error), STATUS_INTERNAL);
	message.msg_id = 0;
	change = (struct cache_change){
	    .generation = "one", .to = 1, .messages = &message, .message_count = 1};
	assert_int_equal(cache_apply(f->cache, &change, &applied, &error), STATUS_INTERNAL);
	assert_string_equal(tell_conversations(f), "");
}

static void
count_contact(void *arg, const struct contact *contact)
{
	struct fixture *f = arg;

	buf_printf(
	    &f->told, "%s=%s@%lld ", contact->address, contact->name, (long long)contact->stamp);
}

static void
test_contacts_by_newer_stamps_only(void **state)
{
	struct fixture *f = *state;
	struct contact contacts[] = {
	    CONTACT(BOB, "Bob", 10, false),
	    CONTACT(CAROL, "Carol", 11, false),
	    CONTACT(BOB, "Old Bob", 9, true),
	    CONTACT(CAROL, "", 12, true),
	};
	enum cache_applied applied;
	struct error error;

	OK(cache_store_contacts(f->cache, GENERATION, contacts, 2, &applied, &error));
	buf_clear(&f->told);
	OK(cache_contacts(f->cache, count_contact, f, &error));
	assert_string_equal(buf_string(&f->told), "bob@x=Bob@10 carol@x=Carol@11 ");
	OK(cache_store_contacts(f->cache, GENERATION, contacts + 2, 2, &applied, &error));
	buf_clear(&f->told);
	OK(cache_contacts(f->cache, count_contact, f, &error));
	assert_string_equal(buf_string(&f->told), "bob@x=Bob@10 ");
}

static void
test_heads_by_newer_stamps_only(void **state)
{
	struct fixture *f = *state;

	apply_head(f, &HEAD(BOB, 3, 20, 9, 5, 100));
	assert_string_equal(
	    tell_conversations(f), "bob 3-20 ack 9 read 5 held 0 missing 18 unread 15");
	apply_head(f, &HEAD(BOB, 4, 30, 10, 6, 100));
	apply_head(f, &HEAD(BOB, 4, 30, 10, 6, 99));
	assert_string_equal(
	    tell_conversations(f), "bob 3-20 ack 9 read 5 held 0 missing 18 unread 15");
	apply_head(f, &HEAD(BOB, 10, 21, 9, 5, 101));
	assert_string_equal(
	    tell_conversations(f), "bob 10-21 ack 9 read 5 held 0 missing 12 unread 12");
	check_sound(f);
}

static void
test_messages_extend_heads(void **state)
{
	struct fixture *f = *state;
	struct message messages[4];
	struct conversation_head head;

	messages[0] = message_of(f, BOB, 1, 0);
	messages[1] = message_of(f, BOB, 2, 1);
	messages[2] = message_of(f, CAROL, 7, 0);
	messages[3] = message_of(f, BOB, 3, 0);
	apply_messages(f, messages, 4);
	assert_string_equal(tell_conversations(f),
	    "bob 1-3 ack 0 read 0 held 3 missing 0 unread 2, "
	    "carol 1-7 ack 0 read 0 held 1 missing 6 unread 1");
	head = HEAD(BOB, 1, 2, 0, 1, messages[1].stamp);
	head.unread = 0;
	apply_head(f, &head);
	assert_string_equal(tell_conversations(f),
	    "bob 1-3 ack 0 read 1 held 3 missing 0 unread 1, "
	    "carol 1-7 ack 0 read 0 held 1 missing 6 unread 1");
	assert_string_equal(tell_acks(f), "bob 1-3, carol 7-7");
	check_sound(f);
	check_unread(f);
}

static void
test_held_messages_stay_as_they_are(void **state)
{
	struct fixture *f = *state;
	struct message again = message_of(f, BOB, 2, 0);
	const struct history_query query = {BOB, 0, 0, 9, false, false};

	store(f, BOB, 1, 3, 1, 3);
	again.from = ME;
	apply_messages(f, &again, 1);
	assert_string_equal(tell_history(f, &query), "1 2 3");
	assert_string_equal(
	    tell_conversations(f), "bob 1-3 ack 0 read 0 held 3 missing 0 unread 3");
	check_sound(f);
}

static void
test_pages_join_and_never_reach_beyond_last(void **state)
{
	struct fixture *f = *state;
	struct cache_page page = {BOB, {1, INT64_MAX}, 1, 4, NULL, 0, NULL, 0};
	enum cache_applied applied;
	struct error error;

	store(f, BOB, 8, 9, 1, 20);
	store(f, BOB, 3, 5, 1, 20);
	store(f, BOB, 6, 7, 1, 20);
	assert_string_equal(tell_missing(f, 0, NULL), "bob 1-2, bob 10-20");
	store(f, BOB, 4, 8, 1, 20);
	assert_string_equal(tell_missing(f, 0, NULL), "bob 1-2, bob 10-20");
	OK(cache_store_pages(f->cache, GENERATION, &page, 1, &applied, &error));
	assert_string_equal(tell_missing(f, 0, NULL), "bob 10-20");
	check_sound(f);
}

static void
test_expired_ids_are_neither_held_nor_missing(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 1, 4, 1, 20);
	store(f, BOB, 8, 12, 1, 20);
	store(f, BOB, 15, 15, 10, 20);
	assert_string_equal(
	    tell_conversations(f), "bob 10-20 ack 0 read 0 held 4 missing 7 unread 4");
	assert_string_equal(tell_missing(f, 0, NULL), "bob 13-14, bob 16-20");
	check_sound(f);
	/* A page of what expired meanwhile; and all of it expired. */
	store(f, BOB, 5, 6, 10, 20);
	check_sound(f);
	apply_head(f, &HEAD(BOB, 31, 30, 0, 0, 500));
	assert_string_equal(
	    tell_conversations(f), "bob 31-30 ack 0 read 0 held 0 missing 0 unread 0");
	check_sound(f);
}

static void
test_what_expired_unseen_is_not_unread(void **state)
{
	struct fixture *f = *state;

	apply_head(f, &HEAD(BOB, 1, 20, 0, 0, 500));
	store(f, BOB, 15, 20, 15, 20);
	assert_string_equal(
	    tell_conversations(f), "bob 15-20 ack 0 read 0 held 6 missing 0 unread 6");
	check_sound(f);
}

static void
test_own_messages_are_never_unread(void **state)
{
	struct fixture *f = *state;
	struct message messages[6];
	struct conversation_head head;

	for (int i = 0; i < 6; i++)
		messages[i] = message_of(f, BOB, i + 1, i % 2 ? 10 + (unsigned)i : 0);
	apply_messages(f, messages, 6);
	assert_string_equal(
	    tell_conversations(f), "bob 1-6 ack 0 read 0 held 6 missing 0 unread 3");
	check_unread(f);
	head = HEAD(BOB, 1, 6, 0, 2, 500);
	head.unread = 2;
	apply_head(f, &head);
	assert_string_equal(
	    tell_conversations(f), "bob 1-6 ack 0 read 2 held 6 missing 0 unread 2");
	head = HEAD(BOB, 4, 6, 0, 2, 501);
	head.unread = 1;
	apply_head(f, &head);
	assert_string_equal(
	    tell_conversations(f), "bob 4-6 ack 0 read 2 held 3 missing 0 unread 1");
	apply_head(f, &HEAD(BOB, 4, 6, 0, 6, 502));
	assert_string_equal(
	    tell_conversations(f), "bob 4-6 ack 0 read 6 held 3 missing 0 unread 0");
	check_sound(f);
	check_unread(f);
}

static void
test_notes_to_oneself(void **state)
{
	struct fixture *f = *state;
	struct message messages[2];

	queue(f, 1, ME, "hi");
	settle(f, 1, ME, 1);
	messages[0] = message_of(f, ME, 2, 2);
	messages[1] = message_of(f, ME, 3, 0);
	apply_messages(f, messages, 2);
	assert_string_equal(tell_conversations(f), "me 1-3 ack 0 read 0 held 3 missing 0 unread 0");
	assert_string_equal(
	    tell_history(f, &(struct history_query){ME, 0, 0, 9, false, false}), "1s 2s 3s");
	check_sound(f);
}

/* ---- read markers and drafts ---- */

static const char *
tell_markers(struct fixture *f)
{
	struct cache_ranges markers;
	struct error error;

	OK(cache_markers(f->cache, 99, &markers, &error));
	tell_ranges(f, &markers);
	cache_ranges_finish(&markers);
	return buf_string(&f->told);
}

static void
test_markers_wait_to_be_told(void **state)
{
	struct fixture *f = *state;
	struct conversation_range told = {BOB, {1, 2}};
	const struct cache_ranges all = {&told, 1};
	struct conversation_head head = HEAD(BOB, 1, 3, 0, 2, 900);
	enum cache_applied applied;
	struct error error;
	int64_t marker;

	store(f, BOB, 1, 3, 1, 3);
	assert_string_equal(tell_markers(f), "");
	assert_int_equal(
	    cache_mark_read(f->cache, CAROL, 1, true, &marker, &error), STATUS_NOT_FOUND);
	assert_int_equal(
	    cache_mark_read(f->cache, BOB, 4, true, &marker, &error), STATUS_NOT_FOUND);
	OK(cache_mark_read(f->cache, BOB, 2, true, &marker, &error));
	OK(cache_mark_read(f->cache, BOB, 1, true, &marker, &error));
	assert_int_equal(marker, 2);
	assert_string_equal(tell_markers(f), "bob 1-2");
	check_unread(f);
	/* It went on while the first was told: what is left is told next. */
	OK(cache_mark_read(f->cache, BOB, 0, true, &marker, &error));
	OK(cache_markers_told(f->cache, GENERATION, &all, &head, 1, &applied, &error));
	assert_string_equal(tell_markers(f), "bob 1-3");
	check_unread(f);
	/* Refused for good, or of a conversation that the server does not know. */
	told.ids.last = 3;
	OK(cache_markers_told(f->cache, NULL, &all, NULL, 0, &applied, &error));
	assert_string_equal(tell_markers(f), "");
	check_sound(f);
}

static void
test_drafts(void **state)
{
	struct fixture *f = *state;
	struct error error;
	char *text;

	store(f, BOB, 1, 3, 1, 3);
	OK(cache_draft_get(f->cache, BOB, &text, &error));
	assert_null(text);
	OK(cache_draft_set(f->cache, BOB, "half a sen", &error));
	OK(cache_draft_set(f->cache, CAROL, "to somebody new", &error));
	cache_close(f->cache);
	f->cache = fixture_open(f);
	OK(cache_draft_get(f->cache, BOB, &text, &error));
	assert_string_equal(text, "half a sen");
	free(text);
	OK(cache_draft_get(f->cache, CAROL, &text, &error));
	assert_string_equal(text, "to somebody new");
	free(text);
	/* What happens in the conversation leaves it alone. */
	apply_head(f, &HEAD(BOB, 1, 9, 0, 2, 900));
	OK(cache_draft_get(f->cache, BOB, &text, &error));
	assert_string_equal(text, "half a sen");
	free(text);
	OK(cache_draft_set(f->cache, BOB, "", &error));
	OK(cache_draft_get(f->cache, BOB, &text, &error));
	assert_null(text);
	check_sound(f);
}

/* ---- acknowledgements ---- */

static void
test_acks_join(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 1, 5, 1, 20);
	store(f, BOB, 6, 9, 1, 20);
	store(f, CAROL, 3, 3, 1, 3);
	assert_string_equal(tell_acks(f), "bob 1-9, carol 3-3");
}

static void
test_acks_done_takes_exactly_what_was_told(void **state)
{
	struct fixture *f = *state;
	struct cache_ranges acks;
	struct error error;

	store(f, BOB, 1, 5, 1, 20);
	OK(cache_acks(f->cache, 10, &acks, &error));
	store(f, BOB, 6, 9, 1, 20);
	store(f, CAROL, 1, 1, 1, 1);
	OK(cache_acks_done(f->cache, &acks, &error));
	cache_ranges_finish(&acks);
	assert_string_equal(tell_acks(f), "bob 6-9, carol 1-1");
	OK(cache_acks(f->cache, 1, &acks, &error));
	assert_int_equal(acks.count, 1);
	OK(cache_acks_done(f->cache, &acks, &error));
	cache_ranges_finish(&acks);
	assert_string_equal(tell_acks(f), "carol 1-1");
	check_sound(f);
}

static void
all_acks_done(struct fixture *f)
{
	struct cache_ranges acks;
	struct error error;

	OK(cache_acks(f->cache, SIZE_MAX, &acks, &error));
	OK(cache_acks_done(f->cache, &acks, &error));
	cache_ranges_finish(&acks);
}

/* The server moves a device's head only where FIRST <= N + 1: own messages, and what was held
 * behind a hole, must not stop it. */
static void
test_acks_leave_no_gap_behind(void **state)
{
	struct fixture *f = *state;

	store(f, BOB, 1, 2, 1, 2);
	all_acks_done(f);
	queue(f, 1, BOB, "hi");
	settle(f, 1, BOB, 3);
	assert_string_equal(tell_acks(f), "");
	store(f, BOB, 4, 4, 1, 20);
	assert_string_equal(tell_acks(f), "bob 1-4");
	store(f, BOB, 10, 12, 1, 20);
	assert_string_equal(tell_acks(f), "bob 1-4, bob 10-12");
	all_acks_done(f);
	store(f, BOB, 5, 9, 1, 20);
	assert_string_equal(tell_acks(f), "bob 1-12");
	all_acks_done(f);
	assert_string_equal(tell_acks(f), "");
	/* From the beginning: it may have lost what it took when it was killed. */
	store(f, BOB, 13, 13, 1, 20);
	assert_string_equal(tell_acks(f), "bob 1-13");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_interval_rule),
	    TEST(test_a_new_generation_is_taken_though_nothing_changed),
	    TEST(test_first_answer_of_an_empty_server_sets_the_cursor),
	    TEST(test_nothing_of_a_discarded_or_gapped_change_is_stored),
	    TEST(test_what_the_wire_should_have_refused),
	    TEST(test_contacts_by_newer_stamps_only),
	    TEST(test_heads_by_newer_stamps_only),
	    TEST(test_messages_extend_heads),
	    TEST(test_held_messages_stay_as_they_are),
	    TEST(test_pages_join_and_never_reach_beyond_last),
	    TEST(test_expired_ids_are_neither_held_nor_missing),
	    TEST(test_what_expired_unseen_is_not_unread),
	    TEST(test_own_messages_are_never_unread),
	    TEST(test_markers_wait_to_be_told),
	    TEST(test_drafts),
	    TEST(test_notes_to_oneself),
	    TEST(test_acks_join),
	    TEST(test_acks_done_takes_exactly_what_was_told),
	    TEST(test_acks_leave_no_gap_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
