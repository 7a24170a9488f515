#include "cli/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "say/say.h"

void
print_line(struct buf *line)
{
	buf_add_char(line, '\n');
	fwrite(line->data, 1, line->length, stdout);
	buf_finish(line);
}

enum status
print_flush(struct error *err)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return STATUS_OK;
	return error_set(err, STATUS_IO, _("cannot write to standard output: %s"),
	    strerror(errno ? errno : EIO));
}

/* ---- text ---- */

void
add_safe(struct buf *out, const char *text)
{
	text_safe(out, text, strlen(text), TEXT_ONE_LINE);
}

void
add_lines(struct buf *out, const char *text, int indent)
{
	for (;;) {
		size_t length = strcspn(text, "\n");

		text_safe(out, text, length, TEXT_ONE_LINE);
		if (!text[length])
			return;
		buf_printf(out, "\n%*s", indent, "");
		text += length + 1;
	}
}

/* "* alice@example.org added bob@example.org", which no message's text can look like: the line of
 * one has its author before it. */
static bool
add_change(struct buf *out, const struct message *m)
{
	char *sentence = say_change(m, NULL, NULL);

	if (!sentence)
		return false;
	add_safe(out, m->conversation);
	buf_add_string(out, " * ");
	add_safe(out, sentence);
	free(sentence);
	return true;
}

static void
add_target(struct buf *out, const char *type, long long target)
{
	if (strcmp(type, "text") == 0) {
		buf_printf(out, _("reply to %lld"), target);
	} else if (strcmp(type, "edit") == 0) {
		buf_printf(out, _("edits %lld"), target);
	} else if (strcmp(type, "recall") == 0) {
		buf_printf(out, _("recalls %lld"), target);
	} else if (strcmp(type, "react") == 0) {
		buf_printf(out, _("reacts to %lld"), target);
	} else if (strcmp(type, "unreact") == 0) {
		buf_printf(out, _("takes back a reaction to %lld"), target);
	} else {
		add_safe(out, type);
		buf_printf(out, " %lld", target);
	}
}

/* What it is to another message, and that it was changed. */
static void
add_marks(struct buf *out, const struct message *m)
{
	if (m->target) {
		buf_add_string(out, " [");
		add_target(out, m->type, (long long)m->target);
		buf_add_char(out, ']');
	}
	if (m->edited)
		buf_printf(out, " [%s]", _("edited"));
}

/* Each reaction once, with how many there are of it where there are several. */
static void
add_reactions(struct buf *out, const struct message *m)
{
	for (size_t i = 0; i < m->reaction_count; i++) {
		const char *text = m->reactions[i].text;
		size_t count = message_reaction_tally(m, i);

		if (!count)
			continue;
		buf_add_string(out, "  (");
		add_safe(out, text);
		if (count > 1)
			buf_printf(out, " %zu", count);
		buf_add_char(out, ')');
	}
}

/* A text, or what there is in place of one: a recall says all with its mark. */
static void
add_body(struct buf *out, const struct message *m)
{
	if (m->recalled) {
		buf_printf(out, ": [%s]", _("recalled"));
	} else if (m->text) {
		buf_add_string(out, ": ");
		add_lines(out, m->text, MESSAGE_INDENT);
	} else if (!m->target) {
		buf_add_string(out, ": [");
		add_safe(out, m->type);
		buf_add_char(out, ']');
	}
}

static void
message_text(struct buf *out, const struct message *m, bool repeated)
{
	const char *state = say_state(m->state);
	char time[TIME_ISO_SIZE];

	buf_add_string(out, time_local(m->time, time));
	buf_add_char(out, ' ');
	if (add_change(out, m)) {
		if (repeated)
			buf_printf(out, " [%s]", _("repeated"));
		return;
	}
	/* In a conversation with another the sender alone says which it is, but for own ones. */
	add_safe(out, m->from);
	if ((m->state != STATE_NONE || address_is_group(m->conversation)) &&
	    strcmp(m->from, m->conversation) != 0) {
		buf_add_string(out, " > ");
		add_safe(out, m->conversation);
	}
	if (state)
		buf_printf(out, " [%s]", state);
	add_marks(out, m);
	if (repeated)
		buf_printf(out, " [%s]", _("repeated"));
	if (m->aside)
		buf_printf(out, " [%s]", _("lost by the server"));
	add_body(out, m);
	add_reactions(out, m);
}

