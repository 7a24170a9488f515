#include "tui/item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "say/say.h"

enum {
	TIME_COLUMNS = 6,  /* "09:12 " */
	NAME_COLUMNS = 12, /* of a name beside its text */
	NARROW = 50,       /* columns below which the name stands before the text, in its line */
	STATE_COLUMNS = 3, /* " ✓✓" */
	QUOTE_MAX = 300,   /* bytes */
};

/* ---- taking a message over ---- */

static const char *
name_of(void *client, const char *address)
{
	return client_name(client, address);
}

static char *
join_reactions(const struct message *message)
{
	struct buf line;

	if (!message->reaction_count)
		return NULL;
	buf_init(&line, 4096);
	for (size_t i = 0; i < message->reaction_count; i++) {
		size_t count = message_reaction_tally(message, i);

		if (!count)
			continue;
		if (line.length)
			buf_add_string(&line, "  ");
		buf_add_string(&line, message->reactions[i].text);
		if (count > 1)
			buf_printf(&line, " %zu", count);
	}
	return buf_take(&line);
}

/* What stands where the text would, in a text the caller frees. */
static char *
shown_text(const struct message *m, const char *change)
{
	if (change)
		return mem_strdup(change);
	if (m->recalled)
		return mem_strdup(_("this message was recalled"));
	return m->text ? mem_strdup(m->text) : mem_printf("[%s]", m->type);
}

/* The text, with what else is to be said of it behind it. */
static void
init_body(struct item *item, const char *shown)
{
	size_t length = strlen(shown);
	char *text = mem_printf("%s%s%s", shown, item->message.edited ? _(" (edited)") : "",
	    item->message.aside ? _(" (lost by the server)") : "");

	body_init(&item->body, text, strlen(text));
	if (text[length])
		body_mark(&item->body, length, strlen(text), SPAN_NOTE);
	free(text);
}

