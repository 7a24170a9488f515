/* contact add, contact remove, contacts. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/print.h"

enum { NAME_LIMIT = 128, TIMEOUT_S = 30, WORD_SHOWN = 40 };

struct contact_options {
	const char *name;
};

static const struct option contact_options[] = {
    {.name = "name",
        .kind = OPTION_STRING,
        .offset = offsetof(struct contact_options, name),
        .argument = "NAME",
        .help = N_("add: what you call them; for one address")},
};

static enum status
check_words(const struct contact_options *o, int argc, char **argv, bool *remove, struct error *err)
{
	*remove = strcmp(argv[0], "remove") == 0;
	if (!*remove && strcmp(argv[0], "add") != 0)
		return error_set(err, STATUS_USAGE,
		    _("'%.*s' is neither add nor remove; see tern contact --help"),
		    text_cut(argv[0], WORD_SHOWN), argv[0]);
	if (o->name && (*remove || argc != 2))
		return error_set(err, STATUS_USAGE, _("--name goes with add and one address"));
	if (o->name && (strlen(o->name) > NAME_LIMIT || !text_is_utf8(o->name, strlen(o->name))))
		return error_set(
		    err, STATUS_USAGE, _("a name has at most %d bytes of UTF-8 text"), NAME_LIMIT);
	return STATUS_OK;
}

static enum status
run_contact(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	const struct contact_options *o = options;
	struct contact *contacts;
	struct address *addresses;
	bool remove;
	enum status status = check_words(o, argc, argv, &remove, err);

	if (status != STATUS_OK)
		return status;
	contacts = mem_zalloc((size_t)argc, sizeof *contacts);
	addresses = mem_zalloc((size_t)argc, sizeof *addresses);
	for (int i = 1; i < argc && status == STATUS_OK; i++) {
		status = client_parse_address(cli->client, &addresses[i], argv[i], err);
		contacts[i - 1] = (struct contact){
		    .address = addresses[i].text,
		    .name = remove ? "" : o->name,
		    .removed = remove,
		};
	}
	if (status == STATUS_OK)
		status = client_contact_set(cli->client, contacts, (size_t)argc - 1,
		    deadline_in(TIMEOUT_S * TIME_SECOND), err);
	free(contacts);
	free(addresses);
	return status;
}

extern const struct command command_contact, command_contacts;

const struct command command_contact = {
    .name = "contact",
    .usage = "add|remove ADDRESS… [--name NAME]",
    .summary = N_("add or remove contacts"),
    .details = N_("An address need not have an account (yet); the server doesn't tell. Adding\n"
                  "again with --name changes the name; removing forgets it."),
    .need = NEED_ACCOUNT,
    OPTIONS(contact_options),
    .options_size = sizeof(struct contact_options),
    .min_arguments = 2,
    .max_arguments = -1,
    .run = run_contact,
};

struct contacts_options {
	bool offline;
};

static const struct option contacts_options[] = {
    {.name = "offline",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct contacts_options, offline),
        .help = N_("read the cache only")},
};

static void
print_row(void *arg, const struct contact *contact)
{
	const struct cli *cli = arg;

	print_contact(cli->global.format, contact);
}

static enum status
run_contacts(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	const struct contacts_options *o = options;
	enum status status = STATUS_OK;

	(void)argc;
	(void)argv;
	if (!o->offline)
		status = client_login_sync(cli->client, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	return status == STATUS_OK ? client_contacts(cli->client, print_row, cli, err) : status;
}

const struct command command_contacts = {
    .name = "contacts",
    .usage = "[--offline]",
    .summary = N_("list your contacts, brought up to date first"),
    .need = NEED_ACCOUNT,
    OPTIONS(contacts_options),
    .options_size = sizeof(struct contacts_options),
    .run = run_contacts,
};
