/* Help, made from the tables of command.h. */
#ifndef TERN_CLI_HELP_H
#define TERN_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

void help_all(FILE *out);
void help_command(FILE *out, const struct command *command);

#endif
