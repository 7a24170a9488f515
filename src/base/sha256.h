/*
 * SHA-256 (FIPS 180-4), for comparing what two sides hold. It is our own so that both sides reckon
 * alike, and so that no command has to load a library of cryptography for it. It guards no secret.
 */
#ifndef TERN_BASE_SHA256_H
#define TERN_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK = 64 };

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes added so far */
	uint8_t block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *data, size_t length);
/* The sum of all that was added; init it before it is used again. */
void sha256_end(struct sha256 *sha, uint8_t sum[SHA256_BYTES]);

#endif
