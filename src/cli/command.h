/*
 * Commands. Each is one file, cmd_NAME.c, that opens with its descriptor: the parser, --help, the
 * manual's check and the completions all come from there. Adding one: a file, a line in
 * commands.c, a section in doc/tern.1.
 */
#ifndef TERN_CLI_COMMAND_H
#define TERN_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gettext.h"
#include "base/status.h"
#include "client/client.h"

struct cli;
struct front;

enum option_kind {
	OPTION_FLAG,    /* bool */
	OPTION_STRING,  /* const char *, not empty */
	OPTION_INT,     /* int64_t, from min to max */
	OPTION_SECONDS, /* int64_t in microseconds; written with a point in any language */
	OPTION_DATE,    /* int64_t: wall time of its beginning; time_date_parse() */
	OPTION_WORD,    /* int: which of words */
	OPTION_KEY,     /* struct key; a bool `has` of the option's own stands at offset2 */
};

struct option {
	const char *name; /* without the dashes */
	char letter;      /* 0 for none */
	enum option_kind kind;
	size_t offset;            /* in the command's options */
	size_t offset2;           /* OPTION_KEY */
	const char *argument;     /* what --help calls it; NULL for a flag */
	const char *help;         /* N_() */
	int64_t min, max;         /* OPTION_INT */
	const char *const *words; /* OPTION_WORD, NULL behind the last */
};

enum command_need {
	NEED_NOTHING, /* no account */
	NEED_ACCOUNT, /* cli->client is open */
};

struct command {
	const char *name;
	const char *usage;   /* what stands behind the name; one line */
	const char *summary; /* N_(): one line */
	const char *details; /* N_(): what else --help says; may be NULL */
	enum command_need need;
	const struct option *options;
	size_t option_count;
	size_t options_size;  /* of the struct that `options` fills; starts as defaults or zeros */
	const void *defaults; /* NULL: zeros */
	int min_arguments;
	int max_arguments; /* -1: no limit */
	/* Does it. Data goes to stdout through print.h; the sentence of a failure to *err. */
	enum status (*run)(
	    struct cli *cli, const void *options, int argc, char **argv, struct error *err);
};

#define OPTIONS(array) .options = (array), .option_count = sizeof(array) / sizeof(array)[0]

enum format { FORMAT_TEXT, FORMAT_JSON };

/* What stands before or behind every command. */
struct global_options {
	const char *account;
	bool quiet;
	bool verbose;
	bool help;
	bool version;
	int format;
};

/* One run of the program. */
struct cli {
	struct global_options global;
	const struct command *command; /* NULL before it is known */
	const struct front *front;     /* borrowed */
	struct client_config config;
	struct client *client; /* with NEED_ACCOUNT */
	int exit_code;         /* where a command wants another than its status' own; else 0 */
	bool silent;           /* a failure is told by the exit code alone, unless -v */
};

/* NULL behind the last. */
extern const struct command *const commands[];

extern const struct option global_options[];
extern const size_t global_option_count;

/* Says a sentence on standard error, made safe for a terminal, with tern's name before it. */
void cli_complain(const struct cli *cli, const char *text);

/* Finds a command by its name. USAGE where there is none; the sentence names the nearest. */
enum status command_require(const struct command **command, const char *name, struct error *err);

/*
 * Parses argv[1…]: options, global ones and those of the command that the first word names, may
 * stand anywhere behind their command (global ones before it, too), and "--" ends them. Fills *cli
 * and *options (allocated, the caller's to free), and leaves the arguments in argv[0 … *argc - 1].
 * USAGE.
 */
enum status
arguments_parse(struct cli *cli, void **options, int *argc, char **argv, struct error *err);

/* The deadline for a command that takes a timeout (microseconds from now; negative: none). */
int64_t deadline_in(int64_t timeout);

#endif
