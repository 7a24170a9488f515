/* Bodies of devices, device-revoke, passwd, profile-set and details: written and read back, and
 * wrong ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quotes.h"
#include "wire/details.h"
#include "wire/device.h"
#include "wire/limits.h"

#define G "'generation':'AAAAAAAAAAA'"

static enum status
devices_answer(const struct json *doc, struct error *err)
{
	struct devices_answer answer;
	enum status status = devices_answer_read(&answer, doc, err);

	if (status != STATUS_OK)
		assert_null(answer.devices);
	devices_answer_finish(&answer);
	return status;
}

static enum status
revoke_request(const struct json *doc, struct error *err)
{
	int64_t device_id;

	return device_revoke_request_read(&device_id, doc, err);
}

static enum status
passwd_request(const struct json *doc, struct error *err)
{
	struct passwd_request request;

	return passwd_request_read(&request, doc, err);
}

static void
test_devices_come_back(void **state)
{
	struct device devices[2] = {
	    {.device_id = 7, .name = "my \"phone\"", .seen = 0, .stamp = 5, .current = true},
	    {.device_id = LIMIT_INTEGER, .name = "", .seen = 9, .stamp = LIMIT_INTEGER},
	};
	const struct devices_answer answer = {"AAAAAAAAAAA", devices, 2};
	struct devices_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	devices_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(devices_answer_read(&back, doc, NULL), STATUS_OK);
	assert_string_equal(back.generation, "AAAAAAAAAAA");
	assert_int_equal(back.count, 2);
	assert_int_equal(back.devices[0].device_id, 7);
	assert_string_equal(back.devices[0].name, "my \"phone\"");
	assert_true(back.devices[0].current && !back.devices[1].current);
	assert_int_equal(back.devices[1].device_id, LIMIT_INTEGER);
	assert_int_equal(back.devices[1].seen, 9);
	assert_int_equal(back.devices[1].stamp, LIMIT_INTEGER);
	devices_answer_finish(&back);
	json_destroy(doc);
}

static void
test_wrong_devices(void **state)
{
	static const char *const bad[] = {"{'devices':[]}", "{" G ",'devices':7}",
	    "{" G ",'devices':[7]}", "{" G ",'devices':[{'device_id':1,'name':'x','seen':1}]}",
	    "{" G ",'devices':[{'device_id':1,'name':'x','stamp':1}]}",
	    "{" G ",'devices':[{'device_id':1,'seen':1,'stamp':1}]}",
	    "{" G ",'devices':[{'device_id':0,'name':'x','seen':1,'stamp':1}]}",
	    "{" G ",'devices':[{'device_id':1,'name':'x','seen':-1,'stamp':1}]}",
	    "{" G ",'devices':[{'device_id':1,'name':'x','seen':1,'stamp':1,'current':1}]}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(devices_answer, bad[i], STATUS_PROTOCOL);
}

static void
test_revoke_request(void **state)
{
	static const char *const bad[] = {"{}", "{'device_id':0}", "{'device_id':'1'}",
	    "{'device_id':1.5}", "{'device_id':9007199254740992}"};
	int64_t device_id = 0;
	struct json *doc;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(revoke_request, bad[i], STATUS_PROTOCOL);
	buf_init(&out, 1000);
	device_revoke_request_write(&out, 42);
	doc = read_back(&out);
	assert_int_equal(device_revoke_request_read(&device_id, doc, NULL), STATUS_OK);
	assert_int_equal(device_id, 42);
	json_destroy(doc);
}

static void
test_passwd_request(void **state)
{
	static const char *const bad[] = {
	    "{}", "{'password':'x'}", "{'new':'x'}", "{'password':'x','new':7}"};
	const struct passwd_request request = {"old \"one\"", "n\\ew"};
	struct passwd_request back;
	char word[LIMIT_PASSWORD + 2] = "";
	struct json *doc;
	struct buf out;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(passwd_request, bad[i], STATUS_PROTOCOL);
	memset(word, 'n', LIMIT_PASSWORD + 1);
	text = mem_printf("{'password':'x','new':'%s'}", word);
	assert_reads(passwd_request, text, STATUS_TOO_LARGE);
	free(text);
	buf_init(&out, 1000);
	passwd_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(passwd_request_read(&back, doc, NULL), STATUS_OK);
	assert_string_equal(back.password, "old \"one\"");
	assert_string_equal(back.new_password, "n\\ew");
	json_destroy(doc);
}

/* ---- profiles ---- */

static enum status
profile_set_request(const struct json *doc, struct error *err)
{
	struct profile_set_request request;
	enum status status = profile_set_request_read(&request, doc, err);

	if (status != STATUS_OK)
		assert_null(request.fields);
	profile_set_request_finish(&request);
	return status;
}

