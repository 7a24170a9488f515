#include "tui/keypress.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/mem.h"
#include "tui/bind_name.h"
#include "tui/keypress_name.h"
#include "tui/keypress_sequence.h"

enum {
	ESC = 0x1b,
	DEL = 0x7f,
	CAN = 0x18,
	SUB = 0x1a,
	BEL = 0x07,

	BUFFER_SIZE = KEY_FEED_MAX + SEQUENCE_MAX + 8,
};

static const char paste_end[] = "\033[201~";

/* What the next bytes are part of. */
enum state {
	STATE_KEYS,
	STATE_PASTE,
	STATE_SKIP_CSI,    /* of one that is too long, until its last byte */
	STATE_SKIP_STRING, /* OSC, DCS, APC */
};

struct table_entry {
	char *bytes; /* owned */
	size_t length;
	char name[KEY_NAME_SIZE];
};

struct key_reader {
	struct table_entry *table; /* owned */
	size_t table_count;
	enum state state;
	size_t begin, end; /* of what was fed and not taken out */
	char character[KEY_NAME_SIZE];
	char bytes[BUFFER_SIZE];
};

/* What stands at the head of some bytes. */
struct decoded {
	enum { DECODED_MORE, DECODED_NOTHING, DECODED_KEY } what;
	size_t used;
	enum state state;    /* what follows it */
	struct keypress key; /* KEY_TEXT without text: the name is the character, or "Space" */
};

static struct decoded
decode(const struct key_reader *reader, const char *bytes, size_t length, bool timed_out);

static bool
is_control(char byte)
{
	return (unsigned char)byte < 0x20 || byte == DEL;
}

/* Whether ESC with this behind it may begin a sequence. */
static bool
is_introducer(char byte)
{
	return strchr("[O]P_", byte) && byte;
}

/* An entry of the table must not hide all that begins as it does. */
static bool
is_usable(const struct key_sequence *entry)
{
	const char *bytes = entry->bytes;
	char name[KEY_NAME_SIZE];

	if (!bytes || !entry->name || !is_control(*bytes) || !*bytes)
		return false;
	if (*bytes == ESC && (!bytes[1] || (is_introducer(bytes[1]) && !bytes[2])))
		return false;
	return strlen(bytes) <= SEQUENCE_MAX &&
	       key_name_canonical(name, entry->name, strlen(entry->name));
}

struct key_reader *
key_reader_create(const struct key_sequence *table, size_t count)
{
	struct key_reader *reader = mem_zalloc(1, sizeof *reader);

	reader->table = mem_zalloc(count + 1, sizeof *reader->table);
	for (size_t i = 0; i < count; i++) {
		struct table_entry *entry = &reader->table[reader->table_count];

		if (!is_usable(&table[i]))
			continue;
		entry->bytes = mem_strdup(table[i].bytes);
		entry->length = strlen(entry->bytes);
		key_name_canonical(entry->name, table[i].name, strlen(table[i].name));
		reader->table_count++;
	}
	return reader;
}

void
key_reader_destroy(struct key_reader *reader)
{
	if (!reader)
		return;
	for (size_t i = 0; i < reader->table_count; i++)
		free(reader->table[i].bytes);
	free(reader->table);
	free(reader);
}

void
key_reader_reset(struct key_reader *reader)
{
	reader->state = STATE_KEYS;
	reader->begin = reader->end = 0;
}

size_t
key_reader_feed(struct key_reader *reader, const char *bytes, size_t length)
{
	size_t kept = reader->end - reader->begin;

	memmove(reader->bytes, reader->bytes + reader->begin, kept);
	reader->begin = 0;
	if (length > sizeof reader->bytes - kept)
		length = sizeof reader->bytes - kept;
	if (length)
		memcpy(reader->bytes + kept, bytes, length);
	reader->end = kept + length;
	return length;
}

static struct decoded
decoded_more(void)
{
	return (struct decoded){.what = DECODED_MORE};
}

static struct decoded
decoded_nothing(size_t used, enum state state)
{
	return (struct decoded){.what = DECODED_NOTHING, .used = used, .state = state};
}

/* A key with a name; nothing where it can't have one. */
static struct decoded
decoded_named(size_t used, unsigned modifiers, const char *base)
{
	struct decoded d = {.what = DECODED_KEY, .used = used, .key.kind = KEY_NAMED};

	if (!key_name_with(d.key.name, modifiers, base))
		return decoded_nothing(used, STATE_KEYS);
	return d;
}

/* The bytes of the character that begins there; 0 where its end has not come, and 1 for a byte that
 * isn't UTF-8. */
static size_t
character_length(const char *bytes, size_t length)
{
	int n = u8_mblen((const uint8_t *)bytes, length < 4 ? length : 4);
	ucs4_t c;

	if (n > 0)
		return (size_t)n;
	return u8_mbtoucr(&c, (const uint8_t *)bytes, length < 4 ? length : 4) == -2 ? 0 : 1;
}

