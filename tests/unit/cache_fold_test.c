/* Amendments: whatever order they come in, they fold to what a replay in order gives. */
#include "cache_fixture.h"

#include <stdio.h>

#include "cache/internal.h"

enum { TOP = 40, ROUNDS = 150, REACTIONS = 3, SAID = 1 << 16 };

static const char *const authors[] = {BOB, ME, CAROL};
static const char *const reactions[REACTIONS] = {"+1", "-1", "\xe2\x9d\xa4"};

/* ---- what history says ---- */

static void
say(struct buf *out, const struct message *m)
{
	buf_printf(out, "%lld:", (long long)m->msg_id);
	if (m->recalled)
		buf_add_string(out, "recalled");
	else
		buf_add_string(out, m->text ? m->text : "-");
	if (m->edited)
		buf_printf(out, "/%lld", (long long)m->edited);
	for (size_t i = 0; i < m->reaction_count; i++)
		buf_printf(out, " %.*s%s", 1, m->reactions[i].from, m->reactions[i].text);
	buf_add_string(out, "; ");
}

static void
on_row(void *arg, const struct message *message)
{
	say(&((struct fixture *)arg)->told, message);
}

static void
on_hole(void *arg, struct id_range ids)
{
	(void)arg;
	(void)ids;
}

static const char *
tell(struct fixture *f, bool events)
{
	const struct history_query query = {BOB, 0, 0, TOP + 1, events, false};
	struct error error;

	buf_clear(&f->told);
	OK(cache_history(f->cache, &query, on_row, on_hole, f, &error));
	return buf_string(&f->told);
}

/* ---- one after another ---- */

static void
put(struct fixture *f, int64_t msg_id, const char *from, const char *type, int64_t target,
    const char *text)
{
	struct message message = message_of(f, BOB, msg_id, 0);
	struct cache_page page = {BOB, {msg_id, msg_id}, 1, TOP, &message, 1, NULL, 0};
	enum cache_applied applied;
	struct error error;

	message.from = from;
	message.type = type;
	message.target = target;
	message.text = text;
	OK(cache_store_pages(f->cache, GENERATION, &page, 1, &applied, &error));
}

static void
test_each_kind(void **state)
{
	struct fixture *f = *state;

	put(f, 1, BOB, "text", 0, "one");
	put(f, 2, ME, "text", 1, "two");
	put(f, 3, BOB, "edit", 1, "uno");
	put(f, 4, ME, "react", 1, "+1");
	put(f, 5, BOB, "react", 1, "+1");
	put(f, 6, ME, "react", 2, "x");
	put(f, 7, ME, "unreact", 2, "x");
	put(f, 8, "bob@x", "poll", 1, "a type of the future");
	assert_string_equal(tell(f, false), "1:uno/3 m+1 b+1; 2:two; 8:a type of the future; ");
	assert_string_equal(tell(f, true), "1:uno/3 m+1 b+1; 2:two; 3:uno; 4:+1; 5:+1; 6:x; 7:x; "
	                                   "8:a type of the future; ");
	put(f, 9, BOB, "recall", 1, "");
	assert_string_equal(tell(f, false), "1:recalled; 2:two; 8:a type of the future; ");
	check_sound(f);
	check_unread(f);
}

static void
test_what_does_not_count(void **state)
{
	struct fixture *f = *state;

	put(f, 2, BOB, "text", 0, "two");
	put(f, 3, ME, "edit", 2, "not the author's");
	put(f, 1, BOB, "edit", 2, "before its target");
	put(f, 4, BOB, "edit", 4, "of itself");
	put(f, 5, BOB, "poll", 0, "five");
	put(f, 6, BOB, "edit", 5, "of what can't be");
	put(f, 7, BOB, "recall", 5, NULL);
	put(f, 8, BOB, "edit", 2, NULL);
	put(f, 9, BOB, "react", 2, NULL);
	put(f, 10, BOB, "recall", 9, "");
	assert_string_equal(tell(f, false), "2:two; 5:five; ");
	check_sound(f);
}

/* A count counts what is told. */
static void
test_count_counts_what_is_told(void **state)
{
	struct fixture *f = *state;
	struct history_query query = {BOB, 0, 0, 2, false, false};

	for (int i = 1; i <= 9; i++)
		put(f, i, BOB, i % 3 ? "react" : "text", i % 3 ? i - i % 3 : 0, "x");
	assert_string_equal(tell_history(f, &query), "6 9 (10-40)");
	query.events = true;
	assert_string_equal(tell_history(f, &query), "8 9 (10-40)");
	query = (struct history_query){BOB, 0, 1, 2, false, false};
	assert_string_equal(tell_history(f, &query), "3 6");
	query = (struct history_query){BOB, 9, 0, 1, false, false};
	assert_string_equal(tell_history(f, &query), "6");
}

