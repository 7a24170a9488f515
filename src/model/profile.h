/* What an account says of itself (doc/protocol.md 3.11). */
#ifndef TERN_MODEL_PROFILE_H
#define TERN_MODEL_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PROFILE_FIELDS_MAX = 32,
	PROFILE_FIELD_MAX = 32,   /* bytes of a field's name */
	PROFILE_VALUE_MAX = 1024, /* bytes of a value */
};

/* Fields that programs know; people may have others. */
#define PROFILE_NAME   "name"   /* what they call themselves */
#define PROFILE_STATUS "status" /* a line about what they are at */

/* Strings are borrowed from whoever filled the structs. */
struct profile_field {
	const char *name; /* [a-z0-9_-] */
	const char *value;
};

struct profile {
	const char *address;
	int64_t stamp; /* of its last change; 0: there is none */
	const struct profile_field *fields;
	size_t count;
};

/* 1 to PROFILE_FIELD_MAX bytes of a-z, 0-9, _ and -. */
bool profile_field_is_valid(const char *name);

/* A field's value, "" where there is none of that name. */
const char *profile_value(const struct profile *profile, const char *name);

#endif