/* How many bytes at the end of a text are the beginning of a character. */
static size_t
unfinished_tail(const char *bytes, size_t length)
{
	for (size_t n = 1; n <= 3 && n <= length; n++) {
		unsigned char c = (unsigned char)bytes[length - n];

		if (c >= 0xc0)
			return character_length(bytes + length - n, n) ? 0 : n;
		if (c < 0x80)
			break;
	}
	return 0;
}

static struct decoded
decode_text(const char *bytes, size_t length)
{
	struct decoded d = {.what = DECODED_KEY, .key.kind = KEY_TEXT, .key.text = bytes};

	while (d.used < length && !is_control(bytes[d.used]))
		d.used++;
	if (d.used == length)
		d.used -= unfinished_tail(bytes, length);
	d.key.length = d.used;
	return d.used ? d : decoded_more();
}

/* A control by itself. */
static struct decoded
decode_control(char byte)
{
	char base[2] = {(char)(byte ^ 0x40), 0};

	if (base[0] >= 'A' && base[0] <= 'Z')
		base[0] = (char)(base[0] - 'A' + 'a');
	return decoded_named(1, KEY_CTRL, base);
}

/* ESC and what isn't an introducer: a key with Alt. */
static struct decoded
decode_alt(const struct key_reader *reader, const char *bytes, size_t length, bool timed_out)
{
	char character[8] = {0};
	size_t size;
	struct decoded d;

	if (!is_control(bytes[1])) {
		size = character_length(bytes + 1, length - 1);
		if (!size)
			return decoded_more();
		memcpy(character, bytes + 1, size);
		return decoded_named(1 + size, KEY_META, character);
	}
	d = decode(reader, bytes + 1, length - 1, timed_out);
	if (d.what == DECODED_MORE)
		return d;
	/* The mouse and pastes have no Alt: that was the key before them. */
	if (d.state == STATE_PASTE || d.key.kind == KEY_MOUSE || d.key.kind == KEY_FOCUS)
		return decoded_named(1, 0, "Escape");
	d.used++;
	if (d.what == DECODED_NOTHING || strstr(d.key.name, "M-"))
		return d;
	return decoded_named(d.used, KEY_META, d.key.name);
}

static struct decoded
decode_sequence(const char *bytes, size_t length)
{
	struct decoded d = {.what = DECODED_KEY};

	switch ((bytes[1] == '[' ? sequence_csi : sequence_ss3)(&d.key, &d.used, bytes, length)) {
	case SEQUENCE_MORE:
		return decoded_more();
	case SEQUENCE_NOTHING:
		return decoded_nothing(d.used, STATE_KEYS);
	case SEQUENCE_PASTE:
		return decoded_nothing(d.used, STATE_PASTE);
	case SEQUENCE_LONG:
		return decoded_nothing(d.used, STATE_SKIP_CSI);
	case SEQUENCE_KEY:
		break;
	}
	if (d.key.kind == KEY_NAMED && key_name_is_text(d.key.name))
		d.key.kind = KEY_TEXT;
	return d;
}

static struct decoded
decode_escape(const struct key_reader *reader, const char *bytes, size_t length, bool timed_out)
{
	if (length == 1)
		return timed_out ? decoded_named(1, 0, "Escape") : decoded_more();
	if (bytes[1] == ESC) {
		/* rxvt's Alt with a sequence, or two keys. */
		if (length == 2 || (length == 3 && (bytes[2] == '[' || bytes[2] == 'O')))
			return timed_out ? decoded_named(1, 0, "Escape") : decoded_more();
		if (bytes[2] != '[' && bytes[2] != 'O')
			return decoded_named(1, 0, "Escape");
		return decode_alt(reader, bytes, length, timed_out);
	}
	if (!is_introducer(bytes[1]))
		return decode_alt(reader, bytes, length, timed_out);
	if (length == 2)
		return timed_out ? decoded_named(2, KEY_META, (char[2]){bytes[1], 0})
		                 : decoded_more();
	if (bytes[1] != '[' && bytes[1] != 'O')
		return decoded_nothing(2, STATE_SKIP_STRING);
	return decode_sequence(bytes, length);
}

/* What the table has for the bytes: the longest; *more where a longer one may yet come. */
static const struct table_entry *
find_entry(const struct key_reader *reader, const char *bytes, size_t length, bool *more)
{
	const struct table_entry *found = NULL;

	*more = false;
	for (size_t i = 0; i < reader->table_count; i++) {
		const struct table_entry *entry = &reader->table[i];

		if (entry->length > length && memcmp(entry->bytes, bytes, length) == 0)
			*more = true;
		else if (entry->length <= length &&
		         memcmp(entry->bytes, bytes, entry->length) == 0 &&
		         (!found || entry->length > found->length))
			found = entry;
	}
	return found;
}

