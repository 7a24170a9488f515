/*
 * Heads that changed otherwise than by a message (doc/protocol.md 3.5): gathered on the writer's
 * thread, published on the loop's once they are committed.
 */
#ifndef TERND_HEAD_NEWS_H
#define TERND_HEAD_NEWS_H

#include <stddef.h>
#include <stdint.h>

#include "model/contact.h"
#include "pool.h"

/* All zeros is empty. */
struct head_news {
	struct head_event *events; /* owned; by stamp */
	size_t count;
};

/* A head (copied) for an account's devices. Of one conversation the last one added is told alone
 * where no other was added in between. */
void
head_news_add(struct head_news *news, int64_t account_id, const struct conversation_head *head);

/* not_to: a device that need not be told, 0 for none. */
void head_news_publish(const struct head_news *news, struct pools *pools, int64_t not_to);

/* Empties it. */
void head_news_clear(struct head_news *news);

#endif
