/* The store as a file: restarts, backups, other writers, other files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "store_fixture.h"

static bool
is_valid(struct fixture *f, const char *generation, int64_t stamp)
{
	struct cursor cursor = {.stamp = stamp};
	bool valid;

	snprintf(cursor.generation, sizeof cursor.generation, "%s", generation);
	store_begin(f->reader);
	OK(store_sqlite.cursor_check(f->reader, &cursor, &valid, NULL));
	store_commit(f->reader);
	return valid;
}

static void
add_generation(struct fixture *f, const char *generation)
{
	store_begin(f->writer);
	OK(store_sqlite.generation_add(f->writer, generation, NULL));
	store_commit(f->writer);
}

/* The fork from a client that knows these generations, the newest first. */
static int64_t
fork_from(struct fixture *f, const struct cursor *generations, size_t count)
{
	int64_t fork;

	store_begin(f->reader);
	OK(store_sqlite.fork_find(f->reader, generations, count, &fork, NULL));
	store_commit(f->reader);
	return fork;
}

static void
copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	struct buf all;

	assert_true(in && out);
	buf_init(&all, 100 * 1024 * 1024);
	OK(io_read_all(fileno(in), &all, NULL));
	OK(io_write_all(fileno(out), all.data, all.length, NULL));
	buf_finish(&all);
	fclose(in);
	fclose(out);
}

static void
knows_which_cursors_are_valid(void **state)
{
	struct fixture *f = *state;
	char *copy = mem_printf("%s.copy", f->file);
	int64_t first, backup, lost;

	add_generation(f, "generation1");
	first = send_and_commit(f, 1);
	assert_true(is_valid(f, "generation1", first));
	assert_true(is_valid(f, "generation1", 0));
	assert_false(is_valid(f, "generation1", first + 1));
	assert_false(is_valid(f, "generation2", first));

	close_both(f);
	open_both(f);
	add_generation(f, "generation2");
	backup = send_and_commit(f, 2);
	assert_true(backup > first);
	assert_true(is_valid(f, "generation1", first));
	/* The first one's stamps ended where the second began. */
	assert_false(is_valid(f, "generation1", backup));
	assert_true(is_valid(f, "generation2", backup));

	/* The file is copied away, goes on, and is copied back. */
	close_both(f);
	copy_file(f->file, copy);
	open_both(f);
	lost = send_and_commit(f, 3);
	assert_true(is_valid(f, "generation2", lost));
	close_both(f);
	copy_file(copy, f->file);
	open_both(f);
	add_generation(f, "generation3");
	assert_true(is_valid(f, "generation2", backup));
	assert_false(is_valid(f, "generation2", lost));
	assert_true(send_and_commit(f, 4) > lost);
	assert_false(is_valid(f, "generation2", lost));
	{
		struct cursor known[] = {{"generation2", lost}, {"generation1", first}};
		struct cursor lower[] = {{"generation2", backup - 1}};
		struct cursor beyond[] = {{"lost", lost + 1}, {"generation1", lost}};
		struct cursor none[] = {{"lost", lost}};

		assert_int_equal(fork_from(f, known, 2), backup);
		assert_int_equal(fork_from(f, lower, 1), backup - 1);
		assert_int_equal(fork_from(f, beyond, 2), first);
		assert_int_equal(fork_from(f, none, 1), 0);
		assert_int_equal(fork_from(f, NULL, 0), 0);
	}
	free(copy);
}

static void
execute(const char *file, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
refuses_what_is_not_its_store(void **state)
{
	struct fixture *f = *state;
	char *other = mem_printf("%s.copy", f->file);
	struct store *store;
	struct error err;
	struct stat st;
	FILE *out;

	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	execute(other, "CREATE TABLE t (x)");
	assert_int_equal(store_sqlite.open(&store, other, STORE_WRITE, &err), STATUS_CONFIG);
	assert_non_null(strstr(err.text, "not a store"));
	out = fopen(other, "w");
	fputs("This is text, and long enough that nobody takes it for an empty database.", out);
	fclose(out);
	assert_int_equal(store_sqlite.open(&store, other, STORE_WRITE, &err), STATUS_CONFIG);
	unlink(other);
	assert_int_equal(store_sqlite.open(&store, "/nonexistent/store.db", STORE_WRITE, &err),
	    STATUS_CANNOT_CREATE);

	close_both(f);
	execute(f->file, "PRAGMA user_version = 1000");
	assert_int_equal(store_sqlite.open(&store, f->file, STORE_WRITE, &err), STATUS_CONFIG);
	assert_non_null(strstr(err.text, "newer"));
	assert_int_equal(store_sqlite.open(&store, f->file, STORE_READ, &err), STATUS_CONFIG);
	execute(f->file, "PRAGMA user_version = 2");
	open_both(f);
	free(other);
}

static void
serves_one_server_only(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	struct error err;

	add_generation(f, "generation1");
	OK(store_sqlite.open(&second, f->file, STORE_WRITE, NULL));
	store_begin(second);
	assert_int_equal(store_sqlite.generation_add(second, "generation2", &err), STATUS_AGAIN);
	store_rollback(second);
	store_sqlite.close(second);
}

/* `ternd user add` beside a server: stamps don't collide, and the account is found at once. */
static void
shares_the_file_with_another_writer(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	int64_t stamp, account_id;

	stamp = send_and_commit(f, 1);
	store_begin(f->writer);
	assert_int_equal(
	    send_item(f, &f->alice, (struct send_item){.to = "dan@localhost", .key = make_key(2)})
	        .error,
	    WIRE_NO_RECIPIENT);
	store_commit(f->writer);
	OK(store_sqlite.open(&second, f->file, STORE_WRITE, NULL));
	store_begin(second);
	OK(store_sqlite.account_add(second, "dan@localhost", "hash", &account_id, NULL));
	assert_int_equal(
	    store_sqlite.account_add(second, "bob@localhost", "hash", &account_id, NULL),
	    STATUS_CONFLICT);
	store_commit(second);
	assert_true(store_sqlite.last_stamp(second) > stamp);
	stamp = store_sqlite.last_stamp(second);
	store_sqlite.close(second);
	store_begin(f->writer);
	assert_true(
	    send_item(f, &f->alice, (struct send_item){.to = "dan@localhost", .key = make_key(2)})
	        .stamp > stamp);
	assert_int_equal(send_key(f, &f->alice, &f->bob, 3).msg_id, 2);
	store_commit(f->writer);
}

/* A reader's snapshot neither waits for the writer nor sees what isn't committed. */
static void
reads_beside_the_writer(void **state)
{
	struct fixture *f = *state;
	int64_t stamp = send_and_commit(f, 1);

	store_begin(f->writer);
	send_key(f, &f->alice, &f->bob, 2);
	assert_changes(f, &f->bob, 0, 0, 9, "alice@localhost:1-1 ack 0 read 0 ");
	store_commit(f->writer);
	assert_changes(f, &f->bob, stamp, 0, 9, "alice@localhost:1-2 ack 0 read 0 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_FILE(knows_which_cursors_are_valid),
	    ON_FILE(refuses_what_is_not_its_store),
	    ON_FILE(serves_one_server_only),
	    ON_FILE(shares_the_file_with_another_writer),
	    ON_FILE(reads_beside_the_writer),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
