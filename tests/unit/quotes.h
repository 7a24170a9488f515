/* JSON in tests is written with ' for ", so that it can be read. */
#ifndef TERN_TESTS_QUOTES_H
#define TERN_TESTS_QUOTES_H

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

#endif
