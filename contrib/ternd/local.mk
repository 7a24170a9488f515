# The server. ternd's own parts are a library, so that unit tests can link them.
sbin_PROGRAMS += contrib/ternd/ternd
noinst_LIBRARIES += contrib/ternd/libternd.a

TERND_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/contrib/ternd \
	$(EVENT_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)

contrib_ternd_libternd_a_CPPFLAGS = $(TERND_CPPFLAGS)
contrib_ternd_libternd_a_SOURCES = \
	contrib/ternd/acks.c \
	contrib/ternd/acks.h \
	contrib/ternd/announce.c \
	contrib/ternd/announce.h \
	contrib/ternd/call.h \
	contrib/ternd/conn.c \
	contrib/ternd/conn.h \
	contrib/ternd/dispatch.c \
	contrib/ternd/dispatch.h \
	contrib/ternd/handlers.c \
	contrib/ternd/handlers.h \
	contrib/ternd/handlers_account.c \
	contrib/ternd/handlers_compare.c \
	contrib/ternd/handlers_contact.c \
	contrib/ternd/handlers_details.c \
	contrib/ternd/handlers_device.c \
	contrib/ternd/handlers_passwd.c \
	contrib/ternd/handlers_digest.c \
	contrib/ternd/handlers_group.c \
	contrib/ternd/handlers_profile.c \
	contrib/ternd/handlers_pull.c \
	contrib/ternd/handlers_read.c \
	contrib/ternd/handlers_send.c \
	contrib/ternd/handlers_sync.c \
	contrib/ternd/head_news.c \
	contrib/ternd/head_news.h \
	contrib/ternd/http.c \
	contrib/ternd/http.h \
	contrib/ternd/listener.c \
	contrib/ternd/listener.h \
	contrib/ternd/log.c \
	contrib/ternd/log.h \
	contrib/ternd/metrics.c \
	contrib/ternd/metrics.h \
	contrib/ternd/options.c \
	contrib/ternd/options.h \
	contrib/ternd/password.c \
	contrib/ternd/password.h \
	contrib/ternd/pool.c \
	contrib/ternd/pool.h \
	contrib/ternd/pruner.c \
	contrib/ternd/pruner.h \
	contrib/ternd/pusher.c \
	contrib/ternd/pusher.h \
	contrib/ternd/reply.c \
	contrib/ternd/reply.h \
	contrib/ternd/ring.c \
	contrib/ternd/ring.h \
	contrib/ternd/roster.c \
	contrib/ternd/roster.h \
	contrib/ternd/seen.c \
	contrib/ternd/seen.h \
	contrib/ternd/server.c \
	contrib/ternd/server.h \
	contrib/ternd/server_run.c \
	contrib/ternd/server_run.h \
	contrib/ternd/sessions.c \
	contrib/ternd/sessions.h \
	contrib/ternd/store-sqlite/account.c \
	contrib/ternd/store-sqlite/ack.c \
	contrib/ternd/store-sqlite/changes.c \
	contrib/ternd/store-sqlite/contact.c \
	contrib/ternd/store-sqlite/conversation.c \
	contrib/ternd/store-sqlite/details.c \
	contrib/ternd/store-sqlite/device.c \
	contrib/ternd/store-sqlite/generation.c \
	contrib/ternd/store-sqlite/group.c \
	contrib/ternd/store-sqlite/group_work.c \
	contrib/ternd/store-sqlite/group_work.h \
	contrib/ternd/store-sqlite/heads.c \
	contrib/ternd/store-sqlite/heads.h \
	contrib/ternd/store-sqlite/key.c \
	contrib/ternd/store-sqlite/marker.c \
	contrib/ternd/store-sqlite/membership.c \
	contrib/ternd/store-sqlite/message.c \
	contrib/ternd/store-sqlite/prune.c \
	contrib/ternd/store-sqlite/receipts.c \
	contrib/ternd/store-sqlite/profile.c \
	contrib/ternd/store-sqlite/schema.c \
	contrib/ternd/store-sqlite/sqlite.c \
	contrib/ternd/store-sqlite/sqlite.h \
	contrib/ternd/store-sqlite/statements.c \
	contrib/ternd/store-sqlite/statements.h \
	contrib/ternd/store-sqlite/target.c \
	contrib/ternd/store.h \
	contrib/ternd/table.c \
	contrib/ternd/table.h \
	contrib/ternd/user.c \
	contrib/ternd/user.h \
	contrib/ternd/wheel.c \
	contrib/ternd/wheel.h \
	contrib/ternd/work.c \
	contrib/ternd/work.h \
	contrib/ternd/worker.c \
	contrib/ternd/worker.h
TERND_LIBS = contrib/ternd/libternd.a $(WIRE_LIBS) \
	$(EVENT_LIBS) $(SQLITE_LIBS) -lpthread

contrib_ternd_ternd_CPPFLAGS = $(TERND_CPPFLAGS)
contrib_ternd_ternd_SOURCES = contrib/ternd/main.c
contrib_ternd_ternd_LDADD = $(TERND_LIBS) $(LIBINTL)
