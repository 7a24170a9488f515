#include "tui/bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "tui/bind_name.h"
#include "tui/config_line.h"

enum { DUMP_COLUMN = 44, WORD_SHOWN = 40 };

/* ---- the list ---- */

static const struct binding *
find_exact(const struct bindings *bindings, const char *keys)
{
	for (size_t i = 0; i < bindings->count; i++)
		if (strcmp(bindings->list[i].keys, keys) == 0)
			return &bindings->list[i];
	return NULL;
}

/* Whether longer is shorter and more keys. */
static bool
begins(const char *shorter, const char *longer)
{
	size_t length = strlen(shorter);

	return strncmp(shorter, longer, length) == 0 && longer[length] == ' ';
}

static void
remove_at(struct bindings *bindings, size_t i)
{
	bindings->count--;
	memmove(&bindings->list[i], &bindings->list[i + 1],
	    (bindings->count - i) * sizeof bindings->list[0]);
}

static void
remove_exact(struct bindings *bindings, const char *keys)
{
	for (size_t i = bindings->count; i-- > 0;)
		if (strcmp(bindings->list[i].keys, keys) == 0)
			remove_at(bindings, i);
}

/* Takes away what keys, bound, would make unreachable. */
static void
remove_shadowed(struct bindings *bindings, const char *keys)
{
	for (size_t i = bindings->count; i-- > 0;) {
		const char *other = bindings->list[i].keys;

		if (strcmp(other, keys) == 0 || begins(other, keys) || begins(keys, other))
			remove_at(bindings, i);
	}
}

static void
add(struct bindings *bindings, const char *keys, enum action action)
{
	struct binding *binding;

	if (bindings->count == bindings->room) {
		bindings->room = bindings->room ? 2 * bindings->room : 128;
		bindings->list =
		    mem_resize(bindings->list, bindings->room, sizeof bindings->list[0]);
	}
	binding = &bindings->list[bindings->count++];
	snprintf(binding->keys, sizeof binding->keys, "%s", keys);
	binding->action = action;
}

void
bind_init(struct bindings *bindings)
{
	memset(bindings, 0, sizeof *bindings);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		const struct action_info *info = action_info((enum action)action);

		for (int i = 0; i < ACTION_KEYS_MAX && info->keys[i]; i++)
			add(bindings, info->keys[i], (enum action)action);
	}
}

void
bind_finish(struct bindings *bindings)
{
	free(bindings->list);
	memset(bindings, 0, sizeof *bindings);
}

/* ---- changing it ---- */

static const char *
action_name(const void *arg, int i)
{
	(void)arg;
	return i + 1 < ACTION_COUNT ? action_info((enum action)(i + 1))->name : NULL;
}

static enum status
no_such_action(const char *name, struct error *err)
{
	const char *near = nearest(name, action_name, NULL);
	int length = text_cut(name, WORD_SHOWN);

	if (near)
		return error_set(err, STATUS_USAGE,
		    _("there is no action '%.*s'; did you mean '%s'?"), length, name, near);
	return error_set(err, STATUS_USAGE,
	    _("there is no action '%.*s'; 'tern config --dump-keys' lists them"), length, name);
}

enum status
bind_set(struct bindings *bindings, const char *keys, const char *name, struct error *err)
{
	char canonical[BIND_SEQUENCE_SIZE], first[BIND_SEQUENCE_SIZE];
	enum action action = action_find(name);
	enum status status = bind_canonical(canonical, keys, err);

	if (status != STATUS_OK)
		return status;
	snprintf(first, sizeof first, "%.*s", (int)strcspn(canonical, " "), canonical);
	if (key_name_is_text(first))
		return error_set(err, STATUS_USAGE,
		    _("'%s' could no longer be written if it were bound; begin with C- or M-"),
		    first);
	if (action == ACTION_NONE)
		return no_such_action(name, err);
	remove_shadowed(bindings, canonical);
	if (bindings->count == BIND_COUNT_MAX)
		return error_set(
		    err, STATUS_USAGE, _("more than %d keys can't be bound"), BIND_COUNT_MAX);
	add(bindings, canonical, action);
	return STATUS_OK;
}

