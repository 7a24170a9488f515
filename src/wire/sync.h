/* login-sync, events, pull, ack, contact-set (doc/protocol.md 3.4 to 3.8). */
#ifndef TERN_WIRE_SYNC_H
#define TERN_WIRE_SYNC_H

#include "wire/rows.h"

/* In all of these: strings are borrowed from the caller (written) or the document (read);
 * arrays are borrowed when written, and owned and freed by the _finish function after a read.
 * Each _request_read may return PROTOCOL or TOO_LARGE, each _answer_read PROTOCOL. */

struct acks {
	struct conversation_range *items;
	size_t count;
};

/* 3.4 */
struct login_sync_request {
	struct cursor cursor; /* generation "" for none */
	int64_t until;        /* 0 for none */
	struct acks acks;
};

struct login_sync_answer {
	const char *generation;
	bool reset;
	int64_t from;
	int64_t to;
	int64_t until; /* not 0: there is more */
	struct contact *contacts;
	size_t contact_count;
	struct conversation_head *heads;
	size_t head_count;
};

void login_sync_request_write(struct buf *out, const struct login_sync_request *request);
enum status login_sync_request_read(
    struct login_sync_request *request, const struct json *doc, struct error *err);
void login_sync_request_finish(struct login_sync_request *request);
void login_sync_answer_write(struct buf *out, const struct login_sync_answer *answer);
enum status
login_sync_answer_read(struct login_sync_answer *answer, const struct json *doc, struct error *err);
void login_sync_answer_finish(struct login_sync_answer *answer);

/* 3.5 */
struct events_request {
	struct cursor cursor;
	int64_t wait_ms;
	struct acks acks;
};

enum event_kind { EVENT_MESSAGE, EVENT_CONTACT, EVENT_UNKNOWN };

struct event {
	enum event_kind kind;
	struct message message; /* EVENT_MESSAGE, with its conversation */
	struct contact contact; /* EVENT_CONTACT */
};

struct events_answer {
	const char *generation;
	bool resync;
	bool superseded;
	int64_t from;
	int64_t to;
	struct event *events;
	size_t count;
};

void events_request_write(struct buf *out, const struct events_request *request);
enum status
events_request_read(struct events_request *request, const struct json *doc, struct error *err);
void events_request_finish(struct events_request *request);
/* One event object with its braces: what the server keeps in its pools and splices. */
void event_write_message(struct buf *out, const struct message *m, const char *text_json);
void event_write_contact(struct buf *out, const struct contact *contact);
enum status
events_answer_read(struct events_answer *answer, const struct json *doc, struct error *err);
void events_answer_finish(struct events_answer *answer);

/* 3.6 */
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
/* One page: the server begins it, appends each message (with its comma) and ends it. `to` stands
 * behind the messages, because it is known only then. */
void pull_page_begin(struct buf *out, const char *conversation, int64_t from);
void pull_page_add(struct buf *out, const struct message *m, const char *text_json);
void pull_page_end(struct buf *out, int64_t to, int64_t first, int64_t last);
void pull_page_unknown(struct buf *out, const char *conversation);
enum status pull_answer_read(struct pull_answer *answer, const struct json *doc, struct error *err);
void pull_answer_finish(struct pull_answer *answer);

/* 3.7 */
void ack_request_write(struct buf *out, const struct acks *acks);
enum status ack_request_read(struct acks *acks, const struct json *doc, struct error *err);
void acks_finish(struct acks *acks);

/* 3.8: request and answer alike; the request has no stamps and no generation (NULL). */
struct contact_set {
	const char *generation;
	struct contact *contacts;
	size_t count;
};

void contact_set_write(struct buf *out, const struct contact_set *set);
enum status
contact_set_request_read(struct contact_set *set, const struct json *doc, struct error *err);
enum status
contact_set_answer_read(struct contact_set *set, const struct json *doc, struct error *err);
void contact_set_finish(struct contact_set *set);

/* {"generation":G}: the answer where there is nothing else to say. */
void plain_answer_write(struct buf *out, const char *generation);

#endif
