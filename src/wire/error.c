#include "wire/error.h"

#include <string.h>

#include "wire/json.h"

static const struct {
	const char *name;
	int http;
	enum status status;
	bool temporary;
} table[WIRE_ERROR_COUNT] = {
    [WIRE_OK] = {"ok", 200, STATUS_OK, false},
    [WIRE_BAD_REQUEST] = {"bad-request", 400, STATUS_PROTOCOL, false},
    [WIRE_BAD_JSON] = {"bad-json", 400, STATUS_PROTOCOL, false},
    [WIRE_BAD_FIELD] = {"bad-field", 400, STATUS_PROTOCOL, false},
    [WIRE_LENGTH_REQUIRED] = {"length-required", 411, STATUS_PROTOCOL, false},
    [WIRE_TOO_LARGE] = {"too-large", 413, STATUS_TOO_LARGE, false},
    [WIRE_HEAD_TOO_LARGE] = {"head-too-large", 431, STATUS_PROTOCOL, false},
    [WIRE_UNSUPPORTED] = {"unsupported", 501, STATUS_PROTOCOL, false},
    [WIRE_VERSION] = {"version", 505, STATUS_PROTOCOL, false},
    [WIRE_UNKNOWN_METHOD] = {"unknown-method", 404, STATUS_PROTOCOL, false},
    [WIRE_WRONG_VERB] = {"wrong-verb", 405, STATUS_PROTOCOL, false},
    [WIRE_UNAUTHORIZED] = {"unauthorized", 401, STATUS_DENIED, false},
    [WIRE_DENIED] = {"denied", 403, STATUS_DENIED, false},
    [WIRE_EXISTS] = {"exists", 409, STATUS_DENIED, false},
    [WIRE_NO_RECIPIENT] = {"no-recipient", 404, STATUS_NOT_FOUND, false},
    [WIRE_NOT_MEMBER] = {"not-member", 403, STATUS_DENIED, false},
    [WIRE_NOT_ALLOWED] = {"not-allowed", 403, STATUS_DENIED, false},
    [WIRE_BAD_TARGET] = {"bad-target", 409, STATUS_NOT_FOUND, false},
    [WIRE_KEY_CONFLICT] = {"key-conflict", 409, STATUS_CONFLICT, false},
    [WIRE_NO_PREDECESSOR] = {"no-predecessor", 409, STATUS_AGAIN, true},
    [WIRE_NOT_STORED] = {"not-stored", 409, STATUS_AGAIN, true},
    [WIRE_SLOW] = {"slow", 408, STATUS_UNAVAILABLE, true},
    [WIRE_BUSY] = {"busy", 429, STATUS_UNAVAILABLE, true},
    [WIRE_DRAINING] = {"draining", 503, STATUS_UNAVAILABLE, true},
    [WIRE_STORAGE] = {"storage", 503, STATUS_UNAVAILABLE, true},
    [WIRE_INTERNAL] = {"internal", 500, STATUS_PROTOCOL, false},
};

const char *
wire_error_name(enum wire_error code)
{
	return table[code].name;
}

int
wire_error_http(enum wire_error code)
{
	return table[code].http;
}

enum status
wire_error_status(enum wire_error code)
{
	return table[code].status;
}

enum wire_error
wire_error_find(const char *name)
{
	for (enum wire_error code = WIRE_OK + 1; code < WIRE_ERROR_COUNT; code++)
		if (strcmp(table[code].name, name) == 0)
			return code;
	return WIRE_INTERNAL;
}

bool
wire_error_is_temporary(enum wire_error code)
{
	return table[code].temporary;
}

void
wire_error_write(struct buf *out, enum wire_error code, const char *text)
{
	buf_add_string(out, "{\"error\":{\"code\":\"");
	buf_add_string(out, table[code].name);
	buf_add_string(out, "\",\"text\":");
	json_add_string(out, text);
	buf_add_string(out, "}}");
}
