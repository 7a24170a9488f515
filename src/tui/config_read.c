#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gettext.h"
#include "tui/config.h"
#include "tui/config_line.h"

/* A file as it is read. */
struct reader {
	struct config *config;
	config_complaint *complain;
	void *arg;
	int wrong;
	int line;
	struct buf text; /* of the line under way, one byte more than it may have */
};

static void
complain(struct reader *reader, int column, const char *sentence)
{
	if (reader->wrong++ < CONFIG_TOLD_MAX)
		reader->complain(reader->arg, reader->line, column, sentence);
}

static void
end_line(struct reader *reader)
{
	const char *text = buf_string(&reader->text);
	size_t length = reader->text.length;
	struct error err;
	int column;

	reader->line++;
	if (reader->line == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		length -= 3;
	}
	if (length && text[length - 1] == '\r')
		length--;
	if (config_line(reader->config, text, length, &column, &err) != STATUS_OK)
		complain(reader, column, err.text);
	buf_clear(&reader->text);
}

/* Of a line that is too long, enough stays to know that it is. */
static void
take(struct reader *reader, const char *bytes, size_t length)
{
	size_t room = CONFIG_LINE_MAX + 1 - reader->text.length;

	buf_add(&reader->text, bytes, length < room ? length : room);
}

static void
take_lines(struct reader *reader, const char *bytes, size_t length)
{
	while (length > 0) {
		const char *end = memchr(bytes, '\n', length);
		size_t part = end ? (size_t)(end - bytes) : length;

		take(reader, bytes, part);
		if (!end)
			return;
		end_line(reader);
		bytes = end + 1;
		length -= part + 1;
	}
}

static enum status
read_all(struct reader *reader, int fd, const char *path, struct error *err)
{
	char chunk[16 * 1024];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(
			    err, STATUS_IO, _("cannot read %s: %s"), path, strerror(errno));
		if (n == 0)
			break;
		total += (size_t)n;
		if (total > CONFIG_FILE_MAX)
			return error_set(err, STATUS_TOO_LARGE,
			    _("%s is larger than %d bytes; the rest is not read"), path,
			    CONFIG_FILE_MAX);
		take_lines(reader, chunk, (size_t)n);
	}
	if (reader->text.length)
		end_line(reader);
	return STATUS_OK;
}

/* Not to wait for whoever might write to a pipe of that name. */
static enum status
open_file(int *fd, const char *path, struct error *err)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, STATUS_NOT_FOUND, _("there is no file %s"), path);
	if (*fd < 0)
		return error_set(err, STATUS_IO, _("cannot read %s: %s"), path, strerror(errno));
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return STATUS_OK;
	close(*fd);
	return error_set(err, STATUS_IO, _("%s is not a regular file"), path);
}

enum status
config_read(struct config *config, const char *path, config_complaint *tell, void *arg, int *wrong,
    struct error *err)
{
	struct reader reader = {.config = config, .complain = tell, .arg = arg};
	enum status status;
	int fd;

	*wrong = 0;
	status = open_file(&fd, path, err);
	if (status != STATUS_OK)
		return status;
	buf_init(&reader.text, CONFIG_LINE_MAX + 1);
	status = read_all(&reader, fd, path, err);
	buf_finish(&reader.text);
	close(fd);
	*wrong = reader.wrong;
	if (reader.wrong > CONFIG_TOLD_MAX) {
		struct error more;

		error_set(&more, STATUS_CONFIG, _("and %d more"), reader.wrong - CONFIG_TOLD_MAX);
		tell(arg, 0, 0, more.text);
	}
	return status;
}
