/* Bodies of login-sync, events, pull and ack: written and read back, and wrong ones refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quotes.h"
#include "wire/limits.h"
#include "wire/pull.h"
#include "wire/sync.h"

#define K1 "0193e2a0-1b2c-7d3e-8f40-123456789abc"
#define G  "'generation':'AAAAAAAAAAA'"
#define C  "'cursor':['AAAAAAAAAAA',7]"

/* Reads a kind of body and throws it away; nothing may be left where it is refused. */
#define READER(name) \
	static enum status read_##name(const struct json *doc, struct error *err) \
	{ \
		struct name body; \
		enum status status = name##_read(&body, doc, err); \
\
		name##_finish(&body); \
		return status; \
	}

READER(login_sync_request)
READER(login_sync_answer)
READER(events_request)
READER(events_answer)
READER(pull_request)
READER(pull_answer)

#define REFUSES(read, texts) \
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) \
	assert_reads(read, texts[i], STATUS_PROTOCOL)

static struct conversation_range some_ranges[] = {
    {"bob@x", {1, 1}}, {"#team@x", {5, LIMIT_INTEGER}}};

static void
assert_some_ranges(const struct conversation_range *ranges, size_t count)
{
	assert_int_equal(count, 2);
	assert_string_equal(ranges[1].conversation, "#team@x");
	assert_int_equal(ranges[0].ids.last, 1);
	assert_int_equal(ranges[1].ids.first, 5);
	assert_int_equal(ranges[1].ids.last, LIMIT_INTEGER);
}

/* ---- login-sync ---- */

static void
test_login_sync_request(void **state)
{
	static const char *const bad[] = {"{'cursor':7}", "{'cursor':['',7]}",
	    "{'cursor':['AAAAAAAAAAA',7.5]}", "{'cursor':['AAAAAAAAAAA',-7]}",
	    "{'cursor':['AAAAAAAAAAAA',7]}", "{" C ",'until':0}", "{" C ",'until':'x'}",
	    "{'known':7}", "{'acks':7}", "{'acks':[7]}", "{'acks':[[]]}", "{'acks':[['b@x',1]]}",
	    "{'acks':[['b@x',1,2,3]]}", "{'acks':[['b@x',0,2]]}", "{'acks':[['b@x',3,2]]}",
	    "{'acks':[['B@x',1,2]]}", "{'acks':[[1,1,2]]}", "{'acks':[['b@x',1,1.5]]}",
	    "{'acks':[['b@x',1,9007199254740992]]}", "{'acks':[{'a':'b@x','b':1,'c':2}]}"};
	struct login_sync_request request = {
	    {"AAAAAAAAAAA", 7}, {"AAAAAAAAAAA", 8}, 9, {some_ranges, 2}};
	struct login_sync_request back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	login_sync_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(login_sync_request_read(&back, doc, NULL), STATUS_OK);
	assert_string_equal(back.cursor.generation, "AAAAAAAAAAA");
	assert_int_equal(back.cursor.stamp, 7);
	assert_string_equal(back.known.generation, "AAAAAAAAAAA");
	assert_int_equal(back.known.stamp, 8);
	assert_int_equal(back.until, 9);
	assert_some_ranges(back.acks.items, back.acks.count);
	login_sync_request_finish(&back);
	json_destroy(doc);
	login_sync_request_write(&out, &(struct login_sync_request){.until = 0});
	assert_string_equal(buf_string(&out), "{}"); /* a constant handful of bytes */
	buf_finish(&out);
	REFUSES(read_login_sync_request, bad);
}

