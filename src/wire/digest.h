/* digest (doc/protocol.md 3.10): what a range of messages comes to, the same on both sides. */
#ifndef TERN_WIRE_DIGEST_H
#define TERN_WIRE_DIGEST_H

#include <sodium/crypto_hash_sha256.h>

#include "base/text.h"
#include "wire/rows.h"

enum { DIGEST_BYTES = 16, DIGEST_TEXT_SIZE = TEXT_BASE64URL_SIZE(DIGEST_BYTES) };

/* One digest: digest_init(), each message of the range in order, and digest_end(). */
struct digest {
	crypto_hash_sha256_state sha;
};
void digest_init(struct digest *digest);
/* text: the message's, NULL where it has none. */
void digest_add(struct digest *digest, const struct message *message, const char *text);
/* Writes the sum as text, and returns it; init the digest before it is used again. */
char *digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE]);

struct digest_request {
	struct conversation_range *ranges; /* owned after a read, their strings borrowed */
	size_t count;
};

struct digest_answer {
	const char *generation;
	const char **digests; /* owned after a read, the strings borrowed; NULL: not in it */
	size_t count;         /* of the first ranges: the others were not looked at */
};

void digest_request_write(struct buf *out, const struct digest_request *request);
/* PROTOCOL, TOO_LARGE. */
enum status
digest_request_read(struct digest_request *request, const struct json *doc, struct error *err);
void digest_request_finish(struct digest_request *request);
void digest_answer_write(struct buf *out, const struct digest_answer *answer);
/* PROTOCOL. */
enum status
digest_answer_read(struct digest_answer *answer, const struct json *doc, struct error *err);
void digest_answer_finish(struct digest_answer *answer);

#endif
