/* devices, device-revoke, passwd (doc/protocol.md 3.13). */
#ifndef TERN_WIRE_DEVICE_H
#define TERN_WIRE_DEVICE_H

#include "model/device.h"
#include "wire/json.h"

/* Strings are borrowed from the caller (written) or the document (read). Each _request_read may
 * return PROTOCOL or TOO_LARGE, devices_answer_read() PROTOCOL. */

struct devices_answer {
	const char *generation;
	struct device *devices; /* owned after devices_answer_read() */
	size_t count;
};

void devices_answer_write(struct buf *out, const struct devices_answer *answer);
/* devices_answer_finish() frees. */
enum status
devices_answer_read(struct devices_answer *answer, const struct json *doc, struct error *err);
void devices_answer_finish(struct devices_answer *answer);

void device_revoke_request_write(struct buf *out, int64_t device_id);
enum status
device_revoke_request_read(int64_t *device_id, const struct json *doc, struct error *err);

struct passwd_request {
	const char *password; /* the present one */
	const char *new_password;
};

void passwd_request_write(struct buf *out, const struct passwd_request *request);
enum status
passwd_request_read(struct passwd_request *request, const struct json *doc, struct error *err);

#endif
