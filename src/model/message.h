/* A message and where it stands. */
#ifndef TERN_MODEL_MESSAGE_H
#define TERN_MODEL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/key.h"

enum { MESSAGE_TEXT_MAX = 64 * 1024, MESSAGE_REACTION_MAX = 64 }; /* bytes of UTF-8 */

/* What is known of an own message. Others' messages are STATE_NONE. */
enum message_state {
	STATE_NONE,
	STATE_QUEUED,    /* in the outbox: the server may or may not have it */
	STATE_SENT,      /* the server has it */
	STATE_DELIVERED, /* a device of the other side has it; direct conversations only */
	STATE_READ,      /* and it was read there */
	STATE_FAILED,    /* the server refused it for good */
};

enum message_target { TARGET_NONE, TARGET_OPTIONAL, TARGET_REQUIRED };

/* What the protocol says of a type (doc/protocol.md 3.2, 3.12): one table for both sides. */
struct message_type {
	const char *name;
	bool sendable;              /* by a client; the server makes the others itself */
	bool counted;               /* as unread */
	bool amends;                /* changes its target */
	bool amendable;             /* can be a target: to be replied to, or amended */
	enum message_target target; /* whether it names another message */
	int text_min;               /* bytes */
	int text_max;
};

/* NULL where this version does not know the type. */
const struct message_type *message_type_find(const char *name);

/* False for a type that this version does not know, too. */
bool message_is_amendable(const char *type);

/* Somebody's reaction to a message. */
struct reaction {
	const char *from; /* address */
	const char *text;
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
	int64_t target;           /* the msg_id it names: replied to, or amended; 0 for none */
	int64_t was;              /* its stamp in a history that the server lost; 0 for none */
	bool has_key;
	struct key key; /* of own messages */
	enum message_state state;

	/* What a cache made of its amendments: text is the edited one then. */
	int64_t edited; /* the msg_id of the newest edit; 0 for none */
	bool recalled;  /* the text is erased */
	bool aside;     /* of a history that the server lost: only here */
	const struct reaction *reactions;
	size_t reaction_count;
};

/* "queued", "sent", "delivered", "read", "failed"; NULL for STATE_NONE. */
const char *message_state_name(enum message_state state);

/* How many of the message's reactions are like the i-th; 0 where an earlier one is: each counts
 * once. */
size_t message_reaction_tally(const struct message *message, size_t i);

/* A copy that owns all its strings and reactions, for message_finish(). */
struct message message_copy(const struct message *message);
void message_finish(struct message *copy);

#endif
