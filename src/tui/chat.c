#include "tui/chat.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "tui/command.h"
#include "tui/notice.h"
#include "tui/tui.h"

enum {
	REFRESH_MS = 15,      /* at most so often is read again what the cache changed */
	LIST_MS = 1500,       /* and so long after a change the whole list */
	CLOCK_MS = 30 * 1000, /* the countdown to the next try, and days that end */
	READ_AT_ONCE = 16 * 1024,
	READS_AT_ONCE = 32, /* before the picture is drawn again */
	STOP_MS = 1000,     /* for what is on its way when the chat is left */
};

/* ---- saying ---- */

static void __attribute__((format(printf, 3, 0)))
say(struct chat *chat, bool error, const char *format, va_list ap)
{
	vsnprintf(chat->said, sizeof chat->said, format, ap);
	chat->said_error = error;
	chat->drawn_late = true;
}

void
chat_say(struct chat *chat, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(chat, false, format, ap);
	va_end(ap);
}

void
chat_complain(struct chat *chat, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(chat, true, format, ap);
	va_end(ap);
}

bool
chat_done(struct chat *chat, enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return true;
	chat_complain(chat, "%s", err->text);
	return false;
}

void
chat_end(struct chat *chat, enum status status, const struct error *err)
{
	chat->ending = true;
	chat->status = status;
	if (err)
		chat->err = *err;
}

void
chat_ask(struct chat *chat, char *text, void (*yes)(struct chat *chat))
{
	free(chat->question.text);
	chat->question.text = text;
	chat->question.yes = yes;
}

/* ---- the terminal ---- */

static void
take_size(struct chat *chat)
{
	term_size(chat->term, &chat->rows, &chat->columns);
	screen_resize(chat->screen, chat->rows, chat->columns);
	chat->drawn_late = true;
}

void
chat_suspend(struct chat *chat)
{
	struct error err;

	term_suspend(chat->term);
	kill(0, SIGSTOP);
	if (term_resume(chat->term, &err) != STATUS_OK)
		chat_end(chat, err.status, &err);
	screen_forget(chat->screen);
	take_size(chat);
	chat->changed = true;
}

static void
take_signals(struct chat *chat)
{
	struct signalfd_siginfo info;

	while (read(chat->signals, &info, sizeof info) == sizeof info)
		if (info.ssi_signo == SIGWINCH)
			take_size(chat);
}

static void
feed(struct chat *chat, const char *bytes, size_t length)
{
	while (length && !chat->ending) {
		size_t taken = key_reader_feed(chat->keys, bytes, length);

		chat_take_keys(chat, false);
		bytes += taken;
		length -= taken;
	}
}

/* A terminal that is gone ends the chat. */
static void
take_bytes(struct chat *chat)
{
	char bytes[READ_AT_ONCE];

	for (int i = 0; i < READS_AT_ONCE && !chat->ending; i++) {
		ssize_t n = term_read(chat->term, bytes, sizeof bytes);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			chat_end(chat, STATUS_OK, NULL);
			return;
		}
		feed(chat, bytes, (size_t)n);
		if (n < (ssize_t)sizeof bytes)
			return;
	}
}

void
chat_flush(struct chat *chat)
{
	struct buf out;

	buf_init(&out, SIZE_MAX / 2);
	screen_flush(chat->screen, term_abilities(chat->term), &out);
	if (out.length)
		term_write(chat->term, out.data, out.length);
	buf_finish(&out);
}

void
chat_input(void *arg)
{
	struct chat *chat = arg;

	take_signals(chat);
	take_bytes(chat);
	chat_draw(chat);
}

/* ---- what changed ---- */

void
chat_refresh(struct chat *chat)
{
	const char *open = chat->view ? view_who(chat->view)->text : NULL;
	struct error err;

	chat->changed = false;
	if (!chat_done(chat, list_update(chat->list, open, &err), &err))
		return;
	if (chat->view)
		chat_done(chat, view_reload(chat->view, &err), &err);
	chat->list_due = time_mono() + LIST_MS * TIME_MS;
	chat->refreshed = time_mono();
	chat->drawn_late = true;
}

