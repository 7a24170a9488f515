#include "announce.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ring.h"
#include "wire/limits.h"
#include "wire/sync.h"

struct announcement {
	int64_t account_id; /* 0: for all members that joined at or before msg_id */
	int64_t msg_id;     /* INT64_MAX where it is no message */
	int64_t amends;     /* the message whose text it changes; INT64_MAX for none */
	int64_t stamp;
	struct ring_text *text; /* a reference */
};

/* Room for one item more. Items grow by powers of two: count is one of them where they are full. */
static void *
grow(void *items, size_t count, size_t size)
{
	return count & (count - 1) ? items : mem_resize(items, count ? 2 * count : 1, size);
}

/* Takes what was written into event. */
static void
add(struct announcements *list, struct announcement item, struct buf *event)
{
	item.text = ring_text_create(event->data, event->length);
	buf_finish(event);
	list->items = grow(list->items, list->count, sizeof *list->items);
	list->items[list->count++] = item;
}

void
announce_message(struct announcements *list, const struct message *message, const char *text_json)
{
	const struct message_type *type = message_type_find(message->type);
	struct buf event;

	buf_init(&event, LIMIT_ANSWER);
	event_write_message(&event, message, text_json);
	add(list,
	    (struct announcement){
	        .msg_id = message->msg_id,
	        .amends = type && type->amends && text_json ? message->target : INT64_MAX,
	        .stamp = message->stamp,
	    },
	    &event);
}

static void
add_row(struct announcements *list, int64_t account_id, int64_t stamp, struct buf *event)
{
	add(list,
	    (struct announcement){
	        .account_id = account_id,
	        .msg_id = INT64_MAX,
	        .amends = INT64_MAX,
	        .stamp = stamp,
	    },
	    event);
}

void
announce_group(struct announcements *list, int64_t account_id, const struct group *group)
{
	struct buf event;

	buf_init(&event, LIMIT_ANSWER);
	event_write_group(&event, group);
	add_row(list, account_id, group->stamp, &event);
}

void
announce_head(struct announcements *list, int64_t account_id, const struct conversation_head *head)
{
	struct buf event;

	buf_init(&event, LIMIT_ANSWER);
	event_write_head(&event, head);
	add_row(list, account_id, head->stamp, &event);
}

void
announce_gone(struct announcements *list, int64_t account_id, int64_t last)
{
	list->gone = grow(list->gone, list->gone_count, sizeof *list->gone);
	list->gone[list->gone_count++] = (struct announce_gone){account_id, last};
}

/* One that joined later may not see what an amendment changes, or may, where it was in before or
 * history is open: login-sync knows, and tells it. */
static struct ring_text *
text_for(const struct announcement *item, const struct roster_member *member)
{
	return item->amends < member->joined ? NULL : item->text;
}

static void
publish_to_all(const struct announcements *list, const struct announcement *item,
    struct pools *pools, const struct roster *roster, int64_t not_to)
{
	for (size_t i = 0; i < roster->count; i++) {
		const struct roster_member *member = &roster->members[i];

		if (member->account_id != not_to && member->joined <= item->msg_id)
			pools_publish_text(
			    pools, member->account_id, 0, item->stamp, text_for(item, member));
	}
	for (size_t i = 0; i < list->gone_count; i++)
		if (list->gone[i].last >= item->msg_id)
			pools_publish_text(
			    pools, list->gone[i].account_id, 0, item->stamp, item->text);
}

void
announce_publish(const struct announcements *list, struct pools *pools, const struct roster *roster,
    int64_t not_to)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct announcement *item = &list->items[i];

		if (item->account_id)
			pools_publish_text(pools, item->account_id, 0, item->stamp, item->text);
		else
			publish_to_all(list, item, pools, roster, not_to);
	}
}

void
announce_clear(struct announcements *list)
{
	for (size_t i = 0; i < list->count; i++)
		ring_text_release(list->items[i].text);
	free(list->items);
	free(list->gone);
	*list = (struct announcements){0};
}
