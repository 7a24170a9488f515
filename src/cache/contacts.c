#include "cache/internal.h"

enum status
contacts_put(struct cache *cache, const struct contact *contacts, size_t count, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = cache_run(cache, SQL_CONTACT_PUT,
		    VALUES(TEXT(contacts[i].address), TEXT(contacts[i].name),
		        INT(contacts[i].stamp), INT(contacts[i].removed)),
		    err);
	return status;
}

enum status
cache_store_contacts(
    struct cache *cache, const struct contact *contacts, size_t count, struct error *err)
{
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	return cache_end(cache, contacts_put(cache, contacts, count, err), err);
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
			row(arg, &(struct contact){
			             .address = column_text(statement, 0),
			             .name = column_text(statement, 1),
			             .stamp = sqlite3_column_int64(statement, 2),
			         });
	}
	return cache_end(cache, status, err);
}
