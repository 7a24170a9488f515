#include "model/group.h"

#include <string.h>

static const char *const names[ROLE_COUNT] = {
    [ROLE_NONE] = "none",
    [ROLE_MEMBER] = "member",
    [ROLE_ADMIN] = "admin",
    [ROLE_OWNER] = "owner",
};

const char *
role_name(enum role role)
{
	return names[role];
}

bool
role_find(const char *name, enum role *role)
{
	for (enum role r = ROLE_NONE; r < ROLE_COUNT; r++) {
		if (strcmp(names[r], name) == 0) {
			*role = r;
			return true;
		}
	}
	return false;
}
