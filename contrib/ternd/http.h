/*
 * HTTP/1.1 request heads, read strictly (doc/protocol.md 1 and 2), and answers' heads. Pure: bytes
 * in, offsets out; no I/O and no memory of its own.
 *
 * The parser is fed the same growing input again and again and goes on where it stopped, so
 * that bytes that trickle in cost no more than bytes that come at once. What is wrong is told
 * as soon as it is seen, not at the head's end.
 */
#ifndef TERND_HTTP_H
#define TERND_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/error.h"

/* A part of the head: bytes from its first one. */
struct http_slice {
	uint16_t at;
	uint16_t length;
};

/* What dispatch wants to know of a request. */
struct http_head {
	size_t length; /* of the head, its empty line included */
	struct http_slice verb;
	struct http_slice target; /* begins with a slash */
	struct http_slice token;  /* behind "Authorization: Bearer"; length 0 for none */
	int64_t content_length;   /* 0 where there is none; INT64_MAX where it is larger */
	bool wants_continue;      /* Expect: 100-continue */
	bool close;               /* Connection: close */
	bool packed;              /* Content-Encoding: zstd */
	bool takes_packed;        /* the answer may be so: Accept-Encoding, or the body is */
};

enum http_state {
	HTTP_MORE,  /* nothing wrong so far: feed more */
	HTTP_DONE,  /* head is filled */
	HTTP_WRONG, /* error and why are set; the connection is of no further use */
};

struct http_parser {
	struct http_head head;
	enum wire_error error;
	const char *why;   /* a sentence */
	uint16_t scanned;  /* bytes looked at */
	uint16_t line;     /* where the line under way begins */
	bool has_line;     /* the request line was read */
	unsigned int seen; /* headers that may come only once */
};

/* Makes the parser ready for a request's first byte. */
void http_parser_init(struct http_parser *parser);

/*
 * Looks at data, which holds everything from the request's first byte on (the same bytes as
 * before, and perhaps more).
 */
enum http_state http_parse(struct http_parser *parser, const char *data, size_t length);

/* Room for any answer's head. */
enum { HTTP_ANSWER_HEAD = 192 };

/* What an answer's head says of the body behind it. */
struct http_body {
	const char *type; /* Content-Type; NULL for none, which is JSON */
	size_t length;
	bool packed; /* Content-Encoding: zstd */
};

/*
 * Writes an answer's head: the status line, what there is to say of the body, Connection: close
 * where the server closes after it. Returns its length.
 */
size_t
http_answer_head(char head[HTTP_ANSWER_HEAD], int status, const struct http_body *body, bool close);

#endif
