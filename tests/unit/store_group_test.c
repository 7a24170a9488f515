/* Groups in the store (doc/protocol.md 3.12): roles, who may see what, heads, repeats. */
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
#include "wire/limits.h"

/* Runs a change, or a create where it is not NULL; want ends with the error's name, if any. */
static void
run(struct fixture *f, const struct caller *caller, const struct group_create *create,
    const struct group_change *change, const char *want)
{
	struct buf text;
	enum wire_error error;

	buf_init(&text, 100000);
	error = group_do(f, caller, create, change, &text);
	if (error)
		buf_add_string(&text, wire_error_name(error));
	assert_string_equal(buf_string(&text), want);
	buf_finish(&text);
}

static void
create_team(struct fixture *f, bool history, size_t members, const char *want)
{
	struct group_create create = team(1, history, members);

	run(f, &f->alice, &create, NULL, want);
}

static void
change(struct fixture *f, const struct caller *caller, enum group_action action, const char *member,
    enum role role, const char *want)
{
	struct group_change change = {
	    .group = TEAM,
	    .action = action,
	    .members = &member,
	    .member_count = member ? 1 : 0,
	    .role = role,
	    .name = "Crew",
	    .history = true,
	};

	run(f, caller, NULL, &change, want);
}

static int64_t
say(struct fixture *f, const struct caller *from, uint8_t key, enum wire_error want)
{
	struct store_sent sent;

	store_begin(f->writer);
	sent = send_item(f, from, (struct send_item){.to = TEAM, .key = make_key(key)});
	store_commit(f->writer);
	assert_int_equal(sent.error, want);
	assert_true(!sent.roster == (want != WIRE_OK || sent.repeated));
	roster_release(sent.roster);
	return sent.msg_id;
}

static bool
list_id(void *arg, const struct store_message *row)
{
	buf_printf(arg, "%lld ", (long long)row->message.msg_id);
	return true;
}

/* The ids that it sees of 1 to 99, and the head's first and last; "none" where it never was in. */
static void
sees(struct fixture *f, const struct caller *who, const char *want)
{
	struct conversation_head head;
	struct buf ids;
	enum status status;

	buf_init(&ids, 10000);
	store_begin(f->reader);
	status = store_sqlite.messages(
	    f->reader, who, TEAM, (struct id_range){1, 99}, &head, list_id, &ids, NULL);
	store_commit(f->reader);
	if (status == STATUS_OK)
		buf_printf(&ids, "of %lld-%lld", (long long)head.first, (long long)head.last);
	else
		buf_printf(&ids, "%s", status == STATUS_NOT_FOUND ? "none" : "denied");
	assert_string_equal(buf_string(&ids), want);
	buf_finish(&ids);
}

/* ---- making one ---- */

static void
makes_a_group(void **state)
{
	static const char *const named[] = {
	    "bob@localhost", "nobody@localhost", "alice@localhost", "bob@localhost"};
	struct fixture *f = *state;
	struct group_create create = team(1, false, 0);
	struct store_sent sent;

	create.members = (const char **)named;
	create.member_count = 4;
	run(f, &f->alice, &create, NULL,
	    "1 created \"Team\"; 2 added \"bob@localhost\"; nobody@localhost no-recipient; "
	    "alice 1-2; bob 2-2; all: Team; = Team 1-2 ack 0");
	assert_int_equal(say(f, &f->bob, 9, WIRE_OK), 3);
	say(f, &f->carol, 8, WIRE_NOT_MEMBER);
	store_begin(f->writer);
	sent =
	    send_item(f, &f->bob, (struct send_item){.to = "#other@localhost", .key = make_key(7)});
	store_commit(f->writer);
	assert_int_equal(sent.error, WIRE_NO_RECIPIENT);
	assert_changes(f, &f->alice, 0, 0, 9, TEAM " \"Team\" " TEAM ":1-3 ack 0 read 0 ");
	assert_changes(f, &f->bob, 0, 0, 9, TEAM " \"Team\" " TEAM ":2-3 ack 1 read 1 ");
	assert_changes(f, &f->carol, 0, 0, 9, "");
}

