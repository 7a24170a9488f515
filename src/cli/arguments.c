#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"

#define DIGITS "0123456789"

/* Of what was typed, in a sentence: bytes. */
enum { WORD_SHOWN = 40, VALUE_SHOWN = 60 };

enum { SECONDS_DIGITS = 9 /* some 31 years */ };

/* Whose options: the global ones first, then the command's. */
static const struct option *
find_option(const struct cli *cli, const char *name, size_t length, char letter, bool *global)
{
	const struct command *command = cli->command;
	size_t own = command ? command->option_count : 0;

	for (size_t i = 0; i < global_option_count + own; i++) {
		const struct option *option = i < global_option_count
		                                  ? &global_options[i]
		                                  : &command->options[i - global_option_count];

		*global = i < global_option_count;
		if (name
		        ? strlen(option->name) == length && strncmp(option->name, name, length) == 0
		        : option->letter == letter)
			return option;
	}
	return NULL;
}

static enum status
wrong_value(const struct option *option, const char *value, const char *want, struct error *err)
{
	return error_set(err, STATUS_USAGE, _("--%s takes %s, not '%.*s'"), option->name, want,
	    text_cut(value, VALUE_SHOWN), value);
}

static enum status
set_int(const struct option *option, int64_t *to, const char *value, struct error *err)
{
	const char *digits = value + (*value == '-');
	bool is_number = *digits && !digits[strspn(digits, DIGITS)];
	char want[80];
	long long number;

	errno = 0;
	number = strtoll(value, NULL, 10);
	if (is_number && !errno && number >= option->min && number <= option->max) {
		*to = number;
		return STATUS_OK;
	}
	if (option->max == INT64_MAX)
		snprintf(want, sizeof want, _("a number from %lld on"), (long long)option->min);
	else
		snprintf(want, sizeof want, _("a number from %lld to %lld"), (long long)option->min,
		    (long long)option->max);
	return wrong_value(option, value, want, err);
}

/* Not strtod(), for which the user's language decides what stands before the fraction. */
static enum status
set_seconds(const struct option *option, int64_t *to, const char *value, struct error *err)
{
	size_t whole = strspn(value, DIGITS);
	const char *fraction = value + whole + (value[whole] == '.');
	size_t decimals = strspn(fraction, DIGITS);
	int64_t scale = TIME_SECOND / 10;
	int64_t time;

	if (whole + decimals == 0 || whole > SECONDS_DIGITS || fraction[decimals])
		return wrong_value(option, value, _("seconds, such as 10 or 0.5"), err);
	time = strtoll(value, NULL, 10) * TIME_SECOND;
	for (; *fraction; fraction++, scale /= 10)
		time += (*fraction - '0') * scale;
	*to = time;
	return STATUS_OK;
}

static enum status
set_word(const struct option *option, int *to, const char *value, struct error *err)
{
	for (int i = 0; option->words[i]; i++) {
		if (strcmp(option->words[i], value) == 0) {
			*to = i;
			return STATUS_OK;
		}
	}
	return wrong_value(option, value, option->argument, err);
}

static enum status
set_option(const struct option *option, void *options, const char *value, struct error *err)
{
	char *to = (char *)options + option->offset;

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)to = true;
		return STATUS_OK;
	case OPTION_STRING:
		if (!*value)
			return wrong_value(option, value, _("a word"), err);
		*(const char **)to = value;
		return STATUS_OK;
	case OPTION_INT:
		return set_int(option, (int64_t *)to, value, err);
	case OPTION_SECONDS:
		return set_seconds(option, (int64_t *)to, value, err);
	case OPTION_DATE:
		if (!time_date_parse(value, (int64_t *)to))
			return wrong_value(option, value,
			    _("a date such as 2026-11-22, 2026-11, 2026 or 7d"), err);
		return STATUS_OK;
	case OPTION_WORD:
		return set_word(option, (int *)to, value, err);
	case OPTION_KEY:
		if (!key_parse((struct key *)to, value))
			return wrong_value(option, value, _("a UUID"), err);
		*((bool *)((char *)options + option->offset2)) = true;
		return STATUS_OK;
	}
	return STATUS_INTERNAL;
}

