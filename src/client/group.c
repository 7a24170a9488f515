/* Groups: listing, making and changing them. */
#include <string.h>

#include "base/text.h"
#include "client/internal.h"
#include "wire/group.h"
#include "wire/limits.h"

enum status
client_groups(struct client *client, void (*row)(void *arg, const struct group *group), void *arg,
    struct error *err)
{
	return cache_groups(client->cache, row, arg, err);
}

static const char *
refusal_text(enum wire_error code)
{
	switch (code) {
	case WIRE_NO_RECIPIENT:
		return "there is no such account";
	case WIRE_NOT_MEMBER:
		return "not in the group";
	case WIRE_NOT_ALLOWED:
		return "your role does not allow it";
	case WIRE_TOO_LARGE:
		return "the group is full";
	default:
		return "the server refuses it";
	}
}

/* Tells each that was not taken; the first is the outcome. */
static enum status
tell_refused(
    const struct client_group_sink *sink, const struct group_answer *answer, struct error *err)
{
	for (size_t i = 0; i < answer->refused_count; i++)
		sink->refused(
		    sink->arg, answer->refused[i].address, refusal_text(answer->refused[i].code));
	if (!answer->refused_count)
		return STATUS_OK;
	return error_set(err, wire_error_status(answer->refused[0].code), "%s: %s",
	    answer->refused[0].address, refusal_text(answer->refused[0].code));
}

/* Makes the call, and stores what it answers. */
static enum status
call(struct client *client, enum method_id method, struct buf *body,
    const struct client_group_sink *sink, int64_t deadline, struct error *err)
{
	struct group_answer answer = {0};
	enum cache_applied applied = CACHE_APPLIED;
	enum status status = client_call(client, method, body, deadline, err);

	buf_finish(body);
	if (status != STATUS_OK)
		return status;
	status = group_answer_read(&answer, sync_once_answer(client->sync), err);
	if (status == STATUS_OK)
		status = cache_store_group(
		    client->cache, answer.generation, &answer.group, &answer.head, &applied, err);
	/* The server started anew; login-sync tells of it, too. */
	if (status == STATUS_OK && applied == CACHE_GAP)
		status = client_login_sync(client, deadline, err);
	if (status == STATUS_OK && method == METHOD_GROUP_CREATE && answer.group.left)
		status = error_set(err, STATUS_DENIED,
		    "you made %s before, and are not in it any more", answer.group.address);
	if (status == STATUS_OK)
		status = tell_refused(sink, &answer, err);
	group_answer_finish(&answer);
	return status;
}

static enum status
check_name(const char *name, struct error *err)
{
	if (name[0] && strlen(name) <= LIMIT_NAME && text_is_utf8(name, strlen(name)))
		return STATUS_OK;
	return error_set(
	    err, STATUS_USAGE, "a group's name has 1 to %d bytes of UTF-8 text", LIMIT_NAME);
}

static enum status
check_members(size_t count, struct error *err)
{
	if (count > LIMIT_BATCH)
		return error_set(err, STATUS_USAGE, "at most %d members at once", LIMIT_BATCH);
	return STATUS_OK;
}

enum status
client_group_create(struct client *client, const struct client_group *group,
    const struct client_group_sink *sink, int64_t deadline, struct error *err)
{
	struct group_create create = {
	    .address = group->address,
	    .name = group->name,
	    .history = group->history,
	    .members = group->members,
	    .member_count = group->member_count,
	};
	struct buf body;
	enum status status;

	if ((status = check_name(group->name, err)) ||
	    (status = check_members(group->member_count, err)))
		return status;
	if ((status = cache_group_key(client->cache, group->address, &create.key, err)))
		return status;
	buf_init(&body, LIMIT_REQUEST);
	group_create_write(&body, &create);
	status = call(client, METHOD_GROUP_CREATE, &body, sink, deadline, err);
	if (status != STATUS_CONFLICT)
		return status;
	return error_set(err, STATUS_DENIED,
	    "you made %s before, with another name or other members", group->address);
}

enum status
client_group_change(struct client *client, const struct group_change *change,
    const struct client_group_sink *sink, int64_t deadline, struct error *err)
{
	struct buf body;
	enum status status = check_members(change->member_count, err);

	if (status == STATUS_OK && change->action == GROUP_RENAME)
		status = check_name(change->name, err);
	if (status == STATUS_OK && change->topic &&
	    (strlen(change->topic) > LIMIT_TOPIC ||
	        !text_is_utf8(change->topic, strlen(change->topic))))
		status = error_set(
		    err, STATUS_USAGE, "a topic has at most %d bytes of UTF-8 text", LIMIT_TOPIC);
	if (status != STATUS_OK)
		return status;
	buf_init(&body, LIMIT_REQUEST);
	group_change_write(&body, change);
	return call(client, METHOD_GROUP_CHANGE, &body, sink, deadline, err);
}