static void
answers_a_repeat_as_it_is_now(void **state)
{
	static const char *const nobody[] = {"nobody@localhost"};
	struct fixture *f = *state;
	struct group_create create = team(1, false, 1);
	int64_t stamp;

	run(f, &f->alice, &create, NULL,
	    "1 created \"Team\"; 2 added \"bob@localhost\"; alice 1-2; bob 2-2; all: Team; "
	    "= Team 1-2 ack 0");
	stamp = store_sqlite.last_stamp(f->writer);
	run(f, &f->alice, &create, NULL, "= Team 1-2 ack 0");
	assert_int_equal(store_sqlite.last_stamp(f->writer), stamp);
	/* The same key with other content, another key, and another's key. */
	create.member_count = 0;
	run(f, &f->alice, &create, NULL, "key-conflict");
	create.key = make_key(2);
	run(f, &f->alice, &create, NULL, "exists");
	create.key = make_key(1);
	run(f, &f->bob, &create, NULL, "exists");
	assert_int_equal(store_sqlite.last_stamp(f->writer), stamp);
	/* A message's key is no group's. */
	send_and_commit(f, 3);
	create = team(3, false, 0);
	create.address = "#other@localhost";
	run(f, &f->alice, &create, NULL, "key-conflict");
	/* Whom it refused it refuses again, and what became of the group since is told. */
	create = team(1, false, 1);
	change(
	    f, &f->alice, GROUP_RENAME, NULL, 0, "3 renamed \"Crew\"; all: Crew; = Crew 1-3 ack 0");
	run(f, &f->alice, &create, NULL, "= Crew 1-3 ack 0");
	change(f, &f->alice, GROUP_ADD, nobody[0], 0,
	    "nobody@localhost no-recipient; = Crew 1-3 ack 0");
	change(f, &f->alice, GROUP_LEAVE, NULL, 0,
	    "4 role \"bob@localhost owner\"; 5 left \"alice@localhost\"; alice 1-5; alice: Crew!; "
	    "alice sees to 5; all: Crew; = Crew! 1-5 ack 0");
	run(f, &f->alice, &create, NULL, "= Crew! 1-5 ack 0");
}

/* ---- owners ---- */

static void
keeps_one_owner(void **state)
{
	struct fixture *f = *state;

	create_team(f, false, 2,
	    "1 created \"Team\"; 2 added \"bob@localhost\"; 3 added \"carol@localhost\"; "
	    "alice 1-3; bob 2-3; carol 3-3; all: Team; = Team 1-3 ack 0");
	/* The owner can't be removed, nor make itself less. */
	change(f, &f->alice, GROUP_ROLE, "alice@localhost", ROLE_MEMBER,
	    "alice@localhost not-allowed; = Team 1-3 ack 0");
	change(f, &f->alice, GROUP_REMOVE, "alice@localhost", 0,
	    "alice@localhost not-allowed; = Team 1-3 ack 0");
	/* Given away, it is an admin; and what it asks again is so already. */
	change(f, &f->alice, GROUP_ROLE, "carol@localhost", ROLE_OWNER,
	    "4 role \"carol@localhost owner\"; all: Team; = Team 1-4 ack 0");
	change(f, &f->alice, GROUP_ROLE, "carol@localhost", ROLE_OWNER, "= Team 1-4 ack 0");
	change(f, &f->alice, GROUP_REMOVE, "carol@localhost", 0,
	    "carol@localhost not-allowed; = Team 1-4 ack 0");
	/* The owner leaves: the admin, though bob is in it as long. */
	change(f, &f->carol, GROUP_LEAVE, NULL, 0,
	    "5 role \"alice@localhost owner\"; 6 left \"carol@localhost\"; carol 3-6; carol: Team!; "
	    "carol sees to 6; all: Team; = Team! 3-6 ack 2");
	change(f, &f->carol, GROUP_LEAVE, NULL, 0, "= Team! 3-6 ack 2");
	/* No admin is left: the member that is in it longest. */
	change(f, &f->alice, GROUP_ADD, "carol@localhost", 0,
	    "7 added \"carol@localhost\"; carol 3-7; all: Team; = Team 1-7 ack 0");
	change(f, &f->alice, GROUP_LEAVE, NULL, 0,
	    "8 role \"bob@localhost owner\"; 9 left \"alice@localhost\"; alice 1-9; alice: Team!; "
	    "alice sees to 9; all: Team; = Team! 1-9 ack 0");
	change(f, &f->carol, GROUP_LEAVE, NULL, 0,
	    "10 left \"carol@localhost\"; carol 3-10; carol: Team!; carol sees to 10; all: Team; "
	    "= Team! 3-10 ack 6");
	/* The last one. */
	change(f, &f->bob, GROUP_LEAVE, NULL, 0,
	    "11 left \"bob@localhost\"; bob 2-11; bob: Team!; bob sees to 11; = Team! 2-11 ack 1");
	say(f, &f->bob, 9, WIRE_NOT_MEMBER);
	change(f, &f->bob, GROUP_ADD, "bob@localhost", 0, "not-member");
}

