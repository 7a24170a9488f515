#include "tui/terminfo.h"

#include <curses.h>
#include <string.h>
#include <term.h>

bool
terminfo_open(const char *name, int fd)
{
	int result = 0;

	if (cur_term)
		del_curterm(cur_term);
	return setupterm(name, fd, &result) == OK;
}

/* Takes out how long a terminal of old wants to be left alone after it: "$<5>". */
static void
drop_delays(char *string)
{
	char *to = string;

	for (const char *from = string; *from; from++) {
		size_t length = strncmp(from, "$<", 2) == 0 ? strspn(from + 2, "0123456789.*/") : 0;

		if (length && from[2 + length] == '>')
			from += 2 + length;
		else
			*to++ = *from;
	}
	*to = 0;
}

const char *
terminfo_string(const char *name)
{
	char *value = tigetstr(name);

	if (value == (char *)-1 || !value || !*value)
		return NULL;
	drop_delays(value);
	return *value ? value : NULL;
}

int
terminfo_number(const char *name)
{
	int value = tigetnum(name);

	return value > 0 ? value : 0;
}

bool
terminfo_flag(const char *name)
{
	return tigetflag(name) > 0;
}

const char *
terminfo_fill(const char *string, int one, int other)
{
	const char *filled = tiparm(string, one, other);

	return filled ? filled : "";
}
