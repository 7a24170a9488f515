/* register, login, logout. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "base/timeu.h"
#include "client/internal.h"
#include "net/http.h"
#include "wire/account.h"
#include "wire/limits.h"

enum { LOGIN_TIMEOUT_MS = 30000 };

/* A call under way outside any engine. */
struct single {
	struct transport_call call;
	bool done;
};

static void
on_done(struct transport_call *call)
{
	((struct single *)call->arg)->done = true;
}

/* Makes one call and waits for it; single->call holds the outcome, to be finished. */
static enum status
call_and_wait(const struct client_config *config, struct transport *transport,
    struct single *single, enum method_id method, struct error *err)
{
	struct pollfd stop = {.fd = config->stop_fd, .events = POLLIN};
	enum status status = STATUS_OK;

	single->call.method = method_get(method);
	single->call.timeout_ms = LOGIN_TIMEOUT_MS;
	single->call.done = on_done;
	single->call.arg = single;
	transport_start(transport, &single->call);
	while (!single->done && status == STATUS_OK) {
		status = transport_wait(transport, &stop, stop.fd >= 0, -1, err);
		if (status == STATUS_OK && stop.revents & POLLIN)
			status = error_set(err, STATUS_AGAIN, "interrupted");
	}
	if (!single->done) {
		transport_cancel(transport, &single->call);
		return status;
	}
	if (single->call.status != STATUS_OK && err)
		*err = single->call.err;
	return single->call.status;
}

enum status
client_check_password(const char *password, struct error *err)
{
	size_t length = strlen(password);

	if (length < LIMIT_PASSWORD_MIN || length > LIMIT_PASSWORD ||
	    !text_is_utf8(password, length))
		return error_set(err, STATUS_USAGE,
		    "a password has %d to %d bytes of UTF-8 text; this one does not",
		    LIMIT_PASSWORD_MIN, LIMIT_PASSWORD);
	return STATUS_OK;
}

