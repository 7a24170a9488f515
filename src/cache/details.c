/* What is pulled when somebody looks at it (doc/protocol.md 3.11): stored together. */
#include "cache/internal.h"

/* The highest stamp that the answer speaks of. */
static int64_t
highest_stamp(const struct cache_details *details)
{
	int64_t stamp = 0;

	for (size_t i = 0; i < details->profile_count; i++)
		if (details->profiles[i].stamp > stamp)
			stamp = details->profiles[i].stamp;
	for (size_t i = 0; i < details->group_count; i++)
		if (details->groups[i].group.stamp > stamp)
			stamp = details->groups[i].group.stamp;
	for (size_t i = 0; i < details->members_count; i++)
		if (details->members[i].stamp > stamp)
			stamp = details->members[i].stamp;
	return stamp;
}

static enum status
store(struct cache *cache, const struct cache_details *details, struct error *err)
{
	enum status status = profiles_put(cache, details->profiles, details->profile_count, err);

	if (status == STATUS_OK)
		status = group_details_put(cache, details->groups, details->group_count, err);
	for (size_t i = 0; i < details->members_count && status == STATUS_OK; i++)
		status = members_put(cache, &details->members[i], err);
	return status == STATUS_OK
	           ? generation_note(cache, details->generation, highest_stamp(details), err)
	           : status;
}

enum status
cache_store_details(struct cache *cache, const struct cache_details *details,
    enum cache_applied *applied, struct error *err)
{
	bool fits = false;
	enum status status = cache_begin(cache, WRITE, err);

	*applied = CACHE_GAP;
	if (status != STATUS_OK)
		return status;
	status = generation_fits(cache, details->generation, &fits, err);
	if (status == STATUS_OK && fits)
		status = store(cache, details, err);
	if (status == STATUS_OK && fits)
		*applied = CACHE_APPLIED;
	return cache_end(cache, status, err);
}

enum status
details_forget(struct cache *cache, int64_t fork, struct error *err)
{
	enum status status = cache_run(cache, SQL_PROFILES_FORGET, VALUES(INT(fork)), err);

	return status == STATUS_OK
	           ? cache_run(cache, SQL_GROUP_DETAILS_FORGET, VALUES(INT(fork)), err)
	           : status;
}
