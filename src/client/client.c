#include "client/client.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/path.h"
#include "base/timeu.h"
#include "client/internal.h"
#include "net/http.h"

enum {
	FINISH_ACKS_MS = 2000,
	FOLLOWER_DELAY_MS = 300, /* the holder of the line fills holes first */
};

enum status
client_cache_path(char **path, const char *address, struct error *err)
{
	char *dir;
	enum status status = path_data_dir(&dir, err);

	if (status != STATUS_OK)
		return status;
	*path = mem_printf("%s/%s.db", dir, address);
	free(dir);
	return STATUS_OK;
}

/* ---- which account ---- */

/* Fills *address from "user@domain.db"; false for other files. */
static bool
address_of_file(struct address *address, const char *file)
{
	size_t length = strlen(file);

	if (length <= 3 || length - 3 >= sizeof address->text ||
	    strcmp(file + length - 3, ".db") != 0)
		return false;
	memcpy(address->text, file, length - 3);
	address->text[length - 3] = '\0';
	return address_is_valid(address->text);
}

/* True where typed names the address: whole, by its user part, or not at all (NULL). */
static bool
is_named(const struct address *address, const char *typed)
{
	size_t user = strcspn(address->text, "@");

	return !typed || (strlen(typed) == user && strncasecmp(typed, address->text, user) == 0);
}

/* Finds the one account here that typed (may be NULL) names. */
static enum status
find_account(struct address *address, const char *typed, struct error *err)
{
	struct dirent *entry;
	size_t found = 0;
	char *path;
	DIR *dir;
	enum status status = path_data_dir(&path, err);

	if (status != STATUS_OK)
		return status;
	dir = opendir(path);
	if (!dir && errno != ENOENT)
		status = error_set(
		    err, STATUS_IO, "cannot look for accounts in %s: %s", path, strerror(errno));
	free(path);
	if (status != STATUS_OK)
		return status;
	while (dir && (entry = readdir(dir))) {
		struct address candidate;

		if (!address_of_file(&candidate, entry->d_name) || !is_named(&candidate, typed))
			continue;
		*address = candidate;
		found++;
	}
	if (dir)
		closedir(dir);
	if (found > 1)
		return error_set(
		    err, STATUS_USAGE, "several accounts are here; choose one with -a ADDRESS");
	if (found == 0)
		return error_set(err, STATUS_CONFIG,
		    "no such account here; run 'tern login ADDRESS --server URL' first");
	return STATUS_OK;
}

static enum status
choose_account(struct address *address, const char *typed, struct error *err)
{
	enum status status;

	if (typed && strchr(typed, '@'))
		return address_parse(address, typed, NULL, err);
	/* Any domain will do to tell whether it is a user's name. */
	status = typed ? address_parse(address, typed, "x", err) : STATUS_OK;
	return status == STATUS_OK ? find_account(address, typed, err) : status;
}

enum status
client_open(struct client **client, const struct client_config *config, struct error *err)
{
	struct client *c = mem_zalloc(1, sizeof *c);
	struct address address;
	char *path = NULL;
	enum status status = choose_account(&address, config->account, err);

	*client = NULL;
	c->config = *config;
	c->watch.fd = -1;
	c->connect = http_create;
	c->live.counted = -1;
	if (status == STATUS_OK)
		status = client_cache_path(&path, address.text, err);
	if (status == STATUS_OK)
		status = cache_open(&c->cache, path, CACHE_EXISTING, err);
	if (status == STATUS_OK)
		status = cache_account_get(c->cache, &c->account, err);
	if (status == STATUS_NOT_FOUND)
		status = error_set(err, STATUS_CONFIG,
		    "nobody has logged in as %s here; run 'tern login %s --server URL' first",
		    address.text, address.text);
	free(path);
	if (status != STATUS_OK) {
		client_close(c);
		return status;
	}
	*client = c;
	return STATUS_OK;
}

/* Numbers for people to look at: losing a few is no harm. */
static void
save_traffic(struct client *client)
{
	struct cache_traffic traffic = sync_counts(client->sync)->traffic;
	struct error ignored;

	if (sync_outcome(client->sync, SYNC_LISTS)->successes)
		traffic.time = time_wall();
	if (traffic.requests)
		(void)cache_traffic_add(client->cache, &traffic, &ignored);
}

void
client_go_offline(struct client *client)
{
	if (client->sync)
		save_traffic(client);
	sync_destroy(client->sync);
	transport_destroy(client->transport);
	client->sync = NULL;
	client->transport = NULL;
	client->online = false;
}

void
client_close(struct client *client)
{
	if (!client)
		return;
	client_go_offline(client);
	watch_finish(&client->watch);
	cache_account_finish(&client->account);
	free(client->name);
	cache_close(client->cache);
	free(client);
}

void
client_reconfigure(struct client *client, const struct client_config *config)
{
	client->config = *config;
}

const char *
client_address(const struct client *client)
{
	return client->account.address.text;
}

enum status
client_parse_address(
    const struct client *client, struct address *address, const char *text, struct error *err)
{
	return address_parse(address, text, address_domain(client_address(client)), err);
}

/* ---- the loop ---- */

static void
on_notice(void *arg, const char *text)
{
	struct client *client = arg;

	if (client->config.notice)
		client->config.notice(client->config.arg, text);
}

