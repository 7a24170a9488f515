#include "cli/print_details.h"

#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/text.h"
#include "base/timeu.h"

enum { NAME_COLUMN = 8 }; /* how wide the names of fields are at least */

/* The names of fields hold nothing that a terminal would mind: the protocol says so. */
static void
add_field(struct buf *out, int width, const char *name, const char *value)
{
	buf_printf(out, "\n    %-*s  ", width, name);
	add_lines(out, value, width + 6);
}

static void
add_profile(struct buf *out, const struct profile *profile)
{
	int width = NAME_COLUMN;

	for (size_t i = 0; i < profile->count; i++)
		if ((int)strlen(profile->fields[i].name) > width)
			width = (int)strlen(profile->fields[i].name);
	for (size_t i = 0; i < profile->count; i++)
		add_field(out, width, profile->fields[i].name, profile->fields[i].value);
}

static void
put_profile(struct buf *out, const struct profile *profile)
{
	json_put_name(out, "profile");
	buf_add_char(out, '{');
	for (size_t i = 0; i < profile->count; i++)
		json_put_string(out, profile->fields[i].name, profile->fields[i].value);
	buf_add_char(out, '}');
}

void
print_person(
    enum format format, const char *address, const char *name, const struct profile *profile)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "address", address);
		json_put_bool(&line, "contact", name != NULL);
		if (name)
			json_put_string(&line, "name", name);
		if (profile)
			put_profile(&line, profile);
		buf_add_char(&line, '}');
	} else {
		add_safe(&line, address);
		add_called(&line, name ? name : "", "");
		if (profile)
			add_profile(&line, profile);
	}
	print_line(&line);
}

void
print_profile(enum format format, const struct profile *profile)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "address", profile->address);
		put_profile(&line, profile);
		buf_add_char(&line, '}');
	} else {
		add_safe(&line, profile->address);
		add_profile(&line, profile);
	}
	print_line(&line);
}

/* As role_name(), for people. */
static const char *
role_text(enum role role)
{
	switch (role) {
	case ROLE_OWNER:
		return _("owner");
	case ROLE_ADMIN:
		return _("admin");
	case ROLE_MEMBER:
		return _("member");
	case ROLE_NONE:
	case ROLE_COUNT:
		break;
	}
	return _("none");
}

static void
group_json(struct buf *out, const struct group_detail *detail, bool looked)
{
	buf_add_char(out, '{');
	json_put_string(out, "address", detail->group.address);
	json_put_string(out, "name", detail->group.name);
	if (detail->group.left)
		json_put_bool(out, "left", true);
	if (looked) {
		json_put_string(out, "topic", detail->topic);
		json_put_bool(out, "history", detail->history);
		json_put_int(out, "members", detail->members);
		json_put_string(out, "role", role_name(detail->role));
	}
	buf_add_char(out, '}');
}

static void
group_text(struct buf *out, const struct group_detail *detail, bool looked)
{
	char count[24];

	add_safe(out, detail->group.address);
	buf_add_string(out, "  ");
	add_safe(out, detail->group.name);
	if (detail->group.left)
		buf_printf(out, " [%s]", _("left"));
	if (!looked)
		return;
	snprintf(count, sizeof count, "%lld", (long long)detail->members);
	if (detail->topic[0])
		add_field(out, NAME_COLUMN, _("topic"), detail->topic);
	add_field(out, NAME_COLUMN, _("members"), count);
	add_field(out, NAME_COLUMN, _("you are"), role_text(detail->role));
	add_field(out, NAME_COLUMN, _("history"),
	    detail->history ? _("newcomers see it") : _("newcomers don't see it"));
}

void
print_group_detail(enum format format, const struct group_detail *detail, bool looked)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON)
		group_json(&line, detail, looked);
	else
		group_text(&line, detail, looked);
	print_line(&line);
}

void
print_member(enum format format, const char *group, const struct member *member, const char *name,
    const char *display)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_string(&line, "group", group);
		json_put_string(&line, "address", member->address);
		json_put_string(&line, "role", role_name(member->role));
		if (name[0])
			json_put_string(&line, "name", name);
		if (display[0])
			json_put_string(&line, "display_name", display);
		buf_add_char(&line, '}');
	} else {
		add_safe(&line, member->address);
		add_called(&line, name, display);
		if (member->role != ROLE_MEMBER)
			buf_printf(&line, " [%s]", role_text(member->role));
	}
	print_line(&line);
}

void
print_device(enum format format, const struct device *device)
{
	char time[TIME_ISO_SIZE];
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	if (format == FORMAT_JSON) {
		buf_add_char(&line, '{');
		json_put_int(&line, "device_id", device->device_id);
		json_put_string(&line, "name", device->name);
		json_put_string(&line, "seen", time_iso(device->seen, time));
		json_put_bool(&line, "current", device->current);
		buf_add_char(&line, '}');
	} else {
		buf_printf(&line, "%lld  %s  ", (long long)device->device_id,
		    time_local(device->seen, time));
		add_safe(&line, device->name);
		if (device->current)
			buf_printf(&line, " [%s]", _("this one"));
	}
	print_line(&line);
}
