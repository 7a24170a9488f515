#include "model/key.h"

#include <string.h>

#include "base/random.h"
#include "base/timeu.h"

static void
put_time(struct key *key, int64_t ms)
{
	for (int i = 5; i >= 0; i--, ms >>= 8)
		key->bytes[i] = (uint8_t)(ms & 0xFF);
}

/* Adds one to the 74 random bits, keeping version and variant. */
static void
step(struct key *key)
{
	for (int i = KEY_BYTES - 1; i >= 0; i--) {
		uint8_t fixed = i == 6 ? 0xF0 : i == 8 ? 0xC0 : 0x00;
		uint8_t free_bits = (uint8_t)~fixed;
		uint8_t value = (uint8_t)((key->bytes[i] + 1) & free_bits);

		key->bytes[i] = (uint8_t)((key->bytes[i] & fixed) | value);
		if (value)
			return;
	}
}

void
key_make(struct key *key, const struct key *last)
{
	random_bytes(key->bytes, sizeof key->bytes);
	put_time(key, time_wall() / TIME_MS);
	key->bytes[6] = (uint8_t)(0x70 | (key->bytes[6] & 0x0F));
	key->bytes[8] = (uint8_t)(0x80 | (key->bytes[8] & 0x3F));
	if (last && memcmp(key->bytes, last->bytes, KEY_BYTES) <= 0) {
		*key = *last;
		step(key);
	}
}

const char *
key_format(const struct key *key, char text[KEY_TEXT_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	char *p = text;

	for (int i = 0; i < KEY_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[key->bytes[i] >> 4];
		*p++ = hex[key->bytes[i] & 15];
	}
	*p = '\0';
	return text;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
key_parse(struct key *key, const char *text)
{
	const char *p = text;

	for (int i = 0; i < KEY_BYTES; i++) {
		int high, low;

		if ((i == 4 || i == 6 || i == 8 || i == 10) && *p++ != '-')
			return false;
		if ((high = hex_value(p[0])) < 0 || (low = hex_value(p[1])) < 0)
			return false;
		key->bytes[i] = (uint8_t)(high << 4 | low);
		p += 2;
	}
	return *p == '\0';
}

bool
key_equal(const struct key *a, const struct key *b)
{
	return memcmp(a->bytes, b->bytes, KEY_BYTES) == 0;
}
