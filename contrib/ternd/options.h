/*
 * The command line. All options stand in one table, from which parsing and --help are made, and
 * against which doc/ternd.8 is checked.
 */
#ifndef TERND_OPTIONS_H
#define TERND_OPTIONS_H

#include "base/buf.h"
#include "log.h"
#include "server.h"

enum options_action {
	OPTIONS_SERVE,
	OPTIONS_USER_ADD,
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

struct options {
	enum options_action action;
	struct server_config config; /* its strings are argv's; domains is owned */
	enum log_level log_level;
	const char *address; /* of `user add` */
	bool password_stdin;
};

/* Reads argv into *options; options_finish() frees, whatever comes back. USAGE with a sentence. */
enum status options_parse(struct options *options, int argc, char **argv, struct error *err);
void options_finish(struct options *options);

/* Appends what --help prints. */
void options_help(struct buf *out);

#endif
