#include "cache/internal.h"

enum status
cache_traffic_add(struct cache *cache, const struct cache_traffic *traffic, struct error *err)
{
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = cache_run(cache, SQL_TRAFFIC_ADD,
	    VALUES(INT(traffic->requests), INT(traffic->bytes_up), INT(traffic->bytes_down)), err);
	if (status == STATUS_OK && traffic->time)
		status = cache_run(cache, SQL_TRAFFIC_LAST_SET,
		    VALUES(INT(traffic->requests), INT(traffic->bytes_up), INT(traffic->bytes_down),
		        INT(traffic->time)),
		    err);
	return cache_end(cache, status, err);
}

static enum status
get(struct cache *cache, enum sql sql, struct cache_traffic *traffic, struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	enum status status = cache_find(cache, sql, NO_VALUES, &statement, &row, err);

	*traffic = (struct cache_traffic){.requests = 0};
	if (status == STATUS_OK && row) {
		traffic->requests = sqlite3_column_int64(statement, 0);
		traffic->bytes_up = sqlite3_column_int64(statement, 1);
		traffic->bytes_down = sqlite3_column_int64(statement, 2);
		traffic->time = sqlite3_column_int64(statement, 3);
	}
	return status;
}

enum status
cache_traffic_get(
    struct cache *cache, struct cache_traffic *all, struct cache_traffic *last, struct error *err)
{
	enum status status = cache_begin(cache, READ, err);

	if (status != STATUS_OK)
		return status;
	status = get(cache, SQL_TRAFFIC_GET, all, err);
	if (status == STATUS_OK)
		status = get(cache, SQL_TRAFFIC_LAST_GET, last, err);
	return cache_end(cache, status, err);
}

enum status
cache_sample(struct cache *cache, size_t limit,
    void (*row)(void *arg, const struct message *message), void *arg, struct error *err)
{
	return cache_message_rows(
	    cache, SQL_MESSAGE_SAMPLE, VALUES(INT((int64_t)limit)), row, arg, err);
}
