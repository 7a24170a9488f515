/* Handing messages on (client.h): what counts as handed on, and what is handed on again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/timeu.h"
#include "cache/cache.h"
#include "client/client.h"

struct story {
	char *directory;
	struct client *client;
	struct buf told;          /* "1 2* |": ids handed on, * repeated, | flushed */
	int64_t fails_at;         /* msg_id */
	enum status hand_status;  /* what handing it on comes to */
	enum status flush_status; /* what flushing comes to */
	int64_t handed;
};

static void
store(struct story *s, int64_t first, int64_t last)
{
	char *path = mem_printf("%s/tern/alice@x.db", s->directory);
	struct message messages[16];
	const struct cache_page page = {
	    "bob@x", {first, last}, 1, last, messages, (size_t)(last - first + 1), NULL, 0};
	struct cache *cache;
	enum cache_applied applied;
	struct error err;

	for (int64_t id = first; id <= last; id++)
		messages[id - first] = (struct message){.conversation = "bob@x",
		    .msg_id = id,
		    .from = id == 3 ? "alice@x" : "bob@x",
		    .time = 1,
		    .stamp = id,
		    .type = "text",
		    .text = "hello"};
	assert_int_equal(cache_open(&cache, path, CACHE_EXISTING, &err), STATUS_OK);
	assert_int_equal(
	    cache_store_pages(cache, "AAAAAAAAAAA", &page, 1, &applied, &err), STATUS_OK);
	cache_close(cache);
	free(path);
}

/* An account on a server that is down (port 1 of this machine), with the messages 1 to 5. */
static int
begin(void **state)
{
	static char server[] = "http://127.0.0.1:1", device[] = "test", token[] = "t";
	const struct cache_account account = {.address = {"alice@x"},
	    .server = server,
	    .device = device,
	    .token = token,
	    .device_id = 1};
	const struct client_config config = {.stop_fd = -1};
	struct story *s = mem_zalloc(1, sizeof *s);
	const char *temporary = getenv("TMPDIR");
	struct cache *cache;
	struct error err;
	char *path;

	s->directory = mem_printf("%s/tern-recv-XXXXXX", temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(s->directory));
	setenv("XDG_DATA_HOME", s->directory, 1);
	path = mem_printf("%s/tern", s->directory);
	assert_int_equal(path_make_dir(path, &err), STATUS_OK);
	free(path);
	path = mem_printf("%s/tern/alice@x.db", s->directory);
	assert_int_equal(cache_open(&cache, path, CACHE_CREATE, &err), STATUS_OK);
	assert_int_equal(cache_account_set(cache, &account, &err), STATUS_OK);
	cache_close(cache);
	free(path);
	store(s, 1, 5);
	assert_int_equal(client_open(&s->client, &config, &err), STATUS_OK);
	buf_init(&s->told, 10000);
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct story *s = *state;
	char *path = mem_printf("%s/tern", s->directory);
	struct dirent *entry;
	DIR *dir;

	client_close(s->client);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		char *file = mem_printf("%s/%s", path, entry->d_name);

		unlink(file);
		free(file);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
	rmdir(s->directory);
	free(path);
	free(s->directory);
	buf_finish(&s->told);
	free(s);
	return 0;
}

static enum status
hand(void *arg, const struct message *message, bool repeated)
{
	struct story *s = arg;

	if (message->msg_id == s->fails_at)
		return s->hand_status;
	buf_printf(&s->told, "%d%s ", (int)message->msg_id, repeated ? "*" : "");
	return STATUS_OK;
}

static enum status
flush(void *arg)
{
	struct story *s = arg;

	buf_add_string(&s->told, "|");
	return s->flush_status;
}

/* Receives so many (0: all there are); what was handed on is `want`. */
static void
assert_receives(struct story *s, int64_t count, bool own, enum status status, const char *want)
{
	const struct client_recv recv = {
	    .own = own,
	    .count = count,
	    .deadline = INT64_MAX,
	    .hand = hand,
	    .flush = flush,
	    .arg = s,
	};
	struct error err = {.text = ""};
	enum status got;

	buf_clear(&s->told);
	got = client_recv(s->client, &recv, &s->handed, &err);
	if (got != status)
		fail_msg("%d and not %d: %s", got, status, err.text);
	assert_string_equal(buf_string(&s->told), want);
}

static void
each_is_handed_on_once(void **state)
{
	struct story *s = *state;

	assert_receives(s, 2, false, STATUS_OK, "1 2 |");
	assert_int_equal(s->handed, 2);
	assert_receives(s, 2, false, STATUS_OK, "4 5 |"); /* 3 is an own one */
	/* What the cache has comes first; then that the server is down is told. */
	store(*state, 6, 6);
	assert_receives(s, 0, false, STATUS_UNAVAILABLE, "6 |");
	assert_receives(s, 0, false, STATUS_UNAVAILABLE, "");
}

static void
own_ones_on_demand(void **state)
{
	assert_receives(*state, 4, true, STATUS_OK, "1 2 3 4 |");
}

static void
flush_that_fails_hands_nothing_on(void **state)
{
	static const enum status failures[] = {STATUS_IO, STATUS_AGAIN, STATUS_INTERNAL};
	struct story *s = *state;

	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		s->flush_status = failures[i];
		assert_receives(s, 2, false, failures[i], i ? "1* 2* |" : "1 2 |");
	}
	s->flush_status = STATUS_OK;
	assert_receives(s, 2, false, STATUS_OK, "1* 2* |");
}

static void
those_before_a_failure_are_through(void **state)
{
	struct story *s = *state;

	s->fails_at = 2;
	s->hand_status = STATUS_NOT_FOUND; /* a command that failed */
	assert_receives(s, 0, false, STATUS_NOT_FOUND, "1 |");
	assert_int_equal(s->handed, 1);
	s->fails_at = 4;
	s->hand_status = STATUS_IO;
	assert_receives(s, 0, false, STATUS_IO, "2* |");
	s->fails_at = 0;
	assert_receives(s, 2, false, STATUS_OK, "4* 5* |");
}

static void
failure_and_a_failed_flush_hand_nothing_on(void **state)
{
	struct story *s = *state;

	s->fails_at = 2;
	s->hand_status = STATUS_IO;
	s->flush_status = STATUS_IO;
	assert_receives(s, 0, false, STATUS_IO, "1 |");
	s->fails_at = 0;
	s->flush_status = STATUS_OK;
	assert_receives(s, 1, false, STATUS_OK, "1* |");
}

int
main(void)
{
#define STORY(test) cmocka_unit_test_setup_teardown(test, begin, end)
	static const struct CMUnitTest tests[] = {
	    STORY(each_is_handed_on_once),
	    STORY(own_ones_on_demand),
	    STORY(flush_that_fails_hands_nothing_on),
	    STORY(those_before_a_failure_are_through),
	    STORY(failure_and_a_failed_flush_hand_nothing_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
