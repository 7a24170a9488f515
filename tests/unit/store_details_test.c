/* Profiles, their way to the followers, and groups looked at (store.h), on a file and in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "group_fixture.h"

/* Sets one field; *changed as the store says. Returns the stamp. */
static int64_t
set_field(
    struct fixture *f, const struct caller *who, const char *name, const char *value, bool changes)
{
	const struct profile_field field = {name, value};
	int64_t stamp;
	bool changed;

	store_begin(f->writer);
	OK(store_sqlite.profile_set(f->writer, who, &field, 1, &stamp, &changed, NULL));
	store_commit(f->writer);
	assert_int_equal(changed, changes);
	return stamp;
}

static void
tell_profile(void *arg, const struct profile *profile)
{
	struct buf *out = arg;

	buf_printf(out, "%s@%lld", profile->address, (long long)profile->stamp);
	for (size_t i = 0; i < profile->count; i++)
		buf_printf(out, " %s=%s", profile->fields[i].name, profile->fields[i].value);
}

static void
assert_profile(struct fixture *f, const char *address, int64_t known, const char *want)
{
	struct buf out;

	buf_init(&out, 100000);
	store_begin(f->reader);
	OK(store_sqlite.profile_get(
	    f->reader, &f->carol, address, known, tell_profile, &out, NULL));
	store_commit(f->reader);
	assert_string_equal(buf_string(&out), want);
	buf_finish(&out);
}

static void
sets_and_compares_profiles(void **state)
{
	struct fixture *f = *state;
	char want[200];
	int64_t stamp;

	assert_profile(f, "alice@localhost", 0, "");
	assert_profile(f, "nobody@localhost", 0, "");
	/* Of another history, say: that is no more. */
	assert_profile(f, "alice@localhost", 7, "alice@localhost@0");
	assert_profile(f, "nobody@localhost", 7, "nobody@localhost@0");

	assert_int_equal(set_field(f, &f->alice, "name", "", false), 0);
	set_field(f, &f->alice, "status", "in", true);
	stamp = set_field(f, &f->alice, "name", "Alice", true);
	assert_int_equal(stamp, store_sqlite.last_stamp(f->writer));
	snprintf(want, sizeof want, "alice@localhost@%lld name=Alice status=in", (long long)stamp);
	assert_profile(f, "alice@localhost", 0, want);
	assert_profile(f, "alice@localhost", stamp - 1, want);
	assert_profile(f, "alice@localhost", stamp, "");
	assert_int_equal(set_field(f, &f->alice, "name", "Alice", false), stamp);
	assert_int_equal(set_field(f, &f->alice, "none", "", false), stamp);
	assert_true(set_field(f, &f->alice, "name", "", true) > stamp);
	stamp = set_field(f, &f->alice, "status", "", true);
	/* Empty is not the same as never set: caches are to learn of it. */
	snprintf(want, sizeof want, "alice@localhost@%lld", (long long)stamp);
	assert_profile(f, "alice@localhost", stamp - 1, want);
	assert_profile(f, "bob@localhost", 0, "");
}

static enum status
set_many(struct fixture *f, int first, int count, const char *value)
{
	struct profile_field fields[PROFILE_FIELDS_MAX];
	char names[PROFILE_FIELDS_MAX][8];
	int64_t stamp;
	bool changed;
	enum status status;

	for (int i = 0; i < count; i++) {
		snprintf(names[i], sizeof names[i], "f%d", first + i);
		fields[i] = (struct profile_field){names[i], value};
	}
	store_begin(f->writer);
	status = store_sqlite.profile_set(
	    f->writer, &f->alice, fields, (size_t)count, &stamp, &changed, NULL);
	store_commit(f->writer);
	assert_true(status == STATUS_OK || !changed);
	return status;
}

static void
bounds_the_fields(void **state)
{
	struct fixture *f = *state;
	uint8_t token[TOKEN_HASH] = "alice@localhost";
	struct caller found;
	int64_t stamp;

	OK(set_many(f, 0, PROFILE_FIELDS_MAX, "x"));
	stamp = store_sqlite.last_stamp(f->writer);
	assert_int_equal(set_many(f, 31, 2, "y"), STATUS_TOO_LARGE);
	assert_int_equal(store_sqlite.last_stamp(f->writer), stamp); /* nothing of it was done */
	OK(set_many(f, 31, 1, ""));
	OK(set_many(f, 32, 1, "y"));
	assert_int_equal(set_many(f, 33, 1, "y"), STATUS_TOO_LARGE);
	store_begin(f->writer);
	OK(store_sqlite.device_remove(f->writer, f->alice.device_id, NULL));
	assert_int_equal(
	    store_sqlite.device_find(f->writer, token, &found, NULL), STATUS_NOT_FOUND);
	store_commit(f->writer);
	assert_int_equal(set_many(f, 0, 1, "z"), STATUS_DENIED);
}

static void
add_contact(struct fixture *f, const struct caller *owner, const char *address, bool removed)
{
	struct contact contact = {.address = address, .name = "N", .removed = removed};
	char kept[LIMIT_NAME + 1];
	bool changed;

	store_begin(f->writer);
	OK(store_sqlite.contact_set(f->writer, owner, &contact, kept, &changed, NULL));
	store_commit(f->writer);
}

