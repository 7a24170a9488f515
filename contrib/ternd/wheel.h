/*
 * One coarse timing wheel for all deadlines of connections: setting and cancelling cost O(1) and
 * no memory, and a deadline that only moves later costs nothing at all (its timer stays where
 * it is and is looked at again when its slot comes round). Timers fire up to WHEEL_TICK_MS late,
 * never early. The wheel wakes the loop only while a timer is set. Loop's thread only.
 */
#ifndef TERND_WHEEL_H
#define TERND_WHEEL_H

#include <event2/event.h>
#include <stdint.h>

#include "base/status.h"

enum { WHEEL_TICK_MS = 100 };

struct wheel;

/* Embedded in its owner; all zeros is "not set". */
struct wheel_timer {
	struct wheel_timer *next;
	struct wheel_timer **link; /* what points here; NULL while not set */
	int64_t tick;              /* the slot it stands in */
	int64_t due;               /* time_mono() */
	void (*fire)(struct wheel_timer *timer);
};

/* IO where the loop has no timer for it. */
enum status wheel_create(struct wheel **wheel, struct event_base *base, struct error *err);

/* Timers still set are forgotten. Accepts NULL. */
void wheel_destroy(struct wheel *wheel);

/* Calls timer->fire once when due (time_mono()) has passed; replaces what was set before. */
void wheel_set(struct wheel *wheel, struct wheel_timer *timer, int64_t due);

/* Harmless where it isn't set. */
void wheel_cancel(struct wheel *wheel, struct wheel_timer *timer);

#endif
