/* Keys, and what they do. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/timeu.h"
#include "tui/chat.h"
#include "tui/command.h"

enum {
	DRAFT_DELAY_MS = 700, /* after the last key, what is written is kept */
	SCROLL_LINES = 3,
};

/* ---- modes of the input ---- */

void
chat_mode(struct chat *chat, enum chat_mode mode)
{
	if (mode == chat->mode)
		return;
	if (chat->mode == MODE_WRITE) {
		chat->kept_text = mem_strdup(edit_text(chat->edit));
		edit_set(chat->edit, "");
	} else if (mode == MODE_WRITE) {
		edit_set(chat->edit, chat->kept_text ? chat->kept_text : "");
		free(chat->kept_text);
		chat->kept_text = NULL;
	} else {
		edit_set(chat->edit, "");
	}
	if (chat->mode == MODE_FILTER)
		list_filter(chat->list, NULL);
	if (chat->mode == MODE_FIND && chat->view)
		view_find(chat->view, NULL);
	chat->mode = mode;
}

/* What was typed takes effect at once. */
static void
typed(struct chat *chat)
{
	const char *text = edit_text(chat->edit);

	switch (chat->mode) {
	case MODE_FILTER:
		list_filter(chat->list, text);
		break;
	case MODE_FIND:
		if (!chat->view)
			break;
		view_find(chat->view, text);
		if (*text) {
			view_unselect(chat->view);
			view_find_next(chat->view, -1);
		}
		break;
	case MODE_DATE:
		break;
	case MODE_WRITE:
		chat->draft_due = time_mono() + DRAFT_DELAY_MS * TIME_MS;
		break;
	}
}

static void
enter_filter(struct chat *chat)
{
	const struct list_row *row = list_row(chat->list, chat->filter_at);
	struct address who;

	if (!row) {
		chat_mode(chat, MODE_WRITE);
		return;
	}
	who = row->address;
	chat_mode(chat, MODE_WRITE);
	chat_jump(chat, &who, 0);
}

static void
enter_date(struct chat *chat)
{
	char *text = mem_strdup(edit_text(chat->edit));

	chat_mode(chat, MODE_WRITE);
	command_goto_date(chat, text);
	free(text);
}

static void
enter(struct chat *chat)
{
	const struct pager_target *target = chat->pager ? pager_chosen(chat->pager) : NULL;
	struct pager_target chosen;

	if (chat->mode == MODE_FILTER) {
		enter_filter(chat);
	} else if (chat->mode == MODE_FIND) {
		if (chat->view && !view_find_next(chat->view, -1))
			chat_say(chat, _("nothing more above"));
	} else if (chat->mode == MODE_DATE) {
		enter_date(chat);
	} else if (target && !edit_length(chat->edit)) {
		chosen = *target;
		chat_jump(chat, &chosen.who, chosen.msg_id);
	} else {
		chat_enter(chat);
	}
}

/* Escape, Ctrl+G: one step out of whatever it is. */
static void
cancel(struct chat *chat)
{
	if (chat->calling) {
		client_interrupt(chat->client);
	} else if (chat->mode != MODE_WRITE) {
		chat_mode(chat, MODE_WRITE);
	} else if (chat->pager) {
		chat_unpage(chat);
	} else if (chat->editing) {
		chat->editing = 0;
		edit_set(chat->edit, "");
	} else if (chat->reply_to) {
		chat->reply_to = 0;
	} else if (chat->view && view_selected(chat->view)) {
		view_unselect(chat->view);
	} else if (chat->view) {
		view_to_end(chat->view);
	}
}

/* ---- actions ---- */

static void
go_beside(struct chat *chat, int step)
{
	size_t count = list_count(chat->list);
	size_t at = chat->view ? list_index(chat->list, view_who(chat->view)->text) : count;
	const struct list_row *row;

	if (chat->mode == MODE_FILTER) {
		if (step < 0 ? chat->filter_at > 0 : chat->filter_at + 1 < count)
			chat->filter_at += (size_t)step;
		return;
	}
	if (!count)
		return;
	at = at == count ? (step > 0 ? 0 : count - 1) : (at + count + (size_t)step) % count;
	row = list_row(chat->list, at);
	chat_open(chat, &row->address, 0);
}

static void
go_to_number(struct chat *chat, size_t i)
{
	const struct list_row *row = list_row(chat->list, i);

	if (row)
		chat_jump(chat, &row->address, 0);
}

