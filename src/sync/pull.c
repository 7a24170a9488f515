/* pull (doc/protocol.md 3.6): fills holes, page by page. */
#include "sync/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "wire/limits.h"
#include "wire/pull.h"

/* Each page lies within a range that was asked for: so it can't hide what never came, and each
 * answer with a page in it leaves less to ask for. */
static bool
is_wanted(const struct cache_ranges *wanted, const struct pull_page *page)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct conversation_range *range = &wanted->items[i];

		if (page->ids.first >= range->ids.first && page->ids.first <= range->ids.last &&
		    page->ids.last <= range->ids.last &&
		    strcmp(page->conversation, range->conversation) == 0)
			return true;
	}
	return false;
}

/* Fills pages with those of the answer that cover something, and counts others' messages. */
static enum status
choose(struct sync *sync, const struct pull_answer *answer, struct cache_page *pages, size_t *count,
    int64_t *news, struct error *err)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct pull_page *page = &answer->pages[i];

		if (page->unknown) {
			sync_notice(sync, "the server does not know the conversation with %s",
			    page->conversation);
			continue;
		}
		if (!is_wanted(&sync->pull_wanted, page))
			return error_set(err, STATUS_PROTOCOL,
			    "the server sent a page of %s that it was not asked for",
			    page->conversation);
		/* What this cache knows of is not there, or not any more. */
		if (page->ids.first > page->last || page->ids.last < page->ids.first)
			continue;
		pages[(*count)++] =
		    (struct cache_page){page->conversation, page->ids, page->first, page->last,
		        page->messages, page->count, page->amendments, page->amendment_count};
		for (size_t m = 0; m < page->count; m++)
			*news += !page->messages[m].has_key;
	}
	return STATUS_OK;
}

/* Stores them. *fits: whether their generation is the cache's. */
static enum status
store(struct sync *sync, const char *generation, const struct cache_page *pages, size_t count,
    int64_t news, bool *fits, struct error *err)
{
	enum cache_applied applied = CACHE_APPLIED;
	enum status status = STATUS_OK;

	if (count)
		status =
		    cache_store_pages(sync->config.cache, generation, pages, count, &applied, err);
	*fits = applied == CACHE_APPLIED;
	if (status == STATUS_OK && count && *fits) {
		sync->counts.changes++;
		sync->counts.messages += news;
	}
	return status;
}

static void answered(struct transport_call *call);

static void
ask(struct sync *sync)
{
	struct task *task = &sync->pull;
	struct pull_request request = {
	    .want = sync->pull_wanted.items, .count = sync->pull_wanted.count};

	task_take_acks(task, &request.acks);
	buf_init(&task->call.body, LIMIT_REQUEST);
	pull_request_write(&task->call.body, &request);
	task_call(task, METHOD_PULL, CALL_TIMEOUT_MS, answered);
}

/* The page is the one for that range, as far as it was told. */
static bool
is_told(const struct pull_page *page, const struct conversation_range *range)
{
	return strcmp(page->conversation, range->conversation) == 0 &&
	       (page->unknown || page->ids.first == range->ids.first);
}

/*
 * Leaves of what was wanted what an answer that was full did not tell. False where only the cache
 * can say what is next: nothing is left, or the answer isn't in the order of what was wanted.
 */
static bool
leave_rest(struct cache_ranges *wanted, const struct pull_answer *answer)
{
	const struct pull_page *last;
	size_t told = answer->count;

	if (!answer->more || told == 0 || told > wanted->count)
		return false;
	for (size_t i = 0; i < told; i++)
		if (!is_told(&answer->pages[i], &wanted->items[i]))
			return false;
	last = &answer->pages[told - 1];
	/* It ended before its range did, and there is more of it. */
	if (!last->unknown && last->ids.last < last->last &&
	    last->ids.last < wanted->items[told - 1].ids.last)
		wanted->items[--told].ids.first = last->ids.last + 1;
	wanted->count -= told;
	memmove(wanted->items, wanted->items + told, wanted->count * sizeof *wanted->items);
	return wanted->count > 0;
}

/* Takes an answer. Its next page is on its way while this one is stored; what was stored is
 * acknowledged by a request that is made after that, as ever. */
static enum status
take(struct sync *sync, const struct pull_answer *answer, bool *covered, bool *fits, bool *asked,
    struct error *err)
{
	struct cache_page *pages = mem_zalloc(answer->count, sizeof *pages);
	size_t count = 0;
	int64_t news = 0;
	enum status status = choose(sync, answer, pages, &count, &news, err);

	*covered = count > 0;
	*asked = status == STATUS_OK && *covered && leave_rest(&sync->pull_wanted, answer);
	if (*asked) {
		ask(sync);
		transport_push(sync->config.transport);
	}
	if (status == STATUS_OK)
		status = store(sync, answer->generation, pages, count, news, fits, err);
	free(pages);
	return status;
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct pull_answer answer = {0};
	struct error err = call->err;
	struct json *doc = call->doc; /* it outlives the call, which is used again */
	enum status status = call->status;
	bool covered = false, fits = true, asked = false;

