#include "tui/color.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	BLACK,
	RED,
	GREEN,
	YELLOW,
	BLUE,
	MAGENTA,
	CYAN,
	WHITE,
	BRIGHT, /* added to one of them */
	GRAY = BRIGHT + BLACK,
	CUBE = 16, /* 6 × 6 × 6 colours, and behind them 24 grays */
	GRAYS = 232,
};

static const char *const names[BRIGHT] = {
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

/* ---- names ---- */

static bool
is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static bool
parse_hex(uint32_t *color, const char *text, size_t length)
{
	uint32_t rgb = 0;

	if (length != 3 && length != 6)
		return false;
	for (size_t i = 0; i < length; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = text[i] ? strchr(digits, text[i] | 0x20) : NULL;

		if (!digit)
			return false;
		rgb = rgb << 4 | (uint32_t)(digit - digits);
		if (length == 3)
			rgb = rgb << 4 | (uint32_t)(digit - digits);
	}
	*color = COLOR_RGB_FLAG | rgb;
	return true;
}

static bool
parse_number(uint32_t *color, const char *text, size_t length)
{
	unsigned number = 0;

	if (length < 1 || length > 3)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (unsigned)(text[i] - '0');
	}
	*color = (number);
	return number < 256;
}

bool
color_parse(uint32_t *color, const char *text, size_t length)
{
	static const char bright[] = "bright-";
	unsigned add = 0;

	if (is_word(text, length, "default")) {
		*color = COLOR_DEFAULT;
		return true;
	}
	if (is_word(text, length, "gray") || is_word(text, length, "grey")) {
		*color = (GRAY);
		return true;
	}
	if (length && *text == '#')
		return parse_hex(color, text + 1, length - 1);
	if (length > strlen(bright) && strncasecmp(text, bright, strlen(bright)) == 0) {
		add = BRIGHT;
		text += strlen(bright);
		length -= strlen(bright);
	}
	for (unsigned i = 0; i < BRIGHT; i++)
		if (is_word(text, length, names[i])) {
			*color = (i + add);
			return true;
		}
	return !add && parse_number(color, text, length);
}

void
color_put(struct buf *out, uint32_t color)
{
	unsigned value = color & 0xFFFFFF;

	if (color == COLOR_DEFAULT)
		buf_add_string(out, "default");
	else if (color & COLOR_RGB_FLAG)
		buf_printf(out, "#%06x", value);
	else if (value < 2 * BRIGHT)
		buf_printf(out, "%s%s", value >= BRIGHT ? "bright-" : "", names[value % BRIGHT]);
	else
		buf_printf(out, "%u", value);
}

/* ---- fewer of them ---- */

static int
cube_level(unsigned step)
{
	return step ? (int)(55 + 40 * step) : 0;
}

/* Red, green and blue of a colour of the palette from 16 on, which all terminals show alike. */
static void
palette_rgb(unsigned number, int rgb[3])
{
	if (number >= GRAYS) {
		rgb[0] = rgb[1] = rgb[2] = (int)(8 + 10 * (number - GRAYS));
		return;
	}
	number -= CUBE;
	rgb[0] = cube_level(number / 36);
	rgb[1] = cube_level(number / 6 % 6);
	rgb[2] = cube_level(number % 6);
}

static int
far(const int a[3], const int b[3])
{
	int sum = 0;

	for (int i = 0; i < 3; i++)
		sum += (a[i] - b[i]) * (a[i] - b[i]);
	return sum;
}

/* The number of the palette that is nearest to a colour. */
static unsigned
nearest_of_256(const int rgb[3])
{
	unsigned best = CUBE;
	int smallest = 4 * 256 * 256;

	for (unsigned i = CUBE; i < 256; i++) {
		int candidate[3];

		palette_rgb(i, candidate);
		if (far(rgb, candidate) < smallest) {
			smallest = far(rgb, candidate);
			best = i;
		}
	}
	return best;
}

/* Sixteen are told apart by hue, not by nearness: pastel colours would all become gray. */
static unsigned
nearest_of_16(const int rgb[3])
{
	static const unsigned wheel[] = {RED, YELLOW, GREEN, CYAN, BLUE, MAGENTA};
	int max = rgb[0], min = rgb[0], hue;

	for (int i = 1; i < 3; i++) {
		max = rgb[i] > max ? rgb[i] : max;
		min = rgb[i] < min ? rgb[i] : min;
	}
	if (max - min < 40) {
		if (max < 32)
			return BLACK;
		if (max < 140)
			return GRAY;
		return max < 235 ? WHITE : BRIGHT + WHITE;
	}
	/* In degrees. */
	if (max == rgb[0])
		hue = 360 + 60 * (rgb[1] - rgb[2]) / (max - min);
	else if (max == rgb[1])
		hue = 120 + 60 * (rgb[2] - rgb[0]) / (max - min);
	else
		hue = 240 + 60 * (rgb[0] - rgb[1]) / (max - min);
	return wheel[(hue + 30) / 60 % 6] + (max > 200 ? BRIGHT : 0);
}

static uint32_t
reduce(uint32_t color, int colors)
{
	unsigned value = color & 0xFFFFFF;
	bool is_rgb = color & COLOR_RGB_FLAG;
	int rgb[3] = {(int)(value >> 16), (int)(value >> 8 & 255), (int)(value & 255)};

	if (color == COLOR_DEFAULT || colors > 256 || (!is_rgb && colors == 256))
		return color;
	if (is_rgb && colors == 256)
		return nearest_of_256(rgb);
	if (!is_rgb && value < 2 * BRIGHT)
		return color;
	if (!is_rgb)
		palette_rgb(value, rgb);
	return nearest_of_16(rgb);
}

/* Eight colours have no bright ones: bold stands for them, dim for gray, reverse for gray behind.
 */
static void
without_bright(struct style *style)
{
	unsigned fg = style->fg & 0xFF;
	bool has_fg = style->fg != COLOR_DEFAULT;

	if (style->bg == (GRAY) || style->bg == (WHITE) || style->bg == (BRIGHT + WHITE)) {
		style->fg = style->bg = COLOR_DEFAULT;
		style->attributes |= ATTRIBUTE_REVERSE;
		return;
	}
	if (style->bg != COLOR_DEFAULT)
		style->bg = ((style->bg & 0xFF) % BRIGHT);
	if (has_fg && fg == GRAY) {
		style->fg = COLOR_DEFAULT;
		style->attributes |= ATTRIBUTE_DIM;
	} else if (has_fg && fg >= BRIGHT) {
		style->fg = (fg % BRIGHT);
		style->attributes |= ATTRIBUTE_BOLD;
	}
}

struct style
color_reduce(struct style style, int colors)
{
	if (colors < 8) {
		style.fg = style.bg = COLOR_DEFAULT;
		return style;
	}
	style.fg = reduce(style.fg, colors);
	style.bg = reduce(style.bg, colors);
	if (colors < 16)
		without_bright(&style);
	return style;
}
