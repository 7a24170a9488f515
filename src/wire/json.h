/*
 * JSON: a strict reader over cJSON (whose only user this is) and a small writer.
 *
 * The reader refuses, before building anything, what cJSON would let through or choke on:
 * invalid UTF-8, raw control characters, \u0000 and broken \u escapes, numbers that JSON has not, a
 * byte order mark, nesting over LIMIT_JSON_DEPTH, more than LIMIT_JSON_VALUES values, anything
 * behind the document. A document is one object.
 */
#ifndef TERN_WIRE_JSON_H
#define TERN_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/jsonw.h"
#include "base/status.h"
#include "model/contact.h"
#include "model/key.h"

struct json; /* a value within a document; never made by hand */

/* Reads one object of length bytes. *doc is the caller's, to json_destroy(). PROTOCOL. */
enum status json_parse(struct json **doc, const char *data, size_t length, struct error *err);

void json_destroy(struct json *doc);

/*
 * Fields. `required` fields missing or any of the wrong type or out of bounds: PROTOCOL with a
 * sentence that names the field; TOO_LARGE where it is longer than its limit. A field that isn't
 * required and isn't there, or is null, leaves *value as it was. Strings are borrowed from the
 * document.
 */
enum json_need { JSON_OPTIONAL, JSON_REQUIRED };

enum status json_get_string(const struct json *object, const char *name, enum json_need need,
    size_t limit, const char **value, struct error *err);
enum status json_get_int(const struct json *object, const char *name, enum json_need need,
    int64_t min, int64_t max, int64_t *value, struct error *err);
enum status json_get_bool(const struct json *object, const char *name, enum json_need need,
    bool *value, struct error *err);
enum status json_get_key(const struct json *object, const char *name, enum json_need need,
    struct key *value, bool *present, struct error *err);
/* An address exactly as the protocol writes it. */
enum status json_get_address(const struct json *object, const char *name, enum json_need need,
    const char **value, struct error *err);
/* A group's address, which is required. */
enum status
json_get_group(const struct json *object, const char *name, const char **value, struct error *err);
/* ["generation", stamp]; absent leaves the cursor "none". doc/protocol.md, "Cursors". */
enum status json_get_cursor(const struct json *object, const char *name, enum json_need need,
    struct cursor *cursor, struct error *err);
/* The generation that every answer carries; it is required. */
enum status
json_get_generation(const struct json *answer, const char **generation, struct error *err);
/* The object or array of that name, NULL where it isn't there. */
enum status json_get_object(const struct json *object, const char *name, enum json_need need,
    const struct json **value, struct error *err);
/* An array of at most limit items. *count is 0 where it isn't there. */
enum status json_get_array(const struct json *object, const char *name, enum json_need need,
    size_t limit, const struct json **array, size_t *count, struct error *err);

/* What reading an answer comes to: a field over its limit is then the server's breach, PROTOCOL. */
enum status json_answer_status(enum status status, struct error *err);

/* Walks an array: first item, and the one after item; NULL at the end. */
const struct json *json_first(const struct json *array);
const struct json *json_next(const struct json *item);
bool json_is_object(const struct json *item);
/* An object is walked like an array: the name of such an item. Borrowed. */
const char *json_name(const struct json *item);

/* An array item's own value, of a kind and within bounds; false where it isn't. */
bool json_item_string(const struct json *item, size_t limit, const char **value);
bool json_item_int(const struct json *item, int64_t min, int64_t max, int64_t *value);
bool json_item_cursor(const struct json *item, struct cursor *cursor);
bool json_item_is_null(const struct json *item);

/* Appends value printed compactly, as it was read. */
void json_add_value(struct buf *out, const struct json *value);

/* The writer's own (base/jsonw.h), and what only the wire writes. */
void json_put_key(struct buf *out, const char *name, const struct key *value);
void json_put_cursor(struct buf *out, const char *name, const struct cursor *cursor);
void json_add_cursor(struct buf *out, const struct cursor *cursor);

#endif
