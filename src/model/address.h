/*
 * Addresses: user@domain for an account, #name@domain for a group (+name is accepted for it).
 * Both sides of the @ are [a-z0-9._-]{1,64}. An address is the key of an account everywhere.
 */
#ifndef TERN_MODEL_ADDRESS_H
#define TERN_MODEL_ADDRESS_H

#include <stdbool.h>

#include "base/status.h"

enum {
	ADDRESS_PART_MAX = 64,
	ADDRESS_SIZE = 1 + ADDRESS_PART_MAX + 1 + ADDRESS_PART_MAX + 1, /* with # and the 0 */
};

struct address {
	char text[ADDRESS_SIZE];
};

/*
 * Reads an address a person typed: letters are lowered, +name becomes #name, and where the
 * domain is left out, domain (may be NULL) is taken. USAGE with a sentence.
 */
enum status
address_parse(struct address *address, const char *text, const char *domain, struct error *err);

/* True where text is an address exactly as the protocol writes it (nothing to lower or add). */
bool address_is_valid(const char *text);

bool address_is_group(const char *address);

/* The part behind the @ of a valid address. Borrowed from it. */
const char *address_domain(const char *address);

#endif