static void
test_login_sync_answer_comes_back(void **state)
{
	struct contact contacts[] = {
	    {"bob@x", "Bob", 3, 2, false, NULL}, {"eve@x", "", 4, 0, true, NULL}};
	struct conversation_head heads[] = {
	    {"bob@x", 2, 9, 7, 5, 3, 120, 6, 4, 0, 8}, {"#t@x", 1, 0, 0, 0, 0, 0, 0, 0, 3, 9}};
	struct group group = {.address = "#t@x", .name = "Team", .stamp = 7, .left = true};
	struct message recall = {.conversation = "bob@x",
	    .msg_id = 9,
	    .from = "bob@x",
	    .stamp = 9,
	    .type = "recall",
	    .target = 4,
	    .was = 2};
	struct login_sync_answer answer = {.generation = "AAAAAAAAAAA",
	    .to = 9,
	    .until = 12,
	    .contacts = contacts,
	    .contact_count = 2,
	    .groups = &group,
	    .group_count = 1,
	    .heads = heads,
	    .head_count = 2,
	    .amendments = &recall,
	    .amendment_count = 1};
	struct login_sync_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	login_sync_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(login_sync_answer_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.to, 9);
	assert_int_equal(back.until, 12);
	assert_int_equal(back.contact_count, 2);
	assert_string_equal(back.contacts[0].name, "Bob");
	assert_true(back.contacts[1].removed);
	assert_int_equal(back.head_count, 2);
	assert_int_equal(back.contacts[0].profile, 2);
	for (size_t i = 0; i < 2; i++)
		assert_memory_equal(&back.heads[i].first, &heads[i].first,
		    sizeof heads[i] - offsetof(struct conversation_head, first));
	assert_int_equal(back.group_count, 1);
	assert_string_equal(back.groups[0].address, "#t@x");
	assert_string_equal(back.groups[0].name, "Team");
	assert_int_equal(back.groups[0].stamp, 7);
	assert_true(back.groups[0].left);
	assert_int_equal(back.amendment_count, 1);
	assert_string_equal(back.amendments[0].conversation, "bob@x");
	assert_int_equal(back.amendments[0].msg_id, 9);
	assert_int_equal(back.amendments[0].target, 4);
	assert_int_equal(back.amendments[0].was, 2);
	login_sync_answer_finish(&back);
	json_destroy(doc);
	answer = (struct login_sync_answer){.generation = "AAAAAAAAAAA", .reset = true};
	login_sync_answer_write(&out, &answer);
	doc = read_back(&out);
	assert_int_equal(login_sync_answer_read(&back, doc, NULL), STATUS_OK);
	assert_true(back.reset);
	json_destroy(doc);
}

static void
test_wrong_login_sync_answers(void **state)
{
	static const char *const bad[] = {"{}", "{" G "}", "{'to':2}", "{" G ",'to':-1}",
	    "{" G ",'to':'2'}", "{" G ",'reset':1}", "{" G ",'from':1,'to':2,'contacts':{}}",
	    "{" G ",'from':1,'to':2,'contacts':[1]}", "{" G ",'from':1,'to':2,'contacts':[{}]}",
	    "{" G ",'from':1,'to':2,'contacts':[{'address':'b@x'}]}",
	    "{" G ",'from':1,'to':2,'conversations':[{'conversation':'b@x','first':0,'last':1,"
	    "'ack':0,'read':0,'stamp':1}]}",
	    "{" G ",'from':1,'to':2,'conversations':[{'conversation':'b@x','first':1,'last':1,"
	    "'ack':0,'stamp':1}]}",
	    "{" G ",'from':1,'to':2,'groups':[{'address':'g@x','name':'G','stamp':1}]}",
	    "{" G ",'from':1,'to':2,'groups':[{'address':'#g@x','name':'G'}]}",
	    "{" G ",'from':1,'to':2,'amendments':[{'msg_id':3,'from':'a@x','time':1,'stamp':5,"
	    "'type':'recall','target':2}]}",
	    "{" G ",'from':1,'to':2,'amendments':[{'conversation':'b@x','msg_id':3,'from':'a@x',"
	    "'time':1,'stamp':5,'type':'recall','target':0}]}",
	    "{'generation':'','to':2}", "{" G ",'to':2,'until':'9'}"};

	(void)state;
	REFUSES(read_login_sync_answer, bad);
	assert_reads(read_login_sync_answer, "{" G ",'to':2}", STATUS_OK);
	assert_reads(read_login_sync_answer, "{" G ",'to':3,'until':9,'x':1}", STATUS_OK);
}

/* ---- events ---- */

