#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum status
io_write_all(int fd, const void *data, size_t length, struct error *err)
{
	const char *p = data;

	while (length > 0) {
		ssize_t n = write(fd, p, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, STATUS_IO, "cannot write: %s", strerror(errno));
		p += n;
		length -= (size_t)n;
	}
	return STATUS_OK;
}

enum status
io_read_all(int fd, struct buf *out, struct error *err)
{
	for (;;) {
		char chunk[16384];
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, STATUS_IO, "cannot read: %s", strerror(errno));
		if (n == 0)
			return STATUS_OK;
		if (!buf_add(out, chunk, (size_t)n))
			return error_set(err, STATUS_TOO_LARGE,
			    "the input is larger than %zu bytes", out->limit);
	}
}

void
io_reserve_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* The lowest free one is what open() gives. */
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}
