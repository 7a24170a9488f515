/* What a list of conversations shows: cache/overview.h. */
#include "cache_fixture.h"

#include <stdio.h>

#include "base/timeu.h"
#include "cache/overview.h"

#define TEAM "#team@x"

static void
row(void *arg, const struct cache_overview *o)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%.*s%s%s%s%s%s%s", (int)strcspn(o->address, "@"), o->address,
	    o->pinned ? "^" : "", o->muted ? "m" : "", o->draft ? "d" : "", o->left ? "l" : "",
	    o->mention ? "@" : "", *o->name ? "=" : "");
	buf_printf(&f->told, "%s", o->name);
	if (o->unread)
		buf_printf(&f->told, " %d unread", (int)o->unread);
	if (o->queued || o->failed)
		buf_printf(&f->told, " %d queued %d failed", (int)o->queued, (int)o->failed);
	buf_printf(&f->told, ", ");
}

static const char *
list(struct fixture *f, int64_t since, size_t limit)
{
	struct error error;

	buf_clear(&f->told);
	OK(cache_overview(f->cache, since, limit, row, f, &error));
	return buf_string(&f->told);
}

static const char *
one(struct fixture *f, const char *address)
{
	struct error error;
	bool found;

	buf_clear(&f->told);
	OK(cache_overview_one(f->cache, address, row, f, &found, &error));
	return found ? buf_string(&f->told) : "none";
}

#define LIST(want) assert_string_equal(list(f, 0, 100), want)

static void
flag(struct fixture *f, const char *who, enum cache_flag which, bool on)
{
	struct error error;

	OK(cache_flag_set(f->cache, who, which, on, &error));
}

/* An event with a text by somebody in a conversation. */
static void
says(
    struct fixture *f, const char *conversation, int64_t msg_id, const char *from, const char *text)
{
	struct message m = message_of(f, conversation, msg_id, 0);

	m.from = from;
	m.text = text;
	apply_messages(f, &m, 1);
}

static void
amends(struct fixture *f, const char *conversation, int64_t msg_id, const char *type,
    int64_t target, const char *text)
{
	struct message m = message_of(f, conversation, msg_id, 0);

	m.type = type;
	m.target = target;
	m.text = text;
	apply_messages(f, &m, 1);
}

static void
test_order(void **state)
{
	struct fixture *f = *state;
	struct error error;
	int64_t stamp;

	LIST("");
	store(f, BOB, 1, 2, 1, 2);
	store(f, CAROL, 1, 1, 1, 1);
	LIST("carol 1 unread, bob 2 unread, ");
	stamp = f->stamp;
	says(f, BOB, 3, BOB, "later");
	LIST("bob 3 unread, carol 1 unread, ");
	assert_string_equal(list(f, 0, 1), "bob 3 unread, ");
	assert_string_equal(list(f, 0, 0), "");
	assert_string_equal(list(f, stamp, 9), "bob 3 unread, ");
	flag(f, CAROL, CACHE_PINNED, true);
	flag(f, BOB, CACHE_MUTED, true);
	LIST("carol^ 1 unread, bobm 3 unread, ");
	assert_string_equal(list(f, 0, 1), "carol^ 1 unread, ");
	assert_string_equal(list(f, stamp, 9), "bobm 3 unread, ");
	flag(f, CAROL, CACHE_PINNED, false);
	flag(f, BOB, CACHE_MUTED, false);
	OK(cache_draft_set(f->cache, CAROL, "dear", &error));
	LIST("bob 3 unread, carold 1 unread, ");
	/* A head of messages that are not here counts; that a marker moved does not. */
	f->stamp += 10;
	apply_head(f, &HEAD(CAROL, 1, 4, 1, 1, f->stamp));
	LIST("carold 3 unread, bob 3 unread, ");
	store(f, CAROL, 2, 4, 1, 4);
	says(f, BOB, 4, BOB, "latest");
	apply_head(f, &HEAD(CAROL, 1, 4, 4, 4, ++f->stamp));
	LIST("bob 4 unread, carold, ");
	/* What nobody spoke in comes last. */
	OK(cache_draft_set(f->cache, "dave@x", "hm", &error));
	LIST("bob 4 unread, carold, daved, ");
	assert_string_equal(list(f, 1, 9), "bob 4 unread, carold, ");
	check_sound(f);
}