enum status
bind_unset(struct bindings *bindings, const char *keys, struct error *err)
{
	char canonical[BIND_SEQUENCE_SIZE];
	enum status status = bind_canonical(canonical, keys, err);

	if (status == STATUS_OK)
		remove_exact(bindings, canonical);
	return status;
}

/* ---- asking it ---- */

enum bind_result
bind_find(const struct bindings *bindings, const char *keys, enum action *action)
{
	enum bind_result result = BIND_NOTHING;

	*action = ACTION_NONE;
	for (size_t i = 0; i < bindings->count; i++) {
		if (strcmp(bindings->list[i].keys, keys) == 0) {
			*action = bindings->list[i].action;
			return BIND_FOUND;
		}
		if (begins(keys, bindings->list[i].keys))
			result = BIND_PREFIX;
	}
	return result;
}

enum bind_result
bind_press(const struct bindings *bindings, struct bind_pending *pending, const char *key,
    enum action *action)
{
	char name[BIND_NAME_SIZE], keys[BIND_SEQUENCE_SIZE];
	enum bind_result result = BIND_NOTHING;

	*action = ACTION_NONE;
	if (key_name_canonical(name, key, strlen(key))) {
		snprintf(keys, sizeof keys, "%.*s%s%s", BIND_SEQUENCE_SIZE - BIND_NAME_SIZE - 1,
		    pending->keys, *pending->keys ? " " : "", name);
		result = bind_find(bindings, keys, action);
	}
	memset(pending, 0, sizeof *pending);
	if (result == BIND_PREFIX)
		snprintf(pending->keys, sizeof pending->keys, "%s", keys);
	return result;
}

const char *
bind_keys_of(const struct bindings *bindings, enum action action, size_t i)
{
	for (size_t j = 0; j < bindings->count; j++)
		if (bindings->list[j].action == action && i-- == 0)
			return bindings->list[j].keys;
	return NULL;
}

/* ---- writing it ---- */

static void
put_keys(struct buf *out, const char *keys)
{
	while (*keys) {
		char name[BIND_NAME_SIZE];
		size_t length = strcspn(keys, " ");

		snprintf(name, sizeof name, "%.*s", (int)length, keys);
		config_word_put(out, name);
		keys += length;
		if (*keys == ' ') {
			buf_add_char(out, ' ');
			keys++;
		}
	}
}

static void
dump_action(const struct bindings *bindings, enum action action, struct buf *out)
{
	const struct action_info *info = action_info(action);
	const char *keys;

	for (size_t i = 0; (keys = bind_keys_of(bindings, action, i)) || i == 0; i++) {
		size_t begin = out->length;

		buf_add_string(out, keys ? "bind " : "# bind ");
		if (keys)
			put_keys(out, keys);
		else
			buf_add_string(out, "…");
		buf_printf(out, " %s", info->name);
		while (out->length - begin < DUMP_COLUMN && buf_add_char(out, ' '))
			;
		buf_printf(out, " # %s\n", _(info->help));
	}
}

void
bind_dump(const struct bindings *bindings, struct buf *out)
{
	for (int group = 0; group < ACTION_GROUP_COUNT; group++) {
		buf_printf(out, "%s# %s\n", group ? "\n" : "",
		    _(action_group_title((enum action_group)group)));
		for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
			if (action_info((enum action)action)->group == (enum action_group)group)
				dump_action(bindings, (enum action)action, out);
	}
}

void
bind_dump_changes(const struct bindings *bindings, struct buf *out)
{
	struct bindings defaults;

	bind_init(&defaults);
	for (size_t i = 0; i < defaults.count; i++)
		if (!find_exact(bindings, defaults.list[i].keys)) {
			buf_add_string(out, "unbind ");
			put_keys(out, defaults.list[i].keys);
			buf_add_char(out, '\n');
		}
	for (size_t i = 0; i < bindings->count; i++) {
		const struct binding *usual = find_exact(&defaults, bindings->list[i].keys);

		if (usual && usual->action == bindings->list[i].action)
			continue;
		buf_add_string(out, "bind ");
		put_keys(out, bindings->list[i].keys);
		buf_printf(out, " %s\n", action_info(bindings->list[i].action)->name);
	}
	bind_finish(&defaults);
}