static void
test_profile_set(void **state)
{
	struct profile_field fields[2] = {{"name", "A \"B\"\n"}, {"x-0_9", ""}};
	const struct profile_set_request request = {fields, 2};
	struct profile_set_request back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	profile_set_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(profile_set_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 2);
	assert_string_equal(back.fields[0].name, "name");
	assert_string_equal(back.fields[0].value, "A \"B\"\n");
	assert_string_equal(back.fields[1].name, "x-0_9");
	assert_string_equal(back.fields[1].value, "");
	profile_set_request_finish(&back);
	json_destroy(doc);
}

/* {"fields":{"f0":"",…}} with that many. */
static char *
many_fields(int count)
{
	struct buf out;

	buf_init(&out, 10000);
	buf_add_string(&out, "{'fields':{");
	for (int i = 0; i < count; i++)
		buf_printf(&out, "%s'f%d':''", i ? "," : "", i);
	buf_add_string(&out, "}}");
	return buf_take(&out);
}

static void
test_wrong_profiles(void **state)
{
	static const char *const bad[] = {"{}", "{'fields':[]}", "{'fields':{'Name':'x'}}",
	    "{'fields':{'':'x'}}", "{'fields':{'a b':'x'}}", "{'fields':{'a':7}}",
	    "{'fields':{'a':null}}", "{'fields':{'a':'x','a':'y'}}", "{'fields':{'\\u00e4':'x'}}",
	    "{'fields':{'a23456789012345678901234567890123':'x'}}"};
	struct json *doc;
	char value[PROFILE_VALUE_MAX + 2] = "";
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(profile_set_request, bad[i], STATUS_PROTOCOL);
	memset(value, 'v', PROFILE_VALUE_MAX + 1);
	text = mem_printf("{'fields':{'a':'%s'}}", value);
	assert_reads(profile_set_request, text, STATUS_TOO_LARGE);
	free(text);
	text = many_fields(PROFILE_FIELDS_MAX + 1);
	assert_reads(profile_set_request, text, STATUS_TOO_LARGE);
	free(text);
	text = many_fields(PROFILE_FIELDS_MAX);
	doc = document(text);
	assert_int_equal(profile_set_request(doc, NULL), STATUS_OK);
	json_destroy(doc);
	free(text);
}

/* ---- details ---- */

static enum status
details_request(const struct json *doc, struct error *err)
{
	struct details_request request;
	enum status status = details_request_read(&request, doc, err);

	if (status != STATUS_OK)
		assert_null(request.profiles);
	details_request_finish(&request);
	return status;
}

static enum status
details_answer(const struct json *doc, struct error *err)
{
	struct details_answer answer;
	enum status status = details_answer_read(&answer, doc, err);

	if (status != STATUS_OK)
		assert_null(answer.profiles);
	details_answer_finish(&answer);
	return status;
}

static void
test_details_request(void **state)
{
	static const char *const bad[] = {"{'profiles':7}", "{'profiles':[7]}",
	    "{'profiles':[['a@x']]}", "{'profiles':[['a@x',-1]]}", "{'profiles':[['a@x',1,2]]}",
	    "{'profiles':[['#a@x',1]]}", "{'groups':[['a@x',1]]}", "{'groups':[{'a@x':1}]}",
	    "{'members':[{'group':'#a@x'}]}", "{'members':[{'group':'a@x','since':0}]}",
	    "{'members':[{'group':'#a@x','since':0,'after':'A'}]}", "{'members':[['#a@x',0]]}"};
	struct detail_query profiles[] = {{"a@x", 0}, {"b@x", LIMIT_INTEGER}};
	struct detail_query groups[] = {{"#g@x", 5}};
	struct members_query members[] = {{"#g@x", 7, NULL}, {"#h@x", 0, "c@x"}};
	const struct details_request request = {profiles, 2, groups, 1, members, 2};
	struct details_request back;
	struct json *doc;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(details_request, bad[i], STATUS_PROTOCOL);
	buf_init(&out, 10000);
	details_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(details_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.profile_count, 2);
	assert_string_equal(back.profiles[1].address, "b@x");
	assert_int_equal(back.profiles[1].stamp, LIMIT_INTEGER);
	assert_int_equal(back.group_count, 1);
	assert_int_equal(back.groups[0].stamp, 5);
	assert_int_equal(back.members_count, 2);
	assert_int_equal(back.members[0].since, 7);
	assert_null(back.members[0].after);
	assert_string_equal(back.members[1].after, "c@x");
	details_request_finish(&back);
	json_destroy(doc);
	buf_add_string(&out, "{'members':[");
	for (int i = 0; i <= LIMIT_LISTS; i++)
		buf_printf(&out, "%s{'group':'#a@x','since':0}", i ? "," : "");
	buf_add_string(&out, "]}");
	assert_reads(details_request, buf_string(&out), STATUS_TOO_LARGE);
	buf_finish(&out);
}