struct pushed {
	struct fixture *f;
	struct buf text;
	int64_t stamp;
};

static void
tell_follower(void *arg, int64_t owner_id, const struct contact *contact)
{
	struct pushed *pushed = arg;
	const struct fixture *f = pushed->f;

	assert_true(contact->stamp > pushed->stamp);
	pushed->stamp = contact->stamp;
	assert_true(contact->profile > 0 && contact->profile < contact->stamp);
	assert_string_equal(contact->name, "N");
	buf_printf(&pushed->text, "%s:%.1s ",
	    owner_id == f->alice.account_id ? "alice"
	    : owner_id == f->bob.account_id ? "bob"
	                                    : "carol",
	    contact->address);
}

/* One batch. */
static void
assert_pushed(struct fixture *f, int64_t *after, size_t limit, const char *want, bool want_more)
{
	struct pushed pushed = {.f = f};
	bool more;

	buf_init(&pushed.text, 10000);
	store_begin(f->writer);
	OK(store_sqlite.profile_push(f->writer, after, limit, tell_follower, &pushed, &more, NULL));
	store_commit(f->writer);
	assert_string_equal(buf_string(&pushed.text), want);
	assert_int_equal(more, want_more);
	buf_finish(&pushed.text);
}

static void
pushes_to_the_followers(void **state)
{
	struct fixture *f = *state;
	int64_t after = 0;

	assert_pushed(f, &after, 9, "", false);
	add_contact(f, &f->bob, "alice@localhost", false);
	add_contact(f, &f->carol, "alice@localhost", false);
	add_contact(f, &f->carol, "bob@localhost", false);
	add_contact(f, &f->alice, "alice@localhost", true); /* removed: it has no need to know */
	set_field(f, &f->alice, "name", "A", true);
	assert_pushed(f, &after, 2, "bob:a ", true);
	/* It changes again before all know: from the beginning. Others' turns come in between. */
	set_field(f, &f->alice, "name", "AA", true);
	set_field(f, &f->bob, "name", "B", true);
	assert_pushed(f, &after, 1, "carol:b ", true);
	assert_pushed(f, &after, 2, "bob:a ", true);
	assert_pushed(f, &after, 1, "carol:a ", false);
	assert_pushed(f, &after, 9, "", false);
	/* Nobody follows, or nothing changes: nothing is left to do. */
	set_field(f, &f->carol, "name", "C", true);
	set_field(f, &f->carol, "name", "C", false);
	assert_pushed(f, &after, 9, "", false);
}

static void
goes_on_after_a_restart(void **state)
{
	struct fixture *f = *state;
	struct pushed undone = {.f = f, .text.limit = 999};
	int64_t after = 0;

	add_contact(f, &f->alice, "alice@localhost", false);
	add_contact(f, &f->bob, "alice@localhost", false);
	add_contact(f, &f->carol, "alice@localhost", false);
	set_field(f, &f->alice, "name", "A", true);
	assert_pushed(f, &after, 1, "alice:a ", true);
	/* What was rolled back was not done. */
	store_begin(f->writer);
	OK(store_sqlite.profile_push(
	    f->writer, &after, 9, tell_follower, &undone, &(bool){false}, NULL));
	store_rollback(f->writer);
	buf_finish(&undone.text);
	close_both(f);
	open_both(f);
	after = 0;
	assert_pushed(f, &after, 1, "bob:a ", true);
	assert_pushed(f, &after, 9, "carol:a ", false);
}

static void
tell_contact(void *arg, const struct contact *contact)
{
	*(struct contact *)arg = *contact;
}

static void
tell_no_group(void *arg, const struct group *group)
{
	(void)arg;
	(void)group;
	fail();
}

static void
carries_the_stamp_in_contacts(void **state)
{
	struct fixture *f = *state;
	struct contact contact = {.address = "alice@localhost"}, told = {0};
	const struct store_changes sink = {
	    .contact = tell_contact, .group = tell_no_group, .arg = &told};
	int64_t stamp = set_field(f, &f->alice, "name", "A", true);
	char kept[LIMIT_NAME + 1];
	int64_t to;
	bool changed;

	store_begin(f->writer);
	OK(store_sqlite.contact_set(f->writer, &f->bob, &contact, kept, &changed, NULL));
	assert_int_equal(contact.profile, stamp);
	contact = (struct contact){.address = "nobody@localhost", .profile = 9};
	OK(store_sqlite.contact_set(f->writer, &f->carol, &contact, kept, &changed, NULL));
	assert_int_equal(contact.profile, 0);
	store_commit(f->writer);
	store_begin(f->reader);
	OK(store_sqlite.changes(
	    f->reader, &f->bob, 0, store_sqlite.last_stamp(f->reader), 9, &sink, &to, NULL));
	assert_int_equal(told.profile, stamp);
	OK(store_sqlite.changes(
	    f->reader, &f->carol, 0, store_sqlite.last_stamp(f->reader), 9, &sink, &to, NULL));
	assert_int_equal(told.profile, 0);
	store_commit(f->reader);
}