static struct decoded
decode(const struct key_reader *reader, const char *bytes, size_t length, bool timed_out)
{
	const struct table_entry *entry;
	struct decoded d;
	bool more;

	if (!is_control(*bytes))
		return decode_text(bytes, length);
	entry = find_entry(reader, bytes, length, &more);
	if (more && !timed_out)
		return decoded_more();
	if (!entry)
		return *bytes == ESC ? decode_escape(reader, bytes, length, timed_out)
		                     : decode_control(*bytes);
	d = decoded_named(entry->length, 0, entry->name);
	if (key_name_is_text(entry->name))
		d.key.kind = KEY_TEXT;
	return d;
}

/* How many bytes at the end of a piece may be part of what ends the paste. */
static size_t
paste_end_tail(const char *bytes, size_t length)
{
	size_t n = sizeof paste_end - 2;

	for (n = n < length ? n : length; n > 0; n--)
		if (memcmp(bytes + length - n, paste_end, n) == 0)
			break;
	return n;
}

static bool
next_of_paste(struct key_reader *reader, struct keypress *key)
{
	const char *bytes = reader->bytes + reader->begin;
	size_t length = reader->end - reader->begin, end_length = sizeof paste_end - 1;
	const char *end = memmem(bytes, length, paste_end, end_length);

	*key = (struct keypress){.kind = KEY_PASTE, .text = bytes, .more = !end};
	if (end) {
		key->length = (size_t)(end - bytes);
		reader->begin += key->length + end_length;
		reader->state = STATE_KEYS;
		return true;
	}
	length -= paste_end_tail(bytes, length);
	length -= unfinished_tail(bytes, length);
	if (length && bytes[length - 1] == '\r')
		length--;
	key->length = length;
	reader->begin += length;
	return length > 0;
}

static void
skip_csi(struct key_reader *reader)
{
	while (reader->begin < reader->end && sequence_is_inner(reader->bytes[reader->begin]))
		reader->begin++;
	if (reader->begin == reader->end)
		return;
	if (sequence_is_final(reader->bytes[reader->begin]))
		reader->begin++;
	reader->state = STATE_KEYS;
}

/* A string ends with BEL or ESC \. Enter ends it too: a person must be able to go on. */
static void
skip_string(struct key_reader *reader, bool timed_out)
{
	for (; reader->begin < reader->end; reader->begin++) {
		const char *at = reader->bytes + reader->begin;
		bool last = reader->begin + 1 == reader->end;

		if (*at == ESC && last && !timed_out)
			return;
		if (*at == ESC && !last && at[1] == '\\')
			reader->begin += 2;
		else if (*at == BEL || *at == CAN || *at == SUB)
			reader->begin++;
		else if (*at != ESC && *at != '\r' && *at != '\n')
			continue;
		reader->state = STATE_KEYS;
		return;
	}
}

/* Text that a sequence stood for lives in the reader. */
static void
give_character(struct key_reader *reader, struct keypress *key)
{
	snprintf(reader->character, sizeof reader->character, "%s",
	    strcmp(key->name, "Space") == 0 ? " " : key->name);
	key->name[0] = '\0';
	key->text = reader->character;
	key->length = strlen(reader->character);
}

bool
key_reader_next(struct key_reader *reader, struct keypress *key, bool timed_out)
{
	while (reader->begin < reader->end) {
		struct decoded d;

		if (reader->state == STATE_PASTE) {
			if (next_of_paste(reader, key))
				return true;
			break;
		}
		if (reader->state != STATE_KEYS) {
			if (reader->state == STATE_SKIP_CSI)
				skip_csi(reader);
			else
				skip_string(reader, timed_out);
			if (reader->state != STATE_KEYS)
				break;
			continue;
		}
		d = decode(
		    reader, reader->bytes + reader->begin, reader->end - reader->begin, timed_out);
		if (d.what == DECODED_MORE)
			break;
		reader->begin += d.used;
		reader->state = d.state;
		if (d.what == DECODED_NOTHING)
			continue;
		*key = d.key;
		if (key->kind == KEY_TEXT && !key->text)
			give_character(reader, key);
		return true;
	}
	*key = (struct keypress){.kind = KEY_NONE};
	return false;
}

bool
key_reader_is_waiting(const struct key_reader *reader)
{
	const char *bytes = reader->bytes + reader->begin;
	size_t length = reader->end - reader->begin;

	if (!length)
		return false;
	if (reader->state == STATE_SKIP_STRING)
		return length == 1 && *bytes == ESC;
	return reader->state == STATE_KEYS &&
	       decode(reader, bytes, length, false).what == DECODED_MORE &&
	       decode(reader, bytes, length, true).what != DECODED_MORE;
}
