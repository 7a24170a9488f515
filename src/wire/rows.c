#include "wire/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"
#include "wire/limits.h"

void
message_write_fields(struct buf *out, const struct message *m, const char *text_json)
{
	json_put_int(out, "msg_id", m->msg_id);
	json_put_string(out, "from", m->from);
	json_put_int(out, "time", m->time);
	json_put_int(out, "stamp", m->stamp);
	json_put_string(out, "type", m->type);
	if (text_json) {
		json_put_name(out, "text");
		buf_add_string(out, text_json);
	} else if (m->text) {
		json_put_string(out, "text", m->text);
	}
	if (m->target)
		json_put_int(out, "target", m->target);
	if (m->was)
		json_put_int(out, "was", m->was);
	if (m->has_key)
		json_put_key(out, "key", &m->key);
}

enum status
message_read_fields(struct message *m, const struct json *object, struct error *err)
{
	enum status status;

	*m = (struct message){.conversation = m->conversation};
	if ((status = json_get_int(
	         object, "msg_id", JSON_REQUIRED, 1, LIMIT_INTEGER, &m->msg_id, err)) ||
	    (status = json_get_address(object, "from", JSON_REQUIRED, &m->from, err)) ||
	    (status =
	            json_get_int(object, "time", JSON_REQUIRED, 0, LIMIT_INTEGER, &m->time, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &m->stamp, err)) ||
	    (status = json_get_string(object, "type", JSON_REQUIRED, LIMIT_TYPE, &m->type, err)) ||
	    (status = json_get_string(object, "text", JSON_OPTIONAL, LIMIT_TEXT, &m->text, err)) ||
	    (status = json_get_int(
	         object, "target", JSON_OPTIONAL, 1, LIMIT_INTEGER, &m->target, err)) ||
	    (status = json_get_int(object, "was", JSON_OPTIONAL, 1, LIMIT_INTEGER, &m->was, err)) ||
	    (status = json_get_key(object, "key", JSON_OPTIONAL, &m->key, &m->has_key, err)))
		return status;
	return STATUS_OK;
}

void
contact_write_fields(struct buf *out, const struct contact *contact)
{
	json_put_string(out, "address", contact->address);
	if (contact->name)
		json_put_string(out, "name", contact->name);
	if (contact->stamp)
		json_put_int(out, "stamp", contact->stamp);
	if (contact->profile)
		json_put_int(out, "profile", contact->profile);
	if (contact->removed)
		json_put_bool(out, "removed", true);
}

enum status
contact_read_fields(
    struct contact *contact, const struct json *object, bool with_stamp, struct error *err)
{
	enum status status;

	*contact = (struct contact){.name = with_stamp ? "" : NULL};
	if ((status = json_get_address(object, "address", JSON_REQUIRED, &contact->address, err)) ||
	    (status = json_get_string(
	         object, "name", JSON_OPTIONAL, LIMIT_NAME, &contact->name, err)) ||
	    (status = json_get_bool(object, "removed", JSON_OPTIONAL, &contact->removed, err)) ||
	    (status = json_get_int(
	         object, "profile", JSON_OPTIONAL, 1, LIMIT_INTEGER, &contact->profile, err)) ||
	    (status = !with_stamp ? STATUS_OK
	                          : json_get_int(object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER,
	                                &contact->stamp, err)))
		return status;
	return STATUS_OK;
}

void
group_write_fields(struct buf *out, const struct group *group)
{
	json_put_string(out, "address", group->address);
	json_put_string(out, "name", group->name);
	json_put_int(out, "stamp", group->stamp);
	if (group->left)
		json_put_bool(out, "left", true);
}

enum status
group_read_fields(struct group *group, const struct json *object, struct error *err)
{
	enum status status;

	*group = (struct group){0};
	if ((status = json_get_group(object, "address", &group->address, err)) ||
	    (status = json_get_string(
	         object, "name", JSON_REQUIRED, LIMIT_NAME, &group->name, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &group->stamp, err)) ||
	    (status = json_get_bool(object, "left", JSON_OPTIONAL, &group->left, err)))
		return status;
	return STATUS_OK;
}

/* A number that goes without saying where it is 0. */
static void
put_unless_0(struct buf *out, const char *name, int64_t value)
{
	if (value)
		json_put_int(out, name, value);
}

void
head_write_fields(struct buf *out, const struct conversation_head *head)
{
	json_put_string(out, "conversation", head->conversation);
	json_put_int(out, "first", head->first);
	json_put_int(out, "last", head->last);
	json_put_int(out, "ack", head->ack);
	json_put_int(out, "read", head->read);
	put_unless_0(out, "unread", head->unread);
	put_unless_0(out, "bytes", head->bytes);
	put_unless_0(out, "peer_ack", head->peer_ack);
	put_unless_0(out, "peer_read", head->peer_read);
	put_unless_0(out, "joined", head->joined);
	json_put_int(out, "stamp", head->stamp);
}

