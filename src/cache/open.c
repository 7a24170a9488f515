#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cache/internal.h"

/* Makes the file, mode 0600, before SQLite sees it. One that is there is not opened: closing it
 * would drop the locks this process may hold on it. */
static enum status
make_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return error_set(err, STATUS_CANNOT_CREATE, "cannot make the cache %s: %s", path,
		    strerror(errno));
	return STATUS_OK;
}

static enum status
find_file(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return error_set(err, STATUS_NOT_FOUND, "there is no cache %s", path);
		return error_set(
		    err, STATUS_IO, "cannot use the cache %s: %s", path, strerror(errno));
	}
	if (!S_ISREG(st.st_mode))
		return error_set(
		    err, STATUS_CONFIG, "%s is a directory or a device, and no tern cache", path);
	return STATUS_OK;
}

static enum status
connect(struct cache *cache, const char *name, int flags, struct error *err)
{
	int code = sqlite3_open_v2(
	    name, &cache->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (code != SQLITE_OK)
		return cache_fail(cache, code, err);
	sqlite3_busy_timeout(cache->db, CACHE_BUSY_MS);
	sqlite3_wal_autocheckpoint(cache->db, CACHE_WAL_PAGES);
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* What is deleted is wiped from the file. */
	return cache_exec(cache, "PRAGMA secure_delete = ON", err);
}

static void
disconnect(struct cache *cache)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(cache->statements[i]);
		cache->statements[i] = NULL;
	}
	sqlite3_close(cache->db);
	cache->db = NULL;
}

/* A file: URI that names path for an immutable database. The caller frees. */
static char *
immutable_uri(const char *path)
{
	static const char plain[] = "/._-@";
	struct buf uri;

	buf_init(&uri, 3 * strlen(path) + 100);
	buf_add_string(&uri, "file:");
	for (const char *p = path; *p; p++) {
		bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');

		if (letter || (*p >= '0' && *p <= '9') || strchr(plain, *p))
			buf_add_char(&uri, *p);
		else
			buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*p);
	}
	buf_add_string(&uri, "?immutable=1");
	return buf_take(&uri);
}

/* True where nothing waits in the write-ahead log: then the file alone is the whole database. */
static bool
wal_is_empty(const char *path)
{
	char *wal = mem_printf("%s-wal", path);
	struct stat st;
	bool empty = stat(wal, &st) == 0 ? st.st_size == 0 : errno == ENOENT;

	free(wal);
	return empty;
}

/*
 * In a directory that can't be written SQLite cannot make the files beside a database that the
 * WAL needs. Nobody else can there, either: so the file will not change while it is read.
 */
static enum status
open_unwritable(struct cache *cache, struct error *err)
{
	char *uri;
	enum status status;

	disconnect(cache);
	uri = immutable_uri(cache->path);
	status = connect(cache, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	free(uri);
	return status == STATUS_OK ? cache_schema_open(cache, err) : status;
}

static bool
directory_is_writable(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	bool writable = faccessat(AT_FDCWD, directory, W_OK, AT_EACCESS) == 0;

	free(directory);
	return writable;
}

enum status
cache_open(struct cache **cache, const char *path, enum cache_open_mode mode, struct error *err)
{
	struct cache *made;
	enum status status = mode == CACHE_CREATE ? make_file(path, err) : STATUS_OK;

	if (status == STATUS_OK)
		status = find_file(path, err);
	if (status != STATUS_OK)
		return status;
	made = mem_zalloc(1, sizeof *made);
	made->path = mem_strdup(path);
	made->synchronous = -1;
	status = connect(made, path, SQLITE_OPEN_READWRITE, err);
	if (status == STATUS_OK)
		status = cache_schema_open(made, err);
	if (status == STATUS_IO && !directory_is_writable(path) && wal_is_empty(path))
		status = open_unwritable(made, err);
	if (status != STATUS_OK) {
		cache_close(made);
		return status;
	}
	*cache = made;
	return STATUS_OK;
}

void
cache_close(struct cache *cache)
{
	if (!cache)
		return;
	disconnect(cache);
	free(cache->path);
	free(cache);
}

const char *
cache_path(const struct cache *cache)
{
	return cache->path;
}

int64_t
cache_data_version(struct cache *cache)
{
	sqlite3_stmt *statement;
	int64_t version = 0;
	bool row;

	if (cache_find(cache, SQL_DATA_VERSION, NO_VALUES, &statement, &row, NULL) != STATUS_OK)
		return -1;
	if (row)
		version = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return version;
}