#define MESSAGE "'msg_id':3,'from':'a@x','time':1,'stamp':5,'type':'text'"

static void
test_events_request(void **state)
{
	static const char *const bad[] = {"{}", "{'wait':1}", "{" C "}", "{" C ",'wait':-1}",
	    "{" C ",'wait':90001}", "{" C ",'wait':1,'acks':{}}", "{'cursor':null,'wait':1}"};
	struct events_request request = {{"AAAAAAAAAAA", 7}, 90000, {some_ranges, 2}}, back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	events_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(events_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.cursor.stamp, 7);
	assert_int_equal(back.wait_ms, 90000);
	assert_some_ranges(back.acks.items, back.acks.count);
	events_request_finish(&back);
	json_destroy(doc);
	REFUSES(read_events_request, bad);
}

static void
test_events_come_back(void **state)
{
	struct message m = {.conversation = "bob@x",
	    .msg_id = 3,
	    .from = "bob@x",
	    .time = 1,
	    .stamp = 5,
	    .type = "text",
	    .text = "a\nb"};
	struct events_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	buf_add_string(&out, "{\"generation\":\"AAAAAAAAAAA\",\"from\":1,\"to\":9,\"events\":[");
	event_write_message(&out, &m, NULL);
	m.has_key = true;
	assert_true(key_parse(&m.key, K1));
	json_comma(&out);
	event_write_message(&out, &m, "\"spliced\\u00e9\"");
	json_comma(&out);
	event_write_contact(&out, &(struct contact){"eve@x", "Eve", 6, 0, true, NULL});
	json_comma(&out);
	event_write_group(&out, &(struct group){.address = "#g@x", .name = "Group", .stamp = 7});
	json_comma(&out);
	event_write_head(
	    &out, &(struct conversation_head){
	              .conversation = "#g@x", .first = 2, .last = 8, .unread = 3, .stamp = 8});
	buf_add_string(&out, ",{\"event\":\"of the future\",\"conversation\":7}]}");
	doc = read_back(&out);
	assert_int_equal(events_answer_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 6);
	assert_string_equal(back.events[0].message.text, "a\nb");
	assert_string_equal(back.events[0].message.conversation, "bob@x");
	assert_false(back.events[0].message.has_key);
	assert_string_equal(back.events[1].message.text, "splicedé");
	assert_true(back.events[1].message.has_key);
	assert_true(key_equal(&back.events[1].message.key, &m.key));
	assert_int_equal(back.events[2].kind, EVENT_CONTACT);
	assert_int_equal(back.events[2].contact.stamp, 6);
	assert_int_equal(back.events[3].kind, EVENT_GROUP);
	assert_string_equal(back.events[3].group.name, "Group");
	assert_int_equal(back.events[4].kind, EVENT_HEAD);
	assert_int_equal(back.events[4].head.unread, 3);
	assert_int_equal(back.events[4].head.peer_ack, 0);
	assert_int_equal(back.events[5].kind, EVENT_UNKNOWN);
	events_answer_finish(&back);
	json_destroy(doc);
}

static void
test_wrong_events(void **state)
{
#define EVENT(fields) "{" G ",'from':1,'to':2,'events':[{" fields "}]}"
	static const char *const bad[] = {"{}", "{" G "}", "{" G ",'resync':1}",
	    "{" G ",'superseded':'x'}", "{" G ",'from':1,'to':2,'events':[1]}", EVENT(""),
	    EVENT("'event':7"), EVENT("'event':'message'"), EVENT("'event':'message'," MESSAGE),
	    EVENT("'event':'message','conversation':'b@x','msg_id':3,'from':'a@x','time':1,"
	          "'stamp':5"),
	    EVENT("'event':'message','conversation':'b@x','text':7," MESSAGE),
	    EVENT("'event':'message','conversation':'b@x','key':'x'," MESSAGE),
	    EVENT("'event':'contact','address':'b@x','name':'x'"),
	    EVENT("'event':'group','address':'b@x','name':'x','stamp':1"),
	    EVENT("'event':'head','conversation':'b@x','first':1,'last':1,'ack':0,'read':0"),
	    EVENT("'event':'head','conversation':'b@x','first':1,'last':1,'ack':0,'read':0,"
	          "'stamp':1,'unread':-1")};

	(void)state;
	REFUSES(read_events_answer, bad);
	assert_reads(read_events_answer, EVENT("'event':'message','conversation':'b@x'," MESSAGE),
	    STATUS_OK);
	assert_reads(read_events_answer, "{" G ",'resync':true}", STATUS_OK);
	assert_reads(read_events_answer, "{" G ",'superseded':true,'from':'x'}", STATUS_OK);
}

