#include "tui/edit_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/edit.h"

static void
list_finish(struct history_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i]);
	free(list->entries);
	free(list->conversation);
}

void
history_clear(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		list_finish(&history->lists[i]);
	free(history->lists);
	memset(history, 0, sizeof *history);
}

static struct history_list *
find(const struct history *history, const char *conversation)
{
	for (size_t i = 0; i < history->count; i++)
		if (strcmp(history->lists[i].conversation, conversation) == 0)
			return &history->lists[i];
	return NULL;
}

/* An empty list, where need be in the place of the one that was used the longest ago. */
static struct history_list *
make(struct history *history, const char *conversation)
{
	struct history_list *list;

	if (!history->lists)
		history->lists = mem_zalloc(EDIT_HISTORY_CONVERSATIONS, sizeof history->lists[0]);
	if (history->count < EDIT_HISTORY_CONVERSATIONS) {
		list = &history->lists[history->count++];
	} else {
		list = &history->lists[0];
		for (size_t i = 1; i < history->count; i++)
			if (history->lists[i].used < list->used)
				list = &history->lists[i];
		list_finish(list);
	}
	memset(list, 0, sizeof *list);
	list->conversation = mem_strdup(conversation);
	return list;
}

static void
drop_oldest(struct history_list *list)
{
	size_t drop = 0;

	while (drop + 1 < list->count &&
	       (list->count - drop > EDIT_HISTORY_ENTRIES || list->bytes > EDIT_HISTORY_BYTES)) {
		list->bytes -= strlen(list->entries[drop]);
		free(list->entries[drop++]);
	}
	if (!drop)
		return;
	list->count -= drop;
	memmove(list->entries, list->entries + drop, list->count * sizeof list->entries[0]);
}

void
history_add(struct history *history, const char *conversation, const char *text)
{
	struct history_list *list = find(history, conversation);

	if (!*text || (list && list->count && strcmp(list->entries[list->count - 1], text) == 0))
		return;
	if (!list)
		list = make(history, conversation);
	list->used = ++history->clock;
	list->entries = mem_resize(list->entries, list->count + 1, sizeof list->entries[0]);
	list->entries[list->count++] = mem_strdup(text);
	list->bytes += strlen(text);
	drop_oldest(list);
}

size_t
history_count(const struct history *history, const char *conversation)
{
	const struct history_list *list = find(history, conversation);

	return list ? list->count : 0;
}

const char *
history_entry(const struct history *history, const char *conversation, size_t back)
{
	const struct history_list *list = find(history, conversation);

	return list && back < list->count ? list->entries[list->count - 1 - back] : NULL;
}
