#include "wire/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"
#include "wire/limits.h"

/* ---- reset ---- */

void
reset_request_write(struct buf *out, const struct reset_request *request)
{
	buf_add_char(out, '{');
	json_put_name(out, "generations");
	buf_add_char(out, '[');
	for (size_t i = 0; i < request->count; i++) {
		json_comma(out);
		json_add_cursor(out, &request->generations[i]);
	}
	buf_add_string(out, "]}");
}

enum status
reset_request_read(struct reset_request *request, const struct json *doc, struct error *err)
{
	const struct json *array, *item;
	size_t count;
	enum status status =
	    json_get_array(doc, "generations", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err);

	*request = (struct reset_request){0};
	if (status != STATUS_OK)
		return status;
	request->generations = mem_zalloc(count, sizeof *request->generations);
	for (item = json_first(array); item; item = json_next(item)) {
		if (json_item_cursor(item, &request->generations[request->count++]))
			continue;
		reset_request_finish(request);
		return error_set(
		    err, STATUS_PROTOCOL, "an item of \"generations\" is not [generation, stamp]");
	}
	return STATUS_OK;
}

void
reset_request_finish(struct reset_request *request)
{
	free(request->generations);
	*request = (struct reset_request){0};
}

void
reset_answer_write(struct buf *out, const struct reset_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_int(out, "fork", answer->fork);
	json_put_int(out, "stamp", answer->stamp);
	buf_add_char(out, '}');
}

enum status
reset_answer_read(struct reset_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_int(
	         doc, "fork", JSON_REQUIRED, 0, LIMIT_INTEGER, &answer->fork, err)) ||
	    (status = json_get_int(
	         doc, "stamp", JSON_REQUIRED, answer->fork, LIMIT_INTEGER, &answer->stamp, err)))
		return status;
	return STATUS_OK;
}

/* ---- compare ---- */

static const char *const kinds[COMPARE_KINDS] = {
    [COMPARE_CONTACTS] = "contacts",
    [COMPARE_GROUPS] = "groups",
    [COMPARE_CONVERSATIONS] = "conversations",
};

void
compare_request_write(struct buf *out, const struct compare_request *request)
{
	buf_add_char(out, '{');
	json_put_string(out, "kind", kinds[request->kind]);
	if (request->after)
		json_put_string(out, "after", request->after);
	if (request->upto)
		json_put_string(out, "upto", request->upto);
	json_put_name(out, "have");
	buf_add_char(out, '[');
	for (size_t i = 0; i < request->count; i++)
		pair_write(out, request->have[i].address, request->have[i].stamp);
	buf_add_string(out, "]}");
}

static enum status
kind_read(enum compare_kind *kind, const struct json *doc, struct error *err)
{
	const char *name = "";
	enum status status = json_get_string(doc, "kind", JSON_REQUIRED, LIMIT_TYPE, &name, err);

	for (*kind = 0; *kind < COMPARE_KINDS && status == STATUS_OK; (*kind)++)
		if (strcmp(kinds[*kind], name) == 0)
			return STATUS_OK;
	return status != STATUS_OK
	           ? status
	           : error_set(err, STATUS_PROTOCOL, "the field \"kind\" is none that is known");
}

/* In order, each once, and within the interval: what lies outside would not be answered. */
static bool
have_fits(const struct compare_request *request)
{
	const char *before = request->after ? request->after : "";

	for (size_t i = 0; i < request->count; i++) {
		if (strcmp(before, request->have[i].address) >= 0)
			return false;
		before = request->have[i].address;
	}
	return !request->upto || strcmp(before, request->upto) <= 0;
}

static enum status
haves_read(struct compare_request *request, const struct json *doc, struct error *err)
{
	const struct json *array, *item;
	bool good = true;
	size_t count;
	enum status status =
	    json_get_array(doc, "have", JSON_REQUIRED, LIMIT_BATCH, &array, &count, err);

	if (status != STATUS_OK)
		return status;
	request->have = mem_zalloc(count, sizeof *request->have);
	for (item = json_first(array); item && good; item = json_next(item)) {
		struct compare_have *have = &request->have[request->count++];

		good = pair_read(item, &have->address, &have->stamp);
	}
	if (!good)
		return error_set(
		    err, STATUS_PROTOCOL, "an item of \"have\" is not [address, stamp]");
	if (!have_fits(request))
		return error_set(err, STATUS_PROTOCOL,
		    "the addresses in \"have\" are not in order within \"after\" and \"upto\"");
	return STATUS_OK;
}

