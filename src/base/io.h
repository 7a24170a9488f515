/* Reading and writing descriptors whole. */
#ifndef TERN_BASE_IO_H
#define TERN_BASE_IO_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/* Writes all bytes, over interruptions. IO. */
enum status io_write_all(int fd, const void *data, size_t length, struct error *err);

/* Appends all that fd gives up to its end. TOO_LARGE past out's ceiling, IO. */
enum status io_read_all(int fd, struct buf *out, struct error *err);

/* Puts something in the place of standard descriptors that are closed, so that no file or socket
 * opened later gets what is meant for them: reading and writing there fail, as they should. */
void io_reserve_standard(void);

#endif
