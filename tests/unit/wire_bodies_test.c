/* Bodies of register, login, send and contact-set: written and read back, and wrong ones refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quotes.h"
#include "wire/account.h"
#include "wire/limits.h"
#include "wire/send.h"
#include "wire/sync.h"

#define K1 "0193e2a0-1b2c-7d3e-8f40-123456789abc"
#define K2 "0193e2a0-1b2c-7d3e-8f40-123456789abd"
#define G  "'generation':'AAAAAAAAAAA'"

/* ---- each kind of body, read and thrown away ---- */

static enum status
account_request(const struct json *doc, struct error *err)
{
	struct account_request request;

	return account_request_read(&request, doc, err);
}

static enum status
account_answer(const struct json *doc, struct error *err)
{
	struct account_answer answer;

	return account_answer_read(&answer, doc, err);
}

static enum status
send_request(const struct json *doc, struct error *err)
{
	struct send_request request;
	enum status status = send_request_read(&request, doc, err);

	if (status != STATUS_OK)
		assert_null(request.items);
	send_request_finish(&request);
	return status;
}

static enum status
send_answer(const struct json *doc, struct error *err)
{
	struct send_answer answer;
	enum status status = send_answer_read(&answer, doc, err);

	if (status != STATUS_OK)
		assert_null(answer.results);
	send_answer_finish(&answer);
	return status;
}

static enum status
contact_request(const struct json *doc, struct error *err)
{
	struct contact_set set;
	enum status status = contact_set_request_read(&set, doc, err);

	contact_set_finish(&set);
	return status;
}

static enum status
contact_answer(const struct json *doc, struct error *err)
{
	struct contact_set set;
	enum status status = contact_set_answer_read(&set, doc, err);

	contact_set_finish(&set);
	return status;
}

/* ---- account ---- */

static void
test_account_comes_back(void **state)
{
	const struct account_request request = {"a@b", "pass\"word\\é", "my \n phone"};
	const struct account_answer answer = {"AAAAAAAAAAA", "a@b", LIMIT_INTEGER, "tok-en_"};
	struct account_request request_back;
	struct account_answer answer_back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	account_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(account_request_read(&request_back, doc, NULL), STATUS_OK);
	assert_string_equal(request_back.address, request.address);
	assert_string_equal(request_back.password, request.password);
	assert_string_equal(request_back.device, request.device);
	json_destroy(doc);
	account_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(account_answer_read(&answer_back, doc, NULL), STATUS_OK);
	assert_string_equal(answer_back.generation, answer.generation);
	assert_string_equal(answer_back.address, answer.address);
	assert_int_equal(answer_back.device_id, answer.device_id);
	assert_string_equal(answer_back.token, answer.token);
	json_destroy(doc);
}

static void
test_wrong_accounts(void **state)
{
	static const char *const requests[] = {"{}", "{'address':'a@b','password':'x'}",
	    "{'address':'a@b','device':'x'}", "{'password':'x','device':'x'}",
	    "{'address':'A@b','password':'x','device':'x'}",
	    "{'address':7,'password':'x','device':'x'}",
	    "{'address':'a@b','password':null,'device':'x'}",
	    "{'address':'a@b','password':['x'],'device':'x'}"};
	static const char *const answers[] = {"{" G "}",
	    "{'address':'a@b','device_id':1,'token':'t'}",
	    "{" G ",'address':'a@b','device_id':0,'token':'t'}",
	    "{" G ",'address':'a@b','device_id':1.5,'token':'t'}",
	    "{" G ",'address':'a@b','device_id':1}",
	    "{" G ",'address':'','device_id':1,'token':'t'}",
	    "{'generation':'','address':'a@b','device_id':1,'token':'t'}",
	    "{'generation':'AAAAAAAAAAAA','address':'a@b','device_id':1,'token':'t'}",
	    /* A token goes into a header as it is. */
	    "{" G ",'address':'a@b','device_id':1,'token':''}",
	    "{" G ",'address':'a@b','device_id':1,'token':'a b'}",
	    "{" G ",'address':'a@b','device_id':1,'token':'a\\r\\nX: y'}"};

	(void)state;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		assert_reads(account_request, requests[i], STATUS_PROTOCOL);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		assert_reads(account_answer, answers[i], STATUS_PROTOCOL);
	assert_reads(account_answer,
	    "{" G ",'address':'a@b','device_id':1,'token':'t','new field':{}}", STATUS_OK);
}

/* ---- send ---- */

