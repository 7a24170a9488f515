#include "base/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/mem.h"

enum {
	CLUSTER_MAX = 128,  /* bytes of a character and its marks that are looked at together */
	FORM_MAX = 256,     /* characters that such a cluster may become without allocating */
	CHARACTER_BYTES = 4 /* of UTF-8 */
};

enum class {
	CLASS_NOTHING, /* as if it weren't there */
	CLASS_BREAK,
	CLASS_WORD,
	CLASS_PAIRS,
	CLASS_SYMBOL,
};

/* The word under way, and where it stands. */
struct cutter {
	enum class run; /* CLASS_BREAK, CLASS_WORD or CLASS_PAIRS */
	char text[WORD_MAX];
	size_t length; /* for CLASS_PAIRS: of the last character */
	size_t begin, end;
	bool paired; /* the run has made a pair */
	void (*word)(void *arg, const struct word *word);
	void *arg;
};

/* ---- what a character is ---- */

static bool
is_between(ucs4_t c, ucs4_t first, ucs4_t last)
{
	return c >= first && c <= last;
}

/* Most of what East Asia writes, without asking the tables; and none of it changes its form. */
static bool
is_plain_pair(ucs4_t c)
{
	return is_between(c, 0x4E00, 0x9FFF) || is_between(c, 0xAC00, 0xD7A3) ||
	       is_between(c, 0x3041, 0x3096) || is_between(c, 0x30A1, 0x30FA) || c == 0x30FC ||
	       is_between(c, 0x3400, 0x4DBF);
}

static bool
is_of(ucs4_t c, const char *const *names)
{
	const uc_script_t *script = uc_script(c);

	for (; script && *names; names++)
		if (strcmp(script->name, *names) == 0)
			return true;
	return false;
}

static bool
has_no_spaces(ucs4_t c)
{
	static const char *const names[] = {"Han", "Hiragana", "Katakana", "Hangul", "Bopomofo",
	    "Thai", "Lao", "Khmer", "Myanmar", NULL};

	return is_plain_pair(c) || c == 0x3005 || c == 0x3006 || is_of(c, names);
}

static bool
loses_accents(ucs4_t c)
{
	static const char *const names[] = {"Latin", "Greek", "Cyrillic", NULL};

	return c < 0x80 || is_of(c, names);
}

static enum class classify(ucs4_t c) {
	if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	        (c >= 'A' && c <= 'Z')
	    ? CLASS_WORD
	    : CLASS_BREAK;
	if (is_plain_pair(c)) return CLASS_PAIRS;
	if (uc_is_property_default_ignorable_code_point(c)) return CLASS_NOTHING;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
	                                            UC_CATEGORY_MASK_N)) return has_no_spaces(c)
	    ? CLASS_PAIRS
	    : CLASS_WORD;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_So)) return CLASS_SYMBOL;
	return CLASS_BREAK;
}

/* ---- cutting ---- */

static void
tell(struct cutter *cutter, const char *text, size_t length, size_t begin, size_t end,
    enum word_kind kind)
{
	const struct word word = {text, length, begin, end, kind};

	cutter->word(cutter->arg, &word);
}

static void
finish(struct cutter *cutter)
{
	enum word_kind kind = WORD_WHOLE;

	if (cutter->run == CLASS_PAIRS)
		kind = cutter->paired ? WORD_LAST : WORD_LONE;
	if (cutter->run != CLASS_BREAK)
		tell(cutter, cutter->text, cutter->length, cutter->begin, cutter->end, kind);
	cutter->run = CLASS_BREAK;
}

static void
begin(struct cutter *cutter, enum class run, size_t at)
{
	finish(cutter);
	cutter->run = run;
	cutter->length = 0;
	cutter->begin = at;
	cutter->paired = false;
}

static void
add_to_word(struct cutter *cutter, const char *bytes, size_t length, size_t at, size_t end)
{
	if (cutter->run != CLASS_WORD)
		begin(cutter, CLASS_WORD, at);
	if (cutter->length + length <= sizeof cutter->text) {
		memcpy(cutter->text + cutter->length, bytes, length);
		cutter->length += length;
	}
	cutter->end = end;
}

static void
add_to_pairs(struct cutter *cutter, const char *bytes, size_t length, size_t at, size_t end)
{
	char pair[2 * CHARACTER_BYTES];

	if (cutter->run == CLASS_PAIRS) {
		memcpy(pair, cutter->text, cutter->length);
		memcpy(pair + cutter->length, bytes, length);
		tell(cutter, pair, cutter->length + length, cutter->begin, end, WORD_PAIR);
		cutter->paired = true;
		cutter->begin = at;
	} else {
		begin(cutter, CLASS_PAIRS, at);
	}
	memcpy(cutter->text, bytes, length);
	cutter->length = length;
	cutter->end = end;
}

/* One character in its final form, of what stands in [at, end) of the text. */
static void
add(struct cutter *cutter, ucs4_t c, size_t at, size_t end)
{
	uint8_t bytes[CHARACTER_BYTES + 2];
	int length = u8_uctomb(bytes, c, sizeof bytes);
	enum class class = length > 0 ? classify(c) : CLASS_BREAK;

	switch (class) {
	case CLASS_NOTHING:
		break;
	case CLASS_BREAK:
		finish(cutter);
		break;
	case CLASS_WORD:
		add_to_word(cutter, (const char *)bytes, (size_t)length, at, end);
		break;
	case CLASS_PAIRS:
		add_to_pairs(cutter, (const char *)bytes, (size_t)length, at, end);
		break;
	case CLASS_SYMBOL:
		finish(cutter);
		tell(cutter, (const char *)bytes, (size_t)length, at, end, WORD_WHOLE);
		break;
	}
}

