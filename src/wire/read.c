#include "wire/read.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/address.h"
#include "wire/limits.h"

void
read_request_begin(struct buf *out)
{
	buf_add_string(out, "{\"markers\":[");
}

void
read_request_add(struct buf *out, const char *conversation, int64_t msg_id)
{
	pair_write(out, conversation, msg_id);
}

void
read_request_end(struct buf *out)
{
	buf_add_string(out, "]}");
}

enum status
read_request_read(struct read_request *request, const struct json *doc, struct error *err)
{
	const struct json *array, *item;
	size_t count;
	enum status status =
	    json_get_array(doc, "markers", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err);

	*request = (struct read_request){0};
	if (status != STATUS_OK)
		return status;
	request->markers = mem_zalloc(count, sizeof *request->markers);
	for (item = json_first(array); item; item = json_next(item)) {
		struct read_marker *marker = &request->markers[request->count++];

		if (pair_read(item, &marker->conversation, &marker->msg_id))
			continue;
		read_request_finish(request);
		return error_set(
		    err, STATUS_PROTOCOL, "an item of \"markers\" is not [address, msg_id]");
	}
	return STATUS_OK;
}

void
read_request_finish(struct read_request *request)
{
	free(request->markers);
	*request = (struct read_request){0};
}

static void
write_head(struct buf *out, const void *rows, size_t i)
{
	head_write_fields(out, (const struct conversation_head *)rows + i);
}

void
read_answer_write(struct buf *out, const struct read_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	if (answer->count)
		rows_write(out, "conversations", answer->heads, answer->count, write_head);
	buf_add_char(out, '}');
}

static enum status
head_row(void *row, const struct json *object, struct error *err)
{
	return head_read_fields(row, object, err);
}

enum status
read_answer_read(struct read_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct read_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = rows_read(doc, "conversations", sizeof *answer->heads,
	         (void **)&answer->heads, &answer->count, head_row, err)))
		read_answer_finish(answer);
	return json_answer_status(status, err);
}

void
read_answer_finish(struct read_answer *answer)
{
	free(answer->heads);
	*answer = (struct read_answer){0};
}
