/* Reading what a person or a pipe gives, so that the signals that end the program still do. */
#ifndef TERN_CLI_INPUT_H
#define TERN_CLI_INPUT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/* As read(2), but waits: *got is 0 only at the end. stop_fd: -1 for none. AGAIN where that became
 * readable, IO. */
enum status input_read(int fd, int stop_fd, void *to, size_t size, size_t *got, struct error *err);

/* Appends all there is. TOO_LARGE past out's ceiling, and as input_read(). */
enum status input_read_all(int fd, int stop_fd, struct buf *out, struct error *err);

#endif