enum status
compare_request_read(struct compare_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	*request = (struct compare_request){0};
	if ((status = kind_read(&request->kind, doc, err)) ||
	    (status = json_get_address(doc, "after", JSON_OPTIONAL, &request->after, err)) ||
	    (status = json_get_address(doc, "upto", JSON_OPTIONAL, &request->upto, err)) ||
	    (status = haves_read(request, doc, err)))
		compare_request_finish(request);
	return status;
}

void
compare_request_finish(struct compare_request *request)
{
	free(request->have);
	*request = (struct compare_request){0};
}

void
compare_answer_begin(struct buf *out, const char *generation, int64_t stamp, enum compare_kind kind)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", generation);
	json_put_int(out, "stamp", stamp);
	json_put_name(out, kinds[kind]);
	buf_add_char(out, '[');
}

void
compare_row_begin(struct buf *out)
{
	json_comma(out);
	buf_add_char(out, '{');
}

void
compare_row_end(struct buf *out)
{
	buf_add_char(out, '}');
}

void
compare_answer_end(struct buf *out, const char *const *gone, size_t gone_count, const char *upto)
{
	buf_add_char(out, ']');
	if (gone_count) {
		json_put_name(out, "gone");
		buf_add_char(out, '[');
		for (size_t i = 0; i < gone_count; i++) {
			json_comma(out);
			json_add_string(out, gone[i]);
		}
		buf_add_char(out, ']');
	}
	if (upto)
		json_put_string(out, "upto", upto);
	buf_add_char(out, '}');
}

static enum status
contact_row(void *row, const struct json *object, struct error *err)
{
	return contact_read_fields(row, object, true, err);
}

static enum status
group_row(void *row, const struct json *object, struct error *err)
{
	return group_read_fields(row, object, err);
}

static enum status
head_row(void *row, const struct json *object, struct error *err)
{
	return head_read_fields(row, object, err);
}

static enum status
gone_read(struct compare_answer *answer, const struct json *doc, struct error *err)
{
	const struct json *array, *item;
	size_t count;
	enum status status =
	    json_get_array(doc, "gone", JSON_OPTIONAL, LIMIT_BATCH, &array, &count, err);

	if (status != STATUS_OK || !count)
		return status;
	answer->gone = mem_zalloc(count, sizeof *answer->gone);
	for (item = json_first(array); item; item = json_next(item)) {
		const char **gone = &answer->gone[answer->gone_count++];

		if (!json_item_string(item, ADDRESS_SIZE, gone) || !address_is_valid(*gone))
			return error_set(
			    err, STATUS_PROTOCOL, "an item of \"gone\" is not an address");
	}
	return STATUS_OK;
}

enum status
compare_answer_read(struct compare_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct compare_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_int(
	         doc, "stamp", JSON_REQUIRED, 0, LIMIT_INTEGER, &answer->stamp, err)) ||
	    (status = rows_read(doc, "contacts", sizeof *answer->contacts,
	         (void **)&answer->contacts, &answer->contact_count, contact_row, err)) ||
	    (status = rows_read(doc, "groups", sizeof *answer->groups, (void **)&answer->groups,
	         &answer->group_count, group_row, err)) ||
	    (status = rows_read(doc, "conversations", sizeof *answer->heads,
	         (void **)&answer->heads, &answer->head_count, head_row, err)) ||
	    (status = gone_read(answer, doc, err)) ||
	    (status = json_get_address(doc, "upto", JSON_OPTIONAL, &answer->upto, err)))
		compare_answer_finish(answer);
	return json_answer_status(status, err);
}

void
compare_answer_finish(struct compare_answer *answer)
{
	free(answer->contacts);
	free(answer->groups);
	free(answer->heads);
	free(answer->gone);
	*answer = (struct compare_answer){0};
}
