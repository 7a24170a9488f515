/* Bodies of reset, compare and digest: written and read back, and wrong ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quotes.h"
#include "wire/compare.h"
#include "wire/digest.h"
#include "wire/limits.h"

#define G "'generation':'AAAAAAAAAAA'"

static void
refuses(enum status (*read)(const struct json *doc, struct error *err), const char *const *bad,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct json *doc = document(bad[i]);
		struct error err = {.text = ""};
		enum status status = read(doc, &err);

		if (status != STATUS_PROTOCOL && status != STATUS_TOO_LARGE)
			fail_msg("%d for %s", status, bad[i]);
		assert_true(strlen(err.text) > 10);
		json_destroy(doc);
	}
}
#define REFUSES(read, bad) refuses(read, bad, sizeof(bad) / sizeof *(bad))

/* ---- reset ---- */

static enum status
reset_request(const struct json *doc, struct error *err)
{
	struct reset_request request;
	enum status status = reset_request_read(&request, doc, err);

	reset_request_finish(&request);
	return status;
}

static enum status
reset_answer(const struct json *doc, struct error *err)
{
	struct reset_answer answer;

	return reset_answer_read(&answer, doc, err);
}

static void
test_reset(void **state)
{
	static const char *const bad_requests[] = {"{}", "{'generations':7}", "{'generations':[7]}",
	    "{'generations':[['AAAAAAAAAAA']]}", "{'generations':[['AAAAAAAAAAA',1,2]]}",
	    "{'generations':[['',1]]}", "{'generations':[['AAAAAAAAAAAA',1]]}",
	    "{'generations':[['AAAAAAAAAAA',-1]]}", "{'generations':[{'a':'A','b':1}]}"};
	static const char *const bad_answers[] = {"{}", "{" G "}", "{" G ",'fork':1}",
	    "{" G ",'fork':-1,'stamp':1}", "{" G ",'fork':2,'stamp':1}", "{'fork':1,'stamp':1}"};
	struct cursor generations[] = {{"AAAAAAAAAAA", 7}, {"B", 0}};
	const struct reset_request request = {generations, 2};
	const struct reset_answer answer = {"AAAAAAAAAAA", 7, 9};
	struct reset_request back;
	struct reset_answer answered;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	reset_request_write(&out, &request);
	assert_string_equal(buf_string(&out), "{\"generations\":[[\"AAAAAAAAAAA\",7],[\"B\",0]]}");
	doc = read_back(&out);
	assert_int_equal(reset_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 2);
	assert_string_equal(back.generations[1].generation, "B");
	assert_int_equal(back.generations[0].stamp, 7);
	reset_request_finish(&back);
	json_destroy(doc);
	buf_clear(&out);
	reset_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(reset_answer_read(&answered, doc, NULL), STATUS_OK);
	assert_int_equal(answered.fork, 7);
	assert_int_equal(answered.stamp, 9);
	json_destroy(doc);
	buf_finish(&out);
	REFUSES(reset_request, bad_requests);
	REFUSES(reset_answer, bad_answers);
}

/* ---- compare ---- */

static enum status
compare_request(const struct json *doc, struct error *err)
{
	struct compare_request request;
	enum status status = compare_request_read(&request, doc, err);

	compare_request_finish(&request);
	return status;
}

static enum status
compare_answer(const struct json *doc, struct error *err)
{
	struct compare_answer answer;
	enum status status = compare_answer_read(&answer, doc, err);

	compare_answer_finish(&answer);
	return status;
}

static void
test_compare_request(void **state)
{
	static const char *const bad[] = {"{}", "{'kind':'contacts'}", "{'kind':'all','have':[]}",
	    "{'kind':7,'have':[]}", "{'kind':'groups','have':{}}",
	    "{'kind':'contacts','after':'B@x','have':[]}", "{'kind':'contacts','have':[['b@x']]}",
	    "{'kind':'contacts','have':[['b@x',-1]]}", "{'kind':'contacts','have':[['b@x',1,2]]}",
	    "{'kind':'contacts','have':[['b',1]]}",
	    "{'kind':'contacts','have':[['c@x',1],['b@x',1]]}",
	    "{'kind':'contacts','have':[['b@x',1],['b@x',1]]}",
	    "{'kind':'contacts','after':'b@x','have':[['b@x',1]]}",
	    "{'kind':'contacts','upto':'b@x','have':[['b@x',1],['c@x',1]]}",
	    "{'kind':'contacts','have':[{'a':'b@x','b':1}]}"};
	struct compare_have have[] = {{"b@x", 7}, {"c@x", 0}};
	struct compare_request request = {COMPARE_CONVERSATIONS, "a@x", "c@x", have, 2}, back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	compare_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(compare_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.kind, COMPARE_CONVERSATIONS);
	assert_string_equal(back.after, "a@x");
	assert_string_equal(back.upto, "c@x");
	assert_int_equal(back.count, 2);
	assert_string_equal(back.have[0].address, "b@x");
	assert_int_equal(back.have[0].stamp, 7);
	compare_request_finish(&back);
	json_destroy(doc);
	buf_clear(&out);
	compare_request_write(&out, &(struct compare_request){.kind = COMPARE_GROUPS});
	assert_string_equal(buf_string(&out), "{\"kind\":\"groups\",\"have\":[]}");
	buf_finish(&out);
	REFUSES(compare_request, bad);
}

