#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* A UTF-8 sequence cut in two by the limit would reach the terminal as garbage. */
static void
trim_partial_character(char *text)
{
	size_t length = strlen(text);
	size_t start = length;

	if (length + 1 < ERROR_TEXT_MAX)
		return;
	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xC0)
		text[start - 1] = '\0';
}

enum status
error_set(struct error *err, enum status status, const char *format, ...)
{
	va_list ap;

	if (!err)
		return status;
	err->status = status;
	va_start(ap, format);
	vsnprintf(err->text, sizeof err->text, format, ap);
	va_end(ap);
	trim_partial_character(err->text);
	return status;
}

int
status_exit_code(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return 0;
	case STATUS_NOT_FOUND:
		return 1;
	case STATUS_USAGE:
	case STATUS_TOO_LARGE:
		return EX_USAGE;
	case STATUS_UNAVAILABLE:
		return EX_UNAVAILABLE;
	case STATUS_CANNOT_CREATE:
	case STATUS_CONFLICT:
		return EX_CANTCREAT;
	case STATUS_IO:
		return EX_IOERR;
	case STATUS_AGAIN:
		return EX_TEMPFAIL;
	case STATUS_PROTOCOL:
		return EX_PROTOCOL;
	case STATUS_DENIED:
		return EX_NOPERM;
	case STATUS_CONFIG:
		return EX_CONFIG;
	case STATUS_INTERNAL:
		break;
	}
	return EX_SOFTWARE;
}
