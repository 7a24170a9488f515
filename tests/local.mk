# The tests; tests/run runs them. A unit test is one line: its name under UNIT_TESTS, or under
# SERVER_UNIT_TESTS where it needs the server's parts; its source is the file of that name. Checks
# (tests/check-*) and end-to-end tests (tests/*/test_*.py) are found by their names.
UNIT_TESTS =
SERVER_UNIT_TESTS =

UNIT_TESTS += tests/unit/address_test
UNIT_TESTS += tests/unit/base_test
UNIT_TESTS += tests/unit/buf_test
UNIT_TESTS += tests/unit/cache_apply_test
UNIT_TESTS += tests/unit/cache_aside_test
UNIT_TESTS += tests/unit/cache_consumer_test
UNIT_TESTS += tests/unit/cache_details_test
UNIT_TESTS += tests/unit/cache_fault_test
UNIT_TESTS += tests/unit/cache_generation_test
UNIT_TESTS += tests/unit/cache_fold_test
UNIT_TESTS += tests/unit/cache_find_test
UNIT_TESTS += tests/unit/cache_group_test
UNIT_TESTS += tests/unit/cache_history_test
UNIT_TESTS += tests/unit/cache_outbox_test
UNIT_TESTS += tests/unit/cache_overview_test
UNIT_TESTS += tests/unit/cache_random_test
UNIT_TESTS += tests/unit/cache_roaming_test
UNIT_TESTS += tests/unit/cache_reset_test
UNIT_TESTS += tests/unit/cache_search_test
UNIT_TESTS += tests/unit/cache_test
UNIT_TESTS += tests/unit/cli_arguments_test
UNIT_TESTS += tests/unit/cli_lines_test
UNIT_TESTS += tests/unit/cli_print_test
UNIT_TESTS += tests/unit/client_live_test
UNIT_TESTS += tests/unit/client_recv_test
UNIT_TESTS += tests/unit/cluster_test
UNIT_TESTS += tests/unit/http_client_test
UNIT_TESTS += tests/unit/http_packed_test
UNIT_TESTS += tests/unit/http_resolve_test
UNIT_TESTS += tests/unit/json_hostile_test
UNIT_TESTS += tests/unit/json_test
UNIT_TESTS += tests/unit/jsonw_test
UNIT_TESTS += tests/unit/key_test
UNIT_TESTS += tests/unit/keypress_paste_test
UNIT_TESTS += tests/unit/keypress_test
UNIT_TESTS += tests/unit/mention_test
UNIT_TESTS += tests/unit/packer_test
UNIT_TESTS += tests/unit/query_test
UNIT_TESTS += tests/unit/status_test
UNIT_TESTS += tests/unit/sync_flush_test
UNIT_TESTS += tests/unit/sync_line_test
UNIT_TESTS += tests/unit/sync_lists_test
UNIT_TESTS += tests/unit/sync_pull_test
UNIT_TESTS += tests/unit/sync_reset_test
UNIT_TESTS += tests/unit/text_test
UNIT_TESTS += tests/unit/timeu_test
UNIT_TESTS += tests/unit/transport_test
UNIT_TESTS += tests/unit/tui_bind_test
UNIT_TESTS += tests/unit/tui_complete_test
UNIT_TESTS += tests/unit/tui_config_line_test
UNIT_TESTS += tests/unit/tui_config_test
UNIT_TESTS += tests/unit/tui_edit_test
UNIT_TESTS += tests/unit/tui_history_test
UNIT_TESTS += tests/unit/tui_screen_test
UNIT_TESTS += tests/unit/tui_theme_test
UNIT_TESTS += tests/unit/wire_bodies_test
UNIT_TESTS += tests/unit/wire_details_test
UNIT_TESTS += tests/unit/wire_compare_test
UNIT_TESTS += tests/unit/wire_group_test
UNIT_TESTS += tests/unit/wire_sync_test
UNIT_TESTS += tests/unit/wire_tables_test
UNIT_TESTS += tests/unit/words_test

