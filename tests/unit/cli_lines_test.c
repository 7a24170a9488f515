/* The line reader: every length and cut, and what ends it. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/mem.h"
#include "cli/lines.h"

enum { CHUNK = 64 * 1024 /* what lines.c reads at once */ };

struct story {
	int input; /* what the reader reads from */
	int feed;
	int stop, stopper;
	struct lines lines;
	struct buf told; /* a line each: "NUMBER:LENGTH:TEXT", or "NUMBER:long" */
};

static void
begin(struct story *s, size_t limit)
{
	int input[2], stop[2];

	assert_int_equal(pipe2(input, O_CLOEXEC), 0);
	assert_int_equal(pipe2(stop, O_CLOEXEC), 0);
	*s = (struct story){input[0], input[1], stop[0], stop[1], {.limit = 0}, {.limit = 0}};
	lines_init(&s->lines, s->input, s->stop, limit);
	buf_init(&s->told, 1 << 20);
}

static void
end(struct story *s)
{
	close(s->input);
	if (s->feed >= 0)
		close(s->feed);
	close(s->stop);
	close(s->stopper);
	lines_finish(&s->lines);
	buf_finish(&s->told);
}

static void
feed(struct story *s, const void *data, size_t length)
{
	assert_int_equal(io_write_all(s->feed, data, length, NULL), STATUS_OK);
}

static void
close_feed(struct story *s)
{
	close(s->feed);
	s->feed = -1;
}

static void
tell_lines(struct story *s, bool with_text)
{
	struct line line;

	while (lines_next(&s->lines, &line)) {
		if (line.too_long) {
			buf_printf(&s->told, "%lld:long\n", (long long)line.number);
			continue;
		}
		buf_printf(&s->told, "%lld:%zu", (long long)line.number, line.length);
		if (with_text) {
			buf_add_char(&s->told, ':');
			buf_add(&s->told, line.text, line.length);
		}
		buf_add_char(&s->told, '\n');
	}
}

/* Reads what is there, once. */
static void
read_once(struct story *s)
{
	struct error err;

	assert_int_equal(lines_read(&s->lines, &err), STATUS_OK);
	tell_lines(s, true);
}

static void
test_lines_as_they_come(void **state)
{
	struct story s;

	(void)state;
	begin(&s, 100);
	feed(&s, "one\ntwo\nthr", 11);
	read_once(&s);
	assert_string_equal(buf_string(&s.told), "1:3:one\n2:3:two\n");
	assert_false(lines_pending(&s.lines));
	feed(&s, "ee\n\n\r\nlast", 10);
	read_once(&s);
	assert_string_equal(buf_string(&s.told), "1:3:one\n2:3:two\n3:5:three\n4:0:\n5:1:\r\n");
	close_feed(&s);
	read_once(&s);
	assert_true(s.lines.end);
	assert_string_equal(
	    buf_string(&s.told) + s.told.length - strlen("6:4:last\n"), "6:4:last\n");
	assert_false(lines_pending(&s.lines));
	/* The end stays the end. */
	read_once(&s);
	assert_int_equal(s.lines.number, 6);
	end(&s);
}

static void
test_nothing(void **state)
{
	static const char *const inputs[] = {"", "\n", "\n\n"};
	static const char *const told[] = {"", "1:0:\n", "1:0:\n2:0:\n"};

	(void)state;
	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
		struct story s;

		begin(&s, 100);
		feed(&s, inputs[i], strlen(inputs[i]));
		close_feed(&s);
		while (!s.lines.end)
			read_once(&s);
		assert_string_equal(buf_string(&s.told), told[i]);
		end(&s);
	}
}

/* A 0 byte is a byte of its line: whoever wants text must look. */
static void
test_nul_bytes(void **state)
{
	struct story s;
	struct line line;
	struct error err;

	(void)state;
	begin(&s, 100);
	feed(&s, "a\0b\n\0\n", 6);
	assert_int_equal(lines_read(&s.lines, &err), STATUS_OK);
	assert_true(lines_next(&s.lines, &line));
	assert_int_equal(line.length, 3);
	assert_memory_equal(line.text, "a\0b", 3);
	assert_true(lines_next(&s.lines, &line));
	assert_int_equal(line.length, 1);
	assert_false(lines_next(&s.lines, &line));
	end(&s);
}

/* Lines that wait are told before more is read, so that memory stays bounded. */
static void
test_reads_nothing_while_lines_wait(void **state)
{
	struct story s;
	struct line line;
	struct error err;

	(void)state;
	begin(&s, 100);
	feed(&s, "1\n2\n", 4);
	assert_int_equal(lines_read(&s.lines, &err), STATUS_OK);
	assert_true(lines_next(&s.lines, &line));
	feed(&s, "3\n", 2);
	assert_true(lines_pending(&s.lines));
	assert_int_equal(lines_read(&s.lines, &err), STATUS_OK);
	assert_true(lines_next(&s.lines, &line));
	assert_false(lines_next(&s.lines, &line));
	assert_int_equal(lines_read(&s.lines, &err), STATUS_OK);
	assert_true(lines_next(&s.lines, &line));
	assert_int_equal(line.number, 3);
	end(&s);
}

/* ---- long lines ---- */

/* An input of lines of these lengths, in a file, read with that limit: what the reader must tell
 * follows from the lengths alone. */
