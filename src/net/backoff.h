/* Growing, jittered delays between tries. */
#ifndef TERN_NET_BACKOFF_H
#define TERN_NET_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t delay; /* microseconds; 0 before the first failure */
	int most_ms;   /* 0: BACKOFF_MOST_MS */
};

enum { BACKOFF_FIRST_MS = 200, BACKOFF_MOST_MS = 30000 };

/* After a failure: when to try again, as time_mono(). Each delay is twice the last one's, up to
 * the most, and a random half of it is taken off. */
int64_t backoff_next(struct backoff *backoff);

/* After a success. */
void backoff_reset(struct backoff *backoff);

#endif