/* ---- erasing ---- */

static bool
file_holds(const char *path, const char *text)
{
	FILE *file = fopen(path, "rb");
	size_t length = strlen(text);
	struct buf all;
	bool found;

	if (!file)
		return false;
	buf_init(&all, 1 << 26);
	while (!feof(file)) {
		char *to = buf_reserve(&all, 65536);

		all.length += fread(to, 1, 65536, file);
	}
	fclose(file);
	found = memmem(all.data, all.length, text, length) != NULL;
	buf_finish(&all);
	return found;
}

static bool
cache_holds(struct fixture *f, const char *text)
{
	char wal[400];

	snprintf(wal, sizeof wal, "%s-wal", f->path);
	return file_holds(f->path, text) || file_holds(wal, text);
}

static void
test_recalled_text_leaves_the_file(void **state)
{
	struct fixture *f = *state;
	char *large = malloc(MESSAGE_TEXT_MAX + 1);
	enum cache_erased erased = CACHE_ERASE_MORE;
	struct error error;

	memset(large, 'y', MESSAGE_TEXT_MAX);
	memcpy(large + 20000, "needle in the middle", 20);
	large[MESSAGE_TEXT_MAX] = '\0';
	put(f, 1, BOB, "text", 0, "the first needle");
	put(f, 2, BOB, "text", 0, large);
	put(f, 3, BOB, "edit", 1, "the second needle");
	assert_true(cache_holds(f, "first needle") && cache_holds(f, "second needle"));
	assert_true(cache_holds(f, "needle in the middle"));
	put(f, 4, BOB, "recall", 1, "");
	put(f, 5, BOB, "recall", 2, "");
	while (erased != CACHE_ERASED)
		OK(cache_search_erase(f->cache, &erased, &error));
	assert_false(cache_holds(f, "needle"));
	assert_string_equal(tell(f, false), "1:recalled; 2:recalled; ");
	free(large);
}

/* ---- against a replay ---- */

struct model {
	struct fixture *f;
	uint64_t seed;
	struct message messages[TOP + 1]; /* as they are delivered */
	char texts[TOP + 1][16];
	bool held[TOP + 1];
};

static int64_t
pick(struct model *m, int64_t low, int64_t high)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return high < low ? low : low + (int64_t)(m->seed % (uint64_t)(high - low + 1));
}

static void
make_message(struct model *m, int64_t msg_id)
{
	static const char *const types[] = {
	    "text", "text", "edit", "edit", "edit", "recall", "react", "react", "unreact", "poll"};
	struct message *message = &m->messages[msg_id];
	const char *type = types[pick(m, 0, 9)];

	*message = message_of(m->f, BOB, msg_id, 0);
	message->from = authors[pick(m, 0, 2)];
	message->has_key = message->from == authors[1];
	message->key = key_of((unsigned)msg_id);
	message->type = type;
	snprintf(m->texts[msg_id], sizeof m->texts[msg_id], "t%d", (int)msg_id);
	message->text = m->texts[msg_id];
	message->target = pick(m, 1, msg_id - 1);
	if (strstr(type, "react"))
		message->text = reactions[pick(m, 0, REACTIONS - 1)];
	if (strcmp(type, "recall") == 0 || pick(m, 0, 19) == 0)
		message->text = NULL;
	/* Mostly what a server would take: of a text, and an edit of the author's. */
	while (message->target > 1 && pick(m, 0, 9) &&
	       strcmp(m->messages[message->target].type, "text") != 0)
		message->target--;
	if (strcmp(type, "edit") == 0 && message->target && pick(m, 0, 9))
		message->from = m->messages[message->target].from;
	message->has_key = strcmp(message->from, ME) == 0;
	if (message->target == msg_id)
		message->target = 0;
}

/* Replays what is held, in order, on one message. */
static void
replay(const struct model *m, struct message *target, struct reaction *found)
{
	for (int64_t id = target->msg_id + 1; id <= TOP; id++) {
		const struct message *by = &m->messages[id];
		size_t i = 0;

		if (!m->held[id] || by->target != target->msg_id)
			continue;
		if (strcmp(by->type, "recall") == 0)
			target->recalled = true;
		if (!by->text)
			continue;
		if (strcmp(by->type, "edit") == 0 && strcmp(by->from, target->from) == 0) {
			target->edited = id;
			target->text = by->text;
		}
		if (!strstr(by->type, "react"))
			continue;
		while (i < target->reaction_count && (strcmp(found[i].from, by->from) != 0 ||
		                                         strcmp(found[i].text, by->text) != 0))
			i++;
		/* Done again it is the newest. */
		if (i < target->reaction_count) {
			memmove(&found[i], &found[i + 1],
			    (--target->reaction_count - i) * sizeof *found);
		}
		if (strcmp(by->type, "react") == 0)
			found[target->reaction_count++] = (struct reaction){by->from, by->text};
	}
	target->reactions = found;
	if (target->recalled) {
		target->edited = 0;
		target->reaction_count = 0;
	}
}