/* ---- JSON ---- */

static void
amendments_json(struct buf *out, const struct message *m)
{
	if (m->edited)
		json_put_int(out, "edited", m->edited);
	if (m->recalled)
		json_put_bool(out, "recalled", true);
	if (!m->reaction_count)
		return;
	json_put_name(out, "reactions");
	buf_add_char(out, '[');
	for (size_t i = 0; i < m->reaction_count; i++) {
		buf_add_string(out, i ? ",{" : "{");
		json_put_string(out, "from", m->reactions[i].from);
		json_put_string(out, "reaction", m->reactions[i].text);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

void
message_json(struct buf *out, const struct message *m, bool repeated)
{
	char iso[TIME_ISO_SIZE];
	char key[KEY_TEXT_SIZE];

	buf_add_char(out, '{');
	json_put_string(out, "conversation", m->conversation);
	if (m->msg_id)
		json_put_int(out, "msg_id", m->msg_id);
	json_put_string(out, "from", m->from);
	json_put_string(out, "time", time_iso(m->time, iso));
	json_put_string(out, "type", m->type);
	if (m->text)
		json_put_string(out, "text", m->text);
	if (m->target)
		json_put_int(out, strcmp(m->type, "text") == 0 ? "reply_to" : "target", m->target);
	amendments_json(out, m);
	if (m->has_key)
		json_put_string(out, "key", key_format(&m->key, key));
	if (m->state != STATE_NONE)
		json_put_string(out, "state", message_state_name(m->state));
	if (repeated)
		json_put_bool(out, "repeated", true);
	if (m->aside)
		json_put_bool(out, "aside", true);
	buf_add_char(out, '}');
}

void
print_message_line(enum format format, const struct message *message, bool repeated)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON)
		message_json(&line, message, repeated);
	else
		message_text(&line, message, repeated);
	print_line(&line);
}

void
print_message_numbered(const struct message *message)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (message->msg_id)
		buf_printf(&line, "%lld ", (long long)message->msg_id);
	message_text(&line, message, false);
	print_line(&line);
}

void
print_hole(enum format format, const char *conversation, struct id_range ids)
{
	long long count = ids.last - ids.first + 1;
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "conversation", conversation);
		json_put_name(&line, "hole");
		buf_add_char(&line, '{');
		json_put_int(&line, "first", ids.first);
		json_put_int(&line, "last", ids.last);
		buf_add_string(&line, "}}");
	} else {
		char *said = say_hole(count);

		if (count == 1)
			buf_printf(&line, "-- %s (%lld) --", said, (long long)ids.first);
		else
			buf_printf(&line, "-- %s (%lld-%lld) --", said, (long long)ids.first,
			    (long long)ids.last);
		free(said);
	}
	print_line(&line);
}

void
add_called(struct buf *out, const char *name, const char *display)
{
	if (name[0]) {
		buf_add_string(out, "  ");
		add_safe(out, name);
	} else if (display[0]) {
		buf_add_string(out, "  (");
		add_safe(out, display);
		buf_add_char(out, ')');
	}
}

void
print_contact(enum format format, const struct contact *contact)
{
	const char *display = contact->display ? contact->display : "";
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "address", contact->address);
		json_put_string(&line, "name", contact->name);
		if (display[0])
			json_put_string(&line, "display_name", display);
		buf_add_char(&line, '}');
	} else {
		add_safe(&line, contact->address);
		add_called(&line, contact->name, display);
	}
	print_line(&line);
}

