/* A group of alice's in a store, for the tests of it. */
#ifndef TERN_TESTS_GROUP_FIXTURE_H
#define TERN_TESTS_GROUP_FIXTURE_H

#include "base/buf.h"
#include "store_fixture.h"

#define TEAM "#team@localhost"

/* What a change tells, as one line. Stamps must grow. */
struct told {
	struct fixture *f;
	struct buf text;
	int64_t stamp;
};
struct store_group_sink group_sink(struct told *told);

/* Runs a change, or a create where it is not NULL, in a transaction of its own. What it tells is
 * appended to text, which may be NULL. */
enum wire_error group_do(struct fixture *f, const struct caller *caller,
    const struct group_create *create, const struct group_change *change, struct buf *text);

/* A request for it, with bob and carol: the first `members` of them. */
struct group_create team(uint8_t key, bool history, size_t members);

#endif
