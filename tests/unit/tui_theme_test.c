/* Styles, themes, and what is left of them where a terminal has fewer colours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/theme.h"

static void
check_style(const char *text, uint32_t fg, uint32_t bg, unsigned attributes, const char *written)
{
	struct style style, again;
	struct error err;
	struct buf out;

	assert_int_equal(theme_parse(&style, text, &err), STATUS_OK);
	assert_int_equal(style.fg, fg);
	assert_int_equal(style.bg, bg);
	assert_int_equal(style.attributes, attributes);
	buf_init(&out, 200);
	theme_put(&out, &style);
	assert_string_equal(buf_string(&out), written);
	assert_int_equal(theme_parse(&again, buf_string(&out), &err), STATUS_OK);
	assert_true(again.fg == fg && again.bg == bg && again.attributes == attributes);
	buf_finish(&out);
}

static void
styles_are_read_and_written(void **state)
{
	(void)state;
	check_style("plain", COLOR_DEFAULT, COLOR_DEFAULT, 0, "plain");
	check_style("", COLOR_DEFAULT, COLOR_DEFAULT, 0, "plain");
	check_style("default on default", COLOR_DEFAULT, COLOR_DEFAULT, 0, "plain");
	check_style("bold black on yellow", 0, 3, ATTRIBUTE_BOLD, "bold black on yellow");
	check_style("bold #ffcc00 on 235", (COLOR_RGB_FLAG | 0xFFCC00), 235, ATTRIBUTE_BOLD,
	    "bold #ffcc00 on 235");
	check_style("#Fc0", (COLOR_RGB_FLAG | 0xFFCC00), COLOR_DEFAULT, 0, "#ffcc00");
	check_style("#000 on #000000", COLOR_RGB_FLAG, COLOR_RGB_FLAG, 0, "#000000 on #000000");
	check_style("on 0", COLOR_DEFAULT, 0, 0, "on black");
	check_style("  gray   underline italic", 8, COLOR_DEFAULT,
	    ATTRIBUTE_UNDERLINE | ATTRIBUTE_ITALIC, "italic underline bright-black");
	check_style("Bright-White dim reverse strike blink", 15, COLOR_DEFAULT,
	    ATTRIBUTE_DIM | ATTRIBUTE_REVERSE | ATTRIBUTE_STRIKE | ATTRIBUTE_BLINK,
	    "dim reverse strike blink bright-white");
	check_style("255", 255, COLOR_DEFAULT, 0, "255");
}

static void
nonsense_is_refused(void **state)
{
	static const char *const bad[] = {"bolt", "256", "-1", "1000", "#ff", "#ffff", "#gggggg",
	    "on", "bold on", "red on on blue", "on bold", "bright-12", "bright-", "#", "rot",
	    "\xff\xff", "bright-gray"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct style style = {1, 2, 3};
		struct error err = {0};

		assert_int_equal(theme_parse(&style, bad[i], &err), STATUS_USAGE);
		assert_true(*err.text);
		assert_true(style.fg == 1 && style.bg == 2 && style.attributes == 3);
	}
}

/* Every built-in style, read by theme_parse() without looking at what it says, is right; otherwise
 * it would have come out plain. */
static void
built_in_themes_are_right(void **state)
{
	struct theme theme;
	struct error err;
	struct buf out;

	(void)state;
	theme_init(&theme);
	for (int i = 0; theme_name(i); i++) {
		int plain = 0;

		assert_true(theme_use(&theme, theme_name(i)));
		for (int part = 0; part < THEME_COUNT; part++) {
			const struct style *style = theme_style(&theme, (enum theme_part)part);
			const char *name = theme_part_info((enum theme_part)part)->name;

			assert_int_equal(theme_part_find(name), part);
			assert_true(*theme_part_info((enum theme_part)part)->help);
			if (style->fg == COLOR_DEFAULT && style->bg == COLOR_DEFAULT &&
			    !style->attributes)
				plain++;
		}
		/* message and input; in the one without colours all that needs none */
		assert_int_equal(plain, strcmp(theme_name(i), "mono") == 0 ? 19 : 2);
	}
	assert_false(theme_use(&theme, "pink"));
	assert_int_equal(theme_part_find("pink"), THEME_COUNT);

	theme_init(&theme);
	buf_init(&out, 10000);
	theme_dump(&theme, false, &out);
	assert_string_equal(buf_string(&out), "");
	assert_int_equal(theme_set(&theme, "mention", "bold red on #123456", &err), STATUS_OK);
	theme_use(&theme, "light");
	theme_dump(&theme, false, &out);
	assert_string_equal(buf_string(&out), "theme light\nstyle mention bold red on #123456\n");
	buf_finish(&out);
}

