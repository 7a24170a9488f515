/* Boundaries, and those at the commits of writing transactions: client and server. */
#include "hooks.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static atomic_long passed;
static atomic_long ended;

long
commits_ended(void)
{
	return atomic_load(&ended);
}

long
setting(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : otherwise;
}

/* One write of a whole line, so that threads do not mix theirs. */
static void
note(const char *name)
{
	const char *path = getenv("TERN_TEST_PASSED");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
	char *line;

	if (fd < 0)
		return;
	line = mem_printf("%s\n", name);
	if (write(fd, line, strlen(line)) < 0)
		abort();
	free(line);
	close(fd);
}

void
boundary(const char *name)
{
	long number = atomic_fetch_add(&passed, 1) + 1;

	note(name);
	if (number != setting("TERN_TEST_KILL", 0))
		return;
	power_cut();
	kill(getpid(), SIGKILL);
}

/* ---- commits ---- */

int __real_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement);
int __real_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *arg, int count, char **values, char **names), void *arg, char **why);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *arg, int count, char **values, char **names), void *arg, char **why);

static bool
commits(sqlite3 *db, const char *sql)
{
	return strcmp(sql, "COMMIT") == 0 && sqlite3_txn_state(db, NULL) == SQLITE_TXN_WRITE;
}

int
__wrap_sqlite3_step(sqlite3_stmt *statement)
{
	bool commit = commits(sqlite3_db_handle(statement), sqlite3_sql(statement));
	int code;

	if (commit)
		boundary("before commit");
	code = __real_sqlite3_step(statement);
	if (commit && code == SQLITE_DONE)
		boundary("after commit");
	ended += commit;
	return code;
}

int
__wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *arg, int count, char **values, char **names), void *arg, char **why)
{
	bool commit = commits(db, sql);
	int code;

	if (commit)
		boundary("before commit");
	code = __real_sqlite3_exec(db, sql, row, arg, why);
	if (commit && code == SQLITE_OK)
		boundary("after commit");
	ended += commit;
	return code;
}