SERVER_UNIT_TESTS += tests/unit/http_test
SERVER_UNIT_TESTS += tests/unit/log_test
SERVER_UNIT_TESTS += tests/unit/options_test
SERVER_UNIT_TESTS += tests/unit/pool_test
SERVER_UNIT_TESTS += tests/unit/prune_test
SERVER_UNIT_TESTS += tests/unit/store_details_test
SERVER_UNIT_TESTS += tests/unit/store_device_test
SERVER_UNIT_TESTS += tests/unit/store_amend_test
SERVER_UNIT_TESTS += tests/unit/store_file_test
SERVER_UNIT_TESTS += tests/unit/store_group_test
SERVER_UNIT_TESTS += tests/unit/store_role_test
SERVER_UNIT_TESTS += tests/unit/store_test
SERVER_UNIT_TESTS += tests/unit/wheel_test
SERVER_UNIT_TESTS += tests/unit/worker_test

# What tests/run runs of them.
TESTS_TO_RUN =
if CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS_TO_RUN += $(UNIT_TESTS)
if SERVER
check_PROGRAMS += $(SERVER_UNIT_TESTS)
TESTS_TO_RUN += $(SERVER_UNIT_TESTS)
endif
endif

# What a unit test links, unless it says otherwise (tests_unit_NAME_test_LDADD).
LDADD = $(TEST_SERVER_LIBS) $(TERN_LIBS) $(CMOCKA_LIBS)
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
if SERVER
# Only the server and its tests include from there: tests/check-layers.
AM_CPPFLAGS += -I$(top_srcdir)/contrib/ternd
TEST_SERVER_LIBS = $(TERND_LIBS)
TEST_WITH_SERVER = yes
else
TEST_WITH_SERVER = no
endif

EXTRA_DIST += tests/unit/quotes.h tests/fuzz
EXTRA_DIST += tests/run tests/bare-debian tests/valgrind tests/lib tests/cli tests/server tests/tui \
	tests/faults tests/check-docs tests/check-format tests/check-functions tests/check-layers \
	tests/check-model tests/check-po tests/model tests/old

# make check T=send runs the tests that have "send" in their names.
check-local:
	@test -z "$(TEST_PACKAGES)" || { \
	  echo "The tests need packages that are missing. On Debian: apt-get install $(TEST_PACKAGES)" >&2; \
	  echo "Then run configure again." >&2; exit 1; }
	@SRCDIR='$(srcdir)' BUILDDIR='$(builddir)' PYTHON='$(PYTHON)' SERVER='$(TEST_WITH_SERVER)' \
	  CC='$(CC)' T='$(T)' $(PERL) $(srcdir)/tests/run $(TESTS_TO_RUN)

CLEANFILES += tests/summary

# make check-faults SEEDS="1 2 3" or SEEDS=1-100: see tests/faults/replay.py, whose options may stand
# among the seeds.
.PHONY: check-faults
SEEDS = 1-20
FAULTS = PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='$(srcdir)/tests/lib' TERN_BUILDDIR='$(builddir)' \
	LC_ALL=C.UTF-8 $(PYTHON) $(srcdir)/tests/faults
check-faults: all $(check_PROGRAMS)
	$(FAULTS)/boundaries.py
	$(FAULTS)/replay.py $(SEEDS)

# Directories are distributed whole: leave out what running a test by hand puts there.
dist-hook:
	find $(distdir)/tests -name __pycache__ -prune -exec rm -rf {} +

HTTP_FIXTURE = tests/unit/http_fixture.c tests/unit/http_fixture.h
tests_unit_http_client_test_SOURCES = tests/unit/http_client_test.c $(HTTP_FIXTURE)
tests_unit_http_packed_test_SOURCES = tests/unit/http_packed_test.c $(HTTP_FIXTURE)

tests_unit_packer_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=dlopen

tests_unit_tui_screen_test_SOURCES = tests/unit/tui_screen_test.c tests/unit/emulator.c tests/unit/emulator.h

SYNC_FIXTURE = tests/unit/sync_fixture.c tests/unit/sync_fixture.h
tests_unit_sync_flush_test_SOURCES = tests/unit/sync_flush_test.c $(SYNC_FIXTURE)
tests_unit_sync_flush_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=cache_outbox_doubt
tests_unit_sync_line_test_SOURCES = tests/unit/sync_line_test.c $(SYNC_FIXTURE)
tests_unit_sync_line_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=cache_knowledge_get,--wrap=cache_acks_done
tests_unit_sync_pull_test_SOURCES = tests/unit/sync_pull_test.c $(SYNC_FIXTURE)
tests_unit_sync_reset_test_SOURCES = tests/unit/sync_reset_test.c $(SYNC_FIXTURE)
tests_unit_sync_lists_test_SOURCES = tests/unit/sync_lists_test.c $(SYNC_FIXTURE)

