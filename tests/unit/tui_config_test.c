/* The configuration: its statements, its settings, and files that are wrong in every way. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "tui/config.h"
#include "tui/config_line.h"

static char *directory;
static char *path;

/* ---- statements ---- */

static void
check_line(struct config *config, const char *line)
{
	struct error err = {0};
	int column;

	if (config_line(config, line, strlen(line), &column, &err) != STATUS_OK)
		fail_msg("%s: %s", line, err.text);
}

/* Fails at that column with a sentence that has `part`, and changes nothing. */
static void
check_bad_line(struct config *config, const char *line, int expected, const char *part)
{
	struct error err = {0};
	struct buf before, after;
	int column = 0;

	buf_init(&before, 100000);
	buf_init(&after, 100000);
	config_dump(config, false, &before);
	assert_int_not_equal(config_line(config, line, strlen(line), &column, &err), STATUS_OK);
	assert_int_equal(column, expected);
	assert_non_null(strstr(err.text, part));
	config_dump(config, false, &after);
	assert_string_equal(buf_string(&before), buf_string(&after));
	buf_finish(&before);
	buf_finish(&after);
}

/* Fails, but what could be done was. */
static void
check_bad_line_but(struct config *config, const char *line, const char *part)
{
	struct error err = {0};
	int column;

	assert_int_equal(config_line(config, line, strlen(line), &column, &err), STATUS_USAGE);
	assert_non_null(strstr(err.text, part));
}

static void
lines_do_what_they_say(void **state)
{
	struct config config;
	struct widths widths;
	enum action action;

	(void)state;
	config_init(&config);
	check_line(&config, "  set list-width 30 # wider");
	check_line(&config, "set notify-command 'notify-send \"$TERN_FROM\"'");
	check_line(&config, "set mouse YES");
	check_line(&config, "set bell all");
	check_line(&config, "set widths 'vs16=2 zwj=apart'");
	setting_widths(&config.settings, &widths);
	assert_true(widths.vs16_wide && !widths.zwj_joined && !widths.ambiguous_wide);
	check_line(&config, "bind C-x C-a list-pane");
	check_line(&config, "bind \"C-x C-b\" quit");
	check_line(&config, "unbind C-x C-e");
	check_line(&config, "theme light");
	check_line(&config, "style mention bold red on \"#123456\"");
	check_line(&config, "style own-name 'bold red'");
	check_line(&config, "");
	assert_int_equal(setting_number(&config.settings, SETTING_LIST_WIDTH), 30);
	assert_string_equal(
	    setting_string(&config.settings, SETTING_NOTIFY_COMMAND), "notify-send \"$TERN_FROM\"");
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	assert_int_equal(setting_number(&config.settings, SETTING_BELL), NOTIFY_ALL);
	assert_int_equal(bind_find(&config.bindings, "C-x C-a", &action), BIND_FOUND);
	assert_int_equal(action, ACTION_LIST_PANE);
	assert_int_equal(bind_find(&config.bindings, "C-x C-b", &action), BIND_FOUND);
	assert_int_equal(bind_find(&config.bindings, "C-x C-e", &action), BIND_NOTHING);
	assert_string_equal(config.theme.name, "light");
	assert_int_equal(
	    theme_style(&config.theme, THEME_MENTION)->bg, (COLOR_RGB_FLAG | 0x123456));
	assert_int_equal(theme_style(&config.theme, THEME_OWN_NAME)->fg, 1);
	config_finish(&config);
}

