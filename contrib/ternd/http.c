#include "http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wire/limits.h"

enum { SEEN_LENGTH = 1, SEEN_AUTHORIZATION = 2, SEEN_ENCODING = 4 };

static const char not_a_request[] = "the request line is not a verb, a path and HTTP/1.1";

static enum http_state
wrong(struct http_parser *parser, enum wire_error error, const char *why)
{
	parser->error = error;
	parser->why = why;
	return HTTP_WRONG;
}

static enum http_state
bad(struct http_parser *parser, const char *why)
{
	return wrong(parser, WIRE_BAD_REQUEST, why);
}

/* RFC 9110 5.6.2: what methods and header names are made of. */
static bool
is_token_char(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	return c && strchr("!#$%&'*+-.^_`|~", c);
}

static size_t
token_length(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && is_token_char((unsigned char)*p))
		p++;
	return (size_t)(p - from);
}

static struct http_slice
slice(const char *data, const char *from, const char *end)
{
	return (struct http_slice){(uint16_t)(from - data), (uint16_t)(end - from)};
}

static bool
same(const char *from, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - from) == length && strncasecmp(from, word, length) == 0;
}

static enum http_state
read_version(struct http_parser *parser, const char *p, const char *end)
{
	if (end - p != 8 || memcmp(p, "HTTP/", 5) != 0 || p[6] != '.' || p[5] < '0' || p[5] > '9' ||
	    p[7] < '0' || p[7] > '9')
		return bad(parser, not_a_request);
	if (p[5] != '1' || p[7] != '1')
		return wrong(parser, WIRE_VERSION, "this server speaks HTTP/1.1 only");
	return HTTP_MORE;
}

static enum http_state
read_request_line(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	const char *from = p;

	p += token_length(p, end);
	if (p == from || p == end || *p != ' ')
		return bad(parser, not_a_request);
	parser->head.verb = slice(data, from, p);
	from = ++p;
	while (p<end && * p> ' ' && *p < 0x7F && *p != '#')
		p++;
	if (p == from || *from != '/' || p == end || *p != ' ')
		return bad(parser, not_a_request);
	parser->head.target = slice(data, from, p);
	parser->has_line = true;
	return read_version(parser, p + 1, end);
}

static bool
seen_before(struct http_parser *parser, unsigned int which)
{
	bool before = parser->seen & which;

	parser->seen |= which;
	return before;
}

static enum http_state
read_content_length(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	int64_t length = 0;

	(void)data;
	if (seen_before(parser, SEEN_LENGTH))
		return bad(parser, "there are two Content-Length headers");
	if (p == end)
		return bad(parser, "the Content-Length is empty");
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return bad(parser, "the Content-Length is not made of digits only");
		if (length > (INT64_MAX - 9) / 10)
			length = INT64_MAX;
		else
			length = length * 10 + (*p - '0');
	}
	parser->head.content_length = length;
	return HTTP_MORE;
}

static enum http_state
read_transfer_encoding(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	(void)data;
	(void)p;
	(void)end;
	return wrong(parser, WIRE_UNSUPPORTED,
	    "Transfer-Encoding is not taken: send the body with a Content-Length");
}

static enum http_state
read_content_encoding(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	(void)data;
	if (seen_before(parser, SEEN_ENCODING))
		return wrong(parser, WIRE_UNSUPPORTED, "two Content-Encodings are not taken");
	if (same(p, end, "zstd"))
		parser->head.packed = parser->head.takes_packed = true;
	else if (!same(p, end, "identity"))
		return wrong(parser, WIRE_UNSUPPORTED, "this Content-Encoding is not taken");
	return HTTP_MORE;
}

/* True where the parameters behind an encoding's name are a weight of 0: it is not wanted. */
static bool
weighs_nothing(const char *p, const char *end)
{
	p += strspn(p, " \t");
	if (p == end || *p != ';')
		return false;
	p += 1 + strspn(p + 1, " \t");
	if (end - p < 3 || strncasecmp(p, "q=0", 3) != 0)
		return false;
	for (p += 3; p < end && (*p == '.' || *p == '0');)
		p++;
	return p == end || strchr(" \t,;", *p);
}

static enum http_state
read_accept_encoding(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	(void)data;
	while (p < end) {
		const char *name = p + strspn(p, " \t,");

		p = name + token_length(name, end);
		if (same(name, p, "zstd") && !weighs_nothing(p, end))
			parser->head.takes_packed = true;
		while (p < end && *p != ',')
			p++;
		if (p < end)
			p++;
	}
	return HTTP_MORE;
}

