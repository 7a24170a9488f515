/*
 * The printers: whatever stands in a message, a name or an error, a terminal gets nothing that
 * acts on it, and a script gets JSON that says the very same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/print.h"
#include "wire/json.h"

/* What must not reach a terminal: each with what a text shows of it. */
static const struct {
	const char *raw;
	const char *shown;
} hostile[] = {
    {"\x1b]0;title\x07", "␛]0;title␇"},
    {"\x1b[2J\x1b[31mred", "␛[2J␛[31mred"},
    {"\xC2\x9B"
     "31m",
        "\uFFFD31m"}, /* CSI as one C1 character */
    {"\x9B"
     "31m",
        "\uFFFD31m"},                           /* and as a bare byte */
    {"\xC2\x85next", "\uFFFDnext"},             /* NEL */
    {"a\u202Eb\u2066c\u2069d\u200Ee", "abcde"}, /* bidi */
    {"\u2028\u2029", "\u21B5\u21B5"},
    {"\r\b\v\f\x7F\x01", "␍␈␋␌␡␁"},
    {"tab\tbed", "tab bed"},
    {"\xFF\xFE\xC3", "\uFFFD\uFFFD\uFFFD"},
    {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},           /* a surrogate */
    {"\xC0\xAF", "\uFFFD\uFFFD"},                     /* overlong */
    {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"}, /* beyond Unicode */
    {"\uFEFFx\u200Bz\U000E0001", "xz"},               /* invisible */
    {"\"quoted\\\"", "\"quoted\\\""},
    {"%s%n%d", "%s%n%d"},
    {"👩\u200D👧 é 漢字", "👩\u200D👧 é 漢字"},
};
enum { HOSTILE = sizeof hostile / sizeof hostile[0] };

static const struct message plain = {
    .conversation = "bob@example.org",
    .msg_id = 12,
    .from = "bob@example.org",
    .time = INT64_C(1795338000123456),
    .type = "text",
    .text = "hi",
};

/* ---- catching standard output ---- */

static struct {
	int saved;
	FILE *file;
	struct buf got;
} catching;

static void
catch_begin(void)
{
	fflush(stdout);
	catching.saved = dup(STDOUT_FILENO);
	catching.file = tmpfile();
	assert_non_null(catching.file);
	assert_true(dup2(fileno(catching.file), STDOUT_FILENO) >= 0);
}

/* What was printed since. Freed by the next. */
static const char *
catch_end(void)
{
	struct error err;

	assert_int_equal(print_flush(&err), STATUS_OK);
	assert_true(dup2(catching.saved, STDOUT_FILENO) >= 0);
	close(catching.saved);
	buf_finish(&catching.got);
	buf_init(&catching.got, 4 << 20);
	rewind(catching.file);
	assert_int_equal(io_read_all(fileno(catching.file), &catching.got, &err), STATUS_OK);
	fclose(catching.file);
	return buf_string(&catching.got);
}

#define CAUGHT(call) (catch_begin(), (void)(call), catch_end())

/* Nothing in it acts on a terminal; lines end with LF, and there are that many. */
static void
assert_harmless(const char *printed, size_t lines)
{
	size_t count = 0;

	assert_true(text_is_utf8(printed, strlen(printed)));
	for (const char *p = printed; *p; p++) {
		assert_true((unsigned char)*p >= 0x20 || *p == '\n');
		assert_true((unsigned char)*p != 0x7F);
		assert_true((unsigned char)*p != 0xC2 || (unsigned char)p[1] >= 0xA0);
		count += *p == '\n';
	}
	for (size_t i = 0; i < HOSTILE; i++)
		if (strcmp(hostile[i].raw, hostile[i].shown) != 0)
			assert_null(strstr(printed, hostile[i].raw));
	assert_int_equal(count, lines);
}

/* ---- JSON ---- */

/* Parses one line; the caller frees with json_destroy(). */
static struct json *
parse(const char *printed)
{
	struct error err;
	struct json *doc;
	size_t length = strlen(printed);

	assert_harmless(printed, 1);
	assert_true(length > 0 && printed[length - 1] == '\n');
	if (json_parse(&doc, printed, length - 1, &err) != STATUS_OK)
		fail_msg("%s: %s", err.text, printed);
	return doc;
}

static void
assert_string(const struct json *doc, const char *name, const char *expected)
{
	const char *value;
	struct error err;

	assert_int_equal(
	    json_get_string(doc, name, JSON_REQUIRED, 1 << 20, &value, &err), STATUS_OK);
	assert_string_equal(value, expected);
}

static void
assert_int(const struct json *doc, const char *name, int64_t expected)
{
	int64_t value;
	struct error err;

	assert_int_equal(
	    json_get_int(doc, name, JSON_REQUIRED, -1, INT64_C(1) << 53, &value, &err), STATUS_OK);
	assert_true(value == expected);
}

static void
assert_bool(const struct json *doc, const char *name, bool expected)
{
	bool value;
	struct error err;

	assert_int_equal(json_get_bool(doc, name, JSON_REQUIRED, &value, &err), STATUS_OK);
	assert_int_equal(value, expected);
}

static bool
has(const char *printed, const char *name)
{
	char quoted[40];

	snprintf(quoted, sizeof quoted, "\"%s\":", name);
	return strstr(printed, quoted) != NULL;
}

/* ---- messages ---- */

static void
test_message_json(void **state)
{
	struct message m = plain;
	struct json *doc;
	const char *printed;

	(void)state;
	printed = CAUGHT(print_message_line(FORMAT_JSON, &m, false));
	assert_string_equal(printed,
	    "{\"conversation\":\"bob@example.org\",\"msg_id\":12,\"from\":\"bob@example.org\","
	    "\"time\":\"2026-11-22T09:00:00.123Z\",\"type\":\"text\",\"text\":\"hi\"}\n");

	/* An own one that waits: no number yet, but a key and a state. */
	m.msg_id = 0;
	m.from = "alice@example.org";
	m.has_key = true;
	assert_true(key_parse(&m.key, "018f0000-0000-7000-8000-00000000000a"));
	m.state = STATE_QUEUED;
	printed = CAUGHT(print_message_line(FORMAT_JSON, &m, true));
	doc = parse(printed);
	assert_false(has(printed, "msg_id"));
	assert_string(doc, "key", "018f0000-0000-7000-8000-00000000000a");
	assert_string(doc, "state", "queued");
	assert_bool(doc, "repeated", true);
	json_destroy(doc);

	/* One of a type that came later. */
	m = plain;
	m.type = "poll";
	m.text = NULL;
	printed = CAUGHT(print_message_line(FORMAT_JSON, &m, false));
	doc = parse(printed);
	assert_string(doc, "type", "poll");
	assert_false(has(printed, "text"));
	json_destroy(doc);
}

static void
test_states(void **state)
{
	static const enum message_state states[] = {STATE_QUEUED, STATE_SENT, STATE_FAILED};
	static const char *const names[] = {"queued", "sent", "failed"};
	static const char *const shown[] = {" [queued]: hi", "org: hi", " [failed]: hi"};
	struct message m = plain;

	(void)state;
	m.from = "alice@example.org";
	for (size_t i = 0; i < 3; i++) {
		const char *printed;
		struct json *doc;

		m.state = states[i];
		printed = CAUGHT(print_message_line(FORMAT_TEXT, &m, false));
		assert_non_null(strstr(printed, "alice@example.org > bob@example.org"));
		assert_non_null(strstr(printed, shown[i]));
		doc = parse(CAUGHT(print_message_line(FORMAT_JSON, &m, false)));
		assert_string(doc, "state", names[i]);
		json_destroy(doc);
	}
}

static void
test_message_text(void **state)
{
	struct message m = plain;

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org: hi\n");
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, true)),
	    "2026-11-22 09:00 bob@example.org [repeated]: hi\n");
	m.text = "";
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org: \n");
	m.text = NULL;
	m.type = "poll";
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org: [poll]\n");
	/* Notes to oneself. */
	m = plain;
	m.state = STATE_SENT;
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org: hi\n");
}

