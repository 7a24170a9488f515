#include "net/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "net/curl_api.h"
#include "wire/limits.h"
#include "wire/packer.h"

enum { CONNECT_TIMEOUT_MS = 10000, EXTRA_FDS = 8 };

struct http_transport {
	struct transport transport;
	struct curl_api curl;
	CURLM *multi;
	char *server; /* owned, without the last '/' */
	struct packer *packer;
	bool plain; /* the server doesn't take compressed bodies */
};

/* What libcurl needs while a call is under way. */
struct http_call {
	struct http_transport *http;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body; /* the call's, compressed; empty where it goes as it is */
	struct buf answer;
	int64_t deadline; /* time_mono() */
	int requests;     /* made before this one */
	bool left;        /* one of them may have been served */
};

static struct http_transport *
downcast(struct transport *transport)
{
	return (struct http_transport *)transport;
}

static size_t
on_body(char *data, size_t size, size_t count, void *arg)
{
	struct http_call *state = ((struct transport_call *)arg)->backend;

	return buf_add(&state->answer, data, size * count) ? size * count : 0;
}

static bool
begins_request(const struct transport_call *call, const char *data, size_t size)
{
	size_t length = strlen(call->method->verb);

	return size > length && memcmp(data, call->method->verb, length) == 0 &&
	       data[length] == ' ';
}

/* Counts every byte of HTTP, headers and bodies, both ways, and the requests. */
static int
on_traffic(CURL *easy, curl_infotype type, char *data, size_t size, void *arg)
{
	struct transport_call *call = arg;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT && begins_request(call, data, size))
		call->requests++;
	if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
		call->bytes_up += (int64_t)size;
	else if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN)
		call->bytes_down += (int64_t)size;
	return 0;
}

static void
add_header(struct http_call *state, const char *header)
{
	state->headers = state->http->curl.slist_append(state->headers, header);
}

/* No header goes that the protocol can do without. */
static void
set_headers(struct http_call *state, const struct transport_call *call)
{
	add_header(state, "Accept:");
	add_header(state, "Content-Type:");
	add_header(state, "Expect:");
	if (state->body.length)
		add_header(state, "Content-Encoding: zstd");
	else if (call->method->large)
		add_header(state, "Accept-Encoding: zstd");
	if (call->token) {
		char *header = mem_printf("Authorization: Bearer %s", call->token);

		add_header(state, header);
		free(header);
	}
	state->http->curl.easy_setopt(state->easy, CURLOPT_HTTPHEADER, state->headers);
}

static void
set_options(struct http_call *state, struct transport_call *call)
{
	const struct curl_api *curl = &state->http->curl;
	const struct buf *body = state->body.length ? &state->body : &call->body;
	CURL *easy = state->easy;
	int left_ms = time_left_ms(state->deadline);
	char *url = mem_printf("%s%s", state->http->server, call->method->path);

	curl->easy_setopt(easy, CURLOPT_URL, url);
	free(url);
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	/* A cancel or a deadline does not wait for the thread that resolves the name. */
	curl->easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* 0 would be no limit. */
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, left_ms > 0 ? (long)left_ms : 1L);
	curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->length);
	curl->easy_setopt(easy, CURLOPT_POSTFIELDS, buf_string(body));
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl->easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_traffic);
	curl->easy_setopt(easy, CURLOPT_DEBUGDATA, call);
	curl->easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl->easy_setopt(easy, CURLOPT_PRIVATE, call);
	set_headers(state, call);
}

/* left: the server may have served this call already. */
static void
begin(struct http_transport *http, struct transport_call *call, int64_t deadline, bool left)
{
	struct http_call *state = mem_zalloc(1, sizeof *state);

	state->http = http;
	state->deadline = deadline;
	state->requests = call->requests;
	state->left = left;
	state->easy = http->curl.easy_init();
	buf_init(&state->body, LIMIT_REQUEST);
	buf_init(&state->answer, LIMIT_ANSWER);
	call->backend = state;
	if (!state->easy)
		abort(); /* out of memory: see base/mem.h */
	if (!http->plain)
		packer_pack(http->packer, &call->body, &state->body);
	set_options(state, call);
	http->curl.multi_add_handle(http->multi, state->easy);
}

static void
http_start(struct transport *transport, struct transport_call *call)
{
	begin(downcast(transport), call, time_mono() + call->timeout_ms * TIME_MS, false);
}

static void
http_push(struct transport *transport)
{
	struct http_transport *http = downcast(transport);
	int running;

	/* What fails here fails in the next wait, too. */
	(void)http->curl.multi_perform(http->multi, &running);
}

static void
release(struct transport_call *call)
{
	struct http_call *state = call->backend;
	const struct curl_api *curl = &state->http->curl;

	curl->multi_remove_handle(state->http->multi, state->easy);
	curl->easy_cleanup(state->easy);
	curl->slist_free_all(state->headers);
	buf_finish(&state->body);
	buf_finish(&state->answer);
	free(state);
	call->backend = NULL;
}

static void
http_cancel(struct transport *transport, struct transport_call *call)
{
	(void)transport;
	if (call->backend)
		release(call);
}

/* The request may have reached the server once a byte of it was written. */
static bool
has_left(const struct transport_call *call)
{
	return call->bytes_up > 0;
}

/* What came is not HTTP. */
static bool
is_nonsense(CURLcode result)
{
	return result == CURLE_UNSUPPORTED_PROTOCOL || result == CURLE_WEIRD_SERVER_REPLY;
}

static void
fail(struct transport_call *call, CURLcode result)
{
	const struct http_transport *http = ((struct http_call *)call->backend)->http;
	char *why = mem_printf("%s: %s", http->server, http->curl.easy_strerror(result));

	transport_failed(call, has_left(call), why);
	free(why);
}

