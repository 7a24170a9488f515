#include "cache_fixture.h"

#include "cache/verify.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "cache/internal.h"

void
assert_ok(enum status status, const struct error *error)
{
	if (status != STATUS_OK)
		fail_msg("status %d: %s", status, error->text);
}

struct cache *
fixture_open(struct fixture *f)
{
	struct cache *cache;
	struct error error;

	OK(cache_open(&cache, f->path, CACHE_EXISTING, &error));
	return cache;
}

int
fixture_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct fixture *f = mem_zalloc(1, sizeof *f);
	struct cache_account account = {
	    {ME}, mem_strdup("http://s"), mem_strdup("d"), mem_strdup("t"), 7, {"", 0}};
	struct error error;

	f->directory = mem_printf("%s/tern-cache-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->directory));
	f->path = mem_printf("%s/me@x.db", f->directory);
	buf_init(&f->told, 1 << 24);
	OK(cache_open(&f->cache, f->path, CACHE_CREATE, &error));
	OK(cache_account_set(f->cache, &account, &error));
	cache_account_finish(&account);
	*state = f;
	return 0;
}

int
fixture_teardown(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	struct fixture *f = *state;

	cache_close(f->cache);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char *path = mem_printf("%s%s", f->path, ends[i]);

		unlink(path);
		free(path);
	}
	rmdir(f->directory);
	buf_finish(&f->told);
	free(f->path);
	free(f->directory);
	free(f);
	return 0;
}

struct key
key_of(unsigned n)
{
	struct key key = {{0}};

	for (int i = 0; i < 4; i++)
		key.bytes[i] = (uint8_t)(n >> (24 - 8 * i));
	return key;
}

static unsigned
key_number(const struct key *key)
{
	unsigned n = 0;

	for (int i = 0; i < 4; i++)
		n = n << 8 | key->bytes[i];
	return n;
}

struct message
message_of(struct fixture *f, const char *conversation, int64_t msg_id, unsigned key)
{
	return (struct message){
	    .conversation = conversation,
	    .msg_id = msg_id,
	    .from = key ? ME : conversation,
	    .time = 1000 + msg_id,
	    .stamp = ++f->stamp,
	    .type = "text",
	    .text = "hi",
	    .has_key = key != 0,
	    .key = key_of(key),
	};
}