/* ---- who sees what ---- */

static void
closes_what_was_before_and_after(void **state)
{
	struct fixture *f = *state;
	int64_t stamp;

	create_team(f, false, 0, "1 created \"Team\"; alice 1-1; all: Team; = Team 1-1 ack 0");
	say(f, &f->alice, 2, WIRE_OK);
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "3 added \"bob@localhost\"; bob 3-3; all: Team; = Team 1-3 ack 0");
	say(f, &f->bob, 4, WIRE_OK);
	change(f, &f->alice, GROUP_REMOVE, "bob@localhost", 0,
	    "5 removed \"bob@localhost\"; bob 3-5; bob: Team!; bob sees to 5; all: Team; "
	    "= Team 1-5 ack 0");
	stamp = store_sqlite.last_stamp(f->writer);
	say(f, &f->alice, 6, WIRE_OK);
	say(f, &f->bob, 7, WIRE_NOT_MEMBER);
	change(
	    f, &f->alice, GROUP_RENAME, NULL, 0, "7 renamed \"Crew\"; all: Crew; = Crew 1-7 ack 0");
	sees(f, &f->alice, "1 2 3 4 5 6 7 of 1-7");
	sees(f, &f->bob, "3 4 5 of 3-5");
	sees(f, &f->carol, "none");
	/* Not even its new name. */
	assert_changes(f, &f->bob, stamp, 0, 9, "");
	assert_changes(f, &f->bob, 0, 0, 9, TEAM ":3-5 ack 2 read 2 " TEAM " \"Team\"! ");
	/* A repeat of what it sent while it was in is answered. */
	assert_int_equal(say(f, &f->bob, 4, WIRE_OK), 4);
	/* In again: what was said meanwhile is closed, though it lies between. */
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "8 added \"bob@localhost\"; bob 3-8; all: Crew; = Crew 1-8 ack 0");
	sees(f, &f->bob, "3 4 5 8 of 3-8");
	assert_changes(f, &f->bob, stamp, 0, 9, TEAM ":3-8 ack 7 read 7 " TEAM " \"Crew\" ");
}

static void
shows_history_to_newcomers(void **state)
{
	struct fixture *f = *state;

	create_team(f, true, 0, "1 created \"Team\"; alice 1-1; all: Team; = Team 1-1 ack 0");
	say(f, &f->alice, 2, WIRE_OK);
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "3 added \"bob@localhost\"; bob 1-3; all: Team; = Team 1-3 ack 0");
	sees(f, &f->bob, "1 2 3 of 1-3");
	assert_changes(f, &f->bob, 0, 0, 9, TEAM ":1-3 ack 2 read 2 " TEAM " \"Team\" ");
	change(f, &f->bob, GROUP_LEAVE, NULL, 0,
	    "4 left \"bob@localhost\"; bob 1-4; bob: Team!; bob sees to 4; all: Team; "
	    "= Team! 1-4 ack 2");
	say(f, &f->alice, 5, WIRE_OK);
	sees(f, &f->bob, "1 2 3 4 of 1-4");
	/* In again: what it missed is history, too. */
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "6 added \"bob@localhost\"; bob 1-6; all: Team; = Team 1-6 ack 0");
	sees(f, &f->bob, "1 2 3 4 5 6 of 1-6");
}

