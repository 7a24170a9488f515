/*
 * Who is in a group: a list that never changes once it was made, so that the writer's thread and
 * the loop share it. A change of members makes another list. Any thread.
 */
#ifndef TERND_ROSTER_H
#define TERND_ROSTER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "model/group.h"

struct roster_member {
	int64_t account_id;
	int64_t joined; /* the msg_id that added it */
	enum role role; /* never ROLE_NONE */
};

struct roster {
	atomic_size_t references;
	size_t count;
	struct roster_member members[]; /* by account_id, ascending */
};

/* Copies count members, which ascend. One reference is the caller's. */
struct roster *roster_create(const struct roster_member *members, size_t count);
/* Returns roster, with one reference more. */
struct roster *roster_hold(struct roster *roster);
/* Gives one back, and frees it with the last. Accepts NULL. */
void roster_release(struct roster *roster);

/* NULL where the account isn't in. Borrowed from the roster. */
const struct roster_member *roster_find(const struct roster *roster, int64_t account_id);

#endif
