/* Compressed bodies: what goes in comes out, and no frame, whatever it says of itself, costs more
 * than the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/limits.h"
#include "wire/packer.h"

static int
begin(void **state)
{
	*state = packer_create();
	return 0;
}

static int
end(void **state)
{
	packer_destroy(*state);
	return 0;
}

/* Rows as a page has them. */
static void
fill(struct buf *body, size_t length)
{
	buf_init(body, 4 * length + 1000);
	for (int64_t i = 0; body->length < length; i++)
		buf_printf(body, "{\"msg_id\":%lld,\"text\":\"this is message %lld\"},",
		    (long long)i, (long long)i * 7919);
	body->length = length;
	body->data[length] = '\0';
}

static void
pack(struct packer *packer, const struct buf *body, struct buf *frame)
{
	buf_init(frame, body->length);
	assert_true(packer_pack(packer, body, frame));
	assert_true(frame->length < body->length);
}

/* Unpacks from a copy that ends where the frame does, so that a sanitizer sees reads beyond. */
static enum wire_error
unpack(struct packer *packer, struct buf *out, const void *data, size_t length, size_t limit)
{
	char *copy = mem_alloc(length ? length : 1);
	const char *why = NULL;
	enum wire_error error;

	if (length)
		memcpy(copy, data, length);
	buf_init(out, limit);
	error = packer_unpack(packer, out, copy, length, &why);
	free(copy);
	assert_true((error == WIRE_OK) == !why);
	assert_true(out->length <= limit);
	return error;
}

static void
refuses(
    struct packer *packer, const void *data, size_t length, size_t limit, enum wire_error expected)
{
	struct buf out;
	enum wire_error error = unpack(packer, &out, data, length, limit);

	buf_finish(&out);
	if (error != expected)
		fail_msg("%s, not %s", wire_error_name(error), wire_error_name(expected));
}

static void
what_goes_in_comes_out(void **state)
{
	static const size_t lengths[] = {LIMIT_PLAIN + 1, 5000, 16384, 100001, 2 * 1024 * 1024};

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct buf body, frame, out;

		fill(&body, lengths[i]);
		pack(*state, &body, &frame);
		assert_true(frame.length < body.length / 3);
		assert_int_equal(
		    unpack(*state, &out, frame.data, frame.length, lengths[i]), WIRE_OK);
		assert_int_equal(out.length, body.length);
		assert_string_equal(buf_string(&out), buf_string(&body));
		buf_finish(&out);
		/* The limit holds to the byte. */
		refuses(*state, frame.data, frame.length, lengths[i] - 1, WIRE_TOO_LARGE);
		buf_finish(&body);
		buf_finish(&frame);
	}
}

static void
small_ones_go_as_they_are(void **state)
{
	struct buf body, frame;

	fill(&body, LIMIT_PLAIN);
	buf_init(&frame, LIMIT_REQUEST);
	assert_false(packer_pack(*state, &body, &frame));
	assert_int_equal(frame.length, 0);
	buf_finish(&body);
	buf_finish(&frame);
}

static void
what_does_not_shrink_goes_as_it_is(void **state)
{
	struct buf body, frame;
	uint32_t random = 1;

	buf_init(&body, LIMIT_REQUEST);
	for (int i = 0; i < 5000; i++) {
		random = random * 1664525 + 1013904223;
		buf_add_char(&body, (char)(random >> 24));
	}
	buf_init(&frame, LIMIT_REQUEST);
	assert_false(packer_pack(*state, &body, &frame));
	assert_int_equal(frame.length, 0);
	buf_finish(&body);
	buf_finish(&frame);
}

/* A frame is refused wherever it is cut, and the packer is as good as new afterwards. */
static void
truncated(void **state)
{
	struct buf body, frame, out;

	fill(&body, 3000);
	pack(*state, &body, &frame);
	for (size_t length = 0; length < frame.length; length++)
		refuses(*state, frame.data, length, LIMIT_REQUEST, WIRE_BAD_REQUEST);
	assert_int_equal(unpack(*state, &out, frame.data, frame.length, LIMIT_REQUEST), WIRE_OK);
	assert_string_equal(buf_string(&out), buf_string(&body));
	buf_finish(&out);
	buf_finish(&body);
	buf_finish(&frame);
}

