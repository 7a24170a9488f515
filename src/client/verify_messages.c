/*
 * Messages are compared by the digests of the ranges held. A range that differs is cut into pieces,
 * and these again, until they are so small that what they hold is pulled and compared one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/verify.h"
#include "wire/digest.h"
#include "wire/limits.h"
#include "wire/pull.h"

enum {
	WHOLE = LIMIT_DIGEST / 2, /* ids in one range, so that a request holds one at least */
	PIECES = 16,
	SMALL = 50, /* ids of a range that is pulled */
};

/* Ranges to be looked at. Names are borrowed from the ranges that the cache told. */
struct ranges {
	struct conversation_range *items;
	size_t count;
	size_t room;
};

static int64_t
length_of(struct id_range ids)
{
	return ids.last - ids.first + 1;
}

static void
ranges_add(struct ranges *ranges, const char *conversation, struct id_range ids)
{
	if (ranges->count == ranges->room) {
		ranges->room = ranges->room ? 2 * ranges->room : 64;
		ranges->items = mem_resize(ranges->items, ranges->room, sizeof *ranges->items);
	}
	ranges->items[ranges->count++] = (struct conversation_range){conversation, ids};
}

/* Adds the range in pieces of at most so many ids. */
static void
ranges_add_pieces(struct ranges *ranges, const struct conversation_range *range, int64_t most)
{
	struct id_range ids = range->ids;

	while (ids.first <= ids.last) {
		struct id_range piece = ids;

		if (length_of(piece) > most)
			piece.last = piece.first + most - 1;
		ranges_add(ranges, range->conversation, piece);
		ids.first = piece.last + 1;
	}
}

/* How many of the first ones a request takes. */
static size_t
fitting(const struct conversation_range *items, size_t count, int64_t most)
{
	int64_t ids = 0;
	size_t i = 0;

	while (i < count && i < LIMIT_BATCH && (ids += length_of(items[i].ids)) <= most)
		i++;
	return i;
}

/* ---- digests ---- */

static void
add_message(void *digest, const struct message *message)
{
	digest_add(digest, message, message->text);
}

/* Those of a batch that differ: to be pulled, or cut. */
static enum status
sort_out(struct verify_run *run, const struct conversation_range *batch,
    const struct digest_answer *answer, struct ranges *cut, struct ranges *small, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];
	enum status status = STATUS_OK;

	for (size_t i = 0; i < answer->count && status == STATUS_OK; i++) {
		int64_t length = length_of(batch[i].ids);
		struct digest digest;

		digest_init(&digest);
		status = cache_messages(run->client->cache, &batch[i], add_message, &digest, err);
		digest_end(&digest, text);
		/* NULL: the server has no such conversation, which its head says. */
		if (status != STATUS_OK || !answer->digests[i] ||
		    strcmp(text, answer->digests[i]) == 0)
			continue;
		if (length <= SMALL)
			ranges_add(small, batch[i].conversation, batch[i].ids);
		else
			ranges_add_pieces(cut, &batch[i],
			    length / PIECES > SMALL ? (length + PIECES - 1) / PIECES : SMALL);
	}
	return status;
}

static enum status
ask_digests(struct verify_run *run, const struct conversation_range *batch, size_t count,
    struct digest_answer *answer, struct error *err)
{
	const struct digest_request request = {(struct conversation_range *)batch, count};
	struct buf body;
	enum status status;

	buf_init(&body, LIMIT_REQUEST);
	digest_request_write(&body, &request);
	status = verify_call(run, METHOD_DIGEST, &body, err);
	if (status == STATUS_OK)
		status = digest_answer_read(answer, sync_once_answer(run->client->sync), err);
	if (status == STATUS_OK && (answer->count == 0 || answer->count > count))
		status = error_set(err, STATUS_PROTOCOL, "the server answers %zu digests of %zu",
		    answer->count, count);
	if (status == STATUS_OK)
		status = verify_generation(run, answer->generation, err);
	return status;
}

/* One round: all ranges are asked for, and those that differ go to `cut` and `small`. */
static enum status
compare_digests(struct verify_run *run, const struct ranges *ranges, struct ranges *cut,
    struct ranges *small, struct error *err)
{
	enum status status = STATUS_OK;
	size_t done = 0;

