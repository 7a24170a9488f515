#include "model/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct message_type types[] = {
    {.name = "text",
        .sendable = true,
        .counted = true,
        .amendable = true,
        .target = TARGET_OPTIONAL,
        .text_min = 1,
        .text_max = MESSAGE_TEXT_MAX},
    {.name = "edit",
        .sendable = true,
        .amends = true,
        .target = TARGET_REQUIRED,
        .text_min = 1,
        .text_max = MESSAGE_TEXT_MAX},
    {.name = "recall", .sendable = true, .amends = true, .target = TARGET_REQUIRED},
    {.name = "react",
        .sendable = true,
        .amends = true,
        .target = TARGET_REQUIRED,
        .text_min = 1,
        .text_max = MESSAGE_REACTION_MAX},
    {.name = "unreact",
        .sendable = true,
        .amends = true,
        .target = TARGET_REQUIRED,
        .text_min = 1,
        .text_max = MESSAGE_REACTION_MAX},
    {.name = "created", .text_max = MESSAGE_TEXT_MAX},
    {.name = "added", .text_max = MESSAGE_TEXT_MAX},
    {.name = "left", .text_max = MESSAGE_TEXT_MAX},
    {.name = "removed", .text_max = MESSAGE_TEXT_MAX},
    {.name = "role", .text_max = MESSAGE_TEXT_MAX},
    {.name = "renamed", .text_max = MESSAGE_TEXT_MAX},
};

const struct message_type *
message_type_find(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

bool
message_is_amendable(const char *name)
{
	const struct message_type *type = message_type_find(name);

	return type && type->amendable;
}

const char *
message_state_name(enum message_state state)
{
	switch (state) {
	case STATE_QUEUED:
		return "queued";
	case STATE_SENT:
		return "sent";
	case STATE_DELIVERED:
		return "delivered";
	case STATE_READ:
		return "read";
	case STATE_FAILED:
		return "failed";
	case STATE_NONE:
		break;
	}
	return NULL;
}

size_t
message_reaction_tally(const struct message *message, size_t i)
{
	const struct reaction *reactions = message->reactions;
	size_t count = 0;

	for (size_t other = 0; other < message->reaction_count; other++) {
		if (strcmp(reactions[other].text, reactions[i].text) != 0)
			continue;
		if (other < i)
			return 0;
		count++;
	}
	return count;
}

static struct reaction *
copy_reactions(const struct reaction *reactions, size_t count)
{
	struct reaction *copy = mem_zalloc(count, sizeof *copy);

	for (size_t i = 0; i < count; i++)
		copy[i] =
		    (struct reaction){mem_strdup(reactions[i].from), mem_strdup(reactions[i].text)};
	return copy;
}

struct message
message_copy(const struct message *message)
{
	struct message copy = *message;

	copy.conversation = mem_strdup(message->conversation);
	copy.from = mem_strdup(message->from);
	copy.type = mem_strdup(message->type);
	copy.text = mem_strdup(message->text);
	copy.reactions = copy_reactions(message->reactions, message->reaction_count);
	return copy;
}

void
message_finish(struct message *copy)
{
	free((char *)copy->conversation);
	free((char *)copy->from);
	free((char *)copy->type);
	free((char *)copy->text);
	for (size_t i = 0; i < copy->reaction_count; i++) {
		free((char *)copy->reactions[i].from);
		free((char *)copy->reactions[i].text);
	}
	free((struct reaction *)copy->reactions);
	*copy = (struct message){.state = STATE_NONE};
}
