/* Pastes, and bytes that are no keys: within bounds, and keys work after them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "keypress_fixture.h"

static void
test_paste(void **state)
{
	(void)state;
	check("\033[200~hello\033[201~", "\"hello\"");
	check("\033[200~\033[201~x", "\"\" 'x'");
	check("a\033[200~b\nc\td\033[201~\r", "'a' \"b\nc\td\" Enter");
	/* What looks like keys within is text; what almost ends it, too. */
	check("\033[200~\003\033[A\033[200~\033\033[201\033[201~",
	    "\"\003\033[A\033[200~\033\033[201\"");
	check("\033[200~\033[2\033[20\033[201~\r", "\"\033[2\033[20\" Enter");
	check("\033[200~1\033[201~\033[200~2\033[201~", "\"1\" \"2\"");
	check("\033\033[200~1\033[201~", "Escape \"1\"");
	/* An end without a beginning. */
	check("\033[201~x", "'x'");
	CHECK_BYTES("\033[200~\xff\xe4\xb8\033[201~", "\"\xff\xe4\xb8\"");
}

/* Pieces end neither within a character nor within CR LF. */
static void
test_paste_pieces(void **state)
{
	static const char paste[] = "\033[200~a\r\n\u4e16\U0001f44d\r\r\n.\033[201~";
	struct keypress key;

	(void)state;
	for (size_t cut = 6; cut < sizeof paste - 1; cut++) {
		struct key_reader *reader = key_reader_create(NULL, 0);
		bool ended = false, cr = false;

		key_reader_feed(reader, paste, cut);
		while (key_reader_next(reader, &key, true)) {
			assert_int_equal(key.kind, KEY_PASTE);
			assert_true(text_is_utf8(key.text, key.length));
			cr = key.text[key.length - 1] == '\r';
		}
		assert_false(key_reader_is_waiting(reader));
		key_reader_feed(reader, paste + cut, sizeof paste - 1 - cut);
		while (key_reader_next(reader, &key, false)) {
			assert_int_equal(key.kind, KEY_PASTE);
			assert_true(text_is_utf8(key.text, key.length));
			assert_false(cr && *key.text == '\n');
			ended = !key.more;
		}
		assert_true(ended);
		key_reader_destroy(reader);
	}
}

static void
test_paste_of_megabytes(void **state)
{
	static const size_t each[] = {1 << 20, 4096, 4095, 17, 4099};
	static const char line[] = "na\u00efve \u4e16\u754c \033[20 \r\n";
	const size_t size = 4 * 1024 * 1024;
	struct buf in, expected;
	struct record record;

	(void)state;
	buf_init(&in, 2 * size);
	buf_init(&expected, 2 * size);
	buf_add_string(&in, "\033[200~");
	buf_add_char(&expected, '"');
	while (in.length < size) {
		buf_add_string(&in, line);
		buf_add_string(&expected, line);
	}
	buf_add_string(&in, "\033[201~\r");
	buf_add_string(&expected, "\" Enter");
	for (size_t i = 0; i < sizeof each / sizeof each[0]; i++) {
		run(&record, NULL, 0, in.data, in.length, each[i], each[i]);
		assert_int_equal(record.out.length, expected.length);
		assert_memory_equal(record.out.data, expected.data, expected.length);
		buf_finish(&record.out);
	}
	buf_finish(&in);
	buf_finish(&expected);
}

static void
test_unknown_sequences(void **state)
{
	(void)state;
	check("\033[?1;2cx", "'x'");
	check("\033[>0;276;0cx", "'x'");
	check("\033[?2026;1$yx", "'x'");
	check("\033[20;2$yx", "'x'");
	check("\033[99~\033[1;2;3;4;5;6;7;8zx", "'x'");
	check("\033[::::;;;;::::Ax", "Up 'x'");
	check("\033[1!Ax", "'x'");
	check("\033[1<Ax", "'x'");
	check("\033Ozx", "'x'");
	check("\033[999999999999999999999~x", "'x'");
	check("\033[1;999999999999Ax", "'x'");
	/* Cut short: what cut it counts. */
	check("\033[12\rx", "Enter 'x'");
	check("\033[12\033[A", "Up");
	check("\033[1\u00e9", "'\u00e9'");
	check("\033O1\033[A", "Up");
}

