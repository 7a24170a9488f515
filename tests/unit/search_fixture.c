#include "search_fixture.h"

int64_t
say(struct fixture *f, const char *conversation, int64_t msg_id, const char *text)
{
	struct message message = message_of(f, conversation, msg_id, 0);

	message.text = text;
	apply_messages(f, &message, 1);
	return sqlite3_last_insert_rowid(f->cache->db);
}

int64_t
index_some(struct fixture *f, int64_t rows)
{
	struct error error;
	int64_t behind;

	OK(cache_search_index(f->cache, rows, &behind, &error));
	return behind;
}

void
index_all(struct fixture *f)
{
	while (index_some(f, 100) > 0)
		continue;
}

int64_t
ask(struct fixture *f, const char *sql, const char *text)
{
	sqlite3_stmt *statement;
	int64_t number;

	assert_int_equal(sqlite3_prepare_v2(f->cache->db, sql, -1, &statement, NULL), SQLITE_OK);
	if (text)
		sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

void
check_index(struct fixture *f)
{
	struct error error;

	OK(cache_exec(f->cache, "INSERT INTO search (search) VALUES ('integrity-check')", &error));
	check_sound(f);
}