static void
something_behind_it(void **state)
{
	struct buf body, frame, both;

	fill(&body, 3000);
	pack(*state, &body, &frame);
	buf_init(&both, 6000);
	buf_add(&both, frame.data, frame.length);
	buf_add(&both, "x", 1);
	refuses(*state, both.data, both.length, LIMIT_REQUEST, WIRE_BAD_REQUEST);
	/* Nor a second frame. */
	both.length--;
	buf_add(&both, frame.data, frame.length);
	refuses(*state, both.data, both.length, LIMIT_REQUEST, WIRE_BAD_REQUEST);
	buf_finish(&both);
	buf_finish(&body);
	buf_finish(&frame);
}

/* Each byte wrong in turn: refused, or something else within the limit. */
static void
damaged(void **state)
{
	struct buf body, frame, out;

	fill(&body, 2000);
	pack(*state, &body, &frame);
	for (size_t i = 0; i < frame.length; i++) {
		for (int bit = 0; bit < 8; bit++) {
			frame.data[i] = (char)(frame.data[i] ^ (1 << bit));
			(void)unpack(*state, &out, frame.data, frame.length, 4000);
			buf_finish(&out);
			frame.data[i] = (char)(frame.data[i] ^ (1 << bit));
		}
	}
	buf_finish(&body);
	buf_finish(&frame);
}

/* ---- frames made by hand (RFC 8878) ---- */

#define FRAME(...) ((const unsigned char[]){0x28, 0xB5, 0x2F, 0xFD, __VA_ARGS__})

/* Begins with these bytes of header, behind the magic number. */
static void
frame_begin(struct buf *frame, const unsigned char *header, size_t length)
{
	buf_init(frame, LIMIT_REQUEST);
	buf_add(frame, header, length);
}

#define BEGIN(frame, ...) frame_begin(frame, FRAME(__VA_ARGS__), sizeof FRAME(__VA_ARGS__))

/* A block: one byte, `length` times. */
static void
add_run(struct buf *frame, bool last, uint32_t length)
{
	uint32_t header = length << 3 | 1 << 1 | last;

	for (int i = 0; i < 3; i++)
		buf_add_char(frame, (char)(header >> 8 * i));
	buf_add_char(frame, ' ');
}

enum { BLOCK = 128 * 1024, WINDOW_128K = 7 << 3, WINDOW_8M = 13 << 3, WINDOW_16M = 14 << 3 };

/* Some kilobytes that hold gigabytes: the work ends at the limit. */
static void
bomb(void **state)
{
	struct buf frame;

	BEGIN(&frame, 0x00, WINDOW_128K);
	for (int i = 0; i < 20000; i++)
		add_run(&frame, false, BLOCK);
	add_run(&frame, true, BLOCK);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST, WIRE_TOO_LARGE);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST_SMALL, WIRE_TOO_LARGE);
	buf_finish(&frame);
}

/* Exactly the limit is taken, where no size is said. */
static void
limit_without_a_size(void **state)
{
	struct buf frame, out;

	BEGIN(&frame, 0x00, WINDOW_128K);
	for (int i = 0; i < 15; i++)
		add_run(&frame, false, BLOCK);
	add_run(&frame, true, BLOCK);
	assert_int_equal(unpack(*state, &out, frame.data, frame.length, LIMIT_REQUEST), WIRE_OK);
	assert_int_equal(out.length, LIMIT_REQUEST);
	assert_int_equal(out.data[LIMIT_REQUEST - 1], ' ');
	assert_int_equal(out.data[LIMIT_REQUEST], 0);
	buf_finish(&out);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST - 1, WIRE_TOO_LARGE);
	/* At the limit, but not at its end. */
	refuses(*state, frame.data, frame.length - 4, LIMIT_REQUEST - BLOCK, WIRE_BAD_REQUEST);
	buf_finish(&frame);
}

