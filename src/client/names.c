/* How people are named; from the cache. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cache/overview.h"
#include "client/chat.h"
#include "client/internal.h"
#include "model/mention.h"

const char *
client_name(struct client *client, const char *address)
{
	struct error ignored;
	char *name;

	if (cache_name(client->cache, address, &name, &ignored) != STATUS_OK)
		name = NULL;
	if (!name)
		name = mem_strndup(address, strcspn(address, "@"));
	free(client->name);
	client->name = name;
	return name;
}

bool
client_is_mention(struct client *client, const char *text)
{
	struct error ignored;
	char *display;
	bool is;

	if (cache_display_name(client->cache, client_address(client), &display, &ignored) !=
	    STATUS_OK)
		display = NULL;
	is = text_names(text, client_address(client), display);
	free(display);
	return is;
}
