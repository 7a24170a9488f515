/*
 * The server: a boundary where an answer leaves. With TERN_TEST_SERIAL=1 what a clock decides is
 * decided otherwise: acknowledgements are saved as they come, and checkpoints are left to the size
 * of the log.
 */
#include "hooks.h"

#include <sched.h>
#include <sqlite3.h>

#include "acks.h"
#include "base/timeu.h"
#include "pusher.h"
#include "reply.h"

void
__real_ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks);
void
__wrap_ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks);
bool __real_reply_send(struct bufferevent *bev, const char *head, size_t length, struct buf *body);
bool __wrap_reply_send(struct bufferevent *bev, const char *head, size_t length, struct buf *body);
struct pusher *__real_pusher_create(struct server *server);
struct pusher *__wrap_pusher_create(struct server *server);
int __real_sqlite3_wal_checkpoint_v2(
    sqlite3 *db, const char *name, int mode, int *log, int *checkpointed);
int __wrap_sqlite3_wal_checkpoint_v2(
    sqlite3 *db, const char *name, int mode, int *log, int *checkpointed);

/* Waits for the writer to end a transaction after `before`; not for ever, for it may fail before it
 * commits. */
static void
wait_for_commit(long before)
{
	int64_t deadline = time_mono() + 100 * TIME_MS;

	while (commits_ended() == before && time_mono() < deadline)
		sched_yield();
}

void
__wrap_ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks)
{
	long before = commits_ended();

	__real_ack_saver_add(saver, caller, acks);
	if (!setting("TERN_TEST_SERIAL", 0) || !acks->count)
		return;
	ack_saver_flush(saver);
	wait_for_commit(before);
}

/* It has something to look for each time that the server starts. */
struct pusher *
__wrap_pusher_create(struct server *server)
{
	long before = commits_ended();
	struct pusher *pusher = __real_pusher_create(server);

	if (setting("TERN_TEST_SERIAL", 0))
		wait_for_commit(before);
	return pusher;
}

bool
__wrap_reply_send(struct bufferevent *bev, const char *head, size_t length, struct buf *body)
{
	boundary("before answer");
	return __real_reply_send(bev, head, length, body);
}

int
__wrap_sqlite3_wal_checkpoint_v2(
    sqlite3 *db, const char *name, int mode, int *log, int *checkpointed)
{
	if (setting("TERN_TEST_SERIAL", 0))
		return SQLITE_OK;
	return __real_sqlite3_wal_checkpoint_v2(db, name, mode, log, checkpointed);
}
