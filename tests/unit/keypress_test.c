/* Bytes of a terminal made into keys, however they are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keypress_fixture.h"

static void
test_text(void **state)
{
	(void)state;
	check("", "");
	check("a", "'a'");
	check("hello, world", "'hello, world'");
	check("h\u00e9\u4e16\u754c\U0001f44d\u200d", "'h\u00e9\u4e16\u754c\U0001f44d\u200d'");
	check("\u00e9\r\u00e9", "'\u00e9' Enter '\u00e9'");
}

/* It is the editor that makes it UTF-8: nothing is lost here, and nothing is stuck. */
static void
test_text_that_is_not_utf8(void **state)
{
	(void)state;
	check("a\xff\xfe"
	      "b",
	    "'a\xff\xfe"
	    "b'");
	check("\x80\xbf!", "'\x80\xbf!'");
	check("\xe4\xb8\r", "'\xe4\xb8' Enter");
	check("\xe4x", "'\xe4x'");
	check("\xf0\x9f\xf0\x9f\x91\x8d", "'\xf0\x9f\xf0\x9f\x91\x8d'");
	check("\xed\xa0\x80.", "'\xed\xa0\x80.'");
	check("\x9b"
	      "A",
	    "'\x9b"
	    "A'");
}

static void
test_characters_are_not_cut(void **state)
{
	struct key_reader *reader = key_reader_create(NULL, 0);
	struct keypress key;

	(void)state;
	key_reader_feed(reader, "ab\xe4\xb8", 4);
	assert_true(key_reader_next(reader, &key, false));
	assert_int_equal(key.length, 2);
	assert_false(key_reader_next(reader, &key, false));
	/* A slow line must not break it either. */
	assert_false(key_reader_is_waiting(reader));
	assert_false(key_reader_next(reader, &key, true));
	key_reader_feed(reader, "\x96z", 2);
	assert_true(key_reader_next(reader, &key, false));
	assert_int_equal(key.kind, KEY_TEXT);
	assert_int_equal(key.length, 4);
	assert_memory_equal(key.text, "\xe4\xb8\x96z", 4);
	key_reader_destroy(reader);
}

static void
test_controls(void **state)
{
	(void)state;
	CHECK_BYTES("\0", "C-Space");
	check("\001\002\003\004\005\006\007\010", "C-a C-b C-c C-d C-e C-f C-g C-h");
	check("\t\n\013\014\r\016\017", "Tab C-j C-k C-l Enter C-n C-o");
	check("\020\021\022\023\024\025\026\027\030\031\032",
	    "C-p C-q C-r C-s C-t C-u C-v C-w C-x C-y C-z");
	check("\034\035\036\037\177", "C-\\ C-] C-^ C-_ Backspace");
	check("ab\003cd\r", "'ab' C-c 'cd' Enter");
}

static void
test_alt(void **state)
{
	(void)state;
	check("\033a\0331\033A\033.", "M-a M-1 M-A M-.");
	check("\033 \033-\033^\033X", "M-Space M-- M-^ M-X");
	check("\033\r\033\t\033\177\033\n", "M-Enter M-Tab M-Backspace C-M-j");
	check("\033\030x", "C-M-x 'x'");
	CHECK_BYTES("\033\0", "C-M-Space");
	check("\033\u00e9\033\u4e16", "M-\u00e9 M-\u4e16");
	/* What can't be a key. */
	check("\033\xff!", "'!'");
	check("\033\xe4!", "'!'");
	check("\033\u200e!", "'!'");
}

static void
test_escape_alone(void **state)
{
	struct key_reader *reader = key_reader_create(NULL, 0);
	struct keypress key;

	(void)state;
	check("\033", "Escape");
	check("\033\033", "Escape Escape");
	check("\033\033\033", "Escape Escape Escape");
	check("\033\033a", "Escape M-a");
	check("x\033", "'x' Escape");
	check("\033[", "M-[");
	check("\033O", "M-O");
	check("\033]", "M-]");
	check("\033P", "M-P");
	check("\033[\r", "M-[ Enter");
	check("\033O\u00e9", "M-O '\u00e9'");
	check("\033[\033[A", "M-[ Up");
	check("\033\033[", "Escape M-[");

	assert_false(key_reader_is_waiting(reader));
	key_reader_feed(reader, "\033", 1);
	assert_false(key_reader_next(reader, &key, false));
	assert_true(key_reader_is_waiting(reader));
	assert_true(key_reader_next(reader, &key, true));
	assert_string_equal(key.name, "Escape");
	assert_false(key_reader_is_waiting(reader));
	/* It came late: two keys. */
	key_reader_feed(reader, "a", 1);
	assert_true(key_reader_next(reader, &key, false));
	assert_int_equal(key.kind, KEY_TEXT);
	/* A slow line doesn't make text of a sequence that has begun. */
	key_reader_feed(reader, "\033[1;", 4);
	assert_false(key_reader_next(reader, &key, true));
	assert_false(key_reader_is_waiting(reader));
	key_reader_feed(reader, "5C", 2);
	assert_true(key_reader_next(reader, &key, true));
	assert_string_equal(key.name, "C-Right");
	key_reader_destroy(reader);
}