static void
what_is_wrong_is_named(void **state)
{
	struct config config;
	char *longest = mem_zalloc(1, SETTING_STRING_MAX + 100);

	(void)state;
	config_init(&config);
	check_bad_line(&config, "seet mouse on", 1, "'set'");
	check_bad_line(&config, " qwertz mouse on", 2, "qwertz");
	check_bad_line(&config, "set mouse", 1, "set NAME VALUE");
	check_bad_line(&config, "set mouse on off", 14, "set NAME VALUE");
	check_bad_line(&config, "set muose on", 5, "'mouse'");
	check_bad_line(&config, "set qwertz on", 5, "qwertz");
	check_bad_line(&config, "set mouse maybe", 11, "maybe");
	check_bad_line(&config, "set list-width 11", 16, "12");
	check_bad_line(&config, "set list-width 99999999999999999999", 16, "80");
	check_bad_line(&config, "set list-width -20", 16, "-20");
	check_bad_line(&config, "set list-width ''", 16, "12");
	check_bad_line(&config, "set list-width 20x", 16, "20x");
	check_bad_line(&config, "set bell some", 10, "none, mentions, direct, all");
	check_bad_line(&config, "set time-format %Q", 17, "%Q");
	check_bad_line(&config, "set time-format %", 17, "%");
	check_bad_line(&config, "set widths 'vs16=2 zwj=maybe'", 12, "zwj=maybe");
	check_bad_line(&config, "set widths ambiguous=2 zwj=apart", 24, "set NAME VALUE");
	check_bad_line(&config, "bind C-foo quit", 6, "C-foo");
	check_bad_line(&config, "bind C-o quitt", 10, "'quit'");
	check_bad_line(&config, "bind x quit", 6, "x");
	check_bad_line(&config, "bind C-a C-b C-c C-d quit", 22, "bind KEYS ACTION");
	check_bad_line(&config, "unbind foo", 8, "foo");
	check_bad_line(&config, "theme pink", 7, "pink");
	check_bad_line(&config, "style menton bold", 7, "'mention'");
	check_bad_line(&config, "style mention bald", 15, "bald");
	check_bad_line(&config, "style mention", 1, "style PART STYLE");
	memset(longest, 'x', SETTING_STRING_MAX + 50);
	memcpy(longest, "set editor ", 11);
	check_bad_line(&config, longest, 12, "1000");
	free(longest);
	config_finish(&config);
}

static void
a_dump_reads_back(void **state)
{
	struct config config, again;
	struct buf out, second;

	(void)state;
	config_init(&config);
	buf_init(&out, 100000);
	buf_init(&second, 100000);
	config_dump(&config, false, &out);
	assert_string_equal(buf_string(&out), "");
	check_line(&config, "set editor 'vi -c \"set tw=0\" \\'");
	check_line(&config, "set time-format ''");
	check_line(&config, "set bell none");
	check_line(&config, "theme mono");
	check_line(&config, "style day 200 on #fff");
	check_line(&config, "bind M-# quit");
	check_line(&config, "unbind C-a");
	for (int all = 0; all < 2; all++) {
		config_init(&again);
		buf_clear(&out);
		buf_clear(&second);
		config_dump(&config, all, &out);
		for (const char *line = buf_string(&out); *line;) {
			size_t length = strcspn(line, "\n");
			struct error err;
			int column;

			assert_int_equal(
			    config_line(&again, line, length, &column, &err), STATUS_OK);
			line += length + 1;
		}
		config_dump(&again, all, &second);
		assert_string_equal(buf_string(&out), buf_string(&second));
		config_finish(&again);
	}
	buf_finish(&out);
	buf_finish(&second);
	config_finish(&config);
}

/* ---- files ---- */

struct complaints {
	int count;
	int line, column; /* of the first */
	int last_line;
	char *text; /* of the last; owned */
};

static void
on_complaint(void *arg, int line, int column, const char *sentence)
{
	struct complaints *complaints = arg;

	assert_true(text_is_utf8(sentence, strlen(sentence)));
	if (!complaints->count++) {
		complaints->line = line;
		complaints->column = column;
	}
	complaints->last_line = line;
	free(complaints->text);
	complaints->text = mem_strdup(sentence);
}

