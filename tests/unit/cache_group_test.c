/* Groups in the cache: rows by newer stamps, and what group-create and group-change answer. */
#include "cache_fixture.h"

#define TEAM "#team@x"

static struct group
group_of(const char *address, const char *name, int64_t stamp, bool left)
{
	return (struct group){.address = address, .name = name, .stamp = stamp, .left = left};
}

static void
tell_group(void *arg, const struct group *group)
{
	buf_printf(arg, "%s=%s@%lld%s ", group->address, group->name, (long long)group->stamp,
	    group->left ? "!" : "");
}

static void
assert_groups(struct fixture *f, const char *want)
{
	struct error error;

	buf_clear(&f->told);
	OK(cache_groups(f->cache, tell_group, &f->told, &error));
	assert_string_equal(buf_string(&f->told), want);
}

static enum cache_applied
apply(struct fixture *f, const struct group *groups, size_t count, int64_t from, int64_t to)
{
	const struct cache_change change = {
	    .generation = GENERATION,
	    .from = from,
	    .to = to,
	    .groups = groups,
	    .group_count = count,
	};
	enum cache_applied applied;
	struct error error;

	OK(cache_apply(f->cache, &change, &applied, &error));
	return applied;
}

static void
test_a_group_has_one_key(void **state)
{
	struct fixture *f = *state;
	struct key first, again, other;
	struct error error;

	OK(cache_group_key(f->cache, TEAM, &first, &error));
	OK(cache_group_key(f->cache, "#a@x", &other, &error));
	OK(cache_group_key(f->cache, TEAM, &again, &error));
	assert_true(key_equal(&first, &again));
	assert_false(key_equal(&first, &other));
}

static void
test_newer_stamps_only(void **state)
{
	struct fixture *f = *state;
	const struct group first[] = {
	    group_of(TEAM, "Team", 10, false), group_of("#a@x", "A", 11, false)};
	const struct group second[] = {
	    group_of(TEAM, "Old", 9, true), group_of("#a@x", "A", 20, true)};

	assert_int_equal(apply(f, first, 2, 0, 11), CACHE_APPLIED);
	assert_groups(f, "#a@x=A@11 " TEAM "=Team@10 ");
	assert_int_equal(apply(f, second, 2, 11, 20), CACHE_APPLIED);
	assert_groups(f, "#a@x=A@20! " TEAM "=Team@10 ");
	/* In it again. */
	assert_int_equal(
	    apply(f, &(struct group){"#a@x", "B", 30, false}, 1, 20, 30), CACHE_APPLIED);
	assert_groups(f, "#a@x=B@30 " TEAM "=Team@10 ");
	/* What comes again changes nothing. */
	assert_int_equal(apply(f, first, 2, 0, 11), CACHE_DISCARDED);
	assert_groups(f, "#a@x=B@30 " TEAM "=Team@10 ");
}

static void
test_an_answer(void **state)
{
	struct fixture *f = *state;
	struct group group = group_of(TEAM, "Team", 12, false);
	enum cache_applied applied;
	struct cache_knowledge knowledge;
	struct error error;

	assert_int_equal(apply(f, NULL, 0, 0, 10), CACHE_APPLIED);
	OK(cache_store_group(
	    f->cache, GENERATION, &group, &HEAD(TEAM, 1, 3, 0, 0, 11), &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	assert_groups(f, TEAM "=Team@12 ");
	assert_string_equal(tell_heads(f), "#team 1-3 ack 0 read 0 held 0 missing 3");
	/* The cursor stays: what else happened meanwhile is yet to be told. */
	OK(cache_knowledge_get(f->cache, &knowledge, &error));
	assert_int_equal(knowledge.cursor.stamp, 10);
	assert_int_equal(knowledge.known.stamp, 12);
	/* Of a history that the cache does not know: nothing of it. */
	group = group_of("#a@x", "A", 20, false);
	OK(cache_store_group(
	    f->cache, "generation2", &group, &HEAD("#a@x", 1, 1, 0, 0, 19), &applied, &error));
	assert_int_equal(applied, CACHE_GAP);
	assert_groups(f, TEAM "=Team@12 ");
	check_sound(f);
}

/* What was said before one came into a group is nothing new to its consumers; on a new device, or
 * to a new consumer, it is. */
static void
test_history_is_nothing_new(void **state)
{
	struct fixture *f = *state;
	struct conversation_head head = HEAD(TEAM, 1, 6, 4, 4, 11);
	struct cache_change change = {
	    .generation = GENERATION, .from = 0, .to = 10, .heads = &head, .head_count = 1};
	struct conversation_head other = head, heads[2];
	int64_t before, after;
	bool created;
	enum cache_applied applied;
	struct error error;

	OK(cache_consumer_open(f->cache, "before", false, &before, &created, &error));
	/* The account's first sync: all there is comes. */
	other.conversation = "#other@x";
	other.joined = head.joined = 5;
	change.heads = &other;
	OK(cache_apply(f->cache, &change, &applied, &error));
	assert_string_equal(tell_missing(f, before, NULL), "#other 1-6");
	/* Then it comes into a group. */
	heads[0] = heads[1] = head;
	heads[1].stamp = 12;
	change = (struct cache_change){
	    .generation = GENERATION, .from = 10, .to = 12, .heads = heads, .head_count = 2};
	OK(cache_apply(f->cache, &change, &applied, &error));
	OK(cache_consumer_open(f->cache, "after", false, &after, &created, &error));
	assert_string_equal(tell_missing(f, before, TEAM), "#team 5-6");
	assert_string_equal(tell_missing(f, after, TEAM), "#team 1-6");
	store(f, TEAM, 1, 6, 1, 6);
	assert_string_equal(tell_next(f, before, TEAM, 10), "#team5 #team6");
	assert_string_equal(tell_next(f, after, TEAM, 2), "#team1 #team2");
	check_sound(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_group_has_one_key),
	    TEST(test_newer_stamps_only),
	    TEST(test_an_answer),
	    TEST(test_history_is_nothing_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
