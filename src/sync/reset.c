/*
 * reset and compare (doc/protocol.md 3.3, 3.10): the server's history is not the cache's. The task
 * `lists` asks where they part, turns the cache to the server's in one transaction, compares all
 * lists, which sets a cursor, and goes on with login-sync. Each of these steps shows in the cache,
 * so that another process, or this one's next life, goes on where it stands.
 */
#include "sync/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/compare.h"
#include "wire/limits.h"

_Static_assert((int)CACHE_CONTACTS == (int)COMPARE_CONTACTS &&
                   (int)CACHE_GROUPS == (int)COMPARE_GROUPS &&
                   (int)CACHE_CONVERSATIONS == (int)COMPARE_CONVERSATIONS,
    "the cache's lists are the wire's");

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
	cache_listed_finish(&sync->comparing.had);
}

/* What is between the interval's bounds was compared: those come next, or the next list. */
static void
advance(struct comparing *comparing, const char *upto)
{
	snprintf(comparing->after.text, sizeof comparing->after.text, "%s", upto ? upto : "");
	if (!upto)
		comparing->list++;
}

/* The last address that the request under way was about; NULL: all to the end. */
static const char *
asked_upto(const struct comparing *comparing)
{
	const struct cache_listed *had = &comparing->had;

	return had->more && had->count ? had->rows[had->count - 1].address : NULL;
}

static enum status
check_upto(
    const struct comparing *comparing, const struct compare_answer *answer, struct error *err)
{
	const char *upto = asked_upto(comparing);

	if (answer->upto && (strcmp(answer->upto, comparing->after.text) <= 0 ||
	                        (upto && strcmp(answer->upto, upto) > 0)))
		return error_set(err, STATUS_PROTOCOL, "a page of compare does not advance");
	return STATUS_OK;
}

static enum status
apply_compare(struct sync *sync, const struct compare_answer *answer, bool *fits, struct error *err)
{
	struct comparing *comparing = &sync->comparing;
	struct cache_compared compared = {
	    .generation = answer->generation,
	    .list = comparing->list,
	    .had = &comparing->had,
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
	enum status status = check_upto(comparing, answer, err);

	if (status == STATUS_OK)
		status = cache_compare_apply(sync->config.cache, &compared, &applied, err);
	*fits = applied == CACHE_APPLIED;
	if (status != STATUS_OK || !*fits)
		return status;
	if (!comparing->has_stamp) {
		comparing->has_stamp = true;
		comparing->stamp = answer->stamp;
	}
	advance(comparing, answer->upto ? answer->upto : asked_upto(comparing));
	if (comparing->list == CACHE_LISTS)
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
	else if (sync->comparing.list == CACHE_LISTS)
		lists_begin(sync);
	else
		compare_next(sync);
}

static void
write_request(struct sync *sync)
{
	struct comparing *comparing = &sync->comparing;
	const struct cache_listed *had = &comparing->had;
	struct compare_have *have = mem_zalloc(had->count, sizeof *have);
	const struct compare_request request = {
	    .kind = (enum compare_kind)comparing->list,
	    .after = comparing->after.text[0] ? comparing->after.text : NULL,
	    .upto = asked_upto(comparing),
	    .have = have,
	    .count = had->count,
	};

	for (size_t i = 0; i < had->count; i++)
		have[i] = (struct compare_have){had->rows[i].address, had->rows[i].stamp};
	buf_init(&sync->lists.call.body, LIMIT_REQUEST);
	compare_request_write(&sync->lists.call.body, &request);
	free(have);
}

static void
compare_next(struct sync *sync)
{
	struct comparing *comparing = &sync->comparing;
	struct error err;
	enum status status;

	cache_listed_finish(&comparing->had);
	status = cache_listed(sync->config.cache, comparing->list, comparing->after.text,
	    LIMIT_BATCH, &comparing->had, &err);
	if (status != STATUS_OK) {
		lists_fail(sync, status, &err);
		return;
	}
	write_request(sync);
	task_call(&sync->lists, METHOD_COMPARE, CALL_TIMEOUT_MS, compare_answered);
}

void
compare_begin(struct sync *sync)
{
	cache_listed_finish(&sync->comparing.had);
	sync->comparing = (struct comparing){.list = CACHE_CONTACTS};
	compare_next(sync);
}
