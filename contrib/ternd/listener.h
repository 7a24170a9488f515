/* The listening socket: from a URL to accepted connections. Loop's thread only. */
#ifndef TERND_LISTENER_H
#define TERND_LISTENER_H

#include <event2/event.h>

#include "base/status.h"
#include "conn.h"

struct listener;

enum { LISTENER_URL = 128 };

/*
 * Takes the address of url, http://HOST:PORT with an IPv4 address, an IPv6 one in [], or a name;
 * port 0 picks one. Nobody can connect before listener_start(). USAGE (not such a URL),
 * UNAVAILABLE (no such address here, in use).
 */
enum status listener_create(struct listener **listener, const char *url, struct error *err);

/*
 * Listens: accepted connections go to conns; while descriptors are short, accepting pauses.
 * UNAVAILABLE.
 */
enum status listener_start(struct listener *listener, struct event_base *base, struct conns *conns,
    struct wheel *wheel, struct error *err);

/* Stops listening. Accepts NULL. */
void listener_destroy(struct listener *listener);

/* Where it really listens, as a URL with a numeric address. Borrowed. */
const char *listener_url(const struct listener *listener);

#endif
