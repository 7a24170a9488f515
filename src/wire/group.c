#include "wire/group.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/address.h"
#include "wire/limits.h"

static void
members_write(struct buf *out, const char **members, size_t count)
{
	json_put_name(out, "members");
	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		json_comma(out);
		json_add_string(out, members[i]);
	}
	buf_add_char(out, ']');
}

/* *members is the caller's to free(); NULL and 0 where there is none, or they were refused. */
static enum status
members_read(const struct json *doc, enum json_need need, const char ***members, size_t *count,
    struct error *err)
{
	const struct json *array, *item;
	size_t length;
	enum status status =
	    json_get_array(doc, "members", need, LIMIT_BATCH, &array, &length, err);

	*members = NULL;
	*count = 0;
	if (status != STATUS_OK || !length)
		return status;
	*members = mem_zalloc(length, sizeof **members);
	for (item = json_first(array); item; item = json_next(item)) {
		const char *address;

		if (json_item_string(item, ADDRESS_SIZE, &address) && address_is_valid(address) &&
		    !address_is_group(address)) {
			(*members)[(*count)++] = address;
			continue;
		}
		free(*members);
		*members = NULL;
		*count = 0;
		return error_set(err, STATUS_PROTOCOL,
		    "an item of \"members\" is not the address of an account");
	}
	return STATUS_OK;
}

static enum status
name_read(const struct json *doc, const char **name, struct error *err)
{
	enum status status = json_get_string(doc, "name", JSON_REQUIRED, LIMIT_NAME, name, err);

	if (status == STATUS_OK && !(*name)[0])
		return error_set(err, STATUS_PROTOCOL, "the field \"name\" is empty");
	return status;
}

/* group-create */

void
group_create_write(struct buf *out, const struct group_create *create)
{
	buf_add_char(out, '{');
	json_put_key(out, "key", &create->key);
	json_put_string(out, "address", create->address);
	json_put_string(out, "name", create->name);
	json_put_bool(out, "history", create->history);
	members_write(out, create->members, create->member_count);
	buf_add_char(out, '}');
}

enum status
group_create_read(struct group_create *create, const struct json *doc, struct error *err)
{
	enum status status;
	bool has_key;

	*create = (struct group_create){0};
	if ((status = json_get_key(doc, "key", JSON_REQUIRED, &create->key, &has_key, err)) ||
	    (status = json_get_group(doc, "address", &create->address, err)) ||
	    (status = name_read(doc, &create->name, err)) ||
	    (status = json_get_bool(doc, "history", JSON_OPTIONAL, &create->history, err)) ||
	    (status =
	            members_read(doc, JSON_OPTIONAL, &create->members, &create->member_count, err)))
		return status;
	return STATUS_OK;
}

void
group_create_finish(struct group_create *create)
{
	free(create->members);
	*create = (struct group_create){0};
}

/* group-change */

void
group_change_write(struct buf *out, const struct group_change *change)
{
	buf_add_char(out, '{');
	json_put_string(out, "group", change->group);
	json_put_string(out, "action", group_action_name(change->action));
	switch (change->action) {
	case GROUP_ROLE:
		json_put_string(out, "role", role_name(change->role));
		members_write(out, change->members, change->member_count);
		break;
	case GROUP_ADD:
	case GROUP_REMOVE:
		members_write(out, change->members, change->member_count);
		break;
	case GROUP_RENAME:
		json_put_string(out, "name", change->name);
		if (change->topic)
			json_put_string(out, "topic", change->topic);
		break;
	case GROUP_HISTORY:
		json_put_bool(out, "history", change->history);
		break;
	case GROUP_LEAVE:
	case GROUP_ACTION_COUNT:
		break;
	}
	buf_add_char(out, '}');
}

static enum status
action_read(struct group_change *change, const struct json *doc, struct error *err)
{
	const char *name = "";
	enum status status = json_get_string(doc, "action", JSON_REQUIRED, LIMIT_TYPE, &name, err);

	if (status == STATUS_OK && !group_action_find(name, &change->action))
		return error_set(
		    err, STATUS_PROTOCOL, "the field \"action\" is not a change of a group");
	return status;
}

/* One owner at a time: the role is given to one member alone. */
static enum status
role_read(struct group_change *change, const struct json *doc, struct error *err)
{
	const char *name = "";
	enum status status = json_get_string(doc, "role", JSON_REQUIRED, LIMIT_TYPE, &name, err);

	if (status != STATUS_OK)
		return status;
	if (!role_find(name, &change->role) || change->role == ROLE_NONE)
		return error_set(err, STATUS_PROTOCOL,
		    "the field \"role\" is not \"member\", \"admin\" or \"owner\"");
	if (change->role == ROLE_OWNER && change->member_count != 1)
		return error_set(err, STATUS_PROTOCOL,
		    "the field \"members\" does not name the one that becomes the owner");
	return STATUS_OK;
}