static void
own_styles_outlive_the_theme(void **state)
{
	struct theme theme;
	struct error err;

	(void)state;
	theme_init(&theme);
	assert_int_equal(theme_set(&theme, "time", "underline 99", &err), STATUS_OK);
	theme_use(&theme, "light");
	assert_int_equal(theme_style(&theme, THEME_TIME)->fg, 99);
	assert_int_equal(theme_set(&theme, "time", "nonsense", &err), STATUS_USAGE);
	assert_int_equal(theme_style(&theme, THEME_TIME)->fg, 99);
	assert_int_equal(theme_set(&theme, "time", "", &err), STATUS_OK);
	assert_int_equal(theme_style(&theme, THEME_TIME)->fg, 242);
	assert_int_equal(theme_set(&theme, "tiem", "bold", &err), STATUS_USAGE);
	assert_non_null(strstr(err.text, "'time'"));
}

static bool
is_within(uint32_t color, unsigned colors)
{
	return color == COLOR_DEFAULT || color < colors;
}

static void
fewer_colours_are_the_nearest(void **state)
{
	static const int counts[] = {8, 16, 256};
	struct theme theme;
	struct error err;

	(void)state;
	theme_init(&theme);
	assert_int_equal(theme_set(&theme, "message", "#fe0102 on #00ff00", &err), STATUS_OK);
	assert_int_equal(theme_set(&theme, "input", "#818283", &err), STATUS_OK);
	for (int number = 0; theme_name(number); number++)
		for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
			theme_use(&theme, theme_name(number));
			theme_reduce(&theme, counts[i]);
			for (int part = 0; part < THEME_COUNT; part++) {
				const struct style *style =
				    theme_style(&theme, (enum theme_part)part);

				assert_true(is_within(style->fg, (unsigned)counts[i]));
				assert_true(is_within(style->bg, (unsigned)counts[i]));
				/* What is written must be seen. */
				assert_true(style->fg != style->bg || style->fg == COLOR_DEFAULT);
			}
		}
	theme_reduce(&theme, 256);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->fg, 196);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->bg, 46);
	assert_int_equal(theme_style(&theme, THEME_INPUT)->fg, 244);
	theme_reduce(&theme, 16);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->fg, 9);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->bg, 10);
	assert_int_equal(theme_style(&theme, THEME_INPUT)->fg, 8);
	theme_reduce(&theme, 8);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->fg, 1);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->bg, 2);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->attributes, ATTRIBUTE_BOLD);
	assert_int_equal(theme_style(&theme, THEME_INPUT)->fg, COLOR_DEFAULT);
	assert_int_equal(theme_style(&theme, THEME_INPUT)->attributes, ATTRIBUTE_DIM);
}

/* Names stay apart: six of sixteen colours are left for them. */
static void
names_differ_in_sixteen_colours(void **state)
{
	struct theme theme;

	(void)state;
	theme_init(&theme);
	for (int number = 0; number < 2; number++) {
		unsigned seen = 0;

		theme_use(&theme, theme_name(number));
		theme_reduce(&theme, 16);
		for (int i = 0; i < THEME_NAMES; i++)
			seen |= 1u
			        << (theme_style(&theme, (enum theme_part)(THEME_NAME_1 + i))->fg &
			               7);
		assert_true(__builtin_popcount(seen) >= 5);
	}
}

static void
without_colours_attributes_speak(void **state)
{
	struct theme theme;
	struct error err;

	(void)state;
	theme_init(&theme);
	assert_false(theme_is_mono(&theme));
	assert_int_equal(theme_set(&theme, "message", "italic #fe0102", &err), STATUS_OK);
	theme_reduce(&theme, 0);
	assert_true(theme_is_mono(&theme));
	for (int part = 0; part < THEME_COUNT; part++) {
		const struct style *style = theme_style(&theme, (enum theme_part)part);

		assert_true(style->fg == COLOR_DEFAULT && style->bg == COLOR_DEFAULT);
	}
	assert_true(theme_style(&theme, THEME_MENTION)->attributes & ATTRIBUTE_REVERSE);
	assert_true(theme_style(&theme, THEME_LIST_SELECTED)->attributes & ATTRIBUTE_REVERSE);
	assert_int_equal(theme_style(&theme, THEME_MESSAGE)->attributes, ATTRIBUTE_ITALIC);
	theme_reduce(&theme, 256);
	assert_false(theme_is_mono(&theme));
	theme_use(&theme, "mono");
	assert_true(theme_is_mono(&theme));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(styles_are_read_and_written),
	    cmocka_unit_test(nonsense_is_refused),
	    cmocka_unit_test(built_in_themes_are_right),
	    cmocka_unit_test(own_styles_outlive_the_theme),
	    cmocka_unit_test(fewer_colours_are_the_nearest),
	    cmocka_unit_test(names_differ_in_sixteen_colours),
	    cmocka_unit_test(without_colours_attributes_speak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
