#include "dispatch.h"

#include <string.h>

#include "conn.h"
#include "handlers.h"
#include "metrics.h"
#include "server.h"
#include "sessions.h"
#include "wire/limits.h"
#include "wire/packer.h"

enum { METRICS_LIMIT = 64 * 1024 };

static const struct {
	const char *path;
	enum page page;
} pages[] = {
    {"/healthz", PAGE_HEALTH},
    {"/metrics", PAGE_METRICS},
};

static bool
slice_is(const char *data, struct http_slice slice, const char *word)
{
	return strlen(word) == slice.length && memcmp(data + slice.at, word, slice.length) == 0;
}

struct route
dispatch_route(const struct http_head *head, const char *data)
{
	struct route route = {.method = method_find(data + head->target.at, head->target.length)};

	if (route.method) {
		if (!slice_is(data, head->verb, route.method->verb))
			route = (struct route){.error = WIRE_WRONG_VERB};
		return route;
	}
	route.error = WIRE_UNKNOWN_METHOD;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (!slice_is(data, head->target, pages[i].path))
			continue;
		route.page = pages[i].page;
		route.error = slice_is(data, head->verb, "GET") ? WIRE_OK : WIRE_WRONG_VERB;
	}
	return route;
}

size_t
dispatch_limit(const struct route *route)
{
	/* The body of what is refused is read, so that the connection can be kept. */
	return route->method ? route->method->request_limit : LIMIT_REQUEST_SMALL;
}

/* Parses the body, and the frame around it if there is one. False: the call was refused. */
static bool
parse_body(struct call *call, enum status *status, struct error *err)
{
	size_t length;
	const char *body = conn_body(call, &length);
	const char *why;
	enum wire_error error = WIRE_OK;
	struct buf plain;

	buf_init(&plain, call->method->request_limit);
	if (conn_is_packed(call)) {
		error = packer_unpack(call->server->packer, &plain, body, length, &why);
		body = buf_string(&plain);
		length = plain.length;
	}
	if (error != WIRE_OK)
		conn_refuse(call, error, why);
	else
		*status = json_parse(&call->body, body, length, err);
	buf_finish(&plain);
	return error == WIRE_OK;
}

/* The token is good, or the method wants none. */
static void
call_handler(struct call *call)
{
	struct error err;
	enum status status;

	if (!parse_body(call, &status, &err))
		return;
	conn_body_release(call);
	if (status != STATUS_OK)
		call_fail(call, WIRE_BAD_JSON, "%s", err.text);
	else
		handler_get(call->method->id)(call);
}

static void
call_method(struct call *call)
{
	size_t length;
	const char *token = conn_token(call, &length);

	call->server->metrics->requests[call->method->id]++;
	if (call->server->draining)
		call_fail(call, WIRE_DRAINING, "the server is going down: try again");
	else if (call->method->caller == CALLER_ANYONE)
		call_handler(call);
	else if (length != TOKEN_TEXT)
		call_fail(call, WIRE_UNAUTHORIZED,
		    length ? "this is not a token" : "this method wants a device's token");
	else
		session_authorize(call, token, length, call_handler);
}

void
dispatch_call(struct call *call, const struct route *route)
{
	struct buf body;

	buf_init(&body, METRICS_LIMIT);
	if (route->error == WIRE_WRONG_VERB) {
		call_fail(call, route->error, "this path wants another verb");
	} else if (route->error != WIRE_OK) {
		call_fail(call, route->error, "there is no such method");
	} else if (route->page == PAGE_HEALTH) {
		buf_add_string(&body, "{\"status\":\"ok\"}");
		call_answer(call, &body);
	} else if (route->page == PAGE_METRICS) {
		metrics_write(&body, call->server);
		conn_answer_text(call, METRICS_TYPE, &body);
	} else {
		call_method(call);
	}
}