static void
check_lengths(const size_t *lengths, size_t count, size_t limit, bool last_end)
{
	struct story s;
	struct buf expected;
	FILE *file = tmpfile();
	struct error err;

	assert_non_null(file);
	begin(&s, limit);
	buf_init(&expected, 1 << 20);
	for (size_t i = 0; i < count; i++) {
		char *line = mem_alloc(lengths[i] + 1);

		memset(line, 'a' + (int)(i % 26), lengths[i]);
		line[lengths[i]] = '\n';
		fwrite(line, 1, lengths[i] + (i + 1 < count || last_end), file);
		free(line);
		if (lengths[i] > limit)
			buf_printf(&expected, "%zu:long\n", i + 1);
		else if (lengths[i] || i + 1 < count || last_end)
			buf_printf(&expected, "%zu:%zu\n", i + 1, lengths[i]);
	}
	rewind(file);
	s.lines.fd = fileno(file);
	while (!s.lines.end || lines_pending(&s.lines)) {
		assert_int_equal(lines_read(&s.lines, &err), STATUS_OK);
		tell_lines(&s, false);
		assert_true(s.lines.in.length <= limit + 2 * CHUNK);
	}
	assert_false(s.lines.in.failed);
	assert_string_equal(buf_string(&s.told), buf_string(&expected));
	buf_finish(&expected);
	fclose(file);
	end(&s);
}

/* A long line at every place a chunk may be cut at, with neighbours. */
static void
test_long_lines_in_every_alignment(void **state)
{
	static const size_t limits[] = {0, 1, 10, CHUNK - 1, CHUNK, CHUNK + 1};

	(void)state;
	for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++) {
		size_t limit = limits[l];

		for (size_t shift = 0; shift < 5; shift++) {
			const size_t around[] = {CHUNK - 2 + shift, limit, limit + 1, 0,
			    limit + CHUNK - 2 + shift, 1, 2 * CHUNK - limit % CHUNK + shift, limit,
			    3 * CHUNK + shift, shift};
			size_t count = sizeof around / sizeof around[0];

			check_lengths(around, count, limit, true);
			check_lengths(around, count, limit, false);
			/* The long one last, without an end. */
			check_lengths(around, count - 1, limit, false);
		}
	}
}

/* Told once, as soon as it is known to be too long, not at its end. */
static void
test_long_line_is_told_early(void **state)
{
	struct story s;

	(void)state;
	begin(&s, 10);
	feed(&s, "12345678901", 11);
	read_once(&s);
	assert_string_equal(buf_string(&s.told), "1:long\n");
	for (int i = 0; i < 100; i++) {
		feed(&s, "more", 4);
		read_once(&s);
	}
	feed(&s, "short", 5);
	read_once(&s);
	feed(&s, "\nnext\n", 6);
	read_once(&s);
	assert_string_equal(buf_string(&s.told), "1:long\n2:4:next\n");
	end(&s);
}

/* ---- what ends it ---- */

static void
test_stop(void **state)
{
	struct story s;
	struct error err;

	(void)state;
	begin(&s, 10);
	assert_int_equal(write(s.stopper, "x", 1), 1);
	assert_int_equal(lines_read(&s.lines, &err), STATUS_AGAIN);
	assert_string_equal(err.text, "interrupted");
	/* Also where there is input. */
	feed(&s, "line\n", 5);
	assert_int_equal(lines_read(&s.lines, &err), STATUS_AGAIN);
	end(&s);
}

/* A signal of the program's, on a descriptor as cli.c opens it, ends the waiting. */
static void
test_signal_while_waiting(void **state)
{
	timer_t timer;
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
	const struct itimerspec soon = {.it_value = {.tv_nsec = 20 * 1000 * 1000}};
	struct story s;
	struct error err;
	sigset_t set;
	int fd;

	(void)state;
	begin(&s, 10);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	assert_true(fd >= 0);
	s.lines.stop_fd = fd;
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &soon, NULL), 0);
	assert_int_equal(lines_read(&s.lines, &err), STATUS_AGAIN);
	timer_delete(timer);
	close(fd);
	end(&s);
}

static void
test_closed_or_broken_input(void **state)
{
	struct story s;
	struct error err;
	int directory = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	begin(&s, 10);
	s.lines.fd = directory;
	assert_int_equal(lines_read(&s.lines, &err), STATUS_IO);
	close(directory);
	assert_int_equal(lines_read(&s.lines, &err), STATUS_IO);
	assert_non_null(strstr(err.text, "cannot read"));
	end(&s);
}

/* Another process may have made the file it shares with us non-blocking. */
static void
test_non_blocking_input(void **state)
{
	struct story s;

	(void)state;
	begin(&s, 10);
	assert_int_equal(fcntl(s.input, F_SETFL, O_NONBLOCK), 0);
	feed(&s, "line\n", 5);
	read_once(&s);
	close_feed(&s);
	read_once(&s);
	assert_true(s.lines.end);
	assert_string_equal(buf_string(&s.told), "1:4:line\n");
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_as_they_come),
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_nul_bytes),
	    cmocka_unit_test(test_reads_nothing_while_lines_wait),
	    cmocka_unit_test(test_long_lines_in_every_alignment),
	    cmocka_unit_test(test_long_line_is_told_early),
	    cmocka_unit_test(test_stop),
	    cmocka_unit_test(test_signal_while_waiting),
	    cmocka_unit_test(test_closed_or_broken_input),
	    cmocka_unit_test(test_non_blocking_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
