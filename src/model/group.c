#include "model/group.h"

#include <string.h>

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_NONE] = "none",
    [ROLE_MEMBER] = "member",
    [ROLE_ADMIN] = "admin",
    [ROLE_OWNER] = "owner",
};

static const char *const action_names[GROUP_ACTION_COUNT] = {
    [GROUP_ADD] = "add",
    [GROUP_REMOVE] = "remove",
    [GROUP_LEAVE] = "leave",
    [GROUP_ROLE] = "role",
    [GROUP_RENAME] = "rename",
    [GROUP_HISTORY] = "history",
};

const char *
role_name(enum role role)
{
	return role_names[role];
}

bool
role_find(const char *name, enum role *role)
{
	for (enum role r = ROLE_NONE; r < ROLE_COUNT; r++) {
		if (strcmp(role_names[r], name) == 0) {
			*role = r;
			return true;
		}
	}
	return false;
}

const char *
group_action_name(enum group_action action)
{
	return action_names[action];
}

bool
group_action_find(const char *name, enum group_action *action)
{
	for (enum group_action a = GROUP_ADD; a < GROUP_ACTION_COUNT; a++) {
		if (strcmp(action_names[a], name) == 0) {
			*action = a;
			return true;
		}
	}
	return false;
}
