/* group WORD…, groups. Each word of group is a row of a table. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/timeu.h"
#include "cli/command.h"
#include "cli/print_details.h"

enum { TIMEOUT_S = 30, WORD_SHOWN = 40 };

struct group_options {
	const char *name;
	const char *topic;
	bool history;
	bool profiles;
	bool offline;
};

static const struct option group_options[] = {
    {.name = "name",
        .kind = OPTION_STRING,
        .offset = offsetof(struct group_options, name),
        .argument = "NAME",
        .help = N_("create: what it is called; else the address says it")},
    {.name = "history",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct group_options, history),
        .help = N_("create: newcomers see what was before them")},
    {.name = "topic",
        .kind = OPTION_STRING,
        .offset = offsetof(struct group_options, topic),
        .argument = "TEXT",
        .help = N_("rename: what it is about, too")},
    {.name = "profiles",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct group_options, profiles),
        .help = N_("members: fetch what they call themselves, too")},
    {.name = "offline",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct group_options, offline),
        .help = N_("show, members: read the cache only")},
};

/* One run of a word: the group, and the arguments behind it. */
struct grouping {
	struct cli *cli;
	const struct group_options *o;
	struct address group;
	int argc;
	char **argv;
};

struct group_word {
	const char *name;
	int min; /* arguments behind the group */
	int max; /* -1: no limit */
	enum status (*run)(struct grouping *g, struct error *err);
};

static enum status
parse_group(const struct cli *cli, struct address *group, const char *text, struct error *err)
{
	enum status status = client_parse_address(cli->client, group, text, err);

	if (status == STATUS_OK && !address_is_group(group->text))
		return error_set(err, STATUS_USAGE,
		    _("'%.*s' is not a group's address; write +NAME or '#NAME'"),
		    text_cut(text, WORD_SHOWN), text);
	return status;
}

/* What stands behind the group, or behind one word more, as members. The caller frees both. */
struct member_list {
	struct address *addresses;
	const char **names;
	size_t count;
};

static enum status
parse_members(const struct grouping *g, int from, struct member_list *list, struct error *err)
{
	enum status status = STATUS_OK;

	list->count = (size_t)(g->argc - from);
	list->addresses = mem_zalloc(list->count + 1, sizeof *list->addresses);
	list->names = mem_zalloc(list->count + 1, sizeof *list->names);
	for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
		const char *text = g->argv[(size_t)from + i];

		status = client_parse_address(g->cli->client, &list->addresses[i], text, err);
		if (status == STATUS_OK && address_is_group(list->addresses[i].text))
			status = error_set(err, STATUS_USAGE,
			    _("'%.*s' is a group, which can't be a member of one"),
			    text_cut(text, WORD_SHOWN), text);
		list->names[i] = list->addresses[i].text;
	}
	return status;
}

static void
member_list_finish(struct member_list *list)
{
	free(list->addresses);
	free(list->names);
}

/* Each has its own line; the exit code is then the first one's. */
static void
on_refused(void *arg, const char *address, const char *why)
{
	struct cli *cli = arg;
	char *text = mem_printf("%s: %s", address, why);

	cli_complain(cli, text);
	cli->silent = true;
	free(text);
}

static enum status
change(struct grouping *g, struct group_change *change, struct error *err)
{
	const struct client_group_sink sink = {on_refused, g->cli};

	change->group = g->group.text;
	return client_group_change(
	    g->cli->client, change, &sink, deadline_in(TIMEOUT_S * TIME_SECOND), err);
}

/* A change of members, who stand from the argument `from` on. */
static enum status
change_members(
    struct grouping *g, enum group_action action, enum role role, int from, struct error *err)
{
	struct member_list list;
	enum status status = parse_members(g, from, &list, err);

	if (status == STATUS_OK)
		status = change(g,
		    &(struct group_change){.action = action,
		        .members = list.names,
		        .member_count = list.count,
		        .role = role},
		    err);
	member_list_finish(&list);
	return status;
}

static enum status
run_create(struct grouping *g, struct error *err)
{
	const struct client_group_sink sink = {on_refused, g->cli};
	struct member_list list;
	enum status status = parse_members(g, 0, &list, err);

	if (status == STATUS_OK) {
		int user = (int)strcspn(g->group.text + 1, "@");
		char *name = g->o->name ? mem_strdup(g->o->name)
		                        : mem_printf("%.*s", user, g->group.text + 1);

		status = client_group_create(g->cli->client,
		    &(struct client_group){.address = g->group.text,
		        .name = name,
		        .history = g->o->history,
		        .members = list.names,
		        .member_count = list.count},
		    &sink, deadline_in(TIMEOUT_S * TIME_SECOND), err);
		free(name);
	}
	member_list_finish(&list);
	return status;
}

