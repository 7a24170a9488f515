/* What the commands that send one message have in common. */
#ifndef TERN_CLI_OUTGOING_H
#define TERN_CLI_OUTGOING_H

#include "base/buf.h"
#include "base/timeu.h"
#include "cli/command.h"

/* --queue, --timeout, --key */
struct outgoing_options {
	int64_t timeout;
	bool queue;
	bool has_key;
	struct key key;
};

#define OUTGOING_DEFAULTS \
	{ \
		.timeout = 10 * TIME_SECOND \
	}

/* Their descriptions, for a command whose options hold a struct outgoing_options as `field`. */
#define OUTGOING_OPTIONS(type, field) \
	{.name = "queue", \
	    .kind = OPTION_FLAG, \
	    .offset = offsetof(type, field.queue), \
	    .help = N_("only put it into the outbox; the next command sends it")}, \
	    {.name = "timeout", \
	        .kind = OPTION_SECONDS, \
	        .offset = offsetof(type, field.timeout), \
	        .argument = "SECONDS", \
	        .help = N_("try for that long (10)")}, \
	{ \
		.name = "key", .kind = OPTION_KEY, .offset = offsetof(type, field.key), \
		.offset2 = offsetof(type, field.has_key), .argument = "UUID", \
		.help = N_("the message's key: the same one again sends nothing twice") \
	}

/* The words of the command line; without any, or where the only one is -, all of standard input but
 * a last line end. text's limit is MESSAGE_TEXT_MAX + 1. USAGE, TOO_LARGE, IO, AGAIN. */
enum status
outgoing_text(struct cli *cli, struct buf *text, int argc, char **argv, struct error *err);

/* WHO and MSG_ID, the first two arguments of a command on a message. USAGE. */
enum status
outgoing_target(struct cli *cli, struct client_message *message, char **argv, struct error *err);
/* MSG_ID alone. USAGE. */
enum status outgoing_msg_id(int64_t *msg_id, const char *word, struct error *err);

/* Sends it, or queues it, as the options say, and prints what became of it. */
enum status outgoing_send(struct cli *cli, const struct outgoing_options *o,
    struct client_message *message, struct error *err);

#endif
