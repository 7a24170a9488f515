#include "wire/sync.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/limits.h"

/* Reads each object of the array `name` with one(); a common shape of every answer here. */
static enum status
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

static enum status
stamped_contact_row(void *row, const struct json *object, struct error *err)
{
	return contact_read_fields(row, object, true, err);
}

static enum status
contact_row(void *row, const struct json *object, struct error *err)
{
	return contact_read_fields(row, object, false, err);
}

static enum status
head_row(void *row, const struct json *object, struct error *err)
{
	return head_read(row, object, err);
}

static void
contacts_write(struct buf *out, const struct contact *contacts, size_t count)
{
	json_put_name(out, "contacts");
	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		json_comma(out);
		buf_add_char(out, '{');
		contact_write_fields(out, &contacts[i]);
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

static void
acks_write(struct buf *out, const struct acks *acks)
{
	ranges_write(out, "acks", acks->items, acks->count);
}

static enum status
acks_read(struct acks *acks, const struct json *doc, struct error *err)
{
	return ranges_read(doc, "acks", JSON_OPTIONAL, &acks->items, &acks->count, err);
}

/* login-sync */

void
login_sync_request_write(struct buf *out, const struct login_sync_request *request)
{
	buf_add_char(out, '{');
	if (request->cursor.generation[0])
		json_put_cursor(out, "cursor", &request->cursor);
	if (request->until)
		json_put_int(out, "until", request->until);
	acks_write(out, &request->acks);
	buf_add_char(out, '}');
}

enum status
login_sync_request_read(
    struct login_sync_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	*request = (struct login_sync_request){0};
	if ((status = json_get_cursor(doc, "cursor", JSON_OPTIONAL, &request->cursor, err)) ||
	    (status = json_get_int(
	         doc, "until", JSON_OPTIONAL, 1, LIMIT_INTEGER, &request->until, err)) ||
	    (status = acks_read(&request->acks, doc, err)))
		return status;
	return STATUS_OK;
}

void
login_sync_request_finish(struct login_sync_request *request)
{
	acks_finish(&request->acks);
}

void
login_sync_answer_write(struct buf *out, const struct login_sync_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	if (answer->reset) {
		json_put_bool(out, "reset", true);
		buf_add_char(out, '}');
		return;
	}
	json_put_int(out, "from", answer->from);
	json_put_int(out, "to", answer->to);
	if (answer->contact_count)
		contacts_write(out, answer->contacts, answer->contact_count);
	if (answer->head_count) {
		json_put_name(out, "conversations");
		buf_add_char(out, '[');
		for (size_t i = 0; i < answer->head_count; i++)
			head_write(out, &answer->heads[i]);
		buf_add_char(out, ']');
	}
	if (answer->until)
		json_put_int(out, "until", answer->until);
	buf_add_char(out, '}');
}

static enum status
interval_read(int64_t *from, int64_t *to, const struct json *doc, struct error *err)
{
	enum status status;

	if ((status = json_get_int(doc, "from", JSON_REQUIRED, 0, LIMIT_INTEGER, from, err)) ||
	    (status = json_get_int(doc, "to", JSON_REQUIRED, *from, LIMIT_INTEGER, to, err)))
		return status;
	return STATUS_OK;
}

/* Each page advances: one that doesn't would be asked for again for ever. */
static enum status
paging_check(const struct login_sync_answer *answer, struct error *err)
{
	if (answer->until && answer->to == answer->from)
		return error_set(err, STATUS_PROTOCOL, "a page of login-sync does not advance");
	return STATUS_OK;
}

enum status
login_sync_answer_read(struct login_sync_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct login_sync_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_bool(doc, "reset", JSON_OPTIONAL, &answer->reset, err)) ||
	    answer->reset)
		return json_answer_status(status, err);
	if ((status = interval_read(&answer->from, &answer->to, doc, err)) ||
	    (status = json_get_int(
	         doc, "until", JSON_OPTIONAL, 1, LIMIT_INTEGER, &answer->until, err)) ||
	    (status = rows_read(doc, "contacts", sizeof *answer->contacts,
	         (void **)&answer->contacts, &answer->contact_count, stamped_contact_row, err)) ||
	    (status = rows_read(doc, "conversations", sizeof *answer->heads,
	         (void **)&answer->heads, &answer->head_count, head_row, err)) ||
	    (status = paging_check(answer, err)))
		login_sync_answer_finish(answer);
	return json_answer_status(status, err);
}

void
login_sync_answer_finish(struct login_sync_answer *answer)
{
	free(answer->contacts);
	free(answer->heads);
	*answer = (struct login_sync_answer){0};
}

/* events */

void
events_request_write(struct buf *out, const struct events_request *request)
{
	buf_add_char(out, '{');
	json_put_cursor(out, "cursor", &request->cursor);
	json_put_int(out, "wait", request->wait_ms);
	acks_write(out, &request->acks);
	buf_add_char(out, '}');
}

