/* Profiles, groups and members that somebody looked at, in the cache. */
#include "cache_fixture.h"

#include "cache/internal.h"

#define TEAM "#team@x"

static enum cache_applied
store_details(struct fixture *f, struct cache_details details)
{
	enum cache_applied applied;
	struct error error;

	if (!details.generation)
		details.generation = GENERATION;
	OK(cache_store_details(f->cache, &details, &applied, &error));
	return applied;
}

static void
store_profile(struct fixture *f, const char *address, int64_t stamp, const char *name)
{
	const struct profile_field fields[] = {{"name", name}, {"x-1", "a \"b\"\n\x01 中"}};
	const struct profile profile = {address, stamp, fields, stamp ? 2 : 0};

	assert_int_equal(
	    store_details(f, (struct cache_details){.profiles = &profile, .profile_count = 1}),
	    CACHE_APPLIED);
}

static void
tell_profile(void *arg, const struct profile *profile)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%s@%lld", profile->address, (long long)profile->stamp);
	for (size_t i = 0; i < profile->count; i++)
		buf_printf(&f->told, " %s=%s", profile->fields[i].name, profile->fields[i].value);
}

static void
assert_profile(struct fixture *f, const char *address, const char *want)
{
	struct error error;
	bool found;

	buf_clear(&f->told);
	OK(cache_profile_get(f->cache, address, tell_profile, f, &found, &error));
	assert_int_equal(found, want != NULL);
	assert_string_equal(buf_string(&f->told), want ? want : "");
}

static void
test_profiles(void **state)
{
	struct fixture *f = *state;
	const char *const addresses[] = {BOB, CAROL, ME};
	int64_t stamps[3] = {9, 9, 9};
	struct error error;

	assert_profile(f, BOB, NULL);
	store_profile(f, BOB, 5, "Bob");
	assert_profile(f, BOB, "bob@x@5 name=Bob x-1=a \"b\"\n\x01 中");
	store_profile(f, BOB, 4, "Older");
	assert_profile(f, BOB, "bob@x@5 name=Bob x-1=a \"b\"\n\x01 中");
	store_profile(f, BOB, 6, "");
	assert_profile(f, BOB, "bob@x@6 name= x-1=a \"b\"\n\x01 中");
	/* One without fields is known to be so. */
	assert_int_equal(
	    store_details(f,
	        (struct cache_details){.profiles = &(struct profile){.address = CAROL, .stamp = 7},
	            .profile_count = 1}),
	    CACHE_APPLIED);
	assert_profile(f, CAROL, "carol@x@7");
	OK(cache_profile_stamps(f->cache, addresses, 3, stamps, &error));
	assert_int_equal(stamps[0], 6);
	assert_int_equal(stamps[1], 7);
	assert_int_equal(stamps[2], 0);
	/* The server has none. */
	store_profile(f, CAROL, 0, "");
	assert_profile(f, CAROL, NULL);
}

static void
tell_contact(void *arg, const struct contact *contact)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%s=%s(%s)@%lld ", contact->address, contact->name,
	    contact->display ? contact->display : "-", (long long)contact->profile);
}

static void
test_contacts_with_their_own_names(void **state)
{
	struct fixture *f = *state;
	struct contact contacts[] = {
	    CONTACT(BOB, "Robert", 10, false),
	    CONTACT(CAROL, "", 11, false),
	    CONTACT("gone@x", "", 12, true),
	};
	enum cache_applied applied;
	struct error error;
	bool found;

	contacts[0].profile = 6;
	OK(cache_store_contacts(f->cache, GENERATION, contacts, 3, &applied, &error));
	store_profile(f, BOB, 5, "Bob");
	buf_clear(&f->told);
	OK(cache_contacts(f->cache, tell_contact, f, &error));
	assert_string_equal(buf_string(&f->told), "bob@x=Robert(Bob)@6 carol@x=(-)@0 ");
	buf_clear(&f->told);
	OK(cache_contact_get(f->cache, BOB, tell_contact, f, &found, &error));
	assert_true(found);
	OK(cache_contact_get(f->cache, "gone@x", tell_contact, f, &found, &error));
	assert_false(found);
	OK(cache_contact_get(f->cache, ME, tell_contact, f, &found, &error));
	assert_false(found);
	assert_string_equal(buf_string(&f->told), "bob@x=Robert(Bob)@6 ");
}

