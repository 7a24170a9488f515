/* send (doc/protocol.md 3.2). */
#ifndef TERN_WIRE_SEND_H
#define TERN_WIRE_SEND_H

#include "model/contact.h"
#include "wire/error.h"
#include "wire/json.h"

/* Strings are borrowed: from the caller when written, from the document when read. */
struct send_item {
	const char *to; /* address */
	struct key key;
	bool has_after;
	struct key after;
	const char *type;
	const char *text; /* never NULL */
	int64_t target;   /* msg_id; 0 for none */
	int64_t was;      /* stamp; 0 for none */
};

struct send_request {
	struct send_item *items; /* owned after send_request_read() */
	size_t count;
	struct cursor known; /* of the sender; generation "" for none */
};

struct send_result {
	struct key key;
	enum wire_error error; /* WIRE_OK: stored */
	const char *error_text;
	const char *conversation; /* address, as the sender names it */
	int64_t msg_id;
	int64_t time;
	int64_t stamp;
	bool repeated; /* the key was known: the first one's result */
};

struct send_answer {
	const char *generation;
	struct send_result *results; /* owned after send_answer_read() */
	size_t count;
	bool reset; /* what the sender knows, the server lost: nothing was stored, and there are no
	             * results */
};

/* A request is written piece by piece, so that nobody needs all of it at once in structs. */
void send_request_begin(struct buf *out);
void send_request_add(struct buf *out, const struct send_item *item);
/* known: what the sender knows; generation "" for nothing. */
void send_request_end(struct buf *out, const struct cursor *known);
/* Reads and checks every field but whether recipients exist. PROTOCOL, TOO_LARGE (a whole
 * request is refused where one item is malformed). send_request_finish() frees. */
enum status
send_request_read(struct send_request *request, const struct json *doc, struct error *err);
void send_request_finish(struct send_request *request);

void send_answer_write(struct buf *out, const struct send_answer *answer);
/* PROTOCOL. send_answer_finish() frees. */
enum status send_answer_read(struct send_answer *answer, const struct json *doc, struct error *err);
void send_answer_finish(struct send_answer *answer);

#endif
