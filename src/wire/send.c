#include "wire/send.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/message.h"
#include "wire/limits.h"

void
send_request_begin(struct buf *out)
{
	buf_add_string(out, "{\"messages\":[");
}

void
send_request_add(struct buf *out, const struct send_item *item)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "to", item->to);
	json_put_key(out, "key", &item->key);
	if (item->has_after)
		json_put_key(out, "after", &item->after);
	json_put_string(out, "type", item->type);
	json_put_string(out, "text", item->text);
	if (item->target)
		json_put_int(out, "target", item->target);
	if (item->was)
		json_put_int(out, "was", item->was);
	buf_add_char(out, '}');
}

void
send_request_end(struct buf *out, const struct cursor *known)
{
	buf_add_char(out, ']');
	if (known->generation[0])
		json_put_cursor(out, "known", known);
	buf_add_char(out, '}');
}

/* What the table of types says of an item (3.2). */
static enum status
item_check(const struct send_item *item, struct error *err)
{
	const struct message_type *type = message_type_find(item->type);
	int length = (int)strlen(item->text);

	if (!type || !type->sendable)
		return error_set(
		    err, STATUS_PROTOCOL, "the field \"type\" is not a type this server takes");
	if (length > type->text_max)
		return error_set(err, STATUS_TOO_LARGE,
		    "the text of a message of type %s is over %d bytes", type->name,
		    type->text_max);
	if (length < type->text_min)
		return error_set(
		    err, STATUS_PROTOCOL, "a message of type %s has no text", type->name);
	if (item->target ? type->target == TARGET_NONE : type->target == TARGET_REQUIRED)
		return error_set(err, STATUS_PROTOCOL, "a message of type %s %s", type->name,
		    item->target ? "names no other" : "names another by \"target\"");
	return STATUS_OK;
}

static enum status
item_read(struct send_item *item, const struct json *object, struct error *err)
{
	enum status status;
	bool has_key;

	if (!json_is_object(object))
		return error_set(err, STATUS_PROTOCOL, "an item of \"messages\" is not an object");
	if ((status = json_get_address(object, "to", JSON_REQUIRED, &item->to, err)) ||
	    (status = json_get_key(object, "key", JSON_REQUIRED, &item->key, &has_key, err)) ||
	    (status = json_get_key(
	         object, "after", JSON_OPTIONAL, &item->after, &item->has_after, err)) ||
	    (status =
	            json_get_string(object, "type", JSON_REQUIRED, LIMIT_TYPE, &item->type, err)) ||
	    (status =
	            json_get_string(object, "text", JSON_REQUIRED, LIMIT_TEXT, &item->text, err)) ||
	    (status = json_get_int(
	         object, "target", JSON_OPTIONAL, 1, LIMIT_INTEGER, &item->target, err)) ||
	    (status =
	            json_get_int(object, "was", JSON_OPTIONAL, 1, LIMIT_INTEGER, &item->was, err)))
		return status;
	return item_check(item, err);
}

enum status
send_request_read(struct send_request *request, const struct json *doc, struct error *err)
{
	const struct json *array, *object;
	size_t count;
	enum status status =
	    json_get_array(doc, "messages", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err);

	*request = (struct send_request){0};
	if (status == STATUS_OK)
		status = json_get_cursor(doc, "known", JSON_OPTIONAL, &request->known, err);
	if (status != STATUS_OK)
		return status;
	request->items = mem_zalloc(count, sizeof *request->items);
	for (object = json_first(array); object; object = json_next(object)) {
		status = item_read(&request->items[request->count++], object, err);
		if (status != STATUS_OK) {
			send_request_finish(request);
			return status;
		}
	}
	return STATUS_OK;
}

void
send_request_finish(struct send_request *request)
{
	free(request->items);
	*request = (struct send_request){0};
}

static void
result_write(struct buf *out, const struct send_result *result)
{
	buf_add_char(out, '{');
	json_put_key(out, "key", &result->key);
	if (result->error != WIRE_OK) {
		json_put_name(out, "error");
		buf_add_char(out, '{');
		json_put_string(out, "code", wire_error_name(result->error));
		json_put_string(out, "text", result->error_text);
		buf_add_char(out, '}');
	} else {
		json_put_string(out, "conversation", result->conversation);
		json_put_int(out, "msg_id", result->msg_id);
		json_put_int(out, "time", result->time);
		json_put_int(out, "stamp", result->stamp);
		if (result->repeated)
			json_put_bool(out, "repeated", true);
	}
	buf_add_char(out, '}');
}

void
send_answer_write(struct buf *out, const struct send_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_name(out, "results");
	buf_add_char(out, '[');
	for (size_t i = 0; i < answer->count; i++) {
		json_comma(out);
		result_write(out, &answer->results[i]);
	}
	buf_add_char(out, ']');
	if (answer->reset)
		json_put_bool(out, "reset", true);
	buf_add_char(out, '}');
}

static enum status
refusal_read(struct send_result *result, const struct json *error, struct error *err)
{
	const char *code = "";
	enum status status;

	if ((status = json_get_string(error, "code", JSON_REQUIRED, LIMIT_NAME, &code, err)) ||
	    (status = json_get_string(
	         error, "text", JSON_REQUIRED, LIMIT_TEXT, &result->error_text, err)))
		return status;
	result->error = wire_error_find(code);
	return STATUS_OK;
}

static enum status
result_read(struct send_result *result, const struct json *object, struct error *err)
{
	const struct json *error;
	enum status status;
	bool has_key;

	if (!json_is_object(object))
		return error_set(err, STATUS_PROTOCOL, "an item of \"results\" is not an object");
	if ((status = json_get_key(object, "key", JSON_REQUIRED, &result->key, &has_key, err)) ||
	    (status = json_get_object(object, "error", JSON_OPTIONAL, &error, err)))
		return status;
	if (error)
		return refusal_read(result, error, err);
	if ((status = json_get_address(
	         object, "conversation", JSON_REQUIRED, &result->conversation, err)) ||
	    (status = json_get_int(
	         object, "msg_id", JSON_REQUIRED, 1, LIMIT_INTEGER, &result->msg_id, err)) ||
	    (status = json_get_int(
	         object, "time", JSON_REQUIRED, 0, LIMIT_INTEGER, &result->time, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &result->stamp, err)) ||
	    (status = json_get_bool(object, "repeated", JSON_OPTIONAL, &result->repeated, err)))
		return status;
	return STATUS_OK;
}

enum status
send_answer_read(struct send_answer *answer, const struct json *doc, struct error *err)
{
	const struct json *array = NULL, *object;
	size_t count = 0;
	enum status status;

	*answer = (struct send_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_array(
	         doc, "results", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err)) ||
	    (status = json_get_bool(doc, "reset", JSON_OPTIONAL, &answer->reset, err)))
		return json_answer_status(status, err);
	answer->results = mem_zalloc(count, sizeof *answer->results);
	for (object = json_first(array); object; object = json_next(object)) {
		status = result_read(&answer->results[answer->count++], object, err);
		if (status != STATUS_OK) {
			send_answer_finish(answer);
			return json_answer_status(status, err);
		}
	}
	return STATUS_OK;
}

void
send_answer_finish(struct send_answer *answer)
{
	free(answer->results);
	*answer = (struct send_answer){0};
}