/* ---- a character and its marks, in the form that is compared ---- */

/* Takes off the accents of letters that lose theirs. Returns how many characters are left. */
static size_t
drop_accents(ucs4_t *form, size_t count)
{
	size_t kept = 0;
	bool dropping = false;

	for (size_t i = 0; i < count; i++) {
		bool mark = form[i] >= 0x80 &&
		            uc_is_general_category_withtable(form[i], UC_CATEGORY_MASK_Mn);

		if (!mark)
			dropping = loses_accents(form[i]);
		if (!mark || !dropping)
			form[kept++] = form[i];
	}
	return kept;
}

/* Decomposed and folded, without accents, and composed again. */
static void
add_cluster(struct cutter *cutter, const uint8_t *text, size_t length, size_t at, size_t end)
{
	ucs4_t characters[CLUSTER_MAX], room[FORM_MAX], composed[FORM_MAX];
	size_t count = CLUSTER_MAX, folded_count = FORM_MAX, form_count = FORM_MAX;
	ucs4_t *folded, *form;

	u8_to_u32(text, length, characters, &count);
	folded = u32_casefold(characters, count, NULL, UNINORM_NFKD, room, &folded_count);
	if (!folded)
		return;
	folded_count = drop_accents(folded, folded_count);
	form = u32_normalize(UNINORM_NFC, folded, folded_count, composed, &form_count);
	for (size_t i = 0; form && i < form_count; i++)
		add(cutter, form[i], at, end);
	if (form != composed)
		free(form);
	if (folded != room)
		free(folded);
}

/* The length of what is to be looked at together: a character and its marks. */
static size_t
cluster_length(const uint8_t *text, size_t length)
{
	const uint8_t *end;
	size_t limit = length < CLUSTER_MAX ? length : CLUSTER_MAX;

	while (limit < length && limit > 0 && (text[limit] & 0xC0) == 0x80)
		limit--;
	end = u8_grapheme_next(text, text + limit);
	return end ? (size_t)(end - text) : 1;
}

/* Certainly not a mark, nor anything else that belongs to the character before it. */
static bool
begins_anew(const uint8_t *text, size_t length)
{
	ucs4_t c;

	if (length == 0 || text[0] < 0x80)
		return true;
	return u8_mbtoucr(&c, text, length) > 0 && (c < 0x0300 || is_plain_pair(c));
}

static size_t
take(struct cutter *cutter, const uint8_t *text, size_t length, size_t at)
{
	ucs4_t c;
	int bytes;
	size_t taken;

	if (text[0] < 0x80 && begins_anew(text + 1, length - 1)) {
		c = text[0] >= 'A' && text[0] <= 'Z' ? text[0] - 'A' + 'a' : text[0];
		add(cutter, c, at, at + 1);
		return 1;
	}
	bytes = u8_mbtoucr(&c, text, length);
	if (bytes < 1) {
		finish(cutter);
		return 1;
	}
	if (is_plain_pair(c) && begins_anew(text + bytes, length - (size_t)bytes)) {
		add(cutter, c, at, at + (size_t)bytes);
		return (size_t)bytes;
	}
	taken = cluster_length(text, length);
	if (u8_check(text, taken))
		taken = (size_t)bytes;
	add_cluster(cutter, text, taken, at, at + taken);
	return taken;
}

void
words_of(
    const char *text, size_t length, void (*word)(void *arg, const struct word *word), void *arg)
{
	struct cutter cutter = {.run = CLASS_BREAK, .word = word, .arg = arg};
	size_t at = 0;

	while (at < length)
		at += take(&cutter, (const uint8_t *)text + at, length - at, at);
	finish(&cutter);
}

/* ---- kept ---- */

static void
keep(void *arg, const struct word *word)
{
	struct word_list *list = arg;

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->words = mem_resize(list->words, list->room, sizeof *list->words);
	}
	list->words[list->count++] = *word;
	buf_add(&list->text, word->text, word->length);
}

void
word_list_make(struct word_list *list, const char *text, size_t length)
{
	size_t at = 0;

	*list = (struct word_list){.count = 0};
	buf_init(&list->text, SIZE_MAX / 2);
	words_of(text, length, keep, list);
	for (size_t i = 0; i < list->count; i++) {
		list->words[i].text = list->text.data + at;
		at += list->words[i].length;
	}
}

void
word_list_finish(struct word_list *list)
{
	free(list->words);
	buf_finish(&list->text);
	*list = (struct word_list){.count = 0};
}

void
word_list_make_phrase(struct word_list *list, const char *text, size_t length, bool *prefix)
{
	word_list_make(list, text, length);
	if (list->count == 0)
		return;
	if (list->words[list->count - 1].kind == WORD_LAST)
		list->count--; /* the pair before it says it, wherever the run goes on to */
	else if (list->words[list->count - 1].kind == WORD_LONE)
		*prefix = true;
}

static bool
word_is(const struct word *word, const struct word *asked, bool prefix)
{
	return (prefix ? word->length >= asked->length : word->length == asked->length) &&
	       memcmp(word->text, asked->text, asked->length) == 0;
}

bool
word_list_match(
    const struct word_list *text, size_t at, const struct word_list *phrase, bool prefix)
{
	if (phrase->count == 0 || phrase->count > text->count - at)
		return false;
	for (size_t i = 0; i < phrase->count; i++)
		if (!word_is(
		        &text->words[at + i], &phrase->words[i], prefix && i + 1 == phrase->count))
			return false;
	return true;
}
