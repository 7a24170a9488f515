/* Directories and locks. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/path.h"

static char *directory; /* of the running test */

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	directory = mem_printf("%s/tern-path-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(directory) ? 0 : -1;
}

static int
tear_down(void **state)
{
	static const char *const left[] = {"a/b/c", "a/b", "a", "lock", "db-line", "file", ""};

	(void)state;
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		char *path = mem_printf("%s/%s", directory, left[i]);

		if (unlink(path) != 0)
			rmdir(path);
		free(path);
	}
	free(directory);
	return 0;
}

static void
test_data_directory(void **state)
{
	char *path = NULL;
	struct error err;

	(void)state;
	setenv("HOME", "/home/x", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	assert_int_equal(path_data_dir(&path, &err), STATUS_OK);
	assert_string_equal(path, "/data/tern");
	free(path);
	setenv("XDG_DATA_HOME", "relative", 1);
	assert_int_equal(path_data_dir(&path, &err), STATUS_OK);
	assert_string_equal(path, "/home/x/.local/share/tern");
	free(path);
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	assert_int_equal(path_data_dir(&path, &err), STATUS_CONFIG);
}

static void
test_make_dir(void **state)
{
	char *path = mem_printf("%s/a/b/c", directory);
	struct stat st;

	(void)state;
	assert_int_equal(path_make_dir(path, NULL), STATUS_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(path_make_dir(path, NULL), STATUS_OK);
	free(path);
}

static void
test_make_dir_under_a_file(void **state)
{
	char *path = mem_printf("%s/file/below", directory);
	char *file = mem_printf("%s/file", directory);
	struct path_lock lock;
	struct error err;

	(void)state;
	assert_int_equal(path_lock_try(&lock, file, NULL), STATUS_OK);
	path_lock_release(&lock);
	assert_int_equal(path_make_dir(path, &err), STATUS_CANNOT_CREATE);
	assert_non_null(strstr(err.text, "below"));
	free(file);
	free(path);
}

/* What a second process gets for the lock. */
static enum status
try_elsewhere(const char *path)
{
	int code;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct path_lock lock;

		_exit((int)path_lock_try(&lock, path, NULL));
	}
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_true(WIFEXITED(code));
	return (enum status)WEXITSTATUS(code);
}

static void
test_lock_keeps_others_out(void **state)
{
	char *path = mem_printf("%s/lock", directory);
	struct path_lock lock;
	struct stat st;

	(void)state;
	assert_int_equal(path_lock_try(&lock, path, NULL), STATUS_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(try_elsewhere(path), STATUS_AGAIN);
	path_lock_release(&lock);
	path_lock_release(&lock);
	assert_int_equal(try_elsewhere(path), STATUS_OK);
	free(path);
}

static void
test_lock_ends_with_its_process(void **state)
{
	char *path = mem_printf("%s/lock", directory);
	int ready[2], code;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct path_lock lock;

		if (path_lock_try(&lock, path, NULL) != STATUS_OK || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(2);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(try_elsewhere(path), STATUS_AGAIN);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(try_elsewhere(path), STATUS_OK);
	close(ready[0]);
	free(path);
}

static void
test_lock_does_not_follow_a_link(void **state)
{
	char *path = mem_printf("%s/lock", directory);
	struct path_lock lock;

	(void)state;
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(path_lock_try(&lock, path, NULL), STATUS_CANNOT_CREATE);
	free(path);
}

int
main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
	    IN_DIRECTORY(test_make_dir),
	    IN_DIRECTORY(test_make_dir_under_a_file),
	    IN_DIRECTORY(test_lock_keeps_others_out),
	    IN_DIRECTORY(test_lock_ends_with_its_process),
	    IN_DIRECTORY(test_lock_does_not_follow_a_link),
	    cmocka_unit_test(test_data_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
