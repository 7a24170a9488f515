/*
 * The server's answers. Whatever brings a message goes through message_put(), and its id through
 * conversation_hold().
 */
#include <string.h>

#include "base/number.h"
#include "cache/internal.h"
#include "cache/verify.h"

/* A change or a page as it is worked through. */
struct apply {
	struct cache *cache;
	struct address own;
	struct conversation conversation;
	struct id_range pending; /* ids of conversation that are not yet held; empty: last 0 */
	bool later;              /* the cache has a cursor: what comes happened since */
};

/*
 * Notes ids, of the held run, as to be acknowledged. Where the run goes on from what the server
 * took of this device, all of it is told: own messages and what joined behind a filled hole too,
 * since the server moves a device's head only without gaps (doc/protocol.md 3.7); and from its
 * beginning, since a server that was killed may have lost what it took.
 */
static enum status
note_ack(struct apply *apply, struct id_range ids, struct id_range run, struct error *err)
{
	const struct conversation *c = &apply->conversation;
	int64_t acked = c->acked < c->first - 1 ? c->first - 1 : c->acked;
	struct id_range whole;
	int64_t added;

	if (ids.first < c->first)
		ids.first = c->first;
	if (run.first <= acked + 1 && run.last > acked)
		ids = run;
	return range_add(apply->cache, RANGES_ACK, c->id, ids, &whole, &added, err);
}

/* Makes the ids gathered held, and notes them. */
static enum status
hold_pending(struct apply *apply, struct error *err)
{
	struct id_range ids = apply->pending;
	struct id_range run = {0, 0};
	enum status status;

	apply->pending = (struct id_range){0, 0};
	if (ids.last == 0 || ids.last < apply->conversation.first)
		return STATUS_OK;
	status = conversation_hold(apply->cache, &apply->conversation, ids, &run, err);
	return status == STATUS_OK ? note_ack(apply, ids, run, err) : status;
}

static enum status
turn(struct apply *apply, const char *address, struct error *err)
{
	enum status status;

	if (apply->conversation.id && strcmp(apply->conversation.address.text, address) == 0)
		return STATUS_OK;
	status = hold_pending(apply, err);
	return status == STATUS_OK
	           ? conversation_turn(apply->cache, &apply->conversation, address, err)
	           : status;
}

/* The ids of messages that follow each other are held as one run. */
static enum status
gather(struct apply *apply, int64_t msg_id, struct error *err)
{
	enum status status = STATUS_OK;

	if (apply->pending.last != 0 && msg_id == apply->pending.last + 1) {
		apply->pending.last++;
		return STATUS_OK;
	}
	status = hold_pending(apply, err);
	apply->pending = (struct id_range){msg_id, msg_id};
	return status;
}

static enum status
apply_message(struct apply *apply, const struct message *message, struct error *err)
{
	enum status status = turn(apply, message->conversation, err);

	if (status == STATUS_OK)
		status = conversation_grow(
		    apply->cache, &apply->conversation, 1, message->msg_id, &apply->own, err);
	if (status == STATUS_OK)
		status = message_put(apply->cache, &apply->conversation, message, &apply->own, err);
	return status == STATUS_OK ? gather(apply, message->msg_id, err) : status;
}

/* One that comes by itself, from behind a hole or not. */
static enum status
apply_amendment(struct apply *apply, const struct message *message, struct error *err)
{
	struct conversation *c = &apply->conversation;
	struct id_range ids = {message->msg_id, message->msg_id};
	struct id_range run = {0, 0};
	enum status status = turn(apply, message->conversation, err);

	if (status == STATUS_OK)
		status = conversation_grow(apply->cache, c, 1, message->msg_id, &apply->own, err);
	if (status == STATUS_OK)
		status = message_put(apply->cache, c, message, &apply->own, err);
	if (status == STATUS_OK)
		status = conversation_hold(apply->cache, c, ids, &run, err);
	/* Behind a hole it need not be told: the server could make nothing of it. */
	return status == STATUS_OK && run.last > c->acked && run.first <= c->acked + 1
	           ? note_ack(apply, ids, run, err)
	           : status;
}

