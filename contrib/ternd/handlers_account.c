/*
 * register, login, logout (doc/protocol.md 3.1). The first two go through three workers: the
 * reader finds the account, the hasher compares or hashes the password, the writer stores.
 */
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "password.h"
#include "server.h"
#include "sessions.h"
#include "store.h"
#include "wire/account.h"
#include "wire/limits.h"
#include "wire/sync.h"
#include "work.h"

_Static_assert(RANDOM_TEXT_SIZE(TOKEN_BYTES) == TOKEN_TEXT + 1, "a token's text");
_Static_assert(
    sizeof((struct store_account *)0)->password_hash == PASSWORD_HASH_SIZE, "the hash's size");

struct login {
	struct work work;
	struct account_request request; /* borrowed from the call's body */
	bool registers;
	bool weak;
	bool found;   /* the account */
	bool matches; /* its password */
	bool hashed;
	struct store_account account;
	uint8_t token_hash[TOKEN_HASH];
	int64_t device_id;
	char token[RANDOM_TEXT_SIZE(TOKEN_BYTES)];
};

static void login_found(struct job *job, enum status status, struct error *err);
static void login_hashed(struct job *job, enum status status, struct error *err);
static void login_stored(struct job *job, enum status status, struct error *err);

static void
login_go(struct login *login, struct worker *worker,
    enum status (*run)(struct job *, struct store *, struct error *),
    void (*done)(struct job *, enum status, struct error *))
{
	if (!work_submit(&login->work, worker, run, done))
		free(login);
}

static void
login_fail(struct login *login, enum wire_error code, const char *text)
{
	call_fail(login->work.call, code, "%s", text);
	free(login);
}

static enum status
find_run(struct job *job, struct store *store, struct error *err)
{
	struct login *login = (struct login *)job;
	enum status status =
	    store->driver->account_find(store, login->request.address, &login->account, err);

	login->found = status == STATUS_OK;
	return work_outcome(&login->work, status);
}

/* Takes as long whether there is an account or not, and whether its password is right. */
static enum status
hash_run(struct job *job, struct store *store, struct error *err)
{
	struct login *login = (struct login *)job;
	char *hash = login->account.password_hash;

	(void)store;
	(void)err;
	if (login->found)
		login->matches = password_matches(hash, login->request.password);
	else
		login->hashed = password_hash(hash, login->request.password, login->weak);
	return STATUS_OK;
}

/* CONFLICT where the password is not the compared one any more. */
static enum status
check_again(const struct login *login, struct store *store, struct error *err)
{
	struct store_account now;
	enum status status = store->driver->account_find(store, login->request.address, &now, err);

	if (status == STATUS_OK && strcmp(now.password_hash, login->account.password_hash) != 0)
		return error_set(err, STATUS_CONFLICT, "the password was changed meanwhile");
	return status;
}

static enum status
store_run(struct job *job, struct store *store, struct error *err)
{
	struct login *login = (struct login *)job;
	enum status status;

	if (login->found)
		status = check_again(login, store, err);
	else
		status = store->driver->account_add(store, login->request.address,
		    login->account.password_hash, &login->account.account_id, err);
	if (status == STATUS_OK)
		status = store->driver->device_add(store, login->account.account_id,
		    login->request.device, login->token_hash, &login->device_id, err);
	return work_outcome(&login->work, status);
}

static void
login_found(struct job *job, enum status status, struct error *err)
{
	struct login *login = (struct login *)job;

	if (work_failed(&login->work, status, err))
		free(login);
	else
		login_go(login, login->work.call->server->hasher, hash_run, login_hashed);
}

static void
login_hashed(struct job *job, enum status status, struct error *err)
{
	struct login *login = (struct login *)job;

	(void)status;
	(void)err;
	if (login->found && !login->matches && login->registers) {
		login_fail(login, WIRE_EXISTS, "the address is taken, and the password is not its");
	} else if (!login->matches && !login->registers) {
		login_fail(login, WIRE_DENIED, "wrong address or password");
	} else if (!login->found && !login->hashed) {
		login_fail(login, WIRE_BUSY, "the server is short of memory: try again later");
	} else {
		random_text(login->token, TOKEN_BYTES);
		session_hash(login->token_hash, login->token, TOKEN_TEXT);
		login_go(login, login->work.call->server->writer, store_run, login_stored);
	}
}

static void
login_stored(struct job *job, enum status status, struct error *err)
{
	struct login *login = (struct login *)job;
	struct call *call = login->work.call;
	struct account_answer answer = {
	    .generation = call->server->generation,
	    .address = login->request.address,
	    .device_id = login->device_id,
	    .token = login->token,
	};
	struct buf body;

	if (work_failed(&login->work, status, err)) {
		free(login);
		return;
	}
	if (login->work.refusal == STATUS_CONFLICT) {
		/* Registered by another request meanwhile, perhaps this one's twin, or another
		 * password was set: compare. */
		login_go(login, call->server->reader, find_run, login_found);
		return;
	}
	buf_init(&body, LIMIT_ANSWER);
	account_answer_write(&body, &answer);
	call_answer(call, &body);
	free(login);
}

static void
begin_login(struct call *call, const struct account_request *request, bool registers)
{
	struct login *login = mem_zalloc(1, sizeof *login);

	login->work.call = call;
	login->request = *request;
	login->registers = registers;
	login->weak = call->server->config->weak_passwords;
	login_go(login, call->server->reader, find_run, login_found);
}

/* False where the call was failed. */
static bool
read_request(struct call *call, struct account_request *request)
{
	struct error err;

	if (account_request_read(request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		return false;
	}
	if (address_is_group(request->address)) {
		call_fail(call, WIRE_BAD_FIELD, "the field \"address\" is not an account's");
		return false;
	}
	if (strlen(request->password) < LIMIT_PASSWORD_MIN) {
		call_fail(call, WIRE_BAD_FIELD, "the field \"password\" has fewer than %d bytes",
		    LIMIT_PASSWORD_MIN);
		return false;
	}
	return true;
}

void
handle_register(struct call *call)
{
	const struct server_config *config = call->server->config;
	struct account_request request;

	if (!read_request(call, &request))
		return;
	if (config->registration != REGISTRATION_OPEN)
		call_fail(call, WIRE_DENIED,
		    "registration is closed: ask the server's operator for an account");
	else if (!config_has_domain(config, address_domain(request.address)))
		call_fail(call, WIRE_DENIED, "this server doesn't serve the domain %s",
		    address_domain(request.address));
	else
		begin_login(call, &request, true);
}

void
handle_login(struct call *call)
{
	struct account_request request;

	if (read_request(call, &request))
		begin_login(call, &request, false);
}

static enum status
logout_run(struct job *job, struct store *store, struct error *err)
{
	const struct work *work = (const struct work *)job;

	return store->driver->device_remove(store, work->call->caller.device_id, err);
}

static void
logout_done(struct job *job, enum status status, struct error *err)
{
	struct work *work = (struct work *)job;
	struct call *call = work->call;
	struct buf body;

	if (!work_failed(work, status, err)) {
		server_end_device(call->server, call->caller.device_id, call);
		buf_init(&body, LIMIT_ANSWER);
		plain_answer_write(&body, call->server->generation);
		call_answer(call, &body);
	}
	free(work);
}

void
handle_logout(struct call *call)
{
	struct work *work = mem_zalloc(1, sizeof *work);

	work->call = call;
	if (!work_submit(work, call->server->writer, logout_run, logout_done))
		free(work);
}
