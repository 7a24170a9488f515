/* group-create, group-change, receipts (doc/protocol.md 3.12, 3.7). */
#ifndef TERN_WIRE_GROUP_H
#define TERN_WIRE_GROUP_H

#include "wire/error.h"
#include "wire/rows.h"

/* Strings are borrowed: from the caller when written, from the document when read. Arrays are
 * borrowed when written, and owned and freed by the _finish function after a read. */

struct group_create {
	struct key key;
	const char *address;
	const char *name;
	bool history;
	const char **members;
	size_t member_count;
};

void group_create_write(struct buf *out, const struct group_create *create);
/* PROTOCOL, TOO_LARGE. */
enum status
group_create_read(struct group_create *create, const struct json *doc, struct error *err);
void group_create_finish(struct group_create *create);

void group_change_write(struct buf *out, const struct group_change *change);
/* Reads the fields of its action, and checks them; others are left 0. PROTOCOL, TOO_LARGE. */
enum status
group_change_read(struct group_change *change, const struct json *doc, struct error *err);
void group_change_finish(struct group_change *change);

/* A member that was named, and not taken. */
struct group_refusal {
	const char *address;
	enum wire_error code;
};

/* Of both. */
struct group_answer {
	const char *generation;
	struct group group;
	struct conversation_head head;
	struct group_refusal *refused;
	size_t refused_count;
};

void group_answer_write(struct buf *out, const struct group_answer *answer);
/* PROTOCOL. */
enum status
group_answer_read(struct group_answer *answer, const struct json *doc, struct error *err);
void group_answer_finish(struct group_answer *answer);

struct receipts_request {
	const char *conversation; /* address */
	int64_t msg_id;
};

struct receipts_answer {
	const char *generation;
	int64_t members; /* others that may see the message */
	int64_t acked;   /* of these, those that have it */
	int64_t read;
};

void receipts_request_write(struct buf *out, const struct receipts_request *request);
/* PROTOCOL. */
enum status
receipts_request_read(struct receipts_request *request, const struct json *doc, struct error *err);
void receipts_answer_write(struct buf *out, const struct receipts_answer *answer);
/* PROTOCOL. */
enum status
receipts_answer_read(struct receipts_answer *answer, const struct json *doc, struct error *err);

#endif
