/*
 * From a request to its handler: path, verb, limit, token and JSON are checked here, in this
 * order, and nowhere else (doc/protocol.md 1 and 2). Loop's thread only.
 */
#ifndef TERND_DISPATCH_H
#define TERND_DISPATCH_H

#include "call.h"
#include "http.h"

/* The paths that are no methods. */
enum page { PAGE_NONE, PAGE_HEALTH, PAGE_METRICS };

/* Where a request goes. */
struct route {
	const struct method *method; /* NULL for pages and errors */
	enum page page;
	enum wire_error error;
};

/* What a head, whose bytes begin at data, asks for. */
struct route dispatch_route(const struct http_head *head, const char *data);

/* How many bytes its body may have. */
size_t dispatch_limit(const struct route *route);

/* The body has come (conn_body()): answers the call, or hands it to its method's handler. */
void dispatch_call(struct call *call, const struct route *route);

#endif
