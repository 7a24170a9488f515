/* login-sync, events, ack, contact-set (doc/protocol.md 3.4, 3.5, 3.7, 3.8). */
#ifndef TERN_WIRE_SYNC_H
#define TERN_WIRE_SYNC_H

#include "wire/rows.h"

/* In all of these: strings are borrowed from the caller (written) or the document (read);
 * arrays are borrowed when written, and owned and freed by the _finish function after a read.
 * Each _request_read may return PROTOCOL or TOO_LARGE, each _answer_read PROTOCOL. */

/* 3.4 */
struct login_sync_request {
	struct cursor cursor; /* generation "" for none */
	struct cursor known;  /* what is known beyond the cursor; generation "" for nothing */
	int64_t until;        /* 0 for none */
	struct acks acks;
};

struct login_sync_answer {
	const char *generation;
	bool reset;
	int64_t to;    /* the interval begins at the request's cursor, 0 without one */
	int64_t until; /* not 0: there is more */
	struct contact *contacts;
	size_t contact_count;
	struct group *groups;
	size_t group_count;
	struct conversation_head *heads;
	size_t head_count;
	struct message *amendments; /* with their conversations */
	size_t amendment_count;
	const char *amendment_rows; /* when written, instead of them: amendment_write()s */
};

void login_sync_request_write(struct buf *out, const struct login_sync_request *request);
enum status login_sync_request_read(
    struct login_sync_request *request, const struct json *doc, struct error *err);
void login_sync_request_finish(struct login_sync_request *request);
/* One amendment as a row of the answer; the server keeps them written. */
void amendment_write(struct buf *out, const struct message *message, const char *text_json);
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

enum event_kind { EVENT_MESSAGE, EVENT_CONTACT, EVENT_GROUP, EVENT_HEAD, EVENT_UNKNOWN };

struct event {
	enum event_kind kind;
	struct message message;        /* EVENT_MESSAGE, with its conversation */
	struct contact contact;        /* EVENT_CONTACT */
	struct group group;            /* EVENT_GROUP */
	struct conversation_head head; /* EVENT_HEAD */
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
void event_write_group(struct buf *out, const struct group *group);
void event_write_head(struct buf *out, const struct conversation_head *head);
enum status
events_answer_read(struct events_answer *answer, const struct json *doc, struct error *err);
void events_answer_finish(struct events_answer *answer);

/* 3.7 */
void ack_request_write(struct buf *out, const struct acks *acks);
enum status ack_request_read(struct acks *acks, const struct json *doc, struct error *err);

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
