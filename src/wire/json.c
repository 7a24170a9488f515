#include "wire/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "wire/limits.h"

/* struct json is a cJSON; the names are kept apart so that nobody else needs its header. */
static const cJSON *
node(const struct json *value)
{
	return (const cJSON *)value;
}

static const struct json *
wrap(const cJSON *value)
{
	return (const struct json *)value;
}

static bool
is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/* Four hex digits that are not 0000. cJSON reads wrong ones as 0, and ends its C string there. */
static bool
is_escaped_unit(const char *p, const char *end)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (end - p < 4 || memcmp(p, "0000", 4) == 0)
		return false;
	for (int i = 0; i < 4; i++)
		if (!memchr(hex, p[i], sizeof hex - 1))
			return false;
	return true;
}

/* Steps over the string that opens at p. NULL where it is not one. */
static const char *
scan_string(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '"')
			return p + 1;
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		if (++p == end || (*p == 'u' && !is_escaped_unit(p + 1, end)))
			return NULL;
	}
	return NULL;
}

static const char *
skip_digits(const char *p, const char *end)
{
	while (is_digit(p, end))
		p++;
	return p;
}

/* Steps over the number that begins at p. NULL where it is not one: cJSON takes 01 and 1. as well.
 */
static const char *
scan_number(const char *p, const char *end)
{
	p += *p == '-';
	if (!is_digit(p, end) || (*p == '0' && is_digit(p + 1, end)))
		return NULL;
	p = skip_digits(p, end);
	if (p < end && *p == '.') {
		if (!is_digit(++p, end))
			return NULL;
		p = skip_digits(p, end);
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '+' || *p == '-');
		if (!is_digit(p, end))
			return NULL;
		p = skip_digits(p, end);
	}
	return p;
}

/* What is wrong with a character outside strings and numbers; NULL for nothing. */
static const char *
check_character(char c)
{
	if ((unsigned char)c < 0x20 && !strchr("\t\r\n", c))
		return "it holds a control character";
	/* cJSON passes over a byte order mark. */
	if ((unsigned char)c >= 0x7F)
		return "it holds text outside strings";
	return NULL;
}

static const char *
scan(const char *data, size_t length)
{
	const char *end = data + length;
	const char *wrong;
	int depth = 0, values = 1;

	for (const char *p = data; p < end;) {
		if (*p == '"') {
			if (!(p = scan_string(p, end)))
				return "a string is broken or holds a control character";
			continue;
		}
		if (*p == '-' || is_digit(p, end)) {
			if (!(p = scan_number(p, end)))
				return "a number is broken";
			continue;
		}
		if ((wrong = check_character(*p)))
			return wrong;
		if (*p == '{' || *p == '[') {
			if (++depth > LIMIT_JSON_DEPTH)
				return "it is nested too deep";
		} else if (*p == '}' || *p == ']') {
			depth--;
		} else if (*p == ',' && ++values > LIMIT_JSON_VALUES) {
			return "it has too many values";
		}
		p++;
	}
	return NULL;
}

enum status
json_parse(struct json **doc, const char *data, size_t length, struct error *err)
{
	const char *rest, *wrong;
	cJSON *value;

	*doc = NULL;
	if (!text_is_utf8(data, length))
		return error_set(err, STATUS_PROTOCOL, "the JSON is not UTF-8");
	if ((wrong = scan(data, length)))
		return error_set(err, STATUS_PROTOCOL, "the JSON is not taken: %s", wrong);
	value = cJSON_ParseWithLengthOpts(data, length, &rest, false);
	if (!value)
		return error_set(err, STATUS_PROTOCOL, "not JSON");
	while (rest < data + length && strchr(" \t\r\n", *rest))
		rest++;
	if (!cJSON_IsObject(value) || rest != data + length) {
		cJSON_Delete(value);
		return error_set(err, STATUS_PROTOCOL, "not one JSON object");
	}
	*doc = (struct json *)value;
	return STATUS_OK;
}

void
json_destroy(struct json *doc)
{
	cJSON_Delete((cJSON *)doc);
}

