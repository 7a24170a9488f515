# All that a front end may call.
noinst_LIBRARIES += src/libclient.a
CLIENT_LIBS = src/libclient.a

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
	src/client/chat.h \
	src/client/live.c \
	src/client/markers.c \
	src/client/names.c \
	src/client/overview.c \
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