static void
test_send_request_comes_back(void **state)
{
	struct send_item items[2] = {
	    {.to = "bob@x", .type = "text", .text = "one\n\"two\""},
	    {.to = "#team@x", .type = "text", .text = "two", .has_after = true},
	};
	struct send_request back;
	struct json *doc;
	struct buf out;

	(void)state;
	assert_true(key_parse(&items[0].key, K1));
	assert_true(key_parse(&items[1].key, K2));
	items[1].after = items[0].key;
	buf_init(&out, LIMIT_REQUEST);
	send_request_begin(&out);
	send_request_add(&out, &items[0]);
	send_request_add(&out, &items[1]);
	send_request_end(&out, &(struct cursor){.stamp = 0});
	doc = read_back(&out);
	assert_int_equal(send_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(back.items[i].to, items[i].to);
		assert_string_equal(back.items[i].text, items[i].text);
		assert_true(key_equal(&back.items[i].key, &items[i].key));
	}
	assert_false(back.items[0].has_after);
	assert_true(back.items[1].has_after);
	assert_true(key_equal(&back.items[1].after, &items[0].key));
	send_request_finish(&back);
	json_destroy(doc);
}

#define ITEM "'key':'" K1 "','type':'text','text':'x'"

static void
test_wrong_send_requests(void **state)
{
	static const char *const bad[] = {"{}", "{'messages':null}", "{'messages':{}}",
	    "{'messages':[1]}", "{'messages':[{" ITEM "}]}",
	    "{'messages':[{'to':'b@x'," ITEM "},{'to':'+b@x'," ITEM "}]}",
	    "{'messages':[{'to':'b@x','type':'text','text':'x'}]}",
	    "{'messages':[{'to':'b@x','key':'k','type':'text','text':'x'}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','text':'x'}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'odd','text':'x'}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'text'}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'text','text':''}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'added','text':'x'}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'edit','text':'x'}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'edit','text':'','target':1}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'react','text':'x','target':0}]}",
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'text','text':'x','was':-1}]}",
	    "{'messages':[{'to':'b@x','after':'x'," ITEM "}]}",
	    "{'messages':[{'to':'b@x','after':1," ITEM "}]}"};
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(send_request, bad[i], STATUS_PROTOCOL);
	assert_reads(send_request, "{'messages':[{'to':'b@x','after':null," ITEM "}]}", STATUS_OK);
	assert_reads(send_request, "{'messages':[]}", STATUS_OK);
	assert_reads(send_request,
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'recall','text':'','target':1}]}",
	    STATUS_OK);
	/* A recall has no text, and a reaction is short. */
	assert_reads(send_request,
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'recall','text':'x','target':1}]}",
	    STATUS_TOO_LARGE);
	assert_reads(send_request,
	    "{'messages':[{'to':'b@x','key':'" K1 "','type':'react','target':1,'text':'"
	    "01234567890123456789012345678901234567890123456789012345678901234'}]}",
	    STATUS_TOO_LARGE);
	for (size_t count = LIMIT_BATCH; count <= LIMIT_BATCH + 1; count++) {
		buf_init(&out, LIMIT_REQUEST);
		buf_add_string(&out, "{'messages':[");
		for (size_t i = 0; i < count; i++)
			buf_printf(&out, "%s{'to':'b@x'," ITEM "}", i ? "," : "");
		buf_add_string(&out, "]}");
		assert_reads(send_request, buf_string(&out),
		    count > LIMIT_BATCH ? STATUS_TOO_LARGE : STATUS_OK);
		buf_finish(&out);
	}
}

static void
test_text_at_its_limit(void **state)
{
	struct send_item item = {.to = "bob@x", .type = "text"};
	char *text = mem_zalloc(LIMIT_TEXT + 2, 1);

	(void)state;
	item.text = text;
	memset(text, 'x', LIMIT_TEXT);
	for (int over = 0; over < 2; over++) {
		struct send_request back;
		struct json *doc;
		struct buf out;

		text[LIMIT_TEXT] = over ? 'x' : '\0';
		buf_init(&out, LIMIT_REQUEST);
		send_request_begin(&out);
		send_request_add(&out, &item);
		send_request_end(&out, &(struct cursor){.stamp = 0});
		doc = read_back(&out);
		assert_int_equal(
		    send_request_read(&back, doc, NULL), over ? STATUS_TOO_LARGE : STATUS_OK);
		send_request_finish(&back);
		json_destroy(doc);
	}
	free(text);
}

