/*
 * reset and compare (doc/protocol.md 3.3, 3.10): the server's history is not the cache's. The task
 * `lists` asks where they part, turns the cache to the server's in one transaction, compares all
 * lists, which sets a cursor, and goes on with login-sync. Each of these steps shows in the cache,
 * so that another process, or this one's next life, goes on where it stands.
 */
#include "sync/internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "wire/compare.h"
#include "wire/limits.h"

/* ---- reset ---- */

static void
tell_lost(struct sync *sync, const struct cache_lost *lost)
{
	sync_notice(sync,
	    "the server's history is another one than this cache's: %lld messages are set aside, "
	    "%lld are sent again",
	    (long long)lost->aside, (long long)lost->again);
	if (lost->aside && sync->config.lost)
		sync->config.lost(sync->config.arg, lost);
	if (lost->again)
		sync_want(sync, SYNC_FLUSH, 0);
}

static enum status
apply_reset(struct sync *sync, const struct reset_answer *answer, bool *applies, struct error *err)
{
	const struct cache_reset reset = {answer->generation, answer->fork, &sync->lists_asked};
	enum cache_applied applied;
	struct cache_lost lost;
	enum status status = cache_reset(sync->config.cache, &reset, &applied, &lost, err);

	*applies = status == STATUS_OK && applied == CACHE_APPLIED;
	if (*applies) {
		sync->counts.changes++;
		tell_lost(sync, &lost);
	}
	return status;
}

static void
reset_answered(struct transport_call *call)
{
	struct sync *sync = task_done(call)->sync;
	struct reset_answer answer;
	struct error err = call->err;
	enum status status = call->status;
	int64_t stamp = 0;
	bool applies = false;

	if (status == STATUS_OK)
		status = reset_answer_read(&answer, call->doc, &err);
	if (status == STATUS_OK)
		status = apply_reset(sync, &answer, &applies, &err);
	if (status != STATUS_OK) {
		lists_fail(sync, status, &err);
		return;
	}
	stamp = answer.stamp;
	transport_call_finish(call);
	if (!applies) {
		lists_begin(sync);
		return;
	}
	compare_begin(sync);
	sync->comparing.has_stamp = true;
	sync->comparing.stamp = stamp;
}

void
reset_begin(struct sync *sync)
{
	struct task *task = &sync->lists;
	struct cursor *generations = mem_zalloc(LIMIT_BATCH, sizeof *generations);
	struct reset_request request = {.generations = generations};
	struct error err;
	enum status status = cache_knowledge_get(sync->config.cache, &sync->lists_asked, &err);

	sync->lists_until = 0;
	if (status == STATUS_OK)
		status = cache_generations(
		    sync->config.cache, LIMIT_BATCH, generations, &request.count, &err);
	if (status == STATUS_OK && !request.count)
		status = error_set(&err, STATUS_PROTOCOL,
		    "the server refuses a cursor that it was not given; it may be broken");
	if (status == STATUS_OK && sync->resets++ == MOST_BEHIND)
		status = error_set(&err, STATUS_AGAIN,
		    "the server's history is another one each time; it may be starting over and "
		    "over");
	if (status == STATUS_OK) {
		buf_init(&task->call.body, LIMIT_REQUEST);
		reset_request_write(&task->call.body, &request);
		task_call(task, METHOD_RESET, CALL_TIMEOUT_MS, reset_answered);
	} else {
		lists_fail(sync, status, &err);
	}
	free(generations);
}

/* ---- compare ---- */

static void compare_next(struct sync *sync);

void
compare_finish(struct sync *sync)
{
	cache_listed_finish(&sync->comparing.interval.had);
}

/* What is between the interval's bounds was compared: those come next, or the next list. */
static void
advance(struct interval *interval, const char *upto)
{
	snprintf(interval->after.text, sizeof interval->after.text, "%s", upto ? upto : "");
	if (!upto)
		interval->list++;
}

static enum status
apply_compare(struct sync *sync, const struct compare_answer *answer, bool *fits, struct error *err)
{
	struct comparing *comparing = &sync->comparing;
	struct cache_compared compared = {
	    .generation = answer->generation,
	    .list = comparing->interval.list,
	    .had = &comparing->interval.had,
	    .contacts = answer->contacts,
	    .contact_count = answer->contact_count,
	    .groups = answer->groups,
	    .group_count = answer->group_count,
	    .heads = answer->heads,
	    .head_count = answer->head_count,
	    .gone = answer->gone,
	    .gone_count = answer->gone_count,
	};
	enum cache_applied applied = CACHE_GAP;
	const char *upto;
	enum status status = interval_answered(&comparing->interval, answer, &upto, err);

	if (status == STATUS_OK)
		status = cache_compare_apply(sync->config.cache, &compared, &applied, err);
	*fits = applied == CACHE_APPLIED;
	if (status != STATUS_OK || !*fits)
		return status;
	if (!comparing->has_stamp) {
		comparing->has_stamp = true;
		comparing->stamp = answer->stamp;
	}
	advance(&comparing->interval, upto);
	if (comparing->interval.list == CACHE_LISTS)
		status = cache_compare_end(
		    sync->config.cache, answer->generation, comparing->stamp, &applied, err);
	*fits = applied != CACHE_GAP;
	return status;
}

static void
compare_answered(struct transport_call *call)
{
	struct sync *sync = task_done(call)->sync;
	struct compare_answer answer = {0};
	struct error err = call->err;
	enum status status = call->status;
	bool fits = false;

	if (status == STATUS_OK)
		status = compare_answer_read(&answer, call->doc, &err);
	if (status == STATUS_OK)
		status = apply_compare(sync, &answer, &fits, &err);
	compare_answer_finish(&answer);
	if (status != STATUS_OK) {
		lists_fail(sync, status, &err);
		return;
	}
	transport_call_finish(call);
	if (!fits)
		reset_begin(sync); /* the server started anew: is its history the same? */
	else if (sync->comparing.interval.list == CACHE_LISTS)
		lists_begin(sync);
	else
		compare_next(sync);
}

static void
compare_next(struct sync *sync)
{
	struct interval *interval = &sync->comparing.interval;
	struct error err;
	enum status status;

	cache_listed_finish(&interval->had);
	status = cache_listed(sync->config.cache, interval->list, interval->after.text, LIMIT_BATCH,
	    &interval->had, &err);
	if (status != STATUS_OK) {
		lists_fail(sync, status, &err);
		return;
	}
	buf_init(&sync->lists.call.body, LIMIT_REQUEST);
	interval_write(&sync->lists.call.body, interval, false);
	task_call(&sync->lists, METHOD_COMPARE, CALL_TIMEOUT_MS, compare_answered);
}

void
compare_begin(struct sync *sync)
{
	cache_listed_finish(&sync->comparing.interval.had);
	sync->comparing = (struct comparing){.interval = {.list = CACHE_CONTACTS}};
	compare_next(sync);
}
