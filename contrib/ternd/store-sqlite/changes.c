/* What changed for an account: login-sync (doc/protocol.md 3.4). */
#include "store-sqlite/sqlite.h"

/* The rows of one kind, in the order of their stamps. */
struct change_list {
	sqlite3_stmt *st;
	bool has_row;
};

static enum status
list_open(struct change_list *list, struct sqlite_store *store, enum statement id,
    const struct caller *reader, const int64_t interval[2], size_t limit, struct error *err)
{
	list->st = sql_get(store, id);
	sqlite3_bind_int64(list->st, 1, reader->account_id);
	sqlite3_bind_int64(list->st, 2, interval[0]);
	sqlite3_bind_int64(list->st, 3, interval[1]);
	sqlite3_bind_int64(list->st, 4, (int64_t)limit);
	return sql_next(store, list->st, &list->has_row, err);
}

static struct contact
read_contact(sqlite3_stmt *st)
{
	return (struct contact){
	    .stamp = sqlite3_column_int64(st, 0),
	    .address = sql_text(st, 1),
	    .name = sql_text(st, 2),
	    .removed = sqlite3_column_int(st, 3) != 0,
	};
}

static struct conversation_head
read_head(sqlite3_stmt *st)
{
	return (struct conversation_head){
	    .stamp = sqlite3_column_int64(st, 0),
	    .conversation = sql_text(st, 1),
	    .first = sqlite3_column_int64(st, 2),
	    .last = sqlite3_column_int64(st, 3),
	    .ack = sqlite3_column_int64(st, 4),
	    .read = sqlite3_column_int64(st, 5),
	};
}

/* True where the next row to tell is a contact. */
static bool
contact_is_next(const struct change_list *contacts, const struct change_list *heads)
{
	return contacts->has_row && (!heads->has_row || sqlite3_column_int64(contacts->st, 0) <
	                                                    sqlite3_column_int64(heads->st, 0));
}

enum status
sqlite_changes(struct store *base, const struct caller *reader, int64_t from, int64_t until,
    size_t limit, void (*contact)(void *arg, const struct contact *),
    void (*head)(void *arg, const struct conversation_head *), void *arg, int64_t *to,
    struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	const int64_t interval[2] = {from, until};
	struct change_list contacts = {0}, heads = {0};
	enum status status;

	if ((status = device_check(store, reader, err)) ||
	    (status = list_open(
	         &contacts, store, ST_CONTACT_CHANGES, reader, interval, limit + 1, err)) ||
	    (status = list_open(&heads, store, ST_HEAD_CHANGES, reader, interval, limit + 1, err)))
		goto out;
	*to = from;
	for (size_t told = 0; told < limit && (contacts.has_row || heads.has_row); told++) {
		struct change_list *next = contact_is_next(&contacts, &heads) ? &contacts : &heads;

		*to = sqlite3_column_int64(next->st, 0);
		if (next == &contacts) {
			struct contact row = read_contact(next->st);

			contact(arg, &row);
		} else {
			struct conversation_head row = read_head(next->st);

			head(arg, &row);
		}
		if ((status = sql_next(store, next->st, &next->has_row, err)))
			goto out;
	}
	if (!contacts.has_row && !heads.has_row)
		*to = until;
out:
	sqlite3_reset(contacts.st);
	sqlite3_reset(heads.st);
	return status;
}
