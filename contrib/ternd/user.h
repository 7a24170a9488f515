/* `ternd user`: accounts, made by the operator, also while a server runs on the same store. */
#ifndef TERND_USER_H
#define TERND_USER_H

#include "server.h"

/*
 * Adds an account to config->store. address is as a person typed it; the first domain of config is
 * taken where it has none. USAGE (address or password is no good), DENIED (a domain not served),
 * CONFLICT (taken), CANNOT_CREATE, CONFIG, IO.
 */
enum status user_add(const struct server_config *config, const char *address, const char *password,
    struct error *err);

#endif
