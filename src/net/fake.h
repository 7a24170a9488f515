/*
 * A transport without a network, for tests: it answers, delays and cuts as a script tells it.
 * Each step of the script waits for one request of its method; steps of one method are taken in
 * order. A request without a step is held until one is added (as a poll on which nothing happens).
 */
#ifndef TERN_NET_FAKE_H
#define TERN_NET_FAKE_H

#include "net/transport.h"

struct fake;

struct fake *fake_create(void);

/* The transport it is; transport_destroy() frees it all. */
struct transport *fake_transport(struct fake *fake);

/* The next request of the method is answered so. */
void fake_answer(struct fake *fake, enum method_id method, long http_status, const char *body);

/* … or gets no answer: cut before it left, or after. */
void fake_cut(struct fake *fake, enum method_id method, bool left);

/* … delay_ms after it came, for the step added last. */
void fake_delay(struct fake *fake, int delay_ms);

/* The bodies of the method's requests so far, oldest first; NULL behind the last. Borrowed. */
const char *fake_request(const struct fake *fake, enum method_id method, size_t index);
size_t fake_request_count(const struct fake *fake, enum method_id method);

#endif
