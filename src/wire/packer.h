/*
 * Compression of bodies, both ways (doc/protocol.md 1): a packed body is one zstd frame. The only
 * user of libzstd, which is loaded when a packer is first used; where it isn't installed nothing is
 * packed, and what is packed not taken.
 *
 * A packer keeps its working memory from one body to the next (well below 1 MiB to pack, up to 9
 * to unpack), which is most of what a small body costs. One thread at a time may use it.
 */
#ifndef TERN_WIRE_PACKER_H
#define TERN_WIRE_PACKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "wire/error.h"

struct packer;

/* Makes no working memory before it is used. */
struct packer *packer_create(void);
void packer_destroy(struct packer *packer); /* accepts NULL */

/*
 * Writes *body's frame to *frame, which is empty, where that is worth it: *body is over
 * LIMIT_PLAIN, and the frame with its header is smaller. False: it isn't, and *frame stays empty.
 */
bool packer_pack(struct packer *packer, const struct buf *body, struct buf *frame);

/*
 * Appends what the frame of length bytes holds to *out, which is empty; at most out->limit bytes,
 * whatever the frame says of its size. WIRE_OK, or, with *why a sentence and *out of no use:
 * WIRE_TOO_LARGE, WIRE_UNSUPPORTED (its window or a dictionary is not taken, or there is no
 * libzstd), WIRE_BAD_REQUEST (not one whole frame).
 */
enum wire_error packer_unpack(
    struct packer *packer, struct buf *out, const char *data, size_t length, const char **why);

#endif