/* ---- groups ---- */

static void
tell_group(void *arg, const struct group_detail *d, bool looked)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%s@%lld%s %s %d %lld %s%s", d->group.name, (long long)d->group.stamp,
	    d->group.left ? "!" : "", d->topic, d->history, (long long)d->members,
	    role_name(d->role), looked ? "" : "?");
}

static void
assert_group(struct fixture *f, const char *want)
{
	struct error error;
	bool found;

	buf_clear(&f->told);
	OK(cache_group_get(f->cache, TEAM, tell_group, f, &found, &error));
	assert_int_equal(found, want[0] != '\0');
	assert_string_equal(buf_string(&f->told), want);
}

static void
store_group(struct fixture *f, const char *name, int64_t stamp, const char *topic)
{
	const struct group_detail detail = {{TEAM, name, stamp, false}, topic, true, 3, ROLE_ADMIN};

	store_details(f, (struct cache_details){.groups = &detail, .group_count = 1});
}

static void
put_group_row(struct fixture *f, const char *name, int64_t stamp)
{
	const struct group group = {TEAM, name, stamp, false};
	struct error error;

	OK(cache_begin(f->cache, WRITE, &error));
	OK(cache_end(f->cache, groups_put(f->cache, &group, 1, &error), &error));
}

static void
test_group_details(void **state)
{
	struct fixture *f = *state;
	int64_t detail, members;
	struct error error;

	assert_group(f, "");
	put_group_row(f, "Team", 10);
	assert_group(f, "Team@10  0 0 none?");
	/* What was looked at is newer than the list, until login-sync comes to it. */
	store_group(f, "Crew", 12, "T");
	assert_group(f, "Crew@10 T 1 3 admin");
	put_group_row(f, "Crew", 12);
	store_group(f, "Old", 11, "Old");
	put_group_row(f, "Gang", 14);
	store_group(f, "Band", 13, "U");
	assert_group(f, "Gang@14 U 1 3 admin");
	OK(cache_group_stamps(f->cache, TEAM, &detail, &members, &error));
	assert_int_equal(detail, 13);
	assert_int_equal(members, 0);
}

/* One of the list, by letter: a@x, b@x … */
static struct member
member_of(char letter, enum role role, int64_t stamp)
{
	static char addresses[26][4];
	char *address = addresses[letter - 'a'];

	memcpy(address, (char[]){letter, '@', 'x', 0}, 4);
	return (struct member){address, role, stamp};
}

static void
store_members(
    struct fixture *f, int64_t since, int64_t stamp, const struct member *rows, size_t count)
{
	const struct cache_members members = {TEAM, since, stamp, rows, count};

	store_details(f, (struct cache_details){.members = &members, .members_count = 1});
}

static void
tell_member(void *arg, const struct member *member, const char *name, const char *display)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%.1s=%s%s%s%s%s ", member->address, role_name(member->role),
	    name[0] ? " " : "", name, display[0] ? "/" : "", display);
}

static void
assert_members(struct fixture *f, const char *want, int64_t want_stamp)
{
	int64_t detail, stamp;
	struct error error;

	buf_clear(&f->told);
	OK(cache_members_list(f->cache, TEAM, tell_member, f, &error));
	assert_string_equal(buf_string(&f->told), want);
	OK(cache_group_stamps(f->cache, TEAM, &detail, &stamp, &error));
	assert_int_equal(stamp, want_stamp);
}

