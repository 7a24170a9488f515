/* Kills in the middle, several processes at once, and disks that refuse. */
#include "cache_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "cache/internal.h"

enum { NOBODY = 65534 };

/* ---- kills ---- */

static int
die(void *arg)
{
	int *left = arg;

	if ((*left)-- > 0)
		return 0;
	raise(SIGKILL);
	return 1;
}

static void
die_at_change(void *arg, int kind, const char *database, const char *table, sqlite3_int64 row)
{
	(void)kind;
	(void)database;
	(void)table;
	(void)row;
	die(arg);
}

static int
die_after_commit(void *arg, sqlite3 *db, const char *database, int pages)
{
	(void)db;
	(void)database;
	(void)pages;
	die(arg);
	return SQLITE_OK;
}

enum moment { AT_CHANGE, BEFORE_COMMIT, AFTER_COMMIT };

/* What the child is at when it is killed: each of these is one transaction, or several. */
static void
work(struct fixture *f)
{
	struct message messages[3];
	struct cache_ranges acks;
	struct error error;
	struct conversation_range place = {BOB, {0, 2}};
	struct key keys[] = {key_of(1), key_of(2)};
	int64_t consumer;
	bool created;

	cache_consumer_open(f->cache, "c", false, &consumer, &created, &error);
	queue(f, 1, BOB, "one");
	queue(f, 2, BOB, "two");
	cache_outbox_doubt(f->cache, keys, 2, &error);
	store(f, BOB, 1, 3, 1, 9);
	store(f, BOB, 5, 7, 1, 9);
	settle(f, 1, BOB, 10);
	messages[0] = message_of(f, BOB, 11, 2);
	messages[1] = message_of(f, CAROL, 1, 0);
	messages[2] = message_of(f, BOB, 12, 0);
	apply_messages(f, messages, 3);
	cache_consumer_handing(f->cache, consumer, &place, 1, &error);
	cache_consumer_advance(f->cache, consumer, &place, 1, &error);
	store(f, BOB, 4, 4, 3, 12);
	cache_acks(f->cache, 9, &acks, &error);
	cache_acks_done(f->cache, &acks, &error);
	cache_ranges_finish(&acks);
}

/* Runs work() in a child that is killed at the moment given, after `left` such moments passed.
 * False: it came to its end alive. */
static bool
killed_at(struct fixture *f, enum moment moment, int left)
{
	int status;
	pid_t pid;

	/* A connection must not go over into a child. */
	cache_close(f->cache);
	f->cache = NULL;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		f->cache = fixture_open(f);
		if (moment == AT_CHANGE)
			sqlite3_update_hook(f->cache->db, die_at_change, &left);
		else if (moment == BEFORE_COMMIT)
			sqlite3_commit_hook(f->cache->db, die, &left);
		else
			sqlite3_wal_hook(f->cache->db, die_after_commit, &left);
		work(f);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	f->cache = fixture_open(f);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return true;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return false;
}

/* Killed at every single change and commit: sound, and work() can be done (again) to its end. */
static void
kill_everywhere(enum moment moment)
{
	bool killed = true;
	int left;

	for (left = 0; killed; left++) {
		void *state;
		struct fixture *f;

		assert_int_equal(fixture_setup(&state), 0);
		f = state;
		killed = killed_at(f, moment, left);
		check_sound(f);
		/* Stamps of the child are lost: the parent's must not repeat them. */
		f->stamp += 1000;
		if (killed)
			work(f);
		check_sound(f);
		assert_string_equal(tell_outbox(f), "");
		assert_string_equal(tell_acks(f), "");
		assert_string_equal(tell_missing(f, 1, BOB), "bob 8-9");
		assert_string_equal(tell_next(f, 1, BOB, 99), "bob3 bob4 bob5 bob6 bob7");
		fixture_teardown(&state);
	}
	assert_true(left > 10);
}

static void
test_killed_at_any_change(void **state)
{
	(void)state;
	kill_everywhere(AT_CHANGE);
}

static void
test_killed_before_any_commit(void **state)
{
	(void)state;
	kill_everywhere(BEFORE_COMMIT);
}

static void
test_killed_after_any_commit(void **state)
{
	(void)state;
	kill_everywhere(AFTER_COMMIT);
}

/* ---- processes at once ---- */

enum { PROCESSES = 4, TURNS = 60 };

/* Each process stores the same pages as the others, and sends messages of its own. */
static void
take_part(struct fixture *f, unsigned process)
{
	for (unsigned turn = 0; turn < TURNS; turn++) {
		int64_t id = 1 + (int64_t)(turn * 7 % TURNS);
		unsigned key = 1000 * (process + 1) + turn;

		store(f, BOB, id, id + 2, 1, TURNS + 2);
		assert_int_equal(queue(f, key, CAROL, "x"), STATUS_OK);
		settle(f, key, CAROL, 1 + process * TURNS + turn);
	}
}

