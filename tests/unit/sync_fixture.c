#include "sync_fixture.h"

#include <dirent.h>
#include <unistd.h>

#include "quotes.h"

static void
on_notice(void *arg, const char *text)
{
	struct story *s = arg;

	buf_printf(&s->notices, "%s\n", text);
}

static void
start(struct story *s, const char *path)
{
	struct error err;

	if (cache_open(&s->cache, path, CACHE_CREATE, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	s->fake = fake_create();
	buf_init(&s->notices, 100000);
	s->sync = sync_create(&(struct sync_config){
	    .cache = s->cache,
	    .transport = fake_transport(s->fake),
	    .token = "the-token",
	    .notice = on_notice,
	    .arg = s,
	});
}

static void
stop(struct story *s)
{
	sync_destroy(s->sync);
	transport_destroy(fake_transport(s->fake));
	cache_close(s->cache);
	buf_finish(&s->notices);
}

int
story_begin(void **state)
{
	static char server[] = "http://x", device[] = "test", token[] = "the-token";
	const struct cache_account account = {
	    .address = {"alice@x"},
	    .server = server,
	    .device = device,
	    .token = token,
	    .device_id = 1,
	};
	struct story *s = mem_zalloc(1, sizeof *s);
	const char *temporary = getenv("TMPDIR");
	struct error err;
	char *path;

	s->directory = mem_printf("%s/tern-sync-XXXXXX", temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(s->directory));
	path = mem_printf("%s/alice@x.db", s->directory);
	start(s, path);
	free(path);
	if (cache_account_set(s->cache, &account, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	*state = s;
	return 0;
}

int
story_end(void **state)
{
	struct story *s = *state;
	struct dirent *entry;
	DIR *dir;

	stop(s);
	dir = opendir(s->directory);
	while (dir && (entry = readdir(dir))) {
		char *path = mem_printf("%s/%s", s->directory, entry->d_name);

		unlink(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	rmdir(s->directory);
	free(s->directory);
	free(s);
	return 0;
}

struct story *
story_other(const struct story *story)
{
	struct story *s = mem_zalloc(1, sizeof *s);

	s->other = true;
	start(s, cache_path(story->cache));
	return s;
}

void
story_other_end(struct story *other)
{
	stop(other);
	free(other);
}

struct key
key_of(int n)
{
	char *text = mem_printf("00000000-0000-7000-8000-%012d", n);
	struct key key;

	assert_true(key_parse(&key, text));
	free(text);
	return key;
}

/* ---- the server ---- */

void
answers(struct story *s, enum method_id method, const char *json)
{
	char *body = quoted(json);

	fake_answer(s->fake, method, 200, body);
	free(body);
}

void
refuses(struct story *s, enum method_id method, long http_status, const char *code)
{
	char *body = mem_printf("{\"error\":{\"code\":\"%s\",\"text\":\"said the test\"}}", code);

	fake_answer(s->fake, method, http_status, body);
	free(body);
}

void
assert_asked(struct story *s, enum method_id method, size_t index, const char *json)
{
	const char *request = fake_request(s->fake, method, index);
	char *want = quoted(json);

	assert_non_null(request);
	assert_string_equal(request, want);
	free(want);
}

/* ---- the engine ---- */

void
turn(struct story *s)
{
	struct error err;
	int ms;

	sync_step(s->sync);
	ms = time_left_ms(sync_due(s->sync));
	assert_int_equal(
	    transport_wait(fake_transport(s->fake), NULL, 0, ms < 20 ? ms : 20, &err), STATUS_OK);
}

void
reach(struct story *s, enum sync_goal goal)
{
	const struct sync_outcome *outcome = sync_outcome(s->sync, goal);
	int64_t failures = outcome->failures;

	sync_want(s->sync, goal, 0);
	UNTIL(s, !sync_wants(s->sync, goal) || outcome->failures > failures);
	if (outcome->failures > failures)
		fail_msg("it failed: %s", outcome->err.text);
	assert_int_equal(outcome->status, STATUS_OK);
}

void
fail_at(struct story *s, enum sync_goal goal, enum status status)
{
	const struct sync_outcome *outcome = sync_outcome(s->sync, goal);
	int64_t failures = outcome->failures, successes = outcome->successes;

	sync_want(s->sync, goal, 0);
	UNTIL(s, outcome->failures > failures);
	assert_int_equal(outcome->failures, failures + 1);
	assert_int_equal(outcome->successes, successes);
	assert_int_equal(outcome->status, status);
	assert_int_equal(outcome->err.status, status);
	assert_true(strlen(outcome->err.text) > 10);
	assert_true(sync_wants(s->sync, goal));
}

/* ---- the outbox ---- */

static void
add(struct story *s, int n, const char *to, const char *text, int64_t time)
{
	const struct outbox_entry entry = {
	    .key = key_of(n),
	    .conversation = to,
	    .type = "text",
	    .text = text,
	    .time = time,
	};
	struct error err;

	if (cache_outbox_add(s->cache, &entry, 1, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

void
writes(struct story *s, int n, const char *to, const char *text)
{
	add(s, n, to, text, time_wall());
}

void
wrote(struct story *s, int n, const char *to, int64_t days_ago)
{
	add(s, n, to, "old", time_wall() - days_ago * 86400 * TIME_SECOND);
}

int
number_of(const struct key *key)
{
	char text[KEY_TEXT_SIZE];

	return (int)strtol(key_format(key, text) + 24, NULL, 10);
}

static bool
tell_entry(void *arg, const struct outbox_entry *entry)
{
	struct buf *out = arg;

	if (out->length)
		buf_add_char(out, ' ');
	buf_add_int(out, number_of(&entry->key));
	if (entry->state == OUTBOX_DOUBT)
		buf_add_char(out, '?');
	if (entry->state == OUTBOX_FAILED)
		buf_add_char(out, '!');
	else if (entry->has_after)
		buf_printf(out, "<%d", number_of(&entry->after));
	return true;
}

static void
tell_failed(void *arg, const struct outbox_entry *entry)
{
	tell_entry(arg, entry);
}

void
assert_outbox(struct story *s, const char *want)
{
	struct error err;
	struct buf out;

	buf_init(&out, 100000);
	assert_int_equal(cache_outbox_list(s->cache, SIZE_MAX, tell_entry, &out, &err), STATUS_OK);
	assert_int_equal(cache_outbox_failed(s->cache, tell_failed, &out, &err), STATUS_OK);
	assert_string_equal(buf_string(&out), want);
	buf_finish(&out);
}

/* ---- what is known ---- */

void
knows(struct story *s, int64_t from, int64_t to, const char *conversation, int64_t last)
{
	const struct conversation_head head = {
	    .conversation = conversation, .first = 1, .last = last, .stamp = to};
	const struct cache_change change = {
	    .generation = "AAAAAAAAAAA",
	    .from = from,
	    .to = to,
	    .heads = &head,
	    .head_count = conversation ? 1 : 0,
	};
	enum cache_applied applied;
	struct error err;

	if (cache_apply(s->cache, &change, &applied, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(applied, CACHE_APPLIED);
}

void
holds(struct story *s, int64_t first, int64_t last)
{
	struct message *messages = mem_zalloc((size_t)(last - first + 1), sizeof *messages);
	const struct cache_page page = {
	    "bob@x", {first, last}, 1, last, messages, (size_t)(last - first + 1), NULL, 0};
	enum cache_applied applied;
	struct error err;

	for (int64_t id = first; id <= last; id++)
		messages[id - first] = (struct message){.conversation = "bob@x",
		    .msg_id = id,
		    .from = "bob@x",
		    .time = 1,
		    .stamp = id,
		    .type = "text",
		    .text = "hello"};
	if (cache_store_pages(s->cache, "AAAAAAAAAAA", &page, 1, &applied, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(applied, CACHE_APPLIED);
	free(messages);
}

void
was_reset(struct story *s, const char *generation, int64_t fork)
{
	struct cache_knowledge asked;
	const struct cache_reset reset = {generation, fork, &asked};
	enum cache_applied applied;
	struct cache_lost lost;
	struct error err;

	assert_int_equal(cache_knowledge_get(s->cache, &asked, &err), STATUS_OK);
	assert_int_equal(cache_reset(s->cache, &reset, &applied, &lost, &err), STATUS_OK);
	assert_int_equal(applied, CACHE_APPLIED);
	assert_int_equal(cache_compare_end(s->cache, generation, fork, &applied, &err), STATUS_OK);
	assert_int_equal(applied, CACHE_APPLIED);
}

void
assert_cursor(struct story *s, const char *generation, int64_t stamp)
{
	struct cursor cursor;
	struct error err;

	assert_int_equal(cache_cursor_get(s->cache, &cursor, &err), STATUS_OK);
	assert_string_equal(cursor.generation, generation);
	assert_int_equal(cursor.stamp, stamp);
}

static void
tell_conversation(void *arg, const struct cache_conversation *c)
{
	struct buf *out = arg;

	buf_printf(out, "%s%s %d/%d", out->length ? " " : "", c->head.conversation, (int)c->held,
	    (int)c->head.last);
}

void
assert_held(struct story *s, const char *want)
{
	struct error err;
	struct buf out;

	buf_init(&out, 100000);
	assert_int_equal(cache_conversations(s->cache, tell_conversation, &out, &err), STATUS_OK);
	assert_string_equal(buf_string(&out), want);
	buf_finish(&out);
}
