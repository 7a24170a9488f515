#include "model/profile.h"

#include <string.h>

bool
profile_field_is_valid(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= PROFILE_FIELD_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

const char *
profile_value(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->count; i++)
		if (strcmp(profile->fields[i].name, name) == 0)
			return profile->fields[i].value;
	return "";
}