tests_unit_store_test_SOURCES = tests/unit/store_test.c \
	tests/unit/store_fixture.c tests/unit/store_fixture.h
GROUP_FIXTURE = tests/unit/group_fixture.c tests/unit/group_fixture.h \
	tests/unit/store_fixture.c tests/unit/store_fixture.h
tests_unit_store_group_test_SOURCES = tests/unit/store_group_test.c $(GROUP_FIXTURE)
tests_unit_store_details_test_SOURCES = tests/unit/store_details_test.c $(GROUP_FIXTURE)
tests_unit_store_role_test_SOURCES = tests/unit/store_role_test.c $(GROUP_FIXTURE)
tests_unit_store_device_test_SOURCES = tests/unit/store_device_test.c \
	tests/unit/store_fixture.c tests/unit/store_fixture.h
tests_unit_store_amend_test_SOURCES = tests/unit/store_amend_test.c \
	tests/unit/store_fixture.c tests/unit/store_fixture.h
tests_unit_prune_test_SOURCES = tests/unit/prune_test.c \
	tests/unit/store_fixture.c tests/unit/store_fixture.h
tests_unit_prune_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=time_wall
tests_unit_store_file_test_SOURCES = tests/unit/store_file_test.c \
	tests/unit/store_fixture.c tests/unit/store_fixture.h

# The programs that the fault tests kill at exact places: linked of the same libraries, with hooks
# around some of what they call (tests/hooks/hooks.h). What is installed has none.
if SERVER
check_PROGRAMS += tests/hooks/tern tests/hooks/ternd
SQLITE_HOOKS = -Wl,--wrap=sqlite3_step,--wrap=sqlite3_exec,--wrap=sqlite3_close
HOOKS = tests/hooks/hooks.c tests/hooks/hooks.h tests/hooks/power.c
tests_hooks_tern_SOURCES = src/main.c $(HOOKS) tests/hooks/tern_hooks.c
tests_hooks_tern_LDADD = $(TERN_LIBS)
tests_hooks_tern_LDFLAGS = $(AM_LDFLAGS) $(SQLITE_HOOKS) \
	-Wl,--wrap=http_create,--wrap=backoff_next,--wrap=time_mono,--wrap=time_left_ms
tests_hooks_ternd_CPPFLAGS = $(TERND_CPPFLAGS)
tests_hooks_ternd_SOURCES = contrib/ternd/main.c $(HOOKS) tests/hooks/ternd_hooks.c
tests_hooks_ternd_LDADD = $(TERND_LIBS) $(LIBINTL)
tests_hooks_ternd_LDFLAGS = $(AM_LDFLAGS) $(SQLITE_HOOKS) \
	-Wl,--wrap=ack_saver_add,--wrap=reply_send,--wrap=pusher_create,--wrap=sqlite3_wal_checkpoint_v2
endif

# Benches are no part of the build: `make bench` builds and runs them, after the machine's own figures.
EXTRA_PROGRAMS += tests/bench/cache_bench
CLEANFILES += tests/bench/cache_bench$(EXEEXT)
tests_bench_cache_bench_LDADD = $(TERN_LIBS)
if SERVER
LOAD = tests/bench/load.c tests/bench/load.h tests/bench/machine.c tests/bench/machine.h
PERSON = tests/bench/person.c tests/bench/person.h
SERVER_BENCHES = tests/bench/ternd_bench$(EXEEXT) tests/bench/tern_bench$(EXEEXT) \
	tests/bench/traffic_bench$(EXEEXT) tests/bench/group_bench$(EXEEXT) \
	tests/bench/million_bench$(EXEEXT)
EXTRA_PROGRAMS += tests/bench/store_bench tests/bench/ternd_bench tests/bench/tern_bench \
	tests/bench/traffic_bench tests/bench/group_bench tests/bench/million_bench
