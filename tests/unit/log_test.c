/* The log: one line an entry, which no value can break or forge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "log.h"

/* What stands on stderr goes to a file in between, and is given back, to be freed. */
static FILE *file;
static int saved;

static void
capture(void)
{
	file = tmpfile();
	assert_non_null(file);
	saved = dup(STDERR_FILENO);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
}

static char *
captured(void)
{
	char *text = calloc(1, 65536);

	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	assert_non_null(text);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static void
test_line(void **state)
{
	char *text;

	(void)state;
	capture();
	log_info("listening", LOG_TEXT("url", "http://[::1]:7480"), LOG_NUMBER("n", -7));
	text = captured();
	assert_int_equal(strncmp(text, "time=2", 6), 0);
	assert_non_null(
	    strstr(text, "Z level=info msg=\"listening\" url=http://[::1]:7480 n=-7\n"));
	free(text);
}

static void
test_nothing_is_forged(void **state)
{
	char *text;

	(void)state;
	capture();
	log_warn("a\nb", LOG_TEXT("v", "x\" level=error \\\n\x1b[31m\xc2\x9b"), LOG_TEXT("e", ""),
	    LOG_TEXT("f", "a=b"));
	text = captured();
	assert_non_null(strstr(text,
	    " msg=\"a\\nb\" v=\"x\\\" level=error \\\\\\n\\x1b[31m\\xc2\\x9b\" e=\"\" f=\"a=b\"\n"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

static void
test_levels(void **state)
{
	enum log_level level;
	char *text;

	(void)state;
	assert_true(log_level_parse(&level, "warn"));
	assert_int_equal(level, LOG_LEVEL_WARN);
	assert_false(log_level_parse(&level, "loud"));
	capture();
	log_set_level(LOG_LEVEL_WARN);
	log_info("not this");
	log_error("but this");
	log_set_level(LOG_LEVEL_INFO);
	text = captured();
	assert_null(strstr(text, "not this"));
	assert_non_null(strstr(text, "but this"));
	free(text);
}

static void
test_long_lines_are_cut(void **state)
{
	static char value[10000];
	char *text;

	(void)state;
	memset(value, 'x', sizeof value - 1);
	capture();
	log_info("long", LOG_TEXT("a", value));
	log_info("next");
	text = captured();
	assert_true(strlen(text) < 5000);
	assert_non_null(strstr(text, "\ntime=2"));
	assert_non_null(strstr(text, "msg=\"next\"\n"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_nothing_is_forged),
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_long_lines_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