	while (done < ranges->count && status == STATUS_OK) {
		const struct conversation_range *batch = ranges->items + done;
		struct digest_answer answer = {0};

		status = ask_digests(
		    run, batch, fitting(batch, ranges->count - done, LIMIT_DIGEST), &answer, err);
		if (status == STATUS_OK)
			status = sort_out(run, batch, &answer, cut, small, err);
		done += answer.count;
		digest_answer_finish(&answer);
	}
	return status;
}

/* ---- one by one ---- */

/* The cache's messages against those of a page, both ascending. */
struct walk {
	struct verify_run *run;
	const struct pull_page *page;
	size_t next;                  /* of the page's messages */
	struct difference difference; /* a run of them under way; ids.first 0: none */
};

static void
tell_run(struct walk *walk)
{
	if (walk->difference.ids.first)
		verify_found(walk->run, &walk->difference);
	walk->difference.ids.first = 0;
}

static void
note(struct walk *walk, int64_t msg_id, enum difference_kind kind, const char *field)
{
	struct difference *d = &walk->difference;

	if (d->ids.first && d->kind == kind && !field && d->ids.last == msg_id - 1) {
		d->ids.last = msg_id;
		return;
	}
	tell_run(walk);
	*d = (struct difference){.of = DIFFERENCE_MESSAGES,
	    .kind = kind,
	    .address = walk->page->conversation,
	    .ids = {msg_id, msg_id},
	    .field = field};
}

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The first field in which they differ; NULL where they are the same to a digest. */
static const char *
differing_field(const struct message *a, const struct message *b)
{
	if (!same_text(a->text, b->text))
		return "text";
	if (strcmp(a->from, b->from) != 0)
		return "from";
	if (strcmp(a->type, b->type) != 0)
		return "type";
	if (a->target != b->target)
		return "target";
	return a->stamp != b->stamp ? "stamp" : NULL;
}

/* What the page has below msg_id, the cache lacks. */
static void
note_missing(struct walk *walk, int64_t msg_id)
{
	const struct pull_page *page = walk->page;

	for (; walk->next < page->count && page->messages[walk->next].msg_id < msg_id; walk->next++)
		note(walk, page->messages[walk->next].msg_id, DIFFERENCE_MISSING, NULL);
}

static void
look_at_message(void *arg, const struct message *message)
{
	struct walk *walk = arg;
	const struct pull_page *page = walk->page;
	const char *field;

	note_missing(walk, message->msg_id);
	if (walk->next == page->count || page->messages[walk->next].msg_id != message->msg_id) {
		note(walk, message->msg_id, DIFFERENCE_SURPLUS, NULL);
		return;
	}
	field = differing_field(message, &page->messages[walk->next++]);
	if (field)
		note(walk, message->msg_id, DIFFERENCE_CONTENT, field);
}

/* Compares what the page says of ids with what the cache has, and mends it. */
static enum status
look_at_page(struct verify_run *run, const char *generation, const struct pull_page *page,
    struct id_range ids, struct error *err)
{
	const struct conversation_range range = {page->conversation, ids};
	const struct cache_page mended = {page->conversation, ids, page->first, page->last,
	    page->messages, page->count, page->amendments, page->amendment_count};
	struct walk walk = {.run = run, .page = page};
	int64_t before = run->found;
	enum cache_applied applied;
	enum status status =
	    cache_messages(run->client->cache, &range, look_at_message, &walk, err);

	if (status != STATUS_OK)
		return status;
	note_missing(&walk, INT64_MAX);
	tell_run(&walk);
	if (run->found == before || !verify_look(run).repair)
		return STATUS_OK;
	return cache_replace_page(run->client->cache, generation, &mended, &applied, err);
}

/* What a page says of the range that it answers; ids below `first` have expired meanwhile, and
 * of what lies beyond `last` the server has nothing. */
static struct id_range
told_of(const struct pull_page *page, const struct conversation_range *want, bool ends_early)
{
	struct id_range ids = want->ids;

	if (ends_early)
		ids.last = page->ids.last;
	if (ids.first < page->first)
		ids.first = page->first;
	return ids;
}

