/* What several methods' requests and answers are made of: messages, contacts, heads, acks. */
#ifndef TERN_WIRE_ROWS_H
#define TERN_WIRE_ROWS_H

#include "model/contact.h"
#include "model/group.h"
#include "model/message.h"
#include "wire/json.h"

/*
 * Appends the fields of a message, without braces and without "conversation", as an item of an
 * object under way (doc/protocol.md 3.5). text_json, where not NULL, is the text as a
 * JSON string with its quotes, and is spliced in instead of m->text. The key is written where
 * m->has_key.
 */
void message_write_fields(struct buf *out, const struct message *m, const char *text_json);

/* Reads them; m->conversation is left alone. A type not known is kept as it is. PROTOCOL. */
enum status message_read_fields(struct message *m, const struct json *object, struct error *err);

/* The fields of a contact, without braces (3.4). */
void contact_write_fields(struct buf *out, const struct contact *contact);
/* with_stamp: the answer's form; without it the form of contact-set's request, whose name may be
 * NULL (3.8). PROTOCOL, TOO_LARGE. */
enum status contact_read_fields(
    struct contact *contact, const struct json *object, bool with_stamp, struct error *err);

/* The fields of a group, without braces (3.4). PROTOCOL. */
void group_write_fields(struct buf *out, const struct group *group);
enum status group_read_fields(struct group *group, const struct json *object, struct error *err);

/* The fields of a conversation head, without braces (3.4). PROTOCOL. */
void head_write_fields(struct buf *out, const struct conversation_head *head);
enum status
head_read_fields(struct conversation_head *head, const struct json *object, struct error *err);

/* Reads each object of the array `name` (may be absent) with one(). *rows is the caller's to
 * free(), also after a failure; NULL and 0 where there is none. PROTOCOL, and what one() returns.
 */
enum status
rows_read(const struct json *doc, const char *name, size_t row_size, void **rows, size_t *count,
    enum status (*one)(void *row, const struct json *object, struct error *err), struct error *err);
/* Appends "name":[{…},…], each object's fields written by one(). */
void rows_write(struct buf *out, const char *name, const void *rows, size_t count,
    void (*one)(struct buf *out, const void *rows, size_t i));

/* Appends [A,N] with a comma before it where one is due, and reads it: false where the item isn't
 * an address and a number from 0 on, and nothing behind. *address is borrowed from the document. */
void pair_write(struct buf *out, const char *address, int64_t number);
bool pair_read(const struct json *item, const char **address, int64_t *number);

/* What a request acknowledges (3.7): "acks", left out where there is none. */
struct acks {
	struct conversation_range *items;
	size_t count;
};
void acks_write(struct buf *out, const struct acks *acks);
enum status acks_read(struct acks *acks, const struct json *doc, struct error *err);
void acks_finish(struct acks *acks);

/* "name":[[A,FIRST,LAST],…], left out where count is 0 (3.6, 3.7). */
void ranges_write(
    struct buf *out, const char *name, const struct conversation_range *ranges, size_t count);
/* *ranges is the caller's to free(), its strings borrowed from the document; NULL and 0 where
 * the field is absent. PROTOCOL, TOO_LARGE. */
enum status ranges_read(const struct json *object, const char *name, enum json_need need,
    struct conversation_range **ranges, size_t *count, struct error *err);

#endif