static void
keeps_closed_what_was_told_as_closed(void **state)
{
	struct fixture *f = *state;

	create_team(f, false, 0, "1 created \"Team\"; alice 1-1; all: Team; = Team 1-1 ack 0");
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "2 added \"bob@localhost\"; bob 2-2; all: Team; = Team 1-2 ack 0");
	change(f, &f->bob, GROUP_LEAVE, NULL, 0,
	    "3 left \"bob@localhost\"; bob 2-3; bob: Team!; bob sees to 3; all: Team; "
	    "= Team! 2-3 ack 1");
	say(f, &f->alice, 4, WIRE_OK);
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "5 added \"bob@localhost\"; bob 2-5; all: Team; = Team 1-5 ack 0");
	change(f, &f->bob, GROUP_LEAVE, NULL, 0,
	    "6 left \"bob@localhost\"; bob 2-6; bob: Team!; bob sees to 6; all: Team; "
	    "= Team! 2-6 ack 4");
	say(f, &f->alice, 7, WIRE_OK);
	/* No event, but a change of the group. */
	change(f, &f->alice, GROUP_HISTORY, NULL, 0, "all: Team; = Team 1-7 ack 0");
	change(f, &f->alice, GROUP_ADD, "bob@localhost", 0,
	    "8 added \"bob@localhost\"; bob 2-8; all: Team; = Team 1-8 ack 0");
	sees(f, &f->bob, "2 3 5 6 7 8 of 2-8");
	/* carol never was in it: all of it. */
	change(f, &f->alice, GROUP_ADD, "carol@localhost", 0,
	    "9 added \"carol@localhost\"; carol 1-9; all: Team; = Team 1-9 ack 0");
	sees(f, &f->carol, "1 2 3 4 5 6 7 8 9 of 1-9");
}

/* ---- heads, acknowledgements ---- */

static void
ack(struct fixture *f, const struct caller *who, int64_t first, int64_t last)
{
	struct conversation_range range = {TEAM, {first, last}};

	store_begin(f->writer);
	OK(save_ack(f, who, &range));
	store_commit(f->writer);
}

static void
tells_a_message_to_all_by_one_stamp(void **state)
{
	struct fixture *f = *state;
	int64_t stamp;

	create_team(f, false, 2,
	    "1 created \"Team\"; 2 added \"bob@localhost\"; 3 added \"carol@localhost\"; "
	    "alice 1-3; bob 2-3; carol 3-3; all: Team; = Team 1-3 ack 0");
	stamp = store_sqlite.last_stamp(f->writer);
	assert_changes(f, &f->bob, stamp, 0, 9, "");
	say(f, &f->alice, 9, WIRE_OK);
	assert_changes(f, &f->alice, stamp, 0, 9, TEAM ":1-4 ack 0 read 0 ");
	assert_changes(f, &f->bob, stamp, 0, 9, TEAM ":2-4 ack 1 read 1 ");
	assert_changes(f, &f->carol, stamp, 0, 9, TEAM ":3-4 ack 2 read 2 ");
	stamp = store_sqlite.last_stamp(f->writer);
	/* A change of roles or of the name is a row of the group, and its message a head's. */
	change(f, &f->alice, GROUP_ROLE, "bob@localhost", ROLE_ADMIN,
	    "5 role \"bob@localhost admin\"; all: Team; = Team 1-5 ack 0");
	assert_changes(f, &f->carol, stamp, 0, 9, TEAM ":3-5 ack 2 read 2 " TEAM " \"Team\" ");
}

static void
moves_acks_within_what_is_seen(void **state)
{
	struct fixture *f = *state;

	create_team(f, false, 2,
	    "1 created \"Team\"; 2 added \"bob@localhost\"; 3 added \"carol@localhost\"; "
	    "alice 1-3; bob 2-3; carol 3-3; all: Team; = Team 1-3 ack 0");
	ack(f, &f->bob, 3, 3); /* 2 is missing */
	assert_changes(f, &f->bob, 0, 0, 9, TEAM ":2-3 ack 1 read 1 " TEAM " \"Team\" ");
	ack(f, &f->bob, 2, 3);
	ack(f, &f->bob, 4, 4); /* beyond last */
	assert_changes(f, &f->bob, 0, 0, 9, TEAM ":2-3 ack 3 read 1 " TEAM " \"Team\" ");
	change(f, &f->alice, GROUP_REMOVE, "carol@localhost", 0,
	    "4 removed \"carol@localhost\"; carol 3-4; carol: Team!; carol sees to 4; all: Team; "
	    "= Team 1-4 ack 0");
	say(f, &f->alice, 9, WIRE_OK);
	/* One that left still acknowledges what it may see, and no more. */
	ack(f, &f->carol, 3, 5);
	assert_changes(f, &f->carol, 0, 0, 9, TEAM ":3-4 ack 2 read 2 " TEAM " \"Team\"! ");
	ack(f, &f->carol, 3, 4);
	assert_changes(f, &f->carol, 0, 0, 9, TEAM ":3-4 ack 4 read 2 " TEAM " \"Team\"! ");
	ack(f, &f->bob, 4, 5);
	assert_changes(f, &f->bob, 0, 0, 9, TEAM " \"Team\" " TEAM ":2-5 ack 5 read 1 ");
}

