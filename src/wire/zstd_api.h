/*
 * libzstd, loaded when a packer is first used: loading it takes a third of a millisecond, and most
 * commands neither send nor get anything large.
 */
#ifndef TERN_WIRE_ZSTD_API_H
#define TERN_WIRE_ZSTD_API_H

#include <stdbool.h>
#include <zstd.h>
#include <zstd_errors.h>

/* Every function of libzstd that tern calls, under its name without ZSTD_. */
struct zstd_api {
	bool tried;
	void *library;
	__typeof__(&ZSTD_isError) isError;
	__typeof__(&ZSTD_getErrorCode) getErrorCode;
	__typeof__(&ZSTD_createCCtx) createCCtx;
	__typeof__(&ZSTD_freeCCtx) freeCCtx;
	__typeof__(&ZSTD_CCtx_setParameter) CCtx_setParameter;
	__typeof__(&ZSTD_compress2) compress2;
	__typeof__(&ZSTD_createDCtx) createDCtx;
	__typeof__(&ZSTD_freeDCtx) freeDCtx;
	__typeof__(&ZSTD_DCtx_setParameter) DCtx_setParameter;
	__typeof__(&ZSTD_DCtx_reset) DCtx_reset;
	__typeof__(&ZSTD_decompressStream) decompressStream;
	__typeof__(&ZSTD_getFrameContentSize) getFrameContentSize;
};

/* Loads the library and fills *api, once; begin with an all-zero struct. It stays loaded until the
 * process ends. False where it is not installed, or too old. */
bool zstd_api_load(struct zstd_api *api);

#endif
