/* Bodies in tests: JSON is written with ' for ", so that it can be read; reading it is refused or
 * not. */
#ifndef TERN_TESTS_QUOTES_H
#define TERN_TESTS_QUOTES_H

#include <string.h>

#include "base/mem.h"
#include "wire/json.h"

/* text with every ' made a ". The caller frees. */
static inline char *
quoted(const char *text)
{
	char *copy = mem_strdup(text);

	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

/* The document of quoted(text); the test fails where it is none. For json_destroy(). */
static inline struct json *
document(const char *text)
{
	char *copy = quoted(text);
	struct error err = {.text = ""};
	struct json *doc;

	if (json_parse(&doc, copy, strlen(copy), &err) != STATUS_OK)
		fail_msg("%s: %s", err.text, text);
	free(copy);
	return doc;
}

/* The document that was written to out, which is finished. For json_destroy(). */
static inline struct json *
read_back(struct buf *out)
{
	struct error err = {.text = ""};
	struct json *doc;

	assert_false(out->failed);
	if (json_parse(&doc, out->data, out->length, &err) != STATUS_OK)
		fail_msg("%s: %s", err.text, buf_string(out));
	buf_finish(out);
	return doc;
}

/* Reads document(text) with read(), which must say want: and why, where it refuses. */
static inline void
assert_reads(
    enum status (*read)(const struct json *, struct error *), const char *text, enum status want)
{
	struct json *doc = document(text);
	struct error err = {.text = ""};
	enum status status = read(doc, &err);

	if (status != want)
		fail_msg("%d and not %d (%s) for %s", status, want, err.text, text);
	if (status != STATUS_OK) {
		assert_int_equal(err.status, want);
		assert_true(strlen(err.text) > 10);
	}
	json_destroy(doc);
}

#endif
