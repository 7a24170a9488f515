/* Work that can wait until nothing else is to be done: indexing, and wiping what was erased. */
#include "client/tidy.h"

#include "base/timeu.h"
#include "client/internal.h"

enum {
	ROWS = 500,    /* messages indexed in one step: some hundredth of a second */
	FEW_ROWS = 50, /* … while somebody types */
	IDLE_MS = 300, /* nothing came for so long: acknowledgements have left */
	RETRY_S = 60,  /* where another process is in the way, or does it */
};

enum tidied { TIDY, UNTIDY, LATER };

static enum tidied
erase(struct client *client)
{
	enum cache_erased erased;
	struct error ignored;

	/* What fails now is tried again by whoever has time next. */
	if (cache_search_erase(client->cache, &erased, &ignored) != STATUS_OK)
		return LATER;
	if (erased == CACHE_ERASED)
		return TIDY;
	return erased == CACHE_ERASE_MORE ? UNTIDY : LATER;
}

static enum tidied
step(struct client *client)
{
	struct cache_search_state state;
	struct error ignored;
	int64_t behind;

	if (cache_search_state(client->cache, &state, &ignored) != STATUS_OK)
		return LATER;
	if (state.behind > 0)
		return cache_search_index(client->cache, client->config.input ? FEW_ROWS : ROWS,
		           &behind, &ignored) == STATUS_OK
		           ? UNTIDY
		           : LATER;
	return state.erasing ? erase(client) : TIDY;
}

void
client_tidy(struct client *client, int64_t deadline)
{
	struct error ignored;

	while (step(client) == UNTIDY && time_mono() < deadline)
		if (client_check_stop(client, &ignored) != STATUS_OK)
			return;
}

void
tidy_when_idle(struct tidy *tidy)
{
	tidy->wanted = true;
	tidy->due = time_mono() + IDLE_MS * TIME_MS;
}

int64_t
tidy_due(const struct tidy *tidy)
{
	return tidy->wanted ? tidy->due : INT64_MAX;
}

void
tidy_look(struct client *client, bool changed)
{
	struct tidy *tidy = &client->tidy;
	int64_t now = time_mono();

	if (!tidy->wanted)
		return;
	if (changed) {
		tidy->due = now + IDLE_MS * TIME_MS;
		return;
	}
	if (now < tidy->due)
		return;
	/* Of several processes the one that holds the line does it. */
	switch (sync_has_line(client->sync) ? step(client) : LATER) {
	case TIDY:
		tidy->due = INT64_MAX;
		break;
	case UNTIDY:
		tidy->due = time_mono();
		break;
	case LATER:
		tidy->due = now + RETRY_S * TIME_SECOND;
		break;
	}
}
