/* The store: what names another message, read markers, and what heads say of both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static uint8_t next_key;

static struct store_sent
put(struct fixture *f, const struct caller *from, const char *to, const char *type, int64_t target,
    const char *text)
{
	return send_item(f, from,
	    (struct send_item){.to = to,
	        .key = make_key(++next_key),
	        .type = type,
	        .target = target,
	        .text = text});
}

static enum wire_error
error_of(struct fixture *f, const struct caller *from, const char *to, const char *type,
    int64_t target, const char *text)
{
	return put(f, from, to, type, target, text).error;
}

static int
set_up_keys(void **state)
{
	next_key = 0;
	return set_up_file(state);
}

/* ---- what may be named ---- */

static void
test_targets(void **state)
{
	struct fixture *f = *state;
	const char *bob = f->bob.address.text, *alice = f->alice.address.text;

	store_begin(f->writer);
	assert_int_equal(error_of(f, &f->alice, bob, "react", 1, "x"), WIRE_BAD_TARGET);
	put(f, &f->alice, bob, "text", 0, "one");
	put(f, &f->bob, alice, "text", 1, "two");
	assert_int_equal(error_of(f, &f->alice, bob, "text", 9, "x"), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->alice, bob, "text", 3, "itself"), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->alice, bob, "edit", 2, "x"), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->alice, bob, "recall", 2, ""), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->alice, bob, "edit", 1, "uno"), WIRE_OK);   /* 3 */
	assert_int_equal(error_of(f, &f->alice, bob, "react", 2, "+1"), WIRE_OK);   /* 4 */
	assert_int_equal(error_of(f, &f->bob, alice, "unreact", 1, "+1"), WIRE_OK); /* 5 */
	assert_int_equal(error_of(f, &f->alice, bob, "react", 3, "x"), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->alice, bob, "recall", 1, ""), WIRE_OK); /* 6 */
	assert_int_equal(error_of(f, &f->alice, bob, "recall", 1, ""), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->alice, bob, "edit", 1, "x"), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->bob, alice, "react", 1, "x"), WIRE_BAD_TARGET);
	assert_int_equal(error_of(f, &f->bob, alice, "text", 1, "a reply"), WIRE_OK); /* 7 */
	store_commit(f->writer);
}

/* The same key with another target is other content. */
static void
test_targets_are_content(void **state)
{
	struct fixture *f = *state;
	struct send_item item = {
	    .to = f->bob.address.text, .key = make_key(9), .type = "react", .text = "+1"};

	store_begin(f->writer);
	put(f, &f->alice, f->bob.address.text, "text", 0, "one");
	put(f, &f->alice, f->bob.address.text, "text", 0, "two");
	item.target = 1;
	assert_int_equal(send_item(f, &f->alice, item).error, WIRE_OK);
	assert_true(send_item(f, &f->alice, item).repeated);
	item.target = 2;
	assert_int_equal(send_item(f, &f->alice, item).error, WIRE_KEY_CONFLICT);
	store_commit(f->writer);
}

/* ---- what is told ---- */

struct teller {
	struct fixture *f;
	const struct caller *who;
	struct buf text;
	bool amendments;
};

static void
say(struct buf *out, const struct store_message *row)
{
	buf_printf(out, "%lld%s", (long long)row->message.msg_id, row->message.type);
	if (row->message.target)
		buf_printf(out, "@%lld", (long long)row->message.target);
	buf_printf(out, "=%s ", row->text_json ? row->text_json : "-");
}

static void
on_amendment(void *arg, const struct store_message *row)
{
	say(&((struct teller *)arg)->text, row);
}

static bool
on_message(void *arg, const struct store_message *row)
{
	struct teller *teller = arg;

	if (teller->amendments)
		OK(store_sqlite.amendments(
		    teller->f->reader, teller->who, row, 100, on_amendment, teller, NULL));
	else
		say(&teller->text, row);
	return true;
}

static void
assert_messages(struct fixture *f, const struct caller *who, const char *conversation,
    struct id_range ids, bool amendments, const char *want)
{
	struct teller teller = {.f = f, .who = who, .amendments = amendments};
	struct conversation_head head;

	buf_init(&teller.text, 100000);
	store_begin(f->reader);
	OK(store_sqlite.messages(
	    f->reader, who, conversation, ids, &head, on_message, &teller, NULL));
	store_commit(f->reader);
	assert_string_equal(buf_string(&teller.text), want);
	buf_finish(&teller.text);
}

static void
skip_contact(void *arg, const struct contact *contact)
{
	(void)arg;
	(void)contact;
}

static void
skip_group(void *arg, const struct group *group)
{
	(void)arg;
	(void)group;
}

static void
skip_head(void *arg, const struct conversation_head *head)
{
	(void)arg;
	(void)head;
}