/* What is known of an earlier login; an empty account where there is none. */
static enum status
read_earlier(struct cache_account *account, const char *path, struct error *err)
{
	struct cache *cache;
	enum status status = cache_open(&cache, path, CACHE_EXISTING, err);

	*account = (struct cache_account){0};
	if (status == STATUS_OK) {
		status = cache_account_get(cache, account, err);
		cache_close(cache);
	}
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
save(const char *path, const struct cache_account *account, const struct cache_traffic *traffic,
    struct error *err)
{
	struct cache *cache;
	struct error ignored;
	enum status status = cache_open(&cache, path, CACHE_CREATE, err);

	if (status != STATUS_OK)
		return status;
	status = cache_account_set(cache, account, err);
	if (status == STATUS_OK)
		(void)cache_traffic_add(cache, traffic, &ignored);
	cache_close(cache);
	return status;
}

/* Before the server makes a device: can its token be kept? */
static enum status
prepare_directory(const char *path, struct error *err)
{
	char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	enum status status = path_make_dir(dir, err);

	if (status == STATUS_OK && access(dir, W_OK | X_OK) != 0)
		status =
		    error_set(err, STATUS_CANNOT_CREATE, "the directory %s cannot be written", dir);
	free(dir);
	return status;
}

static void
device_name(char name[LIMIT_NAME + 1], const char *given)
{
	if (given) {
		strncpy(name, given, LIMIT_NAME);
		name[LIMIT_NAME] = '\0';
	} else if (gethostname(name, LIMIT_NAME) != 0 || !name[0] ||
	           !text_is_utf8(name, strnlen(name, LIMIT_NAME))) {
		memcpy(name, "tern", 5);
	}
	name[LIMIT_NAME] = '\0';
}

/* Who logs in where, as far as the password does not matter. */
struct login_place {
	struct address address;
	char device[LIMIT_NAME + 1];
	char *path; /* of the cache; owned */
	struct cache_account earlier;
	const char *server; /* borrowed: of the login, or the earlier one */
};

static void
login_place_finish(struct login_place *place)
{
	cache_account_finish(&place->earlier);
	free(place->path);
}

/* login_place_finish() frees, whatever this returns. */
static enum status
find_place(struct login_place *place, const struct client_login *login, struct error *err)
{
	enum status status;

	*place = (struct login_place){0};
	if (login->device && (strlen(login->device) > LIMIT_NAME || !login->device[0] ||
	                         !text_is_utf8(login->device, strlen(login->device))))
		return error_set(err, STATUS_USAGE,
		    "a device's name has 1 to %d bytes of UTF-8 text", LIMIT_NAME);
	if ((status = address_parse(&place->address, login->address, NULL, err)) ||
	    (status = client_cache_path(&place->path, place->address.text, err)) ||
	    (status = read_earlier(&place->earlier, place->path, err)))
		return status;
	device_name(place->device, login->device ? login->device : place->earlier.device);
	place->server = login->server ? login->server : place->earlier.server;
	if (!place->server)
		return error_set(err, STATUS_USAGE,
		    "which server is %s on? Name it with --server URL", place->address.text);
	return http_check_url(place->server, err);
}

static enum status
ask_server(const struct client_config *config, const struct client_login *login,
    const struct login_place *place, struct error *err)
{
	const char *address = place->address.text;
	const struct account_request request = {address, login->password, place->device};
	struct single single = {0};
	struct account_answer answer;
	struct transport *transport;
	enum status status = http_create(&transport, place->server, err);

	if (status != STATUS_OK)
		return status;
	buf_init(&single.call.body, LIMIT_REQUEST_SMALL);
	account_request_write(&single.call.body, &request);
	status = call_and_wait(
	    config, transport, &single, login->registering ? METHOD_REGISTER : METHOD_LOGIN, err);
	if (status == STATUS_OK)
		status = account_answer_read(&answer, single.call.doc, err);
	if (status == STATUS_OK && strcmp(answer.address, address) != 0)
		status = error_set(err, STATUS_PROTOCOL,
		    "the server gives a login of another account than %s", address);
	if (status == STATUS_OK) {
		const struct cache_account account = {
		    .address = place->address,
		    .server = (char *)place->server,
		    .device = (char *)place->device,
		    .token = (char *)answer.token,
		    .device_id = answer.device_id,
		};

		const struct cache_traffic traffic = {
		    single.call.requests, single.call.bytes_up, single.call.bytes_down, 0};

		status = save(place->path, &account, &traffic, err);
	}
	transport_call_finish(&single.call);
	transport_destroy(transport);
	return status;
}

enum status
client_login_check(const struct client_login *login, struct error *err)
{
	struct login_place place;
	enum status status = find_place(&place, login, err);

	login_place_finish(&place);
	return status;
}

enum status
client_login(
    const struct client_config *config, const struct client_login *login, struct error *err)
{
	struct login_place place;
	enum status status = find_place(&place, login, err);

	if (status == STATUS_OK)
		status = client_check_password(login->password, err);
	if (status == STATUS_OK)
		status = prepare_directory(place.path, err);
	if (status == STATUS_OK)
		status = ask_server(config, login, &place, err);
	login_place_finish(&place);
	return status;
}

enum status
client_logout(struct client *client, struct error *err)
{
	const struct sync_outcome *outcome;
	struct buf body;
	bool replaced;
	enum status status = client_online(client, err);

	if (status != STATUS_OK)
		return status;
	buf_init(&body, LIMIT_REQUEST_SMALL);
	buf_add_string(&body, "{}");
	sync_once(client->sync, METHOD_LOGOUT, &body);
	outcome = sync_once_outcome(client->sync);
	while (!outcome->successes && !outcome->failures && status == STATUS_OK)
		status = client_wait(client, INT64_MAX, err);
	if (outcome->successes)
		return cache_token_clear(client->cache, client->account.token, &replaced, err);
	if (outcome->failures && sync_fatal(client->sync, NULL) == STATUS_DENIED)
		return STATUS_OK; /* the server knew it no more, and the token is gone here */
	if (outcome->failures && err)
		*err = outcome->err;
	return outcome->failures ? outcome->status : status;
}
