/* Opening, the schema and its steps, the account, and files that can't be used as they are. */
#include "cache_fixture.h"

#include <stdio.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "cache/internal.h"

static enum status
open_as(struct fixture *f, enum cache_open_mode mode, struct error *error)
{
	enum status status;

	cache_close(f->cache);
	f->cache = NULL;
	status = cache_open(&f->cache, f->path, mode, error);
	return status;
}

/* Runs SQL on the fixture's file as another program would. */
static void
run_sql(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
write_file(const char *path, size_t at, const char *bytes, size_t length)
{
	struct error error;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(lseek(fd, (off_t)at, SEEK_SET), (off_t)at);
	OK(io_write_all(fd, bytes, length, &error));
	close(fd);
}

/* ---- opening ---- */

static void
test_modes_of_the_files(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct fixture *f = *state;
	char *path = mem_printf("%s/other.db", f->directory);
	mode_t mask = umask(0);
	struct cache *cache;
	struct error error;
	struct stat st;

	OK(cache_open(&cache, path, CACHE_CREATE, &error));
	umask(mask);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char *file = mem_printf("%s%s", path, ends[i]);

		assert_int_equal(stat(file, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		free(file);
	}
	assert_string_equal(cache_path(cache), path);
	cache_close(cache);
	unlink(path);
	free(path);
	cache_close(NULL);
}

static void
test_opening_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	char *missing = mem_printf("%s/none.db", f->directory);
	char *deep = mem_printf("%s/none/none.db", f->directory);
	struct cache *cache;
	struct error error;

	assert_int_equal(cache_open(&cache, missing, CACHE_EXISTING, &error), STATUS_NOT_FOUND);
	assert_int_equal(cache_open(&cache, deep, CACHE_EXISTING, &error), STATUS_NOT_FOUND);
	assert_int_equal(cache_open(&cache, deep, CACHE_CREATE, &error), STATUS_CANNOT_CREATE);
	assert_non_null(strstr(error.text, deep));
	assert_int_equal(cache_open(&cache, f->directory, CACHE_EXISTING, &error), STATUS_CONFIG);
	assert_int_equal(access(missing, F_OK), -1);
	free(missing);
	free(deep);
}

static void
test_no_tern_cache(void **state)
{
	struct fixture *f = *state;
	char text[2000];
	struct error error;

	/* Another program's database, marked and not. */
	run_sql(f, "PRAGMA application_id = 7");
	assert_int_equal(open_as(f, CACHE_CREATE, &error), STATUS_CONFIG);
	run_sql(f, "PRAGMA application_id = 0");
	assert_int_equal(open_as(f, CACHE_EXISTING, &error), STATUS_CONFIG);
	assert_non_null(strstr(error.text, f->path));
	/* A text, long and short. */
	memset(text, 'x', sizeof text);
	unlink(f->path);
	write_file(f->path, 0, text, sizeof text);
	assert_int_equal(open_as(f, CACHE_CREATE, &error), STATUS_CONFIG);
	unlink(f->path);
	write_file(f->path, 0, text, 5);
	assert_int_equal(open_as(f, CACHE_CREATE, &error), STATUS_CONFIG);
	assert_non_null(strstr(error.text, "not a tern cache"));
}

static void
test_made_by_a_newer_tern(void **state)
{
	struct fixture *f = *state;
	struct error error;

	run_sql(f, "PRAGMA user_version = 1000");
	assert_int_equal(open_as(f, CACHE_EXISTING, &error), STATUS_CONFIG);
	assert_non_null(strstr(error.text, "newer tern"));
	assert_non_null(strstr(error.text, f->path));
}

static void
test_a_creation_cut_at_its_start_is_completed(void **state)
{
	struct fixture *f = *state;
	struct cache_account account;
	struct error error;

	cache_close(f->cache);
	f->cache = NULL;
	assert_int_equal(truncate(f->path, 0), 0);
	OK(open_as(f, CACHE_EXISTING, &error));
	assert_int_equal(cache_account_get(f->cache, &account, &error), STATUS_NOT_FOUND);
	/* After SQLite made the file a WAL database, but before the first step. */
	cache_close(f->cache);
	f->cache = NULL;
	assert_int_equal(truncate(f->path, 0), 0);
	run_sql(f, "PRAGMA journal_mode = WAL");
	OK(open_as(f, CACHE_CREATE, &error));
	check_sound(f);
}

static void
test_a_damaged_file(void **state)
{
	struct fixture *f = *state;
	struct error error;
	char junk[4096];
	enum status status;

	store(f, BOB, 1, 500, 1, 500);
	cache_close(f->cache);
	f->cache = NULL;
	memset(junk, 0xA5, sizeof junk);
	for (size_t page = 1; page < 30; page++)
		write_file(f->path, page * sizeof junk, junk, sizeof junk);
	status = open_as(f, CACHE_EXISTING, &error);
	if (status == STATUS_OK)
		status =
		    cache_account_get(f->cache, &(struct cache_account){.device_id = 0}, &error);
	assert_int_equal(status, STATUS_IO);
	assert_non_null(strstr(error.text, "damaged"));
}

/* ---- steps ---- */

static const struct schema_step good_steps[] = {
    {"CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT"},
    {"CREATE TABLE b (id INTEGER REFERENCES a) STRICT; INSERT INTO a VALUES (1)"},
    {"INSERT INTO b VALUES (1)"},
};

static const struct schema_step bad_steps[] = {
    {"CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT"},
    {"CREATE TABLE b (id INTEGER REFERENCES a) STRICT; INSERT INTO a VALUES ('x')"},
};

/* A connection to an empty file. */
static void
start_empty(struct fixture *f, struct cache *raw)
{
	cache_close(f->cache);
	f->cache = NULL;
	assert_int_equal(truncate(f->path, 0), 0);
	*raw = (struct cache){.path = f->path, .synchronous = -1};
	assert_int_equal(sqlite3_open(f->path, &raw->db), SQLITE_OK);
}

static void
end_empty(struct cache *raw)
{
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(raw->statements[i]);
	assert_int_equal(sqlite3_close(raw->db), SQLITE_OK);
}

static int
ask_number(struct cache *raw, const char *sql)
{
	sqlite3_stmt *statement;
	int number;

	assert_int_equal(sqlite3_prepare_v2(raw->db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static void
test_steps_run_once_each_and_in_order(void **state)
{
	struct cache raw;
	struct error error;

	start_empty(*state, &raw);
	OK(cache_schema_migrate(&raw, good_steps, 2, &error));
	assert_int_equal(ask_number(&raw, "PRAGMA user_version"), 2);
	assert_int_equal(ask_number(&raw, "PRAGMA application_id"), CACHE_APPLICATION_ID);
	assert_int_equal(ask_number(&raw, "SELECT count(*) FROM b"), 0);
	OK(cache_schema_migrate(&raw, good_steps, 3, &error));
	OK(cache_schema_migrate(&raw, good_steps, 3, &error));
	assert_int_equal(ask_number(&raw, "SELECT count(*) FROM b"), 1);
	assert_int_equal(cache_schema_migrate(&raw, good_steps, 2, &error), STATUS_CONFIG);
	end_empty(&raw);
}

static void
test_a_step_that_fails_leaves_nothing(void **state)
{
	struct cache raw;
	struct error error;

	start_empty(*state, &raw);
	assert_int_equal(cache_schema_migrate(&raw, bad_steps, 2, &error), STATUS_INTERNAL);
	assert_int_equal(ask_number(&raw, "PRAGMA user_version"), 1);
	assert_int_equal(
	    ask_number(&raw, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), 0);
	end_empty(&raw);
}

static void
test_a_step_that_breaks_references_is_refused(void **state)
{
	const struct schema_step breaking[] = {
	    good_steps[0], good_steps[1], {"INSERT INTO b VALUES (9)"}};
	struct cache raw;
	struct error error;

	start_empty(*state, &raw);
	assert_int_equal(cache_schema_migrate(&raw, breaking, 3, &error), STATUS_INTERNAL);
	assert_int_equal(ask_number(&raw, "PRAGMA user_version"), 2);
	assert_int_equal(ask_number(&raw, "SELECT count(*) FROM b"), 0);
	end_empty(&raw);
}

/* ---- the account and numbers ---- */

static void
test_account(void **state)
{
	struct fixture *f = *state;
	char server[] = "https://new";
	char device[] = "laptop";
	char token[] = "token";
	struct cache_account again = {{ME}, server, device, token, 8, {"", 0}};
	struct cache_change change = {.generation = "generation1", .to = 77};
	enum cache_applied applied;
	struct cache_account got;
	bool replaced;
	struct error error;

	OK(cache_apply(f->cache, &change, &applied, &error));
	/* Not the token of a later login. */
	OK(cache_token_clear(f->cache, "an older token", &replaced, &error));
	assert_true(replaced);
	OK(cache_token_clear(f->cache, "t", &replaced, &error));
	assert_false(replaced);
	OK(cache_token_clear(f->cache, "t", &replaced, &error));
	assert_false(replaced);
	OK(cache_account_get(f->cache, &got, &error));
	assert_string_equal(got.address.text, ME);
	assert_string_equal(got.server, "http://s");
	assert_null(got.token);
	cache_account_finish(&got);
	/* A login again keeps the cursor. */
	OK(cache_account_set(f->cache, &again, &error));
	OK(cache_account_get(f->cache, &got, &error));
	assert_string_equal(got.server, server);
	assert_string_equal(got.device, device);
	assert_string_equal(got.token, token);
	assert_int_equal(got.device_id, 8);
	assert_string_equal(got.cursor.generation, "generation1");
	assert_int_equal(got.cursor.stamp, 77);
	cache_account_finish(&got);
	memcpy(again.address.text, BOB, sizeof BOB);
	assert_int_equal(cache_account_set(f->cache, &again, &error), STATUS_CONFLICT);
	assert_non_null(strstr(error.text, ME));
}

static void
test_traffic(void **state)
{
	struct fixture *f = *state;
	struct cache_traffic traffic = {1, 200, 3000, 0}, last;
	struct error error;

	OK(cache_traffic_add(f->cache, &traffic, &error));
	OK(cache_traffic_add(f->cache, &traffic, &error));
	traffic = (struct cache_traffic){9, 9, 9, 9};
	OK(cache_traffic_get(f->cache, &traffic, &last, &error));
	assert_int_equal(traffic.requests, 2);
	assert_int_equal(traffic.bytes_up, 400);
	assert_int_equal(traffic.bytes_down, 6000);
	assert_int_equal(last.time, 0); /* no sync yet */
	assert_int_equal(last.requests, 0);
	for (int64_t time = 1; time <= 2; time++) {
		traffic = (struct cache_traffic){10 * time, 20 * time, 30 * time, time};
		OK(cache_traffic_add(f->cache, &traffic, &error));
	}
	traffic = (struct cache_traffic){1, 1, 1, 0};
	OK(cache_traffic_add(f->cache, &traffic, &error)); /* no sync */
	OK(cache_traffic_get(f->cache, &traffic, &last, &error));
	assert_int_equal(traffic.requests, 33);
	assert_int_equal(last.requests, 20);
	assert_int_equal(last.bytes_up, 40);
	assert_int_equal(last.bytes_down, 60);
	assert_int_equal(last.time, 2);
}

static void
test_data_version(void **state)
{
	struct fixture *f = *state;
	struct cache *other = fixture_open(f);
	int64_t version = cache_data_version(f->cache);
	struct error error;

	store(f, BOB, 1, 1, 1, 1);
	assert_int_equal(cache_data_version(f->cache), version);
	OK(cache_token_clear(other, "t", &(bool){false}, &error));
	assert_int_not_equal(cache_data_version(f->cache), version);
	version = cache_data_version(f->cache);
	assert_int_equal(cache_data_version(f->cache), version);
	cache_close(other);
}

/* What can be pulled again may be lost with the power; what only this cache has may not. */
static void
test_how_durable_each_commit_is(void **state)
{
	enum { NORMAL = 1, FULL = 2 };
	struct fixture *f = *state;
	struct conversation_range place = {BOB, {0, 1}};
	struct key key = key_of(1);
	struct error error;
	int64_t consumer;
	size_t removed;
	bool created;

	store(f, BOB, 1, 1, 1, 1);
	assert_int_equal(ask_number(f->cache, "PRAGMA synchronous"), NORMAL);
	queue(f, 1, BOB, "x");
	assert_int_equal(ask_number(f->cache, "PRAGMA synchronous"), FULL);
	apply_head(f, &HEAD(BOB, 1, 1, 0, 0, 400));
	assert_int_equal(ask_number(f->cache, "PRAGMA synchronous"), NORMAL);
	OK(cache_outbox_remove(f->cache, &key, 1, &removed, &error));
	assert_int_equal(ask_number(f->cache, "PRAGMA synchronous"), FULL);
	store(f, BOB, 1, 1, 1, 1);
	OK(cache_consumer_open(f->cache, "c", false, &consumer, &created, &error));
	assert_int_equal(ask_number(f->cache, "PRAGMA synchronous"), FULL);
	store(f, BOB, 1, 1, 1, 1);
	OK(cache_consumer_advance(f->cache, consumer, &place, 1, &error));
	assert_int_equal(ask_number(f->cache, "PRAGMA synchronous"), FULL);
}

static void
test_locked_by_another(void **state)
{
	struct fixture *f = *state;
	struct cache *other = fixture_open(f);
	struct error error;

	OK(cache_begin(other, WRITE, &error));
	sqlite3_busy_timeout(f->cache->db, 10);
	assert_int_equal(cache_token_clear(f->cache, "t", &(bool){false}, &error), STATUS_AGAIN);
	assert_non_null(strstr(error.text, f->path));
	/* Reading goes on. */
	assert_string_equal(tell_conversations(f), "");
	OK(cache_end(other, STATUS_OK, &error));
	OK(cache_token_clear(f->cache, "t", &(bool){false}, &error));
	cache_close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_modes_of_the_files),
	    TEST(test_opening_what_is_not_there),
	    TEST(test_no_tern_cache),
	    TEST(test_made_by_a_newer_tern),
	    TEST(test_a_creation_cut_at_its_start_is_completed),
	    TEST(test_a_damaged_file),
	    TEST(test_steps_run_once_each_and_in_order),
	    TEST(test_a_step_that_fails_leaves_nothing),
	    TEST(test_a_step_that_breaks_references_is_refused),
	    TEST(test_account),
	    TEST(test_traffic),
	    TEST(test_data_version),
	    TEST(test_how_durable_each_commit_is),
	    TEST(test_locked_by_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
