/*
 * The picture: a title, the list of conversations beside the messages, a line of status, and the
 * input below. On a small terminal the list goes first, then the title.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/timeu.h"
#include "tui/chat.h"

enum {
	LIST_FROM = 70, /* columns from which there is room for the list */
	LIST_WIDE = 110,
	LIST_COLUMNS = 20,
	LIST_WIDE_COLUMNS = 28,
	TITLE_FROM = 8, /* rows */
	INPUT_PART = 3, /* the input grows to this part of the screen */
};

struct layout {
	bool title, list;
	struct rectangle messages, conversations;
	int status_row, input_row, input_rows;
};

static struct item_look
look_of(const struct chat *chat)
{
	return (struct item_look){
	    .theme = &chat->config.theme,
	    .widths = &chat->widths,
	    .utf8 = term_abilities(chat->term)->utf8,
	    .links = term_abilities(chat->term)->links,
	};
}

/* ---- the input ---- */

static const char *
prompt(const struct chat *chat)
{
	switch (chat->mode) {
	case MODE_FILTER:
		return _("conversation: ");
	case MODE_FIND:
		return _("find: ");
	case MODE_DATE:
		return _("date: ");
	case MODE_WRITE:
		break;
	}
	if (chat->editing)
		return _("edit> ");
	return chat->reply_to ? _("reply> ") : "> ";
}

/* The input's text in lines, and which of them has the cursor. */
struct input {
	struct body body;
	int indent;
	size_t cursor_line;
	int cursor_column;
};

static void
place_cursor(struct input *input, size_t cursor, const struct widths *widths)
{
	const struct body *body = &input->body;
	size_t line = 0;

	while (line + 1 < body->line_count && body->lines[line + 1].begin <= cursor)
		line++;
	input->cursor_line = line;
	input->cursor_column = cluster_columns(
	    body->text + body->lines[line].begin, cursor - body->lines[line].begin, widths);
}

static void
make_input(const struct chat *chat, struct input *input)
{
	const char *before = prompt(chat);
	int width;

	input->indent = cluster_columns(before, strlen(before), &chat->widths);
	if (input->indent > chat->columns / 2)
		input->indent = chat->columns / 2;
	width = chat->columns - input->indent - 1; /* and the cursor behind the last character */
	body_init(&input->body, edit_text(chat->edit), edit_length(chat->edit));
	body_wrap(&input->body, width < 1 ? 1 : width, &chat->widths);
	place_cursor(input, edit_cursor(chat->edit), &chat->widths);
}

static void
draw_input(struct chat *chat, const struct input *input, const struct layout *layout)
{
	const struct style *style = theme_style(&chat->config.theme, THEME_INPUT);
	const char *before = prompt(chat);
	size_t top = 0;

	if (input->cursor_line >= (size_t)layout->input_rows)
		top = input->cursor_line - (size_t)layout->input_rows + 1;
	for (int row = 0; row < layout->input_rows; row++) {
		size_t line = top + (size_t)row;

		screen_clear(chat->screen, layout->input_row + row, 0, chat->columns, style);
		if (line == 0)
			screen_put(chat->screen, layout->input_row, 0, input->indent, before,
			    strlen(before), theme_style(&chat->config.theme, THEME_PROMPT), NULL);
		if (line < input->body.line_count)
			screen_put(chat->screen, layout->input_row + row, input->indent,
			    chat->columns - input->indent,
			    input->body.text + input->body.lines[line].begin,
			    input->body.lines[line].end - input->body.lines[line].begin, style,
			    NULL);
	}
	screen_cursor(chat->screen, layout->input_row + (int)(input->cursor_line - top),
	    input->indent + input->cursor_column, true);
}

/* ---- title and status ---- */

static int
put(struct chat *chat, int row, int column, int end, enum theme_part part, const char *text)
{
	if (column >= end)
		return 0;
	return screen_put(chat->screen, row, column, end - column, text, strlen(text),
	    theme_style(&chat->config.theme, part), NULL);
}