static bool
is_packed(const struct http_call *state)
{
	struct curl_header *header;

	return state->http->curl.easy_header(
	           state->easy, "Content-Encoding", 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
	       strcasecmp(header->value, "zstd") == 0;
}

/* A whole answer came. */
static void
take_answer(struct transport_call *call)
{
	struct http_call *state = call->backend;
	struct buf *answer = &state->answer;
	long http_status = 0;
	const char *why = NULL;
	struct buf plain;

	state->http->curl.easy_getinfo(state->easy, CURLINFO_RESPONSE_CODE, &http_status);
	buf_init(&plain, LIMIT_ANSWER);
	if (!is_packed(state))
		transport_answered(call, http_status, buf_string(answer), answer->length);
	else if (packer_unpack(state->http->packer, &plain, answer->data, answer->length, &why))
		transport_not_tern(call, http_status, why);
	else
		transport_answered(call, http_status, buf_string(&plain), plain.length);
	buf_finish(&plain);
}

/* False where the call goes on: the server takes it plain only, and gets it so. */
static bool
complete(struct transport_call *call, CURLcode result)
{
	struct http_call *state = call->backend;
	struct http_transport *http = state->http;
	/* libcurl makes a request anew on a kept connection's end. Whatever became of the last one,
	 * one before it may have been served. */
	bool left = state->left || call->requests - state->requests > 1;
	bool plain = !state->body.length;
	int64_t deadline = state->deadline;

	if (result == CURLE_OK || is_nonsense(result))
		take_answer(call);
	else if (state->answer.failed)
		transport_failed(call, true, "its answer is larger than any may be");
	else
		fail(call, result);
	call->left |= left;
	release(call);
	if (call->error != WIRE_UNSUPPORTED || plain)
		return true;
	http->plain = true;
	call->error = WIRE_OK;
	begin(http, call, deadline, left);
	return false;
}

/* Ends every call that is done. Returns how many. */
static int
complete_all(struct http_transport *http)
{
	CURLMsg *message;
	int left, count = 0;

	while ((message = http->curl.multi_info_read(http->multi, &left))) {
		struct transport_call *call;
		CURLcode result = message->data.result;
		char *private;

		if (message->msg != CURLMSG_DONE)
			continue;
		http->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		call = (struct transport_call *)private;
		if (!complete(call, result))
			continue;
		call->done(call);
		count++;
	}
	return count;
}

static enum status
multi_status(struct http_transport *http, CURLMcode code, struct error *err)
{
	if (code == CURLM_OK)
		return STATUS_OK;
	return error_set(
	    err, STATUS_IO, "cannot wait for the network: %s", http->curl.multi_strerror(code));
}

static enum status
http_wait(struct transport *transport, struct pollfd *fds, size_t count, int timeout_ms,
    struct error *err)
{
	struct http_transport *http = downcast(transport);
	struct curl_waitfd extra[EXTRA_FDS] = {{0}};
	enum status status;
	int running;

	if (count > EXTRA_FDS)
		return error_set(err, STATUS_INTERNAL, "too many descriptors to wait for");
	for (size_t i = 0; i < count; i++) {
		extra[i].fd = fds[i].fd;
		extra[i].events = CURL_WAIT_POLLIN;
	}
	status = multi_status(http, http->curl.multi_perform(http->multi, &running), err);
	if (status != STATUS_OK)
		return status;
	/* What ended within perform would not wake the poll. */
	if (complete_all(http) > 0)
		timeout_ms = 0;
	status = multi_status(http,
	    http->curl.multi_poll(
	        http->multi, extra, (unsigned)count, timeout_ms < 0 ? 1000000 : timeout_ms, NULL),
	    err);
	if (status == STATUS_OK)
		status = multi_status(http, http->curl.multi_perform(http->multi, &running), err);
	for (size_t i = 0; i < count; i++)
		fds[i].revents = extra[i].revents & CURL_WAIT_POLLIN ? POLLIN : 0;
	complete_all(http);
	return status;
}

static void
http_destroy(struct transport *transport)
{
	struct http_transport *http = downcast(transport);

	http->curl.multi_cleanup(http->multi);
	packer_destroy(http->packer);
	free(http->server);
	free(http);
}

static const struct transport_ops http_ops = {
    http_start, http_push, http_cancel, http_wait, http_destroy};

enum status
http_create(struct transport **transport, const char *server, struct error *err)
{
	struct http_transport *http;
	enum status status = http_check_url(server, err);
	size_t length = strlen(server);

	if (status != STATUS_OK)
		return status;
	http = mem_zalloc(1, sizeof *http);
	http->transport.ops = &http_ops;
	status = curl_api_load(&http->curl, err);
	if (status != STATUS_OK) {
		free(http);
		return status;
	}
	http->multi = http->curl.multi_init();
	http->packer = packer_create();
	while (length > 0 && server[length - 1] == '/')
		length--;
	http->server = mem_strndup(server, length);
	*transport = &http->transport;
	return STATUS_OK;
}

enum status
http_check_url(const char *url, struct error *err)
{
	const char *host = strncmp(url, "http://", 7) == 0    ? url + 7
	                   : strncmp(url, "https://", 8) == 0 ? url + 8
	                                                      : NULL;
	bool good = host && host[0] && host[0] != '/' && host[0] != ':';

	for (const char *p = url; good && *p; p++)
		good = *p > ' ' && *p < 0x7F && !strchr("?#@\"<>\\^`{|}", *p);
	if (!good)
		return error_set(err, STATUS_USAGE,
		    "'%.*s' is not a server's URL: write http://HOST:PORT or https://HOST",
		    text_cut(url, 80), url);
	return STATUS_OK;
}
