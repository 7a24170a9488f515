#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* A directory below the one that a variable names, or below a place in HOME. False without either.
 */
static bool
xdg_dir(char **path, const char *variable, const char *below_home)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	if (base && base[0] == '/')
		*path = mem_printf("%s/tern", base);
	else if (home && home[0] == '/')
		*path = mem_printf("%s/%s/tern", home, below_home);
	else
		return false;
	return true;
}

enum status
path_data_dir(char **path, struct error *err)
{
	if (xdg_dir(path, "XDG_DATA_HOME", ".local/share"))
		return STATUS_OK;
	return error_set(err, STATUS_CONFIG,
	    "no place for tern's data: set HOME or XDG_DATA_HOME to an absolute path");
}

enum status
path_config_dir(char **path, struct error *err)
{
	if (xdg_dir(path, "XDG_CONFIG_HOME", ".config"))
		return STATUS_OK;
	return error_set(err, STATUS_CONFIG,
	    "no place for tern's configuration: set HOME or XDG_CONFIG_HOME to an absolute path");
}

/* 0, or an errno. That something is there already is no success unless it is a directory. */
static int
make_one(const char *path)
{
	struct stat st;
	int wrong = mkdir(path, 0700) == 0 ? 0 : errno;

	return wrong && stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : wrong;
}

enum status
path_make_dir(const char *path, struct error *err)
{
	char *copy = mem_strdup(path);
	enum status status = STATUS_OK;

	for (char *p = copy + (*copy == '/'); status == STATUS_OK; p++) {
		char end = *p;
		int wrong;

		if (end != '/' && end != '\0')
			continue;
		*p = '\0';
		if ((wrong = make_one(copy)))
			status = error_set(err, STATUS_CANNOT_CREATE,
			    "cannot make the directory %s: %s", copy, strerror(wrong));
		*p = end;
		if (end == '\0')
			break;
	}
	free(copy);
	return status;
}

/* The disk is what failed, not the path that was asked for. */
static bool
is_disk(int wrong)
{
	return wrong == EIO || wrong == EROFS || wrong == ENOSPC || wrong == EDQUOT;
}

enum status
path_lock_try(struct path_lock *lock, const char *path, struct error *err)
{
	int saved;

	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd < 0)
		return error_set(err, is_disk(errno) ? STATUS_IO : STATUS_CANNOT_CREATE,
		    "cannot open the lock %s: %s", path, strerror(errno));
	if (flock(lock->fd, LOCK_EX | LOCK_NB) == 0)
		return STATUS_OK;
	saved = errno;
	path_lock_release(lock);
	if (saved == EWOULDBLOCK)
		return error_set(err, STATUS_AGAIN, "%s is held by another process", path);
	return error_set(err, STATUS_IO, "cannot lock %s: %s", path, strerror(saved));
}

enum status
path_lock_beside(struct path_lock *lock, const char *path, const char *what, struct error *err)
{
	char *file = mem_printf("%s-%s", path, what);
	enum status status = path_lock_try(lock, file, err);

	free(file);
	return status;
}

void
path_lock_release(struct path_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
