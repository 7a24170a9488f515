/* pull (doc/protocol.md 3.6). */
#ifndef TERN_WIRE_PULL_H
#define TERN_WIRE_PULL_H

#include "wire/rows.h"

/* Strings are borrowed from the caller (written) or the document (read); arrays are owned and freed
 * by the _finish function after a read. pull_request_read() may return PROTOCOL or TOO_LARGE,
 * pull_answer_read() PROTOCOL. */

struct pull_request {
	struct conversation_range *want;
	size_t count;
	struct acks acks;
};

struct pull_page {
	const char *conversation;
	bool unknown;
	struct id_range ids; /* what it covers; last is first - 1 where that is nothing */
	int64_t first;
	int64_t last;
	struct message *messages; /* with their conversation */
	size_t count;
	struct message *amendments; /* beyond ids, of targets in it */
	size_t amendment_count;
};

struct pull_answer {
	const char *generation;
	bool more;
	struct pull_page *pages;
	size_t count;
};

void pull_request_write(struct buf *out, const struct pull_request *request);
enum status
pull_request_read(struct pull_request *request, const struct json *doc, struct error *err);
void pull_request_finish(struct pull_request *request);
/* One page: the server begins it, appends each message (with its comma), turns to the amendments if
 * there are any, appends each of them likewise, and ends it. `to` stands behind the messages,
 * because it is known only then. */
void pull_page_begin(struct buf *out, const char *conversation, int64_t from);
void pull_page_add(struct buf *out, const struct message *m, const char *text_json);
void pull_page_amendments(struct buf *out);
/* One that pull_page_add() wrote elsewhere. */
void pull_page_add_written(struct buf *out, const char *json, size_t length);
void pull_page_end(struct buf *out, int64_t to, int64_t first, int64_t last);
void pull_page_unknown(struct buf *out, const char *conversation);
enum status pull_answer_read(struct pull_answer *answer, const struct json *doc, struct error *err);
void pull_answer_finish(struct pull_answer *answer);

#endif