static void
draw_title(struct chat *chat)
{
	const struct list_row *row =
	    chat->view ? list_find(chat->list, view_who(chat->view)->text) : NULL;
	int column = 0;

	screen_clear(
	    chat->screen, 0, 0, chat->columns, theme_style(&chat->config.theme, THEME_TITLE));
	if (chat->pager) {
		put(chat, 0, 1, chat->columns, THEME_TITLE, pager_title(chat->pager));
		return;
	}
	if (!chat->view) {
		put(chat, 0, 1, chat->columns, THEME_TITLE, "tern");
		return;
	}
	column = 1 + put(chat, 0, 1, chat->columns, THEME_TITLE,
	                 client_name(chat->client, view_who(chat->view)->text));
	column += put(chat, 0, column, chat->columns, THEME_TITLE, "  ");
	column += put(chat, 0, column, chat->columns, THEME_TITLE, view_who(chat->view)->text);
	if (row && row->muted)
		put(chat, 0, column, chat->columns, THEME_TITLE, _("  (muted)"));
}

static void
link_text(const struct chat *chat, char *text, size_t size)
{
	int64_t left = chat->live.next_try - time_mono();

	switch (chat->live.link) {
	case CLIENT_UP:
	case CLIENT_OTHER:
		snprintf(text, size, "%s", _("online"));
		break;
	case CLIENT_CONNECTING:
		snprintf(text, size, "%s", _("connecting…"));
		break;
	case CLIENT_LOGGED_OUT:
		snprintf(text, size, "%s", _("logged out: run 'tern login'"));
		break;
	case CLIENT_DOWN:
		if (left > TIME_SECOND)
			snprintf(text, size, _("offline, trying again in %lld s"),
			    (long long)(left / TIME_SECOND));
		else
			snprintf(text, size, "%s", _("offline, trying…"));
		break;
	}
}

/* " · 3 waiting to be sent": the words are taken, and left out where there is nothing to count. */
static void
add_words(struct buf *text, int64_t number, char *words)
{
	if (number)
		buf_printf(text, "%s%s", text->length ? " · " : "", words);
	free(words);
}

/* What else is to be known, for the caller to free. */
static char *
counts(struct chat *chat)
{
	const struct client_live *live = &chat->live;
	bool mention;
	int64_t unread = list_unread(chat->list, &mention);
	int64_t below = chat->view && !chat->pager ? view_below(chat->view) : 0;
	struct buf text;

	buf_init(&text, 1024);
	add_words(
	    &text, live->queued, mem_printf(_("%lld waiting to be sent"), (long long)live->queued));
	add_words(&text, live->failed, mem_printf(_("%lld not sent"), (long long)live->failed));
	add_words(&text, live->loading, mem_printf(_("loading %lld"), (long long)live->loading));
	add_words(&text, unread,
	    mem_printf(
	        mention ? _("%lld unread, you were named") : _("%lld unread"), (long long)unread));
	add_words(&text, below, mem_printf(_("%lld below"), (long long)below));
	return buf_take(&text);
}

static void
draw_status(struct chat *chat, int row)
{
	char text[256], right[64] = "";
	char *more;
	enum theme_part part = THEME_STATUS;
	int column;

	screen_clear(
	    chat->screen, row, 0, chat->columns, theme_style(&chat->config.theme, THEME_STATUS));
	if (chat->question.text) {
		put(chat, row, 1, chat->columns, THEME_STATUS_ERROR, chat->question.text);
		return;
	}
	if (chat->said[0]) {
		put(chat, row, 1, chat->columns,
		    chat->said_error ? THEME_STATUS_ERROR : THEME_STATUS, chat->said);
		return;
	}
	link_text(chat, text, sizeof text);
	if (chat->live.link == CLIENT_DOWN || chat->live.link == CLIENT_LOGGED_OUT)
		part = THEME_STATUS_ERROR;
	column = 1 + put(chat, row, 1, chat->columns, part, text);
	more = counts(chat);
	if (more && *more) {
		column += put(chat, row, column, chat->columns, THEME_STATUS, " · ");
		put(chat, row, column, chat->columns, THEME_STATUS, more);
	}
	free(more);
	if (chat->columns > 100)
		snprintf(right, sizeof right, "%lld+%lld kB ",
		    (long long)(chat->live.traffic.bytes_up / 1000),
		    (long long)(chat->live.traffic.bytes_down / 1000));
	column = chat->columns - (int)strlen(right);
	put(chat, row, column, chat->columns, THEME_STATUS, right);
}