static void
queue_now(struct fixture *f, unsigned key, const char *to)
{
	const struct outbox_entry entry = {.key = key_of(key),
	    .conversation = to,
	    .type = "text",
	    .text = "hi",
	    .time = time_wall()};
	struct error error;

	OK(cache_outbox_add(f->cache, &entry, 1, &error));
}

static void
test_outbox(void **state)
{
	struct fixture *f = *state;
	struct cache_outbox_count count;
	const struct key third = key_of(3);
	struct error error;

	store(f, BOB, 1, 2, 1, 2);
	store(f, CAROL, 1, 1, 1, 1);
	queue_now(f, 1, BOB);
	LIST("bob 2 unread 1 queued 0 failed, carol 1 unread, ");
	queue_now(f, 2, "dave@x");
	queue_now(f, 3, "dave@x");
	settle_failed(f, 2, "denied: no");
	LIST("dave 1 queued 1 failed, bob 2 unread 1 queued 0 failed, carol 1 unread, ");
	assert_string_equal(list(f, 0, 1), "dave 1 queued 1 failed, ");
	assert_string_equal(list(f, INT64_MAX - 1, 9), "");
	OK(cache_outbox_doubt(f->cache, &third, 1, &error));
	OK(cache_outbox_count(f->cache, &count, &error));
	assert_int_equal(count.queued, 2);
	assert_int_equal(count.doubt, 1);
	assert_int_equal(count.failed, 1);
	/* An old one doesn't lower what its conversation stands by. */
	assert_int_equal(queue(f, 4, CAROL, "old"), STATUS_OK);
	flag(f, CAROL, CACHE_PINNED, true);
	LIST("carol^ 1 unread 1 queued 0 failed, dave 1 queued 1 failed,"
	     " bob 2 unread 1 queued 0 failed, ");
	assert_string_equal(list(f, 0, 1), "carol^ 1 unread 1 queued 0 failed, ");
	assert_string_equal(one(f, BOB), "bob 2 unread 1 queued 0 failed, ");
	assert_string_equal(one(f, CAROL), "carol^ 1 unread 1 queued 0 failed, ");
	assert_string_equal(one(f, "dave@x"), "dave 1 queued 1 failed, ");
	assert_string_equal(one(f, "erin@x"), "none");
	/* What was sent is a message like others. */
	settle(f, 1, BOB, 3);
	LIST("carol^ 1 unread 1 queued 0 failed, dave 1 queued 1 failed, bob 2 unread, ");
}

static void
test_names(void **state)
{
	struct fixture *f = *state;
	const struct contact contacts[] = {CONTACT(BOB, "Bobby", 1, false),
	    CONTACT(CAROL, "Gone", 2, true), CONTACT("dave@x", "", 3, false)};
	const struct group group = {.address = TEAM, .name = "The team", .stamp = 4, .left = true};
	const struct profile_field called = {"name", "Dave D."};
	const struct profile profiles[] = {
	    {"dave@x", 5, &called, 1}, {BOB, 6, &called, 1}, {CAROL, 7, NULL, 0}};
	const struct cache_details details = {
	    .generation = GENERATION, .profiles = profiles, .profile_count = 3};
	struct cache_change change = {
	    .contacts = contacts, .contact_count = 3, .groups = &group, .group_count = 1};
	enum cache_applied applied;
	struct error error;
	char *name;

	apply_change(f, &change);
	OK(cache_store_details(f->cache, &details, &applied, &error));
	store(f, BOB, 1, 1, 1, 1);
	store(f, CAROL, 1, 1, 1, 1);
	store(f, "dave@x", 1, 1, 1, 1);
	store(f, TEAM, 1, 1, 1, 1);
	LIST("#teaml=The team 1 unread, dave=Dave D. 1 unread, carol 1 unread,"
	     " bob=Bobby 1 unread, ");
	OK(cache_name(f->cache, BOB, &name, &error));
	assert_string_equal(name, "Bobby");
	free(name);
	OK(cache_name(f->cache, CAROL, &name, &error));
	assert_null(name);
	OK(cache_name(f->cache, TEAM, &name, &error));
	assert_string_equal(name, "The team");
	free(name);
	OK(cache_display_name(f->cache, BOB, &name, &error));
	assert_string_equal(name, "Dave D.");
	free(name);
	OK(cache_display_name(f->cache, ME, &name, &error));
	assert_null(name);
}

