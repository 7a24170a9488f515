#include "store-sqlite/group_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "base/timeu.h"

/* Adds the row of the newest message, with the head's counts. */
static enum status
add_message(
    struct group_work *work, const struct store_message *row, const char *text, struct error *err)
{
	const struct head *head = work->head;
	sqlite3_stmt *st = sql_get(work->store, ST_MESSAGE_ADD);

	sqlite3_bind_int64(st, 1, head->conversation_id);
	sqlite3_bind_int64(st, 2, row->message.msg_id);
	sqlite3_bind_int64(st, 3, row->sender_id);
	sqlite3_bind_int64(st, 4, row->message.time);
	sqlite3_bind_int64(st, 5, row->message.stamp);
	sql_bind_text(st, 6, row->message.type);
	sql_bind_text(st, 7, row->text_json);
	sqlite3_bind_int64(st, 8, (int64_t)strlen(text));
	sql_bind_blob(st, 9, "", 0); /* no device gave it a key */
	sqlite3_bind_int64(st, 10, head->counted);
	sqlite3_bind_int64(st, 11, head->bytes);
	sqlite3_bind_null(st, 12); /* it names no other */
	sqlite3_bind_null(st, 13);
	sqlite3_bind_null(st, 14);
	return sql_run(work->store, st, err);
}

enum status
work_say(struct group_work *work, const char *type, const char *text, struct error *err)
{
	struct head *head = work->head;
	struct buf json;
	struct store_message row = {
	    .message =
	        {
	            .conversation = head->address,
	            .msg_id = ++head->last_msg_id,
	            .from = work->caller->address.text,
	            .time = time_wall(),
	            .stamp = stamp_next(work->store),
	            .type = type,
	        },
	    .sender_id = work->caller->account_id,
	};
	enum status status;

	buf_init(&json, 6 * LIMIT_TEXT);
	json_add_string(&json, text);
	row.text_json = buf_string(&json);
	head->bytes += (int64_t)strlen(text);
	heads_change(&work->store->heads, head, row.message.stamp, row.sender_id, 0);
	status = add_message(work, &row, text, err);
	if (status == STATUS_OK)
		work->sink->message(work->sink->arg, &row);
	buf_finish(&json);
	work->changed = true;
	return status;
}

/* ---- the copy of the roster ---- */

