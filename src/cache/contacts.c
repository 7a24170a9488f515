#include "cache/internal.h"

enum status
contacts_put(struct cache *cache, const struct contact *contacts, size_t count, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = cache_run(cache, SQL_CONTACT_PUT,
		    VALUES(TEXT(contacts[i].address), TEXT(contacts[i].name),
		        INT(contacts[i].stamp), INT(contacts[i].removed), INT(contacts[i].profile)),
		    err);
	return status;
}

enum status
cache_store_contacts(struct cache *cache, const char *generation, const struct contact *contacts,
    size_t count, enum cache_applied *applied, struct error *err)
{
	int64_t stamp = 0;
	bool fits;
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		if (contacts[i].stamp > stamp)
			stamp = contacts[i].stamp;
	status = generation_fits(cache, generation, &fits, err);
	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status == STATUS_OK && fits)
		status = contacts_put(cache, contacts, count, err);
	if (status == STATUS_OK && fits)
		status = generation_note(cache, generation, stamp, err);
	return cache_end(cache, status, err);
}

static void
tell_contact(
    sqlite3_stmt *statement, void (*row)(void *arg, const struct contact *contact), void *arg)
{
	row(arg, &(struct contact){
	             .address = column_text(statement, 0),
	             .name = column_text(statement, 1),
	             .stamp = sqlite3_column_int64(statement, 2),
	             .profile = sqlite3_column_int64(statement, 3),
	             .display = column_text(statement, 4),
	         });
}

enum status
cache_contacts(struct cache *cache, void (*row)(void *arg, const struct contact *contact),
    void *arg, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, SQL_CONTACT_LIST, NO_VALUES, &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			tell_contact(statement, row, arg);
	}
	return cache_end(cache, status, err);
}

enum status
cache_contact_get(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct contact *contact), void *arg, bool *found,
    struct error *err)
{
	sqlite3_stmt *statement;
	enum status status = cache_begin(cache, READ, err);

	*found = false;
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_CONTACT_GET, VALUES(TEXT(address)), &statement, found, err);
	if (status == STATUS_OK && *found)
		tell_contact(statement, row, arg);
	return cache_end(cache, status, err);
}