static void
refuses_a_revoked_device(void **state)
{
	struct fixture *f = *state;
	struct told told = {.f = f};
	struct store_group_sink sink = group_sink(&told);
	struct group_create create = team(1, false, 0);
	struct group_change change = {.group = TEAM, .action = GROUP_LEAVE};
	struct store_group_result result;

	store_begin(f->writer);
	OK(store_sqlite.device_remove(f->writer, f->alice.device_id, NULL));
	assert_int_equal(
	    store_sqlite.group_create(f->writer, &f->alice, &create, &sink, &result, NULL),
	    STATUS_DENIED);
	assert_int_equal(
	    store_sqlite.group_change(f->writer, &f->alice, &change, &sink, &result, NULL),
	    STATUS_DENIED);
	store_commit(f->writer);
}

static void
forgets_what_was_rolled_back(void **state)
{
	struct fixture *f = *state;
	struct told told = {.f = f};
	struct store_group_sink sink = group_sink(&told);
	struct group_create create = team(1, false, 2);
	struct store_group_result result;

	buf_init(&told.text, 10000);
	store_begin(f->writer);
	OK(store_sqlite.group_create(f->writer, &f->alice, &create, &sink, &result, NULL));
	roster_release(result.roster);
	store_rollback(f->writer);
	buf_finish(&told.text);
	say(f, &f->alice, 2, WIRE_NO_RECIPIENT);
	create_team(f, false, 2,
	    "1 created \"Team\"; 2 added \"bob@localhost\"; 3 added \"carol@localhost\"; "
	    "alice 1-3; bob 2-3; carol 3-3; all: Team; = Team 1-3 ack 0");
}

static void
bounds_the_members(void **state)
{
	struct fixture *f = *state;
	struct told told = {.f = f};
	struct store_group_sink sink = group_sink(&told);
	static char addresses[LIMIT_MEMBERS + 1][32];
	static const char *names[LIMIT_MEMBERS + 1];
	struct group_create create = team(1, false, 0);
	struct store_group_result result;
	struct caller caller;

	buf_init(&told.text, 100000000);
	store_begin(f->writer);
	for (int i = 0; i <= LIMIT_MEMBERS; i++) {
		snprintf(addresses[i], sizeof addresses[i], "m%d@localhost", i);
		names[i] = addresses[i];
		add_account(f, addresses[i], &caller);
	}
	create.members = names;
	create.member_count = LIMIT_MEMBERS + 1;
	OK(store_sqlite.group_create(f->writer, &f->alice, &create, &sink, &result, NULL));
	store_commit(f->writer);
	assert_int_equal(result.roster->count, LIMIT_MEMBERS);
	for (size_t i = 1; i < result.roster->count; i++)
		assert_true(result.roster->members[i - 1].account_id <
		            result.roster->members[i].account_id);
	assert_non_null(strstr(
	    buf_string(&told.text), "m9999@localhost too-large; m10000@localhost too-large; "));
	roster_release(result.roster);
	buf_finish(&told.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_BOTH(makes_a_group),
	    IN_BOTH(answers_a_repeat_as_it_is_now),
	    IN_BOTH(keeps_one_owner),
	    IN_BOTH(closes_what_was_before_and_after),
	    IN_BOTH(shows_history_to_newcomers),
	    IN_BOTH(keeps_closed_what_was_told_as_closed),
	    IN_BOTH(tells_a_message_to_all_by_one_stamp),
	    IN_BOTH(moves_acks_within_what_is_seen),
	    IN_BOTH(refuses_a_revoked_device),
	    IN_BOTH(forgets_what_was_rolled_back),
	    IN_MEMORY(bounds_the_members),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
