#include "roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct roster *
roster_create(const struct roster_member *members, size_t count)
{
	struct roster *roster = mem_alloc(sizeof *roster + count * sizeof *members);

	atomic_init(&roster->references, 1);
	roster->count = count;
	if (count)
		memcpy(roster->members, members, count * sizeof *members);
	return roster;
}

struct roster *
roster_hold(struct roster *roster)
{
	atomic_fetch_add(&roster->references, 1);
	return roster;
}

void
roster_release(struct roster *roster)
{
	if (roster && atomic_fetch_sub(&roster->references, 1) == 1)
		free(roster);
}

const struct roster_member *
roster_find(const struct roster *roster, int64_t account_id)
{
	size_t low = 0, high = roster->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct roster_member *member = &roster->members[middle];

		if (member->account_id == account_id)
			return member;
		if (member->account_id < account_id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
