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
	if (m->has_key)
		json_put_key(out, "key", &m->key);
}

enum status
message_read_fields(struct message *m, const struct json *object, struct error *err)
{
	enum status status;

	m->text = NULL;
	m->state = STATE_NONE;
	if ((status = json_get_int(
	         object, "msg_id", JSON_REQUIRED, 1, LIMIT_INTEGER, &m->msg_id, err)) ||
	    (status = json_get_address(object, "from", JSON_REQUIRED, &m->from, err)) ||
	    (status =
	            json_get_int(object, "time", JSON_REQUIRED, 0, LIMIT_INTEGER, &m->time, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &m->stamp, err)) ||
	    (status = json_get_string(object, "type", JSON_REQUIRED, LIMIT_TYPE, &m->type, err)) ||
	    (status = json_get_string(object, "text", JSON_OPTIONAL, LIMIT_TEXT, &m->text, err)) ||
	    (status = json_get_key(object, "key", JSON_OPTIONAL, &m->key, &m->has_key, err)))
		return status;
	return STATUS_OK;
}

void
contact_write_fields(struct buf *out, const struct contact *contact)
{
	json_put_string(out, "address", contact->address);
	json_put_string(out, "name", contact->name);
	if (contact->stamp)
		json_put_int(out, "stamp", contact->stamp);
	if (contact->removed)
		json_put_bool(out, "removed", true);
}

enum status
contact_read_fields(
    struct contact *contact, const struct json *object, bool with_stamp, struct error *err)
{
	enum status status;

	*contact = (struct contact){.name = ""};
	if ((status = json_get_address(object, "address", JSON_REQUIRED, &contact->address, err)) ||
	    (status = json_get_string(
	         object, "name", JSON_OPTIONAL, LIMIT_NAME, &contact->name, err)) ||
	    (status = json_get_bool(object, "removed", JSON_OPTIONAL, &contact->removed, err)) ||
	    (status = !with_stamp ? STATUS_OK
	                          : json_get_int(object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER,
	                                &contact->stamp, err)))
		return status;
	return STATUS_OK;
}

void
head_write(struct buf *out, const struct conversation_head *head)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "conversation", head->conversation);
	json_put_int(out, "first", head->first);
	json_put_int(out, "last", head->last);
	json_put_int(out, "ack", head->ack);
	json_put_int(out, "read", head->read);
	json_put_int(out, "stamp", head->stamp);
	buf_add_char(out, '}');
}

enum status
head_read(struct conversation_head *head, const struct json *object, struct error *err)
{
	enum status status;

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
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &head->stamp, err)))
		return status;
	return STATUS_OK;
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
