/* Asking for a password. */
#ifndef TERN_CLI_PASSWORD_H
#define TERN_CLI_PASSWORD_H

#include <stdbool.h>

#include "base/status.h"

/* From the first line of standard input. *password is the caller's, for password_free(). USAGE, IO.
 */
enum status password_from_stdin(char **password, struct error *err);

/* From the terminal, without an echo; twice asks again, and both must be the same. USAGE where
 * there is no terminal, AGAIN where the user breaks it off. */
enum status
password_from_terminal(char **password, const char *prompt, bool twice, struct error *err);

/* Wipes and frees. Accepts NULL. */
void password_free(char *password);

#endif
