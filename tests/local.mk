# The tests. A unit test is one line: its name under UNIT_TESTS, or SERVER_UNIT_TESTS where it
# needs the server's parts; its source is the file of that name. End-to-end tests are found by
# their names, tests/*/test_*.py.
UNIT_TESTS =
SERVER_UNIT_TESTS =

UNIT_TESTS += tests/unit/buf_test

SERVER_UNIT_TESTS += tests/unit/http_test

if CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
if SERVER
check_PROGRAMS += $(SERVER_UNIT_TESTS)
endif
endif

# What a unit test links, unless it says otherwise (tests_unit_NAME_test_LDADD).
LDADD = $(TEST_SERVER_LIBS) $(TERN_LIBS) $(CMOCKA_LIBS)
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
if SERVER
# Only the server and its tests include from there: tests/check-layers.
AM_CPPFLAGS += -I$(top_srcdir)/contrib/ternd
TEST_SERVER_LIBS = $(TERND_LIBS)
endif
