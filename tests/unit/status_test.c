/* Errors: their sentences are cut between characters; each status has its exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"
#include "base/text.h"

static void
test_sets_what_it_returns(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(error_set(&err, STATUS_IO, "cannot %s: %d", "x", 7), STATUS_IO);
	assert_int_equal(err.status, STATUS_IO);
	assert_string_equal(err.text, "cannot x: 7");
	assert_int_equal(error_set(NULL, STATUS_DENIED, "nobody reads this"), STATUS_DENIED);
}

/* Whatever the offset of a character to the limit, what stays is UTF-8. */
static void
test_cuts_between_characters(void **state)
{
	static const char *const characters[] = {"a", "é", "→", "😀"};
	char text[ERROR_TEXT_MAX + 32];

	(void)state;
	for (size_t c = 0; c < sizeof characters / sizeof *characters; c++) {
		for (size_t shift = 0; shift < 5; shift++) {
			struct error err;
			size_t length = shift;

			memset(text, 'x', shift);
			while (length < ERROR_TEXT_MAX + 8) {
				memcpy(text + length, characters[c], strlen(characters[c]));
				length += strlen(characters[c]);
			}
			text[length] = '\0';
			error_set(&err, STATUS_IO, "%s", text);
			assert_true(text_is_utf8(err.text, strlen(err.text)));
			assert_true(strlen(err.text) >= ERROR_TEXT_MAX - 1 - 4);
			assert_memory_equal(err.text, text, strlen(err.text));
		}
	}
}

static void
test_short_text_is_not_cut(void **state)
{
	char text[ERROR_TEXT_MAX];
	struct error err;

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text + sizeof text - 4, "é", 3);
	error_set(&err, STATUS_IO, "%s", text);
	assert_string_equal(err.text, text);
}

static void
test_exit_codes(void **state)
{
	static const struct {
		enum status status;
		int code;
	} codes[] = {
	    {STATUS_OK, 0},
	    {STATUS_NOT_FOUND, 1},
	    {STATUS_USAGE, 64},
	    {STATUS_TOO_LARGE, 64},
	    {STATUS_UNAVAILABLE, 69},
	    {STATUS_INTERNAL, 70},
	    {STATUS_CANNOT_CREATE, 73},
	    {STATUS_CONFLICT, 73},
	    {STATUS_IO, 74},
	    {STATUS_AGAIN, 75},
	    {STATUS_PROTOCOL, 76},
	    {STATUS_DENIED, 77},
	    {STATUS_CONFIG, 78},
	};

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		assert_int_equal(status_exit_code(codes[i].status), codes[i].code);
	assert_int_equal(status_exit_code((enum status)999), 70);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sets_what_it_returns),
	    cmocka_unit_test(test_cuts_between_characters),
	    cmocka_unit_test(test_short_text_is_not_cut),
	    cmocka_unit_test(test_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
