/*
 * What pulling everything again would cost: what a client without a cursor would pay each time.
 * Told from samples, in the same time whatever the cache holds: the first rows of each kind are
 * written and compressed as the protocol does it, and the result is scaled to all there are.
 */
#ifndef TERN_CLIENT_COST_H
#define TERN_CLIENT_COST_H

#include "base/buf.h"
#include "model/contact.h"
#include "model/group.h"
#include "model/message.h"

/* Rows of each kind that are looked at: a page's thousand compress a few percent better, and take
 * five times as long. */
enum { COST_SAMPLE = 200 };

/* Rows of one kind. */
struct cost_rows {
	struct buf body; /* of the sample */
	int64_t sampled;
	int64_t all;
};

struct cost {
	struct cost_rows contacts;
	struct cost_rows groups;
	struct cost_rows heads;
	struct cost_rows messages; /* `all` is its user's to count */
};

void cost_init(struct cost *cost);
void cost_finish(struct cost *cost);

void cost_contact(struct cost *cost, const struct contact *contact);
void cost_group(struct cost *cost, const struct group *group);
void cost_head(struct cost *cost, const struct conversation_head *head);
void cost_message(struct cost *cost, const struct message *message);

/* Round trips, and bytes both ways with HTTP's own. */
void cost_sum(const struct cost *cost, int64_t *requests, int64_t *bytes);

#endif
