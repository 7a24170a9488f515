/* Paths and files of the user's: the XDG directories, locks, safe creation. */
#ifndef TERN_BASE_PATH_H
#define TERN_BASE_PATH_H

#include "base/status.h"

/*
 * The directory for tern's data: $XDG_DATA_HOME/tern, or ~/.local/share/tern. *path is the
 * caller's to free. CONFIG where neither variable is an absolute path.
 */
enum status path_data_dir(char **path, struct error *err);

/* The directory for tern's configuration: $XDG_CONFIG_HOME/tern, or ~/.config/tern. Likewise. */
enum status path_config_dir(char **path, struct error *err);

/* Makes directory path and its parents, mode 0700. CANNOT_CREATE. */
enum status path_make_dir(const char *path, struct error *err);

/* A lock on a whole file that ends with the process, whatever ends it. */
struct path_lock {
	int fd; /* -1: not held */
};

/*
 * Takes the lock on the file at path (made, mode 0600, where missing) without waiting. The file
 * is never removed. AGAIN where another holds it, CANNOT_CREATE or IO where it can't be opened.
 */
enum status path_lock_try(struct path_lock *lock, const char *path, struct error *err);

/* path_lock_try() on a file beside `path`: its name is path, '-' and what. */
enum status
path_lock_beside(struct path_lock *lock, const char *path, const char *what, struct error *err);

/* Gives the lock up; harmless where it is not held. */
void path_lock_release(struct path_lock *lock);

#endif