static void
test_amended(void **state)
{
	static const struct reaction reactions[] = {
	    {"a@x", "+1"}, {"b@x", "\033[2J\n"}, {"c@x", "+1"}};
	struct message m = plain;
	struct json *doc;
	const char *printed;

	(void)state;
	setenv("TZ", "UTC", 1);
	m.target = 7;
	m.edited = 15;
	m.reactions = reactions;
	m.reaction_count = 3;
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org [reply to 7] [edited]: hi  (+1 2)  (␛[2J↵)\n");
	doc = parse(CAUGHT(print_message_line(FORMAT_JSON, &m, false)));
	assert_int(doc, "reply_to", 7);
	assert_int(doc, "edited", 15);
	json_destroy(doc);
	printed = CAUGHT(print_message_line(FORMAT_JSON, &m, false));
	assert_non_null(strstr(printed, "\"reactions\":[{\"from\":\"a@x\",\"reaction\":\"+1\"},{"));
	/* Recalled: then nothing else is told of it. */
	m = plain;
	m.text = NULL;
	m.recalled = true;
	assert_string_equal(CAUGHT(print_message_numbered(&m)),
	    "12 2026-11-22 09:00 bob@example.org: [recalled]\n");
	printed = CAUGHT(print_message_line(FORMAT_JSON, &m, false));
	assert_true(has(printed, "recalled") && !has(printed, "text"));
	m = plain;
	m.type = "edit";
	m.target = 7;
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org [edits 7]: hi\n");
	printed = CAUGHT(print_message_line(FORMAT_JSON, &m, false));
	assert_true(has(printed, "target") && !has(printed, "reply_to"));
}

/* A text's further lines can't be taken for another message. */
static void
test_several_lines(void **state)
{
	struct message m = plain;
	struct json *doc;

	(void)state;
	setenv("TZ", "UTC", 1);
	m.text = "one\n2026-11-22 09:00 eve@example.org: two\n\nfour\n";
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org: one\n"
	    "    2026-11-22 09:00 eve@example.org: two\n"
	    "    \n"
	    "    four\n"
	    "    \n");
	m.text = "one\r\ntwo";
	assert_string_equal(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
	    "2026-11-22 09:00 bob@example.org: one␍\n    two\n");
	doc = parse(CAUGHT(print_message_line(FORMAT_JSON, &m, false)));
	assert_string(doc, "text", "one\r\ntwo");
	json_destroy(doc);
}

