/* contact add, remove and show, contacts. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/print_details.h"

enum { NAME_LIMIT = 128, TIMEOUT_S = 30, WORD_SHOWN = 40 };

struct contact_options {
	const char *name;
	bool offline;
};

static const struct option contact_options[] = {
    {.name = "name",
        .kind = OPTION_STRING,
        .offset = offsetof(struct contact_options, name),
        .argument = "NAME",
        .help = N_("add: what you call them; for one address")},
    {.name = "offline",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct contact_options, offline),
        .help = N_("show: read the cache only")},
};

/* What is done with the addresses. */
enum contact_word { WORD_ADD, WORD_REMOVE, WORD_SHOW, WORD_COUNT };

static const char *const words[WORD_COUNT] = {
    [WORD_ADD] = "add",
    [WORD_REMOVE] = "remove",
    [WORD_SHOW] = "show",
};

static enum status
find_word(enum contact_word *word, const char *text, struct error *err)
{
	for (*word = 0; *word < WORD_COUNT; (*word)++)
		if (strcmp(words[*word], text) == 0)
			return STATUS_OK;
	return error_set(err, STATUS_USAGE,
	    _("'%.*s' is none of add, remove and show; see tern contact --help"),
	    text_cut(text, WORD_SHOWN), text);
}

static enum status
check_options(
    const struct contact_options *o, enum contact_word word, int addresses, struct error *err)
{
	if (o->name && (word != WORD_ADD || addresses != 1))
		return error_set(err, STATUS_USAGE, _("--name goes with add and one address"));
	if (o->offline && word != WORD_SHOW)
		return error_set(err, STATUS_USAGE, _("--offline goes with show"));
	if (o->name && (strlen(o->name) > NAME_LIMIT || !text_is_utf8(o->name, strlen(o->name))))
		return error_set(
		    err, STATUS_USAGE, _("a name has at most %d bytes of UTF-8 text"), NAME_LIMIT);
	return STATUS_OK;
}

/* Adds them, or removes them. */
static enum status
set_contacts(struct cli *cli, const struct contact_options *o, bool remove,
    const struct address *addresses, size_t count, struct error *err)
{
	struct contact *contacts = mem_zalloc(count, sizeof *contacts);
	enum status status;

	for (size_t i = 0; i < count; i++)
		contacts[i] = (struct contact){
		    .address = addresses[i].text,
		    .name = remove ? "" : o->name,
		    .removed = remove,
		};
	status = client_contact_set(
	    cli->client, contacts, count, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	free(contacts);
	return status;
}

/* One that is shown: gathered from the contact and the profile. */
struct showing {
	enum format format;
	const char *address;
	char *name; /* owned; NULL: no contact */
};

static void
take_name(void *arg, const struct contact *contact)
{
	((struct showing *)arg)->name = mem_strdup(contact->name);
}

static void
show_profile(void *arg, const struct profile *profile)
{
	const struct showing *showing = arg;

	print_person(showing->format, showing->address, showing->name, profile);
}

static enum status
show_one(struct cli *cli, const char *address, struct error *err)
{
	struct showing showing = {cli->global.format, address, NULL};
	bool contact, profile;
	enum status status;

	status = client_contact(cli->client, address, take_name, &showing, &contact, err);
	if (status == STATUS_OK)
		status =
		    client_profile(cli->client, address, show_profile, &showing, &profile, err);
	if (status == STATUS_OK && !profile && contact)
		print_person(showing.format, address, showing.name, NULL);
	free(showing.name);
	if (status == STATUS_OK && !profile && !contact)
		return error_set(err, STATUS_NOT_FOUND, _("nothing is known of %s"), address);
	return status;
}

/* All that can be: of which nothing is known is complained of, each in a line of its own. */
static enum status
show_contacts(
    struct cli *cli, bool offline, const struct address *addresses, size_t count, struct error *err)
{
	const char **names = mem_zalloc(count, sizeof *names);
	enum status status = STATUS_OK, worst = STATUS_OK;

	for (size_t i = 0; i < count; i++)
		names[i] = addresses[i].text;
	if (!offline)
		status = client_pull_profiles(
		    cli->client, names, count, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = show_one(cli, names[i], err);
		if (status != STATUS_NOT_FOUND)
			continue;
		worst = status;
		status = STATUS_OK;
		cli_complain(cli, err->text);
		cli->silent = true;
	}
	free(names);
	return status == STATUS_OK ? worst : status;
}

static enum status
parse_addresses(struct cli *cli, struct address *addresses, char **argv, int count,
    enum contact_word word, struct error *err)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < count && status == STATUS_OK; i++) {
		status = client_parse_address(cli->client, &addresses[i], argv[i], err);
		if (status == STATUS_OK && word == WORD_SHOW && address_is_group(addresses[i].text))
			status = error_set(err, STATUS_USAGE,
			    _("%s is a group; see tern group show"), addresses[i].text);
	}
	return status;
}

static enum status
run_contact(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	const struct contact_options *o = options;
	size_t count = (size_t)argc - 1;
	struct address *addresses;
	enum contact_word word;
	enum status status;

	if ((status = find_word(&word, argv[0], err)) ||
	    (status = check_options(o, word, argc - 1, err)))
		return status;
	addresses = mem_zalloc(count, sizeof *addresses);
	status = parse_addresses(cli, addresses, argv + 1, argc - 1, word, err);
	if (status == STATUS_OK && word == WORD_SHOW)
		status = show_contacts(cli, o->offline, addresses, count, err);
	else if (status == STATUS_OK)
		status = set_contacts(cli, o, word == WORD_REMOVE, addresses, count, err);
	free(addresses);
	return status;
}

extern const struct command command_contact, command_contacts;

const struct command command_contact = {
    .name = "contact",
    .usage = "add|remove|show ADDRESS… [--name NAME] [--offline]",
    .summary = N_("add, remove or look at contacts"),
    .details = N_("An address need not have an account (yet); the server doesn't tell. Adding\n"
                  "again with --name changes the name; removing forgets it. What they say of\n"
                  "themselves is fetched when you look, where it has changed."),
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
