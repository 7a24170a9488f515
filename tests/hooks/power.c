/*
 * Power cuts. With TERN_TEST_POWER=1 SQLite's writes go through a layer that remembers what stood
 * where they went until a sync; where the process is killed at a boundary, what was not synced is
 * put back as it was, so that the next one finds what a disk would have. With TERN_TEST_POWER=exit
 * the power also goes at the moment at which a command ends well, before its database is closed in
 * order.
 *
 * Only where no other process has the database open: the others would see it change.
 */
#include "hooks.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* What a write or a cut took away. */
struct undo {
	struct undo *older;
	char *path;
	sqlite3_int64 offset;
	sqlite3_int64 size; /* of the file, before */
	int length;
	unsigned char *bytes;
};

struct power_file {
	sqlite3_file base;
	char *path;         /* NULL: a temporary one, which needs no undoing */
	sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs power_vfs;
static sqlite3_vfs *real_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct undo *newest;

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return ((struct power_file *)file)->real;
}

static void
undo_free(struct undo *undo)
{
	free(undo->path);
	free(undo->bytes);
	free(undo);
}

/* Keeps what stands in [offset, offset + length) of the file. */
static int
remember(struct power_file *file, sqlite3_int64 offset, sqlite3_int64 length)
{
	struct undo *undo;
	int code;

	if (!file->path)
		return SQLITE_OK;
	undo = mem_zalloc(1, sizeof *undo);
	undo->path = mem_strdup(file->path);
	undo->offset = offset;
	code = file->real->pMethods->xFileSize(file->real, &undo->size);
	if (offset + length > undo->size)
		length = undo->size > offset ? undo->size - offset : 0;
	undo->length = (int)length;
	undo->bytes = mem_zalloc((size_t)length + 1, 1);
	if (code == SQLITE_OK && length > 0)
		code = file->real->pMethods->xRead(file->real, undo->bytes, undo->length, offset);
	if (code != SQLITE_OK) {
		undo_free(undo);
		return code;
	}
	pthread_mutex_lock(&lock);
	undo->older = newest;
	newest = undo;
	pthread_mutex_unlock(&lock);
	return SQLITE_OK;
}

static void
forget(const char *path)
{
	struct undo **link = &newest, *undo;

	pthread_mutex_lock(&lock);
	while ((undo = *link)) {
		if (strcmp(undo->path, path) != 0) {
			link = &undo->older;
			continue;
		}
		*link = undo->older;
		undo_free(undo);
	}
	pthread_mutex_unlock(&lock);
}

void
power_cut(void)
{
	if (!real_vfs)
		return;
	pthread_mutex_lock(&lock);
	for (struct undo *undo = newest; undo; undo = undo->older) {
		int fd = open(undo->path, O_RDWR | O_CLOEXEC);

		/* One that is gone was deleted, which is as good. */
		if (fd < 0)
			continue;
		if (pwrite(fd, undo->bytes, (size_t)undo->length, undo->offset) != undo->length ||
		    ftruncate(fd, undo->size) != 0)
			abort();
		close(fd);
	}
}

/* ---- files ---- */

static int
power_close(sqlite3_file *file)
{
	struct power_file *power = (struct power_file *)file;
	int code = power->real->pMethods->xClose(power->real);

	free(power->path);
	return code;
}

static int
power_read(sqlite3_file *file, void *to, int length, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), to, length, offset);
}

static int
power_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 offset)
{
	int code = remember((struct power_file *)file, offset, length);

	if (code != SQLITE_OK)
		return code;
	return real_of(file)->pMethods->xWrite(real_of(file), from, length, offset);
}

static int
power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_int64 now = 0;
	int code = real_of(file)->pMethods->xFileSize(real_of(file), &now);

	if (code == SQLITE_OK && now > size)
		code = remember((struct power_file *)file, size, now - size);
	if (code != SQLITE_OK)
		return code;
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int
power_sync(sqlite3_file *file, int flags)
{
	struct power_file *power = (struct power_file *)file;
	int code = power->real->pMethods->xSync(power->real, flags);

	if (code == SQLITE_OK && power->path)
		forget(power->path);
	return code;
}

static int
power_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int
power_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int
power_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int
power_check_lock(sqlite3_file *file, int *locked)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), locked);
}

static int
power_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int
power_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
power_character(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int
power_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, at);
}

static int
power_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void
power_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int
power_shm_unmap(sqlite3_file *file, int delete)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

/* Version 2: WAL, but no mapping of the file itself, whose writes nobody would see. */
static const sqlite3_io_methods methods = {2, power_close, power_read, power_write, power_truncate,
    power_sync, power_file_size, power_lock, power_unlock, power_check_lock, power_control,
    power_sector_size, power_character, power_shm_map, power_shm_lock, power_shm_barrier,
    power_shm_unmap, NULL, NULL};

static int
power_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
	struct power_file *power = (struct power_file *)file;
	int code;

	(void)vfs;
	*power = (struct power_file){.real = (sqlite3_file *)(power + 1)};
	code = real_vfs->xOpen(real_vfs, path, power->real, flags, out);
	if (!power->real->pMethods)
		return code;
	power->base.pMethods = &methods;
	power->path = path ? mem_strdup(path) : NULL;
	return code;
}

/* ---- from the start to the end of the process ---- */

int __real_sqlite3_close(sqlite3 *db);
int __wrap_sqlite3_close(sqlite3 *db);

static bool
cuts_at_exit(void)
{
	const char *how = getenv("TERN_TEST_POWER");

	return how && strcmp(how, "exit") == 0;
}

/* The last one to close would bring all to the disk: they stay open, and known, so that
 * LeakSanitizer does not take them for lost. */
int
__wrap_sqlite3_close(sqlite3 *db)
{
	static sqlite3 *open[8];
	static size_t count;

	if (!cuts_at_exit())
		return __real_sqlite3_close(db);
	if (count < sizeof open / sizeof *open)
		open[count++] = db;
	return SQLITE_OK;
}

static void __attribute__((destructor)) at_exit(void)
{
	if (cuts_at_exit())
		power_cut();
}

static void __attribute__((constructor)) at_start(void)
{
	if (!getenv("TERN_TEST_POWER"))
		return;
	real_vfs = sqlite3_vfs_find(NULL);
	power_vfs = *real_vfs;
	power_vfs.zName = "power";
	power_vfs.szOsFile = (int)sizeof(struct power_file) + real_vfs->szOsFile;
	power_vfs.pNext = NULL;
	power_vfs.xOpen = power_open;
	sqlite3_vfs_register(&power_vfs, 1);
}
