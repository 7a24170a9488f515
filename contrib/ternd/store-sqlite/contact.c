#include "store-sqlite/sqlite.h"

#include <stdio.h>
#include <string.h>

/* What the row says by now, compared with *contact: its stamp where it is the same. */
static enum status
compare_contact(struct sqlite_store *store, int64_t owner_id, struct contact *contact,
    char kept[LIMIT_NAME + 1], bool *unchanged, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_CONTACT_GET);
	bool found;
	enum status status;

	sqlite3_bind_int64(st, 1, owner_id);
	sql_bind_text(st, 2, contact->address);
	if ((status = sql_next(store, st, &found, err)))
		return status;
	if (!contact->name) {
		snprintf(kept, LIMIT_NAME + 1, "%s", found ? sql_text(st, 0) : "");
		contact->name = kept;
	}
	*unchanged = found && strcmp(sql_text(st, 0), contact->name) == 0 &&
	             (sqlite3_column_int(st, 1) != 0) == contact->removed;
	if (*unchanged)
		contact->stamp = sqlite3_column_int64(st, 2);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_contact_set(struct store *base, const struct caller *owner, struct contact *contact,
    char kept[LIMIT_NAME + 1], bool *changed, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	sqlite3_stmt *st;
	int64_t account_id;
	bool unchanged;
	enum status status;

	*changed = false;
	if ((status = device_check(store, owner, err)) ||
	    (status = profile_find(store, contact->address, &account_id, &contact->profile, err)) ||
	    (status = compare_contact(store, owner->account_id, contact, kept, &unchanged, err)) ||
	    unchanged)
		return status;
	*changed = true;
	contact->stamp = stamp_next(store);
	st = sql_get(store, ST_CONTACT_PUT);
	sqlite3_bind_int64(st, 1, owner->account_id);
	sql_bind_text(st, 2, contact->address);
	sql_bind_text(st, 3, contact->name);
	sqlite3_bind_int(st, 4, contact->removed);
	sqlite3_bind_int64(st, 5, contact->stamp);
	return sql_run(store, st, err);
}