/* Another scheme than Bearer, or a token in several words, is no token. */
static enum http_state
read_authorization(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	static const char scheme[] = "Bearer ";
	const size_t length = sizeof scheme - 1;

	if (seen_before(parser, SEEN_AUTHORIZATION))
		return bad(parser, "there are two Authorization headers");
	if ((size_t)(end - p) <= length || strncasecmp(p, scheme, length) != 0)
		return HTTP_MORE;
	for (p += length; p < end && *p == ' ';)
		p++;
	if (!memchr(p, ' ', (size_t)(end - p)))
		parser->head.token = slice(data, p, end);
	return HTTP_MORE;
}

static enum http_state
read_expect(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	(void)data;
	if (same(p, end, "100-continue"))
		parser->head.wants_continue = true;
	return HTTP_MORE;
}

static enum http_state
read_connection(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	(void)data;
	while (p < end) {
		const char *word;

		p += strspn(p, " \t,");
		word = p;
		p += token_length(p, end);
		if (same(word, p, "close"))
			parser->head.close = true;
		if (p == word)
			break;
	}
	return HTTP_MORE;
}

static const struct {
	const char *name;
	enum http_state (*read)(
	    struct http_parser *parser, const char *data, const char *p, const char *end);
} headers[] = {
    {"content-length", read_content_length},
    {"transfer-encoding", read_transfer_encoding},
    {"content-encoding", read_content_encoding},
    {"accept-encoding", read_accept_encoding},
    {"authorization", read_authorization},
    {"expect", read_expect},
    {"connection", read_connection},
};

static enum http_state
read_header(struct http_parser *parser, const char *data, const char *p, const char *end)
{
	const char *name = p, *name_end;

	if (*p == ' ' || *p == '\t')
		return bad(parser, "a header goes on in a second line");
	p += token_length(p, end);
	name_end = p;
	if (p == name || p == end || *p != ':')
		return bad(parser, "a header has no name with a colon right behind it");
	for (p++; p < end && (*p == ' ' || *p == '\t');)
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		if (same(name, name_end, headers[i].name))
			return headers[i].read(parser, data, p, end);
	return HTTP_MORE;
}

/* The head's empty line was read. */
static enum http_state
finish(struct http_parser *parser, const char *data)
{
	const struct http_slice *verb = &parser->head.verb;

	if (!parser->has_line)
		return bad(parser, "the request begins with an empty line");
	if (!(parser->seen & SEEN_LENGTH) && verb->length == 4 &&
	    memcmp(data + verb->at, "POST", 4) == 0)
		return wrong(parser, WIRE_LENGTH_REQUIRED, "the request has no Content-Length");
	parser->head.length = parser->scanned;
	return HTTP_DONE;
}

/* A line ends before the CR LF that was scanned last. */
static enum http_state
read_line(struct http_parser *parser, const char *data)
{
	const char *from = data + parser->line;
	const char *end = data + parser->scanned - 2;

	parser->line = parser->scanned;
	if (from == end)
		return finish(parser, data);
	if (!parser->has_line)
		return read_request_line(parser, data, from, end);
	return read_header(parser, data, from, end);
}

void
http_parser_init(struct http_parser *parser)
{
	memset(parser, 0, sizeof *parser);
}

enum http_state
http_parse(struct http_parser *parser, const char *data, size_t length)
{
	size_t end = length < LIMIT_HEAD ? length : LIMIT_HEAD;

	while (parser->scanned < end) {
		unsigned char c = (unsigned char)data[parser->scanned];
		bool after_cr = parser->scanned > parser->line && data[parser->scanned - 1] == '\r';
		enum http_state state;

		if (after_cr != (c == '\n'))
			return bad(parser, "a line doesn't end with CR LF");
		if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F)
			return bad(parser, "the head holds a control character");
		parser->scanned++;
		if (c == '\n' && (state = read_line(parser, data)) != HTTP_MORE)
			return state;
	}
	if (length >= LIMIT_HEAD)
		return wrong(
		    parser, WIRE_HEAD_TOO_LARGE, "the request line and headers are over 8 KiB");
	return HTTP_MORE;
}

size_t
http_answer_head(char head[HTTP_ANSWER_HEAD], int status, const struct http_body *body, bool close)
{
	const char *type = body->type;
	int n = snprintf(head, HTTP_ANSWER_HEAD,
	    "HTTP/1.1 %d \r\nContent-Length: %zu\r\n%s%s%s%s%s\r\n", status, body->length,
	    body->packed ? "Content-Encoding: zstd\r\n" : "", type ? "Content-Type: " : "",
	    type ? type : "", type ? "\r\n" : "", close ? "Connection: close\r\n" : "");

	return (size_t)n;
}
