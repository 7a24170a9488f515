#include "log.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/timeu.h"

enum { LINE_LIMIT = 2048 };

/* Set once by main, before any thread is started; only read afterwards. */
static enum log_level threshold = LOG_LEVEL_INFO;

static const char *const level_names[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_DEBUG] = "debug",
};

void
log_set_level(enum log_level level)
{
	threshold = level;
}

bool
log_level_parse(enum log_level *level, const char *name)
{
	for (enum log_level i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++) {
		if (strcmp(level_names[i], name) == 0) {
			*level = i;
			return true;
		}
	}
	return false;
}

/* Characters that need no quotes. */
static bool
is_plain(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "0123456789-._:/@#+[],") == strlen(text);
}

static void
add_quoted(struct buf *line, const char *text)
{
	buf_add_char(line, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			buf_add_char(line, '\\');
		if (c == '\n')
			buf_add_string(line, "\\n");
		else if (c < 0x20 || c >= 0x7F)
			buf_printf(line, "\\x%02x", c);
		else
			buf_add_char(line, (char)c);
	}
	buf_add_char(line, '"');
}

static void
add_field(struct buf *line, const struct log_field *field)
{
	buf_add_char(line, ' ');
	buf_add_string(line, field->name);
	buf_add_char(line, '=');
	if (field->is_number)
		buf_add_int(line, field->number);
	else if (field->text && is_plain(field->text))
		buf_add_string(line, field->text);
	else
		add_quoted(line, field->text ? field->text : "");
}

void
log_write(enum log_level level, const char *message, const struct log_field *fields)
{
	struct buf line;
	char time[TIME_ISO_SIZE];
	ssize_t written;

	if (level > threshold)
		return;
	buf_init(&line, LINE_LIMIT);
	buf_printf(&line, "time=%s level=%s msg=", time_iso(time_wall(), time), level_names[level]);
	add_quoted(&line, message);
	for (; fields->name; fields++)
		add_field(&line, fields);
	line.limit++; /* the line's end always fits, even where its last field was cut */
	line.failed = false;
	buf_add_char(&line, '\n');
	/* One write, so that lines of several threads don't mix. Nobody is left to tell of a
	 * log that can't be written. */
	written = write(STDERR_FILENO, line.data, line.length);
	(void)written;
	buf_finish(&line);
}