static void
test_member_lists(void **state)
{
	struct fixture *f = *state;
	const struct member first[] = {
	    member_of('a', ROLE_OWNER, 1), member_of('b', ROLE_MEMBER, 2)};
	const struct member then[] = {member_of('b', ROLE_NONE, 11), member_of('c', ROLE_ADMIN, 12),
	    member_of('d', ROLE_NONE, 12)};

	store_members(f, 0, 10, first, 2);
	assert_members(f, "a=owner b=member ", 10);
	store_members(f, 10, 13, then, 3);
	assert_members(f, "a=owner c=admin ", 13);
	/* Another process was faster, and knows more. */
	store_members(f, 0, 12, first, 2);
	store_members(f, 10, 12, first, 2);
	assert_members(f, "a=owner c=admin ", 13);
	/* It was slower: what was asked from an older stamp on fits all the same. */
	store_members(f, 10, 14, then, 1);
	assert_members(f, "a=owner c=admin ", 14);
	/* What goes on from more than there is leaves a gap. */
	store_members(f, 20, 21, first, 2);
	assert_members(f, "a=owner c=admin ", 14);
	store_members(f, 0, 22, first, 2);
	assert_members(f, "a=owner b=member ", 22);
}

static void
test_members_have_names(void **state)
{
	struct fixture *f = *state;
	const struct member rows[] = {member_of('a', ROLE_OWNER, 1), member_of('b', ROLE_MEMBER, 2),
	    member_of('c', ROLE_MEMBER, 2), member_of('d', ROLE_MEMBER, 2)};
	struct contact contacts[] = {CONTACT("a@x", "Ann", 5, false), CONTACT("b@x", "", 6, false),
	    CONTACT("c@x", "Gone", 7, true)};
	enum cache_applied applied;
	struct error error;

	store_members(f, 0, 10, rows, 4);
	OK(cache_store_contacts(f->cache, GENERATION, contacts, 3, &applied, &error));
	store_profile(f, "a@x", 5, "Anna");
	store_profile(f, "b@x", 5, "Bea");
	assert_members(f, "a=owner Ann/Anna b=member/Bea c=member d=member ", 10);
}

static void
test_other_histories(void **state)
{
	struct fixture *f = *state;
	const struct profile profile = {.address = CAROL, .stamp = 5};
	const struct member row = member_of('a', ROLE_OWNER, 1);
	struct cache_knowledge knowledge;
	int64_t detail, members;
	struct error error;

	store_profile(f, BOB, 50, "Bob");
	store_group(f, "Team", 60, "T");
	store_members(f, 0, 70, &row, 1);
	/* It is known how far this history was seen. */
	OK(cache_knowledge_get(f->cache, &knowledge, &error));
	assert_int_equal(knowledge.known.stamp, 70);
	/* An answer of another one is not stored. */
	assert_int_equal(store_details(f, (struct cache_details){.generation = "generation2",
	                                      .profiles = &profile,
	                                      .profile_count = 1}),
	    CACHE_GAP);
	assert_profile(f, CAROL, NULL);
	OK(cache_begin(f->cache, WRITE, &error));
	OK(cache_end(f->cache, details_forget(f->cache, 60, &error), &error));
	OK(cache_group_stamps(f->cache, TEAM, &detail, &members, &error));
	assert_int_equal(detail, 60);
	assert_int_equal(members, 0);
	OK(cache_begin(f->cache, WRITE, &error));
	OK(cache_end(f->cache, details_forget(f->cache, 49, &error), &error));
	OK(cache_group_stamps(f->cache, TEAM, &detail, &members, &error));
	assert_int_equal(detail, 0);
	assert_profile(f, BOB, NULL);
	/* The new history's, though its stamp is lower. */
	store_profile(f, BOB, 48, "Bob");
	store_group(f, "Team", 47, "V");
	assert_group(f, "Team@60 V 1 3 admin");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_profiles),
	    TEST(test_contacts_with_their_own_names),
	    TEST(test_group_details),
	    TEST(test_member_lists),
	    TEST(test_members_have_names),
	    TEST(test_other_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
