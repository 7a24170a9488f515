/* Groups and their members. */
#ifndef TERN_MODEL_GROUP_H
#define TERN_MODEL_GROUP_H

#include <stdbool.h>
#include <stdint.h>

enum role {
	ROLE_NONE, /* has left, or was never in it */
	ROLE_MEMBER,
	ROLE_ADMIN,
	ROLE_OWNER,
	ROLE_COUNT
};

/* A group as login-sync lists it. Strings are borrowed from whoever filled the struct. */
struct group {
	const char *address; /* #name@domain */
	const char *name;    /* what it is called */
	int64_t stamp;       /* of its last change: name, topic, members */
	bool left;           /* this account is not in it any more */
};

/* What is pulled when somebody looks at it (doc/protocol.md 3.11). */
struct group_detail {
	struct group group;
	const char *topic;
	bool history;    /* newcomers see what was before them */
	int64_t members; /* how many */
	enum role role;  /* this account's */
};

struct member {
	const char *address;
	enum role role;
	int64_t stamp;
};

/* "none", "member", "admin", "owner". */
const char *role_name(enum role role);

/* False where it is no role's name. */
bool role_find(const char *name, enum role *role);

#endif
