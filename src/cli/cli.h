/* The command line as a whole. */
#ifndef TERN_CLI_CLI_H
#define TERN_CLI_CLI_H

#include "cli/command.h"
#include "cli/front.h"

/* Runs what the words ask for. Returns the exit code (tern(1), EXIT STATUS). SIGINT, SIGTERM and
 * SIGHUP end it cleanly. */
int cli_main(int argc, char **argv, const struct front *front);

void cli_print_version(enum format format);

#endif
