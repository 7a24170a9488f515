/* The server's life: parts are made in order, it serves, it drains, parts go in order. */
#ifndef TERND_SERVER_RUN_H
#define TERND_SERVER_RUN_H

#include "server.h"

/*
 * Serves until SIGTERM or SIGINT; "ternd: listening on URL" is on stdout once it is ready. Then it
 * stops accepting, answers what is under way and what is held, commits and returns OK; a second
 * signal ends the process at once. USAGE (config->listen), UNAVAILABLE (address), CANNOT_CREATE,
 * CONFIG (the store), IO.
 */
enum status server_run(const struct server_config *config, struct error *err);

#endif
