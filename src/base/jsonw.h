/*
 * A small JSON writer: appends to a buffer, whose ceiling is the one thing to check at the end.
 *
 * Strings come out so that a terminal shows them harmlessly: what text_is_harmful() names, DEL and
 * controls are written as \u escapes; all else stays UTF-8. Readers see the very same text.
 */
#ifndef TERN_BASE_JSONW_H
#define TERN_BASE_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends text as a JSON string with its quotes. A byte that is not UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *out, const char *text);
void json_add_string_n(struct buf *out, const char *text, size_t length);

/* Appends the text of a JSON string with its quotes, as json_add_string() writes one. False where
 * it is not one, or behind it stands something. */
bool json_take_string(struct buf *out, const char *json);

/* The most bytes that json_add_string() appends. */
size_t json_string_size(const char *text);

/* Append ,"name":value — without the comma right behind a { or [. */
void json_put_string(struct buf *out, const char *name, const char *value);
void json_put_int(struct buf *out, const char *name, int64_t value);
void json_put_bool(struct buf *out, const char *name, bool value);
/* Appends ,"name": for a value that the caller appends next. */
void json_put_name(struct buf *out, const char *name);
/* Appends the comma an item needs, nothing right behind a { or [. */
void json_comma(struct buf *out);

#endif
