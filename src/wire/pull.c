#include "wire/pull.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/limits.h"

void
pull_request_write(struct buf *out, const struct pull_request *request)
{
	buf_add_char(out, '{');
	ranges_write(out, "want", request->want, request->count);
	acks_write(out, &request->acks);
	buf_add_char(out, '}');
}

enum status
pull_request_read(struct pull_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	*request = (struct pull_request){0};
	if ((status = ranges_read(
	         doc, "want", JSON_REQUIRED, &request->want, &request->count, err)) ||
	    (status = acks_read(&request->acks, doc, err)))
		pull_request_finish(request);
	return status;
}

void
pull_request_finish(struct pull_request *request)
{
	free(request->want);
	request->want = NULL;
	request->count = 0;
	acks_finish(&request->acks);
}

void
pull_page_begin(struct buf *out, const char *conversation, int64_t from)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "conversation", conversation);
	json_put_int(out, "from", from);
	json_put_name(out, "messages");
	buf_add_char(out, '[');
}

void
pull_page_add(struct buf *out, const struct message *m, const char *text_json)
{
	json_comma(out);
	buf_add_char(out, '{');
	message_write_fields(out, m, text_json);
	buf_add_char(out, '}');
}

void
pull_page_add_written(struct buf *out, const char *json, size_t length)
{
	json_comma(out);
	buf_add(out, json, length);
}

void
pull_page_amendments(struct buf *out)
{
	buf_add_char(out, ']');
	json_put_name(out, "amendments");
	buf_add_char(out, '[');
}

void
pull_page_end(struct buf *out, int64_t to, int64_t first, int64_t last)
{
	buf_add_char(out, ']');
	json_put_int(out, "to", to);
	json_put_int(out, "first", first);
	json_put_int(out, "last", last);
	buf_add_char(out, '}');
}

void
pull_page_unknown(struct buf *out, const char *conversation)
{
	json_comma(out);
	buf_add_char(out, '{');
	json_put_string(out, "conversation", conversation);
	json_put_bool(out, "unknown", true);
	buf_add_char(out, '}');
}

static enum status
message_row(void *row, const struct json *object, struct error *err)
{
	return message_read_fields(row, object, err);
}

/* Messages of one page's list ascend within bounds, and are of its conversation. */
static enum status
page_check_list(const struct pull_page *page, struct message *messages, size_t count,
    struct id_range bounds, struct error *err)
{
	int64_t before = bounds.first - 1;

	for (size_t i = 0; i < count; i++) {
		int64_t msg_id = messages[i].msg_id;

		if (msg_id <= before || msg_id > bounds.last)
			return error_set(err, STATUS_PROTOCOL,
			    "a page of %s holds messages out of order", page->conversation);
		before = msg_id;
		messages[i].conversation = page->conversation;
	}
	return STATUS_OK;
}

/* The messages lie within what the page covers and what there is, the amendments beyond, and name
 * what it covers. */
static enum status
page_check(const struct pull_page *page, struct error *err)
{
	struct id_range covered = page->ids, beyond = {page->ids.last + 1, LIMIT_INTEGER};
	enum status status;

	if (covered.last > page->last)
		covered.last = page->last;
	if ((status = page_check_list(page, page->messages, page->count, covered, err)) ||
	    (status = page_check_list(page, page->amendments, page->amendment_count, beyond, err)))
		return status;
	for (size_t i = 0; i < page->amendment_count; i++)
		if (page->amendments[i].target < page->ids.first ||
		    page->amendments[i].target > page->ids.last)
			return error_set(err, STATUS_PROTOCOL,
			    "a page of %s holds an amendment of another page", page->conversation);
	return STATUS_OK;
}

static enum status
page_row(void *row, const struct json *object, struct error *err)
{
	struct pull_page *page = row;
	enum status status;

	if ((status = json_get_address(
	         object, "conversation", JSON_REQUIRED, &page->conversation, err)) ||
	    (status = json_get_bool(object, "unknown", JSON_OPTIONAL, &page->unknown, err)) ||
	    page->unknown)
		return status;
	if ((status = json_get_int(
	         object, "from", JSON_REQUIRED, 1, LIMIT_INTEGER, &page->ids.first, err)) ||
	    (status = json_get_int(object, "to", JSON_REQUIRED, page->ids.first - 1, LIMIT_INTEGER,
	         &page->ids.last, err)) ||
	    (status = json_get_int(
	         object, "first", JSON_REQUIRED, 1, LIMIT_INTEGER, &page->first, err)) ||
	    (status = json_get_int(
	         object, "last", JSON_REQUIRED, 0, LIMIT_INTEGER, &page->last, err)) ||
	    (status = rows_read(object, "messages", sizeof *page->messages,
	         (void **)&page->messages, &page->count, message_row, err)) ||
	    (status = rows_read(object, "amendments", sizeof *page->amendments,
	         (void **)&page->amendments, &page->amendment_count, message_row, err)) ||
	    (status = page_check(page, err)))
		return status;
	return STATUS_OK;
}

enum status
pull_answer_read(struct pull_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct pull_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_bool(doc, "more", JSON_OPTIONAL, &answer->more, err)) ||
	    (status = rows_read(doc, "pages", sizeof *answer->pages, (void **)&answer->pages,
	         &answer->count, page_row, err)))
		pull_answer_finish(answer);
	return json_answer_status(status, err);
}

void
pull_answer_finish(struct pull_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		free(answer->pages[i].messages);
		free(answer->pages[i].amendments);
	}
	free(answer->pages);
	*answer = (struct pull_answer){0};
}
