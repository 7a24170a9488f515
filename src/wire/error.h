/* The protocol's error codes (doc/protocol.md, "Errors"): one table for both sides. */
#ifndef TERN_WIRE_ERROR_H
#define TERN_WIRE_ERROR_H

#include "base/buf.h"
#include "base/status.h"

enum wire_error {
	WIRE_OK = 0,
	WIRE_BAD_REQUEST,     /* not HTTP as doc/protocol.md wants it */
	WIRE_BAD_JSON,        /* the body is not one JSON object, too deep, or not UTF-8 */
	WIRE_BAD_FIELD,       /* a field is missing, of the wrong type or out of bounds */
	WIRE_LENGTH_REQUIRED, /* no Content-Length */
	WIRE_TOO_LARGE,       /* the body, or a field, is over its limit */
	WIRE_HEAD_TOO_LARGE,  /* request line and headers */
	WIRE_UNSUPPORTED,     /* Transfer-Encoding, or an encoding not known */
	WIRE_VERSION,         /* not HTTP/1.1 */
	WIRE_UNKNOWN_METHOD,  /* no such path */
	WIRE_WRONG_VERB,      /* the path exists, the verb doesn't fit */
	WIRE_UNAUTHORIZED,    /* no token, or not a valid one (any more) */
	WIRE_DENIED,          /* wrong address or password, registration closed */
	WIRE_EXISTS,          /* the address is taken */
	WIRE_NO_RECIPIENT,    /* no such recipient */
	WIRE_NOT_MEMBER,      /* of that group, or not any more */
	WIRE_NOT_ALLOWED,     /* the member's role does not allow it */
	WIRE_BAD_TARGET,      /* the message named by "target" can't be amended or replied to */
	WIRE_KEY_CONFLICT,    /* the key was used for other content */
	WIRE_NO_PREDECESSOR,  /* the message named by "after" is not here: resend from the oldest */
	WIRE_NOT_STORED,      /* of a batch: not reached, because one before it was refused */
	WIRE_SLOW,            /* the request did not arrive in time */
	WIRE_BUSY,            /* too many of these at once: try again later */
	WIRE_DRAINING,        /* the server is going down: try again */
	WIRE_STORAGE,         /* the server's disk failed: nothing was stored */
	WIRE_INTERNAL,
	WIRE_ERROR_COUNT
};

/* The code as JSON names it, "too-large". */
const char *wire_error_name(enum wire_error code);

/* The HTTP status that carries it. */
int wire_error_http(enum wire_error code);

/* What a client makes of it. */
enum status wire_error_status(enum wire_error code);

/* The code by its JSON name. A name not known: WIRE_INTERNAL. */
enum wire_error wire_error_find(const char *name);

/* True where the same request may succeed later, and nothing was done. */
bool wire_error_is_temporary(enum wire_error code);

/* Appends {"error":{"code":…,"text":…}}; text is one sentence. */
void wire_error_write(struct buf *out, enum wire_error code, const char *text);

#endif
