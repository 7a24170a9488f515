#include "client/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "model/address.h"

/* What is read next of the query. */
struct reader {
	const char *at;
	const char *domain;
};

/* A blank, of ASCII or as wide as East Asia's characters: its length, or 0. */
static size_t
blank_length(const char *text)
{
	static const char wide[] = "\xE3\x80\x80"; /* U+3000 */

	if (*text && strchr(" \t\r\n\v\f", *text))
		return 1;
	return strncmp(text, wide, 3) == 0 ? 3 : 0;
}

static void
skip_blanks(struct reader *reader)
{
	size_t length;

	while ((length = blank_length(reader->at)))
		reader->at += length;
}

/* Takes a word up to a blank or a quotation mark, or what stands between two of these; a closing
 * one may be missing. The caller frees. */
static char *
take_text(struct reader *reader, bool *quoted)
{
	const char *begin = reader->at;
	char *text;

	*quoted = *begin == '"';
	if (*quoted) {
		size_t length = strcspn(++begin, "\"");

		text = mem_strndup(begin, length);
		reader->at = begin + length + (begin[length] == '"');
		return text;
	}
	while (*reader->at && *reader->at != '"' && !blank_length(reader->at))
		reader->at++;
	return mem_strndup(begin, (size_t)(reader->at - begin));
}

/* Takes over text. */
static enum status
add_term(struct query *query, const struct search_term *term, struct error *err)
{
	if (query->count == QUERY_TERMS) {
		free((char *)term->text);
		return error_set(
		    err, STATUS_USAGE, "at most %d words can be searched for at once", QUERY_TERMS);
	}
	query->terms[query->count++] = *term;
	return STATUS_OK;
}

static enum status
take_words(struct query *query, struct reader *reader, bool exclude, struct error *err)
{
	struct search_term term = {.kind = SEARCH_WORDS, .exclude = exclude};
	bool quoted;
	char *text = take_text(reader, &quoted);
	size_t length = strlen(text);

	if (quoted && *reader->at == '*') {
		term.prefix = true;
		reader->at++;
	} else if (!quoted && length > 1 && text[length - 1] == '*') {
		term.prefix = true;
	}
	term.text = text;
	return add_term(query, &term, err);
}

/* ---- from:, in:, after:, before: ---- */

enum filter { FILTER_FROM, FILTER_IN, FILTER_AFTER, FILTER_BEFORE, FILTERS };

static const char *const names[FILTERS] = {"from:", "in:", "after:", "before:"};

static enum filter
find_filter(const char *text)
{
	enum filter filter = 0;

	while (filter < FILTERS && strncmp(text, names[filter], strlen(names[filter])) != 0)
		filter++;
	return filter;
}

static enum status
set_date(struct query *query, enum filter filter, bool exclude, const char *text, struct error *err)
{
	int64_t *bound = filter == FILTER_AFTER ? &query->after : &query->before;
	int64_t time;

	if (exclude || !time_date_parse(text, &time))
		return error_set(err, STATUS_USAGE,
		    "%s takes a date such as 2026-11-22, 2026-11, 2026, or 7d for seven days ago%s",
		    names[filter], exclude ? ", and cannot be negated" : "");
	/* Of several the narrower one counts. Nothing is before 1970. */
	if (time < 1)
		time = 1;
	if (!*bound || (filter == FILTER_AFTER ? time > *bound : time < *bound))
		*bound = time;
	return STATUS_OK;
}

static enum status
take_filter(
    struct query *query, struct reader *reader, enum filter filter, bool exclude, struct error *err)
{
	struct address address;
	bool quoted;
	char *text;
	enum status status;

	reader->at += strlen(names[filter]);
	text = take_text(reader, &quoted);
	if (filter == FILTER_AFTER || filter == FILTER_BEFORE) {
		status = set_date(query, filter, exclude, text, err);
	} else {
		status = address_parse(&address, text, reader->domain, err);
		if (status == STATUS_OK)
			status = add_term(query,
			    &(struct search_term){
			        .kind = filter == FILTER_FROM ? SEARCH_FROM : SEARCH_IN,
			        .text = mem_strdup(address.text),
			        .exclude = exclude},
			    err);
	}
	free(text);
	return status;
}

static enum status
take_term(struct query *query, struct reader *reader, struct error *err)
{
	bool exclude = reader->at[0] == '-' && reader->at[1] && !blank_length(reader->at + 1);
	enum filter filter;

	reader->at += exclude;
	filter = find_filter(reader->at);
	return filter < FILTERS ? take_filter(query, reader, filter, exclude, err)
	                        : take_words(query, reader, exclude, err);
}

enum status
query_parse(struct query *query, const char *text, const char *domain, struct error *err)
{
	struct reader reader = {text, domain};
	size_t length = strlen(text);
	enum status status = STATUS_OK;

	*query = (struct query){.count = 0};
	if (length > QUERY_BYTES)
		return error_set(err, STATUS_USAGE,
		    "what is searched for has at most %d bytes, not %zu", QUERY_BYTES, length);
	if (!text_is_utf8(text, length))
		return error_set(err, STATUS_USAGE, "what is searched for is not UTF-8 text");
	skip_blanks(&reader);
	while (status == STATUS_OK && *reader.at) {
		status = take_term(query, &reader, err);
		skip_blanks(&reader);
	}
	return status;
}

enum status
query_add(struct query *query, int kind, const char *text, struct error *err)
{
	struct search_term term = {.text = mem_strdup(text)};

	term.kind = kind;
	return add_term(query, &term, err);
}

void
query_finish(struct query *query)
{
	for (size_t i = 0; i < query->count; i++)
		free((char *)query->terms[i].text);
	query->count = 0;
}
