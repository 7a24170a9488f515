#include "model/address.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { QUOTED_MAX = 80 }; /* bytes of what was typed, in a sentence */

static bool
is_part_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static size_t
part_length(const char *text)
{
	size_t length = 0;

	while (is_part_character(text[length]))
		length++;
	return length;
}

bool
address_is_valid(const char *text)
{
	const char *user = text[0] == '#' ? text + 1 : text;
	size_t length = part_length(user);
	const char *domain;

	if (length < 1 || length > ADDRESS_PART_MAX || user[length] != '@')
		return false;
	domain = user + length + 1;
	length = part_length(domain);
	return length >= 1 && length <= ADDRESS_PART_MAX && domain[length] == '\0';
}

enum status
address_parse(struct address *address, const char *text, const char *domain, struct error *err)
{
	struct address a;
	int length;

	if (strchr(text, '@') || !domain)
		length = snprintf(a.text, sizeof a.text, "%s", text);
	else
		length = snprintf(a.text, sizeof a.text, "%s@%s", text, domain);
	for (char *p = a.text; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	if (a.text[0] == '+')
		a.text[0] = '#';
	if (length < 0 || (size_t)length >= sizeof a.text || !address_is_valid(a.text))
		return error_set(err, STATUS_USAGE,
		    "'%.*s' is not an address: write user@domain, each of 1 to 64 letters, "
		    "digits, '.', '_' or '-'",
		    text_cut(text, QUOTED_MAX), text);
	*address = a;
	return STATUS_OK;
}

bool
address_is_group(const char *address)
{
	return address[0] == '#';
}

const char *
address_domain(const char *address)
{
	const char *at = strchr(address, '@');

	return at ? at + 1 : "";
}
