/*
 * Profiles, groups and members, pulled when somebody looks (doc/protocol.md 3.11): the stamps that
 * the cache holds go up, and what differs comes down and is stored.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "client/internal.h"
#include "wire/details.h"
#include "wire/limits.h"

enum { TRIES = 3 }; /* where the server starts anew meanwhile */

/* Makes the call; details_answer_finish() frees. */
static enum status
ask(struct client *client, const struct details_request *request, struct details_answer *answer,
    int64_t deadline, struct error *err)
{
	struct buf body;
	enum status status;

	*answer = (struct details_answer){0};
	buf_init(&body, LIMIT_REQUEST);
	details_request_write(&body, request);
	status = client_call(client, METHOD_DETAILS, &body, deadline, err);
	buf_finish(&body);
	if (status != STATUS_OK)
		return status;
	return details_answer_read(answer, sync_once_answer(client->sync), err);
}

/* *gap: it is of another generation than the cache. */
static enum status
store(struct client *client, const struct cache_details *details, bool *gap, struct error *err)
{
	enum cache_applied applied;
	enum status status = cache_store_details(client->cache, details, &applied, err);

	*gap = status == STATUS_OK && applied == CACHE_GAP;
	return status;
}

/* Behind a gap login-sync comes first, and then the same again. */
static enum status
after_gap(struct client *client, int tries, int64_t deadline, struct error *err)
{
	if (tries == TRIES)
		return error_set(
		    err, STATUS_AGAIN, "the server starts anew all the time: try again later");
	return client_login_sync(client, deadline, err);
}

/* ---- profiles ---- */

/* At most LIMIT_BATCH. *more: not all of them came. */
static enum status
pull_some(struct client *client, const char *const *addresses, size_t count, bool *more, bool *gap,
    int64_t deadline, struct error *err)
{
	struct detail_query *queries = mem_zalloc(count, sizeof *queries);
	int64_t *stamps = mem_zalloc(count, sizeof *stamps);
	const struct details_request request = {.profiles = queries, .profile_count = count};
	struct details_answer answer = {0};
	enum status status = cache_profile_stamps(client->cache, addresses, count, stamps, err);

	for (size_t i = 0; i < count; i++)
		queries[i] = (struct detail_query){addresses[i], stamps[i]};
	if (status == STATUS_OK)
		status = ask(client, &request, &answer, deadline, err);
	if (status == STATUS_OK && answer.more && !answer.profile_count)
		status = error_set(err, STATUS_PROTOCOL, "a page of details does not advance");
	if (status == STATUS_OK)
		status = store(client,
		    &(struct cache_details){.generation = answer.generation,
		        .profiles = answer.profiles,
		        .profile_count = answer.profile_count},
		    gap, err);
	*more = answer.more;
	details_answer_finish(&answer);
	free(queries);
	free(stamps);
	return status;
}

enum status
client_pull_profiles(struct client *client, const char *const *addresses, size_t count,
    int64_t deadline, struct error *err)
{
	enum status status = STATUS_OK;
	size_t done = 0;
	int tries = 0;

	while (done < count && status == STATUS_OK) {
		size_t batch = count - done < LIMIT_BATCH ? count - done : LIMIT_BATCH;
		bool more = false, gap = false;

		status = pull_some(client, addresses + done, batch, &more, &gap, deadline, err);
		if (status == STATUS_OK && gap)
			status = after_gap(client, ++tries, deadline, err);
		else if (!more)
			done += batch;
	}
	return status;
}

/* ---- groups ---- */

/* A member list as it comes, page by page. */
struct listing {
	char generation[GENERATION_SIZE];
	int64_t since;
	int64_t stamp; /* the first page's */
	struct member *rows;
	size_t count;
	struct address *addresses; /* of the rows */
	struct address after;      /* where the next page begins; "" for the first */
	bool complete;
};

static void
listing_finish(struct listing *listing)
{
	free(listing->rows);
	free(listing->addresses);
}

static void
add_rows(struct listing *listing, const struct details_members *page)
{
	size_t count = listing->count + page->count;

	listing->rows = mem_resize(listing->rows, count + 1, sizeof *listing->rows);
	listing->addresses = mem_resize(listing->addresses, count + 1, sizeof *listing->addresses);
	for (size_t i = 0; i < page->count; i++) {
		struct address *address = &listing->addresses[listing->count];

		*address = (struct address){{0}};
		memcpy(address->text, page->rows[i].address, strlen(page->rows[i].address));
		listing->rows[listing->count++] = page->rows[i];
	}
	/* They may have moved. */
	for (size_t i = 0; i < count; i++)
		listing->rows[i].address = listing->addresses[i].text;
}

/* *gap: pages of different generations are of no one list. */
static enum status
take_page(
    struct listing *listing, const struct details_answer *answer, bool *gap, struct error *err)
{
	const struct details_members *page = answer->members_count ? answer->members : NULL;
	bool first = !listing->generation[0];

	if (first)
		memcpy(listing->generation, answer->generation, strlen(answer->generation) + 1);
	*gap = strcmp(listing->generation, answer->generation) != 0;
	/* Nothing comes where this account isn't in the group. */
	if (!page || *gap) {
		listing->complete = true;
		return STATUS_OK;
	}
	if (listing->count + page->count > LIMIT_MEMBERS + LIMIT_PAGE_ROWS)
		return error_set(
		    err, STATUS_PROTOCOL, "a group has more than %d members", LIMIT_MEMBERS);
	if (page->upto && strcmp(page->upto, listing->after.text) <= 0)
		return error_set(err, STATUS_PROTOCOL, "a page of a member list does not advance");
	if (first)
		listing->stamp = page->stamp;
	add_rows(listing, page);
	listing->complete = !page->upto;
	if (page->upto)
		memcpy(listing->after.text, page->upto, strlen(page->upto) + 1);
	return STATUS_OK;
}

