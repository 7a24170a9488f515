/* recv --exec: one message to one command. */
#ifndef TERN_CLI_EXEC_H
#define TERN_CLI_EXEC_H

#include "client/client.h"

/*
 * Runs command by /bin/sh with the message as JSON on its standard input and TERN_CONVERSATION,
 * TERN_FROM, TERN_MSG_ID, TERN_TIME and TERN_TYPE in its environment: nothing of the message is
 * ever on a command line. Waits until it ends, whatever signal comes meanwhile: only then is it
 * known whether the message is through. AGAIN where it ended with another status than 0; IO,
 * CANNOT_CREATE where it could not run.
 */
enum status
exec_message(const char *command, const struct message *message, bool repeated, struct error *err);

#endif