static void
go_to_unread(struct chat *chat)
{
	const struct list_row *row =
	    list_next_unread(chat->list, chat->view ? view_who(chat->view)->text : NULL);

	if (row)
		chat_jump(chat, &row->address, 0);
	else
		chat_say(chat, _("nothing unread"));
}

static void
move_in_view(struct chat *chat, enum action action)
{
	if (chat->pager) {
		if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
			pager_page(chat->pager, action == ACTION_PAGE_UP ? -1 : 1);
		else
			pager_move(chat->pager,
			    action == ACTION_SCROLL_UP || action == ACTION_SELECT_PREVIOUS ? -1
			                                                                   : 1);
		if (pager_wants_more(chat->pager))
			command_search_more(chat);
		return;
	}
	if (!chat->view)
		return;
	switch (action) {
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		view_page(chat->view, action == ACTION_PAGE_UP ? -1 : 1);
		break;
	case ACTION_SCROLL_UP:
	case ACTION_SCROLL_DOWN:
		view_scroll(chat->view, action == ACTION_SCROLL_UP ? -SCROLL_LINES : SCROLL_LINES);
		break;
	case ACTION_OLDEST:
		view_to_begin(chat->view);
		break;
	case ACTION_NEWEST:
		view_to_end(chat->view);
		break;
	case ACTION_UNREAD_LINE:
		view_goto(chat->view, view_new(chat->view) + 1);
		break;
	default:
		view_select(chat->view, action == ACTION_SELECT_PREVIOUS ? -1 : 1);
		break;
	}
}

static void
begin_mode(struct chat *chat, enum chat_mode mode)
{
	chat->filter_at = 0;
	chat_mode(chat, chat->mode == mode ? MODE_WRITE : mode);
}

static void
redraw(struct chat *chat)
{
	screen_forget(chat->screen);
	client_live_retry(chat->client);
	chat->changed = true;
}

static void
suspend(struct chat *chat)
{
	chat_keep_draft(chat);
	chat_suspend(chat);
}

static bool
is_moving(enum action action)
{
	static const enum action moving[] = {ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_SCROLL_UP,
	    ACTION_SCROLL_DOWN, ACTION_OLDEST, ACTION_NEWEST, ACTION_UNREAD_LINE,
	    ACTION_SELECT_PREVIOUS, ACTION_SELECT_NEXT};

	for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
		if (moving[i] == action)
			return true;
	return false;
}

/* About messages, and the chat as a whole. */
static void
do_other(struct chat *chat, enum action action)
{
	switch (action) {
	case ACTION_LIST_PANE:
		chat->list_pane = !chat->list_pane;
		break;
	case ACTION_MEMBERS_PANE:
		command_do(chat, "members");
		break;
	case ACTION_REPLY:
		command_do(chat, "reply");
		break;
	case ACTION_EDIT:
		command_do(chat, "edit");
		break;
	case ACTION_REACT:
		edit_set(chat->edit, "/react ");
		break;
	case ACTION_RECALL:
		command_do(chat, "recall");
		break;
	case ACTION_HELP:
		command_do(chat, "help");
		break;
	case ACTION_REDRAW:
		redraw(chat);
		break;
	case ACTION_SUSPEND:
		suspend(chat);
		break;
	case ACTION_QUIT:
		chat_end(chat, STATUS_OK, NULL);
		break;
	default:
		break;
	}
}

/* What isn't the editor's. */
static void
do_action(struct chat *chat, enum action action)
{
	if (action >= ACTION_CONVERSATION_1 && action <= ACTION_CONVERSATION_10) {
		go_to_number(chat, (size_t)(action - ACTION_CONVERSATION_1));
		return;
	}
	if (is_moving(action)) {
		move_in_view(chat, action);
		return;
	}
	switch (action) {
	case ACTION_SEND:
		enter(chat);
		break;
	case ACTION_CANCEL:
		cancel(chat);
		break;
	case ACTION_COMPLETE:
	case ACTION_COMPLETE_PREVIOUS:
		chat_complete(chat, action == ACTION_COMPLETE ? 1 : -1);
		break;
	case ACTION_EDIT_EXTERNAL:
		chat_edit_external(chat);
		break;
	case ACTION_NEXT_UNREAD:
	case ACTION_NEXT_ACTIVE:
		go_to_unread(chat);
		break;
	case ACTION_JUMP_BACK:
		chat_back(chat);
		break;
	case ACTION_GOTO_DATE:
		begin_mode(chat, MODE_DATE);
		break;
	case ACTION_SEARCH:
		begin_mode(chat, MODE_FIND);
		break;
	case ACTION_LIST_FILTER:
		begin_mode(chat, MODE_FILTER);
		break;
	case ACTION_LIST_NEXT:
	case ACTION_LIST_PREVIOUS:
		go_beside(chat, action == ACTION_LIST_NEXT ? 1 : -1);
		break;
	default:
		do_other(chat, action);
		break;
	}
}

