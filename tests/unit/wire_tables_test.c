/* The tables of methods and errors: whole, without doubles, and as doc/protocol.md says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/mem.h"
#include "wire/error.h"
#include "wire/json.h"
#include "wire/limits.h"
#include "wire/method.h"

/* The specification's text; tests/run says where it is. */
static int
read_protocol(void **state)
{
	const char *source = getenv("TERN_SRCDIR");
	char *path = mem_printf("%s/doc/protocol.md", source ? source : ".");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf out;
	struct error err;

	buf_init(&out, 1000000);
	if (fd < 0 || io_read_all(fd, &out, &err) != STATUS_OK)
		fail_msg("cannot read %s", path);
	close(fd);
	free(path);
	*state = buf_take(&out);
	return 0;
}

static int
free_protocol(void **state)
{
	free(*state);
	return 0;
}

static void
test_methods(void **state)
{
	(void)state;
	for (enum method_id id = 0; id < METHOD_COUNT; id++) {
		const struct method *m = method_get(id);
		char *path = mem_printf("/v1/%s", m->name);

		assert_int_equal(m->id, id);
		assert_string_equal(m->path, path);
		assert_string_equal(m->verb, "POST");
		assert_true(
		    m->request_limit == LIMIT_REQUEST || m->request_limit == LIMIT_REQUEST_SMALL);
		assert_ptr_equal(method_find(m->path, strlen(m->path)), m);
		assert_int_equal(m->held, id == METHOD_EVENTS);
		assert_int_equal(
		    m->caller == CALLER_ANYONE, id == METHOD_REGISTER || id == METHOD_LOGIN);
		free(path);
	}
}

static void
test_paths_that_are_none(void **state)
{
	static const char *const bad[] = {"", "/", "/v1", "/v1/", "/v1/sen", "/v1/sendx",
	    "/v1/Send", "/v2/send", "v1/send", "/v1/send/", "/v1/send?x", "//v1/send"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(method_find(bad[i], strlen(bad[i])));
	assert_null(method_find("/v1/login-sync", 5));
	assert_ptr_equal(method_find("/v1/login-sync", 9), method_get(METHOD_LOGIN));
}

static void
test_methods_are_specified(void **state)
{
	for (enum method_id id = 0; id < METHOD_COUNT; id++)
		if (!strstr(*state, method_get(id)->name))
			fail_msg("doc/protocol.md does not know %s", method_get(id)->name);
}

static void
test_errors(void **state)
{
	(void)state;
	for (enum wire_error code = WIRE_OK + 1; code < WIRE_ERROR_COUNT; code++) {
		const char *name = wire_error_name(code);

		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		assert_int_equal(wire_error_find(name), code); /* so no two have one name */
		assert_in_range(wire_error_http(code), 400, 599);
		assert_true(wire_error_status(code) != STATUS_OK);
	}
	assert_int_equal(wire_error_find("ok"), WIRE_INTERNAL);
	assert_int_equal(wire_error_find(""), WIRE_INTERNAL);
	assert_int_equal(wire_error_find("Too-Large"), WIRE_INTERNAL);
}

/* The row of the table, "| `code` | 413 * | meaning | yes |". */
static void
test_errors_are_specified(void **state)
{
	const char *row = *state;
	int rows = 0;

	for (enum wire_error code = WIRE_OK + 1; code < WIRE_ERROR_COUNT; code++) {
		char *begin =
		    mem_printf("\n| `%s` | %d ", wire_error_name(code), wire_error_http(code));
		const char *line = strstr(*state, begin);
		size_t length;

		if (!line)
			fail_msg("doc/protocol.md has no row:%s", begin);
		length = strcspn(line + 1, "\n") + 1;
		assert_int_equal(
		    wire_error_is_temporary(code), memcmp(line + length - 7, "| yes |", 7) == 0);
		free(begin);
	}
	while ((row = strstr(row, "\n| `"))) {
		row += 4;
		rows++;
	}
	assert_int_equal(rows, WIRE_ERROR_COUNT - 1);
}

static void
test_error_object(void **state)
{
	const struct json *error = NULL;
	const char *text = NULL;
	struct json *doc;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	wire_error_write(&out, WIRE_TOO_LARGE, "a \"b\"\n\033");
	assert_int_equal(json_parse(&doc, out.data, out.length, NULL), STATUS_OK);
	assert_int_equal(json_get_object(doc, "error", JSON_REQUIRED, &error, NULL), STATUS_OK);
	json_get_string(error, "code", JSON_REQUIRED, 99, &text, NULL);
	assert_string_equal(text, "too-large");
	json_get_string(error, "text", JSON_REQUIRED, 99, &text, NULL);
	assert_string_equal(text, "a \"b\"\n\033");
	json_destroy(doc);
	buf_finish(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_methods),
	    cmocka_unit_test(test_paths_that_are_none),
	    cmocka_unit_test_setup_teardown(
	        test_methods_are_specified, read_protocol, free_protocol),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test_setup_teardown(
	        test_errors_are_specified, read_protocol, free_protocol),
	    cmocka_unit_test(test_error_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
