/* Searching the cache; never the network. */
#include <string.h>

#include "client/internal.h"
#include "client/query.h"
#include "client/snippet.h"

enum { SEARCH_BATCH = 5000 }; /* messages indexed at once: some tenth of a second */

struct searching {
	const struct client_search *search;
	struct query query;
	void (*row)(void *arg, const struct client_hit *hit);
	size_t told;
};

static void
tell(void *arg, const struct message *message, int64_t position)
{
	struct searching *searching = arg;
	struct snippet snippet;
	struct client_hit hit = {message, position, NULL, NULL, 0};

	/* One more was asked for, to see whether there are more. */
	if (searching->told++ == searching->search->count)
		return;
	snippet_make(&snippet, message->text ? message->text : "", &searching->query);
	hit.snippet = snippet.text;
	hit.marks = snippet.marks;
	hit.mark_count = snippet.count;
	searching->row(searching->search->arg, &hit);
	snippet_finish(&snippet);
}

/* Indexes what is behind. A cache that can't be written is searched as far as it is indexed. */
static enum status
catch_up(
    struct client *client, const struct client_search *search, int64_t *behind, struct error *err)
{
	struct cache_search_state state;
	enum status status = cache_search_state(client->cache, &state, err);
	int64_t left = state.behind;

	*behind = state.behind;
	while (status == STATUS_OK && *behind > 0) {
		status = cache_search_index(client->cache, SEARCH_BATCH, &left, err);
		if (status == STATUS_IO || status == STATUS_AGAIN)
			return STATUS_OK;
		if (status != STATUS_OK)
			return status;
		*behind = left;
		if (search->progress)
			search->progress(search->arg, state.behind - left, state.behind);
		status = client_check_stop(client, err);
	}
	return status;
}

enum status
client_search(struct client *client, const struct client_search *search,
    void (*row)(void *arg, const struct client_hit *hit), int64_t *behind, bool *more,
    struct error *err)
{
	struct searching searching = {.search = search, .row = row};
	struct query *query = &searching.query;
	enum status status =
	    query_parse(query, search->query, address_domain(client_address(client)), err);

	*behind = 0;
	*more = false;
	if (status == STATUS_OK && search->in)
		status = query_add(query, SEARCH_IN, search->in->text, err);
	if (status == STATUS_OK)
		status = catch_up(client, search, behind, err);
	if (status == STATUS_OK)
		status = cache_search(client->cache,
		    &(struct search_query){
		        .terms = query->terms,
		        .count = query->count,
		        .from_time = query->after,
		        .to_time = query->before,
		        .below = search->below,
		        .limit = search->count + 1,
		    },
		    tell, &searching, err);
	query_finish(query);
	*more = searching.told > search->count;
	if (status == STATUS_OK && searching.told == 0)
		status = error_set(err, STATUS_NOT_FOUND, "nothing was found");
	return status;
}