/* What login-sync tells of amendments. Returns the stamp up to which. */
static int64_t
assert_amended(
    struct fixture *f, const struct caller *who, int64_t from, size_t limit, const char *want)
{
	struct teller teller = {.f = f};
	const struct store_changes told = {
	    skip_contact, skip_group, skip_head, on_amendment, &teller};
	int64_t to;

	buf_init(&teller.text, 100000);
	store_begin(f->reader);
	OK(store_sqlite.changes(
	    f->reader, who, from, store_sqlite.last_stamp(f->reader), limit, &told, &to, NULL));
	store_commit(f->reader);
	assert_string_equal(buf_string(&teller.text), want);
	buf_finish(&teller.text);
	return to;
}

static void
test_a_recall_erases(void **state)
{
	struct fixture *f = *state;
	const char *bob = f->bob.address.text, *alice = f->alice.address.text;
	const struct id_range all = {1, 9};

	store_begin(f->writer);
	put(f, &f->alice, bob, "text", 0, "one");
	put(f, &f->alice, bob, "edit", 1, "uno");
	put(f, &f->alice, bob, "edit", 1, "eins");
	put(f, &f->bob, alice, "react", 1, "+1");
	put(f, &f->alice, bob, "text", 1, "two");
	store_commit(f->writer);
	assert_messages(f, &f->bob, alice, all, false,
	    "1text=\"one\" 2edit@1=\"uno\" 3edit@1=\"eins\" 4react@1=\"+1\" 5text@1=\"two\" ");
	/* The newest first; an older edit makes no difference. */
	assert_messages(f, &f->bob, alice, all, true, "4react@1=\"+1\" 3edit@1=\"eins\" ");
	store_begin(f->writer);
	put(f, &f->alice, bob, "recall", 1, "");
	store_commit(f->writer);
	assert_messages(f, &f->bob, alice, all, false,
	    "1text=- 2edit@1=- 3edit@1=- 4react@1=\"+1\" 5text@1=\"two\" 6recall@1=- ");
	assert_amended(f, &f->bob, 0, 100, "2edit@1=- 3edit@1=- 4react@1=\"+1\" 6recall@1=- ");
	assert_amended(f, &f->carol, 0, 100, "");
}

static void
test_recalled_text_leaves_the_file(void **state)
{
	struct fixture *f = *state;
	const char *bob = f->bob.address.text;
	char *large = mem_zalloc(1, MESSAGE_TEXT_MAX + 1);
	char *all = mem_alloc(1 << 22);
	size_t length;
	FILE *file;

	memset(large, 'y', MESSAGE_TEXT_MAX);
	memcpy(large + 30000, "the needle in it", 16);
	store_begin(f->writer);
	put(f, &f->alice, bob, "text", 0, large);
	put(f, &f->alice, bob, "text", 0, "another needle");
	put(f, &f->alice, bob, "edit", 2, "a third needle");
	store_commit(f->writer);
	store_begin(f->writer);
	put(f, &f->alice, bob, "recall", 1, "");
	put(f, &f->alice, bob, "recall", 2, "");
	store_commit(f->writer);
	/* The last connection that closes puts the log into the file. */
	close_both(f);
	file = fopen(f->file, "rb");
	assert_non_null(file);
	length = fread(all, 1, 1 << 22, file);
	fclose(file);
	assert_true(length > 10000);
	assert_null(memmem(all, length, "needle", 6));
	free(all);
	free(large);
	open_both(f);
}

/* By stamp, a page at a time, over all conversations. */
static void
test_amendments_since_a_cursor(void **state)
{
	struct fixture *f = *state;
	const char *bob = f->bob.address.text, *carol = f->carol.address.text;
	int64_t from;

	store_begin(f->writer);
	put(f, &f->alice, bob, "text", 0, "one");
	put(f, &f->alice, carol, "text", 0, "one");
	put(f, &f->alice, bob, "edit", 1, "2");
	put(f, &f->alice, carol, "edit", 1, "3");
	store_commit(f->writer);
	from = store_sqlite.last_stamp(f->writer);
	assert_amended(f, &f->alice, 0, 100, "2edit@1=\"2\" 2edit@1=\"3\" ");
	assert_amended(f, &f->alice, from, 100, "");
	store_begin(f->writer);
	put(f, &f->alice, bob, "edit", 1, "4");
	put(f, &f->carol, f->alice.address.text, "react", 1, "!");
	put(f, &f->alice, bob, "edit", 1, "5");
	store_commit(f->writer);
	assert_amended(f, &f->alice, from, 100, "3edit@1=\"4\" 3react@1=\"!\" 4edit@1=\"5\" ");
	from = assert_amended(f, &f->alice, from, 1, "3edit@1=\"4\" ");
	from = assert_amended(f, &f->alice, from, 1, "3react@1=\"!\" ");
	from = assert_amended(f, &f->alice, from, 3, "4edit@1=\"5\" ");
	assert_int_equal(from, store_sqlite.last_stamp(f->writer));
}

