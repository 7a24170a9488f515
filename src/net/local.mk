# The network. libcurl's header is needed; the library itself is loaded when the first request is
# made (src/net/curl_api.h).
noinst_LIBRARIES += src/libnet.a
NET_LIBS = src/libnet.a

src_libnet_a_SOURCES = \
	src/net/backoff.c src/net/backoff.h \
	src/net/curl_api.c src/net/curl_api.h \
	src/net/fake.c src/net/fake.h \
	src/net/http.c src/net/http.h \
	src/net/transport.c src/net/transport.h
src_libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
