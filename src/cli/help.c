#include "cli/help.h"

#include <string.h>

enum { OPTION_COLUMN = 26 };

static void
help_option(FILE *out, const struct option *option)
{
	char text[80];
	int length = 0;

	if (option->letter)
		length = snprintf(text, sizeof text, "-%c, --%s", option->letter, option->name);
	else
		length = snprintf(text, sizeof text, "    --%s", option->name);
	if (option->argument && length >= 0 && (size_t)length < sizeof text)
		snprintf(text + length, sizeof text - (size_t)length, " %s", option->argument);
	if (strlen(text) >= OPTION_COLUMN)
		fprintf(out, "  %s\n  %*s%s\n", text, OPTION_COLUMN, "", _(option->help));
	else
		fprintf(out, "  %-*s%s\n", OPTION_COLUMN, text, _(option->help));
}

void
help_all(FILE *out)
{
	fprintf(out, "%s: tern [-a %s] [-q|-v] [--format=text|json] %s …\n\n", _("usage"),
	    _("ADDRESS"), _("COMMAND"));
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, _(commands[i]->summary));
	fprintf(out, "\n%s\n", _("Options of every command:"));
	for (size_t i = 0; i < global_option_count; i++)
		help_option(out, &global_options[i]);
	fprintf(out, "\n%s\n",
	    _("tern help COMMAND shows a command's own options; tern(1) is the manual."));
}

void
help_command(FILE *out, const struct command *command)
{
	fprintf(out, "%s: tern %s %s\n%s\n", _("usage"), command->name, command->usage,
	    _(command->summary));
	if (command->details)
		fprintf(out, "\n%s\n", _(command->details));
	if (command->option_count)
		fprintf(out, "\n%s\n", _("Options:"));
	for (size_t i = 0; i < command->option_count; i++)
		help_option(out, &command->options[i]);
	fprintf(out, "\n%s\n", _("Options of every command:"));
	for (size_t i = 0; i < global_option_count; i++)
		help_option(out, &global_options[i]);
}