static enum status
apply_head(struct apply *apply, const struct conversation_head *head, struct error *err)
{
	struct conversation *c = &apply->conversation;
	enum status status = turn(apply, head->conversation, err);

	if (status == STATUS_OK && apply->later)
		status = conversation_joined(apply->cache, c, head, err);
	return status == STATUS_OK ? conversation_head(apply->cache, c, head, &apply->own, err)
	                           : status;
}

static enum status
begin(struct apply *apply, struct cache *cache, struct error *err)
{
	enum status status = cache_begin(cache, WRITE, err);

	*apply = (struct apply){.cache = cache};
	if (status != STATUS_OK)
		return status;
	status = account_own(cache, &apply->own, err);
	return status == STATUS_OK ? STATUS_OK : cache_end(cache, status, err);
}

static enum status
end(struct apply *apply, enum status status, struct error *err)
{
	if (status == STATUS_OK)
		status = hold_pending(apply, err);
	if (status == STATUS_OK)
		status = conversation_save(apply->cache, &apply->conversation, err);
	return cache_end(apply->cache, status, err);
}

static enum status
check_change(const struct cache_change *change, struct error *err)
{
	size_t length = strlen(change->generation);
	bool good = true;

	if (length == 0 || length >= GENERATION_SIZE)
		return error_set(err, STATUS_INTERNAL,
		    "defect in tern: a generation of %zu bytes reached the cache", length);
	for (size_t i = 0; i < change->message_count; i++)
		good = good && change->messages[i].msg_id >= 1;
	for (size_t i = 0; i < change->amendment_count; i++)
		good = good && change->amendments[i].msg_id >= 1;
	return good ? STATUS_OK
	            : error_set(err, STATUS_INTERNAL,
	                  "defect in tern: a message without a number reached the cache");
}

static enum status
apply_all(struct apply *apply, const struct cache_change *change, struct error *err)
{
	enum status status =
	    contacts_put(apply->cache, change->contacts, change->contact_count, err);

	apply->later = change->from > 0;
	if (status == STATUS_OK)
		status = groups_put(apply->cache, change->groups, change->group_count, err);
	for (size_t i = 0; i < change->head_count && status == STATUS_OK; i++)
		status = apply_head(apply, &change->heads[i], err);
	for (size_t i = 0; i < change->message_count && status == STATUS_OK; i++)
		status = apply_message(apply, &change->messages[i], err);
	for (size_t i = 0; i < change->amendment_count && status == STATUS_OK; i++)
		status = apply_amendment(apply, &change->amendments[i], err);
	return status == STATUS_OK ? generation_turn(apply->cache, change, err) : status;
}

enum status
cache_apply(struct cache *cache, const struct cache_change *change, enum cache_applied *applied,
    struct error *err)
{
	struct apply apply;
	enum status status = check_change(change, err);

	if (status == STATUS_OK)
		status = begin(&apply, cache, err);
	if (status != STATUS_OK)
		return status;
	status = generation_compare(cache, change, applied, err);
	if (status == STATUS_OK && *applied == CACHE_APPLIED)
		status = apply_all(&apply, change, err);
	return end(&apply, status, err);
}

/* What the wire should have refused; believed, it would hide messages for ever. */
static enum status
check_page(const struct cache_page *page, struct error *err)
{
	bool fits = page->ids.first >= 1 && page->first >= 1 && page->last >= 0;

	for (size_t i = 0; i < page->count && fits; i++)
		fits = page->messages[i].msg_id >= page->ids.first &&
		       page->messages[i].msg_id <= page->ids.last &&
		       page->messages[i].msg_id <= page->last;
	for (size_t i = 0; i < page->amendment_count && fits; i++)
		fits = page->amendments[i].msg_id > page->ids.last;
	if (fits)
		return STATUS_OK;
	return error_set(err, STATUS_INTERNAL,
	    "defect in tern: a page of %s with messages out of its bounds reached the cache",
	    page->conversation);
}

