#include "listener.h"

#include <errno.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "log.h"

/* How long accepting rests where descriptors are short. */
enum { PAUSE_MS = 500 };

struct listener {
	int fd;                     /* -1 once evl has it */
	struct evconnlistener *evl; /* NULL until it is started */
	struct conns *conns;
	struct wheel *wheel;
	struct wheel_timer pause;
	bool told; /* the log knows that descriptors are short */
	char url[LISTENER_URL];
};

enum { HOST_SIZE = 256, PORT_SIZE = 6 };

struct place {
	char host[HOST_SIZE];
	char port[PORT_SIZE];
};

/* Copies the text from..end; false where it is empty or too long. */
static bool
copy_part(char *to, size_t size, const char *from, const char *end)
{
	size_t length = (size_t)(end - from);

	if (from >= end || length >= size)
		return false;
	memcpy(to, from, length);
	to[length] = '\0';
	return true;
}

/* Reads http://HOST:PORT; a slash may follow. False where it isn't that. */
static bool
read_url(struct place *place, const char *url)
{
	static const char scheme[] = "http://";
	const char *host = url + sizeof scheme - 1;
	const char *end, *colon, *host_end;

	if (strncmp(url, scheme, sizeof scheme - 1) != 0)
		return false;
	end = host + strcspn(host, "/");
	colon = memrchr(host, ':', (size_t)(end - host));
	if (!colon || (*end && end[1]))
		return false;
	host_end = colon;
	if (*host == '[' && host_end[-1] == ']') {
		host++;
		host_end--;
	} else if (memchr(host, ':', (size_t)(host_end - host))) {
		return false;
	}
	return copy_part(place->host, sizeof place->host, host, host_end) &&
	       copy_part(place->port, sizeof place->port, colon + 1, end) &&
	       strspn(place->port, "0123456789") == strlen(place->port) &&
	       strtol(place->port, NULL, 10) < 65536;
}

/* A socket bound to the address, or -1 with errno. */
static int
open_socket(const struct addrinfo *address)
{
	const int on = 1;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int saved;

	if (fd < 0)
		return -1;
	/* Accepted sockets inherit TCP_NODELAY: one system call less for each. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
	    bind(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static enum status
bind_to(const char *url, int *fd, struct error *err)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses;
	struct place place;
	enum status status = STATUS_OK;
	int wrong;

	if (strncmp(url, "https://", 8) == 0)
		return error_set(err, STATUS_USAGE,
		    "this server doesn't speak TLS itself: listen on http:// at a loopback "
		    "address, behind a proxy that does");
	if (!read_url(&place, url))
		return error_set(err, STATUS_USAGE, "\"%s\" is not http://HOST:PORT", url);
	wrong = getaddrinfo(place.host, place.port, &hints, &addresses);
	if (wrong)
		return error_set(
		    err, STATUS_UNAVAILABLE, "cannot listen on %s: %s", url, gai_strerror(wrong));
	*fd = -1;
	for (const struct addrinfo *a = addresses; a && *fd < 0; a = a->ai_next)
		*fd = open_socket(a);
	if (*fd < 0)
		status = error_set(
		    err, STATUS_UNAVAILABLE, "cannot listen on %s: %s", url, strerror(errno));
	freeaddrinfo(addresses);
	return status;
}

static void
name_url(char url[LISTENER_URL], int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof address;
	char host[64] = "?", port[8] = "?";

	if (getsockname(fd, (struct sockaddr *)&address, &length) == 0)
		getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port,
		    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(url, LISTENER_URL,
	    address.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

static void
on_accept(
    struct evconnlistener *evl, evutil_socket_t fd, struct sockaddr *address, int length, void *arg)
{
	struct listener *listener = arg;

	(void)evl;
	(void)address;
	(void)length;
	conns_add(listener->conns, fd);
}

/* The queue of the system keeps those who wait; trying at once would only spin. */
static void
on_accept_error(struct evconnlistener *evl, void *arg)
{
	struct listener *listener = arg;
	int why = EVUTIL_SOCKET_ERROR();

	if (!listener->told)
		log_warn("accepting pauses", LOG_TEXT("why", strerror(why)));
	listener->told = true;
	evconnlistener_disable(evl);
	wheel_set(listener->wheel, &listener->pause, time_mono() + PAUSE_MS * TIME_MS);
}

static void
on_pause_over(struct wheel_timer *timer)
{
	struct listener *listener =
	    (struct listener *)((char *)timer - offsetof(struct listener, pause));

	evconnlistener_enable(listener->evl);
}

enum status
listener_create(struct listener **listener, const char *url, struct error *err)
{
	struct listener *l;
	int fd;
	enum status status = bind_to(url, &fd, err);

	if (status != STATUS_OK)
		return status;
	l = mem_zalloc(1, sizeof *l);
	l->fd = fd;
	l->pause.fire = on_pause_over;
	name_url(l->url, fd);
	*listener = l;
	return STATUS_OK;
}

enum status
listener_start(struct listener *l, struct event_base *base, struct conns *conns,
    struct wheel *wheel, struct error *err)
{
	l->conns = conns;
	l->wheel = wheel;
	l->evl = evconnlistener_new(
	    base, on_accept, l, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, SOMAXCONN, l->fd);
	if (!l->evl)
		return error_set(
		    err, STATUS_UNAVAILABLE, "cannot listen on %s: %s", l->url, strerror(errno));
	l->fd = -1;
	evconnlistener_set_error_cb(l->evl, on_accept_error);
	return STATUS_OK;
}

void
listener_destroy(struct listener *listener)
{
	if (!listener)
		return;
	if (listener->evl) {
		wheel_cancel(listener->wheel, &listener->pause);
		evconnlistener_free(listener->evl);
	}
	if (listener->fd >= 0)
		close(listener->fd);
	free(listener);
}

const char *
listener_url(const struct listener *listener)
{
	return listener->url;
}