static void
test_strings(void **state)
{
	(void)state;
	check("\033]11;rgb:0000/0000/0000\033\\x", "'x'");
	check("\033]11;rgb:0000/0000/0000\007x", "'x'");
	check("\033P>|xterm(370)\033\\x", "'x'");
	check("\033_Gi=1;OK\033\\x", "'x'");
	/* A person can go on after one that never ends. */
	check("\033]11;rgb\rx", "Enter 'x'");
	check("\033]11;rgb\033[Ax", "Up 'x'");
	check("\033]11;rgb\033", "Escape");
	check("\033]11;rgb\030x", "'x'");
}

static void
test_long_sequences(void **state)
{
	static const char *const begins[] = {"\033[", "\033O", "\033]", "\033\033["};
	struct record record;
	struct buf in;

	(void)state;
	buf_init(&in, 1024 * 1024);
	for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
		buf_clear(&in);
		buf_add_string(&in, begins[i]);
		for (int n = 0; n < 100 * 1000; n++)
			buf_add_char(&in, '1');
		buf_add_string(&in, i == 2 ? "\033\\x" : "Ax");
		for (size_t each = 1; each < 5000; each += 1111) {
			run(&record, NULL, 0, in.data, in.length, each, each);
			assert_string_equal(buf_string(&record.out), "'x'");
			buf_finish(&record.out);
		}
	}
	buf_finish(&in);
}

static void
test_reset(void **state)
{
	struct key_reader *reader = key_reader_create(NULL, 0);
	struct keypress key;

	(void)state;
	key_reader_feed(reader, "\033[200~abc", 9);
	assert_true(key_reader_next(reader, &key, false));
	assert_true(key.more);
	key_reader_reset(reader);
	key_reader_feed(reader, "\r", 1);
	assert_true(key_reader_next(reader, &key, false));
	assert_string_equal(key.name, "Enter");
	key_reader_feed(reader, "\033[1", 3);
	key_reader_reset(reader);
	assert_false(key_reader_next(reader, &key, true));
	key_reader_destroy(reader);
	key_reader_destroy(NULL);
}

/* A reader that isn't drained takes what it has room for. */
static void
test_full(void **state)
{
	struct key_reader *reader = key_reader_create(NULL, 0);
	struct keypress key;
	char bytes[3 * KEY_FEED_MAX];
	size_t fed, taken = 0;

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	fed = key_reader_feed(reader, bytes, sizeof bytes);
	assert_true(fed >= KEY_FEED_MAX && fed < sizeof bytes);
	assert_int_equal(key_reader_feed(reader, bytes, 1), 0);
	while (key_reader_next(reader, &key, false))
		taken += key.length;
	assert_int_equal(taken, fed);
	key_reader_destroy(reader);
}

/* Anything at all, cut anywhere, gives the same, within bounds; and keys work after it. */
static void
test_random(void **state)
{
	static const char alphabet[] =
	    "\033\033\033\033[[[OO]P_0123459;;:<?$ ~^@uABMmIZ\r\n\t\007\030\\x\177\x80\xbf\xc3\xe4\xf0\xff";
	static const char end[] = "\030\r\033[201~\r\033[A";
	uint32_t seed = 1;
	char bytes[60 + sizeof end];
	struct record whole, cut;

	(void)state;
	for (int i = 0; i < 60 * 1000; i++) {
		size_t length = 0;

		do {
			seed = seed * 1664525 + 1013904223;
			bytes[length++] = i % 4 ? alphabet[(seed >> 16) % (sizeof alphabet - 1)]
			                        : (char)(seed >> 24);
		} while (length < 1 + (size_t)i % 60);
		memcpy(bytes + length, end, sizeof end - 1);
		length += sizeof end - 1;
		run(&whole, NULL, 0, bytes, length, length, length);
		run(&cut, NULL, 0, bytes, length, 1 + (size_t)i % length, 1 + (size_t)i % 7);
		assert_int_equal(whole.out.length, cut.out.length);
		assert_memory_equal(whole.out.data, cut.out.data, whole.out.length);
		assert_true(whole.out.length > 2);
		assert_string_equal(buf_string(&whole.out) + whole.out.length - 2, "Up");
		buf_finish(&whole.out);
		buf_finish(&cut.out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paste),
	    cmocka_unit_test(test_paste_pieces),
	    cmocka_unit_test(test_paste_of_megabytes),
	    cmocka_unit_test(test_unknown_sequences),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_long_sequences),
	    cmocka_unit_test(test_reset),
	    cmocka_unit_test(test_full),
	    cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
