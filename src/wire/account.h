/* register, login, logout (doc/protocol.md 3.1). */
#ifndef TERN_WIRE_ACCOUNT_H
#define TERN_WIRE_ACCOUNT_H

#include "wire/json.h"

/* The strings are borrowed: from the caller when written, from the document when read. */
struct account_request {
	const char *address;
	const char *password;
	const char *device;
};

struct account_answer {
	const char *generation;
	const char *address;
	int64_t device_id;
	const char *token;
};

void account_request_write(struct buf *out, const struct account_request *request);
/* PROTOCOL, TOO_LARGE. */
enum status
account_request_read(struct account_request *request, const struct json *doc, struct error *err);

void account_answer_write(struct buf *out, const struct account_answer *answer);
/* PROTOCOL. */
enum status
account_answer_read(struct account_answer *answer, const struct json *doc, struct error *err);

#endif
