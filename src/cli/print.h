/*
 * Printers: data to stdout, as text or as JSON (doc/tern-json.5). Whatever came from the network
 * passes through base/text.h or base/jsonw.h here, and nowhere else.
 */
#ifndef TERN_CLI_PRINT_H
#define TERN_CLI_PRINT_H

#include "base/buf.h"
#include "cli/command.h"

/* The version of the JSON that tern writes; it is in tern-json(5)'s history. */
enum { JSON_VERSION = 1 };

enum {
	LINE_LIMIT = 1024 * 1024, /* bytes of a line, or of a text's lines */
	MESSAGE_INDENT = 4,       /* of a message's further lines, so that its first can be told */
};

/* Appends a text as one line that does a terminal no harm. */
void add_safe(struct buf *out, const char *text);
/* The same for a text of several lines: all but the first are indented by so many blanks. */
void add_lines(struct buf *out, const char *text, int indent);
/* A line (or a text's lines) about a message. */
void print_message_line(enum format format, const struct message *message, bool repeated);
/* The same as text, behind the number by which other commands name the message. */
void print_message_numbered(const struct message *message);
/* The same into a buffer, as JSON without a line end. */
void message_json(struct buf *out, const struct message *message, bool repeated);
void print_hole(enum format format, const char *conversation, struct id_range ids);
/* Appends what somebody is called: by the owner, else by themselves, told apart; "" for none. */
void add_called(struct buf *out, const char *name, const char *display);
void print_contact(enum format format, const struct contact *contact);
void print_group(enum format format, const struct group *group);
/* What became of a message that was sent; failure is NULL unless it failed. */
void print_sent(enum format format, const struct client_message *message,
    const struct client_sent *sent, bool queued);
/* Where a read marker stands, as JSON. */
void print_marker(const char *conversation, int64_t marker);
/* A conversation, with how much of it is unread. */
void print_unread(enum format format, const struct client_conversation *conversation);
void print_receipts(enum format format, const char *conversation, int64_t msg_id,
    const struct client_receipts *receipts);
void print_failed(enum format format, const struct message *message, const char *failure);

/* A message that was found, as a piece of its text with the hits marked (print_hit.c). */
void print_hit(enum format format, const struct client_hit *hit);

/* Writes a whole buffer and a line end. */
void print_line(struct buf *line);

/* Flushes stdout. IO where anything could not be written. */
enum status print_flush(struct error *err);

#endif
