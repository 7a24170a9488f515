# The command line and the program tern: CLI_LIBS.
bin_PROGRAMS += src/tern
noinst_LIBRARIES += src/libcli.a
CLI_LIBS = src/libcli.a $(LIBINTL)

src_libcli_a_SOURCES = \
	src/cli/arguments.c \
	src/cli/cli.c src/cli/cli.h \
	src/cli/cmd_chat.c \
	src/cli/cmd_config.c \
	src/cli/cmd_contact.c \
	src/cli/cmd_devices.c \
	src/cli/cmd_done.c \
	src/cli/cmd_export.c \
	src/cli/cmd_edit.c \
	src/cli/cmd_fetch.c \
	src/cli/cmd_group.c \
	src/cli/cmd_help.c \
	src/cli/cmd_history.c \
	src/cli/cmd_login.c \
	src/cli/cmd_logout.c \
	src/cli/cmd_passwd.c \
	src/cli/cmd_profile.c \
	src/cli/cmd_react.c \
	src/cli/cmd_read.c \
	src/cli/cmd_recall.c \
	src/cli/cmd_receipts.c \
	src/cli/cmd_recv.c \
	src/cli/cmd_search.c \
	src/cli/cmd_send.c \
	src/cli/cmd_status.c \
	src/cli/cmd_sync.c \
	src/cli/cmd_verify.c \
	src/cli/command.h \
	src/cli/commands.c \
	src/cli/consumer.h \
	src/cli/exec.c src/cli/exec.h \
	src/cli/front.h \
	src/cli/help.c src/cli/help.h \
	src/cli/input.c src/cli/input.h \
	src/cli/lines.c src/cli/lines.h \
	src/cli/outgoing.c src/cli/outgoing.h \
	src/cli/password.c src/cli/password.h \
	src/cli/print.c src/cli/print.h \
	src/cli/print_details.c src/cli/print_details.h \
	src/cli/print_hit.c \
	src/cli/progress.c src/cli/progress.h

src_tern_SOURCES = src/main.c
src_tern_LDADD = $(TERN_LIBS)
