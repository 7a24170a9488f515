/* Logins and passwords in the store (store.h), on a file and in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>

#include "base/buf.h"
#include "store_fixture.h"

static struct caller
add_device(struct fixture *f, const struct caller *account, const char *name)
{
	struct caller device = *account;
	uint8_t token[TOKEN_HASH] = {0};

	randombytes_buf(token, sizeof token);
	store_begin(f->writer);
	OK(store_sqlite.device_add(
	    f->writer, account->account_id, name, token, &device.device_id, NULL));
	store_commit(f->writer);
	return device;
}

static void
tell_device(void *arg, const struct device *device)
{
	buf_printf(arg, "%s@%lld ", device->name, (long long)device->seen);
	assert_true(device->stamp > 0 && device->device_id > 0);
}

static void
assert_devices(struct fixture *f, const struct caller *who, size_t limit, const char *want)
{
	struct buf out;

	buf_init(&out, 10000);
	store_begin(f->reader);
	OK(store_sqlite.device_list(f->reader, who, limit, tell_device, &out, NULL));
	store_commit(f->reader);
	assert_string_equal(buf_string(&out), want);
	buf_finish(&out);
}

static void
see(struct fixture *f, const struct caller *device, int64_t time)
{
	store_begin(f->writer);
	OK(store_sqlite.device_seen(f->writer, device->device_id, time, NULL));
	store_commit(f->writer);
}

static void
lists_the_last_seen_first(void **state)
{
	struct fixture *f = *state;
	struct caller phone = add_device(f, &f->alice, "phone");
	struct caller tablet = add_device(f, &f->alice, "tablet");
	const int64_t now = INT64_C(5000000000000000); /* beyond the clock's, which made them */
	int64_t stamp = store_sqlite.last_stamp(f->writer);

	see(f, &f->alice, now + 1);
	see(f, &tablet, now + 2);
	see(f, &phone, now + 3);
	see(f, &phone, now); /* it never goes back */
	assert_devices(f, &phone, 9,
	    "phone@5000000000000003 tablet@5000000000000002 laptop@5000000000000001 ");
	assert_devices(f, &phone, 2, "phone@5000000000000003 tablet@5000000000000002 ");
	assert_int_equal(store_sqlite.last_stamp(f->writer), stamp);
}

static bool
revoke(struct fixture *f, const struct caller *who, int64_t device_id)
{
	bool ended;

	OK(store_sqlite.device_revoke(f->writer, who, device_id, &ended, NULL));
	return ended;
}

static void
revokes_own_logins_only(void **state)
{
	struct fixture *f = *state;
	struct caller phone = add_device(f, &f->alice, "phone");
	uint8_t token[TOKEN_HASH] = "bob@localhost";
	struct caller found;
	bool ended;

	store_begin(f->writer);
	assert_false(revoke(f, &phone, f->bob.device_id));
	assert_false(revoke(f, &phone, 12345));
	assert_true(revoke(f, &phone, f->alice.device_id));
	assert_false(revoke(f, &phone, f->alice.device_id));
	OK(store_sqlite.device_find(f->writer, token, &found, NULL));
	/* Within the same transaction already. */
	assert_int_equal(
	    store_sqlite.device_revoke(f->writer, &f->alice, phone.device_id, &ended, NULL),
	    STATUS_DENIED);
	store_commit(f->writer);
	store_begin(f->reader);
	assert_int_equal(store_sqlite.device_list(f->reader, &f->alice, 9, tell_device, NULL, NULL),
	    STATUS_DENIED);
	store_commit(f->reader);
	see(f, &phone, INT64_C(5000000000000000));
	assert_devices(f, &phone, 9, "phone@5000000000000000 ");
}

static void
count_ended(void *arg, int64_t device_id)
{
	*(int64_t *)arg += device_id;
}

static enum status
set_password(
    struct fixture *f, const struct caller *who, const char *old, const char *new, int64_t *ended)
{
	enum status status;

	*ended = 0;
	store_begin(f->writer);
	status = store_sqlite.password_set(f->writer, who, old, new, count_ended, ended, NULL);
	store_commit(f->writer);
	return status;
}

static void
ends_the_other_logins_with_a_password(void **state)
{
	struct fixture *f = *state;
	struct caller phone = add_device(f, &f->alice, "phone");
	struct caller tablet = add_device(f, &f->alice, "tablet");
	struct store_account account;
	int64_t ended;

	assert_int_equal(set_password(f, &phone, "not it", "other", &ended), STATUS_CONFLICT);
	assert_int_equal(ended, 0);
	OK(set_password(f, &phone, "hash", "other", &ended));
	assert_int_equal(ended, f->alice.device_id + tablet.device_id);
	assert_int_equal(set_password(f, &tablet, "other", "third", &ended), STATUS_DENIED);
	store_begin(f->reader);
	OK(store_sqlite.account_find(f->reader, "alice@localhost", &account, NULL));
	assert_string_equal(account.password_hash, "other");
	OK(store_sqlite.account_find(f->reader, "bob@localhost", &account, NULL));
	assert_string_equal(account.password_hash, "hash");
	store_commit(f->reader);
	store_begin(f->writer);
	assert_int_equal(send_key(f, &f->bob, &f->alice, 1).msg_id, 1);
	assert_int_equal(send_key(f, &phone, &f->bob, 2).msg_id, 2);
	store_commit(f->writer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_BOTH(lists_the_last_seen_first),
	    IN_BOTH(revokes_own_logins_only),
	    IN_BOTH(ends_the_other_logins_with_a_password),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
