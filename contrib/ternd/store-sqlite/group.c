/* Making and changing groups: who may do what, and what it says (doc/protocol.md 3.12). */
#include "store-sqlite/group_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"

/* ---- the changes ---- */

static void
refuse(struct group_work *work, const char *address, enum wire_error why)
{
	work->sink->refused(work->sink->arg, address, why);
}

static enum status
add_one(struct group_work *work, const char *address, int64_t account_id, struct error *err)
{
	enum status status;

	if (work_role(work, account_id) != ROLE_NONE)
		return STATUS_OK;
	if (work->role < ROLE_ADMIN) {
		work->error = WIRE_NOT_ALLOWED;
		return STATUS_OK;
	}
	if (work->count >= LIMIT_MEMBERS) {
		refuse(work, address, WIRE_TOO_LARGE);
		return STATUS_OK;
	}
	if ((status = work_say(work, "added", address, err)) == STATUS_OK)
		work_move(work, account_id, ROLE_MEMBER);
	return status;
}

static enum status
remove_one(struct group_work *work, const char *address, int64_t account_id, struct error *err)
{
	enum role role = work_role(work, account_id);
	enum status status;

	if (role == ROLE_NONE)
		return STATUS_OK;
	if (work->role < ROLE_ADMIN) {
		work->error = WIRE_NOT_ALLOWED;
		return STATUS_OK;
	}
	/* Nobody removes one of its own role, or itself: leaving is another thing. */
	if (role >= work->role) {
		refuse(work, address, WIRE_NOT_ALLOWED);
		return STATUS_OK;
	}
	if ((status = work_say(work, "removed", address, err)) == STATUS_OK)
		work_move(work, account_id, ROLE_NONE);
	return status;
}

static enum status
say_role(struct group_work *work, const char *address, enum role role, struct error *err)
{
	char text[ADDRESS_SIZE + 16];

	snprintf(text, sizeof text, "%s %s", address, role_name(role));
	return work_say(work, "role", text, err);
}

static enum status
give_role(struct group_work *work, const char *address, int64_t account_id, enum role role,
    struct error *err)
{
	enum role before = work_role(work, account_id);
	enum status status;

	if (before == role)
		return STATUS_OK;
	if (work->role != ROLE_OWNER) {
		work->error = WIRE_NOT_ALLOWED;
		return STATUS_OK;
	}
	/* There is one owner, who stays it until it gives that away. */
	if (before == ROLE_NONE || before == ROLE_OWNER) {
		refuse(work, address, before ? WIRE_NOT_ALLOWED : WIRE_NOT_MEMBER);
		return STATUS_OK;
	}
	if ((status = say_role(work, address, role, err)) != STATUS_OK)
		return status;
	work_move(work, account_id, role);
	if (role == ROLE_OWNER)
		work_move(work, work->caller->account_id, ROLE_ADMIN);
	return STATUS_OK;
}

static enum status
change_one(struct group_work *work, const struct group_change *change, const char *address,
    struct error *err)
{
	int64_t account_id;
	enum status status = account_id_find(work->store, address, &account_id, err);

	if (status != STATUS_OK)
		return status;
	if (!account_id) {
		refuse(work, address, WIRE_NO_RECIPIENT);
		return STATUS_OK;
	}
	switch (change->action) {
	case GROUP_ADD:
		return add_one(work, address, account_id, err);
	case GROUP_REMOVE:
		return remove_one(work, address, account_id, err);
	default:
		return give_role(work, address, account_id, change->role, err);
	}
}

/* Of an account as the store names it. */
static enum status
address_of(
    struct sqlite_store *store, int64_t account_id, struct address *address, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_ACCOUNT_ADDRESS);
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, account_id);
	if ((status = sql_next(store, st, &found, err)))
		return status;
	if (!found)
		return error_set(err, STATUS_IO, "the store is damaged: an account is missing");
	snprintf(address->text, sizeof address->text, "%s", sql_text(st, 0));
	sqlite3_reset(st);
	return STATUS_OK;
}

static enum status
leave(struct group_work *work, struct error *err)
{
	int64_t heir_id = work->role == ROLE_OWNER ? work_heir(work) : 0;
	struct address heir;
	enum status status;

	if (heir_id) {
		if ((status = address_of(work->store, heir_id, &heir, err)) ||
		    (status = say_role(work, heir.text, ROLE_OWNER, err)))
			return status;
		work_move(work, heir_id, ROLE_OWNER);
	}
	if ((status = work_say(work, "left", work->caller->address.text, err)) == STATUS_OK)
		work_move(work, work->caller->account_id, ROLE_NONE);
	return status;
}

