#include "wire/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/limits.h"

/* With the 0 behind it, so that no two messages run into each other. */
static void
add_text(struct digest *digest, const char *text)
{
	crypto_hash_sha256_update(&digest->sha, (const unsigned char *)text, strlen(text) + 1);
}

static void
add_number(struct digest *digest, int64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)number);
	add_text(digest, text);
}

void
digest_init(struct digest *digest)
{
	crypto_hash_sha256_init(&digest->sha);
}

void
digest_add(struct digest *digest, const struct message *message, const char *text)
{
	add_number(digest, message->msg_id);
	add_number(digest, message->stamp);
	add_text(digest, message->type);
	add_number(digest, message->target);
	add_text(digest, message->from);
	add_text(digest, text ? text : "");
}

char *
digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&digest->sha, sum);
	return text_base64url(text, sum, DIGEST_BYTES);
}

void
digest_request_write(struct buf *out, const struct digest_request *request)
{
	buf_add_char(out, '{');
	ranges_write(out, "ranges", request->ranges, request->count);
	buf_add_char(out, '}');
}

enum status
digest_request_read(struct digest_request *request, const struct json *doc, struct error *err)
{
	*request = (struct digest_request){0};
	return ranges_read(doc, "ranges", JSON_REQUIRED, &request->ranges, &request->count, err);
}

void
digest_request_finish(struct digest_request *request)
{
	free(request->ranges);
	*request = (struct digest_request){0};
}

void
digest_answer_write(struct buf *out, const struct digest_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_name(out, "digests");
	buf_add_char(out, '[');
	for (size_t i = 0; i < answer->count; i++) {
		json_comma(out);
		if (answer->digests[i])
			json_add_string(out, answer->digests[i]);
		else
			buf_add_string(out, "null");
	}
	buf_add_string(out, "]}");
}

static bool
one_read(const char **digest, const struct json *item)
{
	if (json_item_is_null(item))
		return true;
	return json_item_string(item, DIGEST_TEXT_SIZE - 1, digest) &&
	       strlen(*digest) == DIGEST_TEXT_SIZE - 1;
}

enum status
digest_answer_read(struct digest_answer *answer, const struct json *doc, struct error *err)
{
	const struct json *array, *item;
	size_t count;
	enum status status;

	*answer = (struct digest_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_array(
	         doc, "digests", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err)))
		return json_answer_status(status, err);
	answer->digests = mem_zalloc(count, sizeof *answer->digests);
	for (item = json_first(array); item; item = json_next(item)) {
		if (one_read(&answer->digests[answer->count++], item))
			continue;
		digest_answer_finish(answer);
		return error_set(err, STATUS_PROTOCOL, "an item of \"digests\" is not a digest");
	}
	return STATUS_OK;
}

void
digest_answer_finish(struct digest_answer *answer)
{
	free(answer->digests);
	*answer = (struct digest_answer){0};
}
