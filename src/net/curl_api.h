/*
 * libcurl, loaded when the first request is made: loading it (and OpenSSL) is most of the time
 * an empty program takes, and commands that only read the cache should not pay for it.
 */
#ifndef TERN_NET_CURL_API_H
#define TERN_NET_CURL_API_H

#include <curl/curl.h>

#include "base/status.h"

/* Every function of libcurl that tern calls, under its name without curl_. */
struct curl_api {
	void *library;
	__typeof__(&curl_global_init) global_init;
	__typeof__(&curl_easy_init) easy_init;
	__typeof__(&curl_easy_cleanup) easy_cleanup;
	__typeof__(&curl_easy_setopt) easy_setopt;
	__typeof__(&curl_easy_getinfo) easy_getinfo;
	__typeof__(&curl_easy_header) easy_header;
	__typeof__(&curl_easy_strerror) easy_strerror;
	__typeof__(&curl_slist_append) slist_append;
	__typeof__(&curl_slist_free_all) slist_free_all;
	__typeof__(&curl_multi_init) multi_init;
	__typeof__(&curl_multi_cleanup) multi_cleanup;
	__typeof__(&curl_multi_add_handle) multi_add_handle;
	__typeof__(&curl_multi_remove_handle) multi_remove_handle;
	__typeof__(&curl_multi_perform) multi_perform;
	__typeof__(&curl_multi_poll) multi_poll;
	__typeof__(&curl_multi_info_read) multi_info_read;
	__typeof__(&curl_multi_strerror) multi_strerror;
};

/* Loads the library and fills *api. It stays loaded until the process ends. CONFIG where it is
 * not installed. */
enum status curl_api_load(struct curl_api *api, struct error *err);

#endif
