/* What accounts say of themselves, and how their followers come to know of it. */
#include "store-sqlite/sqlite.h"

#include <stdio.h>
#include <string.h>

/* A profile in memory: its texts one after another, each closed by a 0. */
struct fields {
	struct buf texts;
	size_t count;
	size_t names[2 * PROFILE_FIELDS_MAX]; /* where they begin in texts */
	size_t values[2 * PROFILE_FIELDS_MAX];
};

static void
fields_add(struct fields *fields, const char *name, const char *value)
{
	fields->names[fields->count] = fields->texts.length;
	buf_add(&fields->texts, name, strlen(name) + 1);
	fields->values[fields->count++] = fields->texts.length;
	buf_add(&fields->texts, value, strlen(value) + 1);
}

/* fields->texts is the caller's to finish, also after a failure. */
static enum status
fields_read(
    struct sqlite_store *store, int64_t account_id, struct fields *fields, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_PROFILE_FIELDS);
	bool more = true;
	enum status status;

	fields->count = 0;
	buf_init(
	    &fields->texts, 2 * PROFILE_FIELDS_MAX * (PROFILE_FIELD_MAX + PROFILE_VALUE_MAX + 2));
	sqlite3_bind_int64(st, 1, account_id);
	while ((status = sql_next(store, st, &more, err)) == STATUS_OK && more)
		if (fields->count < PROFILE_FIELDS_MAX)
			fields_add(fields, sql_text(st, 0), sql_text(st, 1));
	return status;
}

/* Where the field stands; fields->count where it isn't there. */
static size_t
fields_find(const struct fields *fields, const char *name)
{
	size_t i = 0;

	while (i < fields->count && strcmp(fields->texts.data + fields->names[i], name) != 0)
		i++;
	return i;
}

static bool
is_set(const struct fields *fields, const struct profile_field *field)
{
	size_t i = fields_find(fields, field->name);

	return strcmp(i < fields->count ? fields->texts.data + fields->values[i] : "",
	           field->value) == 0;
}

/* How many there would be. */
static size_t
count_with(const struct fields *fields, const struct profile_field *set, size_t count)
{
	size_t sum = fields->count;

	for (size_t i = 0; i < count; i++) {
		bool there = fields_find(fields, set[i].name) < fields->count;

		if (!there && set[i].value[0])
			sum++;
		else if (there && !set[i].value[0])
			sum--;
	}
	return sum;
}

static enum status
put_field(struct sqlite_store *store, int64_t account_id, const struct profile_field *field,
    struct error *err)
{
	sqlite3_stmt *st =
	    sql_get(store, field->value[0] ? ST_PROFILE_FIELD_PUT : ST_PROFILE_FIELD_REMOVE);

	sqlite3_bind_int64(st, 1, account_id);
	sql_bind_text(st, 2, field->name);
	if (field->value[0])
		sql_bind_text(st, 3, field->value);
	return sql_run(store, st, err);
}

/* Sets what is not so yet, and notes that followers are to know. */
static enum status
change_profile(struct sqlite_store *store, int64_t account_id, const struct fields *fields,
    const struct profile_field *set, size_t count, int64_t stamp, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		if (!is_set(fields, &set[i]))
			status = put_field(store, account_id, &set[i], err);
	if (status == STATUS_OK)
		status =
		    sql_run_numbers(store, ST_PROFILE_STAMP_SET, NUMBERS(account_id, stamp), err);
	return status == STATUS_OK
	           ? sql_run_numbers(store, ST_PUSH_PUT, NUMBERS(account_id, 0), err)
	           : status;
}

enum status
profile_find(struct sqlite_store *store, const char *address, int64_t *account_id, int64_t *stamp,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_PROFILE_FIND);
	bool found;
	enum status status;

	*account_id = *stamp = 0;
	sql_bind_text(st, 1, address);
	if ((status = sql_next(store, st, &found, err)) || !found)
		return status;
	*account_id = sqlite3_column_int64(st, 0);
	*stamp = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return STATUS_OK;
}

enum status
sqlite_profile_set(struct store *base, const struct caller *caller, const struct profile_field *set,
    size_t count, int64_t *stamp, bool *changed, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	struct fields fields = {.count = 0};
	int64_t account_id;
	enum status status;

	*changed = false;
	if ((status = device_check(store, caller, err)) ||
	    (status = profile_find(store, caller->address.text, &account_id, stamp, err)) ||
	    (status = fields_read(store, caller->account_id, &fields, err)))
		goto out;
	for (size_t i = 0; i < count; i++)
		*changed |= !is_set(&fields, &set[i]);
	if (!*changed)
		goto out;
	if (count_with(&fields, set, count) > PROFILE_FIELDS_MAX) {
		*changed = false;
		status = error_set(
		    err, STATUS_TOO_LARGE, "a profile has at most %d fields", PROFILE_FIELDS_MAX);
		goto out;
	}
	*stamp = stamp_next(store);
	status = change_profile(store, caller->account_id, &fields, set, count, *stamp, err);
out:
	buf_finish(&fields.texts);
	return status;
}

