/* The member lists of groups, as they were when somebody looked. */
#include "cache/internal.h"

/*
 * The list is whole as of members_stamp, 0 where it isn't. Where another process stored a later
 * one meanwhile, or the cache forgot it, this one says nothing.
 */
static enum status
members_fit(struct cache *cache, const struct cache_members *members, bool *fits, struct error *err)
{
	sqlite3_stmt *statement;
	int64_t held;
	bool row;
	enum status status = cache_find(
	    cache, SQL_GROUP_STAMPS, VALUES(TEXT(members->group)), &statement, &row, err);

	held = status == STATUS_OK && row ? sqlite3_column_int64(statement, 1) : 0;
	*fits = held <= members->stamp && held >= members->since;
	return status;
}

static enum status
member_put(struct cache *cache, const char *group, const struct member *member, struct error *err)
{
	if (member->role == ROLE_NONE)
		return cache_run(
		    cache, SQL_MEMBER_REMOVE, VALUES(TEXT(group), TEXT(member->address)), err);
	return cache_run(cache, SQL_MEMBER_PUT,
	    VALUES(TEXT(group), TEXT(member->address), INT(member->role), INT(member->stamp)), err);
}

enum status
members_put(struct cache *cache, const struct cache_members *members, struct error *err)
{
	bool fits;
	enum status status = members_fit(cache, members, &fits, err);

	if (status != STATUS_OK || !fits)
		return status;
	if (!members->since)
		status = cache_run(cache, SQL_MEMBERS_CLEAR, VALUES(TEXT(members->group)), err);
	for (size_t i = 0; i < members->count && status == STATUS_OK; i++)
		status = member_put(cache, members->group, &members->rows[i], err);
	return status == STATUS_OK ? cache_run(cache, SQL_MEMBERS_STAMP_SET,
	                                 VALUES(TEXT(members->group), INT(members->stamp)), err)
	                           : status;
}

enum status
cache_members_list(struct cache *cache, const char *group,
    void (*row)(void *arg, const struct member *member, const char *name, const char *display),
    void *arg, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_query(cache, SQL_MEMBER_LIST, VALUES(TEXT(group)), &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status == STATUS_OK && more)
			row(arg,
			    &(struct member){
			        .address = column_text(statement, 0),
			        .role = (enum role)sqlite3_column_int(statement, 1),
			        .stamp = sqlite3_column_int64(statement, 2),
			    },
			    column_text(statement, 3), column_text(statement, 4));
	}
	return cache_end(cache, status, err);
}
