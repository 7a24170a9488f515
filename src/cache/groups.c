/* The groups that this account is or was in, as login-sync lists them. */
#include "cache/internal.h"

enum status
groups_put(struct cache *cache, const struct group *groups, size_t count, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = cache_run(cache, SQL_GROUP_PUT,
		    VALUES(TEXT(groups[i].address), TEXT(groups[i].name), INT(groups[i].stamp),
		        INT(groups[i].left)),
		    err);
	return status;
}

enum status
cache_groups(struct cache *cache, void (*row)(void *arg, const struct group *group), void *arg,
    struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, SQL_GROUP_LIST, NO_VALUES, &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			row(arg, &(struct group){
			             .address = column_text(statement, 0),
			             .name = column_text(statement, 1),
			             .stamp = sqlite3_column_int64(statement, 2),
			             .left = sqlite3_column_int(statement, 3) != 0,
			         });
	}
	return cache_end(cache, status, err);
}
