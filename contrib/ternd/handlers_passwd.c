/*
 * passwd (doc/protocol.md 3.13). Through three workers, as login is: the reader finds the hash,
 * the hasher compares and hashes, the writer stores where the hash is still the compared one.
 */
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "password.h"
#include "server.h"
#include "store.h"
#include "wire/device.h"
#include "wire/limits.h"
#include "wire/sync.h"
#include "work.h"

struct passwd {
	struct work work;
	struct passwd_request request; /* borrowed from the call's body */
	bool matches;                  /* the old one is right */
	bool set_already;              /* the new one is it: the answer to that request was lost */
	bool hashed;
	struct store_account account;
	char new_hash[PASSWORD_HASH_SIZE];
	int64_t *ended; /* devices; owned */
	size_t ended_count;
	size_t ended_room;
};

static void passwd_found(struct job *job, enum status status, struct error *err);
static void passwd_hashed(struct job *job, enum status status, struct error *err);
static void passwd_stored(struct job *job, enum status status, struct error *err);

static void
passwd_free(struct passwd *passwd)
{
	free(passwd->ended);
	free(passwd);
}

static void
passwd_go(struct passwd *passwd, struct worker *worker,
    enum status (*run)(struct job *, struct store *, struct error *),
    void (*done)(struct job *, enum status, struct error *))
{
	if (!work_submit(&passwd->work, worker, run, done))
		passwd_free(passwd);
}

static void
passwd_answer(struct passwd *passwd)
{
	struct call *call = passwd->work.call;
	struct buf body;

	buf_init(&body, LIMIT_ANSWER);
	plain_answer_write(&body, call->server->generation);
	call_answer(call, &body);
	passwd_free(passwd);
}

static enum status
find_run(struct job *job, struct store *store, struct error *err)
{
	struct passwd *passwd = (struct passwd *)job;

	return work_outcome(
	    &passwd->work, store->driver->account_find(store,
	                       passwd->work.call->caller.address.text, &passwd->account, err));
}

static enum status
hash_run(struct job *job, struct store *store, struct error *err)
{
	struct passwd *passwd = (struct passwd *)job;
	const char *hash = passwd->account.password_hash;

	(void)store;
	(void)err;
	passwd->matches = password_matches(hash, passwd->request.password);
	if (passwd->matches)
		passwd->hashed = password_hash(passwd->new_hash, passwd->request.new_password,
		    passwd->work.call->server->config->weak_passwords);
	else
		passwd->set_already = password_matches(hash, passwd->request.new_password);
	return STATUS_OK;
}

static void
note_ended(void *arg, int64_t device_id)
{
	struct passwd *passwd = arg;

	if (passwd->ended_count == passwd->ended_room) {
		passwd->ended_room = passwd->ended_room ? 2 * passwd->ended_room : 16;
		passwd->ended =
		    mem_resize(passwd->ended, passwd->ended_room, sizeof *passwd->ended);
	}
	passwd->ended[passwd->ended_count++] = device_id;
}

static enum status
store_run(struct job *job, struct store *store, struct error *err)
{
	struct passwd *passwd = (struct passwd *)job;

	passwd->ended_count = 0;
	return work_outcome(&passwd->work,
	    store->driver->password_set(store, &passwd->work.call->caller,
	        passwd->account.password_hash, passwd->new_hash, note_ended, passwd, err));
}

static void
passwd_found(struct job *job, enum status status, struct error *err)
{
	struct passwd *passwd = (struct passwd *)job;

	if (work_failed(&passwd->work, status, err))
		passwd_free(passwd);
	else
		passwd_go(passwd, passwd->work.call->server->hasher, hash_run, passwd_hashed);
}

static void
passwd_hashed(struct job *job, enum status status, struct error *err)
{
	struct passwd *passwd = (struct passwd *)job;
	struct call *call = passwd->work.call;

	(void)status;
	(void)err;
	if (passwd->matches && passwd->hashed) {
		passwd_go(passwd, call->server->writer, store_run, passwd_stored);
	} else if (passwd->set_already) {
		passwd_answer(passwd);
	} else if (passwd->matches) {
		call_fail(call, WIRE_BUSY, "the server is short of memory: try again later");
		passwd_free(passwd);
	} else {
		call_fail(call, WIRE_DENIED, "wrong password");
		passwd_free(passwd);
	}
}

static void
passwd_stored(struct job *job, enum status status, struct error *err)
{
	struct passwd *passwd = (struct passwd *)job;
	struct call *call = passwd->work.call;

	if (work_failed(&passwd->work, status, err)) {
		passwd_free(passwd);
	} else if (passwd->work.refusal == STATUS_CONFLICT) {
		/* Another one was set since it was compared. */
		passwd_go(passwd, call->server->reader, find_run, passwd_found);
	} else {
		for (size_t i = 0; i < passwd->ended_count; i++)
			server_end_device(call->server, passwd->ended[i], call);
		passwd_answer(passwd);
	}
}

void
handle_passwd(struct call *call)
{
	struct passwd *passwd = mem_zalloc(1, sizeof *passwd);
	struct error err;

	passwd->work.call = call;
	if (passwd_request_read(&passwd->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		passwd_free(passwd);
	} else if (strlen(passwd->request.new_password) < LIMIT_PASSWORD_MIN) {
		call_fail(call, WIRE_BAD_FIELD, "the field \"new\" has fewer than %d bytes",
		    LIMIT_PASSWORD_MIN);
		passwd_free(passwd);
	} else {
		passwd_go(passwd, call->server->reader, find_run, passwd_found);
	}
}
