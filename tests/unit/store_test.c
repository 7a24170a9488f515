/* The store's contract (store.h), on a file and in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "store_fixture.h"

static bool
tell_message(void *arg, const struct store_message *row)
{
	struct buf *out = arg;

	buf_printf(out, "%lld %s %s %s%s;", (long long)row->message.msg_id, row->message.from,
	    row->message.type, row->text_json, row->message.has_key ? " key" : "");
	return row->message.msg_id < 100;
}

static void
assert_messages(struct fixture *f, const struct caller *who, const char *conversation,
    struct id_range ids, const char *want)
{
	struct conversation_head head;
	struct buf out;

	buf_init(&out, 10000);
	store_begin(f->reader);
	OK(store_sqlite.messages(
	    f->reader, who, conversation, ids, &head, tell_message, &out, NULL));
	store_commit(f->reader);
	assert_string_equal(buf_string(&out), want);
	assert_string_equal(head.conversation, conversation);
	buf_finish(&out);
}

static bool
note_was(void *arg, const struct store_message *row)
{
	int64_t *told = arg;

	told[0] = row->message.was;
	told[1] = row->message.time;
	return true;
}

static void
numbers_messages_densely(void **state)
{
	struct fixture *f = *state;
	struct store_sent sent;
	int64_t stamp = 0;

	for (uint8_t i = 1; i <= 9; i++) {
		store_begin(f->writer);
		sent = send_key(f, i % 2 ? &f->alice : &f->bob, i % 2 ? &f->bob : &f->alice, i);
		store_commit(f->writer);
		assert_int_equal(sent.error, WIRE_OK);
		assert_int_equal(sent.msg_id, i);
		assert_true(sent.stamp > stamp);
		stamp = sent.stamp;
	}
	store_begin(f->writer);
	assert_int_equal(send_key(f, &f->alice, &f->carol, 10).msg_id, 1);
	assert_int_equal(send_key(f, &f->alice, &f->alice, 11).msg_id, 1);
	assert_int_equal(send_key(f, &f->alice, &f->bob, 12).msg_id, 10);
	store_commit(f->writer);
	assert_changes(f, &f->alice, 0, 0, 10,
	    "carol@localhost:1-1 ack 0 read 0 alice@localhost:1-1 ack 0 read 0 "
	    "bob@localhost:1-10 ack 0 read 0 ");
	assert_messages(f, &f->bob, "alice@localhost", (struct id_range){8, 99},
	    "8 bob@localhost text \"hi\" key;9 alice@localhost text \"hi\";"
	    "10 alice@localhost text \"hi\";");
}

static void
answers_a_repeated_key_alike(void **state)
{
	struct fixture *f = *state;
	struct store_sent first, again;

	store_begin(f->writer);
	first = send_key(f, &f->alice, &f->bob, 1);
	again = send_key(f, &f->alice, &f->bob, 1);
	assert_true(again.repeated);
	store_commit(f->writer);
	store_begin(f->writer);
	again = send_key(f, &f->alice, &f->bob, 1);
	assert_true(again.repeated && !first.repeated);
	assert_int_equal(again.msg_id, first.msg_id);
	assert_int_equal(again.time, first.time);
	assert_int_equal(again.stamp, first.stamp);
	assert_int_equal(again.recipient_id, f->bob.account_id);
	/* Other content, another recipient: not the same message. */
	assert_int_equal(
	    send_item(f, &f->alice,
	        (struct send_item){.to = "bob@localhost", .key = make_key(1), .text = "ho"})
	        .error,
	    WIRE_KEY_CONFLICT);
	assert_int_equal(send_key(f, &f->alice, &f->carol, 1).error, WIRE_KEY_CONFLICT);
	/* Another account's key is its own. */
	assert_int_equal(send_key(f, &f->bob, &f->alice, 1).msg_id, 2);
	store_commit(f->writer);
}

static void
wants_the_predecessor(void **state)
{
	struct fixture *f = *state;
	struct send_item item = {
	    .to = "bob@localhost", .key = make_key(2), .has_after = true, .after = make_key(1)};

	store_begin(f->writer);
	assert_int_equal(send_item(f, &f->alice, item).error, WIRE_NO_PREDECESSOR);
	assert_int_equal(send_key(f, &f->alice, &f->bob, 1).msg_id, 1);
	assert_int_equal(send_item(f, &f->alice, item).msg_id, 2);
	/* One of another conversation, or another account's, doesn't count. */
	item.to = "carol@localhost";
	item.key = make_key(3);
	assert_int_equal(send_item(f, &f->alice, item).error, WIRE_NO_PREDECESSOR);
	item.to = "alice@localhost";
	assert_int_equal(send_item(f, &f->bob, item).error, WIRE_NO_PREDECESSOR);
	assert_int_equal(
	    send_item(f, &f->alice, (struct send_item){.to = "dan@localhost", .key = make_key(4)})
	        .error,
	    WIRE_NO_RECIPIENT);
	store_commit(f->writer);
}