static void
read_list(struct chat *chat)
{
	struct error err;

	chat->list_due = INT64_MAX;
	chat_done(chat, list_read_all(chat->list, &err), &err);
	chat->drawn_late = true;
}

/* The link, the outbox, what is being loaded: only a change of what is shown makes a new picture.
 */
static void
look_at_live(struct chat *chat)
{
	struct client_live live;

	client_live_state(chat->client, &live);
	if (live.link != chat->live.link || live.queued != chat->live.queued ||
	    live.failed != chat->live.failed || live.loading != chat->live.loading ||
	    live.next_try != chat->live.next_try)
		chat->drawn_late = true;
	if (chat->view)
		view_set_loading(chat->view, live.loading > 0);
	/* What a lost call had asked for is asked for again. */
	if (live.link == CLIENT_UP && chat->live.link != CLIENT_UP)
		chat->hole_asked = (struct id_range){0, 0};
	chat->live = live;
}

/* ---- the loop ---- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
next_due(const struct chat *chat)
{
	int64_t due = time_mono() + CLOCK_MS * TIME_MS;

	if (chat->live.link == CLIENT_DOWN)
		due = time_mono() + TIME_SECOND;
	if (chat->changed)
		due = earlier(due, chat->refreshed + REFRESH_MS * TIME_MS);
	due = earlier(due, chat->escape_due);
	due = earlier(due, chat->draft_due);
	return earlier(due, chat->list_due);
}

static void
do_what_is_due(struct chat *chat)
{
	int64_t now = time_mono();

	if (chat->changed && now >= chat->refreshed + REFRESH_MS * TIME_MS)
		chat_refresh(chat);
	if (now >= chat->escape_due)
		chat_take_keys(chat, true);
	if (now >= chat->draft_due)
		chat_keep_draft(chat);
	if (now >= chat->list_due)
		read_list(chat);
	if (chat->live.link == CLIENT_DOWN)
		chat->drawn_late = true;
}

static void
loop(struct chat *chat)
{
	while (!chat->ending) {
		struct error err;
		bool changed = false;
		enum status status = client_live_wait(chat->client, next_due(chat), &changed, &err);

		chat->changed |= changed;
		if (status == STATUS_AGAIN)
			chat_end(chat, STATUS_OK, NULL); /* SIGTERM, SIGHUP */
		else if (status != STATUS_OK)
			chat_end(chat, status, &err);
		do_what_is_due(chat);
		look_at_live(chat);
		notice_look(chat);
		chat_draw(chat);
	}
}

/* ---- beginning and end ---- */

static enum status
open_signals(struct chat *chat, struct error *err)
{
	struct epoll_event event = {.events = EPOLLIN};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	chat->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	chat->wake = epoll_create1(EPOLL_CLOEXEC);
	if (chat->signals < 0 || chat->wake < 0 ||
	    epoll_ctl(chat->wake, EPOLL_CTL_ADD, chat->signals, &event) < 0 ||
	    epoll_ctl(chat->wake, EPOLL_CTL_ADD, term_input(chat->term), &event) < 0)
		return error_set(
		    err, STATUS_IO, _("cannot watch the terminal: %s"), strerror(errno));
	return STATUS_OK;
}

static void
chat_destroy(struct chat *chat)
{
	term_close(chat->term);
	screen_destroy(chat->screen);
	key_reader_destroy(chat->keys);
	pager_destroy(chat->pager);
	view_destroy(chat->view);
	list_destroy(chat->list);
	edit_destroy(chat->edit);
	complete_destroy(chat->complete);
	config_finish(&chat->config);
	search_destroy(chat->search);
	free(chat->kept_text);
	free(chat->question.text);
	if (chat->signals >= 0)
		close(chat->signals);
	if (chat->wake >= 0)
		close(chat->wake);
}