static enum status
run_invite(struct grouping *g, struct error *err)
{
	return change_members(g, GROUP_ADD, ROLE_NONE, 0, err);
}

static enum status
run_kick(struct grouping *g, struct error *err)
{
	return change_members(g, GROUP_REMOVE, ROLE_NONE, 0, err);
}

static enum status
run_leave(struct grouping *g, struct error *err)
{
	return change(g, &(struct group_change){.action = GROUP_LEAVE}, err);
}

static enum status
run_role(struct grouping *g, struct error *err)
{
	enum role role;

	if (!role_find(g->argv[0], &role) || role == ROLE_NONE)
		return error_set(err, STATUS_USAGE, _("'%.*s' is no role: owner, admin or member"),
		    text_cut(g->argv[0], WORD_SHOWN), g->argv[0]);
	if (role == ROLE_OWNER && g->argc != 2)
		return error_set(err, STATUS_USAGE, _("a group has one owner: name one member"));
	return change_members(g, GROUP_ROLE, role, 1, err);
}

static enum status
run_rename(struct grouping *g, struct error *err)
{
	return change(g,
	    &(struct group_change){
	        .action = GROUP_RENAME, .name = g->argv[0], .topic = g->o->topic},
	    err);
}

static enum status
run_history(struct grouping *g, struct error *err)
{
	bool on = strcmp(g->argv[0], "on") == 0;

	if (!on && strcmp(g->argv[0], "off") != 0)
		return error_set(err, STATUS_USAGE, _("history is on or off, not '%.*s'"),
		    text_cut(g->argv[0], WORD_SHOWN), g->argv[0]);
	return change(g, &(struct group_change){.action = GROUP_HISTORY, .history = on}, err);
}

static enum status
not_known(const struct grouping *g, struct error *err)
{
	return error_set(err, STATUS_NOT_FOUND, _("you are in no group %s"), g->group.text);
}

static void
print_shown(void *arg, const struct group_detail *detail, bool looked)
{
	const struct grouping *g = arg;

	print_group_detail(g->cli->global.format, detail, looked);
}

static enum status
run_show(struct grouping *g, struct error *err)
{
	enum status status = STATUS_OK;
	bool found = false;

	if (!g->o->offline)
		status = client_pull_group(g->cli->client, g->group.text, false,
		    deadline_in(TIMEOUT_S * TIME_SECOND), err);
	if (status == STATUS_OK)
		status = client_group(g->cli->client, g->group.text, print_shown, g, &found, err);
	return status == STATUS_OK && !found ? not_known(g, err) : status;
}

/* Whose profiles are to be pulled. */
struct member_names {
	struct address *addresses; /* owned */
	size_t count;
	size_t room;
};

static void
take_member(void *arg, const struct member *member, const char *name, const char *display)
{
	struct member_names *names = arg;

	(void)name;
	(void)display;
	if (names->count == names->room) {
		names->room = 2 * names->room + 16;
		names->addresses =
		    mem_resize(names->addresses, names->room, sizeof *names->addresses);
	}
	names->addresses[names->count] = (struct address){{0}};
	memcpy(names->addresses[names->count++].text, member->address, strlen(member->address));
}

static enum status
pull_members_profiles(const struct grouping *g, int64_t deadline, struct error *err)
{
	struct member_names names = {.count = 0};
	const char **list;
	enum status status =
	    client_group_members(g->cli->client, g->group.text, take_member, &names, err);

	list = mem_zalloc(names.count + 1, sizeof *list);
	for (size_t i = 0; i < names.count; i++)
		list[i] = names.addresses[i].text;
	if (status == STATUS_OK)
		status = client_pull_profiles(g->cli->client, list, names.count, deadline, err);
	free(list);
	free(names.addresses);
	return status;
}

struct member_listing {
	const struct grouping *g;
	size_t count;
};

static void
print_one(void *arg, const struct member *member, const char *name, const char *display)
{
	struct member_listing *listing = arg;
	const struct grouping *g = listing->g;

	listing->count++;
	print_member(g->cli->global.format, g->group.text, member, name, display);
}

static enum status
run_members(struct grouping *g, struct error *err)
{
	struct client *client = g->cli->client;
	struct member_listing listing = {g, 0};
	int64_t deadline = deadline_in(TIMEOUT_S * TIME_SECOND);
	enum status status = STATUS_OK;

	if (!g->o->offline)
		status = client_pull_group(client, g->group.text, true, deadline, err);
	if (status == STATUS_OK && g->o->profiles)
		status = pull_members_profiles(g, deadline, err);
	if (status == STATUS_OK)
		status = client_group_members(client, g->group.text, print_one, &listing, err);
	if (status != STATUS_OK || listing.count)
		return status;
	return g->o->offline ? error_set(err, STATUS_NOT_FOUND,
	                           _("the cache holds no members of %s"), g->group.text)
	                     : not_known(g, err);
}

