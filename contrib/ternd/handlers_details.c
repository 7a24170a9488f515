/* details (doc/protocol.md 3.11): what the client holds is compared, and what differs is told. */
#include "handlers.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "server.h"
#include "store.h"
#include "wire/details.h"
#include "wire/limits.h"
#include "work.h"

struct details {
	struct work work;
	struct details_request request; /* its strings are borrowed from the call's body */
	struct buf body;
	size_t listed; /* rows of the list that is open */
	size_t rows;   /* of all lists */
	bool more;
	struct address last; /* of a member list: the last one told */
};

static void
details_free(struct details *details)
{
	details_request_finish(&details->request);
	buf_finish(&details->body);
	free(details);
}

static bool
is_full(const struct details *details)
{
	return details->rows >= LIMIT_PAGE_ROWS || details->body.length >= LIMIT_PAGE;
}

/* A row of the list follows, which is begun by its first. */
static void
begin_row(struct details *details, const char *list)
{
	if (!details->listed++)
		details_list_begin(&details->body, list);
	details->rows++;
}

static void
end_list(struct details *details)
{
	if (details->listed)
		details_list_end(&details->body);
	details->listed = 0;
}

static void
add_profile(void *arg, const struct profile *profile)
{
	struct details *details = arg;

	begin_row(details, "profiles");
	details_add_profile(&details->body, profile);
}

static enum status
tell_profiles(struct details *details, struct store *store, struct error *err)
{
	const struct details_request *request = &details->request;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < request->profile_count && status == STATUS_OK; i++) {
		details->more |= is_full(details);
		if (details->more)
			break;
		status = store->driver->profile_get(store, &details->work.call->caller,
		    request->profiles[i].address, request->profiles[i].stamp, add_profile, details,
		    err);
	}
	end_list(details);
	return status;
}

static void
add_group(void *arg, const struct group_detail *group)
{
	struct details *details = arg;

	begin_row(details, "groups");
	details_add_group(&details->body, group);
}

static enum status
tell_groups(struct details *details, struct store *store, struct error *err)
{
	const struct details_request *request = &details->request;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < request->group_count && status == STATUS_OK; i++) {
		details->more |= is_full(details);
		if (details->more)
			break;
		status = store->driver->group_get(store, &details->work.call->caller,
		    request->groups[i].address, request->groups[i].stamp, add_group, details, err);
		/* A group that it isn't in: nothing comes. */
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	end_list(details);
	return status;
}

static bool
add_member(void *arg, const struct member *member)
{
	struct details *details = arg;

	if (is_full(details) && details->last.text[0])
		return false;
	details_add_member(&details->body, member);
	snprintf(details->last.text, sizeof details->last.text, "%s", member->address);
	details->rows++;
	return true;
}

static enum status
tell_members(struct details *details, const struct members_query *query, struct store *store,
    struct error *err)
{
	size_t begin = details->body.length;
	bool all = true;
	enum status status;

	if (!details->listed)
		details_list_begin(&details->body, "members");
	details_members_begin(&details->body, query->group);
	details->last.text[0] = '\0';
	status = store->driver->group_members(
	    store, &details->work.call->caller, query, add_member, details, &all, err);
	if (status == STATUS_NOT_FOUND) {
		details->body.length = begin;
		return STATUS_OK;
	}
	details->listed++;
	details_members_end(
	    &details->body, store->driver->last_stamp(store), all ? NULL : details->last.text);
	return status;
}

static enum status
tell_member_lists(struct details *details, struct store *store, struct error *err)
{
	const struct details_request *request = &details->request;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < request->members_count && status == STATUS_OK; i++) {
		details->more |= is_full(details);
		if (details->more)
			break;
		status = tell_members(details, &request->members[i], store, err);
	}
	end_list(details);
	return status;
}

static enum status
details_run(struct job *job, struct store *store, struct error *err)
{
	struct details *details = (struct details *)job;
	struct call *call = details->work.call;
	enum status status;

	details_answer_begin(&details->body, call->server->generation);
	if ((status = tell_profiles(details, store, err)) ||
	    (status = tell_groups(details, store, err)) ||
	    (status = tell_member_lists(details, store, err)))
		return work_outcome(&details->work, status);
	details_answer_end(&details->body, details->more);
	call_pack(call, call->server->reader_packer, &details->body);
	return work_outcome(&details->work, STATUS_OK);
}

static void
details_done(struct job *job, enum status status, struct error *err)
{
	struct details *details = (struct details *)job;

	if (!work_failed(&details->work, status, err))
		call_answer(details->work.call, &details->body);
	details_free(details);
}

void
handle_details(struct call *call)
{
	struct details *details = mem_zalloc(1, sizeof *details);
	struct error err;

	details->work.call = call;
	buf_init(&details->body, LIMIT_ANSWER);
	if (details_request_read(&details->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		details_free(details);
		return;
	}
	if (!work_submit(&details->work, call->server->reader, details_run, details_done))
		details_free(details);
}