/* ---- heads ---- */

struct heads_told {
	struct conversation_head answer;
	int heads;
	int64_t account_id;
	int64_t last_stamp;
	int64_t peer_read;
};

static void
on_head(void *arg, int64_t account_id, const struct conversation_head *head)
{
	struct heads_told *told = arg;

	assert_true(head->stamp > told->last_stamp);
	told->heads++;
	told->last_stamp = head->stamp;
	told->account_id = account_id;
	told->peer_read = head->peer_read;
}

static void
on_answer(void *arg, const struct conversation_head *head)
{
	((struct heads_told *)arg)->answer = *head;
}

static struct heads_told
mark(struct fixture *f, const struct caller *who, const char *conversation, int64_t msg_id,
    enum wire_error want)
{
	const struct read_marker marker = {conversation, msg_id};
	struct heads_told told = {0};
	const struct store_head_sink sink = {on_head, on_answer, &told};
	enum wire_error refusal;

	OK(store_sqlite.read_mark(f->writer, who, &marker, 1, &sink, &refusal, NULL));
	assert_int_equal(refusal, want);
	return told;
}

static struct conversation_head
head_of(struct fixture *f, const struct caller *who, const char *conversation)
{
	struct teller teller = {.f = f, .who = who};
	struct conversation_head head;

	buf_init(&teller.text, 1000000);
	store_begin(f->reader);
	OK(store_sqlite.messages(f->reader, who, conversation, (struct id_range){1, 0}, &head,
	    on_message, &teller, NULL));
	store_commit(f->reader);
	buf_finish(&teller.text);
	return head;
}

static void
test_markers(void **state)
{
	struct fixture *f = *state;
	const char *bob = f->bob.address.text, *alice = f->alice.address.text;
	struct heads_told told;

	store_begin(f->writer);
	put(f, &f->alice, bob, "text", 0, "one");
	put(f, &f->bob, alice, "text", 0, "two");
	put(f, &f->alice, bob, "text", 0, "three");
	put(f, &f->alice, bob, "react", 2, "+1");
	told = mark(f, &f->bob, alice, 1, WIRE_OK);
	assert_int_equal(told.heads, 2);
	assert_int_equal(told.account_id, f->alice.account_id);
	assert_int_equal(told.peer_read, 1);
	assert_int_equal(told.answer.unread, 1);
	assert_int_equal(told.answer.read, 1);
	/* Never back, and no event where nothing changes. */
	told = mark(f, &f->bob, alice, 1, WIRE_OK);
	assert_int_equal(told.heads, 0);
	assert_int_equal(told.answer.read, 1);
	told = mark(f, &f->bob, alice, 0, WIRE_OK);
	assert_int_equal(told.heads, 0);
	assert_int_equal(mark(f, &f->bob, alice, 5, WIRE_BAD_FIELD).heads, 0);
	assert_int_equal(mark(f, &f->bob, f->carol.address.text, 5, WIRE_OK).heads, 0);
	assert_int_equal(mark(f, &f->bob, "nobody@localhost", 5, WIRE_OK).heads, 0);
	told = mark(f, &f->bob, alice, 4, WIRE_OK);
	assert_int_equal(told.answer.unread, 0);
	store_commit(f->writer);
	assert_int_equal(head_of(f, &f->alice, bob).peer_read, 4);
	assert_int_equal(head_of(f, &f->alice, bob).unread, 1);
	assert_int_equal(head_of(f, &f->bob, alice).peer_read, 0);
	store_begin(f->writer);
	put(f, &f->alice, bob, "text", 0, "more");
	store_commit(f->writer);
	assert_int_equal(head_of(f, &f->bob, alice).unread, 1);
}

static void
test_notes_to_oneself(void **state)
{
	struct fixture *f = *state;
	const char *alice = f->alice.address.text;
	struct heads_told told;
	const struct conversation_range range = {alice, {1, 1}};

	store_begin(f->writer);
	put(f, &f->alice, alice, "text", 0, "one");
	told = mark(f, &f->alice, alice, 1, WIRE_OK);
	assert_int_equal(told.heads, 1);
	assert_int_equal(told.answer.unread, 0);
	OK(save_ack(f, &f->alice, &range));
	assert_int_equal(f->told_count, 0);
	store_commit(f->writer);
	assert_int_equal(head_of(f, &f->alice, alice).peer_read, 0);
	assert_int_equal(head_of(f, &f->alice, alice).peer_ack, 0);
}

