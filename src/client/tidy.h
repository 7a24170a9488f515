/*
 * What a process that stays does while nothing happens: it indexes what the cache got, and wipes
 * what was erased, in steps so short that nobody notices.
 */
#ifndef TERN_CLIENT_TIDY_H
#define TERN_CLIENT_TIDY_H

#include <stdbool.h>
#include <stdint.h>

struct client;

/* All zeros is "never". */
struct tidy {
	bool wanted;
	int64_t due; /* time_mono() of the next step; INT64_MAX: when something has changed */
};

/* From now on, within client_wait(). */
void tidy_when_idle(struct tidy *tidy);

/* When tidy_look() has something to do. */
int64_t tidy_due(const struct tidy *tidy);

/* Does a step where one is due. changed: the cache was, since the last look. */
void tidy_look(struct client *client, bool changed);

/* All of it now, for a command that is about to end; to the deadline, or until it is stopped. */
void client_tidy(struct client *client, int64_t deadline);

#endif