/* *field is NULL, with OK, where an optional field is absent or null. */
static enum status
find(const struct json *object, const char *name, enum json_need need, const cJSON **field,
    struct error *err)
{
	const cJSON *found = cJSON_GetObjectItemCaseSensitive(node(object), name);

	*field = found && !cJSON_IsNull(found) ? found : NULL;
	if (!*field && need == JSON_REQUIRED)
		return error_set(err, STATUS_PROTOCOL, "the field \"%s\" is missing", name);
	return STATUS_OK;
}

static enum status
wrong_type(struct error *err, const char *name, const char *want)
{
	return error_set(err, STATUS_PROTOCOL, "the field \"%s\" is not %s", name, want);
}

enum status
json_get_string(const struct json *object, const char *name, enum json_need need, size_t limit,
    const char **value, struct error *err)
{
	const cJSON *field;
	enum status status = find(object, name, need, &field, err);

	if (status != STATUS_OK || !field)
		return status;
	if (!cJSON_IsString(field))
		return wrong_type(err, name, "a string");
	if (strlen(field->valuestring) > limit)
		return error_set(err, STATUS_TOO_LARGE, "the field \"%s\" is longer than %zu bytes",
		    name, limit);
	*value = field->valuestring;
	return STATUS_OK;
}

bool
json_item_int(const struct json *item, int64_t min, int64_t max, int64_t *value)
{
	const cJSON *n = node(item);

	if (!n || !cJSON_IsNumber(n) || n->valuedouble != trunc(n->valuedouble) ||
	    fabs(n->valuedouble) > (double)LIMIT_INTEGER)
		return false;
	*value = (int64_t)n->valuedouble;
	return *value >= min && *value <= max;
}

bool
json_item_string(const struct json *item, size_t limit, const char **value)
{
	const cJSON *n = node(item);

	if (!n || !cJSON_IsString(n) || strlen(n->valuestring) > limit)
		return false;
	*value = n->valuestring;
	return true;
}

enum status
json_get_int(const struct json *object, const char *name, enum json_need need, int64_t min,
    int64_t max, int64_t *value, struct error *err)
{
	const cJSON *field;
	enum status status = find(object, name, need, &field, err);
	int64_t number;

	if (status != STATUS_OK || !field)
		return status;
	if (!json_item_int(wrap(field), min, max, &number))
		return error_set(err, STATUS_PROTOCOL,
		    "the field \"%s\" is not a whole number from %lld to %lld", name,
		    (long long)min, (long long)max);
	*value = number;
	return STATUS_OK;
}

enum status
json_get_bool(const struct json *object, const char *name, enum json_need need, bool *value,
    struct error *err)
{
	const cJSON *field;
	enum status status = find(object, name, need, &field, err);

	if (status != STATUS_OK || !field)
		return status;
	if (!cJSON_IsBool(field))
		return wrong_type(err, name, "true or false");
	*value = cJSON_IsTrue(field);
	return STATUS_OK;
}

enum status
json_get_key(const struct json *object, const char *name, enum json_need need, struct key *value,
    bool *present, struct error *err)
{
	const char *text = NULL;
	enum status status = json_get_string(object, name, need, KEY_TEXT_SIZE, &text, err);

	*present = status == STATUS_OK && text;
	if (*present && !key_parse(value, text))
		return wrong_type(err, name, "a key (a UUID)");
	return status;
}

enum status
json_get_address(const struct json *object, const char *name, enum json_need need,
    const char **value, struct error *err)
{
	const char *text = NULL;
	enum status status = json_get_string(object, name, need, ADDRESS_SIZE, &text, err);

	if (status != STATUS_OK || !text)
		return status;
	if (!address_is_valid(text))
		return wrong_type(err, name, "an address");
	*value = text;
	return STATUS_OK;
}

enum status
json_get_group(const struct json *object, const char *name, const char **value, struct error *err)
{
	enum status status = json_get_address(object, name, JSON_REQUIRED, value, err);

	if (status == STATUS_OK && !address_is_group(*value))
		return wrong_type(err, name, "a group's address");
	return status;
}