static enum status
store_page(struct apply *apply, const struct cache_page *page, struct error *err)
{
	struct cache *cache = apply->cache;
	enum status status = turn(apply, page->conversation, err);

	if (status == STATUS_OK)
		status = conversation_grow(
		    cache, &apply->conversation, page->first, page->last, &apply->own, err);
	for (size_t i = 0; i < page->count && status == STATUS_OK; i++)
		status =
		    message_put(cache, &apply->conversation, &page->messages[i], &apply->own, err);
	if (status != STATUS_OK)
		return status;
	/* What does not exist yet isn't held, whatever the page says it covers. */
	apply->pending = page->ids;
	if (apply->pending.last > page->last)
		apply->pending.last = page->last;
	status = hold_pending(apply, err);
	for (size_t i = 0; i < page->amendment_count && status == STATUS_OK; i++)
		status = apply_amendment(apply, &page->amendments[i], err);
	return status;
}

static int64_t
highest_stamp(const struct message *messages, size_t count, int64_t stamp)
{
	for (size_t i = 0; i < count; i++)
		stamp = higher(stamp, messages[i].stamp);
	return stamp;
}

/* Stores them where their generation is the cache's, and notes how far they show it to reach. */
static enum status
store_pages(struct apply *apply, const char *generation, const struct cache_page *pages,
    size_t count, enum cache_applied *applied, struct error *err)
{
	int64_t stamp = 0;
	bool fits;
	enum status status = generation_fits(apply->cache, generation, &fits, err);

	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status != STATUS_OK || !fits)
		return status;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = store_page(apply, &pages[i], err);
		stamp = highest_stamp(pages[i].messages, pages[i].count, stamp);
		stamp = highest_stamp(pages[i].amendments, pages[i].amendment_count, stamp);
	}
	return status == STATUS_OK ? generation_note(apply->cache, generation, stamp, err) : status;
}

enum status
cache_store_pages(struct cache *cache, const char *generation, const struct cache_page *pages,
    size_t count, enum cache_applied *applied, struct error *err)
{
	struct apply apply;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = check_page(&pages[i], err);
	if (status == STATUS_OK)
		status = begin(&apply, cache, err);
	if (status != STATUS_OK)
		return status;
	status = store_pages(&apply, generation, pages, count, applied, err);
	return end(&apply, status, err);
}

/* Whatever was there goes, so that nothing of it can stay. */
static enum status
replace_page(struct apply *apply, const char *generation, const struct cache_page *page,
    enum cache_applied *applied, struct error *err)
{
	bool fits;
	enum status status = generation_fits(apply->cache, generation, &fits, err);

	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status == STATUS_OK && fits)
		status = turn(apply, page->conversation, err);
	if (status == STATUS_OK && fits)
		status = verify_drop(apply->cache, &apply->conversation, page->ids, err);
	/* Where the server has nothing with these ids, nothing is held of them. */
	if (status == STATUS_OK && fits && page->ids.first <= page->last)
		status = store_page(apply, page, err);
	return status == STATUS_OK && fits
	           ? verify_refold(apply->cache, apply->conversation.id, err)
	           : status;
}

enum status
cache_replace_page(struct cache *cache, const char *generation, const struct cache_page *page,
    enum cache_applied *applied, struct error *err)
{
	struct apply apply;
	enum status status = check_page(page, err);

	if (status == STATUS_OK)
		status = begin(&apply, cache, err);
	if (status != STATUS_OK)
		return status;
	return end(&apply, replace_page(&apply, generation, page, applied, err), err);
}

static enum status
store_group(struct apply *apply, const char *generation, const struct group *group,
    const struct conversation_head *head, enum cache_applied *applied, struct error *err)
{
	int64_t stamp = group->stamp > head->stamp ? group->stamp : head->stamp;
	bool fits;
	enum status status = generation_fits(apply->cache, generation, &fits, err);

	*applied = fits ? CACHE_APPLIED : CACHE_GAP;
	if (status != STATUS_OK || !fits)
		return status;
	status = groups_put(apply->cache, group, 1, err);
	if (status == STATUS_OK)
		status = apply_head(apply, head, err);
	return status == STATUS_OK ? generation_note(apply->cache, generation, stamp, err) : status;
}

enum status
cache_store_group(struct cache *cache, const char *generation, const struct group *group,
    const struct conversation_head *head, enum cache_applied *applied, struct error *err)
{
	struct apply apply;
	enum status status = begin(&apply, cache, err);

	if (status != STATUS_OK)
		return status;
	status = store_group(&apply, generation, group, head, applied, err);
	return end(&apply, status, err);
}
