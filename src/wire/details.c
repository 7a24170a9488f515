#include "wire/details.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"
#include "wire/limits.h"
#include "wire/rows.h"

/* ---- profiles ---- */

void
profile_fields_write(struct buf *out, const struct profile_field *fields, size_t count)
{
	buf_add_char(out, '{');
	for (size_t i = 0; i < count; i++)
		json_put_string(out, fields[i].name, fields[i].value);
	buf_add_char(out, '}');
}

/* One field of the object, which is none of the `count` before it. */
static enum status
field_read(struct profile_field *fields, size_t count, const struct json *item, struct error *err)
{
	struct profile_field *field = &fields[count];

	field->name = json_name(item);
	if (!profile_field_is_valid(field->name))
		return error_set(err, STATUS_PROTOCOL,
		    "a profile field's name is not 1 to %d of a-z, 0-9, _ and -",
		    PROFILE_FIELD_MAX);
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, field->name) == 0)
			return error_set(err, STATUS_PROTOCOL,
			    "the profile field \"%s\" is there twice", field->name);
	if (!json_item_string(item, SIZE_MAX, &field->value))
		return error_set(
		    err, STATUS_PROTOCOL, "the profile field \"%s\" is not a string", field->name);
	if (strlen(field->value) > PROFILE_VALUE_MAX)
		return error_set(err, STATUS_TOO_LARGE,
		    "the profile field \"%s\" is longer than %d bytes", field->name,
		    PROFILE_VALUE_MAX);
	return STATUS_OK;
}

enum status
profile_fields_read(
    struct profile_field **fields, size_t *count, const struct json *object, struct error *err)
{
	enum status status = STATUS_OK;

	*count = 0;
	*fields = mem_zalloc(PROFILE_FIELDS_MAX, sizeof **fields);
	for (const struct json *item = json_first(object); item && status == STATUS_OK;
	     item = json_next(item)) {
		if (*count == PROFILE_FIELDS_MAX)
			return error_set(err, STATUS_TOO_LARGE, "a profile has at most %d fields",
			    PROFILE_FIELDS_MAX);
		status = field_read(*fields, *count, item, err);
		*count += status == STATUS_OK;
	}
	return status;
}

static enum status
get_fields(struct profile_field **fields, size_t *count, const struct json *doc, struct error *err)
{
	const struct json *object;
	enum status status = json_get_object(doc, "fields", JSON_REQUIRED, &object, err);

	*fields = NULL;
	*count = 0;
	return status == STATUS_OK ? profile_fields_read(fields, count, object, err) : status;
}

void
profile_set_request_write(struct buf *out, const struct profile_set_request *request)
{
	buf_add_char(out, '{');
	json_put_name(out, "fields");
	profile_fields_write(out, request->fields, request->count);
	buf_add_char(out, '}');
}

enum status
profile_set_request_read(
    struct profile_set_request *request, const struct json *doc, struct error *err)
{
	enum status status = get_fields(&request->fields, &request->count, doc, err);

	if (status != STATUS_OK)
		profile_set_request_finish(request);
	return status;
}

void
profile_set_request_finish(struct profile_set_request *request)
{
	free(request->fields);
	*request = (struct profile_set_request){0};
}

void
profile_set_answer_write(struct buf *out, const struct profile_set_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_int(out, "stamp", answer->stamp);
	buf_add_char(out, '}');
}

/* ---- what is asked for ---- */

static void
write_queries(struct buf *out, const char *name, const struct detail_query *queries, size_t count)
{
	if (!count)
		return;
	json_put_name(out, name);
	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++)
		pair_write(out, queries[i].address, queries[i].stamp);
	buf_add_char(out, ']');
}

static void
write_members_query(struct buf *out, const void *rows, size_t i)
{
	const struct members_query *query = (const struct members_query *)rows + i;

	json_put_string(out, "group", query->group);
	json_put_int(out, "since", query->since);
	if (query->after)
		json_put_string(out, "after", query->after);
}

void
details_request_write(struct buf *out, const struct details_request *request)
{
	buf_add_char(out, '{');
	write_queries(out, "profiles", request->profiles, request->profile_count);
	write_queries(out, "groups", request->groups, request->group_count);
	if (request->members_count)
		rows_write(
		    out, "members", request->members, request->members_count, write_members_query);
	buf_add_char(out, '}');
}

