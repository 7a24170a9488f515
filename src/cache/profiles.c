/* What accounts say of themselves, as it was when somebody looked. */
#include <string.h>

#include "base/jsonw.h"
#include "cache/internal.h"

enum { FIELDS_LIMIT = PROFILE_FIELDS_MAX * (6 * PROFILE_VALUE_MAX + PROFILE_FIELD_MAX + 8) };

static enum status
profile_put(struct cache *cache, const struct profile *profile, struct error *err)
{
	struct buf fields;
	enum status status;

	/* There is none (any more): as if nobody had ever looked. */
	if (!profile->stamp)
		return cache_run(cache, SQL_PROFILE_REMOVE, VALUES(TEXT(profile->address)), err);
	buf_init(&fields, FIELDS_LIMIT);
	buf_add_char(&fields, '{');
	for (size_t i = 0; i < profile->count; i++)
		json_put_string(&fields, profile->fields[i].name, profile->fields[i].value);
	buf_add_char(&fields, '}');
	status = cache_run(cache, SQL_PROFILE_PUT,
	    VALUES(TEXT(profile->address), INT(profile->stamp), TEXT(buf_string(&fields))), err);
	buf_finish(&fields);
	return status;
}

enum status
profiles_put(struct cache *cache, const struct profile *profiles, size_t count, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = profile_put(cache, &profiles[i], err);
	return status;
}

enum status
cache_profile_stamps(struct cache *cache, const char *const *addresses, size_t count,
    int64_t *stamps, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = cache_find(
		    cache, SQL_PROFILE_STAMP, VALUES(TEXT(addresses[i])), &statement, &row, err);
		stamps[i] = status == STATUS_OK && row ? sqlite3_column_int64(statement, 0) : 0;
	}
	return cache_end(cache, status, err);
}

/* A profile as its rows are read: texts one after another, each closed by a 0. */
struct gathered {
	struct buf texts;
	size_t count;
	size_t names[PROFILE_FIELDS_MAX]; /* where they begin in texts */
	size_t values[PROFILE_FIELDS_MAX];
};

static void
gather(struct gathered *gathered, const char *name, const char *value)
{
	if (!name || !value || gathered->count == PROFILE_FIELDS_MAX)
		return;
	gathered->names[gathered->count] = gathered->texts.length;
	buf_add(&gathered->texts, name, strlen(name) + 1);
	gathered->values[gathered->count++] = gathered->texts.length;
	buf_add(&gathered->texts, value, strlen(value) + 1);
}

static void
tell(struct gathered *gathered, struct profile *profile,
    void (*row)(void *arg, const struct profile *profile), void *arg)
{
	struct profile_field fields[PROFILE_FIELDS_MAX];

	for (size_t i = 0; i < gathered->count; i++)
		fields[i] = (struct profile_field){gathered->texts.data + gathered->names[i],
		    gathered->texts.data + gathered->values[i]};
	profile->fields = fields;
	profile->count = gathered->count;
	row(arg, profile);
}

enum status
cache_profile_get(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct profile *profile), void *arg, bool *found,
    struct error *err)
{
	struct profile profile = {.address = address};
	struct gathered gathered = {.count = 0};
	sqlite3_stmt *statement;
	bool more = true;
	enum status status = cache_begin(cache, READ, err);

	*found = false;
	if (status != STATUS_OK)
		return status;
	buf_init(&gathered.texts, FIELDS_LIMIT);
	status = cache_query(cache, SQL_PROFILE_FIELDS, VALUES(TEXT(address)), &statement, err);
	while (status == STATUS_OK && more) {
		status = cache_step(cache, statement, &more, err);
		if (status != STATUS_OK || !more)
			break;
		*found = true;
		profile.stamp = sqlite3_column_int64(statement, 0);
		gather(&gathered, column_text(statement, 1), column_text(statement, 2));
	}
	if (status == STATUS_OK && *found)
		tell(&gathered, &profile, row, arg);
	buf_finish(&gathered.texts);
	return cache_end(cache, status, err);
}
