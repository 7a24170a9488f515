#include "base/text.h"

#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "base/mem.h"

bool
text_is_utf8(const char *text, size_t length)
{
	return !u8_check((const uint8_t *)text, length) && !memchr(text, 0, length);
}

/* Characters that scripts and emoji are made with though nobody sees them by themselves: joiners,
 * variation selectors, the tags of flags. */
static bool
is_needed(ucs4_t c)
{
	return c == 0x034F || c == 0x200C || c == 0x200D || (c >= 0x180B && c <= 0x180D) ||
	       (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0020 && c <= 0xE007F) ||
	       (c >= 0xE0100 && c <= 0xE01EF);
}

/* Format characters that move, hide or reorder what stands around them. */
static bool
is_format(ucs4_t c)
{
	if (c >= 0xFFF9 && c <= 0xFFFB)
		return true;
	return uc_is_property_default_ignorable_code_point(c) && !is_needed(c);
}

bool
text_is_harmful(uint32_t character)
{
	return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0x2028 ||
	       character == 0x2029 || is_format(character);
}

static void
add_character(struct buf *out, ucs4_t c, enum text_lines lines)
{
	uint8_t bytes[6];
	int length;

	if (c == '\n' && lines == TEXT_KEEP_LINES) {
		buf_add_char(out, '\n');
		return;
	}
	if (c == '\t')
		c = ' ';
	else if (c == '\n')
		c = 0x21B5; /* the return arrow */
	else if (c < 0x20)
		c = 0x2400 + c; /* the control's picture */
	else if (c == 0x7F)
		c = 0x2421;
	else if (c < 0xA0 && c > 0x7F)
		c = 0xFFFD;
	else if (c == 0x2028 || c == 0x2029)
		c = 0x21B5;
	else if (is_format(c))
		return;
	length = u8_uctomb(bytes, c, sizeof bytes);
	if (length > 0)
		buf_add(out, bytes, (size_t)length);
}

void
text_safe(struct buf *out, const char *text, size_t length, enum text_lines lines)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t done = 0;

	while (done < length) {
		ucs4_t c;
		int step;

		if (p[done] >= 0x20 && p[done] < 0x7F) {
			size_t run = done;

			while (run < length && p[run] >= 0x20 && p[run] < 0x7F)
				run++;
			buf_add(out, text + done, run - done);
			done = run;
			continue;
		}
		step = u8_mbtoucr(&c, p + done, length - done);
		if (step <= 0) {
			c = 0xFFFD;
			step = 1;
		}
		add_character(out, c, lines);
		done += (size_t)step;
	}
}

int
text_cut(const char *text, int limit)
{
	int length = (int)strnlen(text, (size_t)limit);

	if (length < limit || !text[length])
		return length;
	while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
		length--;
	return length;
}

char *
text_safe_line(const char *text)
{
	struct buf out;
	size_t length = strlen(text);

	buf_init(&out, 4 * length + 16);
	text_safe(&out, text, length, TEXT_ONE_LINE);
	return buf_take(&out);
}

char *
text_base64url(char *text, const void *bytes, size_t length)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *byte = bytes;
	uint32_t bits = 0;
	int have = 0;
	char *p = text;

	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | byte[i];
		for (have += 8; have >= 6;) {
			have -= 6;
			*p++ = digits[bits >> have & 63];
		}
	}
	if (have > 0)
		*p++ = digits[bits << (6 - have) & 63];
	*p = '\0';
	return text;
}