static enum status
rename_group(struct group_work *work, const struct group_change *change, struct error *err)
{
	bool name = strcmp(work->name, change->name) != 0;
	bool topic = change->topic && strcmp(work->topic, change->topic) != 0;

	if (!name && !topic)
		return STATUS_OK;
	if (work->role < ROLE_ADMIN) {
		work->error = WIRE_NOT_ALLOWED;
		return STATUS_OK;
	}
	snprintf(work->name, sizeof work->name, "%s", change->name);
	if (topic)
		snprintf(work->topic, sizeof work->topic, "%s", change->topic);
	work->changed = true;
	return name ? work_say(work, "renamed", work->name, err) : STATUS_OK;
}

static void
set_history(struct group_work *work, bool history)
{
	if (work->history == history)
		return;
	if (work->role != ROLE_OWNER) {
		work->error = WIRE_NOT_ALLOWED;
		return;
	}
	work->history = history;
	work->changed = true;
}

static enum status
change_group(struct group_work *work, const struct group_change *change, struct error *err)
{
	enum status status = STATUS_OK;

	switch (change->action) {
	case GROUP_LEAVE:
		return leave(work, err);
	case GROUP_RENAME:
		return rename_group(work, change, err);
	case GROUP_HISTORY:
		set_history(work, change->history);
		return STATUS_OK;
	default:
		break;
	}
	/* What the caller's role does not allow at all is refused before anything was done. */
	for (size_t i = 0; i < change->member_count && !status && !work->error; i++)
		status = change_one(work, change, change->members[i], err);
	return status;
}

/* Whether the caller may speak of the group. *done: there is nothing to do, for it left before. */
static enum status
check_caller(
    struct group_work *work, const struct group_change *change, bool *done, struct error *err)
{
	sqlite3_stmt *st;
	bool known;
	enum status status;

	*done = false;
	if (work->role != ROLE_NONE)
		return STATUS_OK;
	status = member_find(
	    work->store, ST_GROUP_GET, change->group, work->caller->account_id, &st, &known, err);
	if (status == STATUS_OK && known)
		sqlite3_reset(st);
	*done = known && change->action == GROUP_LEAVE;
	if (status == STATUS_OK && !*done)
		work->error = WIRE_NOT_MEMBER;
	return status;
}

static enum status
run_change(struct group_work *work, const struct group_change *change, struct error *err)
{
	bool found, done = false;
	enum status status = work_open(work, change->group, &found, err);

	if (status == STATUS_OK && !found)
		work->error = WIRE_NO_RECIPIENT;
	if (status != STATUS_OK || work->error)
		return status;
	if ((status = check_caller(work, change, &done, err)) || work->error)
		return status;
	if (!done && (status = change_group(work, change, err)))
		return status;
	if (work->error)
		return STATUS_OK;
	if (work->changed && (status = work_close(work, err)))
		return status;
	return work_answer(work, err);
}

/* What the caller gets of work that is over. */
static enum status
give_result(struct group_work *work, struct store_group_result *result, enum status status)
{
	result->error = work->error;
	if (status == STATUS_OK && !work->error)
		result->roster = roster_hold(work->head->roster);
	work_finish(work);
	return status;
}

enum status
sqlite_group_change(struct store *base, const struct caller *caller,
    const struct group_change *change, const struct store_group_sink *sink,
    struct store_group_result *result, struct error *err)
{
	struct group_work work;
	enum status status = device_check(sqlite_of(base), caller, err);

	*result = (struct store_group_result){0};
	if (status != STATUS_OK)
		return status;
	work_begin(&work, base, caller, sink, change->member_count);
	return give_result(&work, result, run_change(&work, change, err));
}

/* ---- making one ---- */

static void
digest_create(uint8_t digest[KEY_DIGEST], const struct group_create *create)
{
	const char **fields = mem_zalloc(4 + create->member_count, sizeof *fields);

	fields[0] = "group-create";
	fields[1] = create->address;
	fields[2] = create->name;
	fields[3] = create->history ? "1" : "0";
	for (size_t i = 0; i < create->member_count; i++)
		fields[4 + i] = create->members[i];
	key_digest(digest, fields, 4 + create->member_count);
	free(fields);
}

