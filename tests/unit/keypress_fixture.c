#include "keypress_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/bind_name.h"

static void
close_text(struct record *record)
{
	if (record->last == KEY_TEXT)
		buf_add_char(&record->out, '\'');
	record->last = KEY_NONE;
}

static void
note(struct record *record, const struct keypress *key)
{
	char canonical[BIND_NAME_SIZE];
	bool goes_on = key->kind == record->last;

	if (record->last == KEY_PASTE)
		assert_int_equal(key->kind, KEY_PASTE);
	if (!goes_on)
		close_text(record);
	if (!goes_on && record->out.length)
		buf_add_char(&record->out, ' ');
	switch (key->kind) {
	case KEY_NONE:
		fail();
		break;
	case KEY_TEXT:
		assert_true(key->length > 0);
		for (size_t i = 0; i < key->length; i++)
			assert_true((unsigned char)key->text[i] >= 0x20 && key->text[i] != 0x7f);
		if (!goes_on)
			buf_add_char(&record->out, '\'');
		buf_add(&record->out, key->text, key->length);
		record->last = KEY_TEXT;
		break;
	case KEY_NAMED:
		assert_true(key_name_canonical(canonical, key->name, strlen(key->name)));
		assert_string_equal(canonical, key->name);
		assert_false(key_name_is_text(key->name));
		buf_add_string(&record->out, key->name);
		break;
	case KEY_PASTE:
		assert_true(key->length > 0 || !key->more);
		if (!goes_on)
			buf_add_char(&record->out, '"');
		buf_add(&record->out, key->text, key->length);
		if (!key->more)
			buf_add_char(&record->out, '"');
		record->last = key->more ? KEY_PASTE : KEY_NONE;
		break;
	case KEY_MOUSE:
		assert_true(key->row >= 0 && key->column >= 0);
		buf_printf(&record->out, "{%s %d,%d}", key->name, key->row, key->column);
		break;
	case KEY_FOCUS:
		buf_add_string(&record->out, key->focused ? "(in)" : "(out)");
		break;
	}
}

static void
take_all(struct record *record, struct key_reader *reader, bool timed_out)
{
	struct keypress key;

	while (key_reader_next(reader, &key, timed_out))
		note(record, &key);
	assert_int_equal(key.kind, KEY_NONE);
	if (timed_out)
		assert_false(key_reader_is_waiting(reader));
}

static void
feed(struct record *record, struct key_reader *reader, const char *bytes, size_t length)
{
	while (length) {
		size_t n = length < KEY_FEED_MAX ? length : KEY_FEED_MAX;

		assert_int_equal(key_reader_feed(reader, bytes, n), n);
		bytes += n;
		length -= n;
		take_all(record, reader, false);
	}
}

void
run(struct record *record, const struct key_sequence *table, size_t count, const char *bytes,
    size_t length, size_t first, size_t each)
{
	struct key_reader *reader = key_reader_create(table, count);

	buf_init(&record->out, 64 * 1024 * 1024);
	record->last = KEY_NONE;
	for (size_t at = 0, n = first; at < length; at += n, n = each) {
		if (n > length - at)
			n = length - at;
		feed(record, reader, bytes + at, n);
	}
	take_all(record, reader, true);
	close_text(record);
	key_reader_destroy(reader);
}

void
check_table(const struct key_sequence *table, size_t count, const char *bytes, size_t length,
    const char *expected)
{
	struct record record;

	for (size_t first = 1; first <= length; first++) {
		run(&record, table, count, bytes, length, first, length);
		assert_string_equal(buf_string(&record.out), expected);
		buf_finish(&record.out);
	}
	run(&record, table, count, bytes, length, 1, 1);
	assert_string_equal(buf_string(&record.out), expected);
	buf_finish(&record.out);
}

void
check(const char *bytes, const char *expected)
{
	check_table(NULL, 0, bytes, strlen(bytes), expected);
}
