#include "tui/cluster.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unigbrk.h>
#include <unistr.h>
#include <uniwidth.h>

enum {
	VS16 = 0xFE0F,
	PICTURES = 0x1F000, /* from here on, near enough */
	REGIONAL_FIRST = 0x1F1E6,
	REGIONAL_LAST = 0x1F1FF
};

void
widths_init(struct widths *widths)
{
	*widths = (struct widths){.zwj_joined = true};
}

/* A code point in hexadecimal. */
static bool
parse_character(const char **text, uint32_t *c)
{
	char *end;
	unsigned long value;

	if (!isxdigit((unsigned char)**text))
		return false;
	value = strtoul(*text, &end, 16);
	if (value > 0x10FFFF)
		return false;
	*c = (uint32_t)value;
	*text = end;
	return true;
}

static bool
add_range(struct widths *widths, const char *setting)
{
	struct width_range range;

	if (!parse_character(&setting, &range.first))
		return false;
	range.last = range.first;
	if (*setting == '-') {
		setting++;
		if (!parse_character(&setting, &range.last))
			return false;
	}
	if (setting[0] != '=' || setting[1] < '0' || setting[1] > '2' || setting[2] ||
	    range.last < range.first || widths->range_count == WIDTH_RANGES)
		return false;
	range.columns = setting[1] - '0';
	widths->ranges[widths->range_count++] = range;
	return true;
}

bool
widths_set(struct widths *widths, const char *setting)
{
	static const struct {
		const char *setting;
		size_t offset;
		bool value;
	} words[] = {
	    {"ambiguous=1", offsetof(struct widths, ambiguous_wide), false},
	    {"ambiguous=2", offsetof(struct widths, ambiguous_wide), true},
	    {"vs16=1", offsetof(struct widths, vs16_wide), false},
	    {"vs16=2", offsetof(struct widths, vs16_wide), true},
	    {"zwj=apart", offsetof(struct widths, zwj_joined), false},
	    {"zwj=joined", offsetof(struct widths, zwj_joined), true},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(setting, words[i].setting) != 0)
			continue;
		*(bool *)((char *)widths + words[i].offset) = words[i].value;
		return true;
	}
	return add_range(widths, setting);
}

/* ---- widths ---- */

static int
width_of(ucs4_t c, const struct widths *widths)
{
	int width;

	for (int i = widths->range_count; i-- > 0;)
		if (c >= widths->ranges[i].first && c <= widths->ranges[i].last)
			return widths->ranges[i].columns;
	/* Emoji yet to come: the library knows those of its day, the terminal may be younger. */
	if (c >= 0x1FA70 && c <= 0x1FAFF)
		return 2;
	width = uc_width(c, widths->ambiguous_wide ? "EUC-JP" : "UTF-8");
	return width < 0 ? 1 : width;
}

/* May be drawn as a picture, or begin a sequence that is. */
static bool
is_pictographic(ucs4_t c)
{
	return c >= PICTURES || (c >= 0x2190 && c <= 0x2BFF) || c == 0xA9 || c == 0xAE ||
	       c == 0x3030 || c == 0x303D || c == 0x3297 || c == 0x3299;
}

static bool
is_regional(ucs4_t c)
{
	return c >= REGIONAL_FIRST && c <= REGIONAL_LAST;
}

/* ---- clusters ---- */

static ucs4_t
character(const uint8_t *p, const uint8_t *end)
{
	ucs4_t c;

	return p < end && u8_mbtoucr(&c, p, (size_t)(end - p)) > 0 ? c : 0xFFFD;
}

static bool
ends_in_joiner(const uint8_t *begin, const uint8_t *end)
{
	return end - begin > 3 && memcmp(end - 3, "\xE2\x80\x8D", 3) == 0;
}

/*
 * The library looks at two characters at a time: what needs more is joined here (rules GB11 to GB13
 * of UAX #29): pictures with joiners between them, and flags, which are pairs of letters.
 */
