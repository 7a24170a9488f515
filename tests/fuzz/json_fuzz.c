/* Fuzzes the JSON reader and every reader of bodies: none may crash, and what is taken is UTF-8 and
 * is taken again when printed. Built by hand: see HACKING.md. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/account.h"
#include "wire/pull.h"
#include "wire/send.h"
#include "wire/sync.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check_strings(const struct json *value)
{
	const char *text;

	for (; value; value = json_next(value)) {
		if (json_item_string(value, SIZE_MAX, &text))
			require(text_is_utf8(text, strlen(text)));
		check_strings(json_first(value));
	}
}

#define READ(kind) \
	do { \
		struct kind body; \
		enum status status = kind##_read(&body, doc, &err); \
\
		require(status == STATUS_OK || status == STATUS_PROTOCOL || \
		        status == STATUS_TOO_LARGE); \
		kind##_finish(&body); \
	} while (0)

static void
read_bodies(const struct json *doc)
{
	struct account_request account_request;
	struct account_answer account_answer;
	struct contact_set set;
	struct acks acks;
	struct error err;

	(void)account_request_read(&account_request, doc, &err);
	(void)account_answer_read(&account_answer, doc, &err);
	READ(send_request);
	READ(send_answer);
	READ(login_sync_request);
	READ(login_sync_answer);
	READ(events_request);
	READ(events_answer);
	READ(pull_request);
	READ(pull_answer);
	(void)contact_set_request_read(&set, doc, &err);
	contact_set_finish(&set);
	(void)contact_set_answer_read(&set, doc, &err);
	contact_set_finish(&set);
	(void)ack_request_read(&acks, doc, &err);
	acks_finish(&acks);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *doc, *again;
	struct buf out;

	if (json_parse(&doc, (const char *)data, size, NULL) != STATUS_OK)
		return 0;
	require(text_is_utf8((const char *)data, size));
	check_strings(doc);
	read_bodies(doc);
	buf_init(&out, SIZE_MAX / 2);
	json_add_value(&out, doc);
	require(json_parse(&again, buf_string(&out), out.length, NULL) == STATUS_OK);
	json_destroy(again);
	json_destroy(doc);
	buf_finish(&out);
	return 0;
}