static void
write_file(const void *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* Reads what was written; the first thing wrong stands there (0: nothing is). */
static void
check_file(struct config *config, const void *bytes, size_t length, int wrong, int line, int column)
{
	struct complaints complaints = {0};
	struct error err;
	int counted;

	config_init(config);
	write_file(bytes, length);
	assert_int_equal(
	    config_read(config, path, on_complaint, &complaints, &counted, &err), STATUS_OK);
	assert_int_equal(counted, wrong);
	assert_int_equal(complaints.line, line);
	assert_int_equal(complaints.column, column);
	if (wrong <= CONFIG_TOLD_MAX)
		assert_int_equal(complaints.count, wrong);
	else
		assert_int_equal(complaints.count, CONFIG_TOLD_MAX + 1);
	free(complaints.text);
}

#define CHECK_FILE(config, text, wrong, line, column) \
	check_file(config, text, sizeof text - 1, wrong, line, column)

static void
a_file_is_read(void **state)
{
	struct config config;

	(void)state;
	CHECK_FILE(&config, "", 0, 0, 0);
	config_finish(&config);
	CHECK_FILE(&config, "\xEF\xBB\xBFset mouse on\r\n\r\nset bell all", 0, 0, 0);
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	assert_int_equal(setting_number(&config.settings, SETTING_BELL), NOTIFY_ALL);
	config_finish(&config);
}

static void
the_rest_of_a_wrong_file_is_used(void **state)
{
	struct config config;

	(void)state;
	CHECK_FILE(
	    &config, "set mouse on\nset mouse perhaps\n\xff\nnonsense\nset bell all\n", 3, 2, 11);
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	assert_int_equal(setting_number(&config.settings, SETTING_BELL), NOTIFY_ALL);
	config_finish(&config);
	CHECK_FILE(&config, "\nset edi\0tor x\nset mouse on\n", 1, 2, 8);
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	config_finish(&config);
	CHECK_FILE(&config, "set editor 'x\nset mouse on\n", 1, 1, 12);
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	config_finish(&config);
}

static void
a_line_of_ten_million_bytes_is_one_error(void **state)
{
	size_t size = 10 * 1000 * 1000;
	char *bytes = mem_alloc(size);
	struct config config;

	(void)state;
	memset(bytes, 'x', size);
	memcpy(bytes, "set bell all\nset editor ", 24);
	memcpy(bytes + size - 14, "\nset mouse on\n", 14);
	check_file(&config, bytes, size, 1, 2, 1);
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	assert_int_equal(setting_number(&config.settings, SETTING_BELL), NOTIFY_ALL);
	config_finish(&config);
	free(bytes);
}

static void
a_line_may_be_as_long_as_it_may_be(void **state)
{
	char bytes[CONFIG_LINE_MAX + 2];
	struct config config;

	(void)state;
	memset(bytes, '#', sizeof bytes);
	bytes[CONFIG_LINE_MAX] = '\n';
	check_file(&config, bytes, CONFIG_LINE_MAX + 1, 0, 0, 0);
	config_finish(&config);
	bytes[CONFIG_LINE_MAX] = '#';
	bytes[CONFIG_LINE_MAX + 1] = '\n';
	check_file(&config, bytes, CONFIG_LINE_MAX + 2, 1, 1, 1);
	config_finish(&config);
}

static void
binary_rubbish_is_told_briefly(void **state)
{
	size_t size = 300 * 1000;
	unsigned char *bytes = mem_alloc(size);
	struct complaints complaints = {0};
	uint32_t seed = 7;
	struct config config;
	struct error err;
	int wrong;

	(void)state;
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (unsigned char)(seed >> 24);
	}
	memcpy(bytes + size - 14, "\nset mouse on\n", 14);
	write_file(bytes, size);
	config_init(&config);
	assert_int_equal(
	    config_read(&config, path, on_complaint, &complaints, &wrong, &err), STATUS_OK);
	assert_true(wrong > 500);
	assert_int_equal(complaints.count, CONFIG_TOLD_MAX + 1);
	assert_int_equal(complaints.last_line, 0);
	assert_non_null(strstr(complaints.text, "more"));
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	free(complaints.text);
	config_finish(&config);
	free(bytes);
}

/* Writes a theme of one's own. */
static void
write_theme(const char *name, const char *text)
{
	char *usual = path;

	path = mem_printf("%s/tern/themes/%s", directory, name);
	write_file(text, strlen(text));
	free(path);
	path = usual;
}

static void
remove_theme(const char *name)
{
	char *file = mem_printf("%s/tern/themes/%s", directory, name);

	assert_int_equal(unlink(file), 0);
	free(file);
}