void
print_group(enum format format, const struct group *group)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "address", group->address);
		json_put_string(&line, "name", group->name);
		if (group->left)
			json_put_bool(&line, "left", true);
		buf_add_char(&line, '}');
	} else {
		add_safe(&line, group->address);
		buf_add_string(&line, "  ");
		add_safe(&line, group->name);
		if (group->left)
			buf_printf(&line, "  [%s]", _("left"));
	}
	print_line(&line);
}

static void
sent_json(struct buf *line, const struct client_message *message, const struct client_sent *sent,
    bool queued)
{
	char iso[TIME_ISO_SIZE];
	char key[KEY_TEXT_SIZE];
	bool doubt = !queued && sent->status == STATUS_AGAIN;

	buf_add_char(line, '{');
	json_put_string(line, "conversation", message->to.text);
	json_put_string(line, "key", key_format(&message->key, key));
	if (message->type)
		json_put_string(line, "type", message->type);
	if (message->target)
		json_put_int(line, message->type ? "target" : "reply_to", message->target);
	if (queued || doubt) {
		json_put_string(line, "state", "queued");
		json_put_bool(line, "doubt", doubt);
	} else if (sent->status == STATUS_OK) {
		json_put_string(line, "state", "sent");
		json_put_int(line, "msg_id", sent->msg_id);
		json_put_string(line, "time", time_iso(sent->time, iso));
	} else {
		json_put_string(line, "state", "failed");
	}
	if (!queued && sent->status != STATUS_OK)
		json_put_string(line, "error", sent->text);
	buf_add_char(line, '}');
}

static void
sent_text(struct buf *line, const struct client_message *message, const struct client_sent *sent,
    bool queued)
{
	char key[KEY_TEXT_SIZE];

	if (queued)
		buf_printf(line, "queued %s", key_format(&message->key, key));
	else if (sent->status == STATUS_OK)
		buf_printf(line, "sent %lld", (long long)sent->msg_id);
	else if (sent->status == STATUS_AGAIN)
		buf_printf(line, "doubt %s", key_format(&message->key, key));
	else
		buf_printf(line, "failed %s", key_format(&message->key, key));
}

void
print_sent(enum format format, const struct client_message *message, const struct client_sent *sent,
    bool queued)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON)
		sent_json(&line, message, sent, queued);
	else
		sent_text(&line, message, sent, queued);
	print_line(&line);
}

void
print_marker(const char *conversation, int64_t marker)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	buf_add_char(&line, '{');
	json_put_string(&line, "conversation", conversation);
	json_put_int(&line, "read", marker);
	buf_add_char(&line, '}');
	print_line(&line);
}

void
print_unread(enum format format, const struct client_conversation *conversation)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "conversation", conversation->address);
		json_put_int(&line, "read", conversation->read);
		json_put_int(&line, "last", conversation->last);
		json_put_int(&line, "unread", conversation->unread);
		buf_add_char(&line, '}');
	} else {
		add_safe(&line, conversation->address);
		buf_printf(&line, "  %lld", (long long)conversation->unread);
	}
	print_line(&line);
}

void
print_receipts(enum format format, const char *conversation, int64_t msg_id,
    const struct client_receipts *receipts)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "conversation", conversation);
		json_put_int(&line, "msg_id", msg_id);
		json_put_int(&line, "others", receipts->others);
		json_put_int(&line, "delivered", receipts->delivered);
		json_put_int(&line, "read", receipts->read);
		buf_add_char(&line, '}');
	} else {
		buf_printf(&line, _("%lld others, delivered to %lld, read by %lld"),
		    (long long)receipts->others, (long long)receipts->delivered,
		    (long long)receipts->read);
	}
	print_line(&line);
}

void
print_failed(enum format format, const struct message *message, const char *failure)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		message_json(&line, message, false);
		line.length--; /* the object goes on */
		json_put_string(&line, "error", failure);
		buf_add_char(&line, '}');
	} else {
		message_text(&line, message, false);
		buf_add_string(&line, "\n    ");
		add_safe(&line, failure);
	}
	print_line(&line);
}
