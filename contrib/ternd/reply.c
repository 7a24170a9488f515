#include "reply.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "call.h"
#include "wire/packer.h"

/* A rest of this many bytes is lent to the output instead of copied. */
enum { LEND_FROM = 16 * 1024 };

/* Sends what the socket takes at once, and says in *sent how much. */
static bool
send_now(int fd, const char *head, size_t head_length, const struct buf *body, size_t *sent)
{
	struct iovec parts[2] = {
	    {.iov_base = (char *)head, .iov_len = head_length},
	    {.iov_base = body ? body->data : NULL, .iov_len = body ? body->length : 0},
	};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = parts[1].iov_len ? 2 : 1};
	ssize_t n;

	do
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	*sent = n < 0 ? 0 : (size_t)n;
	return n >= 0 || errno == EAGAIN;
}

static void
free_lent(const void *data, size_t length, void *whole)
{
	(void)data;
	(void)length;
	free(whole);
}

/* Queues body's bytes from `from` on. */
static void
queue_body(struct evbuffer *out, struct buf *body, size_t from)
{
	size_t rest = body->length - from;
	char *data;

	if (rest < LEND_FROM) {
		evbuffer_add(out, body->data + from, rest);
		return;
	}
	data = buf_take(body);
	if (evbuffer_add_reference(out, data + from, rest, free_lent, data) != 0)
		free(data);
}

bool
reply_send(struct bufferevent *bev, const char *head, size_t head_length, struct buf *body)
{
	struct evbuffer *out = bufferevent_get_output(bev);
	bool ok = true;
	size_t sent = 0;

	if (evbuffer_get_length(out) == 0)
		ok = send_now(bufferevent_getfd(bev), head, head_length, body, &sent);
	if (ok && sent < head_length) {
		evbuffer_add(out, head + sent, head_length - sent);
		sent = head_length;
	}
	if (ok && body && body->length > sent - head_length)
		queue_body(out, body, sent - head_length);
	if (body)
		buf_finish(body);
	return ok;
}

void
call_pack(struct call *call, struct packer *packer, struct buf *body)
{
	struct buf frame;

	if (!call->takes_packed || call->packed)
		return;
	buf_init(&frame, body->limit);
	call->packed = packer_pack(packer, body, &frame);
	if (call->packed) {
		buf_finish(body);
		*body = frame;
	}
}