static void
test_mentions(void **state)
{
	struct fixture *f = *state;
	const struct profile_field called = {"name", "Max Eld"};
	const struct profile profile = {ME, 5, &called, 1};
	const struct cache_details details = {
	    .generation = GENERATION, .profiles = &profile, .profile_count = 1};
	enum cache_applied applied;
	struct error error;
	int64_t marker;

	says(f, TEAM, 1, BOB, "nobody");
	LIST("#team 1 unread, ");
	says(f, TEAM, 2, BOB, "@me look");
	says(f, TEAM, 3, BOB, "and more");
	LIST("#team@ 3 unread, ");
	assert_string_equal(one(f, TEAM), "#team@ 3 unread, ");
	OK(cache_mark_read(f->cache, TEAM, 1, true, &marker, &error));
	LIST("#team@ 2 unread, ");
	OK(cache_mark_read(f->cache, TEAM, 2, true, &marker, &error));
	LIST("#team 1 unread, ");
	/* By the name in the profile, in an edit; and not any more. */
	OK(cache_store_details(f->cache, &details, &applied, &error));
	amends(f, TEAM, 4, "edit", 3, "and more, max eld");
	LIST("#team 1 unread, "); /* not its author's */
	says(f, BOB, 1, BOB, "one");
	amends(f, BOB, 2, "edit", 1, "one, max eld");
	LIST("bob@ 1 unread, #team 1 unread, ");
	amends(f, BOB, 3, "edit", 1, "one, or not");
	LIST("bob 1 unread, #team 1 unread, ");
	says(f, BOB, 4, BOB, "@me");
	says(f, BOB, 5, BOB, "@me");
	amends(f, BOB, 6, "recall", 5, NULL);
	LIST("bob@ 3 unread, #team 1 unread, ");
	amends(f, BOB, 7, "recall", 4, NULL);
	LIST("bob 3 unread, #team 1 unread, ");
	/* Own ones name nobody. */
	says(f, CAROL, 1, CAROL, "hi");
	says(f, CAROL, 2, ME, "it is @me");
	assert_string_equal(one(f, CAROL), "carol 1 unread, ");
	/* What was read elsewhere before it is pulled. */
	apply_head(f, &HEAD("dave@x", 1, 9, 9, 9, ++f->stamp));
	says(f, "dave@x", 10, "dave@x", "no");
	assert_string_equal(one(f, "dave@x"), "dave 1 unread, ");
	check_sound(f);
}

/* Of many the first page, those since, and all. */
static void
test_many(void **state)
{
	enum { COUNT = 2000 };
	struct fixture *f = *state;
	struct conversation_head *heads = calloc(COUNT, sizeof *heads);
	char(*names)[16] = calloc(COUNT, sizeof *names);
	struct cache_change change = {.heads = heads, .head_count = COUNT};

	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof names[i], "u%d@x", i);
		heads[i] = HEAD(names[i], 1, 1, 1, 1, 1 + i);
	}
	apply_change(f, &change);
	assert_string_equal(list(f, 0, 3), "u1999, u1998, u1997, ");
	assert_string_equal(list(f, COUNT - 2, COUNT), "u1999, u1998, ");
	flag(f, "u7@x", CACHE_PINNED, true);
	assert_string_equal(list(f, 0, 3), "u7^, u1999, u1998, ");
	list(f, 0, COUNT + 1);
	assert_non_null(strstr(buf_string(&f->told), " u1, u0, "));
	free(names);
	free(heads);
}

int
main(void)
{
#define FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	static const struct CMUnitTest tests[] = {
	    FIXTURE(test_order),
	    FIXTURE(test_outbox),
	    FIXTURE(test_names),
	    FIXTURE(test_mentions),
	    FIXTURE(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
