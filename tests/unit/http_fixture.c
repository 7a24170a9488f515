#include "http_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/http.h"
#include "wire/limits.h"

void
turn(struct stage *s)
{
	struct error err;

	assert_int_equal(transport_wait(s->transport, NULL, 0, 5, &err), STATUS_OK);
}

void
create(struct stage *s, const char *path)
{
	char *url = mem_printf("http://127.0.0.1:%d%s", s->port, path);
	struct error err;

	if (http_create(&s->transport, url, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	free(url);
}

int
begin(void **state)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	struct stage *s = mem_zalloc(1, sizeof *s);

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(s->listener >= 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(s->listener, 10), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &length), 0);
	s->port = ntohs(address.sin_port);
	create(s, "");
	*state = s;
	return 0;
}

int
end(void **state)
{
	struct stage *s = *state;

	transport_destroy(s->transport);
	if (s->listener >= 0)
		close(s->listener);
	free(s);
	return 0;
}

/* ---- the client's side ---- */

void
on_done(struct transport_call *call)
{
	((struct stage *)call->arg)->done++;
}

void
start(struct stage *s, struct transport_call *call, const char *token, const char *body)
{
	*call = (struct transport_call){
	    .method = method_get(token ? METHOD_SEND : METHOD_LOGIN),
	    .token = token,
	    .timeout_ms = 4000,
	    .done = on_done,
	    .arg = s,
	};
	buf_init(&call->body, LIMIT_REQUEST);
	buf_add_string(&call->body, body);
	transport_start(s->transport, call);
	assert_int_equal(call->status, STATUS_INTERNAL);
}

void
ends(struct stage *s, struct transport_call *call, enum status status, bool left)
{
	int done = s->done;

	UNTIL(s, s->done > done);
	if (call->status != status || call->left != left)
		fail_msg("%d left %d: %s", call->status, call->left, call->err.text);
	assert_null(call->backend);
	transport_call_finish(call);
}

/* ---- the server's side ---- */

int
takes(struct stage *s)
{
	int connection = -1;

	UNTIL(
	    s, (connection = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0);
	return connection;
}

bool
is_whole(const struct buf *request)
{
	const char *end = strstr(buf_string(request), "\r\n\r\n");
	const char *length = strstr(buf_string(request), "Content-Length: ");

	return end && length &&
	       request->length ==
	           (size_t)(end + 4 - request->data) + strtoul(length + 16, NULL, 10);
}

/* Reads what there is. False at the end of the connection. */
bool
reads_some(int connection, struct buf *out)
{
	char bytes[4096];
	ssize_t n = recv(connection, bytes, sizeof bytes, 0);

	if (n > 0)
		buf_add(out, bytes, (size_t)n);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

/* The whole request. The caller frees. */
char *
reads(struct stage *s, int connection)
{
	struct buf out;

	buf_init(&out, 3000000);
	UNTIL(s, reads_some(connection, &out) && is_whole(&out));
	return buf_take(&out);
}

void
says(int connection, const char *text)
{
	assert_int_equal(send(connection, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

void
hears_the_end(struct stage *s, int connection)
{
	struct buf out;

	buf_init(&out, 3000000);
	UNTIL(s, !reads_some(connection, &out));
	buf_finish(&out);
	close(connection);
}
