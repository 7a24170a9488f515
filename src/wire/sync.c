#include "wire/sync.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/limits.h"

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
	return head_read_fields(row, object, err);
}

static enum status
group_row(void *row, const struct json *object, struct error *err)
{
	return group_read_fields(row, object, err);
}

/* A message with the conversation it is of. */
static enum status
placed_message_row(void *row, const struct json *object, struct error *err)
{
	struct message *message = row;
	enum status status =
	    json_get_address(object, "conversation", JSON_REQUIRED, &message->conversation, err);

	return status == STATUS_OK ? message_read_fields(message, object, err) : status;
}

static void
write_contact(struct buf *out, const void *rows, size_t i)
{
	contact_write_fields(out, (const struct contact *)rows + i);
}

static void
write_group(struct buf *out, const void *rows, size_t i)
{
	group_write_fields(out, (const struct group *)rows + i);
}

static void
write_head(struct buf *out, const void *rows, size_t i)
{
	head_write_fields(out, (const struct conversation_head *)rows + i);
}

static void
write_amendment(struct buf *out, const void *rows, size_t i)
{
	const struct message *message = (const struct message *)rows + i;

	json_put_string(out, "conversation", message->conversation);
	message_write_fields(out, message, NULL);
}

void
amendment_write(struct buf *out, const struct message *message, const char *text_json)
{
	if (out->length)
		buf_add_char(out, ',');
	buf_add_char(out, '{');
	json_put_string(out, "conversation", message->conversation);
	message_write_fields(out, message, text_json);
	buf_add_char(out, '}');
}

/* login-sync */

void
login_sync_request_write(struct buf *out, const struct login_sync_request *request)
{
	buf_add_char(out, '{');
	if (request->cursor.generation[0])
		json_put_cursor(out, "cursor", &request->cursor);
	if (request->known.generation[0])
		json_put_cursor(out, "known", &request->known);
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
	    (status = json_get_cursor(doc, "known", JSON_OPTIONAL, &request->known, err)) ||
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
	json_put_int(out, "to", answer->to);
	if (answer->contact_count)
		rows_write(out, "contacts", answer->contacts, answer->contact_count, write_contact);
	if (answer->group_count)
		rows_write(out, "groups", answer->groups, answer->group_count, write_group);
	if (answer->head_count)
		rows_write(out, "conversations", answer->heads, answer->head_count, write_head);
	if (answer->amendment_rows) {
		json_put_name(out, "amendments");
		buf_add_char(out, '[');
		buf_add_string(out, answer->amendment_rows);
		buf_add_char(out, ']');
	} else if (answer->amendment_count)
		rows_write(out, "amendments", answer->amendments, answer->amendment_count,
		    write_amendment);
	if (answer->until)
		json_put_int(out, "until", answer->until);
	buf_add_char(out, '}');
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
	if ((status = json_get_int(doc, "to", JSON_REQUIRED, 0, LIMIT_INTEGER, &answer->to, err)) ||
	    (status = json_get_int(
	         doc, "until", JSON_OPTIONAL, 1, LIMIT_INTEGER, &answer->until, err)) ||
	    (status = rows_read(doc, "contacts", sizeof *answer->contacts,
	         (void **)&answer->contacts, &answer->contact_count, stamped_contact_row, err)) ||
	    (status = rows_read(doc, "groups", sizeof *answer->groups, (void **)&answer->groups,
	         &answer->group_count, group_row, err)) ||
	    (status = rows_read(doc, "conversations", sizeof *answer->heads,
	         (void **)&answer->heads, &answer->head_count, head_row, err)) ||
	    (status = rows_read(doc, "amendments", sizeof *answer->amendments,
	         (void **)&answer->amendments, &answer->amendment_count, placed_message_row, err)))
		login_sync_answer_finish(answer);
	return json_answer_status(status, err);
}

void
login_sync_answer_finish(struct login_sync_answer *answer)
{
	free(answer->contacts);
	free(answer->groups);
	free(answer->heads);
	free(answer->amendments);
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

void
event_write_group(struct buf *out, const struct group *group)
{
	buf_add_char(out, '{');
	json_put_string(out, "event", "group");
	group_write_fields(out, group);
	buf_add_char(out, '}');
}

void
event_write_head(struct buf *out, const struct conversation_head *head)
{
	buf_add_char(out, '{');
	json_put_string(out, "event", "head");
	head_write_fields(out, head);
	buf_add_char(out, '}');
}

static const char *const event_names[] = {
    [EVENT_MESSAGE] = "message",
    [EVENT_CONTACT] = "contact",
    [EVENT_GROUP] = "group",
    [EVENT_HEAD] = "head",
};

static enum event_kind
event_kind_find(const char *name)
{
	for (enum event_kind kind = EVENT_MESSAGE; kind < EVENT_UNKNOWN; kind++)
		if (strcmp(event_names[kind], name) == 0)
			return kind;
	return EVENT_UNKNOWN;
}

static enum status
event_row(void *row, const struct json *object, struct error *err)
{
	struct event *event = row;
	const char *name = "";
	enum status status =
	    json_get_string(object, "event", JSON_REQUIRED, LIMIT_NAME, &name, err);

	event->kind = EVENT_UNKNOWN;
	if (status != STATUS_OK)
		return status;
	event->kind = event_kind_find(name);
	switch (event->kind) {
	case EVENT_MESSAGE:
		return placed_message_row(&event->message, object, err);
	case EVENT_CONTACT:
		return contact_read_fields(&event->contact, object, true, err);
	case EVENT_GROUP:
		return group_read_fields(&event->group, object, err);
	case EVENT_HEAD:
		return head_read_fields(&event->head, object, err);
	case EVENT_UNKNOWN:
		break;
	}
	return STATUS_OK;
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
	rows_write(out, "contacts", set->contacts, set->count, write_contact);
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