static bool
is_json_text(const char *text)
{
	return text_is_utf8(text, strlen(text));
}

static void
test_hostile_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		struct message m = plain;
		struct json *doc;

		m.text = hostile[i].raw;
		assert_harmless(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)), 1);
		assert_non_null(strstr(buf_string(&catching.got), hostile[i].shown));
		doc = parse(CAUGHT(print_message_line(FORMAT_JSON, &m, false)));
		if (is_json_text(m.text))
			assert_string(doc, "text", m.text);
		json_destroy(doc);

		/* Whatever a server may call a type, or a broken cache an address. */
		m.text = i % 2 ? NULL : "hi";
		m.type = m.from = m.conversation = hostile[i].raw;
		m.state = STATE_FAILED;
		assert_harmless(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)), 1);
		doc = parse(CAUGHT(print_message_line(FORMAT_JSON, &m, false)));
		if (is_json_text(m.type))
			assert_string(doc, "type", m.type);
		json_destroy(doc);

		assert_harmless(CAUGHT(print_failed(FORMAT_TEXT, &m, hostile[i].raw)), 2);
		doc = parse(CAUGHT(print_failed(FORMAT_JSON, &m, hostile[i].raw)));
		if (is_json_text(hostile[i].raw))
			assert_string(doc, "error", hostile[i].raw);
		assert_string(doc, "state", "failed");
		json_destroy(doc);
	}
}