enum status
sqlite_profile_get(struct store *base, const struct caller *caller, const char *address,
    int64_t known, void (*row)(void *arg, const struct profile *), void *arg, struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	struct profile_field list[PROFILE_FIELDS_MAX];
	struct profile profile = {.address = address, .fields = list};
	struct fields fields;
	int64_t account_id;
	enum status status = device_check(store, caller, err);

	if (status == STATUS_OK)
		status = profile_find(store, address, &account_id, &profile.stamp, err);
	if (status != STATUS_OK || profile.stamp == known)
		return status;
	status = fields_read(store, account_id, &fields, err);
	for (size_t i = 0; i < fields.count; i++)
		list[i] = (struct profile_field){
		    fields.texts.data + fields.names[i], fields.texts.data + fields.values[i]};
	profile.count = fields.count;
	if (status == STATUS_OK)
		row(arg, &profile);
	buf_finish(&fields.texts);
	return status;
}

/* ---- to the followers ---- */

/* A changed profile on its way to those who have the account as a contact. */
struct push {
	int64_t account_id;
	int64_t owner_id; /* done up to that follower */
	int64_t profile;  /* the stamp */
	struct address address;
};

/* The first behind `after`. */
static enum status
push_next(
    struct sqlite_store *store, int64_t after, struct push *push, bool *found, struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_PUSH_NEXT);
	enum status status;

	sqlite3_bind_int64(st, 1, after);
	if ((status = sql_next(store, st, found, err)) || !*found)
		return status;
	push->account_id = sqlite3_column_int64(st, 0);
	push->owner_id = sqlite3_column_int64(st, 1);
	push->profile = sqlite3_column_int64(st, 2);
	snprintf(push->address.text, sizeof push->address.text, "%s", sql_text(st, 3));
	sqlite3_reset(st);
	return STATUS_OK;
}

static enum status
stamp_contact(struct sqlite_store *store, int64_t owner_id, const char *address, int64_t stamp,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_CONTACT_STAMP);

	sqlite3_bind_int64(st, 1, owner_id);
	sql_bind_text(st, 2, address);
	sqlite3_bind_int64(st, 3, stamp);
	return sql_run(store, st, err);
}

/* Gives the next followers' rows their stamps: at most *budget, which sinks by those looked at. */
static enum status
push_rows(struct sqlite_store *store, struct push *push, size_t *budget,
    void (*row)(void *arg, int64_t owner_id, const struct contact *), void *arg, bool *done,
    struct error *err)
{
	sqlite3_stmt *st = sql_get(store, ST_PUSH_ROWS);
	bool more = true;
	enum status status;

	sql_bind_text(st, 1, push->address.text);
	sqlite3_bind_int64(st, 2, push->owner_id);
	while ((status = sql_next(store, st, &more, err)) == STATUS_OK && more && *budget) {
		struct contact contact = {.address = push->address.text,
		    .name = sql_text(st, 1),
		    .profile = push->profile};

		(*budget)--;
		push->owner_id = sqlite3_column_int64(st, 0);
		/* What was removed carries the stamp once it is added again. */
		if (sqlite3_column_int(st, 2))
			continue;
		contact.stamp = stamp_next(store);
		if ((status = stamp_contact(
		         store, push->owner_id, push->address.text, contact.stamp, err)))
			break;
		row(arg, push->owner_id, &contact);
	}
	sqlite3_reset(st);
	*done = !more;
	return status;
}

/* The one behind `after`, or at the end the first again. */
static enum status
push_turn(
    struct sqlite_store *store, int64_t after, struct push *push, bool *found, struct error *err)
{
	enum status status = push_next(store, after, push, found, err);

	if (status == STATUS_OK && !*found && after)
		status = push_next(store, 0, push, found, err);
	return status;
}

static enum status
push_save(struct sqlite_store *store, const struct push *push, bool done, struct error *err)
{
	if (done)
		return sql_run_numbers(store, ST_PUSH_DONE, NUMBERS(push->account_id), err);
	return sql_run_numbers(store, ST_PUSH_PUT, NUMBERS(push->account_id, push->owner_id), err);
}

enum status
sqlite_profile_push(struct store *base, int64_t *after, size_t limit,
    void (*row)(void *arg, int64_t owner_id, const struct contact *), void *arg, bool *more,
    struct error *err)
{
	struct sqlite_store *store = sqlite_of(base);
	struct push push;
	bool done;
	enum status status;

	while (
	    (status = push_turn(store, *after, &push, more, err)) == STATUS_OK && *more && limit) {
		*after = push.account_id;
		if ((status = push_rows(store, &push, &limit, row, arg, &done, err)) ||
		    (status = push_save(store, &push, done, err)))
			return status;
	}
	return status;
}
