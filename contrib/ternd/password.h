/* Passwords: Argon2id. Slow on purpose: never on the loop's thread. */
#ifndef TERND_PASSWORD_H
#define TERND_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_HASH_SIZE = 128 };

/* Hashes; weak: at the least cost there is, for tests. False where memory is short. */
bool password_hash(char hash[PASSWORD_HASH_SIZE], const char *password, bool weak);

bool password_matches(const char *hash, const char *password);

#endif
