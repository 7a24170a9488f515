/* Fuzzes ternd's HTTP parser: it never reads past what it was given, and comes to the same end
 * whatever the pieces in which the bytes arrive. Built by hand: see HACKING.md. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http.h"
#include "wire/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

/* Parses all of it, `step` bytes more at a time; each time from a copy that ends where they end. */
static enum http_state
parse_in_steps(struct http_parser *parser, const uint8_t *data, size_t size, size_t step)
{
	enum http_state state = HTTP_MORE;

	http_parser_init(parser);
	for (size_t length = 0; state == HTTP_MORE && length < size;) {
		char *copy;

		length = size - length < step ? size : length + step;
		copy = mem_alloc(length);
		memcpy(copy, data, length);
		state = http_parse(parser, copy, length);
		free(copy);
	}
	return state;
}

static void
check_slice(struct http_slice slice, size_t length)
{
	require(slice.length == 0 || (slice.at <= length && slice.length <= length - slice.at));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_parser whole, pieces;
	enum http_state state;

	if (size < 2 || size > 3 * LIMIT_HEAD)
		return 0;
	state = parse_in_steps(&whole, data + 1, size - 1, size);
	require(parse_in_steps(&pieces, data + 1, size - 1, 1 + data[0]) == state);
	if (state == HTTP_WRONG) {
		require(whole.error != WIRE_OK && whole.why);
		require(pieces.error == whole.error);
	} else if (state == HTTP_DONE) {
		require(whole.head.length <= size - 1);
		require(whole.head.length == pieces.head.length);
		require(whole.head.content_length >= 0);
		require(whole.head.content_length == pieces.head.content_length);
		require(whole.head.close == pieces.head.close);
		check_slice(whole.head.verb, whole.head.length);
		check_slice(whole.head.target, whole.head.length);
		check_slice(whole.head.token, whole.head.length);
	}
	return 0;
}