/* ---- pull ---- */

static void
test_pull_request(void **state)
{
	static const char *const bad[] = {"{}", "{'want':7}", "{'want':[['b@x',1]]}",
	    "{'want':[['b@x',1,2]],'acks':[7]}", "{'want':[null]}"};
	struct pull_request request = {some_ranges, 2, {some_ranges, 2}}, back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	pull_request_write(&out, &request);
	doc = read_back(&out);
	assert_int_equal(pull_request_read(&back, doc, NULL), STATUS_OK);
	assert_some_ranges(back.want, back.count);
	assert_some_ranges(back.acks.items, back.acks.count);
	pull_request_finish(&back);
	json_destroy(doc);
	REFUSES(read_pull_request, bad);
}

static void
test_pages_come_back(void **state)
{
	struct message m = {.msg_id = 3, .from = "a@x", .time = 1, .stamp = 5, .type = "odd"};
	struct pull_answer back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	buf_add_string(&out, "{\"generation\":\"AAAAAAAAAAA\",\"pages\":[");
	pull_page_begin(&out, "bob@x", 2);
	pull_page_add(&out, &m, NULL);
	m.msg_id = 5;
	pull_page_add(&out, &m, "\"x\"");
	pull_page_amendments(&out);
	m.msg_id = 8;
	m.target = 5;
	pull_page_add(&out, &m, "\"y\"");
	pull_page_end(&out, 6, 2, 9);
	pull_page_unknown(&out, "eve@x");
	pull_page_begin(&out, "bob@x", 10); /* nothing there yet */
	pull_page_end(&out, 9, 2, 9);
	buf_add_string(&out, "],\"more\":true}");
	doc = read_back(&out);
	assert_int_equal(pull_answer_read(&back, doc, NULL), STATUS_OK);
	assert_true(back.more);
	assert_int_equal(back.count, 3);
	assert_int_equal(back.pages[0].ids.first, 2);
	assert_int_equal(back.pages[0].ids.last, 6);
	assert_int_equal(back.pages[0].first, 2);
	assert_int_equal(back.pages[0].last, 9);
	assert_int_equal(back.pages[0].count, 2);
	assert_null(back.pages[0].messages[0].text);
	assert_string_equal(back.pages[0].messages[0].conversation, "bob@x");
	assert_string_equal(back.pages[0].messages[1].text, "x");
	assert_int_equal(back.pages[0].amendment_count, 1);
	assert_string_equal(back.pages[0].amendments[0].conversation, "bob@x");
	assert_int_equal(back.pages[0].amendments[0].msg_id, 8);
	assert_int_equal(back.pages[1].amendment_count, 0);
	assert_true(back.pages[1].unknown);
	assert_string_equal(back.pages[1].conversation, "eve@x");
	assert_int_equal(back.pages[2].ids.last, 9);
	pull_answer_finish(&back);
	json_destroy(doc);
}

