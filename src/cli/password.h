/* Asking for a password. */
#ifndef TERN_CLI_PASSWORD_H
#define TERN_CLI_PASSWORD_H

#include <stdbool.h>

#include "base/status.h"

/* Both: AGAIN where stop_fd becomes readable; *password is the caller's, for password_free(). */

/* From the first line of standard input. USAGE, IO. */
enum status password_from_stdin(char **password, int stop_fd, struct error *err);

/* From the terminal, without an echo; twice asks again, and both must be the same. USAGE where
 * there is no terminal, IO. */
enum status password_from_terminal(
    char **password, const char *prompt, bool twice, int stop_fd, struct error *err);

/* Wipes and frees. Accepts NULL. */
void password_free(char *password);

#endif
