#include "cli/input.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"

static bool
is_for_later(int wrong)
{
	return wrong == EINTR || wrong == EAGAIN;
}

enum status
input_read(int fd, int stop_fd, void *to, size_t size, size_t *got, struct error *err)
{
	for (;;) {
		struct pollfd fds[2] = {{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};
		ssize_t n = poll(fds, 2, -1);

		if (n > 0 && fds[1].revents)
			return error_set(err, STATUS_AGAIN, _("interrupted"));
		if (n > 0)
			n = read(fd, to, size);
		if (n >= 0) {
			*got = (size_t)n;
			return STATUS_OK;
		}
		if (!is_for_later(errno))
			return error_set(
			    err, STATUS_IO, _("cannot read the input: %s"), strerror(errno));
	}
}

enum status
input_read_all(int fd, int stop_fd, struct buf *out, struct error *err)
{
	char chunk[16384];
	size_t got;
	enum status status;

	while ((status = input_read(fd, stop_fd, chunk, sizeof chunk, &got, err)) == STATUS_OK &&
	       got > 0)
		if (!buf_add(out, chunk, got))
			return error_set(err, STATUS_TOO_LARGE,
			    _("the input has more than %zu bytes"), out->limit);
	return status;
}
