/* The piece of a text that shows why it was found. */
#ifndef TERN_CLIENT_SNIPPET_H
#define TERN_CLIENT_SNIPPET_H

#include "client/client.h"
#include "client/query.h"

struct snippet {
	char *text;                /* one line, unfiltered; owned, as the next */
	struct client_span *marks; /* bytes of text: what was searched for, ascending, apart */
	size_t count;
};

/* Makes it from a whole text. snippet_finish() frees. */
void snippet_make(struct snippet *snippet, const char *text, const struct query *query);
void snippet_finish(struct snippet *snippet);

#endif