static void
test_send_answer_comes_back(void **state)
{
	struct send_result results[3] = {
	    {.conversation = "bob@x", .msg_id = 7, .time = 0, .stamp = 9},
	    {.conversation = "bob@x", .msg_id = 8, .time = 3, .stamp = 10, .repeated = true},
	    {.error = WIRE_KEY_CONFLICT, .error_text = "no"},
	};
	const struct send_answer answer = {"AAAAAAAAAAA", results, 3, false};
	struct send_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		key_make(&results[i].key, i ? &results[i - 1].key : NULL);
	buf_init(&out, 10000);
	send_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(send_answer_read(&back, doc, NULL), STATUS_OK);
	assert_string_equal(back.generation, answer.generation);
	assert_int_equal(back.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(key_equal(&back.results[i].key, &results[i].key));
		assert_int_equal(back.results[i].error, results[i].error);
		assert_int_equal(back.results[i].msg_id, results[i].msg_id);
		assert_int_equal(back.results[i].time, results[i].time);
		assert_int_equal(back.results[i].stamp, results[i].stamp);
		assert_int_equal(back.results[i].repeated, results[i].repeated);
	}
	assert_string_equal(back.results[0].conversation, "bob@x");
	assert_string_equal(back.results[2].error_text, "no");
	send_answer_finish(&back);
	json_destroy(doc);
}

#define STORED "'key':'" K1 "','conversation':'b@x','time':1,'stamp':1"

static void
test_wrong_send_answers(void **state)
{
	static const char *const bad[] = {"{}", "{" G "}", "{'results':[]}", "{" G ",'results':{}}",
	    "{" G ",'results':[null]}", "{" G ",'results':[{" STORED "}]}",
	    "{" G ",'results':[{" STORED ",'msg_id':0}]}",
	    "{" G ",'results':[{" STORED ",'msg_id':1,'error':7}]}",
	    "{" G ",'results':[{" STORED ",'msg_id':1,'repeated':1}]}",
	    "{" G ",'results':[{'key':'" K1 "','error':{'code':'busy'}}]}",
	    "{" G ",'results':[{'key':'" K1 "','error':{'text':'x'}}]}",
	    "{" G ",'results':[{'error':{'code':'busy','text':'x'}}]}",
	    "{'generation':'AAAAAAAAAAAA','results':[]}", "{'generation':'','results':[]}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(send_answer, bad[i], STATUS_PROTOCOL);
	assert_reads(
	    send_answer, "{" G ",'results':[{" STORED ",'msg_id':1,'new':[]}]}", STATUS_OK);
	assert_reads(send_answer,
	    "{" G ",'results':[{'key':'" K1 "','error':{'code':'new','text':'x'}}]}", STATUS_OK);
}

/* ---- contact-set ---- */

static void
test_contacts_come_back(void **state)
{
	struct contact contacts[2] = {
	    {.address = "bob@x", .name = "Bob \"B\""},
	    {.address = "eve@x", .name = "", .removed = true},
	};
	struct contact_set set = {NULL, contacts, 2};
	struct contact_set back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	contact_set_write(&out, &set);
	doc = read_back(&out);
	assert_int_equal(contact_set_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 2);
	assert_string_equal(back.contacts[0].name, "Bob \"B\"");
	assert_true(back.contacts[1].removed);
	contact_set_finish(&back);
	assert_int_equal(contact_set_answer_read(&back, doc, NULL), STATUS_PROTOCOL);
	json_destroy(doc);
	set.generation = "AAAAAAAAAAA";
	contacts[0].stamp = 5;
	contacts[1].stamp = 6;
	contact_set_write(&out, &set);
	doc = read_back(&out);
	assert_int_equal(contact_set_answer_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.contacts[1].stamp, 6);
	assert_string_equal(back.contacts[1].address, "eve@x");
	contact_set_finish(&back);
	json_destroy(doc);
}

static void
test_wrong_contacts(void **state)
{
	static const char *const bad[] = {"{'contacts':[7]}", "{'contacts':[{}]}",
	    "{'contacts':[{'address':'B@x'}]}", "{'contacts':[{'address':'b@x','name':7}]}",
	    "{'contacts':[{'address':'b@x','removed':0}]}", "{'contacts':'b@x'}"};
	char name[LIMIT_NAME + 2] = "";
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_reads(contact_request, bad[i], STATUS_PROTOCOL);
	memset(name, 'n', LIMIT_NAME + 1);
	text = mem_printf("{" G ",'contacts':[{'address':'b@x','stamp':1,'name':'%s'}]}", name);
	assert_reads(contact_request, text, STATUS_TOO_LARGE);
	/* A server that passes a limit breaks the protocol: nothing of the user's is too large. */
	assert_reads(contact_answer, text, STATUS_PROTOCOL);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_account_comes_back),
	    cmocka_unit_test(test_wrong_accounts),
	    cmocka_unit_test(test_send_request_comes_back),
	    cmocka_unit_test(test_wrong_send_requests),
	    cmocka_unit_test(test_text_at_its_limit),
	    cmocka_unit_test(test_send_answer_comes_back),
	    cmocka_unit_test(test_wrong_send_answers),
	    cmocka_unit_test(test_contacts_come_back),
	    cmocka_unit_test(test_wrong_contacts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
