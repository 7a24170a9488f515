/* Bodies of devices, device-revoke and passwd: written and read back, and wrong ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quotes.h"
#include "wire/device.h"
#include "wire/limits.h"

#define G "'generation':'AAAAAAAAAAA'"

static struct json *
read_back(struct buf *out)
{
	struct error err = {.text = ""};
	struct json *doc;

	assert_false(out->failed);
	if (json_parse(&doc, out->data, out->length, &err) != STATUS_OK)
		fail_msg("%s: %s", err.text, buf_string(out));
	buf_finish(out);
	return doc;
}

/* Reads it with read(), which must refuse it so. */
static void
assert_refuses(
    enum status (*read)(const struct json *, struct error *), const char *text, enum status want)
{
	struct json *doc = document(text);
	struct error err = {.text = ""};
	enum status status = read(doc, &err);

	if (status != want)
		fail_msg("%d and not %d (%s) for %s", status, want, err.text, text);
	assert_int_equal(err.status, want);
	assert_true(strlen(err.text) > 10);
	json_destroy(doc);
}

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
		assert_refuses(devices_answer, bad[i], STATUS_PROTOCOL);
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
		assert_refuses(revoke_request, bad[i], STATUS_PROTOCOL);
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
		assert_refuses(passwd_request, bad[i], STATUS_PROTOCOL);
	memset(word, 'n', LIMIT_PASSWORD + 1);
	text = mem_printf("{'password':'x','new':'%s'}", word);
	assert_refuses(passwd_request, text, STATUS_TOO_LARGE);
	free(text);
	buf_init(&out, 1000);
	passwd_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(passwd_request_read(&back, doc, NULL), STATUS_OK);
	assert_string_equal(back.password, "old \"one\"");
	assert_string_equal(back.new_password, "n\\ew");
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