static void
test_xterm(void **state)
{
	(void)state;
	check("\033[A\033[B\033[C\033[D\033[H\033[F", "Up Down Right Left Home End");
	check("\033OA\033OB\033OC\033OD\033OH\033OF", "Up Down Right Left Home End");
	check("\033[2~\033[3~\033[5~\033[6~", "Insert Delete PageUp PageDown");
	check("\033[1;5A\033[1;3B\033[1;2C\033[1;6D", "C-Up M-Down S-Right C-S-Left");
	check("\033[1;7H\033[1;8F\033[3;5~\033[5;4~", "C-M-Home C-M-S-End C-Delete M-S-PageUp");
	check("\033[1;9A", "");
	check("\033[1;33A", "M-Up");
	check("\033OP\033OQ\033OR\033OS", "F1 F2 F3 F4");
	check("\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~",
	    "F5 F6 F7 F8 F9 F10 F11 F12");
	check("\033[1;2P\033[15;5~\033[Z", "S-F1 C-F5 S-Tab");
	check("\033[5C\033O5D", "C-Right C-Left");
	/* The keypad in application mode. */
	check("\033OM\033Oj\033Ok\033Om\033Oo\033On", "Enter '*+-/.'");
	check("\033Op\033Oy\033O ", "'09 '");
}

static void
test_rxvt(void **state)
{
	(void)state;
	check("\033[7~\033[8~\033[1~\033[4~", "Home End Home End");
	check("\033[11~\033[12~\033[13~\033[14~", "F1 F2 F3 F4");
	check("\033[a\033[b\033[c\033[d", "S-Up S-Down S-Right S-Left");
	check("\033Oa\033Ob\033Oc\033Od", "C-Up C-Down C-Right C-Left");
	check("\033[7^\033[7$\033[7@\033[3^\033[24^", "C-Home S-Home C-S-Home C-Delete C-F12");
	check("\033\033[A\033\033[5~\033\033Oa\033\033[7$", "M-Up M-PageUp C-M-Up M-S-Home");
	check("\033\033Ow", "M-7");
	check("\033\033[1;3A", "M-Up");
}

static void
test_linux_console(void **state)
{
	(void)state;
	check("\033[[A\033[[B\033[[C\033[[D\033[[E", "F1 F2 F3 F4 F5");
	check("\033[1~\033[4~\033[25~\033[34~", "Home End F13 F20");
	check("\033[[Zx", "'x'");
	check("\033[[\rx", "Enter 'x'");
}

static void
test_csi_u(void **state)
{
	(void)state;
	check("\033[97;5u\033[105;5u\033[109;5u", "C-a Tab Enter");
	check("\033[13;2u\033[13;3u\033[13;5u\033[9;5u", "S-Enter M-Enter C-Enter C-Tab");
	check("\033[27u\033[27;5u\033[127;5u\033[32;5u", "Escape C-Escape C-Backspace C-Space");
	check("\033[97;6u\033[97;4u\033[97:65;4u", "C-S-a M-A M-A");
	check("\033[45:95;6u\033[49:33;4u", "C-_ M-!");
	check("\033[97u\033[228u\033[32;2u\033[128077u", "'a\u00e4 \U0001f44d'");
	check("\033[97;1:1u\033[97;1:2u\033[97;1:3u", "'aa'");
	check("\033[1;5:3A\033[1;5:2A\033[3;1:3~", "C-Up");
	check("\033[57399u\033[57414u\033[57419;5u\033[57376u", "'0' Enter C-Up F13");
	/* Caps lock and num lock are no modifiers; super and hyper make another key. */
	check("\033[97;69u\033[97;133u\033[97;13u\033[97;17u", "C-a C-a");
	check("\033[57358u\033[57441;2u\033[1114112u\033[55296u\033[7u\033[u", "");
}

