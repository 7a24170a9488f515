/*
 * What is to be told of a group once it is committed (doc/protocol.md 3.5): events, each written
 * once, and who gets it. Filled on the writer's thread, published on the loop's.
 */
#ifndef TERND_ANNOUNCE_H
#define TERND_ANNOUNCE_H

#include "model/contact.h"
#include "model/message.h"
#include "pool.h"
#include "roster.h"

struct announcement;

/* One that went out of the group: it may see messages up to last. */
struct announce_gone {
	int64_t account_id;
	int64_t last;
};

/* All zeros is empty. */
struct announcements {
	struct announcement *items; /* owned; by stamp */
	size_t count;
	struct announce_gone *gone; /* owned */
	size_t gone_count;
};

/* A message for all members, and for those that go: text_json as event_write_message() wants it. */
void
announce_message(struct announcements *list, const struct message *message, const char *text_json);
/* Rows for one account; 0: for all members. */
void announce_group(struct announcements *list, int64_t account_id, const struct group *group);
void
announce_head(struct announcements *list, int64_t account_id, const struct conversation_head *head);
void announce_gone(struct announcements *list, int64_t account_id, int64_t last);

/* Tells the members, but not the account not_to (0 for none). */
void announce_publish(const struct announcements *list, struct pools *pools,
    const struct roster *roster, int64_t not_to);

/* Empties it. */
void announce_clear(struct announcements *list);

#endif
