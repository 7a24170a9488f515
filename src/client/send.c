/* Sending: into the outbox, and waiting for what becomes of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "client/internal.h"
#include "wire/error.h"

static enum status
check_text(const struct message_type *type, const char *text, struct error *err)
{
	const char *what = strcmp(type->name, "text") == 0 ? "message" : type->name;
	int length = (int)strlen(text);

	if (length < type->text_min)
		return error_set(err, STATUS_USAGE, "the %s is empty", what);
	if (length > type->text_max)
		return error_set(err, STATUS_TOO_LARGE, "the %s has %d bytes; the most is %d", what,
		    length, type->text_max);
	if (!text_is_utf8(text, strlen(text)))
		return error_set(err, STATUS_USAGE, "the %s is not UTF-8 text", what);
	return STATUS_OK;
}

/* What is known here of the message that another one names; of what isn't the server decides. */
static enum status
check_target(struct client *client, const struct client_message *m, const struct message_type *type,
    struct error *err)
{
	struct cache_target target;
	enum status status;

	if (!m->target)
		return type->target == TARGET_REQUIRED
		           ? error_set(err, STATUS_USAGE, "%s names no message", type->name)
		           : STATUS_OK;
	status = cache_target(client->cache, m->to.text, m->target, &target, err);
	if (status != STATUS_OK || !target.held)
		return status;
	if (!target.amendable)
		return error_set(err, STATUS_NOT_FOUND,
		    "message %lld is an event of the conversation, and nobody's text",
		    (long long)m->target);
	/* One with a key may have gone before the recall, or be it. */
	if (type->amends && target.recalled && !m->has_key)
		return error_set(
		    err, STATUS_NOT_FOUND, "message %lld was recalled", (long long)m->target);
	if (!target.own && (strcmp(type->name, "edit") == 0 || (strcmp(type->name, "recall") == 0 &&
	                                                           !address_is_group(m->to.text))))
		return error_set(
		    err, STATUS_NOT_FOUND, "message %lld is not yours", (long long)m->target);
	return STATUS_OK;
}

static enum status
check(struct client *client, const struct client_message *m, struct error *err)
{
	const struct message_type *type = message_type_find(m->type ? m->type : "text");
	enum status status;

	if (!type || !type->sendable)
		return error_set(
		    err, STATUS_INTERNAL, "defect in tern: a message of type %s to send", m->type);
	status = check_text(type, m->text ? m->text : "", err);
	return status == STATUS_OK ? check_target(client, m, type, err) : status;
}

enum status
client_queue(struct client *client, struct client_message *messages, size_t count, bool keep,
    struct error *err)
{
	struct outbox_entry *entries = mem_zalloc(count, sizeof *entries);
	const struct key *last = NULL;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct client_message *m = &messages[i];

		status = check(client, m, err);
		if (!m->has_key) {
			key_make(&m->key, last);
			last = &m->key;
			m->has_key = true;
		}
		entries[i] = (struct outbox_entry){
		    .key = m->key,
		    .conversation = m->to.text,
		    .type = m->type ? m->type : "text",
		    .text = m->text ? m->text : "",
		    .target = m->target,
		    .time = time_wall(),
		    .kept = keep,
		};
	}
	if (status == STATUS_OK)
		status = cache_outbox_add(client->cache, entries, count, err);
	free(entries);
	return status;
}

/* ---- waiting ---- */

/* The server's refusal stands as "code: sentence". */
static enum status
refusal_status(const char *failure)
{
	char code[32];
	size_t length = strcspn(failure, ":");
	enum status status;

	if (length >= sizeof code)
		return STATUS_DENIED;
	memcpy(code, failure, length);
	code[length] = '\0';
	status = wire_error_status(wire_error_find(code));
	return status == STATUS_PROTOCOL ? STATUS_DENIED : status;
}

static void
sent_set(struct client_sent *sent, enum status status, const char *what, const char *why)
{
	struct error err;

	sent->status = error_set(&err, status, "%s: %s", what, why);
	memcpy(sent->text, err.text, sizeof sent->text);
}

/* Without the code, which is not for people. */
static void
set_refused(struct client_sent *sent, const struct client_message *message, const char *failure)
{
	const char *sentence = strstr(failure, ": ");
	char what[ADDRESS_SIZE + 16];

	snprintf(what, sizeof what, "not sent to %s", message->to.text);
	sent_set(sent, refusal_status(failure), what, sentence ? sentence + 2 : failure);
}

/* What is known of one message. False while it is on its way. */
static bool
is_settled(struct client *client, const struct client_message *message, struct client_sent *sent,
    enum status *status, struct error *err)
{
	struct outbox_fate fate;
	struct error why;
	enum status found = cache_outbox_fate(client->cache, &message->key, &fate, &why);