static void
test_compare_answer(void **state)
{
	static const char *const bad[] = {"{}", "{" G "}", "{'stamp':1}", "{" G ",'stamp':-1}",
	    "{" G ",'stamp':1,'contacts':[7]}", "{" G ",'stamp':1,'contacts':[{'address':'b@x'}]}",
	    "{" G ",'stamp':1,'groups':[{'address':'b@x'}]}", "{" G ",'stamp':1,'gone':['B']}",
	    "{" G ",'stamp':1,'gone':[7]}", "{" G ",'stamp':1,'upto':'x'}"};
	static const char *const gone[] = {"d@x", "e@x"};
	const struct contact contact = {"b@x", "Bob", 7, 3, true, NULL};
	struct compare_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	compare_answer_begin(&out, "AAAAAAAAAAA", 9, COMPARE_CONTACTS);
	for (int i = 0; i < 2; i++) {
		compare_row_begin(&out);
		contact_write_fields(&out, &contact);
		compare_row_end(&out);
	}
	compare_answer_end(&out, gone, 2, "f@x");
	doc = read_back(&out);
	assert_int_equal(compare_answer_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.stamp, 9);
	assert_int_equal(back.contact_count, 2);
	assert_string_equal(back.contacts[1].name, "Bob");
	assert_int_equal(back.gone_count, 2);
	assert_string_equal(back.gone[1], "e@x");
	assert_string_equal(back.upto, "f@x");
	compare_answer_finish(&back);
	json_destroy(doc);
	buf_clear(&out);
	compare_answer_begin(&out, "A", 9, COMPARE_GROUPS);
	compare_answer_end(&out, NULL, 0, NULL);
	assert_string_equal(buf_string(&out), "{\"generation\":\"A\",\"stamp\":9,\"groups\":[]}");
	buf_finish(&out);
	REFUSES(compare_answer, bad);
}

/* ---- digest ---- */

static enum status
digest_request(const struct json *doc, struct error *err)
{
	struct digest_request request;
	enum status status = digest_request_read(&request, doc, err);

	digest_request_finish(&request);
	return status;
}

static enum status
digest_answer(const struct json *doc, struct error *err)
{
	struct digest_answer answer;
	enum status status = digest_answer_read(&answer, doc, err);

	digest_answer_finish(&answer);
	return status;
}

static void
test_digest_bodies(void **state)
{
	static const char *const bad_requests[] = {"{}", "{'ranges':7}", "{'ranges':[['b@x',1]]}"};
	static const char *const bad_answers[] = {"{}", "{" G "}", "{" G ",'digests':[7]}",
	    "{" G ",'digests':['short']}", "{" G ",'digests':['0123456789012345678901x']}"};
	struct conversation_range range = {"b@x", {3, 9}};
	const char *digests[] = {"0123456789012345678901", NULL};
	struct digest_answer answer = {"AAAAAAAAAAA", digests, 2}, back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	digest_request_write(&out, &(struct digest_request){&range, 1});
	assert_string_equal(buf_string(&out), "{\"ranges\":[[\"b@x\",3,9]]}");
	buf_clear(&out);
	digest_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(digest_answer_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 2);
	assert_string_equal(back.digests[0], digests[0]);
	assert_null(back.digests[1]);
	digest_answer_finish(&back);
	json_destroy(doc);
	buf_finish(&out);
	REFUSES(digest_request, bad_requests);
	REFUSES(digest_answer, bad_answers);
}

static char *
digest_of(const struct message *message, char text[DIGEST_TEXT_SIZE])
{
	struct digest digest;

	digest_init(&digest);
	digest_add(&digest, message, message->text);
	return digest_end(&digest, text);
}

/* Every field of the definition counts, and no other. */
static void
test_what_a_digest_is_of(void **state)
{
	const struct message message = {
	    .msg_id = 7, .from = "b@x", .time = 4, .stamp = 9, .type = "text", .text = "hi"};
	struct message other[8];
	char one[DIGEST_TEXT_SIZE], two[DIGEST_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		other[i] = message;
	other[0].msg_id = 8;
	other[1].stamp = 8;
	other[2].type = "edit";
	other[3].target = 1;
	other[4].from = "c@x";
	other[5].text = "ho";
	other[6].text = NULL;
	/* What no server tells alike to all devices. */
	other[7].time = 5;
	other[7].has_key = true;
	digest_of(&message, one);
	/* printf '7\0009\0text\0000\0b@x\0hi\0' | sha256sum */
	assert_string_equal(one, "2-QcbaxCLJsr2JOEemOo2g");
	for (size_t i = 0; i < 7; i++)
		if (strcmp(digest_of(&other[i], two), one) == 0)
			fail_msg("field %zu makes no difference", i);
	assert_string_equal(digest_of(&other[7], two), one);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reset),
	    cmocka_unit_test(test_compare_request),
	    cmocka_unit_test(test_compare_answer),
	    cmocka_unit_test(test_digest_bodies),
	    cmocka_unit_test(test_what_a_digest_is_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
