/* A message and where it stands. */
#ifndef TERN_MODEL_MESSAGE_H
#define TERN_MODEL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/key.h"

/* What is known of an own message. Others' messages are STATE_NONE. */
enum message_state {
	STATE_NONE,
	STATE_QUEUED, /* in the outbox: the server may or may not have it */
	STATE_SENT,   /* the server has it */
	STATE_FAILED, /* the server refused it for good */
};

/*
 * One durable event of a conversation. (conversation, msg_id) names it for ever. The strings
 * are borrowed from whoever filled the struct.
 */
struct message {
	const char *conversation; /* address: the peer of a direct one, or the group */
	int64_t msg_id;           /* 1, 2, 3 … dense; 0 while it is in the outbox */
	const char *from;         /* address of its author */
	int64_t time;             /* wall time in microseconds, for people */
	int64_t stamp;            /* the server's; 0 while in the outbox */
	const char *type;         /* "text"; others as the protocol names them */
	const char *text;         /* UTF-8, NULL where the type has none */
	bool has_key;
	struct key key; /* of own messages */
	enum message_state state;
};

/* "queued", "sent", "failed"; NULL for STATE_NONE. */
const char *message_state_name(enum message_state state);

#endif
