#include "tui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/text.h"
#include "tui/terminfo.h"

enum { WRITE_LIMIT_MS = 10000, NOTICE_MAX = 300 };

/*
 * Pastes between marks; the focus told; and no wrapping at the right edge, so that an emoji that
 * the terminal has wider than it is thought to be can't push anything to the next row. Terminals
 * that don't know these pass over them.
 */
static const char modes_on[] = "\033[?2004h\033[?1004h\033[?7l";
static const char modes_off[] = "\033[?2004l\033[?1004l\033[?7h";

struct term {
	int in, out;
	struct termios before;
	struct term_abilities abilities;
	bool taken;
	bool titled;
	bool osc_777; /* notices by OSC 777, not 9 */
};

/* ---- what it can do ---- */

static int
count_colors(void)
{
	const char *no = getenv("NO_COLOR"), *colorterm = getenv("COLORTERM");
	int colors = terminfo_number("colors");

	if (no && *no)
		return 0;
	if (colorterm && (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0))
		return 1 << 24;
	if (terminfo_flag("RGB") || terminfo_flag("Tc"))
		return 1 << 24;
	if (colors >= 256)
		return 256;
	return colors >= 16 ? 16 : colors >= 8 ? 8 : 0;
}

/* Terminals that follow links, or leave out what they don't understand of them: not the kernel's.
 */
static bool
follows_links(const char *name)
{
	return strncmp(name, "linux", 5) != 0 && strncmp(name, "vt", 2) != 0;
}

void
term_describe(struct term_abilities *a, const char *name)
{
	static const char *const attributes[7] = {
	    "bold", "dim", "sitm", "smul", "rev", "smxx", "blink"};

	*a = (struct term_abilities){.colors = count_colors()};
	a->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	a->links = a->utf8 && follows_links(name);
	a->synchronized = follows_links(name);
	a->erases_color = terminfo_flag("bce");
	a->right_edge = terminfo_flag("xenl");
	a->move = terminfo_string("cup");
	a->erase_line = terminfo_string("el");
	a->scroll_region = terminfo_string("csr");
	a->scroll_up = terminfo_string("ind");
	a->scroll_down = terminfo_string("ri");
	a->plain = terminfo_string("sgr0");
	a->hide = terminfo_string("civis");
	a->show = terminfo_string("cnorm");
	for (int i = 0; i < 7; i++)
		a->attribute[i] = terminfo_string(attributes[i]);
	if (a->colors) {
		a->foreground = terminfo_string("setaf");
		a->background = terminfo_string("setab");
	}
}

/* ---- taking and giving back ---- */

static void
put_string(struct term *term, const char *text)
{
	if (text)
		term_write(term, text, strlen(text));
}

static enum status
take(struct term *term, struct error *err)
{
	struct termios raw = term->before;

	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(term->in, TCSADRAIN, &raw) < 0)
		return error_set(err, STATUS_IO, _("cannot use the terminal: %s"), strerror(errno));
	term->taken = true;
	put_string(term, terminfo_string("smcup"));
	put_string(term, terminfo_string("smkx"));
	put_string(term, modes_on);
	return STATUS_OK;
}

static void
give_back(struct term *term)
{
	if (!term->taken)
		return;
	term->taken = false;
	put_string(term, modes_off);
	if (term->titled)
		put_string(term, "\033]2;\a");
	put_string(term, term->abilities.plain);
	put_string(term, term->abilities.show);
	put_string(term, terminfo_string("rmkx"));
	put_string(term, terminfo_string("rmcup"));
	tcsetattr(term->in, TCSADRAIN, &term->before);
}

enum status
term_open(struct term **opened, int in, int out, struct error *err)
{
	const char *name = getenv("TERM");
	struct term *term;
	enum status status;

	*opened = NULL;
	if (!isatty(in) || !isatty(out))
		return error_set(err, STATUS_CONFIG,
		    _("the chat needs a terminal; without one, use tern send and tern recv"));
	if (!name || !*name || !terminfo_open(name, out))
		return error_set(err, STATUS_CONFIG,
		    _("the terminal '%.40s' (TERM) is not known here; set TERM, or use --plain"),
		    name ? name : "");
	term = mem_zalloc(1, sizeof *term);
	term->in = in;
	term->out = out;
	term_describe(&term->abilities, name);
	term->osc_777 = strncmp(name, "rxvt", 4) == 0 || strncmp(name, "foot", 4) == 0;
	if (!term->abilities.move || tcgetattr(in, &term->before) < 0) {
		free(term);
		return error_set(err, STATUS_CONFIG,
		    _("the terminal '%.40s' can't place its cursor; use --plain"), name);
	}
	status = take(term, err);
	if (status != STATUS_OK)
		term_close(term);
	else
		*opened = term;
	return status;
}

void
term_close(struct term *term)
{
	if (!term)
		return;
	give_back(term);
	free(term);
}

void
term_suspend(struct term *term)
{
	give_back(term);
}

enum status
term_resume(struct term *term, struct error *err)
{
	return take(term, err);
}

/* ---- using it ---- */

void
term_size(const struct term *term, int *rows, int *columns)
{
	struct winsize size;

	*rows = 24;
	*columns = 80;
	if (ioctl(term->out, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		*rows = size.ws_row;
		*columns = size.ws_col;
	}
}

const struct term_abilities *
term_abilities(const struct term *term)
{
	return &term->abilities;
}

int
term_colors(const struct term *term)
{
	return term->abilities.colors;
}

bool
term_is_utf8(const struct term *term)
{
	return term->abilities.utf8;
}

bool
term_links(const struct term *term)
{
	return term->abilities.links;
}

int
term_input(const struct term *term)
{
	return term->in;
}

ssize_t
term_read(struct term *term, char *bytes, size_t room)
{
	struct pollfd fd = {.fd = term->in, .events = POLLIN};

	/* The descriptor is shared with other programs of the terminal: it stays a waiting one. */
	if (poll(&fd, 1, 0) <= 0) {
		errno = EAGAIN;
		return -1;
	}
	return read(term->in, bytes, room);
}

void
term_write(struct term *term, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(term->out, bytes, length);
		struct pollfd fd = {.fd = term->out, .events = POLLOUT};

		if (n < 0 && errno != EINTR &&
		    (errno != EAGAIN || poll(&fd, 1, WRITE_LIMIT_MS) <= 0))
			return;
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
}

void
term_bell(struct term *term)
{
	put_string(term, "\a");
}

/* One line, without what could end the sequence that it stands in. */
static void
add_line(struct buf *out, const char *text)
{
	text_safe(out, text, (size_t)text_cut(text, NOTICE_MAX), TEXT_ONE_LINE);
}

void
term_notify(struct term *term, const char *title, const char *text)
{
	struct buf out;

	if (!term->abilities.links)
		return;
	buf_init(&out, 16 * 1024);
	if (term->osc_777) {
		buf_add_string(&out, "\033]777;notify;");
		add_line(&out, title);
		buf_add_char(&out, ';');
	} else {
		buf_add_string(&out, "\033]9;");
		add_line(&out, title);
		buf_add_string(&out, ": ");
	}
	add_line(&out, text);
	buf_add_string(&out, "\033\\");
	term_write(term, out.data, out.length);
	buf_finish(&out);
}

void
term_title(struct term *term, const char *title)
{
	struct buf out;

	if (!term->abilities.links)
		return;
	buf_init(&out, 16 * 1024);
	buf_add_string(&out, "\033]2;");
	add_line(&out, title);
	buf_add_string(&out, "\a");
	term_write(term, out.data, out.length);
	term->titled = true;
	buf_finish(&out);
}
