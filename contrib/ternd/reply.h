/* Sending: straight into the socket while nothing waits, which is nearly always. */
#ifndef TERND_REPLY_H
#define TERND_REPLY_H

#include <event2/bufferevent.h>
#include <stdbool.h>

#include "base/buf.h"

/*
 * Sends head and then body (NULL for none; taken, and left empty). What the socket doesn't take
 * at once waits in bev's output, in order. False where nothing can be sent any more.
 */
bool reply_send(struct bufferevent *bev, const char *head, size_t head_length, struct buf *body);

#endif
