#include "cache/internal.h"

enum status
cache_traffic_add(struct cache *cache, const struct cache_traffic *traffic, struct error *err)
{
	enum status status = cache_begin(cache, WRITE, err);

	if (status != STATUS_OK)
		return status;
	status = cache_run(cache, SQL_TRAFFIC_ADD,
	    VALUES(INT(traffic->requests), INT(traffic->bytes_up), INT(traffic->bytes_down)), err);
	return cache_end(cache, status, err);
}

enum status
cache_traffic_get(struct cache *cache, struct cache_traffic *traffic, struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	enum status status = cache_begin(cache, READ, err);

	*traffic = (struct cache_traffic){.requests = 0};
	if (status != STATUS_OK)
		return status;
	status = cache_find(cache, SQL_TRAFFIC_GET, NO_VALUES, &statement, &row, err);
	if (status == STATUS_OK && row) {
		traffic->requests = sqlite3_column_int64(statement, 0);
		traffic->bytes_up = sqlite3_column_int64(statement, 1);
		traffic->bytes_down = sqlite3_column_int64(statement, 2);
	}
	return cache_end(cache, status, err);
}
