# The sync engine.
noinst_LIBRARIES += src/libsync.a
SYNC_LIBS = src/libsync.a

src_libsync_a_SOURCES = \
	src/sync/flush.c \
	src/sync/internal.h \
	src/sync/interval.c src/sync/interval.h \
	src/sync/line.c \
	src/sync/lists.c \
	src/sync/pull.c \
	src/sync/read.c \
	src/sync/reset.c \
	src/sync/sync.c src/sync/sync.h \
	src/sync/task.c
