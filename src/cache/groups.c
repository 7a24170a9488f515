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

static enum status
find_or_make_key(struct cache *cache, const char *address, struct key *key, struct error *err)
{
	sqlite3_stmt *statement;
	bool found;
	enum status status =
	    cache_find(cache, SQL_GROUP_KEY_GET, VALUES(TEXT(address)), &statement, &found, err);

	if (status != STATUS_OK)
		return status;
	if (found) {
		bool whole = column_key(statement, 0, key);

		sqlite3_reset(statement);
		return whole ? STATUS_OK
		             : error_set(err, STATUS_INTERNAL,
		                   "defect in tern: the key of %s is not one", address);
	}
	key_make(key, NULL);
	return cache_run(cache, SQL_GROUP_KEY_ADD, VALUES(TEXT(address), KEY(key)), err);
}

enum status
cache_group_key(struct cache *cache, const char *address, struct key *key, struct error *err)
{
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status == STATUS_OK)
		status = cache_end(cache, find_or_make_key(cache, address, key, err), err);
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

enum status
group_details_put(
    struct cache *cache, const struct group_detail *details, size_t count, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		const struct group_detail *detail = &details[i];

		status = cache_run(cache, SQL_GROUP_DETAIL_PUT,
		    VALUES(TEXT(detail->group.address), TEXT(detail->group.name),
		        INT(detail->group.stamp), TEXT(detail->topic), INT(detail->history),
		        INT(detail->members), INT(detail->role)),
		    err);
	}
	return status;
}

enum status
cache_group_stamps(
    struct cache *cache, const char *address, int64_t *detail, int64_t *members, struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	enum status status = cache_begin(cache, READ, err);

	*detail = *members = 0;
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_GROUP_STAMPS, VALUES(TEXT(address)), &statement, &row, err);
	if (status == STATUS_OK && row) {
		*detail = sqlite3_column_int64(statement, 0);
		*members = sqlite3_column_int64(statement, 1);
	}
	return cache_end(cache, status, err);
}

enum status
cache_group_get(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct group_detail *detail, bool looked), void *arg, bool *found,
    struct error *err)
{
	sqlite3_stmt *statement;
	enum status status = cache_begin(cache, READ, err);

	*found = false;
	if (status != STATUS_OK)
		return status;
	status =
	    cache_find(cache, SQL_GROUP_DETAIL_GET, VALUES(TEXT(address)), &statement, found, err);
	if (status == STATUS_OK && *found)
		row(arg,
		    &(struct group_detail){
		        .group = {.address = address,
		            .name = column_text(statement, 0),
		            .stamp = sqlite3_column_int64(statement, 1),
		            .left = sqlite3_column_int(statement, 2) != 0},
		        .topic = column_text(statement, 4),
		        .history = sqlite3_column_int(statement, 5) != 0,
		        .members = sqlite3_column_int64(statement, 6),
		        .role = (enum role)sqlite3_column_int(statement, 7),
		    },
		    sqlite3_column_int64(statement, 3) != 0);
	return cache_end(cache, status, err);
}
