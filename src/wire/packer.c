#include "wire/packer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/limits.h"
#include "wire/zstd_api.h"

enum {
	LEVEL = 1,              /* the others gain next to nothing on pages of messages */
	HEADER_COST = 24,       /* "Content-Encoding: zstd" on its line */
	MAGIC_LENGTH = 4,       /* bytes */
	FIRST_ROOM = 16 * 1024, /* where the frame doesn't say its size */
};

struct packer {
	struct zstd_api zstd;
	ZSTD_CCtx *pack;   /* NULL until used */
	ZSTD_DCtx *unpack; /* likewise */
};

struct packer *
packer_create(void)
{
	return mem_zalloc(1, sizeof(struct packer));
}

void
packer_destroy(struct packer *packer)
{
	if (!packer)
		return;
	if (packer->pack)
		packer->zstd.freeCCtx(packer->pack);
	if (packer->unpack)
		packer->zstd.freeDCtx(packer->unpack);
	free(packer);
}

/* What was written into its room; a 0 behind it, as behind every buf's. */
static void
set_length(struct buf *b, size_t length)
{
	b->length = length;
	b->data[length] = '\0';
}

/* False: there is no memory for it, or no library. */
static bool
can_pack(struct packer *packer)
{
	if (!packer->pack && zstd_api_load(&packer->zstd)) {
		packer->pack = packer->zstd.createCCtx();
		if (packer->pack)
			packer->zstd.CCtx_setParameter(
			    packer->pack, ZSTD_c_compressionLevel, LEVEL);
	}
	return packer->pack;
}

bool
packer_pack(struct packer *packer, const struct buf *body, struct buf *frame)
{
	size_t room, length;
	char *to;

	if (body->failed || body->length <= LIMIT_PLAIN || !can_pack(packer))
		return false;
	room = body->length - HEADER_COST;
	if (!(to = buf_reserve(frame, room)))
		return false;
	length = packer->zstd.compress2(packer->pack, to, room, body->data, body->length);
	/* It doesn't fit into the room, or there is no memory for it: plain will do. */
	if (packer->zstd.isError(length)) {
		buf_finish(frame);
		return false;
	}
	set_length(frame, length);
	return true;
}

static ZSTD_DCtx *
begin_unpack(struct packer *packer)
{
	if (!packer->unpack) {
		packer->unpack = packer->zstd.createDCtx();
		if (!packer->unpack)
			abort(); /* out of memory: see base/mem.h */
		packer->zstd.DCtx_setParameter(
		    packer->unpack, ZSTD_d_windowLogMax, LIMIT_PACKED_WINDOW_LOG);
	}
	packer->zstd.DCtx_reset(packer->unpack, ZSTD_reset_session_only);
	return packer->unpack;
}

/* zstd's own magic number alone: no older format of it, and nothing to be skipped. */
static bool
has_magic(const char *data, size_t length)
{
	static const unsigned char magic[MAGIC_LENGTH] = {0x28, 0xB5, 0x2F, 0xFD};

	return length >= MAGIC_LENGTH && memcmp(data, magic, MAGIC_LENGTH) == 0;
}

/* What the frame says of its size is believed for two things: to refuse it, and for how much room
 * to begin with. */
static enum wire_error
make_room(const struct zstd_api *zstd, struct buf *out, const char *data, size_t length)
{
	unsigned long long said = zstd->getFrameContentSize(data, length);
	size_t room = out->limit < FIRST_ROOM ? out->limit : FIRST_ROOM;

	if (said != ZSTD_CONTENTSIZE_UNKNOWN && said != ZSTD_CONTENTSIZE_ERROR) {
		if (said > out->limit)
			return WIRE_TOO_LARGE;
		room = (size_t)said;
	}
	buf_reserve(out, room);
	return WIRE_OK;
}

static enum wire_error
explain(const struct zstd_api *zstd, size_t code, const char **why)
{
	switch (zstd->getErrorCode(code)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		*why = "the compressed body's window is over its limit";
		return WIRE_UNSUPPORTED;
	case ZSTD_error_dictionary_wrong:
		*why = "the body was compressed with a dictionary";
		return WIRE_UNSUPPORTED;
	case ZSTD_error_memory_allocation:
		abort(); /* see base/mem.h */
	default:
		*why = "the compressed body is not a whole zstd frame";
		return WIRE_BAD_REQUEST;
	}
}

/* Room for the next bytes, doubled up to the limit. NULL: the limit is reached. */
static char *
more_room(struct buf *out, size_t *room)
{
	size_t left = out->limit - out->length;

	*room =
	    out->room > out->length + 1 ? out->room - out->length - 1 : out->length + FIRST_ROOM;
	if (*room > left)
		*room = left;
	return *room ? buf_reserve(out, *room) : NULL;
}

/* Unpacks until the frame ends, its bytes do, or the limit is passed. */
static enum wire_error
unpack_stream(const struct zstd_api *zstd, ZSTD_DCtx *dctx, struct buf *out, ZSTD_inBuffer *in,
    const char **why)
{
	for (;;) {
		size_t room, left, before = in->pos;
		char beyond;
		char *to = more_room(out, &room);
		ZSTD_outBuffer piece = {to ? to : &beyond, to ? room : sizeof beyond, 0};

		left = zstd->decompressStream(dctx, &piece, in);
		if (zstd->isError(left))
			return explain(zstd, left, why);
		if (!to && piece.pos) {
			*why = "what was compressed is over its method's limit";
			return WIRE_TOO_LARGE;
		}
		out->length += piece.pos;
		if (left == 0)
			return WIRE_OK;
		if (piece.pos < piece.size && in->pos == before && in->pos == in->size) {
			*why = "the compressed body ends before its zstd frame does";
			return WIRE_BAD_REQUEST;
		}
	}
}

enum wire_error
packer_unpack(
    struct packer *packer, struct buf *out, const char *data, size_t length, const char **why)
{
	ZSTD_inBuffer in = {data, length, 0};
	enum wire_error error;

	if (!has_magic(data, length)) {
		*why = "the compressed body is not a zstd frame";
		return WIRE_BAD_REQUEST;
	}
	if (!zstd_api_load(&packer->zstd)) {
		*why = "the body is compressed, and libzstd is not installed (Debian: libzstd1)";
		return WIRE_UNSUPPORTED;
	}
	if (make_room(&packer->zstd, out, data, length) != WIRE_OK) {
		*why = "what was compressed is over its method's limit";
		return WIRE_TOO_LARGE;
	}
	error = unpack_stream(&packer->zstd, begin_unpack(packer), out, &in, why);
	if (error == WIRE_OK && in.pos < in.size) {
		*why = "something follows the compressed body's zstd frame";
		error = WIRE_BAD_REQUEST;
	}
	if (error == WIRE_OK)
		set_length(out, out->length);
	return error;
}