void
store(struct fixture *f, const char *conversation, int64_t first, int64_t last, int64_t floor,
    int64_t top)
{
	size_t count = last < first ? 0 : (size_t)(last - first + 1);
	struct message *messages = mem_zalloc(count + 1, sizeof *messages);
	struct cache_page page = {
	    conversation, {first, last}, floor, top, messages, count, NULL, 0};
	enum cache_applied applied;
	struct error error;

	for (size_t i = 0; i < count; i++)
		messages[i] = message_of(f, conversation, first + (int64_t)i, 0);
	OK(cache_store_pages(f->cache, GENERATION, &page, 1, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	free(messages);
}

void
apply_change(struct fixture *f, struct cache_change *change)
{
	struct cursor cursor;
	enum cache_applied applied;
	struct error error;

	OK(cache_cursor_get(f->cache, &cursor, &error));
	change->generation = GENERATION;
	change->from = cursor.stamp;
	change->to = f->stamp = (f->stamp > cursor.stamp ? f->stamp : cursor.stamp) + 1;
	OK(cache_apply(f->cache, change, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
}

void
apply_messages(struct fixture *f, const struct message *messages, size_t count)
{
	struct cache_change change = {.messages = messages, .message_count = count};

	apply_change(f, &change);
}

void
apply_head(struct fixture *f, const struct conversation_head *head)
{
	struct cache_change change = {.heads = head, .head_count = 1};

	apply_change(f, &change);
}

enum status
queue(struct fixture *f, unsigned key, const char *conversation, const char *text)
{
	struct outbox_entry entry = {
	    .key = key_of(key),
	    .conversation = conversation,
	    .type = "text",
	    .text = text,
	    .time = 5,
	};
	struct error error;

	return cache_outbox_add(f->cache, &entry, 1, &error);
}

void
settle(struct fixture *f, unsigned key, const char *conversation, int64_t msg_id)
{
	struct outbox_result result = {
	    .key = key_of(key),
	    .conversation = conversation,
	    .msg_id = msg_id,
	    .time = 1000 + msg_id,
	    .stamp = ++f->stamp,
	};
	enum cache_applied applied;
	struct error error;

	OK(cache_outbox_settle(f->cache, GENERATION, &result, 1, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
}

void
settle_failed(struct fixture *f, unsigned key, const char *failure)
{
	struct outbox_result result = {.key = key_of(key), .failed = true, .failure = failure};
	enum cache_applied applied;
	struct error error;

	OK(cache_outbox_settle(f->cache, NULL, &result, 1, &applied, &error));
}

/* ---- telling ---- */

static const char *
said(struct fixture *f)
{
	/* Each piece ends in a space. */
	if (f->told.length > 0)
		f->told.data[--f->told.length] = '\0';
	return buf_string(&f->told);
}

/* The part of an address before the @. */
static int
name_length(const char *address)
{
	return (int)strcspn(address, "@");
}

static void
history_message(void *arg, const struct message *message)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%lld%s%s ", (long long)message->msg_id,
	    message->state == STATE_SENT ? "s" : "", message->aside ? "~" : "");
}

static void
history_hole(void *arg, struct id_range ids)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "(%lld-%lld) ", (long long)ids.first, (long long)ids.last);
}

const char *
tell_history(struct fixture *f, const struct history_query *query)
{
	struct error error;
	enum status status;

	buf_clear(&f->told);
	status = cache_history(f->cache, query, history_message, history_hole, f, &error);
	if (status == STATUS_NOT_FOUND)
		return "not found";
	OK(status);
	return said(f);
}

const char *
tell_ranges(struct fixture *f, const struct cache_ranges *ranges)
{
	buf_clear(&f->told);
	for (size_t i = 0; i < ranges->count; i++) {
		const char *name = ranges->items[i].conversation;

		buf_printf(&f->told, "%s%.*s %lld-%lld", i ? ", " : "", name_length(name), name,
		    (long long)ranges->items[i].ids.first, (long long)ranges->items[i].ids.last);
	}
	return buf_string(&f->told);
}

const char *
tell_missing(struct fixture *f, int64_t consumer, const char *who)
{
	struct cache_ranges ranges;
	struct error error;

	OK(cache_missing(f->cache, consumer, who, SIZE_MAX, &ranges, &error));
	tell_ranges(f, &ranges);
	cache_ranges_finish(&ranges);
	return buf_string(&f->told);
}

const char *
tell_acks(struct fixture *f)
{
	struct cache_ranges ranges;
	struct error error;

	OK(cache_acks(f->cache, SIZE_MAX, &ranges, &error));
	tell_ranges(f, &ranges);
	cache_ranges_finish(&ranges);
	return buf_string(&f->told);
}

static void
head_row(void *arg, const struct cache_conversation *c)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%.*s %lld-%lld ack %lld read %lld held %lld missing %lld, ",
	    name_length(c->head.conversation), c->head.conversation, (long long)c->head.first,
	    (long long)c->head.last, (long long)c->head.ack, (long long)c->head.read,
	    (long long)c->held, (long long)c->missing);
}

static void
conversation_row(void *arg, const struct cache_conversation *c)
{
	struct fixture *f = arg;

	head_row(f, c);
	f->told.length -= 2;
	buf_printf(&f->told, " unread %lld, ", (long long)c->unread);
}

static const char *
tell_rows(struct fixture *f, void (*row)(void *arg, const struct cache_conversation *conversation))
{
	struct error error;

	buf_clear(&f->told);
	OK(cache_conversations(f->cache, row, f, &error));
	said(f);
	return said(f);
}

const char *
tell_conversations(struct fixture *f)
{
	return tell_rows(f, conversation_row);
}

const char *
tell_heads(struct fixture *f)
{
	return tell_rows(f, head_row);
}

static bool
outbox_row(void *arg, const struct outbox_entry *entry)
{
	struct fixture *f = arg;

	buf_printf(&f->told, "%s%u%s", entry->state == OUTBOX_FAILED ? "!" : "",
	    key_number(&entry->key), entry->state == OUTBOX_DOUBT ? "?" : "");
	if (entry->has_after)
		buf_printf(&f->told, "<%u", key_number(&entry->after));
	return buf_add_char(&f->told, ' ');
}

static void
failed_row(void *arg, const struct outbox_entry *entry)
{
	assert_non_null(entry->failure);
	outbox_row(arg, entry);
}

const char *
tell_outbox(struct fixture *f)
{
	struct error error;

	buf_clear(&f->told);
	OK(cache_outbox_list(f->cache, SIZE_MAX, outbox_row, f, &error));
	OK(cache_outbox_failed(f->cache, failed_row, f, &error));
	return said(f);
}

