#include "group_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *
name_of(struct fixture *f, int64_t account_id)
{
	return account_id == 0                     ? "all"
	       : account_id == f->alice.account_id ? "alice"
	       : account_id == f->bob.account_id   ? "bob"
	                                           : "carol";
}

static void
tell_message(void *arg, const struct store_message *row)
{
	struct told *told = arg;

	assert_true(row->message.stamp > told->stamp);
	told->stamp = row->message.stamp;
	buf_printf(&told->text, "%lld %s %s; ", (long long)row->message.msg_id, row->message.type,
	    row->text_json);
}

static void
tell_gone(void *arg, int64_t account_id, int64_t last)
{
	struct told *told = arg;

	buf_printf(&told->text, "%s sees to %lld; ", name_of(told->f, account_id), (long long)last);
}

static void
tell_head(void *arg, int64_t account_id, const struct conversation_head *head)
{
	struct told *told = arg;

	assert_true(head->stamp > told->stamp);
	told->stamp = head->stamp;
	assert_string_equal(head->conversation, TEAM);
	buf_printf(&told->text, "%s %lld-%lld; ", name_of(told->f, account_id),
	    (long long)head->first, (long long)head->last);
}

static void
tell_group(void *arg, int64_t account_id, const struct group *group)
{
	struct told *told = arg;

	assert_true(group->stamp > told->stamp);
	told->stamp = group->stamp;
	assert_string_equal(group->address, TEAM);
	buf_printf(&told->text, "%s: %s%s; ", name_of(told->f, account_id), group->name,
	    group->left ? "!" : "");
}

static void
tell_refused(void *arg, const char *address, enum wire_error why)
{
	struct told *told = arg;

	buf_printf(&told->text, "%s %s; ", address, wire_error_name(why));
}

static void
tell_answer(void *arg, const struct group *group, const struct conversation_head *head)
{
	struct told *told = arg;

	assert_string_equal(group->address, TEAM);
	buf_printf(&told->text, "= %s%s %lld-%lld ack %lld", group->name, group->left ? "!" : "",
	    (long long)head->first, (long long)head->last, (long long)head->ack);
}

struct store_group_sink
group_sink(struct told *told)
{
	return (struct store_group_sink){
	    tell_message, tell_gone, tell_head, tell_group, tell_refused, tell_answer, told};
}

enum wire_error
group_do(struct fixture *f, const struct caller *caller, const struct group_create *create,
    const struct group_change *change, struct buf *text)
{
	struct told told = {.f = f};
	struct store_group_sink sink = group_sink(&told);
	struct store_group_result result;

	buf_init(&told.text, 100000);
	store_begin(f->writer);
	if (create)
		OK(store_sqlite.group_create(f->writer, caller, create, &sink, &result, NULL));
	else
		OK(store_sqlite.group_change(f->writer, caller, change, &sink, &result, NULL));
	store_commit(f->writer);
	if (text)
		buf_add_string(text, buf_string(&told.text));
	assert_true(!result.roster == (result.error != WIRE_OK));
	roster_release(result.roster);
	buf_finish(&told.text);
	return result.error;
}

static const char *const everybody[] = {"bob@localhost", "carol@localhost"};

struct group_create
team(uint8_t key, bool history, size_t members)
{
	return (struct group_create){
	    .key = make_key(key),
	    .address = TEAM,
	    .name = "Team",
	    .history = history,
	    .members = (const char **)everybody,
	    .member_count = members,
	};
}