/* Where the account stands, or would. */
static size_t
place_of(const struct group_work *work, int64_t account_id)
{
	size_t low = 0, high = work->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (work->members[middle].account_id < account_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum role
work_role(const struct group_work *work, int64_t account_id)
{
	size_t at = place_of(work, account_id);

	return at < work->count && work->members[at].account_id == account_id
	           ? work->members[at].role
	           : ROLE_NONE;
}

void
work_move(struct group_work *work, int64_t account_id, enum role role)
{
	size_t at = place_of(work, account_id);
	enum role before = work_role(work, account_id);
	struct roster_member *member;

	if (before == ROLE_NONE) {
		if (work->count == work->room) {
			work->room = 2 * work->room + 16;
			work->members =
			    mem_resize(work->members, work->room, sizeof *work->members);
		}
		memmove(&work->members[at + 1], &work->members[at],
		    (work->count++ - at) * sizeof *work->members);
		work->members[at] = (struct roster_member){
		    .account_id = account_id, .joined = work->head->last_msg_id};
	}
	member = &work->members[at];
	member->role = role;
	if (role == ROLE_NONE)
		memmove(member, member + 1, (--work->count - at) * sizeof *work->members);
	work->moves[work->move_count++] = (struct group_move){
	    .account_id = account_id,
	    .before = before,
	    .after = role,
	    .msg_id = work->head->last_msg_id,
	};
}

int64_t
work_heir(const struct group_work *work)
{
	const struct roster_member *heir = NULL;

	for (size_t i = 0; i < work->count; i++) {
		const struct roster_member *member = &work->members[i];

		if (member->role == ROLE_OWNER)
			continue;
		if (!heir || member->role > heir->role ||
		    (member->role == heir->role && member->joined < heir->joined))
			heir = member;
	}
	return heir ? heir->account_id : 0;
}

/* ---- beginning and ending ---- */

void
work_begin(struct group_work *work, struct store *base, const struct caller *caller,
    const struct store_group_sink *sink, size_t max_moves)
{
	*work = (struct group_work){.store = sqlite_of(base), .caller = caller, .sink = sink};
	work->moves = mem_zalloc(max_moves + 2, sizeof *work->moves);
}

void
work_finish(struct group_work *work)
{
	free(work->members);
	free(work->moves);
}

enum status
work_open(struct group_work *work, const char *address, bool *found, struct error *err)
{
	sqlite3_stmt *st = sql_get(work->store, ST_GROUP_FIND);
	const struct roster *roster;
	enum status status;

	sql_bind_text(st, 1, address);
	if ((status = sql_next(work->store, st, found, err)) || !*found)
		return status;
	snprintf(work->name, sizeof work->name, "%s", sql_text(st, 1));
	snprintf(work->topic, sizeof work->topic, "%s", sql_text(st, 2));
	work->history = sqlite3_column_int(st, 3) != 0;
	work->creator_id = sqlite3_column_int64(st, 4);
	if (sqlite3_column_bytes(st, 5) == KEY_BYTES)
		memcpy(work->key.bytes, sqlite3_column_blob(st, 5), KEY_BYTES);
	sqlite3_reset(st);
	if ((status = head_get_group(work->store, address, &work->head, err)))
		return status;
	roster = work->head->roster;
	work->room = work->count = roster->count;
	work->members = mem_zalloc(roster->count + 1, sizeof *work->members);
	memcpy(work->members, roster->members, roster->count * sizeof *work->members);
	work->role = work_role(work, work->caller->account_id);
	return STATUS_OK;
}

static enum status
save_move(struct group_work *work, const struct group_move *moved, struct error *err)
{
	if (moved->before == ROLE_NONE)
		return member_came(work->store, work->head, moved, work->history, err);
	if (moved->after == ROLE_NONE)
		return member_went(work->store, work->head, moved, work->name, err);
	return member_role(work->store, work->head, moved, err);
}

static enum status
save_group(struct group_work *work, struct error *err)
{
	sqlite3_stmt *st = sql_get(work->store, ST_GROUP_SAVE);

	sqlite3_bind_int64(st, 1, work->head->conversation_id);
	sql_bind_text(st, 2, work->name);
	sql_bind_text(st, 3, work->topic);
	sqlite3_bind_int(st, 4, work->history);
	sqlite3_bind_int64(st, 5, (int64_t)work->count);
	sqlite3_bind_int64(st, 6, stamp_next(work->store));
	return sql_run(work->store, st, err);
}

/* The head, or the group, as an account sees it, to the sink. whom: as the sink's functions want.
 */
static enum status
tell_head(struct group_work *work, int64_t account_id, struct error *err)
{
	struct conversation_head head;
	sqlite3_stmt *st;
	enum status status =
	    member_row(work->store, ST_GROUP_HEAD_GET, work->head->address, account_id, &st, err);

	if (status != STATUS_OK)
		return status;
	read_head(st, &head);
	work->sink->head(work->sink->arg, account_id, &head);
	sqlite3_reset(st);
	return STATUS_OK;
}

static enum status
tell_group(struct group_work *work, int64_t account_id, int64_t whom, struct error *err)
{
	struct group group;
	sqlite3_stmt *st;
	enum status status =
	    member_row(work->store, ST_GROUP_GET, work->head->address, account_id, &st, err);

	if (status != STATUS_OK)
		return status;
	read_group(st, &group);
	work->sink->group(work->sink->arg, whom, &group);
	sqlite3_reset(st);
	return STATUS_OK;
}

/* Those that came or went hear of it by rows of their own. */
static enum status
tell_moves(struct group_work *work, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < work->move_count && status == STATUS_OK; i++) {
		const struct group_move *moved = &work->moves[i];

		if (moved->before != ROLE_NONE && moved->after != ROLE_NONE)
			continue;
		status = tell_head(work, moved->account_id, err);
		if (status != STATUS_OK || moved->after != ROLE_NONE)
			continue;
		status = tell_group(work, moved->account_id, moved->account_id, err);
		work->sink->gone(work->sink->arg, moved->account_id, moved->msg_id);
	}
	return status;
}

enum status
work_close(struct group_work *work, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < work->move_count && status == STATUS_OK; i++)
		status = save_move(work, &work->moves[i], err);
	if (status != STATUS_OK || (status = save_group(work, err)) ||
	    (status = heads_save(work->store, err)))
		return status;
	heads_set_roster(
	    &work->store->heads, work->head, roster_create(work->members, work->count));
	if ((status = tell_moves(work, err)) || work->count == 0)
		return status;
	return tell_group(work, work->members[0].account_id, 0, err);
}

enum status
work_answer(struct group_work *work, struct error *err)
{
	const char *address = work->head->address;
	int64_t account_id = work->caller->account_id;
	struct conversation_head head;
	struct group group;
	sqlite3_stmt *group_st, *head_st;
	enum status status;

	if ((status = heads_save(work->store, err)) ||
	    (status = member_row(work->store, ST_GROUP_GET, address, account_id, &group_st, err)) ||
	    (status =
	            member_row(work->store, ST_GROUP_HEAD_GET, address, account_id, &head_st, err)))
		return status;
	read_group(group_st, &group);
	read_head(head_st, &head);
	work->sink->answer(work->sink->arg, &group, &head);
	sqlite3_reset(group_st);
	sqlite3_reset(head_st);
	return STATUS_OK;
}
