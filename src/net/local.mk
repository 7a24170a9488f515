# The network, the sync engine and the client layer. libcurl's header is needed; the library itself
# is loaded when the first request is made (src/net/curl_api.h).
noinst_LIBRARIES += src/libnet.a src/libsync.a src/libclient.a
NET_LIBS = src/libnet.a
SYNC_LIBS = src/libsync.a
CLIENT_LIBS = src/libclient.a

src_libnet_a_SOURCES = \
	src/net/backoff.c src/net/backoff.h \
	src/net/curl_api.c src/net/curl_api.h \
	src/net/fake.c src/net/fake.h \
	src/net/http.c src/net/http.h \
	src/net/transport.c src/net/transport.h
src_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)

src_libsync_a_SOURCES = \
	src/sync/flush.c \
	src/sync/internal.h \
	src/sync/line.c \
	src/sync/lists.c \
	src/sync/pull.c \
	src/sync/read.c \
	src/sync/interval.c src/sync/interval.h \
	src/sync/reset.c \
	src/sync/sync.c src/sync/sync.h \
	src/sync/task.c

src_libclient_a_SOURCES = \
	src/client/account.c \
	src/client/client.c src/client/client.h \
	src/client/cost.c src/client/cost.h \
	src/client/details.c \
	src/client/device.c \
	src/client/call.c \
	src/client/fetch.c \
	src/client/group.c \
	src/client/internal.h \
	src/client/markers.c \
	src/client/query.c src/client/query.h \
	src/client/read.c \
	src/client/recv.c \
	src/client/roam.c \
	src/client/search.c \
	src/client/send.c \
	src/client/snippet.c src/client/snippet.h \
	src/client/tidy.c src/client/tidy.h \
	src/client/verify.c src/client/verify.h \
	src/client/verify_messages.c \
	src/client/watch.c src/client/watch.h