static void
a_theme_of_ones_own(void **state)
{
	struct config config;
	struct buf out;

	(void)state;
	config_init(&config);
	buf_init(&out, 10000);
	write_theme("solar", "# mine\ntheme light\nstyle day 100\nstyle time 101\n");
	check_line(&config, "style time 55");
	check_line(&config, "theme solar");
	assert_int_equal(theme_style(&config.theme, THEME_DAY)->fg, 100);
	assert_int_equal(theme_style(&config.theme, THEME_TIME)->fg, 55);
	assert_int_equal(theme_style(&config.theme, THEME_HOLE)->fg, 94);
	config_dump(&config, false, &out);
	assert_string_equal(buf_string(&out), "theme solar\nstyle time 55\n");
	check_line(&config, "style time ''");
	assert_int_equal(theme_style(&config.theme, THEME_TIME)->fg, 101);
	check_line(&config, "theme dark");
	assert_int_equal(theme_style(&config.theme, THEME_DAY)->fg, 245);

	/* What is wrong in it is named, and the rest used. */
	write_theme("solar", "style day 100\n\nstyle tiem 3\nset mouse on\nstyle time 7\n");
	check_bad_line_but(&config, "theme solar", "solar:3:7: ");
	assert_int_equal(theme_style(&config.theme, THEME_DAY)->fg, 100);
	assert_int_equal(theme_style(&config.theme, THEME_TIME)->fg, 7);
	assert_false(setting_is_on(&config.settings, SETTING_MOUSE));
	/* One that is made of itself, or that is a path. */
	write_theme("solar", "theme solar\n");
	check_bad_line_but(&config, "theme solar", "solar:1:7: ");
	check_bad_line(&config, "theme ../themes/solar", 7, "../themes/solar");
	check_bad_line(&config, "theme ''", 7, "dark");
	check_bad_line(&config, "theme lunar", 7, "tern/themes/lunar");
	remove_theme("solar");
	buf_finish(&out);
	config_finish(&config);
}

static void
what_is_no_file_is_refused(void **state)
{
	struct complaints complaints = {0};
	struct config config;
	struct error err;
	int wrong;

	(void)state;
	config_init(&config);
	unlink(path);
	assert_int_equal(
	    config_read(&config, path, on_complaint, &complaints, &wrong, &err), STATUS_NOT_FOUND);
	assert_int_equal(
	    config_read(&config, directory, on_complaint, &complaints, &wrong, &err), STATUS_IO);
	assert_int_equal(
	    config_read(&config, "/dev/zero", on_complaint, &complaints, &wrong, &err), STATUS_IO);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(
	    config_read(&config, path, on_complaint, &complaints, &wrong, &err), STATUS_IO);
	unlink(path);
	/* A hole of a file: all zeros, more than is read. */
	write_file("set mouse on\n", 13);
	assert_int_equal(truncate(path, CONFIG_FILE_MAX + 10), 0);
	assert_int_equal(
	    config_read(&config, path, on_complaint, &complaints, &wrong, &err), STATUS_TOO_LARGE);
	assert_true(setting_is_on(&config.settings, SETTING_MOUSE));
	free(complaints.text);
	config_finish(&config);
}

static void
the_table_of_settings_is_right(void **state)
{
	struct settings settings;

	(void)state;
	settings_init(&settings);
	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct setting_info *info = setting_info((enum setting)i);
		struct error err = {0};

		assert_int_equal(setting_find(info->name), i);
		assert_true(*info->help);
		assert_int_equal(
		    settings_set(&settings, (enum setting)i, info->usual, &err), STATUS_OK);
		if (i > 0)
			assert_true(
			    strcmp(setting_info((enum setting)(i - 1))->name, info->name) < 0);
	}
	settings_finish(&settings);
}

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	directory = mem_printf("%s/tui-config-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(directory))
		return -1;
	path = mem_printf("%s/tern", directory);
	mkdir(path, 0700);
	free(path);
	path = mem_printf("%s/tern/themes", directory);
	mkdir(path, 0700);
	free(path);
	path = mem_printf("%s/config", directory);
	return setenv("XDG_CONFIG_HOME", directory, 1);
}

static int
tear_down(void **state)
{
	char *inner = mem_printf("%s/tern", directory);
	char *innermost = mem_printf("%s/themes", inner);

	(void)state;
	unlink(path);
	rmdir(innermost);
	rmdir(inner);
	rmdir(directory);
	free(innermost);
	free(inner);
	free(path);
	free(directory);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_do_what_they_say),
	    cmocka_unit_test(what_is_wrong_is_named),
	    cmocka_unit_test(a_dump_reads_back),
	    cmocka_unit_test(a_file_is_read),
	    cmocka_unit_test(the_rest_of_a_wrong_file_is_used),
	    cmocka_unit_test(a_line_of_ten_million_bytes_is_one_error),
	    cmocka_unit_test(a_line_may_be_as_long_as_it_may_be),
	    cmocka_unit_test(binary_rubbish_is_told_briefly),
	    cmocka_unit_test(a_theme_of_ones_own),
	    cmocka_unit_test(what_is_no_file_is_refused),
	    cmocka_unit_test(the_table_of_settings_is_right),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
