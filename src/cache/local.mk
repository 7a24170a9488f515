# The cache: the only user of SQLite on the client's side.
noinst_LIBRARIES += src/libcache.a
src_libcache_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
src_libcache_a_SOURCES = \
	src/cache/account.c \
	src/cache/acks.c \
	src/cache/apply.c \
	src/cache/aside.c \
	src/cache/cache.h \
	src/cache/compare.c \
	src/cache/connection.c \
	src/cache/consumer.c \
	src/cache/consumer_manual.c \
	src/cache/contacts.c \
	src/cache/conversations.c \
	src/cache/generation.c \
	src/cache/details.c \
	src/cache/fold.c \
	src/cache/groups.c \
	src/cache/history.c \
	src/cache/internal.h \
	src/cache/lost.h \
	src/cache/markers.c \
	src/cache/members.c \
	src/cache/message.c \
	src/cache/missing.c \
	src/cache/open.c \
	src/cache/outbox.c \
	src/cache/overview.c src/cache/overview.h \
	src/cache/profiles.c \
	src/cache/ranges.c \
	src/cache/roaming.c \
	src/cache/reset.c \
	src/cache/schema.c \
	src/cache/search.c src/cache/search.h \
	src/cache/search_newest.c \
	src/cache/search_query.c \
	src/cache/statements.c src/cache/statements.h \
	src/cache/traffic.c \
	src/cache/verify.c src/cache/verify.h \
	src/cache/verify_fold.c
CACHE_LIBS = src/libcache.a $(SQLITE_LIBS)