enum status
events_request_read(struct events_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	*request = (struct events_request){0};
	if ((status = json_get_cursor(doc, "cursor", JSON_REQUIRED, &request->cursor, err)) ||
	    (status = json_get_int(
	         doc, "wait", JSON_REQUIRED, 0, LIMIT_WAIT_MS, &request->wait_ms, err)) ||
	    (status = acks_read(&request->acks, doc, err)))
		return status;
	return STATUS_OK;
}

void
events_request_finish(struct events_request *request)
{
	acks_finish(&request->acks);
}

void
event_write_message(struct buf *out, const struct message *m, const char *text_json)
{
	buf_add_char(out, '{');
	json_put_string(out, "event", "message");
	json_put_string(out, "conversation", m->conversation);
	message_write_fields(out, m, text_json);
	buf_add_char(out, '}');
}

void
event_write_contact(struct buf *out, const struct contact *contact)
{
	buf_add_char(out, '{');
	json_put_string(out, "event", "contact");
	contact_write_fields(out, contact);
	buf_add_char(out, '}');
}

static enum status
event_row(void *row, const struct json *object, struct error *err)
{
	struct event *event = row;
	const char *kind = "";
	enum status status =
	    json_get_string(object, "event", JSON_REQUIRED, LIMIT_NAME, &kind, err);

	event->kind = EVENT_UNKNOWN;
	if (status != STATUS_OK)
		return status;
	if (strcmp(kind, "message") == 0) {
		event->kind = EVENT_MESSAGE;
		status = json_get_address(
		    object, "conversation", JSON_REQUIRED, &event->message.conversation, err);
		return status ? status : message_read_fields(&event->message, object, err);
	}
	if (strcmp(kind, "contact") == 0) {
		event->kind = EVENT_CONTACT;
		return contact_read_fields(&event->contact, object, true, err);
	}
	return STATUS_OK;
}

enum status
events_answer_read(struct events_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct events_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_bool(doc, "resync", JSON_OPTIONAL, &answer->resync, err)) ||
	    (status = json_get_bool(doc, "superseded", JSON_OPTIONAL, &answer->superseded, err)) ||
	    answer->resync || answer->superseded)
		return json_answer_status(status, err);
	if ((status = interval_read(&answer->from, &answer->to, doc, err)) ||
	    (status = rows_read(doc, "events", sizeof *answer->events, (void **)&answer->events,
	         &answer->count, event_row, err)))
		events_answer_finish(answer);
	return json_answer_status(status, err);
}

void
events_answer_finish(struct events_answer *answer)
{
	free(answer->events);
	*answer = (struct events_answer){0};
}

/* ack, contact-set */

void
ack_request_write(struct buf *out, const struct acks *acks)
{
	buf_add_char(out, '{');
	acks_write(out, acks);
	buf_add_char(out, '}');
}

enum status
ack_request_read(struct acks *acks, const struct json *doc, struct error *err)
{
	return acks_read(acks, doc, err);
}

void
contact_set_write(struct buf *out, const struct contact_set *set)
{
	buf_add_char(out, '{');
	if (set->generation)
		json_put_string(out, "generation", set->generation);
	contacts_write(out, set->contacts, set->count);
	buf_add_char(out, '}');
}

static enum status
contact_set_read(struct contact_set *set, const struct json *doc, bool is_answer, struct error *err)
{
	const struct json *array;
	size_t count;
	enum status status;

	*set = (struct contact_set){0};
	status = json_get_array(doc, "contacts", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err);
	if (status == STATUS_OK && is_answer)
		status = json_get_generation(doc, &set->generation, err);
	if (status == STATUS_OK)
		status = rows_read(doc, "contacts", sizeof *set->contacts, (void **)&set->contacts,
		    &set->count, is_answer ? stamped_contact_row : contact_row, err);
	if (status != STATUS_OK)
		contact_set_finish(set);
	return status;
}

enum status
contact_set_request_read(struct contact_set *set, const struct json *doc, struct error *err)
{
	return contact_set_read(set, doc, false, err);
}

enum status
contact_set_answer_read(struct contact_set *set, const struct json *doc, struct error *err)
{
	return json_answer_status(contact_set_read(set, doc, true, err), err);
}

void
contact_set_finish(struct contact_set *set)
{
	free(set->contacts);
	*set = (struct contact_set){0};
}

void
plain_answer_write(struct buf *out, const char *generation)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", generation);
	buf_add_char(out, '}');
}

/* pull */

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

/* The messages of a page ascend, and lie within what it covers and what there is. */
static enum status
page_check(const struct pull_page *page, struct error *err)
{
	int64_t before = page->ids.first - 1;

	for (size_t i = 0; i < page->count; i++) {
		int64_t msg_id = page->messages[i].msg_id;

		if (msg_id <= before || msg_id > page->ids.last || msg_id > page->last)
			return error_set(err, STATUS_PROTOCOL,
			    "a page of %s holds messages out of order", page->conversation);
		before = msg_id;
		page->messages[i].conversation = page->conversation;
	}
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
	for (size_t i = 0; i < answer->count; i++)
		free(answer->pages[i].messages);
	free(answer->pages);
	*answer = (struct pull_answer){0};
}