static enum status
add_group(struct group_work *work, const struct group_create *create, struct error *err)
{
	struct sqlite_store *store = work->store;
	sqlite3_stmt *st = sql_get(store, ST_CONVERSATION_ADD);
	bool added;
	enum status status;

	sqlite3_bind_int(st, 1, KIND_GROUP);
	sqlite3_bind_null(st, 2);
	sqlite3_bind_null(st, 3);
	if ((status = sql_next(store, st, &added, err)))
		return status;
	work->head = heads_add_group(&store->heads, create->address);
	heads_set_roster(&store->heads, work->head, roster_create(NULL, 0));
	work->head->conversation_id = sqlite3_column_int64(st, 0);
	work->head->first_msg_id = 1;
	sqlite3_reset(st);
	snprintf(work->name, sizeof work->name, "%s", create->name);
	work->history = create->history;
	st = sql_get(store, ST_GROUP_ADD);
	sqlite3_bind_int64(st, 1, work->head->conversation_id);
	sql_bind_text(st, 2, create->address);
	sql_bind_text(st, 3, create->name);
	sqlite3_bind_int(st, 4, create->history);
	sqlite3_bind_int64(st, 5, work->caller->account_id);
	sql_bind_blob(st, 6, create->key.bytes, KEY_BYTES);
	return sql_run(store, st, err);
}

/* Makes what is not there yet. */
static enum status
make_group(struct group_work *work, const struct group_create *create,
    const uint8_t digest[KEY_DIGEST], struct error *err)
{
	const struct group_change others = {
	    .action = GROUP_ADD,
	    .members = create->members,
	    .member_count = create->member_count,
	};
	struct key_row row = {.msg_id = 1};
	enum status status;

	if ((status = add_group(work, create, err)) ||
	    (status = work_say(work, "created", work->name, err)))
		return status;
	work_move(work, work->caller->account_id, ROLE_OWNER);
	work->role = ROLE_OWNER;
	row.conversation_id = work->head->conversation_id;
	row.time = time_wall();
	row.stamp = work->head->stamp;
	memcpy(row.digest, digest, KEY_DIGEST);
	if ((status = key_add(work->store, work->caller, &create->key, &row, err)) ||
	    (status = change_group(work, &others, err)))
		return status;
	return work_close(work, err);
}

/* The group is there. A repeat refuses whom it refused: there is still no such account. */
static enum status
find_group(
    struct group_work *work, const struct group_create *create, bool repeated, struct error *err)
{
	enum status status = STATUS_OK;

	if (!repeated && (work->creator_id != work->caller->account_id ||
	                     !key_equal(&work->key, &create->key))) {
		work->error = WIRE_EXISTS;
		return STATUS_OK;
	}
	for (size_t i = 0; i < create->member_count && status == STATUS_OK; i++) {
		int64_t account_id;

		status = account_id_find(work->store, create->members[i], &account_id, err);
		if (status == STATUS_OK && !account_id)
			refuse(work, create->members[i], WIRE_NO_RECIPIENT);
	}
	return status;
}

static enum status
run_create(struct group_work *work, const struct group_create *create, struct error *err)
{
	uint8_t digest[KEY_DIGEST];
	struct key_row known;
	bool found = false;
	enum status status;

	digest_create(digest, create);
	if ((status = key_get(work->store, work->caller->account_id, &create->key, &known, err)))
		return status;
	if (known.found && memcmp(known.digest, digest, KEY_DIGEST) != 0) {
		work->error = WIRE_KEY_CONFLICT;
		return STATUS_OK;
	}
	if ((status = work_open(work, create->address, &found, err)))
		return status;
	status = found ? find_group(work, create, known.found, err)
	               : make_group(work, create, digest, err);
	if (status != STATUS_OK || work->error)
		return status;
	return work_answer(work, err);
}

enum status
sqlite_group_create(struct store *base, const struct caller *caller,
    const struct group_create *create, const struct store_group_sink *sink,
    struct store_group_result *result, struct error *err)
{
	struct group_work work;
	enum status status = device_check(sqlite_of(base), caller, err);

	*result = (struct store_group_result){0};
	if (status != STATUS_OK)
		return status;
	work_begin(&work, base, caller, sink, create->member_count);
	return give_result(&work, result, run_create(&work, create, err));
}
