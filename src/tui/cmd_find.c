/* Commands that find: words, days, what isn't loaded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/timeu.h"
#include "tui/command.h"

enum { HITS_AT_ONCE = 50 };

/* A search whose hits are in the pager, to go on with. */
struct search {
	char *query;
	int64_t below;
	int64_t behind;
	struct pager *pager; /* borrowed: what hits are added to */
	struct client *client;
};

void
search_destroy(struct search *search)
{
	if (!search)
		return;
	free(search->query);
	free(search);
}

/* ---- hits ---- */

/* What a hit is, kept until the cache is not being read any more: names are read from it. */
struct hits {
	struct search *search;
	struct hit {
		struct pager_target target;
		char *from;
		char *snippet;
		int64_t time;
		struct client_span marks[8];
		size_t mark_count;
	} list[HITS_AT_ONCE];
	size_t count;
};

static void
on_hit(void *arg, const struct client_hit *found)
{
	struct hits *hits = arg;
	struct hit *hit = &hits->list[hits->count];

	if (hits->count == HITS_AT_ONCE)
		return;
	hits->count++;
	*hit = (struct hit){.from = mem_strdup(found->message->from),
	    .snippet = mem_strdup(found->snippet),
	    .time = found->message->time,
	    .target.msg_id = found->message->msg_id};
	snprintf(
	    hit->target.who.text, sizeof hit->target.who.text, "%s", found->message->conversation);
	for (size_t i = 0; i < found->mark_count && i < 8; i++)
		hit->marks[hit->mark_count++] = found->marks[i];
	hits->search->below = found->position;
}

static void
show_hit(struct search *search, struct hit *hit)
{
	char local[TIME_ISO_SIZE];
	struct buf line;
	size_t before;

	buf_init(&line, SIZE_MAX / 2);
	buf_printf(&line, "%s  %s", time_local(hit->time, local),
	    client_name(search->client, hit->target.who.text));
	if (strcmp(hit->from, hit->target.who.text) != 0)
		buf_printf(&line, ", %s", client_name(search->client, hit->from));
	buf_add_string(&line, ": ");
	before = line.length;
	buf_add_string(&line, hit->snippet);
	pager_add_target(search->pager, buf_string(&line), &hit->target);
	for (size_t i = 0; i < hit->mark_count; i++)
		pager_mark(search->pager, before + hit->marks[i].begin, before + hit->marks[i].end);
	buf_finish(&line);
	free(hit->from);
	free(hit->snippet);
}

/* Adds the next hits; false where that failed, or there are none. */
static bool
add_hits(struct chat *chat, struct search *search)
{
	struct client_search wanted = {
	    .query = search->query, .below = search->below, .count = HITS_AT_ONCE};
	struct hits *hits = mem_zalloc(1, sizeof *hits);
	struct error err;
	bool more = false;
	enum status status;

	hits->search = search;
	wanted.arg = hits;
	status = client_search(chat->client, &wanted, on_hit, &search->behind, &more, &err);
	for (size_t i = 0; i < hits->count; i++)
		show_hit(search, &hits->list[i]);
	free(hits);
	pager_set_more(search->pager, status == STATUS_OK && more);
	return chat_done(chat, status, &err);
}

void
slash_search(struct chat *chat, const struct command_line *line)
{
	struct search *search = mem_zalloc(1, sizeof *search);
	char *title = mem_printf(_("Search: %s"), line->rest);

	search->query = mem_strdup(line->rest);
	search->client = chat->client;
	search->pager = pager_create(title);
	free(title);
	if (!add_hits(chat, search)) {
		pager_destroy(search->pager);
		search_destroy(search);
		return;
	}
	chat_page(chat, search->pager);
	search_destroy(chat->search);
	chat->search = search;
	chat_say(chat, _("Up and Down choose, Enter goes there, Escape closes"));
}

void
command_search_more(struct chat *chat)
{
	if (chat->search && chat->pager == chat->search->pager)
		add_hits(chat, chat->search);
}

/* ---- going there ---- */

/* The first message of that day on; found by asking the cache, which has its times. */
struct first {
	int64_t msg_id;
};

static void
on_first(void *arg, const struct message *message)
{
	struct first *first = arg;

	if (!first->msg_id && !message->aside)
		first->msg_id = message->msg_id;
}

static void
on_first_hole(void *arg, struct id_range ids)
{
	struct first *first = arg;

	if (!first->msg_id)
		first->msg_id = ids.first;
}

void
command_goto_date(struct chat *chat, const char *date)
{
	struct first first = {0};
	struct client_history query = {.count = 1, .oldest = true};
	struct error err;
	enum status status;

	if (!chat->view) {
		chat_complain(chat, _("no conversation is open"));
		return;
	}
	if (!time_date_parse(date, &query.since)) {
		chat_complain(chat, _("'%s' is not a date: write 2026-11-24, 2026-11 or 7d"), date);
		return;
	}
	query.who = view_who(chat->view);
	query.before = INT64_MAX;
	status = client_history(chat->client, &query, on_first, on_first_hole, &first, &err);
	if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !first.msg_id))
		chat_complain(chat, _("nothing since then"));
	else if (chat_done(chat, status, &err))
		chat_jump(chat, view_who(chat->view), first.msg_id);
}

void
slash_goto(struct chat *chat, const struct command_line *line)
{
	const char *word = line->words[0];

	/* A year has four digits, too: a number of a message has a # or is no year. */
	if (*word == '#')
		word++;
	if (word != line->words[0] ||
	    (strspn(word, "0123456789") == strlen(word) && strlen(word) != 4))
		command_message(chat, word, false);
	else
		command_goto_date(chat, word);
}

void
slash_sync(struct chat *chat, const struct command_line *line)
{
	struct client_sync wanted = {.deadline = INT64_MAX};
	struct error err;
	int64_t messages = 0;

	(void)line;
	if (!command_begin_call(chat, _("loading the history; Escape stops")))
		return;
	if (command_end_call(chat, client_sync(chat->client, &wanted, &messages, &err), &err))
		chat_say(
		    chat, _("everything is here; new on this device: %lld"), (long long)messages);
}
