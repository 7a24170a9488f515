#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "wire/json.h"

struct key
make_key(uint8_t number)
{
	struct key key = {{0}};

	key.bytes[0] = 1;
	key.bytes[KEY_BYTES - 1] = number;
	return key;
}

void
store_begin(struct store *store)
{
	OK(store->driver->begin(store, NULL));
}

void
store_commit(struct store *store)
{
	OK(store->driver->commit(store, NULL));
}

void
store_rollback(struct store *store)
{
	store->driver->rollback(store);
}

void
open_both(struct fixture *f)
{
	OK(store_sqlite.open(&f->writer, f->where, STORE_WRITE, NULL));
	OK(store_sqlite.open(&f->reader, f->where, STORE_READ, NULL));
}

void
close_both(struct fixture *f)
{
	store_sqlite.close(f->reader);
	store_sqlite.close(f->writer);
}

void
add_account(struct fixture *f, const char *address, struct caller *caller)
{
	uint8_t token[TOKEN_HASH] = {0};

	snprintf(caller->address.text, sizeof caller->address.text, "%s", address);
	snprintf((char *)token, sizeof token, "%s", address);
	OK(store_sqlite.account_add(f->writer, address, "hash", &caller->account_id, NULL));
	OK(store_sqlite.device_add(
	    f->writer, caller->account_id, "laptop", token, &caller->device_id, NULL));
}

static int
set_up(void **state, bool in_memory)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);

	snprintf(f->dir, sizeof f->dir, "/tmp/store_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->file = mem_printf("%s/store.db", f->dir);
	f->where = in_memory ? ":memory:" : f->file;
	open_both(f);
	store_begin(f->writer);
	add_account(f, "alice@localhost", &f->alice);
	add_account(f, "bob@localhost", &f->bob);
	add_account(f, "carol@localhost", &f->carol);
	store_commit(f->writer);
	*state = f;
	return 0;
}

int
set_up_file(void **state)
{
	return set_up(state, false);
}

int
set_up_memory(void **state)
{
	return set_up(state, true);
}

int
tear_down(void **state)
{
	struct fixture *f = *state;
	static const char *const ends[] = {"", "-lock", "-wal", "-shm", ".copy"};

	close_both(f);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char *path = mem_printf("%s%s", f->file, ends[i]);

		unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(f->dir), 0);
	free(f->file);
	free(f);
	return 0;
}

struct store_sent
send_item(struct fixture *f, const struct caller *from, struct send_item item)
{
	struct store_sent sent;
	struct buf json;

	if (!item.type)
		item.type = "text";
	if (!item.text)
		item.text = "hi";
	buf_init(&json, 1000);
	json_add_string(&json, item.text);
	OK(store_sqlite.message_send(f->writer, from, &item, buf_string(&json), &sent, NULL));
	buf_finish(&json);
	return sent;
}

struct store_sent
send_key(struct fixture *f, const struct caller *from, const struct caller *to, uint8_t key)
{
	return send_item(f, from, (struct send_item){.to = to->address.text, .key = make_key(key)});
}

static void
note_head(void *arg, int64_t account_id, const struct conversation_head *head)
{
	struct fixture *f = arg;

	f->told_count++;
	f->told_account = account_id;
	f->told_head = *head;
	f->told_head.conversation = NULL;
}

enum status
save_ack(struct fixture *f, const struct caller *who, const struct conversation_range *range)
{
	const struct store_head_sink sink = {.head = note_head, .arg = f};

	f->told_count = 0;
	return store_sqlite.ack_save(f->writer, who, range, &sink, NULL);
}

/* What changes() tells, as one line. */
struct told {
	struct buf text;
	int64_t last_stamp;
};

static void
tell_contact(void *arg, const struct contact *contact)
{
	struct told *told = arg;

	assert_true(contact->stamp > told->last_stamp);
	told->last_stamp = contact->stamp;
	buf_printf(
	    &told->text, "%s=%s%s ", contact->address, contact->name, contact->removed ? "!" : "");
}

static void
tell_group(void *arg, const struct group *group)
{
	struct told *told = arg;

	assert_true(group->stamp > told->last_stamp);
	told->last_stamp = group->stamp;
	buf_printf(
	    &told->text, "%s \"%s\"%s ", group->address, group->name, group->left ? "!" : "");
}

static void
tell_head(void *arg, const struct conversation_head *head)
{
	struct told *told = arg;

	assert_true(head->stamp > told->last_stamp);
	told->last_stamp = head->stamp;
	buf_printf(&told->text, "%s:%lld-%lld ack %lld read %lld ", head->conversation,
	    (long long)head->first, (long long)head->last, (long long)head->ack,
	    (long long)head->read);
}

int64_t
assert_changes(struct fixture *f, const struct caller *who, int64_t from, int64_t until,
    size_t limit, const char *want)
{
	struct told told = {.last_stamp = from};
	const struct store_changes sink = {
	    .contact = tell_contact, .group = tell_group, .head = tell_head, .arg = &told};
	int64_t to = -1;

	buf_init(&told.text, 10000);
	store_begin(f->reader);
	if (!until)
		until = store_sqlite.last_stamp(f->reader);
	OK(store_sqlite.changes(f->reader, who, from, until, limit, &sink, &to, NULL));
	store_commit(f->reader);
	assert_string_equal(buf_string(&told.text), want);
	buf_finish(&told.text);
	return to;
}

int64_t
send_and_commit(struct fixture *f, uint8_t key)
{
	store_begin(f->writer);
	send_key(f, &f->alice, &f->bob, key);
	store_commit(f->writer);
	return store_sqlite.last_stamp(f->writer);
}