static void
on_lost(void *arg, const struct cache_lost *lost)
{
	struct client *client = arg;

	if (client->config.lost)
		client->config.lost(client->config.arg, lost->aside, lost->again);
}

enum status
client_check_login(const struct client *client, struct error *err)
{
	if (client->account.token)
		return STATUS_OK;
	return error_set(err, STATUS_DENIED,
	    "%s is not logged in on this device; run 'tern login %s'", client_address(client),
	    client_address(client));
}

enum status
client_online(struct client *client, struct error *err)
{
	enum status status;

	if (client->online)
		return STATUS_OK;
	if ((status = client_check_login(client, err)))
		return status;
	status = client->connect(&client->transport, client->account.server, err);
	if (status != STATUS_OK)
		return status;
	client->sync = sync_create(&(struct sync_config){
	    .cache = client->cache,
	    .transport = client->transport,
	    .token = client->account.token,
	    .notice = on_notice,
	    .lost = on_lost,
	    .arg = client,
	});
	if (!client->watch.cache)
		watch_init(&client->watch, client->cache);
	client->changes = 0;
	client->online = true;
	return STATUS_OK;
}

static enum status
note_stop(struct client *client, short events, struct error *err)
{
	client->stopped = events & POLLIN;
	return client->stopped ? error_set(err, STATUS_AGAIN, "interrupted") : STATUS_OK;
}

enum status
client_check_stop(struct client *client, struct error *err)
{
	struct pollfd stop = {.fd = client->config.stop_fd, .events = POLLIN};

	return note_stop(client, poll(&stop, 1, 0) > 0 ? stop.revents : 0, err);
}

void
client_follow_cache(struct client *client)
{
	struct sync *sync = client->sync;

	if (sync_has_line(sync)) {
		sync_want(sync, SYNC_PULL, 0);
		sync_want(sync, SYNC_FLUSH, 0);
		sync_want(sync, SYNC_READ, 0);
	} else {
		sync_want(sync, SYNC_PULL, FOLLOWER_DELAY_MS * TIME_MS);
	}
}

/* The descriptors that a wait watches besides the transport's. */
struct waiting {
	struct pollfd fds[3];
	size_t count;
};

/* NULL where there is none to watch. */
static const struct pollfd *
waiting_add(struct waiting *waiting, int fd)
{
	if (fd < 0)
		return NULL;
	waiting->fds[waiting->count] = (struct pollfd){.fd = fd, .events = POLLIN};
	return &waiting->fds[waiting->count++];
}

static enum status
wait_for(struct client *client, struct waiting *waiting, int64_t due, struct error *err)
{
	int timeout_ms = time_left_ms(due);

	if (client->sync)
		return transport_wait(
		    client->transport, waiting->fds, waiting->count, timeout_ms, err);
	if (poll(waiting->fds, waiting->count, timeout_ms) < 0 && errno != EINTR)
		return error_set(err, STATUS_IO, "cannot wait: %s", strerror(errno));
	return STATUS_OK;
}

/* Asked again, because not every transport tells of a descriptor that was hung up. */
static void
serve_input(struct client *client)
{
	struct pollfd input = {.fd = client->config.input_fd, .events = POLLIN};

	if (!client->config.input || poll(&input, 1, 0) <= 0)
		return;
	client->served++;
	client->config.input(client->config.arg);
}

static void
look_around(struct client *client, bool readable)
{
	int64_t changes = client->sync ? sync_counts(client->sync)->changes : client->changes;

	client->changed = watch_look(&client->watch, readable);
	client->foreign += client->changed;
	if (client->sync)
		tidy_look(client, client->changed || client->changes != changes);
	client->changes = changes;
}

enum status
client_wait(struct client *client, int64_t deadline, struct error *err)
{
	struct waiting waiting = {.count = 0};
	const struct pollfd *watch = waiting_add(&waiting, client->watch.fd);
	const struct pollfd *stop = waiting_add(&waiting, client->config.stop_fd);
	int64_t due = lower(deadline, watch_due(&client->watch));
	enum status status = STATUS_OK;
	bool ended;

	if (client->config.input)
		waiting_add(&waiting, client->config.input_fd);
	if (client->sync) {
		ended = sync_step(client->sync);
		status = sync_fatal(client->sync, err);
		if (status != STATUS_OK || ended)
			return status;
		due = lower(due, lower(sync_due(client->sync), tidy_due(&client->tidy)));
	}
	status = wait_for(client, &waiting, due, err);
	if (status != STATUS_OK)
		return status;
	serve_input(client);
	look_around(client, watch && watch->revents & POLLIN);
	status = note_stop(client, stop ? stop->revents : 0, err);
	if (status == STATUS_OK && client->interrupted) {
		client->interrupted = false;
		status = error_set(err, STATUS_AGAIN, "interrupted");
	}
	return status == STATUS_OK && client->sync ? sync_fatal(client->sync, err) : status;
}

void
client_finish_acks(struct client *client)
{
	int64_t deadline = time_mono() + FINISH_ACKS_MS * TIME_MS;
	const struct sync_outcome *outcome = sync_outcome(client->sync, SYNC_ACK);
	int64_t failures = outcome->failures;
	struct error ignored;

	sync_want(client->sync, SYNC_ACK, 0);
	while (sync_wants(client->sync, SYNC_ACK) && outcome->failures == failures &&
	       time_mono() < deadline)
		if (client_wait(client, deadline, &ignored) != STATUS_OK)
			return;
}
