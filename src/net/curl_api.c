#include "net/curl_api.h"

#include <dlfcn.h>
#include <stddef.h>

/* The ABI that <curl/curl.h> of 7.16 to 8.x describes. */
#define CURL_SONAME "libcurl.so.4"

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
    {"curl_global_init", offsetof(struct curl_api, global_init)},
    {"curl_easy_init", offsetof(struct curl_api, easy_init)},
    {"curl_easy_cleanup", offsetof(struct curl_api, easy_cleanup)},
    {"curl_easy_setopt", offsetof(struct curl_api, easy_setopt)},
    {"curl_easy_getinfo", offsetof(struct curl_api, easy_getinfo)},
    {"curl_easy_header", offsetof(struct curl_api, easy_header)},
    {"curl_easy_strerror", offsetof(struct curl_api, easy_strerror)},
    {"curl_slist_append", offsetof(struct curl_api, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl_api, slist_free_all)},
    {"curl_multi_init", offsetof(struct curl_api, multi_init)},
    {"curl_multi_cleanup", offsetof(struct curl_api, multi_cleanup)},
    {"curl_multi_add_handle", offsetof(struct curl_api, multi_add_handle)},
    {"curl_multi_remove_handle", offsetof(struct curl_api, multi_remove_handle)},
    {"curl_multi_perform", offsetof(struct curl_api, multi_perform)},
    {"curl_multi_poll", offsetof(struct curl_api, multi_poll)},
    {"curl_multi_info_read", offsetof(struct curl_api, multi_info_read)},
    {"curl_multi_strerror", offsetof(struct curl_api, multi_strerror)},
};

enum status
curl_api_load(struct curl_api *api, struct error *err)
{
	api->library = dlopen(CURL_SONAME, RTLD_LAZY | RTLD_LOCAL);
	if (!api->library)
		return error_set(err, STATUS_CONFIG,
		    "libcurl is needed to talk to the server: install it (Debian: libcurl4): %s",
		    dlerror());
	for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
		/* POSIX asks that a void pointer can hold a function's address. */
		void *symbol = dlsym(api->library, symbols[i].name);

		if (!symbol)
			return error_set(err, STATUS_CONFIG,
			    "this libcurl is too old: it has no %s", symbols[i].name);
		*(void **)((char *)api + symbols[i].offset) = symbol;
	}
	if (api->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, STATUS_INTERNAL, "libcurl cannot be started");
	return STATUS_OK;
}