/* ---- all of it ---- */

static struct layout
lay_out(const struct chat *chat, const struct input *input)
{
	struct layout layout = {.title = chat->rows >= TITLE_FROM};
	int most = chat->rows / INPUT_PART, top, rows;

	layout.input_rows = (int)input->body.line_count;
	if (layout.input_rows > most)
		layout.input_rows = most;
	if (layout.input_rows < 1)
		layout.input_rows = 1;
	layout.input_row = chat->rows - layout.input_rows;
	layout.status_row = layout.input_row - 1;
	top = layout.title;
	rows = layout.status_row - top;
	layout.messages = (struct rectangle){top, 0, rows, chat->columns};
	layout.list = chat->columns >= LIST_FROM ? chat->list_pane : chat->mode == MODE_FILTER;
	if (layout.list && chat->columns < LIST_FROM) {
		layout.conversations = layout.messages;
		layout.messages.columns = 0;
	} else if (layout.list) {
		int columns = chat->columns >= LIST_WIDE ? LIST_WIDE_COLUMNS : LIST_COLUMNS;

		layout.conversations = (struct rectangle){top, 0, rows, columns};
		layout.messages.column = columns + 1;
		layout.messages.columns -= columns + 1;
	}
	return layout;
}

static void
draw_list(struct chat *chat, const struct layout *layout, const struct item_look *look)
{
	const struct rectangle *at = &layout->conversations;
	const struct list_row *row =
	    chat->mode == MODE_FILTER ? list_row(chat->list, chat->filter_at) : NULL;
	const char *open = chat->view ? view_who(chat->view)->text : NULL;

	list_draw(chat->list, chat->screen, look, at, row ? row->address.text : open);
	for (int r = 0; r < at->rows && at->columns < chat->columns; r++)
		put(chat, at->row + r, at->column + at->columns, chat->columns, THEME_SEPARATOR,
		    look->utf8 ? "│" : "|");
}

static void
draw_messages(struct chat *chat, const struct layout *layout, const struct item_look *look)
{
	const struct rectangle *at = &layout->messages;
	struct item_look here = *look;
	struct error err;

	here.width = at->columns;
	if (chat->pager)
		pager_draw(chat->pager, chat->screen, &here, at);
	else if (chat->view)
		chat_done(chat, view_draw(chat->view, chat->screen, &here, at, &err), &err);
	else
		for (int r = 0; r < at->rows; r++)
			screen_clear(chat->screen, at->row + r, at->column, at->columns,
			    theme_style(&chat->config.theme, THEME_MESSAGE));
}

void
chat_draw(struct chat *chat)
{
	struct item_look look = look_of(chat);
	struct layout layout;
	struct input input;

	if (!chat->drawn_late)
		return;
	chat->drawn_late = false;
	make_input(chat, &input);
	layout = lay_out(chat, &input);
	if (layout.messages.rows > 0 && layout.messages.columns > 0)
		draw_messages(chat, &layout, &look);
	if (layout.list && layout.messages.rows > 0)
		draw_list(chat, &layout, &look);
	if (layout.title)
		draw_title(chat);
	if (layout.status_row >= 0)
		draw_status(chat, layout.status_row);
	draw_input(chat, &input, &layout);
	body_finish(&input.body);
	chat_flush(chat);
	chat_seen(chat);
}
