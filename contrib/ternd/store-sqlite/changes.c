/* What changed for an account: login-sync (doc/protocol.md 3.4). */
#include "store-sqlite/sqlite.h"

#include <string.h>

/* The rows of one kind, in the order of their stamps, which are column 0. */
struct change_list {
	const struct change_kind *kind;
	sqlite3_stmt *st;
	bool has_row;
};

struct change_kind {
	enum statement id; /* of the account, from, until, a limit of rows */
	/* Returns how many bytes of text it told. */
	size_t (*tell)(
	    sqlite3_stmt *st, const struct caller *reader, const struct store_changes *told);
};

enum { TEXT_MAX = 512 * 1024 }; /* bytes in an answer: the rest follows */

static struct contact
read_contact(sqlite3_stmt *st)
{
	return (struct contact){
	    .stamp = sqlite3_column_int64(st, 0),
	    .address = sql_text(st, 1),
	    .name = sql_text(st, 2),
	    .removed = sqlite3_column_int(st, 3) != 0,
	    .profile = sqlite3_column_int64(st, 4),
	};
}

static size_t
tell_contact(sqlite3_stmt *st, const struct caller *reader, const struct store_changes *told)
{
	const struct contact contact = read_contact(st);

	(void)reader;
	told->contact(told->arg, &contact);
	return 0;
}

static size_t
tell_group(sqlite3_stmt *st, const struct caller *reader, const struct store_changes *told)
{
	struct group group;

	read_group(st, &group);
	(void)reader;
	told->group(told->arg, &group);
	return 0;
}

static size_t
tell_head(sqlite3_stmt *st, const struct caller *reader, const struct store_changes *told)
{
	struct conversation_head head;

	read_head(st, &head);
	(void)reader;
	told->head(told->arg, &head);
	return 0;
}

static size_t
tell_amendment(sqlite3_stmt *st, const struct caller *reader, const struct store_changes *told)
{
	const struct store_message message =
	    read_message(st, reader, sql_text(st, MESSAGE_CONVERSATION));

	told->amendment(told->arg, &message);
	return message.text_json ? strlen(message.text_json) : 0;
}

static const struct change_kind kinds[] = {
    {ST_CONTACT_CHANGES, tell_contact},
    {ST_GROUP_CHANGES, tell_group},
    {ST_HEAD_CHANGES, tell_head},
    {ST_GROUP_HEAD_CHANGES, tell_head},
    {ST_AMENDMENT_CHANGES, tell_amendment},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static enum status
list_open(struct change_list *list, struct sqlite_store *store, const struct change_kind *kind,
    const struct caller *reader, const int64_t interval[2], size_t limit, struct error *err)
{
	list->kind = kind;
	list->st = sql_get(store, kind->id);
	sqlite3_bind_int64(list->st, 1, reader->account_id);
	sqlite3_bind_int64(list->st, 2, interval[0]);
	sqlite3_bind_int64(list->st, 3, interval[1]);
	sqlite3_bind_int64(list->st, 4, (int64_t)limit);
	return sql_next(store, list->st, &list->has_row, err);
}

/* The list whose row comes next; NULL where there is none. */
static struct change_list *
next_list(struct change_list lists[KINDS])
{
	struct change_list *next = NULL;

	for (int i = 0; i < KINDS; i++)
		if (lists[i].has_row && (!next || sqlite3_column_int64(lists[i].st, 0) <
		                                      sqlite3_column_int64(next->st, 0)))
			next = &lists[i];
	return next;
}

/* Rows of one stamp stay together: nobody could ask for the second one alone. */
static enum status
tell_lists(struct sqlite_store *store, struct change_list lists[KINDS], const struct caller *reader,
    size_t limit, int64_t until, const struct store_changes *told, int64_t *to, struct error *err)
{
	struct change_list *next;
	size_t bytes = 0;
	enum status status;

	for (size_t count = 0; (next = next_list(lists)); count++) {
		int64_t stamp = sqlite3_column_int64(next->st, 0);

		if ((count >= limit || bytes >= TEXT_MAX) && stamp != *to)
			return STATUS_OK;
		bytes += next->kind->tell(next->st, reader, told);
		*to = stamp;
		if ((status = sql_next(store, next->st, &next->has_row, err)))
			return status;
	}
	*to = until;
	return STATUS_OK;
}

enum status
sqlite_changes(struct store *base, const struct caller *reader, int64_t from, int64_t until,
    size_t limit, const struct store_changes *told, int64_t *to, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	const int64_t interval[2] = {from, until};
	struct change_list lists[KINDS] = {0};
	enum status status = device_check(store, reader, err);

	*to = from;
	for (int i = 0; i < KINDS && status == STATUS_OK; i++)
		if (kinds[i].tell != tell_amendment || told->amendment)
			status = list_open(
			    &lists[i], store, &kinds[i], reader, interval, limit + 1, err);
	if (status == STATUS_OK)
		status = tell_lists(store, lists, reader, limit, until, told, to, err);
	for (int i = 0; i < KINDS; i++)
		sqlite3_reset(lists[i].st);
	return status;
}

enum status
sqlite_contacts(struct store *base, const struct caller *reader, const char *after,
    const char *upto, bool (*row)(void *arg, const struct contact *), void *arg, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st = sql_get(store, ST_CONTACT_RANGE);
	bool found = true;
	enum status status = device_check(store, reader, err);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(st, 1, reader->account_id);
	sql_bind_text(st, 2, after);
	sql_bind_text(st, 3, upto);
	while ((status = sql_next(store, st, &found, err)) == STATUS_OK && found) {
		struct contact contact = read_contact(st);

		if (!row(arg, &contact))
			break;
	}
	sqlite3_reset(st);
	return status;
}
