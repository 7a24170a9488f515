#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cache/internal.h"

/* column 0 and 1 from `column` on: generation and stamp. */
static void
read_cursor(sqlite3_stmt *statement, int column, struct cursor *cursor)
{
	snprintf(
	    cursor->generation, sizeof cursor->generation, "%s", column_text(statement, column));
	cursor->stamp = sqlite3_column_int64(statement, column + 1);
}

enum status
account_own(struct cache *cache, struct address *own, struct error *err)
{
	sqlite3_stmt *statement;
	bool row;
	enum status status = cache_find(cache, SQL_ACCOUNT_OWN, NO_VALUES, &statement, &row, err);

	own->text[0] = '\0';
	if (status == STATUS_OK && row)
		snprintf(own->text, sizeof own->text, "%s", column_text(statement, 0));
	return status;
}

static enum status
no_account(struct cache *cache, struct error *err)
{
	return error_set(
	    err, STATUS_NOT_FOUND, "nobody has logged in with the cache %s yet", cache->path);
}

enum status
cache_account_get(struct cache *cache, struct cache_account *account, struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_ACCOUNT_GET, NO_VALUES, &statement, &row, err);
	if (status == STATUS_OK && !row)
		status = no_account(cache, err);
	if (status == STATUS_OK) {
		snprintf(account->address.text, sizeof account->address.text, "%s",
		    column_text(statement, 0));
		account->server = mem_strdup(column_text(statement, 1));
		account->device = mem_strdup(column_text(statement, 2));
		account->token = mem_strdup(column_text(statement, 3));
		account->device_id = sqlite3_column_int64(statement, 4);
		read_cursor(statement, 5, &account->cursor);
	}
	return cache_end(cache, status, err);
}

void
cache_account_finish(struct cache_account *account)
{
	free(account->server);
	free(account->device);
	free(account->token);
	account->server = account->device = account->token = NULL;
}

enum status
cache_account_set(struct cache *cache, const struct cache_account *account, struct error *err)
{
	struct address own;
	enum status status = cache_begin(cache, WRITE_DURABLY, err);

	if (status != STATUS_OK)
		return status;
	status = account_own(cache, &own, err);
	if (status == STATUS_OK && own.text[0] && strcmp(own.text, account->address.text) != 0)
		status = error_set(err, STATUS_CONFLICT,
		    "the cache %s belongs to %s and cannot be used for %s", cache->path, own.text,
		    account->address.text);
	if (status == STATUS_OK)
		status = cache_run(cache, SQL_ACCOUNT_SET,
		    VALUES(TEXT(account->address.text), TEXT(account->server),
		        TEXT(account->device), TEXT(account->token), INT(account->device_id)),
		    err);
	return cache_end(cache, status, err);
}

enum status
cache_token_clear(struct cache *cache, const char *token, bool *replaced, struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	enum status status = cache_begin(cache, WRITE, err);

	*replaced = false;
	if (status != STATUS_OK)
		return status;
	status = cache_run(cache, SQL_TOKEN_CLEAR, VALUES(TEXT(token)), err);
	if (status == STATUS_OK)
		status = cache_find(cache, SQL_ACCOUNT_GET, NO_VALUES, &statement, &row, err);
	*replaced = status == STATUS_OK && row && column_text(statement, 3);
	return cache_end(cache, status, err);
}

enum status
cache_cursor_get(struct cache *cache, struct cursor *cursor, struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	enum status status = cache_begin(cache, READ, err);

	*cursor = (struct cursor){.stamp = 0};
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_CURSOR_GET, NO_VALUES, &statement, &row, err);
	if (status == STATUS_OK && row)
		read_cursor(statement, 0, cursor);
	return cache_end(cache, status, err);
}
