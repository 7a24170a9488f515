#include "conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "dispatch.h"
#include "http.h"
#include "log.h"
#include "metrics.h"
#include "reply.h"
#include "server.h"
#include "sessions.h"
#include "wire/limits.h"

enum {
	READ_AHEAD = 64 * 1024,         /* input that waits at most, bytes */
	LINGER_MS = 2000,               /* how long a refused client may go on sending */
	LINGER_BYTES = 4 * 1024 * 1024, /* and how much */
};

enum conn_state {
	CONN_IDLE,   /* no byte of the next request was looked at */
	CONN_HEAD,   /* a head arrives */
	CONN_BODY,   /* a body arrives */
	CONN_CALL,   /* a call is under way; nothing is read */
	CONN_HELD,   /* a call waits; its client is watched */
	CONN_FLUSH,  /* it was answered; the answer leaves */
	CONN_LINGER, /* the last answer left; what comes is thrown away */
	CONN_CLOSED, /* to be freed by whoever set it */
};

struct conn {
	struct call call; /* the one under way: first, so that a call is its connection */
	struct conns *conns;
	struct conn *next;
	struct conn **link;
	struct bufferevent *bev;
	struct wheel_timer timer; /* the one deadline that the state has */
	struct http_parser parser;
	struct route route;
	struct buf body;    /* a body that doesn't come at once; else it is used where it stands */
	size_t body_length; /* of the body under way */
	size_t left; /* CONN_FLUSH: bytes unsent when last looked; CONN_LINGER: to read yet */
	char token[TOKEN_TEXT];
	uint8_t token_length; /* TOKEN_TEXT + 1 where it is longer */
	uint8_t state;
	bool timed;   /* the request's deadline runs */
	bool closing; /* this answer is the last */
	bool refused; /* for what is wrong with the HTTP */
	bool eof;     /* the client sends no more */
	bool broken;  /* nothing can be sent any more */
	bool busy;    /* advance() is at work, and goes on */
	bool ended;   /* the caller's login ended while the call was under way */
};

struct conns {
	struct server *server;
	struct wheel *wheel;
	struct conn *first;
};

static struct conn *
conn_of(const struct call *call)
{
	return (struct conn *)call;
}

static struct evbuffer *
input(struct conn *c)
{
	return bufferevent_get_input(c->bev);
}

static size_t
unsent(struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

static void
arm(struct conn *c, int64_t ms)
{
	wheel_set(c->conns->wheel, &c->timer, time_mono() + ms * TIME_MS);
}

static void
conn_free(struct conn *c)
{
	struct conns *conns = c->conns;

	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	conns->server->metrics->open--;
	wheel_cancel(conns->wheel, &c->timer);
	bufferevent_free(c->bev);
	json_destroy(c->call.body);
	buf_finish(&c->body);
	free(c);
}

/* Whatever the state was: this is the answer. The body is taken. */
static void
answer(struct conn *c, int status, const char *type, struct buf *body)
{
	const struct http_body what = {type, body->length, c->call.packed};
	char head[HTTP_ANSWER_HEAD];
	size_t length;

	c->closing |= c->conns->server->draining;
	length = http_answer_head(head, status, &what, c->closing);
	c->broken |= !reply_send(c->bev, head, length, body);
	c->state = CONN_FLUSH;
}

static void
answer_error(struct conn *c, enum wire_error code, const char *text)
{
	struct buf body;

	c->conns->server->metrics->errors[code]++;
	c->call.packed = false;
	buf_init(&body, LIMIT_ANSWER);
	wire_error_write(&body, code, text);
	answer(c, wire_error_http(code), NULL, &body);
}

/* Refuses a request for its HTTP: the connection is of no further use. */
static void
refuse(struct conn *c, enum wire_error code, const char *why)
{
	log_debug("refused", LOG_TEXT("code", wire_error_name(code)), LOG_TEXT("why", why));
	c->closing = true;
	c->refused = true;
	answer_error(c, code, why);
}

static void
linger(struct conn *c)
{
	size_t come = evbuffer_get_length(input(c));

	if (come >= c->left) {
		c->state = CONN_CLOSED;
		return;
	}
	c->left -= come;
	evbuffer_drain(input(c), come);
}

/* Goes on behind an answer. True where the next request may be looked at. */
static bool
settle(struct conn *c)
{
	if (c->broken) {
		c->state = CONN_CLOSED;
	} else if (unsent(c) > 0) {
		c->left = unsent(c);
		arm(c, c->conns->server->config->idle_timeout_ms);
	} else if (!c->closing) {
		c->state = CONN_IDLE;
		arm(c, c->conns->server->config->idle_timeout_ms);
		return true;
	} else if (c->eof || (!c->refused && evbuffer_get_length(input(c)) == 0)) {
		c->state = CONN_CLOSED;
	} else {
		c->state = CONN_LINGER;
		c->left = LINGER_BYTES;
		shutdown(bufferevent_getfd(c->bev), SHUT_WR);
		arm(c, LINGER_MS);
		linger(c);
	}
	return false;
}

/* The request isn't whole yet: its deadline runs, from its first bytes on. */
static bool
wait_for_more(struct conn *c)
{
	if (c->eof) {
		c->state = CONN_CLOSED;
	} else if (!c->timed) {
		c->timed = true;
		arm(c, c->conns->server->config->request_timeout_ms);
	}
	return false;
}

static void
keep_token(struct conn *c, const char *data)
{
	const struct http_slice *token = &c->parser.head.token;

	c->token_length = token->length > TOKEN_TEXT ? TOKEN_TEXT + 1 : (uint8_t)token->length;
	memcpy(c->token, data + token->at, c->token_length <= TOKEN_TEXT ? token->length : 0);
}

/* A head is whole; its bytes begin at data. */
static bool
take_head(struct conn *c, const char *data)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct http_head *head = &c->parser.head;

	c->closing |= head->close;
	c->route = dispatch_route(head, data);
	if (head->content_length > (int64_t)dispatch_limit(&c->route)) {
		refuse(c, WIRE_TOO_LARGE, "the body is over its method's limit");
		return true;
	}
	keep_token(c, data);
	c->body_length = (size_t)head->content_length;
	evbuffer_drain(input(c), head->length);
	if (head->wants_continue && evbuffer_get_length(input(c)) < c->body_length)
		c->broken |= !reply_send(c->bev, go_on, sizeof go_on - 1, NULL);
	c->state = CONN_BODY;
	return true;
}

