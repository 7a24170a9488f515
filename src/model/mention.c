#include "model/mention.h"

#include <string.h>

#include "base/words.h"
#include "model/address.h"

enum { PLAIN_MIN = 3 }; /* a shorter user part is a word of some language */

/* Without a locale: what addresses are made of is ASCII. */
static char
lowered(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
is_alphanumeric(char c)
{
	c = lowered(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_joining(char c)
{
	return c == '.' || c == '_' || c == '-';
}

/* Whether the text goes on with these characters, which are lower case. */
static bool
begins_with(const char *text, const char *part, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (lowered(text[i]) != part[i])
			return false;
	return true;
}

/* Whether a longer address or name goes on at `at`, behind a user part or a domain. */
static bool
goes_on(const char *at)
{
	while (is_joining(*at))
		at++;
	return is_alphanumeric(*at);
}

/* Whether what stands before text[begin] makes it a piece of another name, or another's domain. */
static bool
is_piece(const char *text, size_t begin)
{
	size_t at = begin;

	while (at > 0 && is_joining(text[at - 1]))
		at--;
	if (at < begin)
		return at > 0 && is_alphanumeric(text[at - 1]);
	return at > 1 && text[at - 1] == '@' &&
	       (is_alphanumeric(text[at - 2]) || is_joining(text[at - 2]));
}

/* What stands behind the user part: nothing of an address, or the rest of this one. */
static bool
fits_behind(const char *at, const char *domain)
{
	size_t length = strlen(domain);

	if (*at != '@' || !is_alphanumeric(at[1]))
		return !goes_on(at);
	return begins_with(at + 1, domain, length) && !goes_on(at + 1 + length);
}

/* Walks a text's words along its bytes. */
struct edges {
	struct word_list words;
	bool made;
	size_t next; /* the first word that begins at the last place asked for, or behind it */
};

/* Whether a word has its beginning or its end at `place`, or none is there. Places asked for don't
 * descend but by the length of a name. Ends ascend as beginnings do: the last word that begins
 * before a place is the one that could go over it. */
static bool
is_edge(struct edges *edges, size_t place)
{
	const struct word *words = edges->words.words;

	while (edges->next < edges->words.count && words[edges->next].begin < place)
		edges->next++;
	while (edges->next > 0 && words[edges->next - 1].begin >= place)
		edges->next--;
	return edges->next == 0 || words[edges->next - 1].end <= place;
}

static void
make_words(struct edges *edges, const char *text)
{
	if (!edges->made)
		word_list_make(&edges->words, text, strlen(text));
	edges->made = true;
}

static bool
has_user(const char *text, struct edges *edges, const char *address)
{
	const char *domain = address_domain(address);
	size_t user = strcspn(address, "@");

	for (size_t at = 0; text[at]; at++) {
		if (lowered(text[at]) != address[0] || !begins_with(text + at, address, user))
			continue;
		if (user < PLAIN_MIN && (at == 0 || text[at - 1] != '@'))
			continue;
		if (is_piece(text, at) || !fits_behind(text + at + user, domain))
			continue;
		make_words(edges, text);
		if (is_edge(edges, at) && is_edge(edges, at + user))
			return true;
	}
	return false;
}

static bool
has_display(const char *text, struct edges *edges, const char *display)
{
	struct word_list phrase;
	bool prefix = false, found = false;

	word_list_make_phrase(&phrase, display, strlen(display), &prefix);
	if (phrase.count > 1 || (phrase.count == 1 && phrase.words[0].kind != WORD_LONE &&
	                            phrase.words[0].length >= PLAIN_MIN)) {
		make_words(edges, text);
		for (size_t at = 0; at < edges->words.count && !found; at++)
			found = word_list_match(&edges->words, at, &phrase, prefix);
	}
	word_list_finish(&phrase);
	return found;
}

bool
text_names(const char *text, const char *address, const char *display)
{
	struct edges edges = {.next = 0};
	bool found = (strchr(address, '@') && has_user(text, &edges, address)) ||
	             (display && *display && has_display(text, &edges, display));

	if (edges.made)
		word_list_finish(&edges.words);
	return found;
}
