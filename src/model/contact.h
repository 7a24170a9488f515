/* Contacts, conversation heads and cursors, as login-sync lists them. */
#ifndef TERN_MODEL_CONTACT_H
#define TERN_MODEL_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

/* A contact is the owner's own note of an address; no account need stand behind it. */
struct contact {
	const char *address;
	const char *name; /* what the owner calls it; "" for none */
	int64_t stamp;
	int64_t profile; /* the stamp of that account's profile; 0 for none */
	bool removed;    /* a removal is a flag, kept for ever */
	/* What they call themselves, where the cache has it: not of the protocol. May be NULL. */
	const char *display;
};

struct conversation_head {
	const char *conversation; /* address */
	int64_t first;            /* the oldest msg_id the server still has; 1 until it prunes */
	int64_t last;             /* last_msg_id; 0 while empty */
	int64_t ack;              /* the member's last_ack_msg_id: the highest of its devices' */
	int64_t read;             /* the member's last_read_msg_id */
	int64_t unread;           /* others' counted messages above read */
	int64_t bytes;            /* of the messages above ack, which wait */
	int64_t peer_ack;         /* the other's ack and read in a direct conversation; else 0 */
	int64_t peer_read;
	int64_t joined; /* of a group's member that sees what was before it: the msg_id that added
	                 * it; else 0 */
	int64_t stamp;
};

/* A run of msg_ids of one conversation, both ends within. */
struct id_range {
	int64_t first;
	int64_t last;
};

/* A run of a named conversation: what is acknowledged, or wanted of pull. */
struct conversation_range {
	const char *conversation; /* address */
	struct id_range ids;
};

/* What a client knows: everything up to stamp, as that generation of the server counted. */
enum { GENERATION_SIZE = 12 }; /* 8 random bytes as base64url, and the 0 */

struct cursor {
	char generation[GENERATION_SIZE]; /* "" for none: a new device */
	int64_t stamp;
};

#endif
