#include "tui/terminfo.h"

#include <curses.h>
#include <stddef.h>
#include <term.h>

bool
terminfo_open(const char *name, int fd)
{
	int result = 0;

	return setupterm(name, fd, &result) == OK;
}

const char *
terminfo_string(const char *name)
{
	const char *value = tigetstr(name);

	return value == (const char *)-1 || (value && !*value) ? NULL : value;
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