	if (found == STATUS_NOT_FOUND) {
		/* Another process took it back, or told of its failure. */
		sent_set(sent, STATUS_UNAVAILABLE, "not sent", "another process took it back");
		return true;
	}
	if (found != STATUS_OK) {
		*status = error_set(err, found, "%s", why.text);
		return false;
	}
	if (fate.sent) {
		*sent = (struct client_sent){
		    .msg_id = fate.msg_id, .time = fate.time, .stamp = fate.stamp};
		return true;
	}
	if (fate.state != OUTBOX_FAILED)
		return false;
	set_refused(sent, message, fate.failure);
	return true;
}

/* AGAIN in sent[i].status means "on its way" until the end. Returns how many are. */
static size_t
look(struct client *client, const struct client_message *messages, size_t count,
    struct client_sent *sent, enum status *status, struct error *err)
{
	size_t waiting = 0;

	for (size_t i = 0; i < count && *status == STATUS_OK; i++)
		if (sent[i].status == STATUS_AGAIN &&
		    !is_settled(client, &messages[i], &sent[i], status, err))
			waiting++;
	return waiting;
}

/* The time is over for one message: taken back where it certainly was not sent, else it stays. */
static enum status
take_one_back(struct client *client, const struct client_message *message, struct client_sent *sent,
    const struct error *why, struct error *err)
{
	/* A login that is refused and a disk that fails are worth their own codes. */
	enum status code = why->status == STATUS_DENIED || why->status == STATUS_IO
	                       ? why->status
	                       : STATUS_UNAVAILABLE;
	size_t removed = 0;
	enum status status = cache_outbox_remove(client->cache, &message->key, 1, &removed, err);

	if (status != STATUS_OK)
		return status;
	if (removed)
		sent_set(sent, code, "not sent", why->text);
	/* Another process may have learnt of it since the last look. */
	else if (!is_settled(client, message, sent, &status, err) && status == STATUS_OK)
		sent_set(sent, STATUS_AGAIN,
		    "in doubt, kept in the outbox, and settled by the next command", why->text);
	return status;
}

/* The time is over. What was refused goes, for its sender is told of it now. */
static enum status
take_back(struct client *client, const struct client_message *messages, size_t count,
    struct client_sent *sent, const struct error *why, struct error *err)
{
	enum status status = STATUS_OK;
	size_t removed;

	/* Still connecting: then nothing is in doubt. */
	if (client->sync)
		sync_unwant(client->sync, SYNC_FLUSH);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (sent[i].status == STATUS_AGAIN)
			status = take_one_back(client, &messages[i], &sent[i], why, err);
		else if (sent[i].status != STATUS_OK)
			status =
			    cache_outbox_remove(client->cache, &messages[i].key, 1, &removed, err);
	}
	return status;
}

static enum status
worst(const struct client_sent *sent, size_t count, struct error *err)
{
	const struct client_sent *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (sent[i].status == STATUS_AGAIN || (sent[i].status != STATUS_OK && !found))
			found = &sent[i];
	return found ? error_set(err, found->status, "%s", found->text) : STATUS_OK;
}

static enum status
flush_until(struct client *client, const struct client_message *messages, size_t count,
    int64_t deadline, struct client_sent *sent, struct error *why)
{
	enum status status = STATUS_OK;
	int64_t changes = -1;

	if (look(client, messages, count, sent, &status, why) == 0 || status != STATUS_OK)
		return status;
	status = client_online(client, why);
	if (status != STATUS_OK)
		return status;
	sync_want(client->sync, SYNC_FLUSH, 0);
	while (status == STATUS_OK) {
		if (client->changed || changes != sync_counts(client->sync)->changes) {
			changes = sync_counts(client->sync)->changes;
			client->changed = false;
			if (look(client, messages, count, sent, &status, why) == 0)
				return status;
		}
		if (time_mono() >= deadline) {
			const struct sync_outcome *flush = sync_outcome(client->sync, SYNC_FLUSH);

			return error_set(why, STATUS_UNAVAILABLE, "%s",
			    flush->failures ? flush->err.text : "no answer in time");
		}
		if (status == STATUS_OK)
			status = client_wait(client, deadline, why);
		/*
		 * The outbox is empty: another process settled the entries, or one was passed over
		 * or given up. The wait ended without a look at the cache, so look now.
		 */
		if (status == STATUS_OK && !sync_wants(client->sync, SYNC_FLUSH)) {
			sync_want(client->sync, SYNC_FLUSH, 0);
			changes = -1;
		}
	}
	return status;
}

enum status
client_send_wait(struct client *client, const struct client_message *messages, size_t count,
    int64_t deadline, struct client_sent *sent, struct error *err)
{
	struct error why = {.text = "no answer in time"};
	enum status status;

	for (size_t i = 0; i < count; i++)
		sent[i] = (struct client_sent){.status = STATUS_AGAIN};
	why.status = flush_until(client, messages, count, deadline, sent, &why);
	status = take_back(client, messages, count, sent, &why, err);
	if (status != STATUS_OK)
		return status;
	return worst(sent, count, err);
}
