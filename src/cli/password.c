#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/io.h"
#include "base/mem.h"

enum { PASSWORD_LIMIT = 4096 };

void
password_free(char *password)
{
	if (!password)
		return;
	explicit_bzero(password, strlen(password));
	free(password);
}

/* Up to the line's end, byte by byte: what stands behind it is somebody else's. */
static enum status
read_line(int fd, int stop_fd, char **line, struct error *err)
{
	char text[PASSWORD_LIMIT];
	size_t length = 0;
	enum status status = STATUS_OK;

	for (;;) {
		struct pollfd fds[2] = {{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};
		char c;
		ssize_t n;

		if (stop_fd >= 0 && poll(fds, 2, -1) > 0 && fds[1].revents) {
			status = error_set(err, STATUS_AGAIN, _("interrupted"));
			break;
		}
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			status = error_set(
			    err, STATUS_IO, _("cannot read the password: %s"), strerror(errno));
		if (n <= 0 || c == '\n')
			break;
		if (length == sizeof text - 1 || c == '\0') {
			status = error_set(
			    err, STATUS_USAGE, _("the password is too long, or holds a NUL byte"));
			break;
		}
		text[length++] = c;
	}
	if (status == STATUS_OK)
		*line = mem_strndup(text, length);
	explicit_bzero(text, sizeof text);
	return status;
}

enum status
password_from_stdin(char **password, struct error *err)
{
	return read_line(STDIN_FILENO, -1, password, err);
}

/* SIGINT and its like, which the program has blocked, end the question. */
static int
open_stop(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static enum status
ask(int tty, int stop_fd, const char *prompt, char **password, struct error *err)
{
	enum status status = io_write_all(tty, prompt, strlen(prompt), err);

	if (status == STATUS_OK)
		status = read_line(tty, stop_fd, password, err);
	(void)io_write_all(tty, "\n", 1, NULL);
	return status;
}

static enum status
ask_twice(int tty, int stop_fd, const char *prompt, char **password, struct error *err)
{
	char *again = NULL;
	enum status status = ask(tty, stop_fd, prompt, password, err);

	if (status == STATUS_OK)
		status = ask(tty, stop_fd, _("The same again: "), &again, err);
	if (status == STATUS_OK && strcmp(*password, again) != 0) {
		password_free(*password);
		*password = NULL;
		status = error_set(err, STATUS_USAGE, _("the two passwords are not the same"));
	}
	password_free(again);
	return status;
}

enum status
password_from_terminal(char **password, const char *prompt, bool twice, struct error *err)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios old, silent;
	int stop_fd;
	enum status status;

	if (tty < 0 || tcgetattr(tty, &old) != 0) {
		if (tty >= 0)
			close(tty);
		return error_set(err, STATUS_USAGE,
		    _("there is no terminal to ask for the password; use --password-stdin"));
	}
	stop_fd = open_stop();
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(tty, TCSAFLUSH, &silent);
	status = twice ? ask_twice(tty, stop_fd, prompt, password, err)
	               : ask(tty, stop_fd, prompt, password, err);
	tcsetattr(tty, TCSAFLUSH, &old);
	close(stop_fd);
	close(tty);
	return status;
}
