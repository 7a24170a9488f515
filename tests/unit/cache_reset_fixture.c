#include "cache_reset_fixture.h"

#include "cache/internal.h"

enum cache_applied
reset(struct fixture *f, const char *generation, int64_t fork, struct cache_lost *lost)
{
	struct cache_knowledge asked;
	const struct cache_reset how = {generation, fork, &asked};
	enum cache_applied applied;
	struct error error;

	OK(cache_knowledge_get(f->cache, &asked, &error));
	OK(cache_reset(f->cache, &how, &applied, lost, &error));
	return applied;
}

void
must_reset(struct fixture *f, const char *generation, int64_t fork)
{
	struct cache_lost lost;

	assert_int_equal(reset(f, generation, fork, &lost), CACHE_APPLIED);
	check_sound(f);
}

void
compared(struct fixture *f, const char *generation, int64_t stamp)
{
	enum cache_applied applied;
	struct error error;

	OK(cache_compare_end(f->cache, generation, stamp, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
}

void
comes(struct fixture *f, const char *generation, struct message message)
{
	struct cache_page page = {.conversation = message.conversation,
	    .ids = {message.msg_id, message.msg_id},
	    .first = 1,
	    .last = message.msg_id,
	    .messages = &message,
	    .count = 1};
	enum cache_applied applied;
	struct error error;

	OK(cache_store_pages(f->cache, generation, &page, 1, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	check_sound(f);
}

struct message
again(struct fixture *f, int64_t msg_id, const struct message *lost)
{
	struct message message = *lost;

	message.msg_id = msg_id;
	message.was = lost->was ? lost->was : lost->stamp;
	message.stamp = ++f->stamp;
	return message;
}

const char *
generations(struct fixture *f)
{
	struct cursor told[9];
	struct error error;
	size_t count;

	OK(cache_generations(f->cache, 9, told, &count, &error));
	buf_clear(&f->told);
	for (size_t i = 0; i < count; i++)
		buf_printf(&f->told, "%s%s %lld", i ? " > " : "", told[i].generation,
		    (long long)told[i].stamp);
	return buf_string(&f->told);
}

int64_t
count_aside(struct fixture *f)
{
	struct error error;
	int64_t count;

	OK(cache_aside_count(f->cache, &count, &error));
	return count;
}

int64_t
live(struct fixture *f, struct message messages[7])
{
	for (int i = 0; i < 7; i++) {
		messages[i] = message_of(f, BOB, i + 1, i == 3 || i == 5 ? (unsigned)i + 1 : 0);
		messages[i].text = i == 4 ? "five" : "hi";
	}
	apply_messages(f, messages, 7);
	return messages[3].stamp;
}

void
run(struct fixture *f, const char *sql)
{
	assert_int_equal(sqlite3_exec(f->cache->db, sql, NULL, NULL, NULL), SQLITE_OK);
}