static void
test_acknowledging_moves_the_peers_head(void **state)
{
	struct fixture *f = *state;
	const char *bob = f->bob.address.text, *alice = f->alice.address.text;
	const struct conversation_range range = {alice, {1, 2}};
	int64_t before;

	store_begin(f->writer);
	put(f, &f->alice, bob, "text", 0, "12345");
	put(f, &f->alice, bob, "text", 0, "123");
	store_commit(f->writer);
	before = head_of(f, &f->alice, bob).stamp;
	assert_int_equal(head_of(f, &f->bob, alice).bytes, 8);
	store_begin(f->writer);
	OK(save_ack(f, &f->bob, &range));
	assert_int_equal(f->told_count, 1);
	assert_int_equal(f->told_account, f->alice.account_id);
	assert_int_equal(f->told_head.peer_ack, 2);
	/* Nothing moved. */
	OK(save_ack(f, &f->bob, &range));
	assert_int_equal(f->told_count, 0);
	put(f, &f->alice, bob, "text", 0, "12");
	store_commit(f->writer);
	assert_true(head_of(f, &f->alice, bob).stamp > before);
	assert_int_equal(head_of(f, &f->alice, bob).peer_ack, 2);
	assert_int_equal(head_of(f, &f->bob, alice).bytes, 2);
}

/* ---- against counting ---- */

enum { ROUNDS = 20, STEPS = 60 };

static uint64_t seed;

/* A number below `below`: xorshift, so that a failure can be repeated. */
static int
pick(int64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)(seed % (uint64_t)below);
}

struct count {
	int64_t last;
	bool counted[STEPS + 1];
	int sender[STEPS + 1]; /* 0: alice, 1: bob */
	int64_t bytes[STEPS + 1];
	int64_t read[2];
	int64_t ack[2];
};

static void
step(struct fixture *f, struct count *c)
{
	const struct caller *const callers[] = {&f->alice, &f->bob};
	int who = pick(2);
	const char *other = callers[!who]->address.text;
	struct conversation_range range = {other, {1, 0}};
	char text[20];
	int64_t to;

	snprintf(text, sizeof text, "%.*s", pick(10) + 1, "0123456789");
	switch (c->last ? pick(4) : 0) {
	case 0:
	case 1:
		c->last++;
		c->counted[c->last] = c->last == 1 || pick(3);
		c->sender[c->last] = who;
		c->bytes[c->last] = (int64_t)strlen(text);
		assert_int_equal(
		    error_of(f, callers[who], other, c->counted[c->last] ? "text" : "react",
		        c->counted[c->last] ? 0 : 1, text),
		    WIRE_OK);
		break;
	case 2:
		to = pick(c->last + 1);
		mark(f, callers[who], other, to, WIRE_OK);
		if (to > c->read[who])
			c->read[who] = to;
		break;
	default:
		range.ids.last = pick(c->last + 1);
		OK(save_ack(f, callers[who], &range));
		if (range.ids.last > c->ack[who])
			c->ack[who] = range.ids.last;
	}
}

static void
check_heads(struct fixture *f, const struct count *c)
{
	const struct caller *const callers[] = {&f->alice, &f->bob};

	for (int who = 0; who < 2; who++) {
		struct conversation_head head =
		    head_of(f, callers[who], callers[!who]->address.text);
		int64_t unread = 0, bytes = 0;

		for (int64_t id = 1; id <= c->last; id++) {
			unread += id > c->read[who] && c->counted[id] && c->sender[id] != who;
			bytes += id > c->ack[who] ? c->bytes[id] : 0;
		}
		assert_int_equal(head.last, c->last);
		assert_int_equal(head.unread, unread);
		assert_int_equal(head.bytes, bytes);
		assert_int_equal(head.read, c->read[who]);
		assert_int_equal(head.ack, c->ack[who]);
		assert_int_equal(head.peer_read, c->read[!who]);
		assert_int_equal(head.peer_ack, c->ack[!who]);
	}
}

static void
test_against_counting(void **state)
{
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		struct count c = {0};
		struct fixture *f;

		seed = round * UINT64_C(0x9E3779B97F4A7C15);
		next_key = 0;
		assert_int_equal(set_up_memory(state), 0);
		f = *state;
		for (int i = 0; i < STEPS; i++) {
			store_begin(f->writer);
			for (int n = pick(4); n >= 0 && c.last < STEPS; n--)
				step(f, &c);
			store_commit(f->writer);
			if (c.last)
				check_heads(f, &c);
		}
		tear_down(state);
	}
}

#define STORY(test) cmocka_unit_test_setup_teardown(test, set_up_keys, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    STORY(test_targets),
	    STORY(test_targets_are_content),
	    STORY(test_a_recall_erases),
	    STORY(test_recalled_text_leaves_the_file),
	    STORY(test_amendments_since_a_cursor),
	    STORY(test_markers),
	    STORY(test_notes_to_oneself),
	    STORY(test_acknowledging_moves_the_peers_head),
	    cmocka_unit_test(test_against_counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
