#include "cli/outgoing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/input.h"
#include "cli/print.h"

enum { WORD_SHOWN = 40 };

static enum status
too_large(struct error *err)
{
	return error_set(
	    err, STATUS_TOO_LARGE, _("the message has more than %d bytes"), MESSAGE_TEXT_MAX);
}

/* All of standard input but a last line end. */
static enum status
read_input(struct buf *text, int stop_fd, struct error *err)
{
	enum status status = input_read_all(STDIN_FILENO, stop_fd, text, err);

	if (status == STATUS_TOO_LARGE)
		return too_large(err);
	if (status == STATUS_OK && text->length && text->data[text->length - 1] == '\n')
		text->data[--text->length] = '\0';
	if (status == STATUS_OK && strlen(buf_string(text)) != text->length)
		return error_set(err, STATUS_USAGE, _("the message holds a NUL byte"));
	return status;
}

enum status
outgoing_text(struct cli *cli, struct buf *text, int argc, char **argv, struct error *err)
{
	if (argc == 0 || (argc == 1 && strcmp(argv[0], "-") == 0))
		return read_input(text, cli->config.stop_fd, err);
	for (int i = 0; i < argc; i++) {
		if (i > 0)
			buf_add_char(text, ' ');
		buf_add_string(text, argv[i]);
	}
	return text->failed ? too_large(err) : STATUS_OK;
}

enum status
outgoing_msg_id(int64_t *msg_id, const char *word, struct error *err)
{
	bool digits = *word && strspn(word, "0123456789") == strlen(word);

	errno = 0;
	*msg_id = digits ? strtoll(word, NULL, 10) : 0;
	if (*msg_id >= 1 && !errno)
		return STATUS_OK;
	return error_set(err, STATUS_USAGE, _("'%.*s' is not the number of a message"),
	    text_cut(word, WORD_SHOWN), word);
}

enum status
outgoing_target(struct cli *cli, struct client_message *message, char **argv, struct error *err)
{
	enum status status = client_parse_address(cli->client, &message->to, argv[0], err);

	return status == STATUS_OK ? outgoing_msg_id(&message->target, argv[1], err) : status;
}

enum status
outgoing_send(struct cli *cli, const struct outgoing_options *o, struct client_message *message,
    struct error *err)
{
	struct client_sent sent = {0};
	enum status status;

	message->has_key = o->has_key;
	message->key = o->key;
	status = client_queue(cli->client, message, 1, o->queue, err);
	if (status != STATUS_OK)
		return status;
	if (!o->queue)
		status =
		    client_send_wait(cli->client, message, 1, deadline_in(o->timeout), &sent, err);
	if (cli->global.format == FORMAT_JSON || o->queue)
		print_sent(cli->global.format, message, &sent, o->queue);
	return status;
}