static bool
read_head(struct conn *c)
{
	size_t length = evbuffer_get_length(input(c));
	const char *data;

	if (length == 0) {
		if (c->eof)
			c->state = CONN_CLOSED;
		return false;
	}
	if (c->state == CONN_IDLE) {
		http_parser_init(&c->parser);
		c->timed = false;
		c->state = CONN_HEAD;
	}
	length = length < LIMIT_HEAD ? length : LIMIT_HEAD;
	data = (const char *)evbuffer_pullup(input(c), (ev_ssize_t)length);
	switch (http_parse(&c->parser, data, length)) {
	case HTTP_DONE:
		return take_head(c, data);
	case HTTP_WRONG:
		refuse(c, c->parser.error, c->parser.why);
		return true;
	case HTTP_MORE:
		break;
	}
	return wait_for_more(c);
}

/* True where the whole body is here: in the input, or gathered in c->body. */
static bool
gather(struct conn *c)
{
	size_t come = evbuffer_get_length(input(c));
	size_t missing = c->body_length - c->body.length;
	char *to;

	if (c->body.length == 0 && come >= c->body_length)
		return true;
	if (come > missing)
		come = missing;
	if (come > 0 && (to = buf_reserve(&c->body, come))) {
		evbuffer_remove(input(c), to, come);
		c->body.length += come;
	}
	return come == missing;
}

static bool
read_body(struct conn *c)
{
	if (!gather(c))
		return wait_for_more(c);
	c->state = CONN_CALL;
	c->ended = false;
	c->call = (struct call){.server = c->conns->server,
	    .method = c->route.method,
	    .takes_packed = c->parser.head.takes_packed};
	dispatch_call(&c->call, &c->route);
	return true;
}

static bool
step(struct conn *c)
{
	switch ((enum conn_state)c->state) {
	case CONN_IDLE:
	case CONN_HEAD:
		return read_head(c);
	case CONN_BODY:
		return read_body(c);
	case CONN_FLUSH:
		return settle(c);
	case CONN_LINGER:
		linger(c);
		return false;
	case CONN_CALL:
	case CONN_HELD:
	case CONN_CLOSED:
		return false;
	}
	return false;
}

/* Does what can be done with what has come. The connection may be gone afterwards. */
static void
advance(struct conn *c)
{
	c->busy = true;
	while (step(c))
		;
	c->busy = false;
	if (c->state == CONN_CLOSED)
		conn_free(c);
}

/*
 * Goes on behind an answer that came from outside of advance(). The next request, if it is here
 * already, waits for the loop: whoever answers must not find himself in another call's handler.
 */
