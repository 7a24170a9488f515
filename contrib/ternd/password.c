#include "password.h"

#include <sodium.h>
#include <string.h>

_Static_assert((int)PASSWORD_HASH_SIZE == (int)crypto_pwhash_STRBYTES, "the hash's size");

bool
password_hash(char hash[PASSWORD_HASH_SIZE], const char *password, bool weak)
{
	return crypto_pwhash_str(hash, password, strlen(password),
	           weak ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
	           weak ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

bool
password_matches(const char *hash, const char *password)
{
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