static const struct group_word words[] = {
    {"show", 0, 0, run_show},
    {"members", 0, 0, run_members},
    {"create", 0, -1, run_create},
    {"invite", 1, -1, run_invite},
    {"kick", 1, -1, run_kick},
    {"leave", 0, 0, run_leave},
    {"role", 2, -1, run_role},
    {"rename", 1, 1, run_rename},
    {"history", 1, 1, run_history},
};

static enum status
find_word(const struct group_word **word, const char *name, int arguments, struct error *err)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		*word = &words[i];
		if (strcmp(words[i].name, name) != 0)
			continue;
		if (arguments >= words[i].min && (words[i].max < 0 || arguments <= words[i].max))
			return STATUS_OK;
		return error_set(err, STATUS_USAGE,
		    arguments < words[i].min
		        ? _("too few arguments for %s; see tern group --help")
		        : _("too many arguments for %s; see tern group --help"),
		    words[i].name);
	}
	return error_set(err, STATUS_USAGE,
	    _("there is nothing to do with a group that is called '%.*s'; see tern group --help"),
	    text_cut(name, WORD_SHOWN), name);
}

static enum status
check_options(const struct group_options *o, const struct group_word *word, struct error *err)
{
	if ((o->name || o->history) && word->run != run_create)
		return error_set(err, STATUS_USAGE, _("--name and --history go with create"));
	if (o->topic && word->run != run_rename)
		return error_set(err, STATUS_USAGE, _("--topic goes with rename"));
	if (o->profiles && (word->run != run_members || o->offline))
		return error_set(
		    err, STATUS_USAGE, _("--profiles goes with members, and not with --offline"));
	if (o->offline && word->run != run_members && word->run != run_show)
		return error_set(err, STATUS_USAGE, _("--offline goes with show and members"));
	return STATUS_OK;
}

static enum status
run_group(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	struct grouping g = {.cli = cli, .o = options, .argc = argc - 2, .argv = argv + 2};
	const struct group_word *word;
	enum status status;

	if ((status = find_word(&word, argv[0], g.argc, err)) ||
	    (status = check_options(g.o, word, err)) ||
	    (status = parse_group(cli, &g.group, argv[1], err)))
		return status;
	return word->run(&g, err);
}

extern const struct command command_group, command_groups;

const struct command command_group = {
    .name = "group",
    .usage = "show|members|create|invite|kick|leave|role|rename|history GROUP [ARGUMENT]…",
    .summary = N_("look at groups, make and change them"),
    .details =
        N_("  show GROUP               what it is about, how many are in it, what you are\n"
           "  members GROUP            who is in it\n"
           "  create GROUP [WHO]…      make it, with WHO in it; you own it\n"
           "  invite GROUP WHO…        take WHO in\n"
           "  kick GROUP WHO…          put WHO out\n"
           "  leave GROUP              go; where you own it, the next one does\n"
           "  role GROUP ROLE WHO…     make WHO owner, admin or member\n"
           "  rename GROUP NAME        call it NAME\n"
           "  history GROUP on|off     whether newcomers see what was before them\n"
           "A group's address is written +NAME, or '#NAME' in quotes. What is so already is no\n"
           "mistake."),
    .need = NEED_ACCOUNT,
    OPTIONS(group_options),
    .options_size = sizeof(struct group_options),
    .min_arguments = 2,
    .max_arguments = -1,
    .run = run_group,
};

struct groups_options {
	bool all;
	bool offline;
};

static const struct option groups_options[] = {
    {.name = "all",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct groups_options, all),
        .help = N_("those that you left, too")},
    {.name = "offline",
        .kind = OPTION_FLAG,
        .offset = offsetof(struct groups_options, offline),
        .help = N_("read the cache only")},
};

struct listing {
	enum format format;
	bool all;
};

static void
print_row(void *arg, const struct group *group)
{
	const struct listing *listing = arg;

	if (!group->left || listing->all)
		print_group(listing->format, group);
}

static enum status
run_groups(struct cli *cli, const void *options, int argc, char **argv, struct error *err)
{
	const struct groups_options *o = options;
	struct listing listing = {cli->global.format, o->all};
	enum status status = STATUS_OK;

	(void)argc;
	(void)argv;
	if (!o->offline)
		status = client_login_sync(cli->client, deadline_in(TIMEOUT_S * TIME_SECOND), err);
	return status == STATUS_OK ? client_groups(cli->client, print_row, &listing, err) : status;
}

const struct command command_groups = {
    .name = "groups",
    .usage = "[--all] [--offline]",
    .summary = N_("list your groups, brought up to date first"),
    .need = NEED_ACCOUNT,
    OPTIONS(groups_options),
    .options_size = sizeof(struct groups_options),
    .run = run_groups,
};