/* The longest text there is, of what takes most room. */
static void
test_longest(void **state)
{
	enum { LONGEST = 64 * 1024 };
	static const char *const made_of[] = {"\n", "\x01", "\xFF", "\"", "\x7F"};
	char *text = mem_alloc(LONGEST + 1);
	struct message m = plain;

	(void)state;
	text[LONGEST] = '\0';
	m.text = text;
	for (size_t i = 0; i < sizeof made_of / sizeof made_of[0]; i++) {
		struct json *doc;

		memset(text, made_of[i][0], LONGEST);
		assert_harmless(CAUGHT(print_message_line(FORMAT_TEXT, &m, false)),
		    made_of[i][0] == '\n' ? LONGEST + 1 : 1);
		doc = parse(CAUGHT(print_message_line(FORMAT_JSON, &m, false)));
		if (is_json_text(text))
			assert_string(doc, "text", text);
		json_destroy(doc);
	}
	free(text);
}

/* ---- the others ---- */

static void
test_holes(void **state)
{
	const struct id_range one = {7, 7}, many = {7, 43};
	const struct json *hole;
	struct error err;
	struct json *doc;

	(void)state;
	assert_string_equal(CAUGHT(print_hole(FORMAT_TEXT, "bob@example.org", one)),
	    "-- 1 message not loaded (7) --\n");
	assert_string_equal(CAUGHT(print_hole(FORMAT_TEXT, "bob@example.org", many)),
	    "-- 37 messages not loaded (7-43) --\n");
	doc = parse(CAUGHT(print_hole(FORMAT_JSON, "bob@example.org", many)));
	assert_string(doc, "conversation", "bob@example.org");
	assert_int_equal(json_get_object(doc, "hole", JSON_REQUIRED, &hole, &err), STATUS_OK);
	assert_int(hole, "first", 7);
	assert_int(hole, "last", 43);
	json_destroy(doc);
}

static void
test_contacts(void **state)
{
	struct contact contact = {.address = "bob@example.org", .name = ""};
	struct json *doc;

	(void)state;
	assert_string_equal(CAUGHT(print_contact(FORMAT_TEXT, &contact)), "bob@example.org\n");
	contact.name = "Bob";
	assert_string_equal(CAUGHT(print_contact(FORMAT_TEXT, &contact)), "bob@example.org  Bob\n");
	for (size_t i = 0; i < HOSTILE; i++) {
		contact.name = hostile[i].raw;
		assert_harmless(CAUGHT(print_contact(FORMAT_TEXT, &contact)), 1);
		assert_non_null(strstr(buf_string(&catching.got), hostile[i].shown));
		doc = parse(CAUGHT(print_contact(FORMAT_JSON, &contact)));
		assert_string(doc, "address", "bob@example.org");
		if (is_json_text(contact.name))
			assert_string(doc, "name", contact.name);
		json_destroy(doc);
	}
}

