/* Groups and their members. */
#ifndef TERN_MODEL_GROUP_H
#define TERN_MODEL_GROUP_H

#include <stdbool.h>
#include <stddef.h>
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

/* What changes a group that there is (doc/protocol.md 3.12). */
enum group_action {
	GROUP_ADD,
	GROUP_REMOVE,
	GROUP_LEAVE,
	GROUP_ROLE,
	GROUP_RENAME,
	GROUP_HISTORY,
	GROUP_ACTION_COUNT
};

struct group_change {
	const char *group; /* address */
	enum group_action action;
	const char **members; /* addresses: whom it adds, removes, or gives the role */
	size_t member_count;
	enum role role;    /* GROUP_ROLE: never ROLE_NONE */
	const char *name;  /* GROUP_RENAME */
	const char *topic; /* GROUP_RENAME: NULL leaves it as it is */
	bool history;      /* GROUP_HISTORY */
};

/* "none", "member", "admin", "owner". */
const char *role_name(enum role role);

/* False where it is no role's name. */
bool role_find(const char *name, enum role *role);

/* "add", "remove" … as the protocol names them. */
const char *group_action_name(enum group_action action);

/* False where it is no action's name. */
bool group_action_find(const char *name, enum group_action *action);

#endif
