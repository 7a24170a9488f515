#include "cli/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/timeu.h"

enum {
	FIRST_MS = 300, /* what is over sooner shows no bar */
	EACH_MS = 100,
	BAR_MAX = 40,
	BAR_MIN = 10,
	NUMBERS = 50, /* columns beside the bar */
};

void
progress_init(struct progress *progress, const struct cli *cli, const char *what)
{
	*progress = (struct progress){.what = what};
	progress->wanted = !cli->global.quiet && isatty(STDERR_FILENO);
	progress->next = time_mono() + FIRST_MS * TIME_MS;
}

static int
bar_width(void)
{
	struct winsize size;
	int columns = 80;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		columns = size.ws_col;
	columns -= NUMBERS;
	return columns < BAR_MIN ? 0 : columns > BAR_MAX ? BAR_MAX : columns;
}

void
progress_show(struct progress *progress, int64_t done, int64_t total)
{
	int width, filled;

	if (!progress->wanted || total <= 0 || time_mono() < progress->next)
		return;
	if (done > total)
		done = total;
	progress->next = time_mono() + EACH_MS * TIME_MS;
	progress->shown = true;
	width = bar_width();
	filled = (int)((double)done / (double)total * width);
	fprintf(stderr, "\r\033[K%s ", progress->what);
	if (width) {
		fputc('[', stderr);
		for (int i = 0; i < width; i++)
			fputc(i < filled ? '#' : '.', stderr);
		fputs("] ", stderr);
	}
	fprintf(stderr, "%lld/%lld", (long long)done, (long long)total);
	fflush(stderr);
}

void
progress_wipe(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}

static void
show(void *arg, int64_t done, int64_t total)
{
	progress_show(arg, done, total);
}

enum status
progress_sync(
    const struct cli *cli, const struct client_sync *wanted, int64_t *messages, struct error *err)
{
	struct client_sync shown = *wanted;
	struct progress progress;
	enum status status;

	progress_init(&progress, cli, _("fetching"));
	shown.progress = show;
	shown.arg = &progress;
	status = client_sync(cli->client, &shown, messages, err);
	progress_wipe(&progress);
	return status;
}
