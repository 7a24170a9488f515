#include "base/random.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/text.h"

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
	unsigned char *bytes = mem_alloc(length);

	random_bytes(bytes, length);
	text_base64url(text, bytes, length);
	explicit_bzero(bytes, length);
	free(bytes);
	return text;
}
