/* What each role may do in a group, and what not: the table of doc/protocol.md 3.12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <string.h>

#include "group_fixture.h"

/* Alice of a role, bob of another: puts them there, by the owner carol. */
static void
place(struct fixture *f, enum role alice, enum role bob)
{
	/* Alice comes last, for the owner may give that away. */
	static const char *const names[] = {"bob@localhost", "alice@localhost"};
	const enum role roles[] = {bob, alice};
	struct group_create create = team(1, false, 0);

	group_do(f, &f->carol, &create, NULL, NULL);
	for (int i = 0; i < 2; i++) {
		struct group_change add = {
		    .group = TEAM,
		    .action = GROUP_ADD,
		    .members = (const char **)&names[i],
		    .member_count = 1,
		};
		struct group_change role = add;

		role.action = GROUP_ROLE;
		role.role = roles[i];
		if (roles[i] == ROLE_NONE)
			continue;
		assert_int_equal(group_do(f, &f->carol, NULL, &add, NULL), WIRE_OK);
		assert_int_equal(group_do(f, &f->carol, NULL, &role, NULL), WIRE_OK);
	}
}

/* What comes of alice, of a role, doing something to bob, of another. */
enum outcome { DONE, ALREADY, REFUSED, NOT_ALLOWED, NOT_MEMBER };

static enum outcome
try(struct fixture *f, const struct group_change *change)
{
	int64_t stamp = store_sqlite.last_stamp(f->writer);
	enum outcome outcome = DONE;
	enum wire_error error;
	struct buf text;

	buf_init(&text, 10000);
	error = group_do(f, &f->alice, NULL, change, &text);
	if (error)
		outcome = error == WIRE_NOT_MEMBER ? NOT_MEMBER : NOT_ALLOWED;
	else if (strstr(buf_string(&text), "not-"))
		outcome = REFUSED;
	else if (store_sqlite.last_stamp(f->writer) == stamp)
		outcome = ALREADY;
	if (outcome != DONE)
		assert_int_equal(store_sqlite.last_stamp(f->writer), stamp);
	buf_finish(&text);
	return outcome;
}

/* Every action by every role on every role. carol owns the group, or has given it to alice. */
static void
allows_what_each_role_may(void **state)
{
	static const struct {
		enum group_action action;
		enum role role;
		enum outcome want[ROLE_COUNT][ROLE_OWNER]; /* by alice's role, and bob's */
	} table[] = {
	    {GROUP_ADD, 0,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {NOT_ALLOWED, ALREADY, ALREADY},
	            {DONE, ALREADY, ALREADY}, {DONE, ALREADY, ALREADY}}},
	    {GROUP_REMOVE, 0,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {ALREADY, NOT_ALLOWED, NOT_ALLOWED},
	            {ALREADY, DONE, REFUSED}, {ALREADY, DONE, DONE}}},
	    {GROUP_ROLE, ROLE_MEMBER,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {NOT_ALLOWED, ALREADY, NOT_ALLOWED},
	            {NOT_ALLOWED, ALREADY, NOT_ALLOWED}, {REFUSED, ALREADY, DONE}}},
	    {GROUP_ROLE, ROLE_ADMIN,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {NOT_ALLOWED, NOT_ALLOWED, ALREADY},
	            {NOT_ALLOWED, NOT_ALLOWED, ALREADY}, {REFUSED, DONE, ALREADY}}},
	    {GROUP_ROLE, ROLE_OWNER,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED},
	            {NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED}, {REFUSED, DONE, DONE}}},
	    {GROUP_RENAME, 0,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED},
	            {DONE, DONE, DONE}, {DONE, DONE, DONE}}},
	    {GROUP_HISTORY, 0,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED},
	            {NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED}, {DONE, DONE, DONE}}},
	    {GROUP_LEAVE, 0,
	        {{NOT_MEMBER, NOT_MEMBER, NOT_MEMBER}, {DONE, DONE, DONE}, {DONE, DONE, DONE},
	            {DONE, DONE, DONE}}},
	};
	const char *bob = "bob@localhost";

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		for (enum role alices = ROLE_NONE; alices < ROLE_COUNT; alices++) {
			for (enum role bobs = ROLE_NONE; bobs < ROLE_OWNER; bobs++) {
				struct group_change change = {
				    .group = TEAM,
				    .action = table[i].action,
				    .members = &bob,
				    .member_count = 1,
				    .role = table[i].role,
				    .name = "Crew",
				    .history = true,
				};
				enum outcome got;

				assert_int_equal(set_up_memory(state), 0);
				place(*state, alices, bobs);
				got = try(*state, &change);
				if (got != table[i].want[alices][bobs])
					fail_msg("%s %s by %s of %s: %d",
					    group_action_name(change.action),
					    role_name(change.role), role_name(alices),
					    role_name(bobs), got);
				/* Asked for again, nothing more happens. */
				if (got == DONE && change.action != GROUP_ADD)
					assert_int_not_equal(try(*state, &change), DONE);
				assert_int_equal(tear_down(state), 0);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(allows_what_each_role_may),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
