#include "wire/zstd_api.h"

#include <dlfcn.h>
#include <stddef.h>

/* The ABI that <zstd.h> of 1.4 to 1.x describes. */
#define ZSTD_SONAME "libzstd.so.1"

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
    {"ZSTD_isError", offsetof(struct zstd_api, isError)},
    {"ZSTD_getErrorCode", offsetof(struct zstd_api, getErrorCode)},
    {"ZSTD_createCCtx", offsetof(struct zstd_api, createCCtx)},
    {"ZSTD_freeCCtx", offsetof(struct zstd_api, freeCCtx)},
    {"ZSTD_CCtx_setParameter", offsetof(struct zstd_api, CCtx_setParameter)},
    {"ZSTD_compress2", offsetof(struct zstd_api, compress2)},
    {"ZSTD_createDCtx", offsetof(struct zstd_api, createDCtx)},
    {"ZSTD_freeDCtx", offsetof(struct zstd_api, freeDCtx)},
    {"ZSTD_DCtx_setParameter", offsetof(struct zstd_api, DCtx_setParameter)},
    {"ZSTD_DCtx_reset", offsetof(struct zstd_api, DCtx_reset)},
    {"ZSTD_decompressStream", offsetof(struct zstd_api, decompressStream)},
    {"ZSTD_getFrameContentSize", offsetof(struct zstd_api, getFrameContentSize)},
};

bool
zstd_api_load(struct zstd_api *api)
{
	if (api->tried)
		return api->library;
	api->tried = true;
	api->library = dlopen(ZSTD_SONAME, RTLD_LAZY | RTLD_LOCAL);
	for (size_t i = 0; api->library && i < sizeof symbols / sizeof symbols[0]; i++) {
		/* POSIX asks that a void pointer can hold a function's address. */
		void *symbol = dlsym(api->library, symbols[i].name);

		if (!symbol)
			api->library = NULL;
		*(void **)((char *)api + symbols[i].offset) = symbol;
	}
	return api->library;
}