static void
on_lost(void *arg, int64_t aside, int64_t again)
{
	struct chat *chat = arg;

	chat_complain(chat,
	    _("the server has lost messages that are here: %lld set aside, %lld of your own sent "
	      "again"),
	    (long long)aside, (long long)again);
}

/* What is on the screen first: the conversation named, else the one with the latest message. */
static enum status
open_first(struct chat *chat, const char *who, struct error *err)
{
	const struct list_row *row = list_row(chat->list, 0);
	struct address address;
	enum status status;

	if (who) {
		status = client_parse_address(chat->client, &address, who, err);
		if (status != STATUS_OK)
			return status;
		chat_open(chat, &address, 0);
	} else if (row) {
		chat_open(chat, &row->address, 0);
	} else {
		command_do(chat, "help");
	}
	return STATUS_OK;
}

/* While the client waits, whatever for, the terminal is served. */
static void
serve_terminal(struct chat *chat, int fd, void (*input)(void *arg))
{
	struct client_config config = chat->client_config;

	config.input_fd = fd;
	config.input = input;
	config.notice = NULL;
	config.lost = on_lost;
	config.arg = chat;
	client_reconfigure(chat->client, &config);
}

static enum status
prepare(struct chat *chat, const struct tui_options *options, struct error *err)
{
	enum status status = term_open(&chat->term, STDIN_FILENO, STDOUT_FILENO, err);

	if (status != STATUS_OK)
		return status;
	chat->screen = screen_create(&chat->widths);
	theme_reduce(&chat->config.theme, term_abilities(chat->term)->colors);
	if ((status = open_signals(chat, err)) || (status = list_read_first(chat->list, err)) ||
	    (status = open_first(chat, options->who, err)))
		return status;
	take_size(chat);
	chat_draw(chat);
	serve_terminal(chat, chat->wake, chat_input);
	status = client_live_start(chat->client, err);
	if (list_is_partial(chat->list))
		chat->list_due = time_mono();
	return status;
}

/* What is wrong in the file is told; the rest of it is used. */
static void
on_complaint(void *arg, int line, int column, const char *sentence)
{
	struct chat *chat = arg;

	if (!chat->said[0])
		chat_complain(chat, _("config, line %d, column %d: %s"), line, column, sentence);
}

static void
read_config(struct chat *chat)
{
	struct error err;
	char *path = NULL;
	int wrong;
	enum status status;

	config_init(&chat->config);
	status = config_path(&path, &err);
	if (status == STATUS_OK)
		status = config_read(&chat->config, path, on_complaint, chat, &wrong, &err);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		chat_complain(chat, "%s", err.text);
	free(path);
	setting_widths(&chat->config.settings, &chat->widths);
	chat->list_pane = setting_is_on(&chat->config.settings, SETTING_LIST_PANE);
}

/* What is written is kept, and what is on its way has a moment; the terminal is the shell's again.
 */
static void
finish(struct chat *chat)
{
	if (chat->view)
		chat_keep_draft(chat);
	term_close(chat->term);
	chat->term = NULL;
	serve_terminal(chat, -1, NULL);
	client_live_stop(chat->client, time_mono() + STOP_MS * TIME_MS);
}

enum status
tui_chat(struct client *client, const struct client_config *config,
    const struct tui_options *options, struct error *err)
{
	struct chat chat = {
	    .client = client,
	    .client_config = *config,
	    .signals = -1,
	    .wake = -1,
	    .focused = true,
	    .draft_due = INT64_MAX,
	    .list_due = INT64_MAX,
	    .escape_due = INT64_MAX,
	};
	enum status status;

	read_config(&chat);
	chat.list = list_create(client);
	chat.edit = edit_create();
	chat_complete_init(&chat);
	chat.keys = key_reader_create(NULL, 0);
	status = prepare(&chat, options, err);
	if (status == STATUS_OK) {
		loop(&chat);
		status = chat.status;
		*err = chat.err;
		finish(&chat);
	}
	chat_destroy(&chat);
	return status;
}