static void
test_modify_other_keys(void **state)
{
	(void)state;
	check("\033[27;5;13~\033[27;2;13~\033[27;5;97~", "C-Enter S-Enter C-a");
	check("\033[27;6;65~\033[27;4;65~\033[27;4;33~\033[27;6;95~", "C-S-a M-A M-! C-_");
	check("\033[27;5;9~\033[27;6;9~\033[27;5;8~", "C-Tab C-S-Tab C-Backspace");
	check("\033[65;4u\033[65;6u", "M-A C-S-a");
	check("\033[27;2;65~\033[27;5;~\033[27;5~\033[27~", "'A'");
}

static void
test_mouse(void **state)
{
	(void)state;
	check("\033[<0;10;5M\033[<0;10;5m", "{Press1 4,9} {Release1 4,9}");
	check("\033[<1;1;1M\033[<2;300;200M", "{Press2 0,0} {Press3 199,299}");
	check("\033[<64;1;2M\033[<65;1;2M\033[<66;1;2M\033[<67;1;2M",
	    "{WheelUp 1,0} {WheelDown 1,0} {WheelLeft 1,0} {WheelRight 1,0}");
	check("\033[<32;4;4M\033[<35;4;4M", "{Drag1 3,3} {Move 3,3}");
	check("\033[<20;1;1M\033[<72;1;1M", "{C-S-Press1 0,0} {M-WheelUp 0,0}");
	check("\033[M !!\033[M#!!\033[M`$#", "{Press1 0,0} {Release 0,0} {WheelUp 2,3}");
	check("\033[32;5;6M", "{Press1 5,4}");
	/* Nonsense. */
	check("\033[<0;0;5M\033[<0;5M\033[<;;M\033[<128;1;1M\033[<99999999999;1;1Mx", "'x'");
	check("\033[<0;99999999999;1M", "{Press1 0,2097151}");
	check("\033[M \r", "Enter");
	check("\033[M  \033[A", "Up");
}

static void
test_focus(void **state)
{
	(void)state;
	check("\033[I\033[O", "(in) (out)");
	check("a\033[Ib", "'a' (in) 'b'");
	check("\033\033[I", "Escape (in)");
	check("\033[1I", "");
}

static void
test_table(void **state)
{
	static const struct key_sequence table[] = {
	    {"\b", "Backspace"},
	    {"\033h", "Home"},
	    {"\033[G", "PageDown"},
	    {"\033[I", "PageUp"},
	    {"\033[1;2P", "F13"},
	    {"\001@\r", "F1"},
	    {"\001@\rx", "F2"},
	    {"\033[33~", "Shift-Tab"},
	    /* Left out. */
	    {"", "F3"},
	    {"\033", "F3"},
	    {"\033[", "F3"},
	    {"x", "F3"},
	    {NULL, "F3"},
	    {"\033[55~", NULL},
	    {"\033[55~", "NoSuchKey"},
	    {"\033[55~", "a name that is longer than any"},
	};

	(void)state;
#define CHECK_TABLE(bytes, expected) \
	check_table(table, sizeof table / sizeof table[0], bytes, sizeof(bytes) - 1, expected)
	CHECK_TABLE("\b\033\b\177", "Backspace M-Backspace Backspace");
	CHECK_TABLE("\033h\033[G\033[I\033[O", "Home PageDown PageUp (out)");
	CHECK_TABLE("\033\033h\033\033[G", "Escape Home M-PageDown");
	CHECK_TABLE("\033[1;2P\033[1;2Q\033[33~", "F13 S-F2 S-Tab");
	CHECK_TABLE("\001@\ry\001@\rx\001@\r", "F1 'y' F2 F1");
	CHECK_TABLE("\001@z", "C-a '@z'");
	CHECK_TABLE("\001", "C-a");
	CHECK_TABLE("\033\033[\033[55~x", "M-[ 'x'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_text_that_is_not_utf8),
	    cmocka_unit_test(test_characters_are_not_cut),
	    cmocka_unit_test(test_controls),
	    cmocka_unit_test(test_alt),
	    cmocka_unit_test(test_escape_alone),
	    cmocka_unit_test(test_xterm),
	    cmocka_unit_test(test_rxvt),
	    cmocka_unit_test(test_linux_console),
	    cmocka_unit_test(test_csi_u),
	    cmocka_unit_test(test_modify_other_keys),
	    cmocka_unit_test(test_mouse),
	    cmocka_unit_test(test_focus),
	    cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
