/* Every limit of the protocol (doc/protocol.md, "Limits"), in bytes unless it says otherwise. */
#ifndef TERN_WIRE_LIMITS_H
#define TERN_WIRE_LIMITS_H

#include "model/message.h"

enum {
	LIMIT_TEXT = MESSAGE_TEXT_MAX, /* a message's text */
	LIMIT_NAME = 128,              /* display names, device names */
	LIMIT_PASSWORD_MIN = 8,
	LIMIT_PASSWORD = 1024,
	LIMIT_TYPE = 32, /* a message type's name */
	LIMIT_TOPIC = 1024,
	LIMIT_MEMBERS = 10000, /* of a group */
	LIMIT_REQUEST = 2 * 1024 * 1024,
	LIMIT_REQUEST_SMALL = 8 * 1024, /* of methods that carry a few fields */
	LIMIT_HEAD = 8 * 1024,          /* request line and headers */
	LIMIT_PLAIN = 1024,             /* bodies over it travel compressed */
	LIMIT_PACKED_WINDOW_LOG = 23,   /* a compressed body's window: 8 MiB, as RFC 9659 says */
	LIMIT_PAGE = 1024 * 1024,       /* an answer's rows; the last may pass it by one row */
	LIMIT_ANSWER = 4 * 1024 * 1024, /* what a client accepts */
	LIMIT_JSON_DEPTH = 16,          /* levels */
	LIMIT_JSON_VALUES = 100000,     /* values in one document */
	LIMIT_BATCH = 1000,             /* messages in a send, ranges, acks, contacts */
	LIMIT_PAGE_ROWS = 1000,         /* rows in an answer */
	LIMIT_DIGEST = 100000,          /* messages that one digest looks at */
	LIMIT_LISTS = 10,               /* member lists looked at in one request */
	LIMIT_WAIT_MS = 90000,          /* how long a poll may be held, milliseconds */
};

/* Numbers in JSON stay exact below this. */
#define LIMIT_INTEGER ((INT64_C(1) << 53) - 1)

#endif
