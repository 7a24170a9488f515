#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_ROOM = 128 };

void
buf_init(struct buf *b, size_t limit)
{
	memset(b, 0, sizeof *b);
	b->limit = limit;
}

void
buf_finish(struct buf *b)
{
	free(b->data);
	buf_init(b, b->limit);
}

void
buf_clear(struct buf *b)
{
	b->length = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

char *
buf_reserve(struct buf *b, size_t length)
{
	size_t need, room;

	if (b->failed || length > b->limit || b->length > b->limit - length) {
		b->failed = true;
		return NULL;
	}
	need = b->length + length + 1;
	if (need > b->room) {
		room = b->room ? b->room : FIRST_ROOM;
		while (room < need)
			room *= 2;
		b->data = mem_resize(b->data, room, 1);
		b->room = room;
	}
	return b->data + b->length;
}

bool
buf_add(struct buf *b, const void *data, size_t length)
{
	char *to = buf_reserve(b, length);

	if (!to)
		return false;
	if (length)
		memcpy(to, data, length);
	to[length] = '\0';
	b->length += length;
	return true;
}

bool
buf_add_string(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

bool
buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool
buf_add_int(struct buf *b, int64_t value)
{
	char digits[24];
	char *p = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	return buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

bool
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	char *to;
	int length;

	va_start(ap, format);
	length = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (length < 0 || !(to = buf_reserve(b, (size_t)length))) {
		b->failed = true;
		return false;
	}
	va_start(ap, format);
	vsnprintf(to, (size_t)length + 1, format, ap);
	va_end(ap);
	b->length += (size_t)length;
	return true;
}

void
buf_drop(struct buf *b, size_t length)
{
	if (length > b->length)
		length = b->length;
	if (!length)
		return;
	b->length -= length;
	memmove(b->data, b->data + length, b->length + 1);
}

const char *
buf_string(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *
buf_take(struct buf *b)
{
	char *data = b->data ? b->data : mem_strdup("");

	b->data = NULL;
	buf_finish(b);
	return data;
}
