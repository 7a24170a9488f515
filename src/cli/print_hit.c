/* What was found. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/print.h"

/* ---- text ---- */

/* How a hit stands out: in bold on a terminal that can, between asterisks elsewhere. */
static bool
use_bold(void)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
	       !(no_color && *no_color);
}

static void
add_snippet(struct buf *out, const struct client_hit *hit)
{
	bool bold = use_bold();
	size_t at = 0;

	for (size_t i = 0; i < hit->mark_count; i++) {
		const struct client_span *mark = &hit->marks[i];

		text_safe(out, hit->snippet + at, mark->begin - at, TEXT_ONE_LINE);
		buf_add_string(out, bold ? "\033[1m" : "*");
		text_safe(out, hit->snippet + mark->begin, mark->end - mark->begin, TEXT_ONE_LINE);
		buf_add_string(out, bold ? "\033[0m" : "*");
		at = mark->end;
	}
	text_safe(out, hit->snippet + at, strlen(hit->snippet + at), TEXT_ONE_LINE);
}

static void
hit_text(struct buf *out, const struct client_hit *hit)
{
	const struct message *m = hit->message;
	char time[TIME_ISO_SIZE];

	buf_add_string(out, time_local(m->time, time));
	buf_add_char(out, ' ');
	text_safe(out, m->from, strlen(m->from), TEXT_ONE_LINE);
	if (strcmp(m->from, m->conversation) != 0) {
		buf_add_string(out, " > ");
		text_safe(out, m->conversation, strlen(m->conversation), TEXT_ONE_LINE);
	}
	buf_printf(out, " %lld: ", (long long)m->msg_id);
	add_snippet(out, hit);
}

/* ---- JSON ---- */

/* Characters, as JSON's readers count them. */
static int64_t
characters(const char *text, size_t bytes)
{
	int64_t count = 0;

	for (size_t i = 0; i < bytes; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

static void
hit_json(struct buf *out, const struct client_hit *hit)
{
	message_json(out, hit->message, false);
	out->length--; /* the object goes on */
	json_put_int(out, "position", hit->position);
	json_put_string(out, "snippet", hit->snippet);
	json_put_name(out, "hits");
	buf_add_char(out, '[');
	for (size_t i = 0; i < hit->mark_count; i++)
		buf_printf(out, "%s[%lld,%lld]", i ? "," : "",
		    (long long)characters(hit->snippet, hit->marks[i].begin),
		    (long long)characters(hit->snippet, hit->marks[i].end));
	buf_add_string(out, "]}");
}

void
print_hit(enum format format, const struct client_hit *hit)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON)
		hit_json(&line, hit);
	else
		hit_text(&line, hit);
	print_line(&line);
}