	call->doc = NULL;
	transport_call_finish(call);
	if (status == STATUS_OK)
		status = pull_answer_read(&answer, doc, &err);
	if (status == STATUS_OK)
		status = take(task->sync, &answer, &covered, &fits, &asked, &err);
	pull_answer_finish(&answer);
	json_destroy(doc);
	if (asked && (status != STATUS_OK || !fits))
		task_drop(task);
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
	} else if (!fits) {
		task_behind_lists(task);
	} else if (covered) {
		task->times_behind = 0;
		backoff_reset(&task->backoff);
		if (!asked)
			pull_begin(task->sync);
	} else if (task->sync->range_count) {
		pull_begin(task->sync);
	} else {
		task_succeed(task);
	}
}

static void
drop_range(struct sync *sync, size_t i)
{
	free((char *)sync->ranges[i].conversation);
	sync->range_count--;
	memmove(
	    sync->ranges + i, sync->ranges + i + 1, (sync->range_count - i) * sizeof *sync->ranges);
}

/* One block, as the cache tells what is missing. */
static struct cache_ranges
one_range(const struct conversation_range *range, struct id_range ids)
{
	size_t length = strlen(range->conversation) + 1;
	struct cache_ranges ranges = {mem_zalloc(1, sizeof *ranges.items + length), 1};
	char *conversation = (char *)(ranges.items + 1);

	memcpy(conversation, range->conversation, length);
	ranges.items[0] = (struct conversation_range){conversation, ids};
	return ranges;
}

/* The newest ids of the range that was asked for last; what one answer can't hold waits. */
static struct cache_ranges
take_range(struct sync *sync)
{
	struct conversation_range *range = &sync->ranges[sync->range_count - 1];
	struct id_range ids = {
	    higher(range->ids.first, range->ids.last - LIMIT_PAGE_ROWS + 1), range->ids.last};
	struct cache_ranges wanted = one_range(range, ids);

	range->ids.last = ids.first - 1;
	if (range->ids.last < range->ids.first)
		drop_range(sync, sync->range_count - 1);
	return wanted;
}

void
sync_pull_range(struct sync *sync, const char *conversation, struct id_range ids)
{
	for (size_t i = sync->range_count; i-- > 0;)
		if (strcmp(sync->ranges[i].conversation, conversation) == 0 &&
		    sync->ranges[i].ids.first == ids.first)
			drop_range(sync, i);
	if (sync->range_count == SYNC_RANGES)
		drop_range(sync, 0);
	sync->ranges[sync->range_count++] =
	    (struct conversation_range){mem_strdup(conversation), ids};
	sync_want(sync, SYNC_PULL, 0);
}

/* What is to be asked for now. An answer holds so many messages at most: of history no more is
 * asked for, so that the newest come whole before the next. */
static enum status
find_missing(struct sync *sync, struct cache_ranges *missing, struct error *err)
{
	struct cache *cache = sync->config.cache;

	if (sync->range_count) {
		*missing = take_range(sync);
		return STATUS_OK;
	}
	if (sync->pull_history)
		return cache_missing_newest(cache, sync->pull_history, LIMIT_PAGE_ROWS, WANT_RANGES,
		    missing, &sync->pull_left, err);
	return cache_missing(cache, sync->pull_consumer, sync->pull_who, WANT_RANGES, missing, err);
}

void
pull_begin(struct sync *sync)
{
	struct task *task = &sync->pull;
	struct cache_ranges missing = {0};
	struct error err;
	enum status status = find_missing(sync, &missing, &err);

	task->again = false; /* whatever made it wanted anew is among what is missing now */
	cache_ranges_finish(&sync->pull_wanted);
	if (status != STATUS_OK || !missing.count) {
		cache_ranges_finish(&missing);
		if (status != STATUS_OK)
			task_fail(task, status, &err);
		else
			task_succeed(task);
		return;
	}
	sync->pull_wanted = missing;
	ask(sync);
}

void
sync_pull_for(struct sync *sync, int64_t consumer, const char *who, bool always)
{
	sync->pull_consumer = consumer;
	free(sync->pull_who);
	sync->pull_who = mem_strdup(who);
	sync->pull_always = always;
	sync->pull_history = NULL;
}

void
sync_pull_history(struct sync *sync, const struct roaming *roaming)
{
	sync->pull_history = roaming;
	sync->pull_left = -1;
	sync->pull_always = false;
}

int64_t
sync_pull_asked(const struct sync *sync)
{
	int64_t sum = 0;

	for (size_t i = 0; i < sync->pull_wanted.count && sync->pull.wanted; i++)
		sum +=
		    sync->pull_wanted.items[i].ids.last - sync->pull_wanted.items[i].ids.first + 1;
	return sum;
}

int64_t
sync_pull_left(const struct sync *sync)
{
	return sync->pull_left;
}

void
pull_finish(struct sync *sync)
{
	while (sync->range_count)
		drop_range(sync, 0);
	cache_ranges_finish(&sync->pull_wanted);
	free(sync->pull_who);
}
