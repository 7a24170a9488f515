/* The table of methods (doc/protocol.md, "Methods"): the single definition for both sides. */
#ifndef TERN_WIRE_METHOD_H
#define TERN_WIRE_METHOD_H

#include <stdbool.h>
#include <stddef.h>

enum method_id {
	METHOD_REGISTER,
	METHOD_LOGIN,
	METHOD_LOGOUT,
	METHOD_LOGIN_SYNC,
	METHOD_EVENTS,
	METHOD_PULL,
	METHOD_SEND,
	METHOD_ACK,
	METHOD_READ,
	METHOD_CONTACT_SET,
	METHOD_DEVICES,
	METHOD_DEVICE_REVOKE,
	METHOD_PASSWD,
	METHOD_RESET,
	METHOD_COMPARE,
	METHOD_DIGEST,
	METHOD_GROUP_CREATE,
	METHOD_GROUP_CHANGE,
	METHOD_RECEIPTS,
	METHOD_PROFILE_SET,
	METHOD_DETAILS,
	METHOD_COUNT
};

enum method_caller {
	CALLER_ANYONE,
	CALLER_DEVICE, /* a valid device token */
};

struct method {
	enum method_id id;
	const char *name; /* "login-sync" */
	const char *verb; /* "POST" */
	const char *path; /* "/v1/login-sync" */
	enum method_caller caller;
	size_t request_limit; /* bytes of body, checked before a byte of it is read */
	bool held;            /* the answer may wait for something to happen */
	bool large;           /* the answer may be large: the client asks for it compressed */
};

const struct method *method_get(enum method_id id);

/* The method at a path (length bytes), NULL where there is none. */
const struct method *method_find(const char *path, size_t length);

#endif
