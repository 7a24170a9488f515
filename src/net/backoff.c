#include "net/backoff.h"

#include "base/random.h"
#include "base/timeu.h"

int64_t
backoff_next(struct backoff *backoff)
{
	int64_t most = (backoff->most_ms ? backoff->most_ms : BACKOFF_MOST_MS) * TIME_MS;

	backoff->delay = backoff->delay ? backoff->delay * 2 : BACKOFF_FIRST_MS * TIME_MS;
	if (backoff->delay > most)
		backoff->delay = most;
	return time_mono() + backoff->delay - random_below((uint32_t)(backoff->delay / 2));
}

void
backoff_reset(struct backoff *backoff)
{
	backoff->delay = 0;
}