/* [A, S], and nothing behind. */
static bool
query_read(struct detail_query *query, const struct json *item, bool groups)
{
	return pair_read(item, &query->address, &query->stamp) &&
	       address_is_group(query->address) == groups;
}

static enum status
queries_read(struct detail_query **queries, size_t *count, const struct json *doc, const char *name,
    bool groups, struct error *err)
{
	const struct json *array;
	size_t length;
	enum status status =
	    json_get_array(doc, name, JSON_OPTIONAL, LIMIT_BATCH, &array, &length, err);

	if (status != STATUS_OK || !length)
		return status;
	*queries = mem_zalloc(length, sizeof **queries);
	for (const struct json *item = json_first(array); item; item = json_next(item))
		if (!query_read(&(*queries)[(*count)++], item, groups))
			return error_set(err, STATUS_PROTOCOL,
			    "an item of \"%s\" is not [address, stamp]", name);
	return STATUS_OK;
}

static enum status
members_query_row(void *row, const struct json *object, struct error *err)
{
	struct members_query *query = row;
	enum status status;

	if ((status = json_get_group(object, "group", &query->group, err)) ||
	    (status = json_get_int(
	         object, "since", JSON_REQUIRED, 0, LIMIT_INTEGER, &query->since, err)) ||
	    (status = json_get_address(object, "after", JSON_OPTIONAL, &query->after, err)))
		return status;
	return STATUS_OK;
}

static enum status
members_queries_read(struct details_request *request, const struct json *doc, struct error *err)
{
	const struct json *array;
	size_t count;
	enum status status =
	    json_get_array(doc, "members", JSON_OPTIONAL, LIMIT_LISTS, &array, &count, err);

	if (status != STATUS_OK)
		return status;
	return rows_read(doc, "members", sizeof *request->members, (void **)&request->members,
	    &request->members_count, members_query_row, err);
}

enum status
details_request_read(struct details_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	*request = (struct details_request){0};
	if ((status = queries_read(
	         &request->profiles, &request->profile_count, doc, "profiles", false, err)) ||
	    (status = queries_read(
	         &request->groups, &request->group_count, doc, "groups", true, err)) ||
	    (status = members_queries_read(request, doc, err)))
		details_request_finish(request);
	return status;
}

void
details_request_finish(struct details_request *request)
{
	free(request->profiles);
	free(request->groups);
	free(request->members);
	*request = (struct details_request){0};
}

/* ---- what comes ---- */

void
details_answer_begin(struct buf *out, const char *generation)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", generation);
}

void
details_list_begin(struct buf *out, const char *name)
{
	json_put_name(out, name);
	buf_add_char(out, '[');
}

void
details_list_end(struct buf *out)
{
	buf_add_char(out, ']');
}

void
details_add_profile(struct buf *out, const struct profile *profile)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "address", profile->address);
	json_put_int(out, "stamp", profile->stamp);
	json_put_name(out, "fields");
	profile_fields_write(out, profile->fields, profile->count);
	buf_add_char(out, '}');
}

void
details_add_group(struct buf *out, const struct group_detail *detail)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "address", detail->group.address);
	json_put_int(out, "stamp", detail->group.stamp);
	json_put_string(out, "name", detail->group.name);
	json_put_string(out, "topic", detail->topic);
	json_put_bool(out, "history", detail->history);
	json_put_int(out, "members", detail->members);
	json_put_string(out, "role", role_name(detail->role));
	buf_add_char(out, '}');
}

void
details_members_begin(struct buf *out, const char *group)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "group", group);
	json_put_name(out, "rows");
	buf_add_char(out, '[');
}

void
details_add_member(struct buf *out, const struct member *member)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "address", member->address);
	json_put_string(out, "role", role_name(member->role));
	json_put_int(out, "stamp", member->stamp);
	buf_add_char(out, '}');
}

void
details_members_end(struct buf *out, int64_t stamp, const char *upto)
{
	buf_add_char(out, ']');
	json_put_int(out, "stamp", stamp);
	if (upto)
		json_put_string(out, "upto", upto);
	buf_add_char(out, '}');
}

