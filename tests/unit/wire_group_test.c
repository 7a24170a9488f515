/* Bodies of group-create, group-change and receipts: written and read back, and wrong ones refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quotes.h"
#include "wire/group.h"
#include "wire/limits.h"

#define K     "0193e2a0-1b2c-7d3e-8f40-123456789abc"
#define G     "'generation':'AAAAAAAAAAA'"
#define GROUP "{'address':'#a@b','name':'A','stamp':5}"
#define HEAD  "{'conversation':'#a@b','first':1,'last':2,'ack':0,'read':0,'stamp':4}"

static void
test_create_comes_back(void **state)
{
	const char *members[] = {"bob@b", "carol@b"};
	struct group_create create = {.address = "#a@b",
	    .name = "Ä \"x\"",
	    .history = true,
	    .members = members,
	    .member_count = 2};
	struct group_create back;
	struct json *doc;
	struct buf out;

	(void)state;
	assert_true(key_parse(&create.key, K));
	buf_init(&out, 1000);
	group_create_write(&out, &create);
	doc = read_back(&out);
	assert_int_equal(group_create_read(&back, doc, NULL), STATUS_OK);
	assert_true(key_equal(&back.key, &create.key));
	assert_string_equal(back.address, "#a@b");
	assert_string_equal(back.name, create.name);
	assert_true(back.history);
	assert_int_equal(back.member_count, 2);
	assert_string_equal(back.members[1], "carol@b");
	group_create_finish(&back);
	json_destroy(doc);
}

static void
test_changes_come_back(void **state)
{
	const char *members[] = {"bob@b"};
	const struct group_change changes[] = {
	    {.action = GROUP_ADD, .members = members, .member_count = 1},
	    {.action = GROUP_REMOVE, .members = members, .member_count = 1},
	    {.action = GROUP_LEAVE},
	    {.action = GROUP_ROLE, .members = members, .member_count = 1, .role = ROLE_OWNER},
	    {.action = GROUP_RENAME, .name = "New"},
	    {.action = GROUP_RENAME, .name = "New", .topic = ""},
	    {.action = GROUP_HISTORY, .history = true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct group_change change = changes[i], back;
		struct json *doc;
		struct buf out;

		change.group = "#a@b";
		buf_init(&out, 1000);
		group_change_write(&out, &change);
		doc = read_back(&out);
		assert_int_equal(group_change_read(&back, doc, NULL), STATUS_OK);
		assert_string_equal(back.group, "#a@b");
		assert_int_equal(back.action, change.action);
		assert_int_equal(back.member_count, change.member_count);
		assert_int_equal(back.role, change.role);
		assert_int_equal(back.history, change.history);
		assert_int_equal(!back.name, !change.name);
		assert_int_equal(!back.topic, !change.topic);
		group_change_finish(&back);
		json_destroy(doc);
	}
}

static void
test_answers_come_back(void **state)
{
	struct group_refusal refused[] = {
	    {"nobody@b", WIRE_NO_RECIPIENT}, {"carol@b", WIRE_NOT_ALLOWED}};
	const struct group_answer answer = {
	    .generation = "AAAAAAAAAAA",
	    .group = {"#a@b", "A", LIMIT_INTEGER, true},
	    .head = {.conversation = "#a@b", .first = 2, .last = 9, .ack = 3, .stamp = 7},
	    .refused = refused,
	    .refused_count = 2,
	};
	const struct receipts_answer receipts = {"AAAAAAAAAAA", 5, 4, 3};
	struct group_answer back;
	struct receipts_answer receipts_back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	group_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(group_answer_read(&back, doc, NULL), STATUS_OK);
	assert_string_equal(back.group.name, "A");
	assert_true(back.group.left);
	assert_int_equal(back.head.last, 9);
	assert_int_equal(back.refused_count, 2);
	assert_string_equal(back.refused[1].address, "carol@b");
	assert_int_equal(back.refused[1].code, WIRE_NOT_ALLOWED);
	group_answer_finish(&back);
	json_destroy(doc);
	receipts_answer_write(&out, &receipts);
	doc = read_back(&out);
	assert_int_equal(receipts_answer_read(&receipts_back, doc, NULL), STATUS_OK);
	assert_int_equal(receipts_back.members, 5);
	assert_int_equal(receipts_back.acked, 4);
	assert_int_equal(receipts_back.read, 3);
	json_destroy(doc);
}

static void
test_wrong_answers(void **state)
{
	static const char *const wrong[] = {"{" G "}", "{" G ",'group':" GROUP "}",
	    "{" G ",'head':" HEAD "}", "{'group':" GROUP ",'head':" HEAD "}",
	    "{" G ",'group':" HEAD ",'head':" HEAD "}",
	    "{" G ",'group':" GROUP ",'head':" GROUP "}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':{}}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[1]}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[['bob@b']]}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[['Bob@b','x']]}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[['bob@b','x',1]]}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[['bob@b',1]]}",
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[{'bob@b':'x'}]}"};
	static const char *const receipts[] = {"{" G "}", "{" G ",'members':1,'acked':2,'read':0}",
	    "{" G ",'members':1,'acked':0,'read':2}", "{" G ",'members':-1,'acked':0,'read':0}",
	    "{'members':1,'acked':0,'read':0}"};
	struct group_answer answer;
	struct receipts_answer counts;
	struct json *doc;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		doc = document(wrong[i]);
		if (group_answer_read(&answer, doc, NULL) != STATUS_PROTOCOL)
			fail_msg("taken: %s", wrong[i]);
		assert_null(answer.refused);
		json_destroy(doc);
	}
	for (size_t i = 0; i < sizeof receipts / sizeof *receipts; i++) {
		doc = document(receipts[i]);
		if (receipts_answer_read(&counts, doc, NULL) != STATUS_PROTOCOL)
			fail_msg("taken: %s", receipts[i]);
		json_destroy(doc);
	}
	/* A code that is not known yet is one all the same. */
	doc = document(
	    "{" G ",'group':" GROUP ",'head':" HEAD ",'refused':[['bob@b','asleep']],'x':1}");
	assert_int_equal(group_answer_read(&answer, doc, NULL), STATUS_OK);
	assert_int_equal(answer.refused[0].code, WIRE_INTERNAL);
	group_answer_finish(&answer);
	json_destroy(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_create_comes_back),
	    cmocka_unit_test(test_changes_come_back),
	    cmocka_unit_test(test_answers_come_back),
	    cmocka_unit_test(test_wrong_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
