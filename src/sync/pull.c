/* pull (doc/protocol.md 3.6): fills holes, page by page. */
#include "sync/internal.h"

#include <stdlib.h>

#include "base/mem.h"
#include "wire/limits.h"

/* *covered: whether the pages bring anything at all; the server may know none of what is wanted. */
static enum status
store(struct sync *sync, const struct pull_answer *answer, bool *covered, struct error *err)
{
	struct cache_page *pages = mem_zalloc(answer->count, sizeof *pages);
	size_t count = 0;
	int64_t news = 0;
	enum status status;

	for (size_t i = 0; i < answer->count; i++) {
		const struct pull_page *page = &answer->pages[i];

		if (page->unknown) {
			sync_notice(sync, "the server does not know the conversation with %s",
			    page->conversation);
			continue;
		}
		pages[count++] = (struct cache_page){page->conversation, page->ids, page->first,
		    page->last, page->messages, page->count};
		for (size_t m = 0; m < page->count; m++)
			news += !page->messages[m].has_key;
	}
	*covered = count > 0;
	status = count ? cache_store_pages(sync->config.cache, pages, count, err) : STATUS_OK;
	if (status == STATUS_OK && count) {
		sync->counts.changes++;
		sync->counts.messages += news;
	}
	free(pages);
	return status;
}

static void
answered(struct transport_call *call)
{
	struct task *task = task_done(call);
	struct pull_answer answer = {0};
	struct error err = call->err;
	enum status status = call->status;
	bool covered = false;

	if (status == STATUS_OK)
		status = pull_answer_read(&answer, call->doc, &err);
	if (status == STATUS_OK)
		status = store(task->sync, &answer, &covered, &err);
	pull_answer_finish(&answer);
	if (status != STATUS_OK) {
		task_fail(task, status, &err);
	} else if (covered) {
		backoff_reset(&task->backoff);
		transport_call_finish(call);
		pull_begin(task->sync);
	} else {
		task_succeed(task);
	}
}

void
pull_begin(struct sync *sync)
{
	struct task *task = &sync->pull;
	struct pull_request request = {0};
	struct cache_ranges missing = {0};
	struct error err;
	enum status status = cache_missing(
	    sync->config.cache, sync->pull_consumer, sync->pull_who, WANT_RANGES, &missing, &err);

	task->again = false; /* whatever made it wanted anew is among what is missing now */
	if (status != STATUS_OK || !missing.count) {
		cache_ranges_finish(&missing);
		if (status != STATUS_OK)
			task_fail(task, status, &err);
		else
			task_succeed(task);
		return;
	}
	request.want = missing.items;
	request.count = missing.count;
	task_take_acks(task, &request.acks);
	buf_init(&task->call.body, LIMIT_REQUEST);
	pull_request_write(&task->call.body, &request);
	cache_ranges_finish(&missing);
	task_call(task, METHOD_PULL, CALL_TIMEOUT_MS, answered);
}

void
sync_pull_for(struct sync *sync, int64_t consumer, const char *who, bool always)
{
	sync->pull_consumer = consumer;
	free(sync->pull_who);
	sync->pull_who = mem_strdup(who);
	sync->pull_always = always;
}
