/*
 * One interval of a list that is compared with the server's (doc/protocol.md 3.10): the rows that
 * the cache holds behind an address, up to the last of them where there are others behind.
 */
#ifndef TERN_SYNC_INTERVAL_H
#define TERN_SYNC_INTERVAL_H

#include "cache/lost.h"
#include "model/address.h"
#include "wire/compare.h"

struct interval {
	enum cache_list list;
	struct address after; /* "" for the beginning */
	struct cache_listed had;
};

/* Writes the request. blind: with a stamp of 0 for each, so that all of it is answered. */
void interval_write(struct buf *out, const struct interval *interval, bool blind);
/*
 * *upto: the last address that the answer is about, NULL where that is the end of the list; of the
 * answer or the interval. PROTOCOL where it is not within what was asked.
 */
enum status interval_answered(const struct interval *interval, const struct compare_answer *answer,
    const char **upto, struct error *err);

#endif