static enum status
fields_read(struct group_change *change, const struct json *doc, struct error *err)
{
	enum status status = STATUS_OK;

	switch (change->action) {
	case GROUP_ADD:
	case GROUP_REMOVE:
	case GROUP_ROLE:
		status =
		    members_read(doc, JSON_REQUIRED, &change->members, &change->member_count, err);
		if (status == STATUS_OK && change->action == GROUP_ROLE)
			status = role_read(change, doc, err);
		return status;
	case GROUP_RENAME:
		if ((status = name_read(doc, &change->name, err)) != STATUS_OK)
			return status;
		return json_get_string(
		    doc, "topic", JSON_OPTIONAL, LIMIT_TOPIC, &change->topic, err);
	case GROUP_HISTORY:
		return json_get_bool(doc, "history", JSON_REQUIRED, &change->history, err);
	case GROUP_LEAVE:
	case GROUP_ACTION_COUNT:
		break;
	}
	return status;
}

enum status
group_change_read(struct group_change *change, const struct json *doc, struct error *err)
{
	enum status status;

	*change = (struct group_change){0};
	if ((status = json_get_group(doc, "group", &change->group, err)) ||
	    (status = action_read(change, doc, err)) || (status = fields_read(change, doc, err)))
		group_change_finish(change);
	return status;
}

void
group_change_finish(struct group_change *change)
{
	free(change->members);
	*change = (struct group_change){0};
}

/* the answer to both */

static void
refusal_write(struct buf *out, const struct group_refusal *refusal)
{
	json_comma(out);
	buf_add_char(out, '[');
	json_add_string(out, refusal->address);
	buf_add_char(out, ',');
	json_add_string(out, wire_error_name(refusal->code));
	buf_add_char(out, ']');
}

void
group_answer_write(struct buf *out, const struct group_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_name(out, "group");
	buf_add_char(out, '{');
	group_write_fields(out, &answer->group);
	buf_add_char(out, '}');
	json_put_name(out, "head");
	buf_add_char(out, '{');
	head_write_fields(out, &answer->head);
	buf_add_char(out, '}');
	if (answer->refused_count) {
		json_put_name(out, "refused");
		buf_add_char(out, '[');
		for (size_t i = 0; i < answer->refused_count; i++)
			refusal_write(out, &answer->refused[i]);
		buf_add_char(out, ']');
	}
	buf_add_char(out, '}');
}

/* [A, CODE], and nothing behind. */
static bool
refusal_read(struct group_refusal *refusal, const struct json *item)
{
	const struct json *address = json_first(item);
	const struct json *code = json_next(address);
	const char *name;

	if (json_is_object(item) || !json_item_string(address, ADDRESS_SIZE, &refusal->address) ||
	    !address_is_valid(refusal->address) || !json_item_string(code, LIMIT_NAME, &name) ||
	    json_next(code))
		return false;
	refusal->code = wire_error_find(name);
	return true;
}

static enum status
refused_read(struct group_answer *answer, const struct json *doc, struct error *err)
{
	const struct json *array, *item;
	size_t count;
	enum status status =
	    json_get_array(doc, "refused", JSON_OPTIONAL, LIMIT_BATCH, &array, &count, err);

	if (status != STATUS_OK || !count)
		return status;
	answer->refused = mem_zalloc(count, sizeof *answer->refused);
	for (item = json_first(array); item; item = json_next(item))
		if (!refusal_read(&answer->refused[answer->refused_count++], item))
			return error_set(
			    err, STATUS_PROTOCOL, "an item of \"refused\" is not [address, code]");
	return STATUS_OK;
}

enum status
group_answer_read(struct group_answer *answer, const struct json *doc, struct error *err)
{
	const struct json *group, *head;
	enum status status;

	*answer = (struct group_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_object(doc, "group", JSON_REQUIRED, &group, err)) ||
	    (status = group_read_fields(&answer->group, group, err)) ||
	    (status = json_get_object(doc, "head", JSON_REQUIRED, &head, err)) ||
	    (status = head_read_fields(&answer->head, head, err)) ||
	    (status = refused_read(answer, doc, err)))
		group_answer_finish(answer);
	return json_answer_status(status, err);
}

void
group_answer_finish(struct group_answer *answer)
{
	free(answer->refused);
	*answer = (struct group_answer){0};
}

/* receipts */

void
receipts_request_write(struct buf *out, const struct receipts_request *request)
{
	buf_add_char(out, '{');
	json_put_string(out, "conversation", request->conversation);
	json_put_int(out, "msg_id", request->msg_id);
	buf_add_char(out, '}');
}

enum status
receipts_request_read(struct receipts_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	*request = (struct receipts_request){0};
	if ((status = json_get_address(
	         doc, "conversation", JSON_REQUIRED, &request->conversation, err)) ||
	    (status = json_get_int(
	         doc, "msg_id", JSON_REQUIRED, 1, LIMIT_INTEGER, &request->msg_id, err)))
		return status;
	return STATUS_OK;
}

void
receipts_answer_write(struct buf *out, const struct receipts_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_int(out, "members", answer->members);
	json_put_int(out, "acked", answer->acked);
	json_put_int(out, "read", answer->read);
	buf_add_char(out, '}');
}

enum status
receipts_answer_read(struct receipts_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct receipts_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_int(
	         doc, "members", JSON_REQUIRED, 0, LIMIT_INTEGER, &answer->members, err)) ||
	    (status = json_get_int(
	         doc, "acked", JSON_REQUIRED, 0, answer->members, &answer->acked, err)) ||
	    (status = json_get_int(
	         doc, "read", JSON_REQUIRED, 0, answer->members, &answer->read, err)))
		return json_answer_status(status, err);
	return STATUS_OK;
}