static void
next_row(void *arg, const struct message *message, enum cache_handing handing)
{
	struct fixture *f = arg;

	static const char *const marks[] = {"", "*", "-"};

	buf_printf(&f->told, "%.*s%lld%s ", name_length(message->conversation),
	    message->conversation, (long long)message->msg_id, marks[handing]);
}

const char *
tell_next(struct fixture *f, int64_t consumer, const char *who, size_t limit)
{
	struct error error;

	buf_clear(&f->told);
	OK(cache_consumer_next(f->cache, consumer, who, limit, next_row, f, &error));
	return said(f);
}

/* ---- soundness ---- */

static const char *const unsound[] = {
    "SELECT 'integrity: ' || integrity_check FROM pragma_integrity_check"
    " WHERE integrity_check <> 'ok'",
    "SELECT 'a reference leads nowhere' FROM pragma_foreign_key_check",
    "SELECT 'ranges touch' FROM held a JOIN held b ON a.conversation_id = b.conversation_id"
    " AND a.first < b.first AND a.last >= b.first - 1",
    "SELECT 'acks touch' FROM ack a JOIN ack b ON a.conversation_id = b.conversation_id"
    " AND a.first < b.first AND a.last >= b.first - 1",
    "SELECT 'a range out of bounds' FROM held h JOIN conversation c USING (conversation_id)"
    " WHERE h.first < c.first OR h.last > c.last",
    "SELECT 'held is wrong' FROM conversation c WHERE held <>"
    " (SELECT ifnull(sum(h.last - h.first + 1), 0) FROM held h"
    "  WHERE h.conversation_id = c.conversation_id)",
    "SELECT 'a message without a range' FROM message m JOIN conversation c"
    " USING (conversation_id) WHERE m.msg_id >= c.first AND NOT EXISTS (SELECT 1 FROM held h"
    " WHERE h.conversation_id = c.conversation_id AND m.msg_id BETWEEN h.first AND h.last)",
    "SELECT 'a key both in the outbox and a message' FROM outbox JOIN message USING (key)",
    /* place.next: the first message behind the place, where nothing between is missing. */
    "SELECT 'next is wrong: ' || quote(p.next) FROM (SELECT n.consumer_id, c.conversation_id,"
    " c.first, ifnull(q.place, 0) AS place, q.next FROM consumer n JOIN conversation c"
    " LEFT JOIN place q ON q.consumer_id = n.consumer_id"
    " AND q.conversation_id = c.conversation_id) p"
    " LEFT JOIN message m ON m.conversation_id = p.conversation_id AND m.msg_id ="
    " (SELECT min(msg_id) FROM message WHERE conversation_id = p.conversation_id"
    " AND msg_id > p.place)"
    " WHERE p.next IS NOT iif(m.msg_id < p.first OR EXISTS (SELECT 1 FROM held h"
    " WHERE h.conversation_id = p.conversation_id AND h.last >= m.msg_id"
    " AND h.first <= max(p.place + 1, p.first)), m.stamp, NULL)",
};

/* Fails where the query tells anything. */
static void
check_none(struct fixture *f, const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(f->cache->db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(f->cache->db));
	if (sqlite3_step(statement) != SQLITE_DONE)
		fail_msg("%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

static void
unverified(void *arg, const struct difference *difference)
{
	(void)arg;
	fail_msg("verify finds difference %d of %s at %lld", (int)difference->of,
	    difference->address, (long long)difference->ids.first);
}

void
check_sound(struct fixture *f)
{
	const struct cache_verify verify = {.found = unverified};
	struct error error;

	OK(cache_verify_ranges(f->cache, &verify, &error));
	OK(cache_verify_folds(f->cache, &verify, &error));
	for (size_t i = 0; i < sizeof unsound / sizeof unsound[0]; i++)
		check_none(f, unsound[i]);
}

void
check_unread(struct fixture *f)
{
	check_none(f,
	    "SELECT format('unread of %s is %d and not %d', address, unread, counted) FROM"
	    " (SELECT c.*, (SELECT count(*) FROM message m"
	    "  WHERE m.conversation_id = c.conversation_id AND m.type = 'text'"
	    "  AND m.sender <> '" ME "' AND m.msg_id > max(c.read, c.first - 1)) AS counted"
	    "  FROM conversation c) WHERE held = last - first + 1 AND unread <> counted");
}

void
check_last_stamps(struct fixture *f)
{
	check_none(f, "SELECT 'last_stamp of ' || address || ' is too low' FROM conversation c"
	              " JOIN message m USING (conversation_id) WHERE m.stamp > c.last_stamp");
}
