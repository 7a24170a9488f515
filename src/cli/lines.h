/* Standard input line by line, as it comes: a line is there as soon as its end is. */
#ifndef TERN_CLI_LINES_H
#define TERN_CLI_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct lines {
	struct buf in;
	size_t taken;   /* bytes of `in` that lines_next() is through with */
	size_t limit;   /* of a line */
	int64_t number; /* of the last line told */
	int fd;
	int stop_fd;
	bool end;      /* the input has ended */
	bool skipping; /* the rest of a line that is too long */
};

struct line {
	const char *text; /* borrowed until the next lines_read(); without its end; not a string */
	size_t length;
	int64_t number;
	bool too_long; /* text is not all of it */
};

void lines_init(struct lines *lines, int fd, int stop_fd, size_t limit);
void lines_finish(struct lines *lines);

/* Waits for more input, unless lines wait already, and takes what is there. AGAIN where stop_fd
 * becomes readable, IO. */
enum status lines_read(struct lines *lines, struct error *err);

/* The next line that has come whole; at the end of the input also what stands behind the last line
 * end. */
bool lines_next(struct lines *lines, struct line *line);

/* True where lines_next() may still find one. */
bool lines_pending(const struct lines *lines);

#endif
