/* Groups and their members, for those who look at them (doc/protocol.md 3.11). */
#include "store-sqlite/sqlite.h"

/* The row of a group that the caller is in: stands at it. NOT_FOUND. */
static enum status
own_group(struct sqlite_store *store, const struct caller *caller, const char *address,
    sqlite3_stmt **st, struct error *err)
{
	bool found;
	enum status status = device_check(store, caller, err);

	if (status != STATUS_OK)
		return status;
	status = member_find(store, ST_GROUP_DETAIL, address, caller->account_id, st, &found, err);
	if (status == STATUS_OK && !found)
		return error_set(err, STATUS_NOT_FOUND, "this account is not in %s", address);
	return status;
}

enum status
sqlite_group_get(struct store *base, const struct caller *caller, const char *address,
    int64_t known, void (*row)(void *arg, const struct group_detail *), void *arg,
    struct error *err)
{
	struct group_detail detail = {.group.address = address};
	sqlite3_stmt *st;
	enum status status = own_group(sqlite_of(base), caller, address, &st, err);

	if (status != STATUS_OK)
		return status;
	detail.group.stamp = sqlite3_column_int64(st, 0);
	detail.group.name = sql_text(st, 1);
	detail.topic = sql_text(st, 2);
	detail.history = sqlite3_column_int(st, 3) != 0;
	detail.members = sqlite3_column_int64(st, 4);
	detail.role = (enum role)sqlite3_column_int(st, 5);
	if (detail.group.stamp != known)
		row(arg, &detail);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_group_members(struct store *base, const struct caller *caller,
    const struct members_query *query, bool (*row)(void *arg, const struct member *), void *arg,
    bool *all, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	int64_t conversation_id;
	sqlite3_stmt *st;
	bool more = true;
	enum status status = own_group(store, caller, query->group, &st, err);

	*all = true;
	if (status != STATUS_OK)
		return status;
	conversation_id = sqlite3_column_int64(st, 6);
	sqlite3_reset(st);
	st = sql_get(store, ST_GROUP_MEMBERS);
	sqlite3_bind_int64(st, 1, conversation_id);
	sqlite3_bind_int64(st, 2, query->since);
	sql_bind_text(st, 3, query->after ? query->after : "");
	while (*all && (status = sql_next(store, st, &more, err)) == STATUS_OK && more)
		*all = row(arg, &(struct member){
		                    .address = sql_text(st, 0),
		                    .role = (enum role)sqlite3_column_int(st, 1),
		                    .stamp = sqlite3_column_int64(st, 2),
		                });
	sqlite3_reset(st);
	return status;
}
