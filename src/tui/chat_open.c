/* Which conversation is open, and what being open means: drafts, read markers, holes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "tui/chat.h"

enum { HOLES_LOADED = 1 };

void
chat_keep_draft(struct chat *chat)
{
	const char *text = chat->kept_text ? chat->kept_text : edit_text(chat->edit);
	struct error err;

	chat->draft_due = INT64_MAX;
	/* The text of an edit is no draft of something new. */
	if (!chat->view || chat->editing)
		return;
	if (client_draft_set(chat->client, view_who(chat->view), text, &err) == STATUS_IO)
		chat_complain(chat, "%s", err.text);
}

static void
take_draft(struct chat *chat)
{
	struct error ignored;
	char *draft = NULL;

	(void)client_draft_get(chat->client, view_who(chat->view), &draft, &ignored);
	edit_set(chat->edit, draft ? draft : "");
	edit_turn(chat->edit, view_who(chat->view)->text);
	free(draft);
}

static void
leave(struct chat *chat)
{
	chat_mode(chat, MODE_WRITE);
	if (chat->view)
		chat_keep_draft(chat);
	chat->reply_to = chat->editing = 0;
	chat->pasted_lines = false;
	chat_unpage(chat);
	view_destroy(chat->view);
	chat->view = NULL;
	chat->hole_asked = (struct id_range){0, 0};
}

void
chat_open(struct chat *chat, const struct address *who, int64_t msg_id)
{
	const struct list_row *row = list_find(chat->list, who->text);
	struct address address = *who; /* `who` may be what leave() frees */

	if (chat->view && strcmp(view_who(chat->view)->text, who->text) == 0) {
		chat_unpage(chat);
	} else {
		leave(chat);
		chat->view = view_create(chat->client, &address, row ? row->read : 0);
		take_draft(chat);
	}
	if (msg_id)
		view_goto(chat->view, msg_id);
	chat->drawn_late = true;
}

static void
remember_place(struct chat *chat)
{
	if (!chat->view)
		return;
	if (chat->back_count == CHAT_BACK) {
		memmove(chat->back, chat->back + 1, (CHAT_BACK - 1) * sizeof chat->back[0]);
		chat->back_count--;
	}
	chat->back[chat->back_count].who = *view_who(chat->view);
	chat->back[chat->back_count++].msg_id =
	    view_at_end(chat->view) ? 0 : view_last_shown(chat->view);
}

void
chat_jump(struct chat *chat, const struct address *who, int64_t msg_id)
{
	remember_place(chat);
	chat_open(chat, who, msg_id);
}

void
chat_back(struct chat *chat)
{
	if (!chat->back_count)
		return;
	chat->back_count--;
	chat_open(chat, &chat->back[chat->back_count].who, chat->back[chat->back_count].msg_id);
	if (!chat->back[chat->back_count].msg_id)
		view_to_end(chat->view);
}

void
chat_close(struct chat *chat)
{
	leave(chat);
	edit_set(chat->edit, "");
	chat->drawn_late = true;
}

void
chat_page(struct chat *chat, struct pager *pager)
{
	pager_destroy(chat->pager);
	chat->pager = pager;
	chat->drawn_late = true;
}

void
chat_unpage(struct chat *chat)
{
	chat_page(chat, NULL);
}

/* The marker moves up to the lowest message in sight, while somebody looks. */
static void
mark_read(struct chat *chat, const struct list_row *row)
{
	int64_t shown = view_last_shown(chat->view);
	int64_t upto = view_at_end(chat->view) && row->last > shown ? row->last : shown;
	struct error ignored;

	if (!chat->focused || upto <= row->read || !row->unread)
		return;
	(void)client_live_read(chat->client, view_who(chat->view), upto, &ignored);
	chat->changed = true;
}

void
chat_seen(struct chat *chat)
{
	struct id_range holes[HOLES_LOADED];
	const struct list_row *row;
	size_t count;

	if (!chat->view || chat->pager)
		return;
	row = list_find(chat->list, view_who(chat->view)->text);
	if (row)
		mark_read(chat, row);
	count = view_holes(chat->view, holes, HOLES_LOADED);
	for (size_t i = count; i-- > 0 && chat->live.link != CLIENT_LOGGED_OUT;)
		if (holes[i].first != chat->hole_asked.first ||
		    holes[i].last != chat->hole_asked.last) {
			client_live_load(chat->client, view_who(chat->view), holes[i]);
			chat->hole_asked = holes[i];
		}
}
