#include "base/timeu.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Read once: a test sets it before the program starts. */
static int64_t
wall_shift(void)
{
	const char *text = getenv("TERN_TEST_CLOCK_SHIFT");

	return text ? strtoll(text, NULL, 10) * TIME_SECOND : 0;
}

static int64_t
read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * TIME_SECOND + now.tv_nsec / 1000;
}

int64_t
time_wall(void)
{
	return read_clock(CLOCK_REALTIME) + wall_shift();
}

int64_t
time_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int
time_left_ms(int64_t deadline)
{
	int64_t left = deadline - time_mono();

	if (left <= 0)
		return 0;
	left = (left + TIME_MS - 1) / TIME_MS;
	return left > INT_MAX ? INT_MAX : (int)left;
}

const char *
time_iso(int64_t wall, char text[TIME_ISO_SIZE])
{
	time_t seconds = (time_t)(wall / TIME_SECOND);
	int ms = (int)(wall % TIME_SECOND / TIME_MS);
	struct tm tm;

	if (wall < 0 || !gmtime_r(&seconds, &tm) || tm.tm_year > 8099) {
		snprintf(text, TIME_ISO_SIZE, "1970-01-01T00:00:00.000Z");
		return text;
	}
	size_t length = strftime(text, TIME_ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + length, TIME_ISO_SIZE - length, ".%03dZ", ms);
	return text;
}

bool
time_iso_parse(const char *text, int64_t *wall)
{
	struct tm tm = {0};
	char *rest = strptime(text, "%Y-%m-%d", &tm);
	int64_t fraction = 0;

	if (!rest)
		return false;
	if (*rest == 'T') {
		rest = strptime(rest + 1, "%H:%M:%S", &tm);
		if (!rest)
			return false;
		if (*rest == '.') {
			int64_t scale = TIME_SECOND / 10;

			for (rest++; *rest >= '0' && *rest <= '9'; rest++, scale /= 10)
				fraction += (*rest - '0') * scale;
		}
		if (*rest == 'Z')
			rest++;
	}
	if (*rest)
		return false;
	*wall = (int64_t)timegm(&tm) * TIME_SECOND + fraction;
	return true;
}
