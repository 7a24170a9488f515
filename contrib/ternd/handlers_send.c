/* send (doc/protocol.md 3.2). */
#include "handlers.h"

#include <stdlib.h>

#include "announce.h"
#include "base/mem.h"
#include "pool.h"
#include "server.h"
#include "store.h"
#include "wire/limits.h"
#include "wire/send.h"
#include "wire/sync.h"
#include "work.h"

/* All texts of a request as JSON: an escape makes six bytes of one at most. */
enum { TEXTS_LIMIT = 6 * LIMIT_REQUEST + 3 * LIMIT_BATCH };

struct sending {
	struct work work;
	struct send_request request; /* its strings are borrowed from the call's body */
	struct buf texts;            /* each text as a JSON string, and a 0 behind it */
	size_t *text_at;             /* where each begins */
	struct store_sent *sent;
	bool reset; /* the sender knows what this history does not have */
};

static const char *
text_json(const struct sending *sending, size_t i)
{
	return sending->texts.data + sending->text_at[i];
}

static void
forget_rosters(struct sending *sending)
{
	for (size_t i = 0; i < sending->request.count && sending->sent; i++) {
		roster_release(sending->sent[i].roster);
		sending->sent[i].roster = NULL;
	}
}

static void
sending_free(struct sending *sending)
{
	forget_rosters(sending);
	send_request_finish(&sending->request);
	buf_finish(&sending->texts);
	free(sending->text_at);
	free(sending->sent);
	free(sending);
}

/* What the server lost goes before what is new: so nothing is taken until the sender has put it
 * back into its outbox. */
static enum status
check_history(struct sending *sending, struct store *store, struct error *err)
{
	bool valid = true;
	enum status status = STATUS_OK;

	if (sending->request.known.generation[0])
		status = store->driver->cursor_check(store, &sending->request.known, &valid, err);
	sending->reset = !valid;
	return status;
}

static size_t
count_to_store(const struct sending *sending)
{
	return sending->reset ? 0 : sending->request.count;
}

static enum status
send_run(struct job *job, struct store *store, struct error *err)
{
	struct sending *sending = (struct sending *)job;
	enum status status;

	forget_rosters(sending); /* of a run that was rolled back */
	status = check_history(sending, store, err);
	/* The first item tells whether the device is valid: a refusal leaves nothing stored. */
	for (size_t i = 0; i < count_to_store(sending) && status == STATUS_OK; i++)
		status = store->driver->message_send(store, &sending->work.call->caller,
		    &sending->request.items[i], text_json(sending, i), &sending->sent[i], err);
	return work_outcome(&sending->work, status);
}

static void
publish_to(struct pools *pools, int64_t account_id, int64_t not_to, const struct message *message,
    const char *text)
{
	struct buf event;

	if (!pools_wants(pools, account_id, not_to)) {
		pools_publish(pools, account_id, not_to, message->stamp, NULL, 0);
		return;
	}
	buf_init(&event, LIMIT_ANSWER);
	event_write_message(&event, message, text);
	pools_publish(pools, account_id, not_to, message->stamp, event.data, event.length);
	buf_finish(&event);
}

/* Tells all members but the sender. */
static void
publish_to_group(struct pools *pools, const struct roster *roster, int64_t sender_id,
    const struct message *message, const char *text)
{
	struct announcements list = {0};

	announce_message(&list, message, text);
	announce_publish(&list, pools, roster, sender_id);
	announce_clear(&list);
}

/* Tells the recipient's devices, or all members', and the sender's other ones, which also get the
 * key. */
static void
publish(const struct call *call, const struct send_item *item, const struct store_sent *sent,
    const char *text)
{
	struct pools *pools = call->server->pools;
	const struct caller *sender = &call->caller;
	struct message message = {
	    .conversation = sender->address.text,
	    .msg_id = sent->msg_id,
	    .from = sender->address.text,
	    .time = sent->time,
	    .stamp = sent->stamp,
	    .type = item->type,
	    .was = item->was,
	    .target = item->target,
	};

	if (!*item->text)
		text = NULL;
	if (!sent->roster && sent->recipient_id != sender->account_id)
		publish_to(pools, sent->recipient_id, 0, &message, text);
	message.conversation = item->to;
	if (sent->roster)
		publish_to_group(pools, sent->roster, sender->account_id, &message, text);
	message.has_key = true;
	message.key = item->key;
	publish_to(pools, sender->account_id, sender->device_id, &message, text);
}

static const char *
refusal_text(enum wire_error error)
{
	switch (error) {
	case WIRE_NO_RECIPIENT:
		return "there is no such account or group";
	case WIRE_NOT_MEMBER:
		return "this account is not in the group (any more)";
	case WIRE_NOT_ALLOWED:
		return "only the owner and admins of the group may do that";
	case WIRE_BAD_TARGET:
		return "the message it names is not there, was recalled, or can't be changed so";
	case WIRE_KEY_CONFLICT:
		return "the key was used for other content";
	case WIRE_NO_PREDECESSOR:
		return "the message named by \"after\" is not here: send from the oldest again";
	default:
		return "the message was refused";
	}
}

static void
answer(struct call *call, const struct sending *sending)
{
	size_t count = count_to_store(sending);
	struct send_result *results = mem_zalloc(count, sizeof *results);
	struct send_answer body = {call->server->generation, results, count, sending->reset};
	struct buf out;

	for (size_t i = 0; i < count; i++) {
		const struct store_sent *sent = &sending->sent[i];

		results[i] = (struct send_result){
		    .key = sending->request.items[i].key,
		    .error = sent->error,
		    .error_text = refusal_text(sent->error),
		    .conversation = sending->request.items[i].to,
		    .msg_id = sent->msg_id,
		    .time = sent->time,
		    .stamp = sent->stamp,
		    .repeated = sent->repeated,
		};
	}
	buf_init(&out, LIMIT_ANSWER);
	send_answer_write(&out, &body);
	free(results);
	call_answer(call, &out);
}

static void
send_done(struct job *job, enum status status, struct error *err)
{
	struct sending *sending = (struct sending *)job;
	struct call *call = sending->work.call;

	if (!work_failed(&sending->work, status, err)) {
		for (size_t i = 0; i < count_to_store(sending); i++)
			if (sending->sent[i].error == WIRE_OK && !sending->sent[i].repeated)
				publish(call, &sending->request.items[i], &sending->sent[i],
				    text_json(sending, i));
		answer(call, sending);
	}
	sending_free(sending);
}

static void
write_texts(struct sending *sending)
{
	size_t count = sending->request.count;

	sending->text_at = mem_zalloc(count, sizeof *sending->text_at);
	sending->sent = mem_zalloc(count, sizeof *sending->sent);
	for (size_t i = 0; i < count; i++) {
		sending->text_at[i] = sending->texts.length;
		json_add_string(&sending->texts, sending->request.items[i].text);
		buf_add(&sending->texts, "", 1);
	}
}

void
handle_send(struct call *call)
{
	struct sending *sending = mem_zalloc(1, sizeof *sending);
	struct error err;

	sending->work.call = call;
	buf_init(&sending->texts, TEXTS_LIMIT);
	if (send_request_read(&sending->request, call->body, &err) != STATUS_OK) {
		call_refuse(call, &err);
		sending_free(sending);
		return;
	}
	write_texts(sending);
	if (!work_submit(&sending->work, call->server->writer, send_run, send_done))
		sending_free(sending);
}
