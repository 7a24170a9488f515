/* Fuzzes what unpacks bodies: whatever the frame, what comes out stays within its limit, and what
 * was packed comes out as it was. Built by hand: see HACKING.md. */
#include <stdlib.h>
#include <string.h>

#include "wire/limits.h"
#include "wire/packer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
unpack(struct packer *packer, const char *data, size_t size)
{
	const char *why = NULL;
	struct buf out;
	enum wire_error error;

	buf_init(&out, LIMIT_REQUEST_SMALL);
	error = packer_unpack(packer, &out, data, size, &why);
	require(out.length <= LIMIT_REQUEST_SMALL);
	require((error == WIRE_OK) == !why);
	buf_finish(&out);
}

static void
pack(struct packer *packer, const char *data, size_t size)
{
	const char *why;
	struct buf body, frame, out;

	buf_init(&body, size);
	buf_init(&frame, size);
	buf_init(&out, size);
	buf_add(&body, data, size);
	if (packer_pack(packer, &body, &frame)) {
		require(frame.length < size);
		require(packer_unpack(packer, &out, frame.data, frame.length, &why) == WIRE_OK);
		require(out.length == size && memcmp(out.data, data, size) == 0);
	}
	buf_finish(&body);
	buf_finish(&frame);
	buf_finish(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* One for all inputs: nothing of one frame may be left for the next. */
	static struct packer *packer;

	if (!packer)
		packer = packer_create();
	unpack(packer, (const char *)data, size);
	pack(packer, (const char *)data, size);
	return 0;
}