static enum status
pull_members(struct client *client, const char *group, struct listing *listing, bool *gap,
    int64_t deadline, struct error *err)
{
	const struct cache_members members = {
	    group, listing->since, listing->stamp, listing->rows, listing->count};
	struct members_query query = {group, listing->since, listing->after.text};
	const struct details_request request = {.members = &query, .members_count = 1};
	struct details_answer answer;
	enum status status;

	if (listing->complete && !listing->stamp)
		return STATUS_OK; /* not in the group */
	if (listing->complete)
		return store(client,
		    &(struct cache_details){
		        .generation = listing->generation, .members = &members, .members_count = 1},
		    gap, err);
	status = ask(client, &request, &answer, deadline, err);
	if (status == STATUS_OK)
		status = take_page(listing, &answer, gap, err);
	details_answer_finish(&answer);
	return status;
}

/* The group's details, and with `members` the first page of its list, in one request. */
static enum status
pull_group(struct client *client, const char *group, bool members, struct listing *listing,
    bool *gap, int64_t deadline, struct error *err)
{
	struct detail_query query = {group, 0};
	struct members_query list = {group, 0, NULL};
	const struct details_request request = {
	    .groups = &query, .group_count = 1, .members = &list, .members_count = members};
	struct details_answer answer = {0};
	enum status status =
	    cache_group_stamps(client->cache, group, &query.stamp, &list.since, err);

	listing->since = list.since;
	if (status == STATUS_OK)
		status = ask(client, &request, &answer, deadline, err);
	if (status == STATUS_OK)
		status = store(client,
		    &(struct cache_details){.generation = answer.generation,
		        .groups = answer.groups,
		        .group_count = answer.group_count},
		    gap, err);
	if (status == STATUS_OK && members && !*gap)
		status = take_page(listing, &answer, gap, err);
	details_answer_finish(&answer);
	return status;
}

static enum status
pull_once(struct client *client, const char *group, bool members, bool *gap, int64_t deadline,
    struct error *err)
{
	struct listing listing = {.count = 0};
	bool stored = false;
	enum status status = pull_group(client, group, members, &listing, gap, deadline, err);

	while (status == STATUS_OK && members && !*gap && !stored) {
		stored = listing.complete;
		status = pull_members(client, group, &listing, gap, deadline, err);
	}
	listing_finish(&listing);
	return status;
}

enum status
client_pull_group(
    struct client *client, const char *group, bool members, int64_t deadline, struct error *err)
{
	enum status status;
	bool gap = true;

	for (int tries = 1; gap; tries++) {
		status = pull_once(client, group, members, &gap, deadline, err);
		if (status == STATUS_OK && gap)
			status = after_gap(client, tries, deadline, err);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

/* ---- one's own profile ---- */

static enum status
check_field(const struct profile_field *field, struct error *err)
{
	if (!profile_field_is_valid(field->name))
		return error_set(err, STATUS_USAGE,
		    "a profile field's name is 1 to %d of a-z, 0-9, _ and -; '%.*s' is none",
		    PROFILE_FIELD_MAX, text_cut(field->name, PROFILE_FIELD_MAX), field->name);
	if (strlen(field->value) > PROFILE_VALUE_MAX ||
	    !text_is_utf8(field->value, strlen(field->value)))
		return error_set(err, STATUS_USAGE,
		    "the value of %s is not UTF-8 text of at most %d bytes", field->name,
		    PROFILE_VALUE_MAX);
	return STATUS_OK;
}

enum status
client_profile_set(struct client *client, const struct profile_field *fields, size_t count,
    int64_t deadline, struct error *err)
{
	const struct profile_set_request request = {(struct profile_field *)fields, count};
	struct buf body;
	enum status status = STATUS_OK;

	if (count > PROFILE_FIELDS_MAX)
		return error_set(
		    err, STATUS_USAGE, "a profile has at most %d fields", PROFILE_FIELDS_MAX);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = check_field(&fields[i], err);
	if (status != STATUS_OK)
		return status;
	buf_init(&body, LIMIT_REQUEST);
	profile_set_request_write(&body, &request);
	status = client_call(client, METHOD_PROFILE_SET, &body, deadline, err);
	buf_finish(&body);
	return status;
}

/* ---- reading the cache ---- */

enum status
client_contact(struct client *client, const char *address,
    void (*row)(void *arg, const struct contact *contact), void *arg, bool *found,
    struct error *err)
{
	return cache_contact_get(client->cache, address, row, arg, found, err);
}

enum status
client_profile(struct client *client, const char *address,
    void (*row)(void *arg, const struct profile *profile), void *arg, bool *found,
    struct error *err)
{
	return cache_profile_get(client->cache, address, row, arg, found, err);
}

enum status
client_group(struct client *client, const char *address,
    void (*row)(void *arg, const struct group_detail *detail, bool looked), void *arg, bool *found,
    struct error *err)
{
	return cache_group_get(client->cache, address, row, arg, found, err);
}

enum status
client_group_members(struct client *client, const char *address,
    void (*row)(void *arg, const struct member *member, const char *name, const char *display),
    void *arg, struct error *err)
{
	return cache_members_list(client->cache, address, row, arg, err);
}
