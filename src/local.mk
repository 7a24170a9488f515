# One library a layer. A layer's sources are listed here and nowhere else.
noinst_LIBRARIES += src/libbase.a src/libmodel.a src/libwire.a

src_libbase_a_SOURCES = \
	src/base/buf.c src/base/buf.h \
	src/base/gettext.h \
	src/base/io.c src/base/io.h \
	src/base/jsonw.c src/base/jsonw.h \
	src/base/mem.c src/base/mem.h \
	src/base/nearest.c src/base/nearest.h \
	src/base/number.h \
	src/base/path.c src/base/path.h \
	src/base/random.c src/base/random.h \
	src/base/status.c src/base/status.h \
	src/base/text.c src/base/text.h \
	src/base/timeu.c src/base/timeu.h \
	src/base/words.c src/base/words.h

src_libmodel_a_SOURCES = \
	src/model/address.c src/model/address.h \
	src/model/contact.h \
	src/model/device.h \
	src/model/difference.h \
	src/model/group.c src/model/group.h \
	src/model/key.c src/model/key.h \
	src/model/mention.c src/model/mention.h \
	src/model/message.c src/model/message.h \
	src/model/profile.c src/model/profile.h

src_libwire_a_SOURCES = \
	src/wire/account.c src/wire/account.h \
	src/wire/details.c src/wire/details.h \
	src/wire/device.c src/wire/device.h \
	src/wire/compare.c src/wire/compare.h \
	src/wire/digest.c src/wire/digest.h \
	src/wire/error.c src/wire/error.h \
	src/wire/group.c src/wire/group.h \
	src/wire/json.c src/wire/json.h \
	src/wire/limits.h \
	src/wire/method.c src/wire/method.h \
	src/wire/packer.c src/wire/packer.h \
	src/wire/pull.c src/wire/pull.h \
	src/wire/read.c src/wire/read.h \
	src/wire/rows.c src/wire/rows.h \
	src/wire/send.c src/wire/send.h \
	src/wire/sync.c src/wire/sync.h \
	src/wire/zstd_api.c src/wire/zstd_api.h
src_libwire_a_CPPFLAGS = $(AM_CPPFLAGS) $(CJSON_CFLAGS) $(SODIUM_CFLAGS) $(ZSTD_CFLAGS)

# What the server links of these, too.
WIRE_LIBS = src/libwire.a src/libmodel.a src/libbase.a $(CJSON_LIBS) $(SODIUM_LIBS) \
	$(UNISTRING_LIBS) -lm

include src/cache/local.mk
include src/net/local.mk
include src/sync/local.mk
include src/client/local.mk
include src/say/local.mk
include src/tui/local.mk
include src/cli/local.mk

# What tern and the unit tests link: a layer before those below it. Each layer's local.mk sets its
# own variable: its library, and the system's that it alone uses.
TERN_LIBS = $(CLI_LIBS) $(TUI_LIBS) $(SAY_LIBS) $(CLIENT_LIBS) $(SYNC_LIBS) $(CACHE_LIBS) $(NET_LIBS) $(WIRE_LIBS)
