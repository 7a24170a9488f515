#include "cli/lines.h"

#include <string.h>

#include "cli/input.h"

enum { CHUNK = 64 * 1024 };

void
lines_init(struct lines *lines, int fd, int stop_fd, size_t limit)
{
	*lines = (struct lines){.fd = fd, .stop_fd = stop_fd, .limit = limit};
	buf_init(&lines->in, limit + 2 * CHUNK);
}

void
lines_finish(struct lines *lines)
{
	buf_finish(&lines->in);
}

static const char *
find_end(const struct lines *lines)
{
	size_t left = lines->in.length - lines->taken;

	return left ? memchr(lines->in.data + lines->taken, '\n', left) : NULL;
}

bool
lines_pending(const struct lines *lines)
{
	return find_end(lines) || (lines->end && lines->taken < lines->in.length);
}

enum status
lines_read(struct lines *lines, struct error *err)
{
	size_t got;
	char *to;
	enum status status;

	if (lines->end || lines_pending(lines))
		return STATUS_OK;
	buf_drop(&lines->in, lines->taken);
	lines->taken = 0;
	to = buf_reserve(&lines->in, CHUNK);
	status = input_read(lines->fd, lines->stop_fd, to, CHUNK, &got, err);
	if (status != STATUS_OK)
		return status;
	lines->end = got == 0;
	lines->in.length += got;
	return STATUS_OK;
}

bool
lines_next(struct lines *lines, struct line *line)
{
	const char *end = find_end(lines);
	const char *begin = lines->in.data + lines->taken;
	size_t left = lines->in.length - lines->taken;

	*line = (struct line){.text = begin, .length = end ? (size_t)(end - begin) : left};
	line->too_long = line->length > lines->limit;
	if (!end && line->too_long) {
		/* Told once; the rest of it is thrown away as it comes. */
		bool first = !lines->skipping;

		lines->taken = lines->in.length;
		lines->skipping = true;
		lines->number += first;
		line->number = lines->number;
		return first;
	}
	if (!end && (!lines->end || !left))
		return false;
	lines->taken += line->length + (end ? 1 : 0);
	if (lines->skipping) {
		lines->skipping = false;
		return lines_next(lines, line);
	}
	line->number = ++lines->number;
	return true;
}
