#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

void
random_bytes(void *to, size_t length)
{
	/* getentropy() gives at most 256 bytes a call. */
	for (size_t done = 0; done < length;) {
		size_t part = length - done > 256 ? 256 : length - done;

		if (getentropy((char *)to + done, part) != 0)
			abort();
		done += part;
	}
}

uint32_t
random_below(uint32_t below)
{
	uint32_t value;

	random_bytes(&value, sizeof value);
	return value % below;
}

char *
random_text(char *text, size_t length)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t bits = 0;
	int have = 0;
	char *p = text;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte;

		random_bytes(&byte, 1);
		bits = bits << 8 | byte;
		for (have += 8; have >= 6;) {
			have -= 6;
			*p++ = digits[bits >> have & 63];
		}
	}
	if (have > 0)
		*p++ = digits[bits << (6 - have) & 63];
	*p = '\0';
	return text;
}