static void
act(struct chat *chat, enum action action)
{
	/* Without anything written, the arrows move what is read. */
	if (!edit_length(chat->edit) && (chat->pager || chat->mode == MODE_FILTER) &&
	    (action == ACTION_CURSOR_UP || action == ACTION_CURSOR_DOWN)) {
		if (chat->mode == MODE_FILTER)
			go_beside(chat, action == ACTION_CURSOR_UP ? -1 : 1);
		else
			move_in_view(chat,
			    action == ACTION_CURSOR_UP ? ACTION_SCROLL_UP : ACTION_SCROLL_DOWN);
		return;
	}
	if (edit_act(chat->edit, action))
		typed(chat);
	else
		do_action(chat, action);
}

/* ---- keys ---- */

static void
answer(struct chat *chat, const struct keypress *key)
{
	void (*yes)(struct chat * chat) = chat->question.yes;
	bool agreed = (key->kind == KEY_TEXT && (key->text[0] == 'y' || key->text[0] == 'Y')) ||
	              (key->kind == KEY_NAMED && strcmp(key->name, "Enter") == 0);

	if (key->kind != KEY_TEXT && key->kind != KEY_NAMED)
		return;
	free(chat->question.text);
	chat->question.text = NULL;
	if (agreed)
		yes(chat);
}

static void
press(struct chat *chat, const char *name)
{
	enum action action;

	switch (bind_press(&chat->config.bindings, &chat->pending, name, &action)) {
	case BIND_FOUND:
		act(chat, action);
		break;
	case BIND_PREFIX:
		chat_say(chat, "%s…", chat->pending.keys);
		break;
	case BIND_NOTHING:
		break;
	}
}

static void
write_text(struct chat *chat, const char *text, size_t length)
{
	if (!edit_insert(chat->edit, text, length))
		chat_complain(chat, _("a message can't be longer than 64 KiB: the rest was cut"));
	typed(chat);
}

/* Within a longer sequence of keys a character is one of them. */
static void
take_text(struct chat *chat, const struct keypress *key)
{
	char name[8];

	if (!chat->pending.keys[0] || key->length >= sizeof name) {
		write_text(chat, key->text, key->length);
		return;
	}
	memcpy(name, key->text, key->length);
	name[key->length] = '\0';
	press(chat, name);
}

static void
take_paste(struct chat *chat, const struct keypress *key)
{
	if (memchr(key->text, '\n', key->length) || memchr(key->text, '\r', key->length))
		chat->pasted_lines = true;
	write_text(chat, key->text, key->length);
}

static void
wheel(struct chat *chat, const struct keypress *key)
{
	if (strcmp(key->name, "WheelUp") == 0)
		move_in_view(chat, ACTION_SCROLL_UP);
	else if (strcmp(key->name, "WheelDown") == 0)
		move_in_view(chat, ACTION_SCROLL_DOWN);
}

static void
take_key(struct chat *chat, const struct keypress *key)
{
	if (chat->question.text) {
		answer(chat, key);
		return;
	}
	if (key->kind != KEY_FOCUS && key->kind != KEY_MOUSE)
		chat->said[0] = '\0';
	switch (key->kind) {
	case KEY_TEXT:
		take_text(chat, key);
		break;
	case KEY_PASTE:
		take_paste(chat, key);
		break;
	case KEY_NAMED:
		press(chat, key->name);
		break;
	case KEY_FOCUS:
		chat->focused = key->focused;
		break;
	case KEY_MOUSE:
		wheel(chat, key);
		break;
	case KEY_NONE:
		break;
	}
}

void
chat_take_keys(struct chat *chat, bool timed_out)
{
	struct keypress key;

	while (!chat->ending && key_reader_next(chat->keys, &key, timed_out)) {
		take_key(chat, &key);
		chat->drawn_late = true;
	}
	chat->escape_due = key_reader_is_waiting(chat->keys)
	                       ? time_mono() + KEY_ESCAPE_DELAY * TIME_MS
	                       : INT64_MAX;
}
