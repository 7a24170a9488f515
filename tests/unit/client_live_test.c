/* The engine at work while somebody types (client/chat.h), against a scripted server. */
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

#include "base/mem.h"
#include "base/path.h"
#include "base/timeu.h"
#include "client/chat.h"
#include "client/internal.h"
#include "net/fake.h"

#include "quotes.h"

#define G   "'generation':'AAAAAAAAAAA'"
#define BOB "bob@x"

struct story {
	char *directory;
	char *path;
	struct client *client;
	struct fake *fake; /* of the last transport that was made */
	int transports;
	int input[2]; /* a pipe */
	char typed[100];
	bool interrupts; /* what is typed */
	struct client_live live;
	bool changed;
	int wakes; /* of the last until() */
};

static struct story *story; /* for what has no argument */

static enum status
make_fake(struct transport **transport, const char *server, struct error *err)
{
	(void)server;
	(void)err;
	story->fake = fake_create();
	story->transports++;
	*transport = fake_transport(story->fake);
	return STATUS_OK;
}

static void
on_input(void *arg)
{
	struct story *s = arg;
	ssize_t n = read(s->input[0], s->typed, sizeof s->typed - 1);

	s->typed[n > 0 ? n : 0] = '\0';
	if (n == 0)
		snprintf(s->typed, sizeof s->typed, "the end");
	if (s->interrupts)
		client_interrupt(s->client);
}

