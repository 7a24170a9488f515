#include "wire/method.h"

#include <string.h>

#include "wire/limits.h"

static const struct method table[METHOD_COUNT] = {
    {METHOD_REGISTER, "register", "POST", "/v1/register", CALLER_ANYONE, LIMIT_REQUEST_SMALL, false,
        false},
    {METHOD_LOGIN, "login", "POST", "/v1/login", CALLER_ANYONE, LIMIT_REQUEST_SMALL, false, false},
    {METHOD_LOGOUT, "logout", "POST", "/v1/logout", CALLER_DEVICE, LIMIT_REQUEST_SMALL, false,
        false},
    {METHOD_LOGIN_SYNC, "login-sync", "POST", "/v1/login-sync", CALLER_DEVICE, LIMIT_REQUEST, false,
        true},
    {METHOD_EVENTS, "events", "POST", "/v1/events", CALLER_DEVICE, LIMIT_REQUEST, true, true},
    {METHOD_PULL, "pull", "POST", "/v1/pull", CALLER_DEVICE, LIMIT_REQUEST, false, true},
    {METHOD_SEND, "send", "POST", "/v1/send", CALLER_DEVICE, LIMIT_REQUEST, false, false},
    {METHOD_ACK, "ack", "POST", "/v1/ack", CALLER_DEVICE, LIMIT_REQUEST, false, false},
    {METHOD_READ, "read", "POST", "/v1/read", CALLER_DEVICE, LIMIT_REQUEST, false, false},
    {METHOD_CONTACT_SET, "contact-set", "POST", "/v1/contact-set", CALLER_DEVICE, LIMIT_REQUEST,
        false, false},
    {METHOD_DEVICES, "devices", "POST", "/v1/devices", CALLER_DEVICE, LIMIT_REQUEST_SMALL, false,
        false},
    {METHOD_DEVICE_REVOKE, "device-revoke", "POST", "/v1/device-revoke", CALLER_DEVICE,
        LIMIT_REQUEST_SMALL, false, false},
    {METHOD_PASSWD, "passwd", "POST", "/v1/passwd", CALLER_DEVICE, LIMIT_REQUEST_SMALL, false,
        false},
    {METHOD_RESET, "reset", "POST", "/v1/reset", CALLER_DEVICE, LIMIT_REQUEST, false, false},
    {METHOD_COMPARE, "compare", "POST", "/v1/compare", CALLER_DEVICE, LIMIT_REQUEST, false, true},
    {METHOD_DIGEST, "digest", "POST", "/v1/digest", CALLER_DEVICE, LIMIT_REQUEST, false, true},
    {METHOD_GROUP_CREATE, "group-create", "POST", "/v1/group-create", CALLER_DEVICE, LIMIT_REQUEST,
        false, false},
    {METHOD_GROUP_CHANGE, "group-change", "POST", "/v1/group-change", CALLER_DEVICE, LIMIT_REQUEST,
        false, false},
    {METHOD_RECEIPTS, "receipts", "POST", "/v1/receipts", CALLER_DEVICE, LIMIT_REQUEST_SMALL, false,
        false},
    {METHOD_PROFILE_SET, "profile-set", "POST", "/v1/profile-set", CALLER_DEVICE, LIMIT_REQUEST,
        false, false},
    {METHOD_DETAILS, "details", "POST", "/v1/details", CALLER_DEVICE, LIMIT_REQUEST, false, true},
};

const struct method *
method_get(enum method_id id)
{
	return &table[id];
}

const struct method *
method_find(const char *path, size_t length)
{
	for (size_t i = 0; i < METHOD_COUNT; i++)
		if (strlen(table[i].path) == length && memcmp(table[i].path, path, length) == 0)
			return &table[i];
	return NULL;
}
