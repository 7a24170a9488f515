/*
 * A bar on standard error, where that is a terminal, for what takes longer than a moment. It is
 * wiped before the command ends or says anything else there.
 */
#ifndef TERN_CLI_PROGRESS_H
#define TERN_CLI_PROGRESS_H

#include "cli/command.h"

struct progress {
	const char *what; /* translated: "fetching" */
	bool wanted;      /* standard error is a terminal, and nobody asked for quiet */
	bool shown;
	int64_t next; /* time_mono() of the next drawing */
};

void progress_init(struct progress *progress, const struct cli *cli, const char *what);
/* done of total, both counting the same things; total may change from call to call. */
void progress_show(struct progress *progress, int64_t done, int64_t total);
void progress_wipe(struct progress *progress);

/* client_sync() with a bar; progress and arg of *wanted are not used. Returns its codes. */
enum status progress_sync(
    const struct cli *cli, const struct client_sync *wanted, int64_t *messages, struct error *err);

#endif
