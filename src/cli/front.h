/* What the command line starts but does not know: main.c gives it. */
#ifndef TERN_CLI_FRONT_H
#define TERN_CLI_FRONT_H

#include "base/buf.h"
#include "base/status.h"
#include "client/client.h"

/* What is asked of the chat's configuration. */
enum front_config {
	FRONT_CONFIG_ALL,
	FRONT_CONFIG_KEYS,
	FRONT_CONFIG_CHECK,
};

struct front_chat {
	const char *who; /* as typed; NULL: the conversation that was active last */
};

struct front {
	/* Runs the chat until it is left; config is what the client was opened with. CONFIG: the
	 * terminal can't do it. IO. */
	enum status (*chat)(struct client *client, const struct client_config *config,
	    const struct front_chat *options, struct error *err);

	/* Appends the configuration at path (NULL: the user's own) as text; what is wrong in it
	 * goes to complain(). CONFIG where something is and it was to be checked; NOT_FOUND, IO,
	 * TOO_LARGE. */
	enum status (*config)(enum front_config what, const char *path, struct buf *out,
	    void (*complain)(void *arg, const char *text), void *arg, struct error *err);
};

#endif
