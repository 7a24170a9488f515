#include "client/watch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"

/* Milliseconds between looks after a wake-up; the last one goes on for ever. */
static const int distances[] = {1, 3, 10, 30, 250};
enum {
	LAST = sizeof distances / sizeof distances[0] - 1,
	WITHOUT_MS = 20, /* between looks where nothing wakes */
};

static int64_t
distance(const struct watch *watch)
{
	return (watch->fd < 0 ? WITHOUT_MS : distances[watch->step]) * TIME_MS;
}

void
watch_init(struct watch *watch, struct cache *cache)
{
	*watch = (struct watch){.cache = cache, .fd = -1, .step = LAST};
	watch->version = cache_data_version(cache);
	watch->next = time_mono() + distance(watch);
}

void
watch_follow(struct watch *watch)
{
	char *wal;

	if (watch->fd >= 0)
		return;
	wal = mem_printf("%s-wal", cache_path(watch->cache));
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd >= 0 && inotify_add_watch(watch->fd, wal, IN_MODIFY) < 0)
		watch_finish(watch);
	free(wal);
}

void
watch_finish(struct watch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}

int64_t
watch_due(const struct watch *watch)
{
	return watch->next;
}

static void
drain(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof events) > 0)
		continue;
}

bool
watch_look(struct watch *watch, bool readable)
{
	int64_t now = time_mono();
	int64_t version;

	if (readable) {
		drain(watch->fd);
		watch->step = 0;
	} else if (now < watch->next) {
		return false;
	} else if (watch->step < LAST) {
		watch->step++;
	}
	watch->next = now + distance(watch);
	version = cache_data_version(watch->cache);
	if (version == watch->version)
		return false;
	watch->version = version;
	return true;
}