/* Another process' connection to the same cache; cache_close() it. */
static struct cache *
open_cache(struct story *s)
{
	struct cache *cache;
	struct error err;

	if (cache_open(&cache, s->path, CACHE_CREATE, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return cache;
}

/* Another process logs in, or out (NULL). */
static void
log_in(struct story *s, const char *token)
{
	char server[] = "http://x", device[] = "test", buffer[20] = "";
	const struct cache_account account = {.address = {"alice@x"},
	    .server = server,
	    .device = device,
	    .token = token ? buffer : NULL,
	    .device_id = 1};
	struct cache *cache = open_cache(s);
	struct error err;

	snprintf(buffer, sizeof buffer, "%s", token ? token : "");
	assert_int_equal(cache_account_set(cache, &account, &err), STATUS_OK);
	cache_close(cache);
}

static int
begin(void **state)
{
	struct story *s = story = mem_zalloc(1, sizeof *s);
	struct client_config config = {.stop_fd = -1, .input = on_input, .arg = s};
	const char *temporary = getenv("TMPDIR");
	struct error err;
	char *path;

	s->directory = mem_printf("%s/tern-live-XXXXXX", temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(s->directory));
	setenv("XDG_DATA_HOME", s->directory, 1);
	path = mem_printf("%s/tern", s->directory);
	assert_int_equal(path_make_dir(path, &err), STATUS_OK);
	free(path);
	s->path = mem_printf("%s/tern/alice@x.db", s->directory);
	log_in(s, "the-token");
	assert_int_equal(pipe(s->input), 0);
	config.input_fd = s->input[0];
	assert_int_equal(client_open(&s->client, &config, &err), STATUS_OK);
	s->client->connect = make_fake;
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
	free(s->path);
	free(s->directory);
	close(s->input[0]);
	if (s->input[1] >= 0)
		close(s->input[1]);
	free(s);
	return 0;
}

/* ---- the server, and the loop ---- */

static void
answers(struct story *s, enum method_id method, const char *json)
{
	char *body = quoted(json);

	fake_answer(s->fake, method, 200, body);
	free(body);
}

#define ASKED(s, method) ((int)fake_request_count((s)->fake, method))

static void
start(struct story *s)
{
	struct error err;

	if (client_live_start(s->client, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void
turn(struct story *s, int64_t deadline)
{
	struct error err;
	bool changed;

	if (client_live_wait(s->client, deadline, &changed, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	s->changed |= changed;
	s->wakes++;
	client_live_state(s->client, &s->live);
}

/* Waits until it holds; not for ever. */
#define UNTIL(s, condition) \
	for (int64_t limit = time_mono() + 10 * TIME_SECOND; !(condition);) { \
		if (time_mono() > limit) \
			fail_msg("never: %s", #condition); \
		turn(s, time_mono() + 20 * TIME_MS); \
	}

static void
send_text(struct story *s, const char *text)
{
	struct client_message message = {.to = {BOB}, .text = text};
	struct error err;

	if (client_live_send(s->client, &message, 1, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

/* Answers the send that is under way with that msg_id. */
static void
takes(struct story *s, int nth, int msg_id)
{
	const char *request = fake_request(s->fake, METHOD_SEND, (size_t)nth);
	const char *key;
	char *json;

	assert_non_null(request);
	key = strstr(request, "\"key\":\"");
	assert_non_null(key);
	json = mem_printf("{" G ",'results':[{'key':'%.36s','conversation':'bob@x','msg_id':%d,"
	                  "'time':1,'stamp':%d}]}",
	    key + 7, msg_id, 10 + msg_id);
	answers(s, METHOD_SEND, json);
	free(json);
}

static int
count_messages(struct story *s)
{
	struct client_status status;
	struct error err;

	assert_int_equal(client_status(s->client, &status, &err), STATUS_OK);
	return (int)status.messages;
}

/* Online: the lists are there, and the line is held. */
static void
go_up(struct story *s)
{
	start(s);
	turn(s, 0);
	assert_int_equal(s->live.link, CLIENT_CONNECTING);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	UNTIL(s, s->live.link == CLIENT_UP);
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 1);
	assert_int_equal(ASKED(s, METHOD_LOGIN_SYNC), 1);
}

/* ---- tests ---- */

static void
comes_up_and_tells_what_comes(void **state)
{
	struct story *s = *state;

	client_live_state(s->client, &s->live);
	assert_int_equal(s->live.link, CLIENT_CONNECTING);
	go_up(s);
	UNTIL(s, !s->live.loading);
	s->changed = false;
	answers(s, METHOD_EVENTS,
	    "{" G ",'from':5,'to':7,'events':[{'event':'message','conversation':'bob@x',"
	    "'msg_id':1,'from':'bob@x','time':1,'stamp':7,'type':'text','text':'hi'}]}");
	UNTIL(s, s->changed);
	assert_int_equal(count_messages(s), 1);
	assert_true(s->live.traffic.requests >= 2);
	/* Nothing happens: it sleeps to the deadline, and tells of nothing. */
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
	s->changed = false;
	s->wakes = 0;
	turn(s, time_mono() + 50 * TIME_MS);
	assert_false(s->changed);
	assert_int_equal(s->wakes, 1);
}

static void
server_that_is_away_is_told_and_tried(void **state)
{
	struct story *s = *state;

	start(s);
	fake_cut(s->fake, METHOD_LOGIN_SYNC, false);
	UNTIL(s, s->live.link == CLIENT_DOWN);
	assert_true(strlen(s->live.why) > 10);
	assert_true(s->live.next_try > 0);
	assert_true(s->live.next_try < time_mono() + 16 * TIME_SECOND);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	UNTIL(s, s->live.link == CLIENT_UP);
	assert_string_equal(s->live.why, "");
	/* It dies: the poll fails, and a login-sync finds out when it is back. */
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 1);
	fake_cut(s->fake, METHOD_EVENTS, true);
	UNTIL(s, s->live.link == CLIENT_DOWN);
	UNTIL(s, ASKED(s, METHOD_LOGIN_SYNC) == 3);
	assert_int_equal(ASKED(s, METHOD_EVENTS), 1);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':5}");
	UNTIL(s, s->live.link == CLIENT_UP);
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 2);
}

/* Lets tries fail until the next is more than a second away. */
static void
fail_long(struct story *s)
{
	int tries = ASKED(s, METHOD_LOGIN_SYNC);

	for (int i = 0; i < 5; i++) {
		fake_cut(s->fake, METHOD_LOGIN_SYNC, false);
		client_live_retry(s->client);
		UNTIL(s, ASKED(s, METHOD_LOGIN_SYNC) == tries + i + 1);
		UNTIL(s, s->live.next_try > 0);
	}
	assert_true(s->live.next_try > time_mono() + TIME_SECOND);
}

static void
sends_at_once_whatever_the_delay_is(void **state)
{
	struct story *s = *state;

	start(s);
	fail_long(s);
	s->changed = false;
	send_text(s, "hello");
	turn(s, INT64_MAX);
	assert_true(s->changed);
	assert_int_equal(s->live.queued, 1);
	UNTIL(s, ASKED(s, METHOD_SEND) == 1 && ASKED(s, METHOD_LOGIN_SYNC) == 6);
	UNTIL(s, s->live.doubt == 1);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	UNTIL(s, s->live.link == CLIENT_UP);
	takes(s, 0, 1);
	UNTIL(s, s->live.queued == 0);
	assert_int_equal(s->live.doubt, 0);
	assert_int_equal(count_messages(s), 1);
	/* Another one goes at once, too. */
	send_text(s, "again");
	UNTIL(s, ASKED(s, METHOD_SEND) == 2);
}

static void
input_is_served_while_it_waits(void **state)
{
	struct story *s = *state;
	struct address bob = {BOB};
	struct client_receipts receipts;
	struct error err;

	go_up(s);
	assert_int_equal(write(s->input[1], "a", 1), 1);
	UNTIL(s, s->typed[0]);
	assert_string_equal(s->typed, "a");
	/* In another call of the client, which the user gives up. */
	assert_int_equal(write(s->input[1], "b", 1), 1);
	s->interrupts = true;
	assert_int_equal(
	    client_receipts(s->client, &bob, 1, INT64_MAX, &receipts, &err), STATUS_AGAIN);
	assert_string_equal(s->typed, "b");
	assert_string_equal(err.text, "interrupted");
	/* Hung up, which is no byte to read. */
	s->interrupts = false;
	close(s->input[1]);
	s->input[1] = -1;
	turn(s, time_mono() + TIME_SECOND);
	assert_string_equal(s->typed, "the end");
}

static void
store_as_another(struct story *s, int64_t first, int64_t last)
{
	struct message messages[16];
	const struct cache_page page = {
	    BOB, {first, last}, 1, last, messages, (size_t)(last - first + 1), NULL, 0};
	struct cache *cache = open_cache(s);
	enum cache_applied applied;
	struct error err;

	for (int64_t id = first; id <= last; id++)
		messages[id - first] = (struct message){.conversation = BOB,
		    .msg_id = id,
		    .from = BOB,
		    .time = 1,
		    .stamp = id,
		    .type = "text",
		    .text = "hello"};
	assert_int_equal(
	    cache_store_pages(cache, "AAAAAAAAAAA", &page, 1, &applied, &err), STATUS_OK);
	assert_int_equal(applied, CACHE_APPLIED);
	cache_close(cache);
}

static void
others_changes_are_seen_whoever_waits(void **state)
{
	struct story *s = *state;
	struct address bob = {BOB};
	struct client_receipts receipts;
	int64_t at;
	struct error err;

	go_up(s);
	UNTIL(s, !s->live.loading);
	s->changed = false;
	store_as_another(s, 1, 3);
	at = time_mono();
	UNTIL(s, s->changed);
	assert_true(time_mono() - at < TIME_SECOND);
	/* Seen by a call in between: told by the next wait all the same. */
	s->changed = false;
	store_as_another(s, 4, 5);
	assert_int_equal(
	    client_receipts(s->client, &bob, 1, time_mono() + 300 * TIME_MS, &receipts, &err),
	    STATUS_AGAIN);
	turn(s, INT64_MAX);
	assert_true(s->changed);
	assert_int_equal(count_messages(s), 5);
}

static void
line_of_another_is_taken_over(void **state)
{
	struct story *s = *state;
	struct path_lock lock;
	struct error err;

	assert_int_equal(path_lock_beside(&lock, s->path, "line", &err), STATUS_OK);
	start(s);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	UNTIL(s, s->live.link == CLIENT_OTHER);
	path_lock_release(&lock);
	UNTIL(s, s->live.link == CLIENT_UP);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':5}");
	UNTIL(s, ASKED(s, METHOD_EVENTS) == 1);
}

static void
logged_out_reads_and_queues_and_comes_back(void **state)
{
	struct story *s = *state;

	go_up(s);
	fake_answer(s->fake, METHOD_EVENTS, 401,
	    "{\"error\":{\"code\":\"unauthorized\",\"text\":\"said the test\"}}");
	UNTIL(s, s->live.link == CLIENT_LOGGED_OUT);
	assert_non_null(strstr(s->live.why, "tern login"));
	assert_int_equal(s->transports, 1);
	send_text(s, "later");
	turn(s, 0);
	assert_int_equal(s->live.queued, 1);
	client_live_retry(s->client);
	/* Input is served, and the deadline kept. */
	assert_int_equal(write(s->input[1], "a", 1), 1);
	UNTIL(s, s->typed[0]);
	turn(s, time_mono() + 20 * TIME_MS);
	assert_int_equal(s->transports, 1);
	log_in(s, "another-token");
	UNTIL(s, s->transports == 2);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':5,'to':5}");
	UNTIL(s, s->live.link == CLIENT_UP);
	UNTIL(s, ASKED(s, METHOD_SEND) == 1);
	takes(s, 0, 1);
	UNTIL(s, s->live.queued == 0);
	assert_true(s->live.traffic.requests >= 4);
}

static void
nobody_logged_in(void **state)
{
	struct story *s = *state;
	struct client_live live;

	log_in(s, NULL);
	free(s->client->account.token);
	s->client->account.token = NULL;
	start(s);
	client_live_state(s->client, &live);
	assert_int_equal(live.link, CLIENT_LOGGED_OUT);
	assert_true(strlen(live.why) > 10);
	log_in(s, "the-token");
	UNTIL(s, s->live.link == CLIENT_CONNECTING);
}

static void
markers_are_told_together(void **state)
{
	struct story *s = *state;
	struct address bob = {BOB};
	struct error err;

	go_up(s);
	UNTIL(s, !s->live.loading);
	s->changed = false;
	store_as_another(s, 1, 9);
	UNTIL(s, s->changed);
	turn(s, 0);
	UNTIL(s, !s->live.loading);
	for (int64_t id = 1; id <= 9; id++) {
		assert_int_equal(client_live_read(s->client, &bob, id, &err), STATUS_OK);
		turn(s, 0);
	}
	assert_int_equal(ASKED(s, METHOD_READ), 0);
	assert_int_equal(client_live_read(s->client, &bob, 10, &err), STATUS_NOT_FOUND);
	UNTIL(s, ASKED(s, METHOD_READ) == 1);
	assert_non_null(strstr(fake_request(s->fake, METHOD_READ, 0), "9"));
}

/* A failure of long ago is none of a goal that is wanted now. */
static void
commands_work_after_a_failure(void **state)
{
	struct story *s = *state;
	struct error err;

	start(s);
	fail_long(s);
	answers(s, METHOD_LOGIN_SYNC, "{" G ",'from':0,'to':5}");
	if (client_login_sync(s->client, time_mono() + 5 * TIME_SECOND, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	UNTIL(s, s->live.link == CLIENT_UP);
}

static void
stopping_sends_what_is_left(void **state)
{
	struct story *s = *state;
	int64_t at;

	go_up(s);
	UNTIL(s, !s->live.loading);
	send_text(s, "bye");
	/* The server doesn't take it in time. */
	at = time_mono();
	client_live_stop(s->client, at + 50 * TIME_MS);
	assert_true(time_mono() - at >= 50 * TIME_MS);
	assert_int_equal(ASKED(s, METHOD_SEND), 1);
	takes(s, 0, 1);
	client_live_stop(s->client, time_mono() + 10 * TIME_SECOND);
	client_live_state(s->client, &s->live);
	assert_int_equal(s->live.queued, 0);
}

int
main(void)
{
#define STORY(test) cmocka_unit_test_setup_teardown(test, begin, end)
	static const struct CMUnitTest tests[] = {
	    STORY(comes_up_and_tells_what_comes),
	    STORY(server_that_is_away_is_told_and_tried),
	    STORY(sends_at_once_whatever_the_delay_is),
	    STORY(input_is_served_while_it_waits),
	    STORY(others_changes_are_seen_whoever_waits),
	    STORY(line_of_another_is_taken_over),
	    STORY(logged_out_reads_and_queues_and_comes_back),
	    STORY(nobody_logged_in),
	    STORY(markers_are_told_together),
	    STORY(commands_work_after_a_failure),
	    STORY(stopping_sends_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
