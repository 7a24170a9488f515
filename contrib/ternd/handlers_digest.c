/* digest (doc/protocol.md 3.10). */
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "server.h"
#include "store.h"
#include "wire/digest.h"
#include "wire/limits.h"
#include "work.h"

struct digesting {
	struct work work;
	struct digest_request request; /* its strings are borrowed from the call's body */
	char (*texts)[DIGEST_TEXT_SIZE];
	const char **digests;
	size_t count;
	int64_t looked; /* messages looked at */
	bool cut;       /* there were too many of them */
	struct digest digest;
	struct buf text; /* the message's under way */
};

static void
digesting_free(struct digesting *digesting)
{
	digest_request_finish(&digesting->request);
	free(digesting->texts);
	free(digesting->digests);
	buf_finish(&digesting->text);
	free(digesting);
}

static bool
add_row(void *arg, const struct store_message *row)
{
	struct digesting *digesting = arg;

	digesting->cut = digesting->looked == LIMIT_DIGEST;
	if (digesting->cut)
		return false;
	digesting->looked++;
	buf_clear(&digesting->text);
	/* What is no text of JSON is no client's either: the digest will differ. */
	if (row->text_json && !json_take_string(&digesting->text, row->text_json))
		buf_clear(&digesting->text);
	digest_add(&digesting->digest, &row->message, buf_string(&digesting->text));
	return true;
}

static enum status
digest_range(struct digesting *digesting, struct store *store, struct error *err)
{
	size_t i = digesting->count;
	const struct conversation_range *range = &digesting->request.ranges[i];
	struct conversation_head head;
	enum status status;

	digest_init(&digesting->digest);
	status = store->driver->messages(store, &digesting->work.call->caller, range->conversation,
	    range->ids, &head, add_row, digesting, err);
	digesting->digests[i] =
	    status == STATUS_OK ? digest_end(&digesting->digest, digesting->texts[i]) : NULL;
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
digest_run(struct job *job, struct store *store, struct error *err)
{
	struct digesting *digesting = (struct digesting *)job;
	enum status status = STATUS_OK;

	while (digesting->count < digesting->request.count && status == STATUS_OK) {
		status = digest_range(digesting, store, err);
		if (digesting->cut)
			break;
		digesting->count++;
	}
	return work_outcome(&digesting->work, status);
}

static void
digest_done(struct job *job, enum status status, struct error *err)
{
	struct digesting *digesting = (struct digesting *)job;
	struct digest_answer answer = {
	    digesting->work.call->server->generation, digesting->digests, digesting->count};
	struct buf body;

	if (!work_failed(&digesting->work, status, err)) {
		buf_init(&body, LIMIT_ANSWER);
		digest_answer_write(&body, &answer);
		call_answer(digesting->work.call, &body);
	}
	digesting_free(digesting);
}

void
handle_digest(struct call *call)
{
	struct digesting *digesting = mem_zalloc(1, sizeof *digesting);
	struct error err;

	digesting->work.call = call;
	buf_init(&digesting->text, LIMIT_TEXT);
	if (digest_request_read(&digesting->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		digesting_free(digesting);
		return;
	}
	digesting->texts = mem_zalloc(digesting->request.count, sizeof *digesting->texts);
	digesting->digests = mem_zalloc(digesting->request.count, sizeof *digesting->digests);
	if (!work_submit(&digesting->work, call->server->reader, digest_run, digest_done))
		digesting_free(digesting);
}