void
details_answer_end(struct buf *out, bool more)
{
	if (more)
		json_put_bool(out, "more", true);
	buf_add_char(out, '}');
}

static enum status
profile_row(void *row, const struct json *object, struct error *err)
{
	struct profile *profile = row;
	enum status status;

	if ((status = json_get_address(object, "address", JSON_REQUIRED, &profile->address, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 0, LIMIT_INTEGER, &profile->stamp, err)) ||
	    (status = get_fields(
	         (struct profile_field **)&profile->fields, &profile->count, object, err)))
		return status;
	return STATUS_OK;
}

/* A role not known is a plain member's: a later server may have more of them. */
static enum status
role_read(enum role *role, const struct json *object, enum json_need need, struct error *err)
{
	const char *name = NULL;
	enum status status = json_get_string(object, "role", need, LIMIT_NAME, &name, err);

	*role = ROLE_MEMBER;
	if (status == STATUS_OK && name)
		(void)role_find(name, role);
	return status;
}

static enum status
group_row(void *row, const struct json *object, struct error *err)
{
	struct group_detail *detail = row;
	enum status status;

	detail->topic = "";
	if ((status = group_read_fields(&detail->group, object, err)) ||
	    (status = json_get_string(
	         object, "topic", JSON_OPTIONAL, LIMIT_TOPIC, &detail->topic, err)) ||
	    (status = json_get_bool(object, "history", JSON_OPTIONAL, &detail->history, err)) ||
	    (status = json_get_int(
	         object, "members", JSON_REQUIRED, 0, LIMIT_INTEGER, &detail->members, err)) ||
	    (status = role_read(&detail->role, object, JSON_OPTIONAL, err)))
		return status;
	return STATUS_OK;
}

static enum status
member_row(void *row, const struct json *object, struct error *err)
{
	struct member *member = row;
	enum status status;

	if ((status = json_get_address(object, "address", JSON_REQUIRED, &member->address, err)) ||
	    (status = role_read(&member->role, object, JSON_REQUIRED, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 0, LIMIT_INTEGER, &member->stamp, err)))
		return status;
	return STATUS_OK;
}

/* A page that ends early says where; one that doesn't advance would be asked for for ever. */
static enum status
upto_read(struct details_members *members, const struct json *object, struct error *err)
{
	enum status status = json_get_address(object, "upto", JSON_OPTIONAL, &members->upto, err);

	if (status == STATUS_OK && members->upto && !members->count)
		return error_set(err, STATUS_PROTOCOL, "a page of a member list does not advance");
	return status;
}

static enum status
members_row(void *row, const struct json *object, struct error *err)
{
	struct details_members *members = row;
	enum status status;

	if ((status = json_get_group(object, "group", &members->group, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 0, LIMIT_INTEGER, &members->stamp, err)) ||
	    (status = rows_read(object, "rows", sizeof *members->rows, (void **)&members->rows,
	         &members->count, member_row, err)) ||
	    (status = upto_read(members, object, err)))
		return status;
	return STATUS_OK;
}

enum status
details_answer_read(struct details_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct details_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_bool(doc, "more", JSON_OPTIONAL, &answer->more, err)) ||
	    (status = rows_read(doc, "profiles", sizeof *answer->profiles,
	         (void **)&answer->profiles, &answer->profile_count, profile_row, err)) ||
	    (status = rows_read(doc, "groups", sizeof *answer->groups, (void **)&answer->groups,
	         &answer->group_count, group_row, err)) ||
	    (status = rows_read(doc, "members", sizeof *answer->members, (void **)&answer->members,
	         &answer->members_count, members_row, err)))
		details_answer_finish(answer);
	return json_answer_status(status, err);
}

void
details_answer_finish(struct details_answer *answer)
{
	for (size_t i = 0; i < answer->profile_count; i++)
		free((struct profile_field *)answer->profiles[i].fields);
	for (size_t i = 0; i < answer->members_count; i++)
		free(answer->members[i].rows);
	free(answer->profiles);
	free(answer->groups);
	free(answer->members);
	*answer = (struct details_answer){0};
}
