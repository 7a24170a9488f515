#include "base/jsonw.h"

#include <string.h>
#include <unistr.h>

#include "base/text.h"

/* Plain bytes need no look: printable ASCII but the two that JSON escapes. */
static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void
add_escape(struct buf *out, ucs4_t c)
{
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", (int)c);
	else if (c == '\n')
		buf_add(out, "\\n", 2);
	else if (c == '\t')
		buf_add(out, "\\t", 2);
	else if (c < 0x10000)
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((c - 0x10000) >> 10)),
		    (unsigned)(0xDC00 + ((c - 0x10000) & 0x3FF)));
}

/* Reads the character at text. True where it stays as it is. *bytes is what it takes, at least 1.
 */
static bool
read_character(const char *text, size_t length, ucs4_t *c, size_t *bytes)
{
	int taken = u8_mbtoucr(c, (const uint8_t *)text, length);

	*bytes = taken < 1 ? 1 : (size_t)taken;
	if (taken < 1)
		*c = 0xFFFD;
	return taken > 0 && *c >= 0x80 && !text_is_harmful(*c);
}

void
json_add_string_n(struct buf *out, const char *text, size_t length)
{
	size_t done = 0, at = 0;

	buf_add_char(out, '"');
	while (at < length) {
		ucs4_t c;
		size_t bytes = 1;

		if (!is_plain((unsigned char)text[at]) &&
		    !read_character(text + at, length - at, &c, &bytes)) {
			buf_add(out, text + done, at - done);
			add_escape(out, c);
			done = at + bytes;
		}
		at += bytes;
	}
	buf_add(out, text + done, at - done);
	buf_add_char(out, '"');
}

void
json_add_string(struct buf *out, const char *text)
{
	json_add_string_n(out, text, strlen(text));
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits behind \u. */
static bool
take_unit(const char **at, ucs4_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit((*at)[i]);

		if (digit < 0)
			return false;
		*unit = *unit << 4 | (ucs4_t)digit;
	}
	*at += 4;
	return true;
}

/* What stands behind a backslash. */
static bool
take_escape(struct buf *out, const char **at)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	uint8_t bytes[4];
	ucs4_t c, low;
	int length;

	if (**at != 'u') {
		letter = **at ? strchr(letters, **at) : NULL;
		if (letter)
			buf_add_char(out, meant[letter - letters]);
		++*at;
		return letter != NULL;
	}
	++*at;
	if (!take_unit(at, &c))
		return false;
	if (c >= 0xD800 && c < 0xDC00) {
		if ((*at)[0] != '\\' || (*at)[1] != 'u')
			return false;
		*at += 2;
		if (!take_unit(at, &low) || low < 0xDC00 || low > 0xDFFF)
			return false;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	length = u8_uctomb(bytes, c, sizeof bytes);
	if (length < 1)
		return false;
	buf_add(out, bytes, (size_t)length);
	return true;
}

bool
json_take_string(struct buf *out, const char *json)
{
	if (*json++ != '"')
		return false;
	while (*json != '"') {
		size_t plain = strcspn(json, "\"\\");

		buf_add(out, json, plain);
		json += plain;
		if (!*json)
			return false;
		if (*json == '\\') {
			json++;
			if (!take_escape(out, &json))
				return false;
		}
	}
	return json[1] == '\0';
}

size_t
json_string_size(const char *text)
{
	size_t size = 2;

	/* An escape has 6 bytes for one of ASCII, and at most 3 for each byte of a longer one. */
	for (; *text; text++)
		size += is_plain((unsigned char)*text) ? 1 : (unsigned char)*text < 0x80 ? 6 : 3;
	return size;
}

void
json_comma(struct buf *out)
{
	if (out->length && out->data[out->length - 1] != '{' && out->data[out->length - 1] != '[')
		buf_add_char(out, ',');
}

void
json_put_name(struct buf *out, const char *name)
{
	json_comma(out);
	buf_add_char(out, '"');
	buf_add_string(out, name);
	buf_add(out, "\":", 2);
}

void
json_put_string(struct buf *out, const char *name, const char *value)
{
	json_put_name(out, name);
	json_add_string(out, value);
}

void
json_put_int(struct buf *out, const char *name, int64_t value)
{
	json_put_name(out, name);
	buf_add_int(out, value);
}

void
json_put_bool(struct buf *out, const char *name, bool value)
{
	json_put_name(out, name);
	buf_add_string(out, value ? "true" : "false");
}