static void
test_sent(void **state)
{
	static const char key[] = "018f0000-0000-7000-8000-00000000000a";
	struct client_message message = {.to = {"bob@example.org"}, .text = "hi", .has_key = true};
	struct client_sent sent = {.msg_id = 12, .time = plain.time};
	struct json *doc;
	const char *printed;

	(void)state;
	assert_true(key_parse(&message.key, key));
	assert_string_equal(CAUGHT(print_sent(FORMAT_TEXT, &message, &sent, false)), "sent 12\n");
	printed = CAUGHT(print_sent(FORMAT_JSON, &message, &sent, false));
	doc = parse(printed);
	assert_string(doc, "conversation", "bob@example.org");
	assert_string(doc, "key", key);
	assert_string(doc, "state", "sent");
	assert_int(doc, "msg_id", 12);
	assert_string(doc, "time", "2026-11-22T09:00:00.123Z");
	assert_false(has(printed, "error") || has(printed, "doubt"));
	json_destroy(doc);

	sent = (struct client_sent){0};
	assert_non_null(
	    strstr(CAUGHT(print_sent(FORMAT_TEXT, &message, &sent, true)), "queued 018f"));
	printed = CAUGHT(print_sent(FORMAT_JSON, &message, &sent, true));
	doc = parse(printed);
	assert_string(doc, "state", "queued");
	assert_bool(doc, "doubt", false);
	assert_false(has(printed, "msg_id") || has(printed, "time") || has(printed, "error"));
	json_destroy(doc);

	sent = (struct client_sent){.status = STATUS_AGAIN, .text = "in doubt"};
	assert_non_null(
	    strstr(CAUGHT(print_sent(FORMAT_TEXT, &message, &sent, false)), "doubt 018f"));
	doc = parse(CAUGHT(print_sent(FORMAT_JSON, &message, &sent, false)));
	assert_string(doc, "state", "queued");
	assert_bool(doc, "doubt", true);
	assert_string(doc, "error", "in doubt");
	json_destroy(doc);

	for (size_t i = 0; i < HOSTILE; i++) {
		sent = (struct client_sent){.status = STATUS_DENIED};
		snprintf(sent.text, sizeof sent.text, "%s", hostile[i].raw);
		assert_non_null(
		    strstr(CAUGHT(print_sent(FORMAT_TEXT, &message, &sent, false)), "failed 018f"));
		doc = parse(CAUGHT(print_sent(FORMAT_JSON, &message, &sent, false)));
		assert_string(doc, "state", "failed");
		if (is_json_text(sent.text))
			assert_string(doc, "error", sent.text);
		json_destroy(doc);
	}
}

static void
test_version(void **state)
{
	struct json *doc;

	(void)state;
	assert_string_equal(CAUGHT(cli_print_version(FORMAT_TEXT)), "tern " PACKAGE_VERSION "\n");
	doc = parse(CAUGHT(cli_print_version(FORMAT_JSON)));
	assert_string(doc, "version", PACKAGE_VERSION);
	assert_int(doc, "json_version", JSON_VERSION);
	json_destroy(doc);
}

/* What cannot be written is no success. */
static void
test_full(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	int saved;
	struct error err;
	enum status status;

	(void)state;
	assert_non_null(full);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(full), STDOUT_FILENO) >= 0);
	print_message_line(FORMAT_JSON, &plain, false);
	status = print_flush(&err);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	clearerr(stdout);
	close(saved);
	fclose(full);
	assert_int_equal(status, STATUS_IO);
	assert_non_null(strstr(err.text, "cannot write to standard output"));
}

/* A sentence for people is one line, whatever it quotes. */
static void
test_complaints(void **state)
{
	const struct cli cli = {.command = NULL};

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		int saved = dup(STDERR_FILENO);

		catch_begin();
		assert_true(dup2(STDOUT_FILENO, STDERR_FILENO) >= 0);
		cli_complain(&cli, hostile[i].raw);
		assert_true(dup2(saved, STDERR_FILENO) >= 0);
		close(saved);
		assert_harmless(catch_end(), 1);
		assert_int_equal(strncmp(buf_string(&catching.got), "tern: ", 6), 0);
	}
}

static int
finish(void **state)
{
	(void)state;
	buf_finish(&catching.got);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_message_json),
	    cmocka_unit_test(test_states),
	    cmocka_unit_test(test_message_text),
	    cmocka_unit_test(test_amended),
	    cmocka_unit_test(test_several_lines),
	    cmocka_unit_test(test_hostile_messages),
	    cmocka_unit_test(test_longest),
	    cmocka_unit_test(test_holes),
	    cmocka_unit_test(test_contacts),
	    cmocka_unit_test(test_sent),
	    cmocka_unit_test(test_version),
	    cmocka_unit_test(test_full),
	    cmocka_unit_test(test_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