static void
size_that_lies(void **state)
{
	struct buf frame;

	/* It says 100 bytes, and holds 128 KiB. */
	BEGIN(&frame, 0xA0, 100, 0, 0, 0);
	add_run(&frame, true, BLOCK);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST, WIRE_BAD_REQUEST);
	refuses(*state, frame.data, frame.length, 50, WIRE_TOO_LARGE);
	buf_finish(&frame);
	/* It says 1000 bytes, and holds 100. */
	BEGIN(&frame, 0xA0, 0xE8, 3, 0, 0);
	add_run(&frame, true, 100);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST, WIRE_BAD_REQUEST);
	buf_finish(&frame);
	/* It says 4 GiB, and holds 100 bytes: nothing is done for it. */
	BEGIN(&frame, 0xA0, 0xFF, 0xFF, 0xFF, 0xFF);
	add_run(&frame, true, 100);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST, WIRE_TOO_LARGE);
	buf_finish(&frame);
}

static void
window_has_a_limit(void **state)
{
	struct buf frame, out;

	BEGIN(&frame, 0x00, WINDOW_8M);
	add_run(&frame, true, 100);
	assert_int_equal(unpack(*state, &out, frame.data, frame.length, LIMIT_REQUEST), WIRE_OK);
	assert_int_equal(out.length, 100);
	buf_finish(&out);
	buf_finish(&frame);
	BEGIN(&frame, 0x00, WINDOW_16M);
	add_run(&frame, true, 100);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST, WIRE_UNSUPPORTED);
	buf_finish(&frame);
}

static void
dictionary(void **state)
{
	struct buf frame;

	BEGIN(&frame, 0x01, WINDOW_128K, 7);
	add_run(&frame, true, 100);
	refuses(*state, frame.data, frame.length, LIMIT_REQUEST, WIRE_UNSUPPORTED);
	buf_finish(&frame);
}

static void
not_a_frame(void **state)
{
	/* A skippable frame, an older format, gzip, JSON. */
	static const char *const others[] = {"\x50\x2A\x4D\x18\x01\x01\x01\x01zzzz",
	    "\x27\xB5\x2F\xFD\x01\x01\x01\x01zzzz", "\x1F\x8B\x08\x01\x01\x01\x01zzzz",
	    "{\"messages\":[]}", "\x28", ""};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		refuses(*state, others[i], strlen(others[i]), LIMIT_REQUEST, WIRE_BAD_REQUEST);
}

void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags);

static bool has_library = true;

void *
__wrap_dlopen(const char *name, int flags)
{
	return has_library ? __real_dlopen(name, flags) : NULL;
}

/* Nothing is packed, and what comes packed is no less than refused with a sentence. */
static void
without_the_library(void **state)
{
	struct packer *packer = packer_create();
	struct buf body, frame, out;
	const char *why = NULL;

	fill(&body, 5000);
	pack(*state, &body, &frame);
	buf_init(&out, LIMIT_ANSWER);
	has_library = false;
	assert_int_equal(
	    packer_unpack(packer, &out, frame.data, frame.length, &why), WIRE_UNSUPPORTED);
	assert_non_null(strstr(why, "libzstd"));
	buf_finish(&frame);
	buf_init(&frame, LIMIT_ANSWER);
	assert_false(packer_pack(packer, &body, &frame));
	assert_int_equal(frame.length, 0);
	has_library = true;
	buf_finish(&body);
	buf_finish(&frame);
	buf_finish(&out);
	packer_destroy(packer);
}

int
main(void)
{
#define WITH_PACKER(test) cmocka_unit_test_setup_teardown(test, begin, end)
	static const struct CMUnitTest tests[] = {
	    WITH_PACKER(what_goes_in_comes_out),
	    WITH_PACKER(small_ones_go_as_they_are),
	    WITH_PACKER(what_does_not_shrink_goes_as_it_is),
	    WITH_PACKER(truncated),
	    WITH_PACKER(something_behind_it),
	    WITH_PACKER(damaged),
	    WITH_PACKER(bomb),
	    WITH_PACKER(limit_without_a_size),
	    WITH_PACKER(size_that_lies),
	    WITH_PACKER(window_has_a_limit),
	    WITH_PACKER(dictionary),
	    WITH_PACKER(not_a_frame),
	    WITH_PACKER(without_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
