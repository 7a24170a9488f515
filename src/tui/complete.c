#include "tui/complete.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>

#include "base/mem.h"
#include "tui/emoji.h"

struct candidate {
	char *text;       /* owned */
	const char *name; /* of an emoji; borrowed from the table */
};

struct complete {
	complete_source *source;
	void *arg; /* borrowed */
	bool with_emoji;

	/* The completion under way. */
	struct candidate *candidates; /* owned */
	size_t count;
	size_t chosen;
	char *prefix;       /* owned, case folded */
	size_t from, to;    /* where the chosen one stands, with its suffix */
	const char *before; /* put before it ("@", "/"), and behind it; literals */
	const char *behind;
	char *text; /* as the last step left it; owned */
};

struct complete *
complete_create(complete_source *source, void *arg)
{
	struct complete *complete = mem_zalloc(1, sizeof *complete);

	complete->source = source;
	complete->arg = arg;
	complete->with_emoji = true;
	return complete;
}

void
complete_destroy(struct complete *complete)
{
	if (!complete)
		return;
	complete_end(complete);
	free(complete->candidates);
	free(complete);
}

void
complete_emoji(struct complete *complete, bool on)
{
	complete->with_emoji = on;
}

void
complete_end(struct complete *complete)
{
	for (size_t i = 0; i < complete->count; i++)
		free(complete->candidates[i].text);
	complete->count = 0;
	free(complete->prefix);
	free(complete->text);
	complete->prefix = complete->text = NULL;
}

/* ---- candidates ---- */

/* For the caller to free. */
static char *
fold(const char *text)
{
	size_t length;
	uint8_t *folded =
	    u8_casefold((const uint8_t *)text, strlen(text), NULL, NULL, NULL, &length);
	char *copy = mem_strndup(folded ? (const char *)folded : "", folded ? length : 0);

	free(folded);
	return copy;
}

static bool
begins(const char *text, const char *folded_prefix)
{
	char *folded = fold(text);
	bool does = strncmp(folded, folded_prefix, strlen(folded_prefix)) == 0;

	free(folded);
	return does;
}

static void
put_candidate(struct complete *complete, const char *text, const char *name)
{
	struct candidate *candidate;

	if (!complete->candidates)
		complete->candidates = mem_zalloc(COMPLETE_MAX, sizeof *complete->candidates);
	candidate = &complete->candidates[complete->count++];
	candidate->text = mem_strdup(text);
	candidate->name = name;
}

bool
complete_add(struct complete *complete, const char *match, const char *text)
{
	if (complete->count == COMPLETE_MAX)
		return false;
	if (!*text ||
	    (!begins(text, complete->prefix) && !(match && begins(match, complete->prefix))))
		return true;
	for (size_t i = 0; i < complete->count; i++)
		if (strcmp(complete->candidates[i].text, text) == 0)
			return true;
	put_candidate(complete, text, NULL);
	return true;
}

static void
add_emoji(struct complete *complete)
{
	for (size_t i = 0; i < emoji_count && complete->count < COMPLETE_MAX; i++)
		if (begins(emoji[i].name, complete->prefix))
			put_candidate(complete, emoji[i].text, emoji[i].name);
}

/* ---- what is to be completed ---- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\n';
}

/* A ':' and at least two letters of a name, perhaps with the second ':'. */
static bool
is_emoji(const char *word, size_t length)
{
	if (length > 1 && word[length - 1] == ':')
		length--;
	if (length < 3 || *word != ':')
		return false;
	for (size_t i = 1; i < length; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_+-", word[i]))
			return false;
	return true;
}

static void
begin_emoji(struct complete *complete, const char *word, size_t length)
{
	if (word[length - 1] == ':')
		length--;
	complete->prefix = mem_strndup(word + 1, length - 1);
	complete->before = complete->behind = "";
	add_emoji(complete);
}

static void
ask(struct complete *complete, const char *command, int argument, const char *prefix)
{
	const struct complete_question question = {command, argument, prefix};

	complete->source(complete->arg, &question, complete);
}

/* A command's name, or what one takes. False where the text is none. */
static bool
begin_command(struct complete *complete, const char *text, size_t word, const char *prefix)
{
	size_t name = strcspn(text, " \n");
	char *command;
	int argument = 0;

	if (*text != '/' || text[1] == '/')
		return false;
	complete->before = word ? "" : "/";
	complete->behind = " ";
	if (!word) {
		complete->prefix = fold(prefix + 1);
		ask(complete, "", 0, prefix + 1);
		return true;
	}
	for (size_t i = 1; i < word; i++)
		argument += is_space(text[i - 1]) && !is_space(text[i]);
	command = mem_strndup(text + 1, name - 1);
	complete->prefix = fold(prefix);
	ask(complete, command, argument, prefix);
	free(command);
	return true;
}

static void
begin_name(struct complete *complete, size_t word, const char *prefix)
{
	bool at = *prefix == '@';

	complete->before = at ? "@" : "";
	complete->behind = at || word ? " " : ": ";
	complete->prefix = fold(prefix + at);
	ask(complete, NULL, 0, prefix + at);
}

static void
begin(struct complete *complete, const struct edit *edit)
{
	const char *text = edit_text(edit);
	size_t word = edit_cursor(edit);
	char *prefix;

	complete_end(complete);
	while (word > 0 && !is_space(text[word - 1]))
		word--;
	complete->from = word;
	complete->to = edit_cursor(edit);
	prefix = mem_strndup(text + word, complete->to - word);
	if (complete->with_emoji && is_emoji(prefix, strlen(prefix)))
		begin_emoji(complete, prefix, strlen(prefix));
	else if (!begin_command(complete, text, word, prefix) && *prefix)
		begin_name(complete, word, prefix);
	free(prefix);
}

/* ---- steps ---- */

static bool
goes_on(const struct complete *complete, const struct edit *edit)
{
	return complete->count && complete->text && edit_cursor(edit) == complete->to &&
	       strcmp(complete->text, edit_text(edit)) == 0;
}

bool
complete_step(struct complete *complete, struct edit *edit, int direction)
{
	char *text;
	bool done;

	if (goes_on(complete, edit)) {
		complete->chosen += direction > 0 ? 1 : complete->count - 1;
	} else {
		begin(complete, edit);
		if (!complete->count)
			return false;
		complete->chosen = direction > 0 ? 0 : complete->count - 1;
	}
	complete->chosen %= complete->count;
	/* A space that is there already is not doubled. */
	text = mem_printf("%s%s%s", complete->before, complete->candidates[complete->chosen].text,
	    is_space(edit_text(edit)[complete->to]) ? "" : complete->behind);
	done = edit_replace(edit, complete->from, complete->to, text, strlen(text));
	free(text);
	if (!done) {
		complete_end(complete);
		return false;
	}
	complete->to = edit_cursor(edit);
	free(complete->text);
	complete->text = mem_strdup(edit_text(edit));
	return true;
}

const char *
complete_candidate(const struct complete *complete, size_t i, const char **name, bool *chosen)
{
	if (i >= complete->count)
		return NULL;
	*name = complete->candidates[i].name;
	*chosen = i == complete->chosen;
	return complete->candidates[i].text;
}