enum status
json_get_cursor(const struct json *object, const char *name, enum json_need need,
    struct cursor *cursor, struct error *err)
{
	const struct json *array;
	size_t count;
	enum status status = json_get_array(object, name, need, 2, &array, &count, err);

	*cursor = (struct cursor){.stamp = 0};
	if (status != STATUS_OK || !array)
		return status;
	return json_item_cursor(array, cursor) ? STATUS_OK : wrong_type(err, name, "a cursor");
}

bool
json_item_cursor(const struct json *item, struct cursor *cursor)
{
	const struct json *generation = json_first(item);
	const struct json *stamp = json_next(generation);
	const char *text;

	*cursor = (struct cursor){.stamp = 0};
	if (!item || !cJSON_IsArray(node(item)) ||
	    !json_item_string(generation, GENERATION_SIZE - 1, &text) || !text[0] ||
	    !json_item_int(stamp, 0, LIMIT_INTEGER, &cursor->stamp) || json_next(stamp))
		return false;
	memcpy(cursor->generation, text, strlen(text) + 1);
	return true;
}

bool
json_item_is_null(const struct json *item)
{
	return item && cJSON_IsNull(node(item));
}

enum status
json_get_generation(const struct json *answer, const char **generation, struct error *err)
{
	enum status status = json_get_string(
	    answer, "generation", JSON_REQUIRED, GENERATION_SIZE - 1, generation, err);

	if (status == STATUS_OK && !(*generation)[0])
		return wrong_type(err, "generation", "a generation");
	return json_answer_status(status, err);
}

enum status
json_answer_status(enum status status, struct error *err)
{
	if (status != STATUS_TOO_LARGE)
		return status;
	if (err)
		err->status = STATUS_PROTOCOL;
	return STATUS_PROTOCOL;
}

enum status
json_get_object(const struct json *object, const char *name, enum json_need need,
    const struct json **value, struct error *err)
{
	const cJSON *field;
	enum status status = find(object, name, need, &field, err);

	*value = wrap(field);
	if (field && !cJSON_IsObject(field))
		return wrong_type(err, name, "an object");
	return status;
}

enum status
json_get_array(const struct json *object, const char *name, enum json_need need, size_t limit,
    const struct json **array, size_t *count, struct error *err)
{
	const cJSON *field;
	enum status status = find(object, name, need, &field, err);

	*array = wrap(field);
	*count = 0;
	if (status != STATUS_OK || !field)
		return status;
	if (!cJSON_IsArray(field))
		return wrong_type(err, name, "an array");
	*count = (size_t)cJSON_GetArraySize(field);
	if (*count > limit)
		return error_set(
		    err, STATUS_TOO_LARGE, "the array \"%s\" has more than %zu items", name, limit);
	return STATUS_OK;
}

const struct json *
json_first(const struct json *array)
{
	return array ? wrap(node(array)->child) : NULL;
}

const struct json *
json_next(const struct json *item)
{
	return item ? wrap(node(item)->next) : NULL;
}

bool
json_is_object(const struct json *item)
{
	return item && cJSON_IsObject(node(item));
}

const char *
json_name(const struct json *item)
{
	return node(item)->string ? node(item)->string : "";
}

void
json_add_value(struct buf *out, const struct json *value)
{
	char *text = cJSON_PrintUnformatted(node(value));

	if (text)
		buf_add_string(out, text);
	cJSON_free(text);
}

void
json_put_key(struct buf *out, const char *name, const struct key *value)
{
	char text[KEY_TEXT_SIZE];

	json_put_string(out, name, key_format(value, text));
}

void
json_put_cursor(struct buf *out, const char *name, const struct cursor *cursor)
{
	json_put_name(out, name);
	json_add_cursor(out, cursor);
}

void
json_add_cursor(struct buf *out, const struct cursor *cursor)
{
	buf_add_char(out, '[');
	json_add_string(out, cursor->generation);
	buf_add_char(out, ',');
	buf_add_int(out, cursor->stamp);
	buf_add_char(out, ']');
}