/* The words as they are walked through. */
struct words {
	int argc;
	char **argv;
	int at;
};

static enum status
no_option(const struct cli *cli, const char *word, struct error *err)
{
	int length = text_cut(word, WORD_SHOWN);

	if (cli->command)
		return error_set(err, STATUS_USAGE,
		    _("there is no option %.*s; see tern %s --help"), length, word,
		    cli->command->name);
	return error_set(
	    err, STATUS_USAGE, _("there is no option %.*s; see tern help"), length, word);
}

static enum status
take_option(struct cli *cli, void *options, struct words *words, const char *word, const char *name,
    size_t length, const char *value, struct error *err)
{
	bool global;
	const struct option *option =
	    find_option(cli, length > 0 ? name : NULL, length, name[0], &global);

	if (!option)
		return no_option(cli, word, err);
	if (option->kind == OPTION_FLAG && value)
		return error_set(err, STATUS_USAGE, _("--%s takes no value"), option->name);
	if (option->kind != OPTION_FLAG && !value) {
		if (words->at == words->argc)
			return error_set(err, STATUS_USAGE, _("--%s wants %s behind it"),
			    option->name, option->argument);
		value = words->argv[words->at++];
	}
	return set_option(option, global ? (void *)&cli->global : options, value, err);
}

/* --name, --name=value */
static enum status
take_long(struct cli *cli, void *options, struct words *words, char *word, struct error *err)
{
	size_t length = strcspn(word + 2, "=");
	const char *value = word[2 + length] ? word + 2 + length + 1 : NULL;

	return take_option(cli, options, words, word, word + 2, length, value, err);
}

/* -x, -xy, -x value, -xvalue */
static enum status
take_short(struct cli *cli, void *options, struct words *words, char *word, struct error *err)
{
	enum status status = STATUS_OK;

	for (char *p = word + 1; *p && status == STATUS_OK; p++) {
		bool global;
		const struct option *option = find_option(cli, NULL, 0, *p, &global);
		bool has_value = option && option->kind != OPTION_FLAG && p[1];

		status =
		    take_option(cli, options, words, word, p, 0, has_value ? p + 1 : NULL, err);
		if (has_value)
			break;
	}
	return status;
}

static enum status
take_command(struct cli *cli, void **options, const char *word, struct error *err)
{
	enum status status = command_require(&cli->command, word, err);

	if (status != STATUS_OK)
		return status;
	*options = mem_zalloc(1, cli->command->options_size);
	if (cli->command->defaults)
		memcpy(*options, cli->command->defaults, cli->command->options_size);
	return STATUS_OK;
}

static enum status
check_count(const struct cli *cli, int count, struct error *err)
{
	const struct command *command = cli->command;

	if (!command || cli->global.help)
		return STATUS_OK;
	if (count >= command->min_arguments &&
	    (command->max_arguments < 0 || count <= command->max_arguments))
		return STATUS_OK;
	return error_set(err, STATUS_USAGE,
	    count < command->min_arguments ? _("something is missing; the usage is: tern %s %s")
	                                   : _("too many words; the usage is: tern %s %s"),
	    command->name, command->usage);
}

enum status
arguments_parse(struct cli *cli, void **options, int *argc, char **argv, struct error *err)
{
	struct words words = {*argc, argv, 1};
	bool only_arguments = false;
	enum status status = STATUS_OK;
	int count = 0;

	*options = NULL;
	while (words.at < words.argc && status == STATUS_OK) {
		char *word = argv[words.at++];

		if (only_arguments || word[0] != '-' || !word[1]) {
			if (cli->command)
				argv[count++] = word;
			else
				status = take_command(cli, options, word, err);
		} else if (strcmp(word, "--") == 0) {
			only_arguments = true;
		} else if (word[1] == '-') {
			status = take_long(cli, *options, &words, word, err);
		} else {
			status = take_short(cli, *options, &words, word, err);
		}
	}
	*argc = count;
	return status == STATUS_OK ? check_count(cli, count, err) : status;
}

int64_t
deadline_in(int64_t timeout)
{
	return timeout < 0 ? INT64_MAX : time_mono() + timeout;
}