typedef void (*part_function)(struct fixture *f, unsigned process);

/* In a child: never returns. All begin when the parent closes the other end of the gate. */
static void
be_process(struct fixture *f, unsigned process, int gate, part_function part)
{
	char byte;

	if (read(gate, &byte, 1) != 0)
		_exit(2);
	if (cache_open(&f->cache, f->path, CACHE_CREATE, NULL) != STATUS_OK)
		_exit(3);
	part(f, process);
	cache_close(f->cache);
	_exit(0);
}

static void
run_processes(struct fixture *f, part_function part)
{
	pid_t pids[PROCESSES];
	int gate[2];
	int status;

	fflush(NULL);
	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	for (unsigned i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			close(gate[1]);
			be_process(f, i, gate[0], part);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static void
test_processes_at_once(void **state)
{
	struct fixture *f = *state;

	cache_close(f->cache);
	f->cache = NULL;
	run_processes(f, take_part);
	f->cache = fixture_open(f);
	check_sound(f);
	assert_string_equal(tell_outbox(f), "");
	assert_string_equal(tell_conversations(f),
	    "bob 1-62 ack 0 read 0 held 62 missing 0 unread 62, "
	    "carol 1-240 ack 0 read 0 held 240 missing 0 unread 0");
}

/* Opening made a whole cache, or waited until another process had. */
static void
log_in(struct fixture *f, unsigned process)
{
	char text[] = "x";
	struct cache_account account = {{ME}, text, text, text, process, {"", 0}};
	struct error error;

	OK(cache_account_set(f->cache, &account, &error));
}

static void
test_processes_that_create_at_once(void **state)
{
	struct fixture *f = *state;
	struct cache_account account;
	struct error error;

	for (int i = 0; i < 10; i++) {
		cache_close(f->cache);
		f->cache = NULL;
		assert_int_equal(unlink(f->path), 0);
		run_processes(f, log_in);
		f->cache = fixture_open(f);
		check_sound(f);
		OK(cache_account_get(f->cache, &account, &error));
		assert_string_equal(account.address.text, ME);
		cache_account_finish(&account);
	}
}

/* ---- disks ---- */

static void
test_no_room(void **state)
{
	struct fixture *f = *state;
	struct rlimit old;
	struct rlimit limit;
	struct error error;
	struct message message;
	struct cache_page page = {BOB, {1, 1}, 1, INT32_MAX, &message, 1, NULL, 0};
	enum cache_applied applied;
	enum status status = STATUS_OK;
	char *text = mem_alloc(60001);

	memset(text, 'x', 60000);
	text[60000] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 600000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	while (status == STATUS_OK && page.ids.last < 1000) {
		message = message_of(f, BOB, page.ids.last, 0);
		message.text = text;
		status = cache_store_pages(f->cache, GENERATION, &page, 1, &applied, &error);
		page.ids.first = ++page.ids.last;
	}
	/* Telling what is held goes on. */
	if (status == STATUS_IO)
		tell_conversations(f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	free(text);
	assert_int_equal(status, STATUS_IO);
	assert_non_null(strstr(error.text, f->path));
	if (!strstr(error.text, "room"))
		fail_msg("%s", error.text);
	check_sound(f);
	/* And with room again it goes on where it was. */
	assert_int_equal(queue(f, 1, BOB, "x"), STATUS_OK);
	check_sound(f);
}

/* What a process without the right to write finds; a bit for each thing that is wrong. */
static int
look_without_rights(const char *path)
{
	struct fixture f = {.path = mem_strdup(path)};
	struct error error = {STATUS_OK, ""};
	int wrong = 0;

	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		return 64;
	if (cache_open(&f.cache, path, CACHE_EXISTING, &error) != STATUS_OK) {
		printf("# %s\n", error.text);
		return 32;
	}
	buf_init(&f.told, 10000);
	if (strcmp(tell_history(&f, &(struct history_query){BOB, 0, 0, 9, false, false}),
	        "1 2 3") != 0)
		wrong |= 1;
	if (cache_token_clear(f.cache, "t", &(bool){false}, &error) != STATUS_IO)
		wrong |= 2;
	if (!strstr(error.text, path))
		wrong |= 4;
	if (strcmp(tell_conversations(&f), "bob 1-3 ack 0 read 0 held 3 missing 0 unread 3") != 0)
		wrong |= 8;
	cache_close(f.cache);
	buf_finish(&f.told);
	free(f.path);
	return wrong;
}

static int
in_child(int (*look)(const char *path), const char *path)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(look(path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A cache where a process without root's rights can get at it: the tests' own directory may be
 * closed to it. */
static void
make_reachable(struct fixture *f)
{
	char *directory = mem_strdup("/tmp/tern-cache-ro-XXXXXX");
	char *path;

	assert_non_null(mkdtemp(directory));
	path = mem_printf("%s/a b%%?#.db", directory);
	cache_close(f->cache);
	assert_int_equal(rename(f->path, path), 0);
	assert_int_equal(rmdir(f->directory), 0);
	free(f->directory);
	free(f->path);
	f->directory = directory;
	f->path = path;
	f->cache = fixture_open(f);
	store(f, BOB, 1, 3, 1, 3);
	cache_close(f->cache);
	f->cache = NULL;
	if (geteuid() == 0) {
		assert_int_equal(chown(f->path, NOBODY, NOBODY), 0);
		assert_int_equal(chown(f->directory, NOBODY, NOBODY), 0);
	}
}

static void
make_writable(struct fixture *f)
{
	assert_int_equal(chmod(f->directory, 0700), 0);
	assert_int_equal(chmod(f->path, 0600), 0);
}

static void
test_a_file_that_cannot_be_written(void **state)
{
	struct fixture *f = *state;

	make_reachable(f);
	assert_int_equal(chmod(f->path, 0400), 0);
	assert_int_equal(in_child(look_without_rights, f->path), 0);
	make_writable(f);
}

static void
test_a_directory_that_cannot_be_written(void **state)
{
	struct fixture *f = *state;

	make_reachable(f);
	assert_int_equal(chmod(f->directory, 0500), 0);
	assert_int_equal(in_child(look_without_rights, f->path), 0);
	assert_int_equal(chmod(f->path, 0400), 0);
	assert_int_equal(in_child(look_without_rights, f->path), 0);
	make_writable(f);
}

static int
look_in_vain(const char *path)
{
	struct cache *cache;
	struct error error;

	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		return 64;
	if (cache_open(&cache, path, CACHE_EXISTING, &error) != STATUS_IO)
		return 1;
	return strstr(error.text, path) ? 0 : 2;
}

static int
create_in_vain(const char *path)
{
	struct cache *cache;
	struct error error;

	if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		return 64;
	return cache_open(&cache, path, CACHE_CREATE, &error) == STATUS_CANNOT_CREATE ? 0 : 1;
}

/* What was written last stands in the WAL alone: the file without it would be an older state. */
static void
test_an_unwritable_directory_with_a_log_left_behind(void **state)
{
	struct fixture *f = *state;
	char *wal;
	struct stat st;

	make_reachable(f);
	wal = mem_printf("%s-wal", f->path);
	f->cache = fixture_open(f);
	store(f, BOB, 4, 4, 1, 4);
	/* As a kill leaves it: no checkpoint. */
	assert_int_equal(
	    sqlite3_db_config(f->cache->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), SQLITE_OK);
	cache_close(f->cache);
	f->cache = NULL;
	assert_int_equal(stat(wal, &st), 0);
	assert_true(st.st_size > 0);
	if (geteuid() == 0)
		assert_int_equal(chown(wal, NOBODY, NOBODY), 0);
	free(wal);
	wal = mem_printf("%s-shm", f->path);
	unlink(wal);
	free(wal);
	assert_int_equal(chmod(f->directory, 0500), 0);
	assert_int_equal(in_child(look_in_vain, f->path), 0);
	make_writable(f);
	f->cache = fixture_open(f);
	assert_string_equal(
	    tell_history(f, &(struct history_query){BOB, 0, 0, 9, false, false}), "1 2 3 4");
}

static void
test_a_directory_where_none_can_be_made(void **state)
{
	struct fixture *f = *state;
	char *path;

	make_reachable(f);
	path = mem_printf("%s/new.db", f->directory);
	assert_int_equal(chmod(f->directory, 0500), 0);
	assert_int_equal(in_child(create_in_vain, path), 0);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
	make_writable(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_killed_at_any_change),
	    cmocka_unit_test(test_killed_before_any_commit),
	    cmocka_unit_test(test_killed_after_any_commit),
	    TEST(test_processes_at_once),
	    TEST(test_processes_that_create_at_once),
	    TEST(test_no_room),
	    TEST(test_a_file_that_cannot_be_written),
	    TEST(test_a_directory_that_cannot_be_written),
	    TEST(test_an_unwritable_directory_with_a_log_left_behind),
	    TEST(test_a_directory_where_none_can_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