CLEANFILES += tests/bench/store_bench$(EXEEXT) $(SERVER_BENCHES)
tests_bench_store_bench_LDADD = $(TERND_LIBS)
tests_bench_ternd_bench_SOURCES = tests/bench/ternd_bench.c $(LOAD)
tests_bench_ternd_bench_LDADD = $(WIRE_LIBS)
tests_bench_group_bench_SOURCES = tests/bench/group_bench.c $(LOAD)
tests_bench_group_bench_LDADD = $(WIRE_LIBS)
tests_bench_tern_bench_SOURCES = tests/bench/tern_bench.c $(LOAD) $(PERSON)
tests_bench_tern_bench_LDADD = $(WIRE_LIBS)
tests_bench_traffic_bench_SOURCES = tests/bench/traffic_bench.c tests/bench/traffic.h \
	tests/bench/traffic_login.c tests/bench/traffic_offline.c $(LOAD) $(PERSON)
tests_bench_traffic_bench_LDADD = $(TERN_LIBS)
tests_bench_million_bench_SOURCES = tests/bench/million_bench.c $(LOAD) $(PERSON)
tests_bench_million_bench_LDADD = $(TERN_LIBS) -lm

bench: all $(SERVER_BENCHES)
	tests/bench/ternd_bench contrib/ternd/ternd
	tests/bench/group_bench contrib/ternd/ternd
	tests/bench/tern_bench contrib/ternd/ternd src/tern
	tests/bench/traffic_bench contrib/ternd/ternd src/tern
	tests/bench/million_bench contrib/ternd/ternd src/tern
endif

CACHE_FIXTURE = tests/unit/cache_fixture.c tests/unit/cache_fixture.h
tests_unit_cache_details_test_SOURCES = tests/unit/cache_details_test.c $(CACHE_FIXTURE)
tests_unit_cache_apply_test_SOURCES = tests/unit/cache_apply_test.c $(CACHE_FIXTURE)
tests_unit_cache_consumer_test_SOURCES = tests/unit/cache_consumer_test.c $(CACHE_FIXTURE)
tests_unit_cache_generation_test_SOURCES = tests/unit/cache_generation_test.c $(CACHE_FIXTURE)
tests_unit_cache_fold_test_SOURCES = tests/unit/cache_fold_test.c $(CACHE_FIXTURE)
tests_unit_cache_group_test_SOURCES = tests/unit/cache_group_test.c $(CACHE_FIXTURE)
CACHE_RESET_FIXTURE = $(CACHE_FIXTURE) \
	tests/unit/cache_reset_fixture.c tests/unit/cache_reset_fixture.h
tests_unit_cache_reset_test_SOURCES = tests/unit/cache_reset_test.c $(CACHE_RESET_FIXTURE)
tests_unit_cache_aside_test_SOURCES = tests/unit/cache_aside_test.c $(CACHE_RESET_FIXTURE)
tests_unit_cache_overview_test_SOURCES = tests/unit/cache_overview_test.c $(CACHE_FIXTURE)
tests_unit_cache_history_test_SOURCES = tests/unit/cache_history_test.c $(CACHE_FIXTURE)
tests_unit_cache_random_test_SOURCES = tests/unit/cache_random_test.c $(CACHE_FIXTURE)
tests_unit_cache_roaming_test_SOURCES = tests/unit/cache_roaming_test.c $(CACHE_FIXTURE)
SEARCH_FIXTURE = $(CACHE_FIXTURE) tests/unit/search_fixture.c tests/unit/search_fixture.h
tests_unit_cache_search_test_SOURCES = tests/unit/cache_search_test.c $(SEARCH_FIXTURE)
tests_unit_cache_find_test_SOURCES = tests/unit/cache_find_test.c $(SEARCH_FIXTURE)
tests_unit_cache_fault_test_SOURCES = tests/unit/cache_fault_test.c $(CACHE_FIXTURE)
tests_unit_cache_test_SOURCES = tests/unit/cache_test.c $(CACHE_FIXTURE)
KEYPRESS_FIXTURE = tests/unit/keypress_fixture.c tests/unit/keypress_fixture.h
tests_unit_keypress_test_SOURCES = tests/unit/keypress_test.c $(KEYPRESS_FIXTURE)
tests_unit_keypress_paste_test_SOURCES = tests/unit/keypress_paste_test.c $(KEYPRESS_FIXTURE)
tests_unit_cache_outbox_test_SOURCES = tests/unit/cache_outbox_test.c $(CACHE_FIXTURE)
