#include "tui/config_line.h"

#include <string.h>
#include <unistr.h>

#include "base/gettext.h"
#include "base/text.h"

/* The place in the line. */
struct reader {
	const char *line;
	size_t length, at;
	int column;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The bytes of the character at the reader's place; 0 where a configuration can't have it. */
static size_t
character(const struct reader *reader)
{
	ucs4_t c;
	int bytes =
	    u8_mbtoucr(&c, (const uint8_t *)reader->line + reader->at, reader->length - reader->at);

	if (bytes <= 0 || (c < 0x20 && c != '\t') || c == 0x7F)
		return 0;
	return (size_t)bytes;
}

static enum status
bad_character(const struct reader *reader, struct error *err)
{
	unsigned char byte = (unsigned char)reader->line[reader->at];

	if (byte < 0x20 || byte == 0x7F)
		return error_set(err, STATUS_CONFIG,
		    _("a control character (0x%02x) has no meaning here"), byte);
	return error_set(err, STATUS_CONFIG, _("this is not UTF-8 (0x%02x)"), byte);
}

static enum status
no_end(struct reader *reader, int column, struct error *err)
{
	reader->column = column;
	return error_set(err, STATUS_CONFIG, _("the quote that begins here has no end"));
}

/* Copies one word to out; returns behind its 0 in *end. */
static enum status
read_word(struct reader *reader, char *out, char **end, struct error *err)
{
	char quote = 0;
	int quote_column = 0;

	while (reader->at < reader->length) {
		char c = reader->line[reader->at];
		size_t bytes = character(reader);

		if (!bytes)
			return bad_character(reader, err);
		if (!quote && is_space(c))
			break;
		if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? 0 : c;
			quote_column = reader->column;
		} else {
			if (quote == '"' && c == '\\' && reader->at + 1 < reader->length &&
			    strchr("\"\\", reader->line[reader->at + 1])) {
				reader->at++;
				reader->column++;
			}
			memcpy(out, reader->line + reader->at, bytes);
			out += bytes;
		}
		reader->at += bytes;
		reader->column++;
	}
	*out++ = '\0';
	*end = out;
	return quote ? no_end(reader, quote_column, err) : STATUS_OK;
}

/* "#ffcc00" is a colour, not a comment. */
static bool
is_comment(const struct config_words *words, const struct reader *reader)
{
	if (reader->line[reader->at] != '#')
		return false;
	return !words->count || reader->at + 1 == reader->length ||
	       is_space(reader->line[reader->at + 1]);
}

static enum status
read_words(struct config_words *words, struct reader *reader, struct error *err)
{
	char *out = words->text;

	for (;;) {
		enum status status;

		while (reader->at < reader->length && is_space(reader->line[reader->at])) {
			reader->at++;
			reader->column++;
		}
		if (reader->at == reader->length || is_comment(words, reader))
			return STATUS_OK;
		if (words->count == CONFIG_WORDS_MAX)
			return error_set(
			    err, STATUS_CONFIG, _("from here on there are too many words"));
		words->word[words->count] = out;
		words->column[words->count] = reader->column;
		status = read_word(reader, out, &out, err);
		if (status != STATUS_OK)
			return status;
		words->count++;
	}
}

enum status
config_words_make(
    struct config_words *words, const char *line, size_t length, int *column, struct error *err)
{
	struct reader reader = {.line = line, .length = length, .column = 1};
	enum status status;

	words->count = 0;
	if (length > CONFIG_LINE_MAX) {
		*column = 1;
		return error_set(
		    err, STATUS_CONFIG, _("the line is longer than %d bytes"), CONFIG_LINE_MAX);
	}
	status = read_words(words, &reader, err);
	*column = reader.column;
	return status;
}

void
config_word_put(struct buf *out, const char *word)
{
	if (*word && *word != '#' && !strpbrk(word, " \t\"'")) {
		buf_add_string(out, word);
		return;
	}
	buf_add_char(out, '"');
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *word);
	}
	buf_add_char(out, '"');
}
