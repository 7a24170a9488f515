/* pull (doc/protocol.md 3.6). */
#include "handlers.h"

#include <stdlib.h>

#include "acks.h"
#include "base/mem.h"
#include "server.h"
#include "store.h"
#include "wire/limits.h"
#include "wire/pull.h"
#include "wire/sync.h"
#include "work.h"

/* What was done to messages of a page, as far as it isn't in the page itself. */
struct late_row {
	int64_t msg_id;
	size_t at; /* where it stands in `late` */
	size_t length;
};

struct pulling {
	struct work work;
	struct pull_request request; /* its strings are borrowed from the call's body */
	struct buf body;
	size_t rows;
	struct buf late; /* written amendments of the page's messages */
	struct late_row *late_rows;
	size_t late_count;
	size_t late_room;
	/* of the page under way: */
	const struct conversation_range *want;
	struct store *store;
	bool begun;
	bool cut;           /* the answer was full before the range was told */
	int64_t told;       /* the last msg_id in it */
	enum status status; /* of reading the amendments */
	struct error err;
};

static void
pulling_free(struct pulling *pulling)
{
	pull_request_finish(&pulling->request);
	buf_finish(&pulling->body);
	buf_finish(&pulling->late);
	free(pulling->late_rows);
	free(pulling);
}

static bool
is_full(const struct pulling *pulling)
{
	return pulling->rows + pulling->late_count >= LIMIT_PAGE_ROWS ||
	       pulling->body.length + pulling->late.length >= LIMIT_PAGE;
}

static void
begin_page(struct pulling *pulling)
{
	if (!pulling->begun)
		pull_page_begin(
		    &pulling->body, pulling->want->conversation, pulling->want->ids.first);
	pulling->begun = true;
}

static void
add_late(void *arg, const struct store_message *row)
{
	struct pulling *pulling = arg;
	struct late_row *late;

	if (pulling->late_count == pulling->late_room) {
		pulling->late_room = pulling->late_room ? 2 * pulling->late_room : 16;
		pulling->late_rows =
		    mem_resize(pulling->late_rows, pulling->late_room, sizeof *pulling->late_rows);
	}
	late = &pulling->late_rows[pulling->late_count++];
	buf_add_char(&pulling->late, '['); /* so that no comma is written before it */
	late->msg_id = row->message.msg_id;
	late->at = pulling->late.length;
	pull_page_add(&pulling->late, &row->message, row->text_json);
	late->length = pulling->late.length - late->at;
}

static bool
add_row(void *arg, const struct store_message *row)
{
	struct pulling *pulling = arg;

	pulling->cut = is_full(pulling);
	if (pulling->cut)
		return false;
	begin_page(pulling);
	pull_page_add(&pulling->body, &row->message, row->text_json);
	pulling->told = row->message.msg_id;
	pulling->rows++;
	if (row->amended)
		pulling->status =
		    pulling->store->driver->amendments(pulling->store, &pulling->work.call->caller,
		        row, LIMIT_PAGE_ROWS, add_late, pulling, &pulling->err);
	return pulling->status == STATUS_OK;
}

static int
compare_late(const void *a, const void *b)
{
	const struct late_row *one = a, *other = b;

	return one->msg_id < other->msg_id ? -1 : one->msg_id > other->msg_id;
}

/* Those beyond the page. */
static void
write_late(struct pulling *pulling, int64_t to)
{
	bool begun = false;

	if (pulling->late_count)
		qsort(pulling->late_rows, pulling->late_count, sizeof *pulling->late_rows,
		    compare_late);
	for (size_t i = 0; i < pulling->late_count; i++) {
		const struct late_row *late = &pulling->late_rows[i];

		if (late->msg_id <= to)
			continue;
		if (!begun)
			pull_page_amendments(&pulling->body);
		begun = true;
		pull_page_add_written(&pulling->body, pulling->late.data + late->at, late->length);
		pulling->rows++;
	}
	pulling->late_count = 0;
	buf_clear(&pulling->late);
}

static enum status
write_page(struct pulling *pulling, struct store *store, struct error *err)
{
	const struct conversation_range *want = pulling->want;
	struct conversation_head head;
	int64_t to = want->ids.last;
	enum status status;

	pulling->store = store;
	pulling->begun = false;
	pulling->cut = false;
	status = store->driver->messages(store, &pulling->work.call->caller, want->conversation,
	    want->ids, &head, add_row, pulling, err);
	if (status == STATUS_NOT_FOUND) {
		pull_page_unknown(&pulling->body, want->conversation);
		return STATUS_OK;
	}
	if (status == STATUS_OK && pulling->status != STATUS_OK)
		status = error_set(err, pulling->status, "%s", pulling->err.text);
	if (status != STATUS_OK)
		return status;
	begin_page(pulling);
	/* Nothing is said about ids that are yet to be given. */
	if (to > head.last)
		to = head.last;
	if (pulling->cut)
		to = pulling->told;
	if (to < want->ids.first)
		to = want->ids.first - 1;
	write_late(pulling, to);
	pull_page_end(&pulling->body, to, head.first, head.last);
	return STATUS_OK;
}

static enum status
pull_run(struct job *job, struct store *store, struct error *err)
{
	struct pulling *pulling = (struct pulling *)job;
	const struct pull_request *request = &pulling->request;
	enum status status = STATUS_OK;
	size_t next = 0;

	buf_add_char(&pulling->body, '{');
	json_put_string(&pulling->body, "generation", pulling->work.call->server->generation);
	json_put_name(&pulling->body, "pages");
	buf_add_char(&pulling->body, '[');
	while (next < request->count && !pulling->cut && !is_full(pulling) && status == STATUS_OK) {
		pulling->want = &request->want[next++];
		status = write_page(pulling, store, err);
	}
	buf_add_char(&pulling->body, ']');
	if (pulling->cut || next < request->count)
		json_put_bool(&pulling->body, "more", true);
	buf_add_char(&pulling->body, '}');
	if (status == STATUS_OK)
		call_pack(
		    pulling->work.call, pulling->work.call->server->reader_packer, &pulling->body);
	return work_outcome(&pulling->work, status);
}

static void
pull_done(struct job *job, enum status status, struct error *err)
{
	struct pulling *pulling = (struct pulling *)job;

	if (!work_failed(&pulling->work, status, err))
		call_answer(pulling->work.call, &pulling->body);
	pulling_free(pulling);
}

void
handle_pull(struct call *call)
{
	struct pulling *pulling = mem_zalloc(1, sizeof *pulling);
	struct error err;

	pulling->work.call = call;
	buf_init(&pulling->body, LIMIT_ANSWER);
	buf_init(&pulling->late, LIMIT_ANSWER);
	if (pull_request_read(&pulling->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		pulling_free(pulling);
		return;
	}
	ack_saver_add(call->server->acks, &call->caller, &pulling->request.acks);
	if (!work_submit(&pulling->work, call->server->reader, pull_run, pull_done))
		pulling_free(pulling);
}
