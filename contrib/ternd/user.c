#include "user.h"

#include <string.h>

#include "model/address.h"
#include "password.h"
#include "store.h"
#include "wire/limits.h"

static enum status
check(const struct server_config *config, const struct address *address, const char *password,
    struct error *err)
{
	size_t length = strlen(password);

	if (strncmp(config->store, STORE_MEMORY, strlen(STORE_MEMORY)) == 0)
		return error_set(err, STATUS_USAGE,
		    "a store in memory ends with its process: name a file with --store");
	if (address_is_group(address->text))
		return error_set(
		    err, STATUS_USAGE, "%s is a group's address, not a user's", address->text);
	if (!config_has_domain(config, address_domain(address->text)))
		return error_set(err, STATUS_DENIED,
		    "%s is not of this server's domains: name its domain with --domain",
		    address->text);
	if (length < LIMIT_PASSWORD_MIN || length > LIMIT_PASSWORD)
		return error_set(err, STATUS_USAGE, "a password has %d to %d bytes, this one %zu",
		    LIMIT_PASSWORD_MIN, LIMIT_PASSWORD, length);
	return STATUS_OK;
}

static enum status
add(const char *where, const char *address, const char *hash, struct error *err)
{
	struct store *store;
	int64_t account_id;
	enum status status = store_sqlite.open(&store, where, STORE_WRITE, err);

	if (status != STATUS_OK)
		return status;
	if ((status = store->driver->begin(store, err)) == STATUS_OK &&
	    ((status = store->driver->account_add(store, address, hash, &account_id, err)) ||
	        (status = store->driver->commit(store, err))))
		store->driver->rollback(store);
	store->driver->close(store);
	return status;
}

enum status
user_add(
    const struct server_config *config, const char *text, const char *password, struct error *err)
{
	const char *domain = config->domain_count ? config->domains[0] : NULL;
	char hash[PASSWORD_HASH_SIZE];
	struct address address;
	enum status status;

	if ((status = address_parse(&address, text, domain, err)) ||
	    (status = check(config, &address, password, err)))
		return status;
	if (!password_hash(hash, password, config->weak_passwords))
		return error_set(err, STATUS_IO, "there is too little memory to hash a password");
	return add(config->store, address.text, hash, err);
}
