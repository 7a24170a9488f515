# The chat on a terminal: TUI_LIBS.
noinst_LIBRARIES += src/libtui.a
TUI_LIBS = src/libtui.a $(TINFO_LIBS)

src_libtui_a_SOURCES = \
	src/tui/action.c src/tui/action.h \
	src/tui/bind.c src/tui/bind.h \
	src/tui/bind_name.c src/tui/bind_name.h \
	src/tui/body.c src/tui/body.h \
	src/tui/chat.c src/tui/chat.h \
	src/tui/chat_draw.c \
	src/tui/chat_help.c \
	src/tui/chat_keys.c \
	src/tui/chat_open.c \
	src/tui/chat_send.c \
	src/tui/cluster.c src/tui/cluster.h \
	src/tui/cmd_find.c \
	src/tui/cmd_other.c \
	src/tui/cmd_people.c \
	src/tui/cmd_talk.c \
	src/tui/color.c src/tui/color.h \
	src/tui/command.c src/tui/command.h \
	src/tui/complete.c src/tui/complete.h \
	src/tui/config.c src/tui/config.h \
	src/tui/config_line.c src/tui/config_line.h \
	src/tui/config_read.c \
	src/tui/config_theme.c \
	src/tui/edit.c src/tui/edit.h \
	src/tui/edit_history.c src/tui/edit_history.h \
	src/tui/edit_internal.h \
	src/tui/edit_kill.c \
	src/tui/edit_move.c \
	src/tui/edit_search.c \
	src/tui/edit_undo.c src/tui/edit_undo.h \
	src/tui/emoji.c src/tui/emoji.h \
	src/tui/item.c src/tui/item.h \
	src/tui/keypress.c src/tui/keypress.h \
	src/tui/keypress_name.c src/tui/keypress_name.h \
	src/tui/keypress_sequence.c src/tui/keypress_sequence.h \
	src/tui/list.c src/tui/list.h \
	src/tui/notice.c src/tui/notice.h \
	src/tui/pager.c src/tui/pager.h \
	src/tui/screen.c src/tui/screen.h \
	src/tui/screen_flush.c src/tui/screen_flush.h \
	src/tui/screen_internal.h \
	src/tui/screen_scroll.c \
	src/tui/setting.c src/tui/setting.h \
	src/tui/term.c src/tui/term.h \
	src/tui/terminfo.c src/tui/terminfo.h \
	src/tui/theme.c src/tui/theme.h \
	src/tui/tui.h \
	src/tui/tui_config.c src/tui/tui_config.h \
	src/tui/view.c src/tui/view.h \
	src/tui/view_draw.c \
	src/tui/view_internal.h
src_libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(TINFO_CFLAGS)
