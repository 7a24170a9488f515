#include "head_news.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/limits.h"
#include "wire/sync.h"

struct head_event {
	int64_t account_id;
	struct conversation_head head; /* its string is owned */
};

void
head_news_add(struct head_news *news, int64_t account_id, const struct conversation_head *head)
{
	struct head_event *last = news->count ? &news->events[news->count - 1] : NULL;
	char *conversation = mem_strdup(head->conversation);

	if (last && last->account_id == account_id &&
	    strcmp(last->head.conversation, conversation) == 0) {
		free((char *)last->head.conversation);
	} else {
		/* Room grows by powers of two: count is one of them where it is used up. */
		if ((news->count & (news->count - 1)) == 0)
			news->events = mem_resize(
			    news->events, news->count ? 2 * news->count : 1, sizeof *last);
		last = &news->events[news->count++];
	}
	*last = (struct head_event){account_id, *head};
	last->head.conversation = conversation;
}

void
head_news_publish(const struct head_news *news, struct pools *pools, int64_t not_to)
{
	for (size_t i = 0; i < news->count; i++) {
		const struct head_event *event = &news->events[i];
		struct buf json;

		if (!pools_wants(pools, event->account_id, not_to)) {
			pools_publish(pools, event->account_id, not_to, event->head.stamp, NULL, 0);
			continue;
		}
		buf_init(&json, LIMIT_ANSWER);
		event_write_head(&json, &event->head);
		pools_publish(
		    pools, event->account_id, not_to, event->head.stamp, json.data, json.length);
		buf_finish(&json);
	}
}

void
head_news_clear(struct head_news *news)
{
	for (size_t i = 0; i < news->count; i++)
		free((char *)news->events[i].head.conversation);
	free(news->events);
	*news = (struct head_news){0};
}
