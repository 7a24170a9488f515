/* Paths, locks, random numbers, whole reads and writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/random.h"

static char directory[] = "/tmp/tern-base-XXXXXX";

static char *
place(const char *name)
{
	return mem_printf("%s/%s", directory, name);
}

/* ---- path ---- */

static void
assert_data_dir(const char *xdg, const char *home, const char *want)
{
	struct error err;
	char *path = NULL;

	xdg ? setenv("XDG_DATA_HOME", xdg, 1) : unsetenv("XDG_DATA_HOME");
	home ? setenv("HOME", home, 1) : unsetenv("HOME");
	if (!want) {
		assert_int_equal(path_data_dir(&path, &err), STATUS_CONFIG);
		assert_non_null(strstr(err.text, "XDG_DATA_HOME"));
		return;
	}
	assert_int_equal(path_data_dir(&path, &err), STATUS_OK);
	assert_string_equal(path, want);
	free(path);
}

static void
test_data_dir(void **state)
{
	(void)state;
	assert_data_dir("/x", "/home/a", "/x/tern");
	assert_data_dir(NULL, "/home/a", "/home/a/.local/share/tern");
	assert_data_dir("", "/home/a", "/home/a/.local/share/tern");
	assert_data_dir("relative", "/home/a", "/home/a/.local/share/tern");
	assert_data_dir("relative", "also", NULL);
	assert_data_dir(NULL, NULL, NULL);
}

static void
test_config_dir(void **state)
{
	struct error err;
	char *path;

	(void)state;
	setenv("XDG_CONFIG_HOME", "/x", 1);
	setenv("HOME", "/home/a", 1);
	assert_int_equal(path_config_dir(&path, &err), STATUS_OK);
	assert_string_equal(path, "/x/tern");
	free(path);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	assert_int_equal(path_config_dir(&path, &err), STATUS_OK);
	assert_string_equal(path, "/home/a/.config/tern");
	free(path);
	setenv("HOME", "also", 1);
	assert_int_equal(path_config_dir(&path, &err), STATUS_CONFIG);
	assert_non_null(strstr(err.text, "XDG_CONFIG_HOME"));
	assert_data_dir("", "", NULL);
}

static void
test_make_dir(void **state)
{
	char *deep = place("a/b/c"), *slash = place("a/b/d/"), *file = place("file");
	char *below = place("file/x");
	struct stat st;
	struct error err;
	int fd;

	(void)state;
	assert_int_equal(path_make_dir(deep, &err), STATUS_OK);
	assert_int_equal(path_make_dir(deep, &err), STATUS_OK);
	assert_int_equal(path_make_dir(slash, &err), STATUS_OK);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(path_make_dir(below, &err), STATUS_CANNOT_CREATE);
	/* Where a file stands already there is no directory. */
	assert_int_equal(path_make_dir(file, &err), STATUS_CANNOT_CREATE);
	assert_int_equal(path_make_dir("", &err), STATUS_CANNOT_CREATE);
	assert_int_equal(path_make_dir("/", &err), STATUS_OK);
	free(deep);
	free(slash);
	free(file);
	free(below);
}

/* ---- locks ---- */

static bool
is_free(const char *path)
{
	struct path_lock lock;
	struct error err;
	enum status status = path_lock_try(&lock, path, &err);

	path_lock_release(&lock);
	assert_true(status == STATUS_OK || status == STATUS_AGAIN);
	return status == STATUS_OK;
}

static void
test_lock_is_held_once(void **state)
{
	char *path = place("db");
	struct path_lock lock, other;
	struct error err;
	struct stat st;

	(void)state;
	assert_int_equal(path_lock_beside(&lock, path, "line", &err), STATUS_OK);
	assert_int_equal(path_lock_beside(&other, path, "line", &err), STATUS_AGAIN);
	assert_int_equal(other.fd, -1);
	assert_int_equal(path_lock_beside(&other, path, "outbox", &err), STATUS_OK);
	path_lock_release(&other);
	path_lock_release(&lock);
	path_lock_release(&lock);
	free(path);
	path = place("db-line");
	assert_true(is_free(path));
	assert_int_equal(stat(path, &st), 0); /* the file stays */
	assert_int_equal(st.st_mode & 07777, 0600);
	free(path);
}

static void
test_lock_that_cannot_be(void **state)
{
	char *missing = place("no/such"), *link_path = place("link"), *dir = place("dir");
	struct path_lock lock;
	struct error err;

	(void)state;
	assert_int_equal(path_lock_try(&lock, missing, &err), STATUS_CANNOT_CREATE);
	assert_int_equal(lock.fd, -1);
	assert_int_equal(symlink("/tmp", link_path), 0);
	assert_int_equal(path_lock_try(&lock, link_path, &err), STATUS_CANNOT_CREATE);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(path_lock_try(&lock, dir, &err), STATUS_CANNOT_CREATE);
	free(missing);
	free(link_path);
	free(dir);
}

