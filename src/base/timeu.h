/*
 * All time. Nothing else in the tree asks the system for it, so that a test can shift the wall
 * clock: the environment variable TERN_TEST_CLOCK_SHIFT holds seconds to add to it.
 */
#ifndef TERN_BASE_TIMEU_H
#define TERN_BASE_TIMEU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIME_SECOND INT64_C(1000000) /* microseconds */
#define TIME_MS     INT64_C(1000)

enum { TIME_ISO_SIZE = 32 };

/* Wall time, microseconds since 1970. For people to read and for stamps; it may jump. */
int64_t time_wall(void);

/* Microseconds of a clock that only goes forward. For every wait and deadline. */
int64_t time_mono(void);

/* Milliseconds from now to a deadline of time_mono(), rounded up: 0 when it has passed. */
int time_left_ms(int64_t deadline);

/* Writes wall (microseconds) as 2026-11-22T09:00:00.123Z, in UTC. Returns text. */
const char *time_iso(int64_t wall, char text[TIME_ISO_SIZE]);

/* Writes wall (microseconds) as 2026-11-22 09:00 in the user's time zone. Returns text. */
const char *time_local(int64_t wall, char text[TIME_ISO_SIZE]);

/* Reads what time_iso() wrote, or a date alone. Microseconds in *wall. False: not a time. */
bool time_iso_parse(const char *text, int64_t *wall);

/* Reads when something began, as people say it: 2026, 2026-11 or 2026-11-22 in the user's time
 * zone, 7d for so many days ago, or what time_iso() wrote. False: not a date. */
bool time_date_parse(const char *text, int64_t *wall);

#endif
