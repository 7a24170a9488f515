#include "base/timeu.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* Reads ".5" and the like; text itself where there is none. */
static const char *
parse_fraction(const char *text, int64_t *fraction)
{
	int64_t scale = TIME_SECOND / 10;

	*fraction = 0;
	if (text[0] != '.' || text[1] < '0' || text[1] > '9')
		return text;
	for (text++; *text >= '0' && *text <= '9'; text++, scale /= 10)
		*fraction += (*text - '0') * scale;
	return text;
}

/* strptime() takes blanks and signs, and timegm() makes 3 March of 31 February. */
static bool
parse_form(const char *text, const char *form, struct tm *tm, const char **rest)
{
	const char *end = strptime(text, form, tm);

	if (!end || strspn(text, "0123456789-:") < (size_t)(end - text))
		return false;
	*rest = end;
	return true;
}

const char *
time_local(int64_t wall, char text[TIME_ISO_SIZE])
{
	time_t seconds = (time_t)(wall / TIME_SECOND);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) ||
	    strftime(text, TIME_ISO_SIZE, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(text, TIME_ISO_SIZE, "?");
	return text;
}

bool
time_iso_parse(const char *text, int64_t *wall)
{
	struct tm tm = {0}, real;
	int64_t fraction = 0;
	time_t seconds;

	if (text[0] == '-' || !parse_form(text, "%Y-%m-%d", &tm, &text))
		return false;
	if (*text == 'T') {
		if (!parse_form(text + 1, "%H:%M:%S", &tm, &text))
			return false;
		text = parse_fraction(text, &fraction);
		if (*text == 'Z')
			text++;
	}
	if (*text)
		return false;
	real = tm;
	seconds = timegm(&real);
	if (real.tm_mday != tm.tm_mday || real.tm_sec != tm.tm_sec)
		return false;
	*wall = (int64_t)seconds * TIME_SECOND + fraction;
	return true;
}

/* "7d" */
static bool
parse_days_ago(const char *text, int64_t *wall)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 6 || strcmp(text + digits, "d") != 0)
		return false;
	*wall = time_wall() - strtoll(text, NULL, 10) * 86400 * TIME_SECOND;
	if (*wall < 0)
		*wall = 0;
	return true;
}

bool
time_date_parse(const char *text, int64_t *wall)
{
	char whole[] = "yyyy-01-01";
	size_t length = strlen(text);
	struct tm tm = {.tm_isdst = -1};
	time_t seconds;

	if (parse_days_ago(text, wall))
		return true;
	if (length != 4 && length != 7 && length != 10)
		return strchr(text, 'T') && time_iso_parse(text, wall);
	memcpy(whole, text, length);
	/* That the day exists is told apart from when it began here. */
	if (!time_iso_parse(whole, wall) ||
	    sscanf(whole, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	seconds = mktime(&tm);
	*wall = seconds < 0 ? 0 : (int64_t)seconds * TIME_SECOND;
	return true;
}