static enum status
look_at_pages(struct verify_run *run, const struct conversation_range *want, size_t count,
    const struct pull_answer *answer, struct error *err)
{
	enum status status = verify_generation(run, answer->generation, err);

	for (size_t i = 0; i < answer->count && status == STATUS_OK; i++) {
		const struct pull_page *page = &answer->pages[i];
		struct id_range ids;

		if (i >= count || strcmp(page->conversation, want[i].conversation) != 0)
			return error_set(err, STATUS_PROTOCOL,
			    "the server sent a page of %s that it was not asked for",
			    page->conversation);
		if (page->unknown)
			continue;
		ids = told_of(page, &want[i], answer->more && i + 1 == answer->count);
		if (ids.first <= ids.last)
			status = look_at_page(run, answer->generation, page, ids, err);
	}
	return status;
}

static enum status
pull(struct verify_run *run, const struct conversation_range *want, size_t count,
    struct pull_answer *answer, struct error *err)
{
	const struct pull_request request = {
	    .want = (struct conversation_range *)want, .count = count};
	struct buf body;
	enum status status;

	buf_init(&body, LIMIT_REQUEST);
	pull_request_write(&body, &request);
	status = verify_call(run, METHOD_PULL, &body, err);
	if (status == STATUS_OK)
		status = pull_answer_read(answer, sync_once_answer(run->client->sync), err);
	if (status == STATUS_OK && answer->count == 0)
		status = error_set(err, STATUS_PROTOCOL, "a pull was answered without a page");
	/* What was recalled until now is erased in the cache, too, when the two are compared. */
	return status == STATUS_OK ? verify_catch_up(run, err) : status;
}

/* Looks at some of the first ranges. *told: so many are done with; the one behind them may be
 * done in part, and begins later then. */
static enum status
pull_some(struct verify_run *run, struct conversation_range *want, size_t count, size_t *told,
    struct error *err)
{
	struct pull_answer answer = {0};
	enum status status = pull(run, want, count, &answer, err);

	if (status == STATUS_OK)
		status = look_at_pages(run, want, count, &answer, err);
	*told = answer.count;
	if (status == STATUS_OK && answer.more) {
		const struct pull_page *page = &answer.pages[answer.count - 1];
		int64_t last = page->unknown ? INT64_MAX : page->ids.last;

		if (last < want[answer.count - 1].ids.first && answer.count == 1)
			status = error_set(err, STATUS_PROTOCOL, "a page does not advance");
		else if (last < want[answer.count - 1].ids.last)
			want[--*told].ids.first = last + 1;
	}
	pull_answer_finish(&answer);
	return status;
}

static enum status
pull_all(struct verify_run *run, const struct ranges *ranges, struct error *err)
{
	size_t size = ranges->count * sizeof *ranges->items;
	struct conversation_range *want = mem_alloc(size);
	enum status status = STATUS_OK;
	size_t told;

	memcpy(want, ranges->items, size);
	for (size_t done = 0; done < ranges->count && status == STATUS_OK; done += told)
		status = pull_some(run, want + done,
		    fitting(want + done, ranges->count - done, LIMIT_PAGE_ROWS), &told, err);
	free(want);
	return status;
}

/* Those that differ the first time are looked at again. */
static enum status
look_one_by_one(struct verify_run *run, const struct ranges *small, struct error *err)
{
	enum status status;

	if (!small->count)
		return STATUS_OK;
	run->found = 0;
	run->quiet = true;
	status = pull_all(run, small, err);
	run->quiet = false;
	if (status != STATUS_OK || !run->found)
		return status;
	run->found = 0;
	return pull_all(run, small, err);
}

enum status
verify_messages(struct verify_run *run, struct error *err)
{
	struct ranges ranges = {.count = 0}, cut = {.count = 0}, small = {.count = 0};
	struct cache_ranges held;
	enum status status = cache_held(run->client->cache, &held, err);

	for (size_t i = 0; i < held.count; i++) {
		ranges_add_pieces(&ranges, &held.items[i], WHOLE);
		run->verified->messages += run->pass ? 0 : length_of(held.items[i].ids);
	}
	while (ranges.count && status == STATUS_OK) {
		struct ranges done = ranges;

		cut.count = 0;
		status = compare_digests(run, &ranges, &cut, &small, err);
		ranges = cut;
		cut = done;
	}
	if (status == STATUS_OK)
		status = look_one_by_one(run, &small, err);
	free(ranges.items);
	free(cut.items);
	free(small.items);
	cache_ranges_finish(&held);
	return status;
}
