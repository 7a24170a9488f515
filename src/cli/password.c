#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/io.h"
#include "base/mem.h"
#include "cli/input.h"

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
	size_t length = 0, got;
	enum status status;
	char c;

	while ((status = input_read(fd, stop_fd, &c, 1, &got, err)) == STATUS_OK && got > 0 &&
	       c != '\n') {
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
password_from_stdin(char **password, int stop_fd, struct error *err)
{
	return read_line(STDIN_FILENO, stop_fd, password, err);
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

/* Whatever would stop or end this program by itself has to wait until the echo is back. */
static void
block_job_control(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, before);
}

enum status
password_from_terminal(
    char **password, const char *prompt, bool twice, int stop_fd, struct error *err)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios old, silent;
	sigset_t before;
	enum status status;

	if (tty < 0 || tcgetattr(tty, &old) != 0) {
		if (tty >= 0)
			close(tty);
		return error_set(err, STATUS_USAGE,
		    _("there is no terminal to ask for the password; use --password-stdin"));
	}
	block_job_control(&before);
	silent = old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
		status = error_set(err, STATUS_IO,
		    _("cannot keep the terminal from showing the password: %s"), strerror(errno));
	else
		status = twice ? ask_twice(tty, stop_fd, prompt, password, err)
		               : ask(tty, stop_fd, prompt, password, err);
	tcsetattr(tty, TCSAFLUSH, &old);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(tty);
	return status;
}