static const uint8_t *
cluster_end(const uint8_t *begin, const uint8_t *end, const struct widths *widths)
{
	const uint8_t *limit = begin + CLUSTER_MAX < end ? begin + CLUSTER_MAX : end;
	const uint8_t *at = u8_grapheme_next(begin, limit);
	ucs4_t first = character(begin, end);

	if (is_regional(first) && at - begin == 4 && is_regional(character(at, limit)))
		return u8_grapheme_next(at, limit);
	while (widths->zwj_joined && at < limit && is_pictographic(first) &&
	       ends_in_joiner(begin, at) && is_pictographic(character(at, limit)))
		at = u8_grapheme_next(at, limit);
	return at;
}

/* A cluster isn't cut within a character. */
static size_t
cut(const uint8_t *begin, size_t bytes)
{
	size_t kept = 0;
	ucs4_t c;

	while (kept < bytes) {
		int n = u8_mbtoucr(&c, begin + kept, bytes - kept);

		if (n <= 0)
			break;
		kept += (size_t)n;
	}
	return kept ? kept : bytes;
}

/*
 * A picture takes the room of its widest part, whatever joins it. Letters add up: the vowel signs
 * of Thai and of the scripts of India stand beside theirs.
 */
static void
measure(const uint8_t *begin, struct cluster *cluster, const struct widths *widths)
{
	const uint8_t *p = begin, *end = begin + cluster->bytes;
	ucs4_t first = character(begin, end);
	bool picture = is_pictographic(first), emoji = false;
	int widest = 0, sum = 0;

	while (p < end) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, p, (size_t)(end - p));
		int width;

		if (n <= 0)
			break;
		width = width_of(c, widths);
		emoji |= c == VS16;
		widest = width > widest ? width : widest;
		sum += width;
		p += n;
	}
	if (is_regional(first) && cluster->bytes > 4)
		widest = 2;
	if (emoji && widest == 1 && widths->vs16_wide)
		widest = 2;
	cluster->columns = picture || sum < widest ? widest : sum < 2 ? sum : 2;
	cluster->most = sum > cluster->columns ? sum : cluster->columns;
	if ((emoji || first >= PICTURES) && cluster->most < 2)
		cluster->most = 2;
	/* Not lines and arrows, which are drawn by the dozen. */
	cluster->unsure = emoji || sum > widest || first >= PICTURES || (picture && widest == 2);
}

struct cluster
cluster_next(const char *text, size_t length, const struct widths *widths)
{
	const uint8_t *begin = (const uint8_t *)text;
	struct cluster cluster = {.bytes = 1, .columns = 1, .most = 1};
	ucs4_t c;

	/* Most text is this. */
	if (begin[0] < 0x80 && (length == 1 || begin[1] < 0x80))
		return cluster;
	if (u8_mbtoucr(&c, begin, length) <= 0)
		return cluster;
	cluster.bytes = (size_t)(cluster_end(begin, begin + length, widths) - begin);
	if (cluster.bytes >= CLUSTER_MAX - 3)
		cluster.bytes = cut(begin, cluster.bytes);
	measure(begin, &cluster, widths);
	if (begin[0] < 0x20 || begin[0] == 0x7F)
		cluster.columns = cluster.most = 1;
	return cluster;
}

int
cluster_columns(const char *text, size_t length, const struct widths *widths)
{
	int columns;

	(void)cluster_fit(text, length, INT32_MAX, &columns, widths);
	return columns;
}

size_t
cluster_fit(const char *text, size_t length, int columns, int *used, const struct widths *widths)
{
	size_t at = 0;
	int column = 0;

	while (at < length) {
		struct cluster cluster = cluster_next(text + at, length - at, widths);

		if (cluster.columns > columns - column)
			break;
		column += cluster.columns;
		at += cluster.bytes;
	}
	if (used)
		*used = column;
	return at;
}