enum status
head_read_fields(struct conversation_head *head, const struct json *object, struct error *err)
{
	enum status status;

	*head = (struct conversation_head){0};
	if ((status = json_get_address(
	         object, "conversation", JSON_REQUIRED, &head->conversation, err)) ||
	    (status = json_get_int(
	         object, "first", JSON_REQUIRED, 1, LIMIT_INTEGER, &head->first, err)) ||
	    (status = json_get_int(
	         object, "last", JSON_REQUIRED, 0, LIMIT_INTEGER, &head->last, err)) ||
	    (status = json_get_int(
	         object, "ack", JSON_REQUIRED, 0, LIMIT_INTEGER, &head->ack, err)) ||
	    (status = json_get_int(
	         object, "read", JSON_REQUIRED, 0, LIMIT_INTEGER, &head->read, err)) ||
	    (status = json_get_int(
	         object, "unread", JSON_OPTIONAL, 0, LIMIT_INTEGER, &head->unread, err)) ||
	    (status = json_get_int(
	         object, "bytes", JSON_OPTIONAL, 0, LIMIT_INTEGER, &head->bytes, err)) ||
	    (status = json_get_int(
	         object, "peer_ack", JSON_OPTIONAL, 0, LIMIT_INTEGER, &head->peer_ack, err)) ||
	    (status = json_get_int(
	         object, "peer_read", JSON_OPTIONAL, 0, LIMIT_INTEGER, &head->peer_read, err)) ||
	    (status = json_get_int(
	         object, "joined", JSON_OPTIONAL, 0, LIMIT_INTEGER, &head->joined, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &head->stamp, err)))
		return status;
	return STATUS_OK;
}

void
pair_write(struct buf *out, const char *address, int64_t number)
{
	json_comma(out);
	buf_add_char(out, '[');
	json_add_string(out, address);
	buf_add_char(out, ',');
	buf_add_int(out, number);
	buf_add_char(out, ']');
}

bool
pair_read(const struct json *item, const char **address, int64_t *number)
{
	const struct json *first = json_first(item);
	const struct json *second = json_next(first);

	return !json_is_object(item) && json_item_string(first, ADDRESS_SIZE, address) &&
	       address_is_valid(*address) && json_item_int(second, 0, LIMIT_INTEGER, number) &&
	       !json_next(second);
}

void
ranges_write(
    struct buf *out, const char *name, const struct conversation_range *ranges, size_t count)
{
	if (!count)
		return;
	json_put_name(out, name);
	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		json_comma(out);
		buf_add_char(out, '[');
		json_add_string(out, ranges[i].conversation);
		buf_add_char(out, ',');
		buf_add_int(out, ranges[i].ids.first);
		buf_add_char(out, ',');
		buf_add_int(out, ranges[i].ids.last);
		buf_add_char(out, ']');
	}
	buf_add_char(out, ']');
}

/* [A, FIRST, LAST], and nothing behind. */
static bool
range_read(struct conversation_range *range, const struct json *item)
{
	const struct json *address = json_first(item);
	const struct json *first = json_next(address);
	const struct json *last = json_next(first);

	return !json_is_object(item) &&
	       json_item_string(address, ADDRESS_SIZE, &range->conversation) &&
	       address_is_valid(range->conversation) &&
	       json_item_int(first, 1, LIMIT_INTEGER, &range->ids.first) &&
	       json_item_int(last, range->ids.first, LIMIT_INTEGER, &range->ids.last) &&
	       !json_next(last);
}

enum status
ranges_read(const struct json *object, const char *name, enum json_need need,
    struct conversation_range **ranges, size_t *count, struct error *err)
{
	const struct json *array, *item;
	enum status status = json_get_array(object, name, need, LIMIT_BATCH, &array, count, err);
	size_t i = 0;

	*ranges = NULL;
	if (status != STATUS_OK || !*count)
		return status;
	*ranges = mem_zalloc(*count, sizeof **ranges);
	for (item = json_first(array); item; item = json_next(item)) {
		if (range_read(&(*ranges)[i++], item))
			continue;
		free(*ranges);
		*ranges = NULL;
		*count = 0;
		return error_set(
		    err, STATUS_PROTOCOL, "an item of \"%s\" is not [address, first, last]", name);
	}
	return STATUS_OK;
}

enum status
rows_read(const struct json *doc, const char *name, size_t row_size, void **rows, size_t *count,
    enum status (*one)(void *row, const struct json *object, struct error *err), struct error *err)
{
	const struct json *array, *object;
	size_t length;
	enum status status = json_get_array(
	    doc, name, JSON_OPTIONAL, LIMIT_PAGE_ROWS + LIMIT_BATCH, &array, &length, err);

	*rows = NULL;
	*count = 0;
	if (status != STATUS_OK || !length)
		return status;
	*rows = mem_zalloc(length, row_size);
	for (object = json_first(array); object && status == STATUS_OK;
	     object = json_next(object)) {
		if (!json_is_object(object))
			status = error_set(
			    err, STATUS_PROTOCOL, "an item of \"%s\" is not an object", name);
		else
			status = one((char *)*rows + row_size * (*count)++, object, err);
	}
	return status;
}

void
rows_write(struct buf *out, const char *name, const void *rows, size_t count,
    void (*one)(struct buf *out, const void *rows, size_t i))
{
	json_put_name(out, name);
	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		json_comma(out);
		buf_add_char(out, '{');
		one(out, rows, i);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

void
acks_finish(struct acks *acks)
{
	free(acks->items);
	*acks = (struct acks){0};
}

void
acks_write(struct buf *out, const struct acks *acks)
{
	ranges_write(out, "acks", acks->items, acks->count);
}

enum status
acks_read(struct acks *acks, const struct json *doc, struct error *err)
{
	return ranges_read(doc, "acks", JSON_OPTIONAL, &acks->items, &acks->count, err);
}
