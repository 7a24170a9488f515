/* The chat: all that main knows of it. */
#ifndef TERN_TUI_TUI_H
#define TERN_TUI_TUI_H

#include <stdbool.h>

#include "client/client.h"

struct tui_options {
	const char *who; /* as typed; NULL: the conversation that was active last */
};

/* Runs the chat on the terminal of standard input and output until it is left. CONFIG: the terminal
 * can't do it. IO. What a client call may fail with. config is what the client was opened with. */
enum status tui_chat(struct client *client, const struct client_config *config,
    const struct tui_options *options, struct error *err);

#endif