static void
test_wrong_pages(void **state)
{
#define PAGE(fields) "{" G ",'pages':[{'conversation':'b@x'," fields "}]}"
	static const char *const bad[] = {"{}", "{" G ",'pages':7}", "{" G ",'pages':[7]}",
	    "{" G ",'pages':[{}]}", "{" G ",'more':1}", PAGE("'unknown':1"), PAGE("'from':1"),
	    PAGE("'from':1,'to':5,'first':1"), PAGE("'from':0,'to':5,'first':1,'last':9"),
	    PAGE("'from':3,'to':1,'first':1,'last':9"), PAGE("'from':1,'to':5,'first':0,'last':9"),
	    PAGE("'from':1,'to':5,'first':1,'last':-1"),
	    PAGE("'from':1,'to':5,'first':1,'last':9,'messages':[{}]"),
	    /* below, above, twice, out of order, beyond the last there is */
	    PAGE("'from':4,'to':5,'first':1,'last':9,'messages':[{" MESSAGE "}]"),
	    PAGE("'from':1,'to':2,'first':1,'last':9,'messages':[{" MESSAGE "}]"),
	    PAGE("'from':1,'to':5,'first':1,'last':9,'messages':[{" MESSAGE "},{" MESSAGE "}]"),
	    PAGE("'from':1,'to':5,'first':1,'last':9,'messages':[{" MESSAGE
	         "},{'msg_id':2,'from':'a@x','time':1,'stamp':5,'type':'text'}]"),
	    PAGE("'from':1,'to':5,'first':1,'last':2,'messages':[{" MESSAGE "}]"),
	    /* amendments: within the page, of another one, without a target */
	    PAGE("'from':1,'to':5,'first':1,'last':9,'amendments':[{" MESSAGE ",'target':2}]"),
	    PAGE("'from':1,'to':2,'first':1,'last':9,'amendments':[{'msg_id':5,'from':'a@x',"
	         "'time':1,'stamp':5,'type':'edit','target':3}]"),
	    PAGE("'from':1,'to':2,'first':1,'last':9,'amendments':[{" MESSAGE "}]")};

	(void)state;
	REFUSES(read_pull_answer, bad);
	assert_reads(read_pull_answer, "{" G "}", STATUS_OK);
	assert_reads(read_pull_answer,
	    PAGE("'from':1,'to':5,'first':1,'last':5,'messages':[{" MESSAGE "}]"), STATUS_OK);
}

/* A server that passes a limit breaks the protocol: nothing of the user's is too large. */
static void
test_limits_in_answers(void **state)
{
	char *name = mem_zalloc(LIMIT_TEXT + 2, 1);
	char *text;

	(void)state;
	memset(name, 'n', LIMIT_TEXT + 1);
	text = mem_printf(
	    EVENT("'event':'message','conversation':'b@x'," MESSAGE ",'text':'%s'"), name);
	assert_reads(read_events_answer, text, STATUS_PROTOCOL);
	free(text);
	text = mem_printf(
	    PAGE("'from':1,'to':5,'first':1,'last':5,'messages':[{" MESSAGE ",'text':'%s'}]"),
	    name);
	assert_reads(read_pull_answer, text, STATUS_PROTOCOL);
	free(text);
	name[LIMIT_NAME + 1] = '\0';
	text = mem_printf(
	    "{" G ",'from':1,'to':2,'contacts':[{'address':'b@x','stamp':1,'name':'%s'}]}", name);
	assert_reads(read_login_sync_answer, text, STATUS_PROTOCOL);
	free(text);
	free(name);
}

static void
test_acks(void **state)
{
	struct acks back;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	ack_request_write(&out, &(struct acks){some_ranges, 2});
	doc = read_back(&out);
	assert_int_equal(ack_request_read(&back, doc, NULL), STATUS_OK);
	assert_some_ranges(back.items, back.count);
	acks_finish(&back);
	json_destroy(doc);
	doc = document("{'acks':[]}");
	assert_int_equal(ack_request_read(&back, doc, NULL), STATUS_OK);
	assert_int_equal(back.count, 0);
	json_destroy(doc);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_login_sync_request),
	    cmocka_unit_test(test_login_sync_answer_comes_back),
	    cmocka_unit_test(test_wrong_login_sync_answers),
	    cmocka_unit_test(test_events_request),
	    cmocka_unit_test(test_events_come_back),
	    cmocka_unit_test(test_wrong_events),
	    cmocka_unit_test(test_pull_request),
	    cmocka_unit_test(test_pages_come_back),
	    cmocka_unit_test(test_wrong_pages),
	    cmocka_unit_test(test_limits_in_answers),
	    cmocka_unit_test(test_acks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