static void
forgets_what_was_rolled_back(void **state)
{
	struct fixture *f = *state;
	struct caller dan;
	int64_t stamp;

	store_begin(f->writer);
	assert_int_equal(send_key(f, &f->alice, &f->bob, 1).msg_id, 1);
	store_commit(f->writer);
	stamp = store_sqlite.last_stamp(f->writer);

	store_begin(f->writer);
	assert_int_equal(send_key(f, &f->alice, &f->bob, 2).msg_id, 2);
	assert_int_equal(send_key(f, &f->alice, &f->carol, 3).msg_id, 1);
	add_account(f, "dan@localhost", &dan);
	assert_int_equal(send_key(f, &f->alice, &dan, 4).msg_id, 1);
	store_rollback(f->writer);
	assert_int_equal(store_sqlite.last_stamp(f->writer), stamp);

	store_begin(f->writer);
	assert_int_equal(send_key(f, &f->alice, &dan, 4).error, WIRE_NO_RECIPIENT);
	assert_int_equal(send_key(f, &f->alice, &f->carol, 3).msg_id, 1);
	assert_int_equal(send_key(f, &f->alice, &f->bob, 2).msg_id, 2);
	store_commit(f->writer);
	assert_changes(f, &f->alice, stamp, 0, 10,
	    "carol@localhost:1-1 ack 0 read 0 bob@localhost:1-2 ack 0 read 0 ");
}

static void
set_contact(struct fixture *f, const char *address, const char *name, bool removed, bool changes)
{
	struct contact contact = {.address = address, .name = name, .removed = removed};
	char kept[LIMIT_NAME + 1];
	bool changed;

	OK(store_sqlite.contact_set(f->writer, &f->alice, &contact, kept, &changed, NULL));
	assert_int_equal(changed, changes);
	assert_true(contact.stamp > 0);
}

static void
tells_changes_page_by_page(void **state)
{
	struct fixture *f = *state;
	int64_t at, until;

	store_begin(f->writer);
	set_contact(f, "x@localhost", "Ex", false, true);
	send_key(f, &f->alice, &f->bob, 1);
	set_contact(f, "y@localhost", "", false, true);
	set_contact(f, "x@localhost", "Ex", false, false);
	store_commit(f->writer);
	until = store_sqlite.last_stamp(f->writer);
	at = assert_changes(f, &f->alice, 0, until, 1, "x@localhost=Ex ");
	assert_true(at < until);
	/* What changes after the first page moves behind `until`. */
	store_begin(f->writer);
	set_contact(f, "y@localhost", "Why", true, true);
	set_contact(f, "y@localhost", NULL, true, false);
	store_commit(f->writer);
	at = assert_changes(f, &f->alice, at, until, 1, "bob@localhost:1-1 ack 0 read 0 ");
	assert_int_equal(at, until);
	at = assert_changes(f, &f->alice, until, 0, 1, "y@localhost=Why! ");
	assert_int_equal(assert_changes(f, &f->alice, at, 0, 1, ""), at);
	assert_changes(f, &f->carol, 0, 0, 10, "");
	assert_changes(f, &f->bob, 0, 0, 10, "alice@localhost:1-1 ack 0 read 0 ");
}

static enum status
try_messages(struct fixture *f, const struct caller *who, const char *conversation)
{
	struct conversation_head head;
	struct buf out;
	enum status status;

	buf_init(&out, 10000);
	store_begin(f->reader);
	status = store_sqlite.messages(
	    f->reader, who, conversation, (struct id_range){1, 9}, &head, tell_message, &out, NULL);
	store_commit(f->reader);
	buf_finish(&out);
	return status;
}

static void
shows_nothing_to_others(void **state)
{
	struct fixture *f = *state;

	send_and_commit(f, 1);
	assert_int_equal(try_messages(f, &f->bob, "alice@localhost"), STATUS_OK);
	assert_int_equal(try_messages(f, &f->carol, "alice@localhost"), STATUS_NOT_FOUND);
	assert_int_equal(try_messages(f, &f->carol, "bob@localhost"), STATUS_NOT_FOUND);
	assert_int_equal(try_messages(f, &f->alice, "alice@localhost"), STATUS_NOT_FOUND);
	assert_int_equal(try_messages(f, &f->alice, "nobody@localhost"), STATUS_NOT_FOUND);
}