void
item_init(struct item *item, struct client *client, struct message message, char *quote)
{
	char *change = say_change(&message, name_of, client);
	char *shown = shown_text(&message, change);

	*item = (struct item){.kind = ITEM_MESSAGE,
	    .ids = {message.msg_id, message.msg_id},
	    .message = message,
	    .own = strcmp(message.from, client_address(client)) == 0,
	    .system = change != NULL,
	    .quote = quote};
	item->name = mem_strdup(change ? "" : client_name(client, message.from));
	item->mention = !item->own && !change && message.text && !message.recalled &&
	                client_is_mention(client, message.text);
	item->reactions = join_reactions(&message);
	init_body(item, shown);
	free(shown);
	free(change);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool
item_shows(const struct item *item, const struct message *m)
{
	const struct message *old = &item->message;
	bool same = item->kind == ITEM_MESSAGE && old->msg_id == m->msg_id &&
	            old->stamp == m->stamp && old->edited == m->edited &&
	            old->recalled == m->recalled && old->aside == m->aside &&
	            old->state == m->state && old->reaction_count == m->reaction_count &&
	            same_text(old->text, m->text) && same_text(old->from, m->from);

	for (size_t i = 0; same && i < m->reaction_count; i++)
		same = same_text(old->reactions[i].text, m->reactions[i].text) &&
		       same_text(old->reactions[i].from, m->reactions[i].from);
	return same;
}

void
item_init_hole(struct item *item, struct id_range ids)
{
	*item = (struct item){.kind = ITEM_HOLE, .ids = ids};
}

void
item_finish(struct item *item)
{
	if (item->kind == ITEM_MESSAGE)
		message_finish(&item->message);
	free(item->name);
	free(item->quote);
	free(item->reactions);
	body_finish(&item->body);
}

static int
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool
begins(const char *text, const char *words, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (fold(text[i]) != fold(words[i]))
			return false;
	return true;
}

void
item_mark(struct item *item, const char *words)
{
	struct body *body = &item->body;
	size_t length = strlen(words);

	if (item->kind != ITEM_MESSAGE || !length)
		return;
	for (size_t at = 0; at + length <= body->length; at++) {
		if (!begins(body->text + at, words, length))
			continue;
		body_mark(body, at, at + length, SPAN_MATCH);
		at += length - 1;
	}
}

/* ---- its rows ---- */

enum row_kind { ROW_DAY, ROW_NEW, ROW_QUOTE, ROW_TEXT, ROW_REACTIONS, ROW_HOLE, ROW_NAME };

static bool
is_narrow(const struct item_look *look)
{
	return look->width < NARROW;
}

/* Where the text begins. */
static int
indent(const struct item *item, const struct item_look *look)
{
	if (item->system)
		return TIME_COLUMNS;
	return is_narrow(look) ? 2 : TIME_COLUMNS + NAME_COLUMNS + 1;
}

static int
text_width(const struct item *item, const struct item_look *look)
{
	int width = look->width - indent(item, look) - (item->own ? STATE_COLUMNS : 0);

	return width < 1 ? 1 : width;
}

/* What stands in a row of the item; *line: which line of its text. */
static enum row_kind
row_kind(const struct item *item, const struct item_look *look, int row, int *line)
{
	if (item->new_day && row-- == 0)
		return ROW_DAY;
	if (item->first_new && row-- == 0)
		return ROW_NEW;
	if (item->kind == ITEM_HOLE)
		return ROW_HOLE;
	if (is_narrow(look) && !item->system && item->new_name && row-- == 0)
		return ROW_NAME;
	if (item->quote && row-- == 0)
		return ROW_QUOTE;
	*line = row;
	return row < (int)item->body.line_count ? ROW_TEXT : ROW_REACTIONS;
}

int
item_rows(struct item *item, const struct item_look *look)
{
	int rows = item->new_day + item->first_new;

	if (item->kind == ITEM_HOLE)
		return rows + 1;
	body_wrap(&item->body, text_width(item, look), look->widths);
	rows += is_narrow(look) && !item->system && item->new_name;
	return rows + (item->quote != NULL) + (int)item->body.line_count +
	       (item->reactions != NULL);
}

/* ---- drawing ---- */

struct pen {
	const struct item_look *look;
	struct screen *screen;
	int row, column, end; /* on the screen */
};

static void
put(struct pen *pen, enum theme_part part, const char *text, size_t length, const char *link)
{
	if (pen->column >= pen->end)
		return;
	pen->column += screen_put(pen->screen, pen->row, pen->column, pen->end - pen->column, text,
	    length, theme_style(pen->look->theme, part), link);
}

static void
put_string(struct pen *pen, enum theme_part part, const char *text)
{
	put(pen, part, text, strlen(text), NULL);
}

/* "── words ──────" over the whole width. */
static void
draw_rule(struct pen *pen, enum theme_part part, const char *words)
{
	const char *dash = pen->look->utf8 ? "─" : "-";

	put_string(pen, part, dash);
	put_string(pen, part, dash);
	put_string(pen, part, " ");
	put_string(pen, part, words);
	put_string(pen, part, " ");
	while (pen->column < pen->end)
		put_string(pen, part, dash);
}

static void
draw_day(struct pen *pen, const struct item *item)
{
	static const char *const names[] = {N_("Thursday"), N_("Friday"), N_("Saturday"),
	    N_("Sunday"), N_("Monday"), N_("Tuesday"), N_("Wednesday")};
	char local[TIME_ISO_SIZE], *words;
	int64_t day;

	time_local(item->message.time, local);
	local[10] = '\0';
	/* The weekday of the local date: days since 1970-01-01, which was the first of `names`. */
	day = 0;
	time_iso_parse(local, &day);
	day /= 24 * 3600 * TIME_SECOND;
	words = mem_printf("%s, %s", _(names[((day % 7) + 7) % 7]), local);
	draw_rule(pen, THEME_DAY, words);
	free(words);
}

static void
draw_hole(struct pen *pen, const struct item *item)
{
	char *said = say_hole(item->ids.last - item->ids.first + 1);
	char *words = pen->look->loading ? mem_printf(_("%s, loading…"), said) : mem_strdup(said);

	draw_rule(pen, THEME_HOLE, words);
	free(words);
	free(said);
}

/* Each author in one colour, everywhere and always. */
static enum theme_part
name_part(const struct item *item)
{
	uint32_t hash = 2166136261U;

	if (item->own)
		return THEME_OWN_NAME;
	for (const char *p = item->message.from; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619U;
	return THEME_NAME_1 + (hash >> 8) % THEME_NAMES;
}

static enum theme_part
text_part(const struct item *item, enum span_kind kind)
{
	if (kind == SPAN_MATCH)
		return THEME_SEARCH_MATCH;
	if (kind == SPAN_NOTE)
		return item->message.aside ? THEME_ERROR : THEME_EDITED;
	if (item->message.recalled)
		return THEME_RECALLED;
	if (kind == SPAN_LINK)
		return THEME_LINK;
	if (item->system)
		return THEME_SYSTEM;
	return item->mention ? THEME_MENTION : THEME_MESSAGE;
}

static void
draw_time(struct pen *pen, const struct item *item)
{
	char local[TIME_ISO_SIZE];

	time_local(item->message.time, local);
	put(pen, pen->look->selected ? THEME_LIST_SELECTED : THEME_TIME, local + 11, 5, NULL);
	put_string(pen, THEME_TIME, " ");
}

/* The name to the right of its column, cut where it is longer. */
static void
draw_name(struct pen *pen, const struct item *item)
{
	const struct widths *widths = pen->look->widths;
	size_t length = strlen(item->name);
	int used, columns = cluster_columns(item->name, length, widths);

	if (columns > NAME_COLUMNS) {
		length = cluster_fit(item->name, length, NAME_COLUMNS - 1, &used, widths);
		columns = used + 1;
	}
	pen->column += NAME_COLUMNS - columns;
	put(pen, name_part(item), item->name, length, NULL);
	if (item->name[length])
		put_string(pen, name_part(item), pen->look->utf8 ? "…" : "~");
}

struct mark {
	enum theme_part part;
	const char *utf8, *ascii;
};

/* What became of an own message. In letters where there is no colour to tell two ticks apart. */
static void
draw_state(struct pen *pen, const struct item *item)
{
	static const struct mark marks[] = {
	    [STATE_QUEUED] = {THEME_STATE_QUEUED, "…", "q"},
	    [STATE_SENT] = {THEME_STATE_SENT, "✓", "s"},
	    [STATE_DELIVERED] = {THEME_STATE_DELIVERED, "✓✓", "d"},
	    [STATE_READ] = {THEME_STATE_READ, "✓✓", "r"},
	    [STATE_FAILED] = {THEME_STATE_FAILED, "✗", "!"},
	};
	const struct mark *mark = &marks[item->message.state];
	bool ticks = pen->look->utf8 && !theme_is_mono(pen->look->theme);

	if (item->message.state == STATE_NONE || item->system || !mark->utf8)
		return;
	pen->column = pen->end - STATE_COLUMNS + 1;
	put_string(pen, mark->part, ticks ? mark->utf8 : mark->ascii);
}

static void
draw_text(struct pen *pen, const struct item *item, size_t line)
{
	const struct body *body = &item->body;
	size_t at = body->lines[line].begin, end = body->lines[line].end;

	while (at < end) {
		enum span_kind kind;
		size_t next = body_run(body, at, end, &kind);
		char *link = NULL;

		if (kind == SPAN_LINK && pen->look->links)
			link = body_link(body, at);
		put(pen, text_part(item, kind), body->text + at, next - at, link);
		free(link);
		at = next;
	}
}

/* Before the text: when and by whom, in its first line. */
static void
draw_head(struct pen *pen, const struct item *item, size_t line)
{
	int start = pen->column, text = start + indent(item, pen->look);

	if (line == 0 && (item->system || !is_narrow(pen->look))) {
		draw_time(pen, item);
		if (!item->system && item->new_name)
			draw_name(pen, item);
	} else if (line == 0 && pen->look->selected && !item->new_name) {
		put_string(pen, THEME_LIST_SELECTED, ">");
	}
	pen->column = text;
}

static void
draw_narrow_name(struct pen *pen, const struct item *item)
{
	draw_time(pen, item);
	put_string(pen, name_part(item), item->name);
}

static void
draw_quote(struct pen *pen, const struct item *item)
{
	pen->column += indent(item, pen->look);
	put_string(pen, THEME_QUOTE, pen->look->utf8 ? "▎" : "| ");
	put_string(pen, THEME_QUOTE, item->quote);
}

void
item_draw(struct item *item, const struct item_look *look, int row, struct screen *screen,
    int screen_row, int screen_column)
{
	struct pen pen = {look, screen, screen_row, screen_column, screen_column + look->width};
	int line = 0;

	switch (row_kind(item, look, row, &line)) {
	case ROW_DAY:
		draw_day(&pen, item);
		return;
	case ROW_NEW:
		draw_rule(&pen, THEME_NEW_LINE, _("new"));
		return;
	case ROW_HOLE:
		draw_hole(&pen, item);
		return;
	case ROW_NAME:
		draw_narrow_name(&pen, item);
		return;
	case ROW_QUOTE:
		draw_quote(&pen, item);
		return;
	case ROW_REACTIONS:
		pen.column += indent(item, look);
		put_string(&pen, THEME_REACTION, item->reactions);
		return;
	case ROW_TEXT:
		break;
	}
	draw_head(&pen, item, (size_t)line);
	if (item->own)
		pen.end -= STATE_COLUMNS;
	draw_text(&pen, item, (size_t)line);
	if (item->own && line + 1 == (int)item->body.line_count) {
		pen.end += STATE_COLUMNS;
		draw_state(&pen, item);
	}
}
