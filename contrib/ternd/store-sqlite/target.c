/* Messages that name another one: what they may name, what a recall erases, and what was done to a
 * message (doc/protocol.md 3.2, 3.6). */
#include "store-sqlite/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What is known of a message that is named. */
struct target {
	bool found;
	int64_t sender_id;
	bool amendable;
	bool recalled;
};

static enum status
target_get(struct sqlite_store *store, int64_t conversation_id, int64_t msg_id,
    struct target *target, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_MESSAGE_TARGET);
	enum status status;

	sqlite3_bind_int64(st, 1, conversation_id);
	sqlite3_bind_int64(st, 2, msg_id);
	if ((status = sql_next(store, st, &target->found, err)) || !target->found)
		return status;
	target->sender_id = sqlite3_column_int64(st, 0);
	target->amendable = message_is_amendable(sql_text(st, 1));
	target->recalled = strcmp(sql_text(st, 2), BODY_ERASED) == 0;
	sqlite3_reset(st);
	return STATUS_OK;
}

/* In a group: whether the id lies in what the account may see. */
static enum status
is_visible(struct sqlite_store *store, const struct caller *caller, const struct head *head,
    int64_t msg_id, bool *visible, struct error *err)
{
	sqlite3_stmt *st;
	enum status status;

	*visible = msg_id >= head->first_msg_id;
	if (!head->roster || !*visible)
		return STATUS_OK;
	st = sql_get(store, ST_SPAN_LIST);
	sqlite3_bind_int64(st, 1, caller->account_id);
	sqlite3_bind_int64(st, 2, head->conversation_id);
	sqlite3_bind_int64(st, 3, msg_id);
	sqlite3_bind_int64(st, 4, msg_id);
	status = sql_next(store, st, visible, err);
	sqlite3_reset(st);
	return status;
}

static enum wire_error
refusal_of(const struct caller *sender, const struct send_item *item, const struct head_to *to,
    const struct target *target)
{
	bool own = target->sender_id == sender->account_id;

	if (!target->found || !target->amendable)
		return WIRE_BAD_TARGET;
	if (strcmp(item->type, "text") == 0)
		return WIRE_OK;
	if (target->recalled || (strcmp(item->type, "edit") == 0 && !own))
		return WIRE_BAD_TARGET;
	if (strcmp(item->type, "recall") == 0 && !own) {
		if (!to->head->roster)
			return WIRE_BAD_TARGET;
		if (to->member->role < ROLE_ADMIN)
			return WIRE_NOT_ALLOWED;
	}
	return WIRE_OK;
}

enum status
target_check(struct sqlite_store *store, const struct caller *sender, const struct send_item *item,
    const struct head_to *to, enum wire_error *refusal, struct error *err)
{
	struct target target = {0};
	bool visible = false;
	enum status status = STATUS_OK;

	if (!item->target)
		return STATUS_OK;
	if (to->head)
		status = is_visible(store, sender, to->head, item->target, &visible, err);
	if (status == STATUS_OK && visible)
		status = target_get(store, to->head->conversation_id, item->target, &target, err);
	if (status == STATUS_OK)
		*refusal = refusal_of(sender, item, to, &target);
	return status;
}

enum status
target_erase(struct sqlite_store *store, int64_t conversation_id, int64_t msg_id, struct error *err)
{
	static const enum statement erase[] = {ST_MESSAGE_ERASE, ST_EDITS_ERASE};

	for (size_t i = 0; i < sizeof erase / sizeof *erase; i++) {
		sqlite3_stmt *st = sql_get(store, erase[i]);
		enum status status;

		sqlite3_bind_int64(st, 1, conversation_id);
		sqlite3_bind_int64(st, 2, msg_id);
		if ((status = sql_run(store, st, err)))
			return status;
	}
	store->erasing = true;
	return STATUS_OK;
}

enum status
sqlite_amendments(struct store *base, const struct caller *reader,
    const struct store_message *target, size_t limit,
    void (*row)(void *arg, const struct store_message *), void *arg, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_AMENDMENTS);
	bool edited = false;
	size_t told = 0;
	enum status status = STATUS_OK;

	sqlite3_bind_int64(st, 1, reader->account_id);
	sqlite3_bind_int64(st, 2, target->conversation_id);
	sqlite3_bind_int64(st, 3, target->message.msg_id);
	while (status == STATUS_OK && told < limit) {
		struct store_message message;
		bool found, edit;

		if ((status = sql_next(store, st, &found, err)) || !found)
			break;
		message = read_message(st, reader, target->message.conversation);
		edit = strcmp(message.message.type, "edit") == 0;
		/* An older edit makes no difference any more. */
		if (edit && edited)
			continue;
		edited |= edit;
		row(arg, &message);
		told++;
	}
	sqlite3_reset(st);
	return status;
}