static void
refuses_a_revoked_device(void **state)
{
	struct fixture *f = *state;
	struct send_item item = {
	    .to = "bob@localhost", .key = make_key(9), .type = "text", .text = "hi"};
	struct conversation_range range = {"bob@localhost", {1, 1}};
	uint8_t token[TOKEN_HASH] = "alice@localhost";
	struct contact contact = {.address = "x@localhost", .name = ""};
	struct store_sent sent;
	struct caller found;
	char kept[LIMIT_NAME + 1];
	bool changed;

	send_and_commit(f, 1);
	store_begin(f->reader);
	OK(store_sqlite.device_find(f->reader, token, &found, NULL));
	store_commit(f->reader);
	assert_int_equal(found.device_id, f->alice.device_id);
	assert_string_equal(found.address.text, "alice@localhost");
	store_begin(f->writer);
	send_key(f, &f->alice, &f->bob, 2);
	OK(store_sqlite.device_remove(f->writer, f->alice.device_id, NULL));
	OK(store_sqlite.device_remove(f->writer, f->alice.device_id, NULL));
	assert_int_equal(
	    store_sqlite.message_send(f->writer, &f->alice, &item, "\"hi\"", &sent, NULL),
	    STATUS_DENIED);
	assert_int_equal(
	    store_sqlite.contact_set(f->writer, &f->alice, &contact, kept, &changed, NULL),
	    STATUS_DENIED);
	assert_int_equal(save_ack(f, &f->alice, &range), STATUS_DENIED);
	store_commit(f->writer);
	assert_int_equal(try_messages(f, &f->alice, "bob@localhost"), STATUS_DENIED);
	store_begin(f->reader);
	assert_int_equal(
	    store_sqlite.device_find(f->reader, token, &found, NULL), STATUS_NOT_FOUND);
	store_commit(f->reader);
}

static void
ack(struct fixture *f, const struct caller *who, int64_t first, int64_t last)
{
	struct conversation_range range = {"alice@localhost", {first, last}};

	store_begin(f->writer);
	OK(save_ack(f, who, &range));
	store_commit(f->writer);
}

static void
moves_acks_forward_only(void **state)
{
	struct fixture *f = *state;
	struct caller phone = f->bob;
	uint8_t token[TOKEN_HASH] = "phone";
	int64_t stamp = 0;

	for (uint8_t i = 1; i <= 9; i++)
		stamp = send_and_commit(f, i);
	store_begin(f->writer);
	OK(store_sqlite.device_add(
	    f->writer, f->bob.account_id, "phone", token, &phone.device_id, NULL));
	store_commit(f->writer);
	ack(f, &f->bob, 2, 3); /* 1 isn't there yet */
	assert_changes(f, &f->bob, 0, 0, 9, "alice@localhost:1-9 ack 0 read 0 ");
	ack(f, &f->bob, 1, 3);
	ack(f, &f->bob, 4, 10); /* beyond last */
	assert_changes(f, &f->bob, 0, 0, 9, "alice@localhost:1-9 ack 3 read 0 ");
	ack(f, &phone, 1, 2);
	assert_changes(f, &f->bob, 0, 0, 9, "alice@localhost:1-9 ack 3 read 0 ");
	ack(f, &phone, 1, 5);
	ack(f, &f->bob, 1, 2);
	ack(f, &f->carol, 1, 2);
	assert_changes(f, &f->bob, 0, 0, 9, "alice@localhost:1-9 ack 5 read 0 ");
	/* No stamp was made of it. */
	assert_changes(f, &f->bob, stamp, 0, 9, "");
	assert_changes(f, &f->alice, 0, 0, 9, "bob@localhost:1-9 ack 0 read 0 ");
}

/* A message of a lost history says what it was: its time is that of then, and its key is not of
 * another content for it. */
static void
keeps_what_a_message_was(void **state)
{
	struct fixture *f = *state;
	struct send_item item = {.to = f->bob.address.text, .was = 77};
	struct conversation_head head;
	struct store_sent sent;
	int64_t told[2] = {0, 0};

	item.key = make_key(1);
	store_begin(f->writer);
	sent = send_item(f, &f->alice, item);
	assert_int_equal(sent.error, WIRE_OK);
	assert_int_equal(sent.time, 77);
	assert_true(sent.stamp > 77);
	item.was = 0;
	sent = send_item(f, &f->alice, item);
	assert_int_equal(sent.error, WIRE_OK);
	assert_true(sent.repeated);
	assert_int_equal(sent.time, 77);
	/* Of the future: the time is now. */
	item.key = make_key(2);
	item.was = INT64_C(1) << 52;
	sent = send_item(f, &f->alice, item);
	assert_true(sent.time < item.was);
	store_commit(f->writer);
	store_begin(f->reader);
	OK(store_sqlite.messages(f->reader, &f->bob, f->alice.address.text, (struct id_range){1, 1},
	    &head, note_was, told, NULL));
	store_commit(f->reader);
	assert_int_equal(told[0], 77);
	assert_int_equal(told[1], 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_BOTH(numbers_messages_densely),
	    IN_BOTH(keeps_what_a_message_was),
	    IN_BOTH(answers_a_repeated_key_alike),
	    IN_BOTH(wants_the_predecessor),
	    IN_BOTH(forgets_what_was_rolled_back),
	    IN_BOTH(tells_changes_page_by_page),
	    IN_BOTH(shows_nothing_to_others),
	    IN_BOTH(refuses_a_revoked_device),
	    IN_BOTH(moves_acks_forward_only),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