static void
compare(struct model *m)
{
	struct reaction found[TOP];
	struct buf expected;

	buf_init(&expected, SAID);
	for (int64_t id = 1; id <= TOP; id++) {
		struct message message = m->messages[id];

		if (!m->held[id])
			continue;
		if (strcmp(message.type, "text") == 0)
			replay(m, &message, found);
		else if (strcmp(message.type, "poll") != 0)
			continue;
		say(&expected, &message);
	}
	assert_string_equal(tell(m->f, false), buf_string(&expected));
	buf_finish(&expected);
}

/* No text of a recalled message, nor of its edits, is left in a row. */
static void
check_erased(struct model *m)
{
	for (int64_t id = 1; id <= TOP; id++) {
		const struct message *recall = &m->messages[id];
		char sql[400];
		sqlite3_stmt *statement;

		if (!m->held[id] || strcmp(recall->type, "recall") != 0 || !recall->target)
			continue;
		snprintf(sql, sizeof sql,
		    "SELECT 1 FROM message WHERE text IS NOT NULL AND"
		    " (msg_id = %d AND type = 'text' OR target = %d AND type = 'edit' AND msg_id > %d)",
		    (int)recall->target, (int)recall->target, (int)recall->target);
		assert_int_equal(
		    sqlite3_prepare_v2(m->f->cache->db, sql, -1, &statement, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
		sqlite3_finalize(statement);
	}
}

static bool
is_amendment_of(const struct message *message, int64_t first, int64_t last)
{
	const struct message_type *type = message_type_find(message->type);

	return type && type->amends && message->target >= first && message->target <= last;
}

/* A page; an honest server adds the amendments beyond it. */
static void
deliver_page(struct model *m)
{
	int64_t first = pick(m, 1, TOP);
	int64_t last = pick(m, first, first + 3);
	struct message amendments[TOP];
	struct cache_page page = {BOB, {first, last}, 1, TOP, &m->messages[first], 0, NULL, 0};
	enum cache_applied applied;
	struct error error;

	if (last > TOP)
		page.ids.last = last = TOP;
	page.count = (size_t)(last - first + 1);
	for (int64_t id = first; id <= last; id++)
		m->held[id] = true;
	for (int64_t id = last + 1; id <= TOP && pick(m, 0, 3); id++)
		if (is_amendment_of(&m->messages[id], first, last)) {
			amendments[page.amendment_count++] = m->messages[id];
			m->held[id] = true;
		}
	page.amendments = amendments;
	OK(cache_store_pages(m->f->cache, GENERATION, &page, 1, &applied, &error));
}

/* As login-sync and events bring them. */
static void
deliver_one(struct model *m)
{
	const struct message *message = &m->messages[pick(m, 1, TOP)];
	struct cache_change change = {0};

	m->held[message->msg_id] = true;
	if (is_amendment_of(message, 1, TOP)) {
		change.amendments = message;
		change.amendment_count = 1;
	} else {
		change.messages = message;
		change.message_count = 1;
	}
	apply_change(m->f, &change);
}

static bool
all_held(const struct model *m)
{
	for (int64_t id = 1; id <= TOP; id++)
		if (!m->held[id])
			return false;
	return true;
}

static void
test_against_a_replay(void **state)
{
	struct model *m = calloc(1, sizeof *m);

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		memset(m, 0, sizeof *m);
		m->seed = seed * UINT64_C(0x9E3779B97F4A7C15);
		assert_int_equal(fixture_setup(state), 0);
		m->f = *state;
		for (int64_t id = 1; id <= TOP; id++)
			make_message(m, id);
		while (!all_held(m)) {
			(pick(m, 0, 1) ? deliver_page : deliver_one)(m);
			compare(m);
			check_erased(m);
		}
		check_sound(m->f);
		check_unread(m->f);
		fixture_teardown(state);
	}
	free(m);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_each_kind),
	    TEST(test_what_does_not_count),
	    TEST(test_count_counts_what_is_told),
	    TEST(test_recalled_text_leaves_the_file),
	    cmocka_unit_test(test_against_a_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