/* Starts a child that takes the lock, says so, and waits to be killed. */
static pid_t
hold_in_child(const char *path)
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct path_lock lock;
		struct error err;

		byte = path_lock_try(&lock, path, &err) == STATUS_OK ? 'y' : 'n';
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	close(ready[0]);
	return pid;
}

static void
test_lock_ends_with_kill_9(void **state)
{
	char *path = place("killed");
	pid_t pid = hold_in_child(path);

	(void)state;
	assert_false(is_free(path));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(is_free(path));
	free(path);
}

/* A program that is run by the holder (recv --exec) does not keep the lock. */
static void
test_lock_does_not_pass_exec(void **state)
{
	char *path = place("exec");
	struct path_lock lock;
	struct error err;
	int gate[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	assert_int_equal(path_lock_try(&lock, path, &err), STATUS_OK);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* cat runs until the gate closes. */
		dup2(gate[0], STDIN_FILENO);
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	close(gate[0]);
	path_lock_release(&lock);
	/* Only between fork and exec the child has it too: exec comes within the limit. */
	for (int i = 0; i < 1000 && !is_free(path); i++)
		poll(NULL, 0, 10);
	assert_true(is_free(path));
	close(gate[1]);
	waitpid(pid, NULL, 0);
	free(path);
}

/* ---- random ---- */

static void
test_random(void **state)
{
	unsigned char a[600] = {0}, b[600] = {0};
	uint32_t seen = 0;

	(void)state;
	random_bytes(a, sizeof a);
	random_bytes(b, sizeof b);
	for (size_t at = 0; at + 100 <= sizeof a; at += 100)
		assert_memory_not_equal(a + at, b + at, 100);
	random_bytes(a, 0);
	for (int i = 0; i < 1000; i++) {
		uint32_t value = random_below(5);

		assert_true(value < 5);
		seen |= 1u << value;
	}
	assert_int_equal(seen, 31);
	assert_int_equal(random_below(1), 0);
}

static void
test_random_text(void **state)
{
	static const size_t digits[] = {0, 2, 3, 4, 6, 7, 8};
	char text[RANDOM_TEXT_SIZE(32)];

	(void)state;
	for (size_t n = 0; n < sizeof digits / sizeof *digits; n++) {
		memset(text, 'x', sizeof text);
		assert_int_equal(strlen(random_text(text, n)), digits[n]);
		assert_int_equal(RANDOM_TEXT_SIZE(n), digits[n] + 1);
	}
	assert_int_equal(strlen(random_text(text, 32)), 43); /* a token */
	assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                              "0123456789-_"),
	    43);
}

/* ---- io ---- */

static void
test_io_whole(void **state)
{
	static char data[300000];
	struct buf out;
	struct error err;
	int fds[2];
	pid_t pid;

	(void)state;
	memset(data, 'q', sizeof data);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		_exit(io_write_all(fds[1], data, sizeof data, &err) == STATUS_OK ? 0 : 1);
	}
	close(fds[1]);
	buf_init(&out, sizeof data);
	assert_int_equal(io_read_all(fds[0], &out, &err), STATUS_OK);
	assert_int_equal(out.length, sizeof data);
	assert_memory_equal(out.data, data, sizeof data);
	buf_finish(&out);
	close(fds[0]);
	waitpid(pid, NULL, 0);
}

static void
test_io_failures(void **state)
{
	struct buf out;
	struct error err;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(io_write_all(fds[1], "12345", 5, &err), STATUS_OK);
	close(fds[1]);
	buf_init(&out, 4);
	assert_int_equal(io_read_all(fds[0], &out, &err), STATUS_TOO_LARGE);
	assert_non_null(strstr(err.text, "4 bytes"));
	buf_finish(&out);
	close(fds[0]);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(io_write_all(fds[1], "x", 1, &err), STATUS_IO);
	assert_int_equal(io_write_all(fds[1], "", 0, &err), STATUS_OK);
	close(fds[1]);
	assert_int_equal(io_read_all(fds[1], &out, &err), STATUS_IO);
	fds[1] = open("/dev/full", O_WRONLY);
	assert_true(fds[1] >= 0);
	assert_int_equal(io_write_all(fds[1], "x", 1, &err), STATUS_IO);
	close(fds[1]);
}

static int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int
remove_directory(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		execlp("rm", "rm", "-rf", directory, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_data_dir),
	    cmocka_unit_test(test_config_dir),
	    cmocka_unit_test(test_make_dir),
	    cmocka_unit_test(test_lock_is_held_once),
	    cmocka_unit_test(test_lock_that_cannot_be),
	    cmocka_unit_test(test_lock_ends_with_kill_9),
	    cmocka_unit_test(test_lock_does_not_pass_exec),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_random_text),
	    cmocka_unit_test(test_io_whole),
	    cmocka_unit_test(test_io_failures),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
