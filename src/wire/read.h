/* read (doc/protocol.md 3.9): read markers. */
#ifndef TERN_WIRE_READ_H
#define TERN_WIRE_READ_H

#include "wire/rows.h"

/* Strings are borrowed from the caller (written) or the document (read); arrays are borrowed when
 * written, and owned and freed by the _finish function after a read. */

struct read_marker {
	const char *conversation;
	int64_t msg_id;
};

struct read_request {
	struct read_marker *markers;
	size_t count;
};

/* The heads of the conversations named, as they are now; not of those that were passed over. */
struct read_answer {
	const char *generation;
	struct conversation_head *heads;
	size_t count;
};

/* Markers one by one, so that nobody needs an array of them. */
void read_request_begin(struct buf *out);
void read_request_add(struct buf *out, const char *conversation, int64_t msg_id);
void read_request_end(struct buf *out);
/* PROTOCOL, TOO_LARGE. */
enum status
read_request_read(struct read_request *request, const struct json *doc, struct error *err);
void read_request_finish(struct read_request *request);

void read_answer_write(struct buf *out, const struct read_answer *answer);
/* PROTOCOL. */
enum status read_answer_read(struct read_answer *answer, const struct json *doc, struct error *err);
void read_answer_finish(struct read_answer *answer);

#endif
