#include "say/say.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "model/group.h"

const char *
say_state(enum message_state state)
{
	switch (state) {
	case STATE_QUEUED:
		return _("queued");
	case STATE_FAILED:
		return _("failed");
	case STATE_DELIVERED:
		return _("delivered");
	case STATE_READ:
		return _("read");
	case STATE_NONE:
	case STATE_SENT:
		break;
	}
	return NULL;
}

char *
say_hole(int64_t count)
{
	if (count == 1)
		return mem_strdup(_("1 message not loaded"));
	return mem_printf(_("%lld messages not loaded"), (long long)count);
}

/* Of "bob@example.org admin": what became of whom. */
static char *
role_sentence(const char *from, const char *whom, const char *word)
{
	enum role role;

	if (role_find(word, &role) && role == ROLE_OWNER)
		return mem_printf(_("%s made %s the owner"), from, whom);
	if (role_find(word, &role) && role == ROLE_ADMIN)
		return mem_printf(_("%s made %s an admin"), from, whom);
	return mem_printf(_("%s made %s a plain member"), from, whom);
}

static char *
sentence(const char *type, const char *from, const char *whom, const char *rest)
{
	if (strcmp(type, "created") == 0)
		return mem_printf(_("%s made the group \"%s\""), from, rest);
	if (strcmp(type, "added") == 0)
		return mem_printf(_("%s added %s"), from, whom);
	if (strcmp(type, "left") == 0)
		return mem_printf(_("%s left"), from);
	if (strcmp(type, "removed") == 0)
		return mem_printf(_("%s removed %s"), from, whom);
	if (strcmp(type, "renamed") == 0)
		return mem_printf(_("%s named the group \"%s\""), from, rest);
	if (strcmp(type, "role") == 0)
		return role_sentence(from, whom, rest);
	return NULL;
}

static bool
names_somebody(const char *type)
{
	return strcmp(type, "added") == 0 || strcmp(type, "removed") == 0 ||
	       strcmp(type, "role") == 0;
}

char *
say_change(const struct message *message, say_name *name, void *arg)
{
	const char *text = message->text ? message->text : "";
	bool named = names_somebody(message->type);
	size_t length = named ? strcspn(text, " ") : 0;
	char *address = mem_strndup(text, length);
	char *from = mem_strdup(name ? name(arg, message->from) : message->from);
	char *whom = mem_strdup(name && named ? name(arg, address) : address);
	char *said =
	    sentence(message->type, from, whom, text + length + (text[length] == ' ' && named));

	free(address);
	free(from);
	free(whom);
	return said;
}