/* ---- groups ---- */

static void
tell_detail(void *arg, const struct group_detail *d)
{
	buf_printf(arg, "%s \"%s\" \"%s\" history %d members %lld %s", d->group.address,
	    d->group.name, d->topic, d->history, (long long)d->members, role_name(d->role));
	assert_true(d->group.stamp > 0);
}

static enum status
look(struct fixture *f, const struct caller *who, int64_t known, struct buf *out)
{
	enum status status;

	store_begin(f->reader);
	status = store_sqlite.group_get(f->reader, who, TEAM, known, tell_detail, out, NULL);
	store_commit(f->reader);
	return status;
}

struct listing {
	struct buf text;
	size_t limit;
	char last[ADDRESS_SIZE];
};

static bool
tell_member(void *arg, const struct member *member)
{
	struct listing *listing = arg;

	if (!listing->limit)
		return false;
	listing->limit--;
	assert_true(strcmp(member->address, listing->last) > 0);
	snprintf(listing->last, sizeof listing->last, "%s", member->address);
	buf_printf(&listing->text, "%.1s=%s ", member->address, role_name(member->role));
	return true;
}

/* Returns the stamp as of which it is. */
static int64_t
assert_members(struct fixture *f, const struct members_query *query, size_t limit, const char *want,
    bool want_all)
{
	struct listing listing = {.limit = limit};
	int64_t stamp;
	bool all;

	buf_init(&listing.text, 10000);
	store_begin(f->reader);
	OK(store_sqlite.group_members(
	    f->reader, &f->alice, query, tell_member, &listing, &all, NULL));
	stamp = store_sqlite.last_stamp(f->reader);
	store_commit(f->reader);
	assert_string_equal(buf_string(&listing.text), want);
	assert_int_equal(all, want_all);
	buf_finish(&listing.text);
	return stamp;
}

static void
change(struct fixture *f, const char *member, enum group_action action, enum role role)
{
	const struct group_change change = {
	    .group = TEAM,
	    .action = action,
	    .members = &member,
	    .member_count = 1,
	    .role = role,
	};

	assert_int_equal(group_do(f, &f->alice, NULL, &change, NULL), WIRE_OK);
}

static void
tells_what_changed_in_a_member_list(void **state)
{
	struct fixture *f = *state;
	const struct group_create create = team(1, false, 1);
	struct members_query query = {.group = TEAM};

	group_do(f, &f->alice, &create, NULL, NULL);
	query.since = assert_members(f, &query, 9, "a=owner b=member ", true);
	assert_members(f, &query, 9, "", true);
	change(f, "carol@localhost", GROUP_ADD, ROLE_NONE);
	change(f, "bob@localhost", GROUP_REMOVE, ROLE_NONE);
	assert_members(f, &query, 9, "b=none c=member ", true);
	assert_members(f, &query, 1, "b=none ", false);
	query.after = "bob@localhost";
	assert_members(f, &query, 1, "c=member ", true);
	query = (struct members_query){.group = TEAM};
	query.since = assert_members(f, &query, 9, "a=owner c=member ", true);
	change(f, "carol@localhost", GROUP_ROLE, ROLE_ADMIN);
	assert_members(f, &query, 9, "c=admin ", true);
}

static void
shows_groups_to_members_only(void **state)
{
	struct fixture *f = *state;
	const struct group_create create = team(1, true, 1);
	const struct members_query query = {.group = TEAM};
	struct listing listing = {.limit = 9};
	struct buf out;
	bool all;

	buf_init(&out, 10000);
	assert_int_equal(look(f, &f->alice, 0, &out), STATUS_NOT_FOUND);
	group_do(f, &f->alice, &create, NULL, NULL);
	OK(look(f, &f->bob, 0, &out));
	assert_string_equal(buf_string(&out), TEAM " \"Team\" \"\" history 1 members 2 member");
	assert_int_equal(look(f, &f->carol, 0, &out), STATUS_NOT_FOUND);
	store_begin(f->reader);
	assert_int_equal(store_sqlite.group_members(
	                     f->reader, &f->carol, &query, tell_member, &listing, &all, NULL),
	    STATUS_NOT_FOUND);
	store_commit(f->reader);
	change(f, "bob@localhost", GROUP_REMOVE, ROLE_NONE);
	assert_int_equal(look(f, &f->bob, 0, &out), STATUS_NOT_FOUND);
	store_begin(f->writer);
	OK(store_sqlite.device_remove(f->writer, f->alice.device_id, NULL));
	store_commit(f->writer);
	assert_int_equal(look(f, &f->alice, 0, &out), STATUS_DENIED);
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_BOTH(sets_and_compares_profiles),
	    IN_BOTH(bounds_the_fields),
	    IN_BOTH(pushes_to_the_followers),
	    ON_FILE(goes_on_after_a_restart),
	    IN_BOTH(carries_the_stamp_in_contacts),
	    IN_BOTH(tells_what_changed_in_a_member_list),
	    IN_BOTH(shows_groups_to_members_only),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
