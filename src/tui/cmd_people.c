/* Commands about people and groups. What the server must be asked is waited for, while the terminal
 * is served on; one such command at a time. */
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "tui/command.h"

/* The open group; NULL, with a complaint, where none is. */
static const struct address *
open_group(struct chat *chat)
{
	const struct address *who = chat->view ? view_who(chat->view) : NULL;

	if (who && address_is_group(who->text))
		return who;
	chat_complain(chat, _("this is not a group"));
	return NULL;
}

/* ---- groups ---- */

static void
on_refused(void *arg, const char *address, const char *why)
{
	chat_complain(arg, "%s %s", address, why);
}

static bool
change(struct chat *chat, const struct group_change *wanted)
{
	struct client_group_sink sink = {on_refused, chat};
	struct error err;
	enum status status;

	if (!command_begin_call(chat, _("asking the server… Escape stops")))
		return false;
	status = client_group_change(chat->client, wanted, &sink, command_deadline(), &err);
	return command_end_call(chat, status, &err);
}

static void
on_known(void *arg, const struct group_detail *detail, bool looked)
{
	(void)looked;
	*(bool *)arg = !detail->group.left;
}

void
slash_join(struct chat *chat, const struct command_line *line)
{
	struct client_group group = {.name = line->after[0], .history = true};
	struct client_group_sink sink = {on_refused, chat};
	struct address who;
	struct error err;
	bool found, member = false;
	enum status status;

	if (!command_who(chat, line->words[0], &who))
		return;
	if (!address_is_group(who.text)) {
		chat_complain(chat, _("a group's name begins with # or +"));
		return;
	}
	status = client_group(chat->client, who.text, on_known, &member, &found, &err);
	if (!chat_done(chat, status, &err))
		return;
	if (!member) {
		if (!*group.name)
			group.name = line->words[0] + 1;
		group.address = who.text;
		if (!command_begin_call(chat, _("asking the server… Escape stops")))
			return;
		status = client_group_create(chat->client, &group, &sink, command_deadline(), &err);
		if (!command_end_call(chat, status, &err))
			return;
	}
	chat_jump(chat, &who, 0);
}

static void
leave(struct chat *chat)
{
	const struct address *who = open_group(chat);

	if (who)
		change(chat, &(struct group_change){.group = who->text, .action = GROUP_LEAVE});
}

void
slash_leave(struct chat *chat, const struct command_line *line)
{
	const struct address *who = open_group(chat);

	(void)line;
	if (who)
		chat_ask(chat,
		    mem_printf(_("Leave %s? (y/n)"), client_name(chat->client, who->text)), leave);
}

void
slash_invite(struct chat *chat, const struct command_line *line)
{
	const struct address *group = open_group(chat);
	struct address who[COMMAND_WORDS_MAX];
	const char *members[COMMAND_WORDS_MAX];

	if (!group)
		return;
	for (int i = 0; i < line->count; i++) {
		if (!command_who(chat, line->words[i], &who[i]))
			return;
		members[i] = who[i].text;
	}
	if (change(chat, &(struct group_change){.group = group->text,
	                     .action = GROUP_ADD,
	                     .members = members,
	                     .member_count = (size_t)line->count}))
		chat_say(chat, _("invited"));
}

void
slash_topic(struct chat *chat, const struct command_line *line)
{
	const struct address *group = open_group(chat);

	if (!group)
		return;
	if (!line->count)
		command_do(chat, "whois");
	else if (change(
	             chat, &(struct group_change){
	                       .group = group->text, .action = GROUP_RENAME, .topic = line->rest}))
		chat_say(chat, _("the topic is set"));
}

/* ---- who is who ---- */

static void
add_field(struct pager *pager, const char *name, const char *value)
{
	char *line;

	if (!value || !*value)
		return;
	line = mem_printf("  %-16s %s", name, value);
	pager_add(pager, THEME_MESSAGE, line);
	free(line);
}

static void
on_member(void *arg, const struct member *member, const char *name, const char *display)
{
	const char *called = *name ? name : display;
	char *line = mem_printf("%-24s %s%s%s", *called ? called : member->address, member->address,
	    member->role > ROLE_MEMBER ? "  " : "",
	    member->role == ROLE_OWNER   ? _("owner")
	    : member->role == ROLE_ADMIN ? _("admin")
	                                 : "");
	struct pager_target target = {.msg_id = 0};
	struct error ignored;

	if (address_parse(&target.who, member->address, NULL, &ignored) == STATUS_OK)
		pager_add_target(arg, line, &target);
	free(line);
}

