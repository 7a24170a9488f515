/* reset and compare (doc/protocol.md 3.3, 3.10). */
#ifndef TERN_WIRE_COMPARE_H
#define TERN_WIRE_COMPARE_H

#include "wire/rows.h"

/* In all of these: strings are borrowed from the caller (written) or the document (read); arrays
 * are borrowed when written, and owned and freed by the _finish function after a read. Each
 * _request_read may return PROTOCOL or TOO_LARGE, each _answer_read PROTOCOL. */

/* 3.3: what the client's history is known by, the newest first. */
struct reset_request {
	struct cursor *generations;
	size_t count;
};

struct reset_answer {
	const char *generation;
	int64_t fork;  /* both histories are the same up to it */
	int64_t stamp; /* the highest that the server had committed */
};

void reset_request_write(struct buf *out, const struct reset_request *request);
enum status
reset_request_read(struct reset_request *request, const struct json *doc, struct error *err);
void reset_request_finish(struct reset_request *request);
void reset_answer_write(struct buf *out, const struct reset_answer *answer);
enum status
reset_answer_read(struct reset_answer *answer, const struct json *doc, struct error *err);

/* 3.10 */
enum compare_kind { COMPARE_CONTACTS, COMPARE_GROUPS, COMPARE_CONVERSATIONS, COMPARE_KINDS };

struct compare_have {
	const char *address;
	int64_t stamp; /* 0: it is to come in any case */
};

/* Addresses in (after, upto], each NULL for no bound. */
struct compare_request {
	enum compare_kind kind;
	const char *after;
	const char *upto;
	struct compare_have *have; /* by address, each within the interval and once */
	size_t count;
};

/* Of the three kinds of rows there are those that were asked for. */
struct compare_answer {
	const char *generation;
	int64_t stamp; /* the highest that was committed when it was read */
	struct contact *contacts;
	size_t contact_count;
	struct group *groups;
	size_t group_count;
	struct conversation_head *heads;
	size_t head_count;
	const char **gone; /* addresses that the server does not have */
	size_t gone_count;
	const char *upto; /* NULL: the whole interval was compared; else up to here */
};

void compare_request_write(struct buf *out, const struct compare_request *request);
enum status
compare_request_read(struct compare_request *request, const struct json *doc, struct error *err);
void compare_request_finish(struct compare_request *request);

/* An answer is written as it is read from the store: begun, each differing row added (its fields
 * without braces are the caller's to write between the two calls), and ended. */
void compare_answer_begin(
    struct buf *out, const char *generation, int64_t stamp, enum compare_kind kind);
void compare_row_begin(struct buf *out);
void compare_row_end(struct buf *out);
/* gone is NULL where it is none's turn any more; upto may be NULL. */
void
compare_answer_end(struct buf *out, const char *const *gone, size_t gone_count, const char *upto);
enum status
compare_answer_read(struct compare_answer *answer, const struct json *doc, struct error *err);
void compare_answer_finish(struct compare_answer *answer);

#endif
