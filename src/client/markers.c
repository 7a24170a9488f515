/* Read markers, receipts and drafts. */
#include "client/internal.h"
#include "wire/group.h"
#include "wire/limits.h"

enum status
client_mark_read(struct client *client, const struct address *who, int64_t msg_id, int64_t *marker,
    struct error *err)
{
	return cache_mark_read(client->cache, who->text, msg_id, true, marker, err);
}

enum status
client_tell_markers(struct client *client, int64_t deadline, struct error *err)
{
	static const enum sync_goal goals[] = {SYNC_READ};
	enum status status = client_online(client, err);

	return status == STATUS_OK ? client_run_goals(client, goals, 1, deadline, err) : status;
}

enum status
client_receipts(struct client *client, const struct address *who, int64_t msg_id, int64_t deadline,
    struct client_receipts *receipts, struct error *err)
{
	const struct receipts_request request = {who->text, msg_id};
	struct receipts_answer answer;
	struct buf body;
	enum status status;

	buf_init(&body, LIMIT_REQUEST_SMALL);
	receipts_request_write(&body, &request);
	status = client_call(client, METHOD_RECEIPTS, &body, deadline, err);
	buf_finish(&body);
	if (status == STATUS_OK)
		status = receipts_answer_read(&answer, sync_once_answer(client->sync), err);
	if (status == STATUS_OK)
		*receipts = (struct client_receipts){answer.members, answer.acked, answer.read};
	return status;
}

enum status
client_draft_get(struct client *client, const struct address *who, char **text, struct error *err)
{
	return cache_draft_get(client->cache, who->text, text, err);
}

enum status
client_draft_set(
    struct client *client, const struct address *who, const char *text, struct error *err)
{
	return cache_draft_set(client->cache, who->text, text, err);
}