static void
resume(struct conn *c)
{
	if (c->busy)
		return;
	if (settle(c) && (c->eof || evbuffer_get_length(input(c)) > 0))
		bufferevent_trigger(
		    c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
	if (c->state == CONN_CLOSED)
		conn_free(c);
}

static void
on_bytes(struct bufferevent *bev, void *arg)
{
	(void)bev;
	advance(arg);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	c->eof = true;
	c->broken |= !(what & BEV_EVENT_EOF);
	if (c->state == CONN_HELD) {
		c->call.cancel(&c->call);
		c->state = CONN_CLOSED;
	} else if (c->state == CONN_LINGER || (c->broken && c->state != CONN_CALL)) {
		c->state = CONN_CLOSED;
	}
	advance(c);
}

static void
on_deadline(struct wheel_timer *timer)
{
	struct conn *c = (struct conn *)((char *)timer - offsetof(struct conn, timer));

	switch ((enum conn_state)c->state) {
	case CONN_HEAD:
	case CONN_BODY:
		refuse(c, WIRE_SLOW, "the request did not arrive in time");
		resume(c);
		return;
	case CONN_CALL:
		return;
	case CONN_HELD:
		c->call.expire(&c->call);
		return;
	case CONN_FLUSH:
		if (unsent(c) < c->left) {
			c->left = unsent(c);
			arm(c, c->conns->server->config->idle_timeout_ms);
			return;
		}
		break;
	case CONN_IDLE:
	case CONN_LINGER:
	case CONN_CLOSED:
		break;
	}
	conn_free(c);
}

const char *
conn_body(struct call *call, size_t *length)
{
	struct conn *c = conn_of(call);

	*length = c->body_length;
	if (c->body_length == 0)
		return "";
	if (c->body.length > 0)
		return c->body.data;
	return (const char *)evbuffer_pullup(input(c), (ev_ssize_t)c->body_length);
}

void
conn_body_release(struct call *call)
{
	struct conn *c = conn_of(call);

	if (c->body.length > 0)
		buf_finish(&c->body);
	else
		evbuffer_drain(input(c), c->body_length);
	c->body_length = 0;
}

const char *
conn_token(const struct call *call, size_t *length)
{
	*length = conn_of(call)->token_length;
	return conn_of(call)->token;
}

bool
conn_is_packed(const struct call *call)
{
	return conn_of(call)->parser.head.packed;
}

/* Frees what the call has of its request. */
static void
release(struct call *call)
{
	json_destroy(call->body);
	call->body = NULL;
	conn_body_release(call);
}

void
conn_answer_text(struct call *call, const char *type, struct buf *body)
{
	struct conn *c = conn_of(call);

	release(call);
	if (c->ended) {
		buf_finish(body);
		answer_error(c, WIRE_UNAUTHORIZED, "the device was logged out");
	} else if (body->failed) {
		buf_finish(body);
		answer_error(c, WIRE_INTERNAL, "the answer grew too large");
	} else {
		answer(c, 200, type, body);
	}
	resume(c);
}

void
call_answer(struct call *call, struct buf *body)
{
	call_pack(call, call->server->packer, body);
	conn_answer_text(call, NULL, body);
}

void
conn_refuse(struct call *call, enum wire_error code, const char *why)
{
	release(call);
	refuse(conn_of(call), code, why);
	resume(conn_of(call));
}

void
call_fail(struct call *call, enum wire_error code, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	release(call);
	answer_error(conn_of(call), code, text);
	resume(conn_of(call));
}

void
call_hold(struct call *call, int64_t wait_ms, void (*cancel)(struct call *),
    void (*expire)(struct call *))
{
	struct conn *c = conn_of(call);

	release(call);
	call->cancel = cancel;
	call->expire = expire;
	call->deadline = time_mono() + wait_ms * TIME_MS;
	c->state = CONN_HELD;
	wheel_set(c->conns->wheel, &c->timer, call->deadline);
	if (c->eof)
		bufferevent_trigger_event(c->bev, BEV_EVENT_EOF, BEV_TRIG_DEFER_CALLBACKS);
}

struct conns *
conns_create(struct server *server, struct wheel *wheel)
{
	struct conns *conns = mem_zalloc(1, sizeof *conns);

	conns->server = server;
	conns->wheel = wheel;
	return conns;
}

void
conns_destroy(struct conns *conns)
{
	if (!conns)
		return;
	while (conns->first) {
		if (conns->first->state == CONN_HELD)
			conns->first->call.cancel(&conns->first->call);
		conn_free(conns->first);
	}
	free(conns);
}

void
conns_add(struct conns *conns, evutil_socket_t fd)
{
	struct bufferevent *bev =
	    bufferevent_socket_new(conns->server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	struct conn *c;

	if (!bev) {
		evutil_closesocket(fd);
		return;
	}
	c = mem_zalloc(1, sizeof *c);
	c->conns = conns;
	c->bev = bev;
	c->timer.fire = on_deadline;
	buf_init(&c->body, LIMIT_REQUEST);
	c->next = conns->first;
	c->link = &conns->first;
	if (c->next)
		c->next->link = &c->next;
	conns->first = c;
	conns->server->metrics->open++;
	conns->server->metrics->accepted++;
	bufferevent_setcb(bev, on_bytes, on_bytes, on_event, c);
	bufferevent_setwatermark(bev, EV_READ, 0, READ_AHEAD);
	bufferevent_enable(bev, EV_READ);
	arm(c, conns->server->config->idle_timeout_ms);
}

void
conns_drain(struct conns *conns)
{
	struct conn *next;

	for (struct conn *c = conns->first; c; c = next) {
		next = c->next;
		if (c->state == CONN_IDLE && evbuffer_get_length(input(c)) == 0)
			conn_free(c);
	}
}

size_t
conns_count(const struct conns *conns)
{
	return conns->server->metrics->open;
}

bool
conns_busy(const struct conns *conns)
{
	const struct conn *c = conns->first;

	while (c && c->state != CONN_CALL)
		c = c->next;
	return c;
}

void
conns_end_device(struct conns *conns, int64_t device_id, const struct call *but)
{
	for (struct conn *c = conns->first; c; c = c->next)
		if (c->state == CONN_CALL && c->call.caller.device_id == device_id &&
		    &c->call != but)
			c->ended = true;
}