void
slash_members(struct chat *chat, const struct command_line *line)
{
	const struct address *group = open_group(chat);
	struct pager *pager;
	struct error err, ignored;
	enum status status;
	char *title;

	(void)line;
	if (!group || !command_begin_call(chat, _("asking the server… Escape stops")))
		return;
	status = client_pull_group(chat->client, group->text, true, command_deadline(), &err);
	command_end_call(chat, status, &err);
	title = mem_printf(_("Members of %s"), client_name(chat->client, group->text));
	pager = pager_create(title);
	free(title);
	if (status != STATUS_OK)
		pager_add(pager, THEME_ERROR, _("as they were known here last:"));
	if (chat_done(chat,
	        client_group_members(chat->client, group->text, on_member, pager, &ignored),
	        &ignored))
		chat_page(chat, pager);
	else
		pager_destroy(pager);
}

static void
on_profile(void *arg, const struct profile *profile)
{
	for (size_t i = 0; i < profile->count; i++)
		add_field(arg, profile->fields[i].name, profile->fields[i].value);
}

static void
on_contact(void *arg, const struct contact *contact)
{
	add_field(arg, _("your name for it"), contact->name);
}

static void
on_group(void *arg, const struct group_detail *detail, bool looked)
{
	char *count = mem_printf("%lld", (long long)detail->members);

	add_field(arg, _("name"), detail->group.name);
	if (looked) {
		add_field(arg, _("topic"), detail->topic);
		add_field(arg, _("members"), count);
	}
	free(count);
}

void
slash_whois(struct chat *chat, const struct command_line *line)
{
	struct address who;
	const char *addresses[1] = {who.text};
	struct pager *pager;
	struct error err, ignored;
	enum status status;
	bool found;

	if (line->count ? !command_who(chat, line->words[0], &who) : !chat->view) {
		if (!line->count)
			chat_complain(chat, _("whom? /whois WHO"));
		return;
	}
	if (!line->count)
		who = *view_who(chat->view);
	if (!command_begin_call(chat, _("asking the server… Escape stops")))
		return;
	if (address_is_group(who.text))
		status = client_pull_group(chat->client, who.text, false, command_deadline(), &err);
	else
		status = client_pull_profiles(chat->client, addresses, 1, command_deadline(), &err);
	command_end_call(chat, status, &err);
	pager = pager_create(who.text);
	pager_add(pager, THEME_MESSAGE, who.text);
	if (address_is_group(who.text)) {
		(void)client_group(chat->client, who.text, on_group, pager, &found, &ignored);
	} else {
		(void)client_contact(chat->client, who.text, on_contact, pager, &found, &ignored);
		(void)client_profile(chat->client, who.text, on_profile, pager, &found, &ignored);
	}
	if (status != STATUS_OK)
		pager_add(pager, THEME_ERROR, _("(as it was known here last)"));
	chat_page(chat, pager);
}

/* ---- flags of a conversation ---- */

static void
turn_flag(struct chat *chat, enum client_flag flag)
{
	const struct list_row *row =
	    chat->view ? list_find(chat->list, view_who(chat->view)->text) : NULL;
	bool on = row && (flag == CLIENT_MUTED ? row->muted : row->pinned);
	struct error err;

	if (!chat->view)
		chat_complain(chat, _("no conversation is open"));
	else if (chat_done(chat,
	             client_flag_set(chat->client, view_who(chat->view), flag, !on, &err), &err))
		chat_say(chat, "%s",
		    flag == CLIENT_MUTED ? (on ? _("not muted any more") : _("muted"))
		                         : (on ? _("not pinned any more") : _("pinned")));
	chat->changed = true;
}

void
slash_mute(struct chat *chat, const struct command_line *line)
{
	(void)line;
	turn_flag(chat, CLIENT_MUTED);
}

void
slash_pin(struct chat *chat, const struct command_line *line)
{
	(void)line;
	turn_flag(chat, CLIENT_PINNED);
}