/* A whole answer, as the server writes it. */
static void
write_answer(struct buf *out)
{
	const struct profile_field fields[] = {{"name", "A"}, {"status", "\"in\""}};

	details_answer_begin(out, "AAAAAAAAAAA");
	details_list_begin(out, "profiles");
	details_add_profile(
	    out, &(struct profile){.address = "a@x", .stamp = 5, .fields = fields, .count = 2});
	details_add_profile(out, &(struct profile){.address = "b@x"});
	details_list_end(out);
	details_list_begin(out, "groups");
	details_add_group(out, &(struct group_detail){.group = {"#g@x", "G", 9, false},
	                           .topic = "T",
	                           .history = true,
	                           .members = 3,
	                           .role = ROLE_ADMIN});
	details_list_end(out);
	details_list_begin(out, "members");
	details_members_begin(out, "#g@x");
	details_add_member(out, &(struct member){"a@x", ROLE_OWNER, 3});
	details_add_member(out, &(struct member){"b@x", ROLE_NONE, 4});
	details_members_end(out, 11, "b@x");
	details_members_begin(out, "#h@x");
	details_members_end(out, 12, NULL);
	details_list_end(out);
	details_answer_end(out, true);
}

static void
test_details_answer(void **state)
{
	struct details_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	write_answer(&out);
	doc = read_back(&out);
	assert_int_equal(details_answer_read(&back, doc, NULL), STATUS_OK);
	assert_true(back.more);
	assert_int_equal(back.profile_count, 2);
	assert_string_equal(profile_value(&back.profiles[0], PROFILE_STATUS), "\"in\"");
	assert_string_equal(profile_value(&back.profiles[0], "none"), "");
	assert_int_equal(back.profiles[1].stamp, 0);
	assert_int_equal(back.profiles[1].count, 0);
	assert_int_equal(back.group_count, 1);
	assert_string_equal(back.groups[0].group.name, "G");
	assert_string_equal(back.groups[0].topic, "T");
	assert_true(back.groups[0].history && back.groups[0].role == ROLE_ADMIN);
	assert_int_equal(back.members_count, 2);
	assert_int_equal(back.members[0].count, 2);
	assert_int_equal(back.members[0].rows[1].role, ROLE_NONE);
	assert_int_equal(back.members[0].stamp, 11);
	assert_string_equal(back.members[0].upto, "b@x");
	assert_int_equal(back.members[1].count, 0);
	assert_null(back.members[1].upto);
	details_answer_finish(&back);
	json_destroy(doc);
}

static void
test_wrong_details_answers(void **state)
{
	static const char *const bad[] = {"{}", "{" G ",'profiles':[{'address':'a@x','stamp':1}]}",
	    "{" G ",'profiles':[{'address':'a@x','fields':{}}]}",
	    "{" G ",'profiles':[{'address':'a@x','stamp':1,'fields':{'A':'x'}}]}",
	    "{" G ",'groups':[{'address':'a@x','stamp':1,'name':'x','members':1}]}",
	    "{" G ",'groups':[{'address':'#a@x','stamp':1,'name':'x'}]}",
	    "{" G ",'members':[{'group':'#a@x','rows':[]}]}",
	    "{" G ",'members':[{'group':'#a@x','rows':[{'address':'a@x','stamp':1}],'stamp':1}]}",
	    "{" G ",'members':[{'group':'#a@x','rows':[],'stamp':1,'upto':'a@x'}]}",
	    "{" G ",'members':[{'group':'#a@x','rows':[7],'stamp':1}]}"};
	struct json *doc;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(details_answer, bad[i], STATUS_PROTOCOL);
	/* Roles of a later server's are members'. */
	doc = document("{" G ",'members':[{'group':'#a@x','stamp':1,'rows':["
	               "{'address':'a@x','role':'emperor','stamp':1}]}]}");
	assert_int_equal(details_answer(doc, NULL), STATUS_OK);
	json_destroy(doc);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_devices_come_back),
	    cmocka_unit_test(test_wrong_devices),
	    cmocka_unit_test(test_revoke_request),
	    cmocka_unit_test(test_passwd_request),
	    cmocka_unit_test(test_profile_set),
	    cmocka_unit_test(test_wrong_profiles),
	    cmocka_unit_test(test_details_request),
	    cmocka_unit_test(test_details_answer),
	    cmocka_unit_test(test_wrong_details_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
