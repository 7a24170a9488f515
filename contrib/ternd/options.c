#include "options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "model/address.h"

enum { SERVE = 1, USER_ADD = 2, BOTH = SERVE | USER_ADD };

/* Takes an option's value (NULL where it has none); false where it isn't one. */
typedef bool take_fn(struct options *options, const char *value);

/* A number from 1 to the highest. */
static bool
take_number(int64_t *number, int64_t highest, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || digits > 18 || value[digits])
		return false;
	*number = strtoll(value, NULL, 10);
	return *number >= 1 && *number <= highest;
}

static bool
take_ms(int *ms, const char *value)
{
	int64_t number;

	if (!take_number(&number, INT_MAX, value))
		return false;
	*ms = (int)number;
	return true;
}

static bool
take_listen(struct options *options, const char *value)
{
	options->config.listen = value;
	return true;
}

static bool
take_store(struct options *options, const char *value)
{
	options->config.store = value;
	return *value;
}

static bool
take_domain(struct options *options, const char *value)
{
	struct server_config *config = &options->config;
	struct address address;

	/* A domain is what may stand behind the @. */
	if (address_parse(&address, "x", value, NULL) != STATUS_OK ||
	    strcmp(address_domain(address.text), value) != 0)
		return false;
	config->domains =
	    mem_resize(config->domains, config->domain_count + 1, sizeof *config->domains);
	config->domains[config->domain_count++] = value;
	return true;
}

static bool
take_registration(struct options *options, const char *value)
{
	bool open = strcmp(value, "open") == 0;

	options->config.registration = open ? REGISTRATION_OPEN : REGISTRATION_CLOSED;
	return open || strcmp(value, "closed") == 0;
}

static bool
take_request_timeout(struct options *options, const char *value)
{
	return take_ms(&options->config.request_timeout_ms, value);
}

static bool
take_idle_timeout(struct options *options, const char *value)
{
	return take_ms(&options->config.idle_timeout_ms, value);
}

static bool
take_drain(struct options *options, const char *value)
{
	return take_ms(&options->config.drain_ms, value);
}

static bool
take_keep_days(struct options *options, const char *value)
{
	return take_number(&options->config.keep_days, 36500, value);
}

static bool
take_keep_messages(struct options *options, const char *value)
{
	return take_number(&options->config.keep_messages, INT64_MAX / 2, value);
}

static bool
take_prune_every(struct options *options, const char *value)
{
	return take_number(&options->config.prune_every_ms, 86400000, value);
}

static bool
take_prune_anyway(struct options *options, const char *value)
{
	(void)value;
	options->config.prune_anyway = true;
	return true;
}

static bool
take_log_level(struct options *options, const char *value)
{
	return log_level_parse(&options->log_level, value);
}

static bool
take_weak_passwords(struct options *options, const char *value)
{
	(void)value;
	options->config.weak_passwords = true;
	return true;
}

static bool
take_password_stdin(struct options *options, const char *value)
{
	(void)value;
	options->password_stdin = true;
	return true;
}

static bool
take_help(struct options *options, const char *value)
{
	(void)value;
	options->action = OPTIONS_HELP;
	return true;
}

static bool
take_version(struct options *options, const char *value)
{
	(void)value;
	options->action = OPTIONS_VERSION;
	return true;
}

static const struct {
	const char *name;
	const char *value; /* its name in --help; NULL where the option has none */
	int where;         /* which commands take it */
	take_fn *take;
	const char *help;
} table[] = {
    {"listen", N_("URL"), SERVE, take_listen,
        N_("where to listen, http://HOST:PORT; port 0 picks one (http://127.0.0.1:7480)")},
    {"store", N_("FILE"), BOTH, take_store,
        N_("where everything is kept; :memory: forgets it at exit")},
    {"domain", N_("NAME"), BOTH, take_domain,
        N_("a domain whose addresses this server gives out; may be repeated (localhost)")},
    {"registration", "open|closed", SERVE, take_registration,
        N_("whether anybody may make an account (closed)")},
    {"request-timeout", N_("MS"), SERVE, take_request_timeout,
        N_("how long a request may take to arrive, milliseconds (30000)")},
    {"idle-timeout", N_("MS"), SERVE, take_idle_timeout,
        N_("how long a connection may be silent between requests, milliseconds (120000)")},
    {"drain", N_("MS"), SERVE, take_drain,
        N_("over how long held polls are answered when the server stops, milliseconds (3000)")},
    {"keep-days", N_("N"), SERVE, take_keep_days, N_("delete messages that are older (keep all)")},
    {"keep-messages", N_("N"), SERVE, take_keep_messages,
        N_("of each conversation keep the newest N messages (all)")},
    {"prune-every", N_("MS"), SERVE, take_prune_every,
        N_("how often to look for what is kept no longer, milliseconds (3600000)")},
    {"prune-anyway", NULL, SERVE, take_prune_anyway,
        N_("delete it even where the clock or the amount is doubtful: see that both are right")},
    {"log-level", "error|warn|info|debug", BOTH, take_log_level,
        N_("how much is logged on standard error (info)")},
    {"weak-passwords", NULL, BOTH, take_weak_passwords,
        N_("hash passwords as cheaply as can be: for tests only")},
    {"password-stdin", NULL, USER_ADD, take_password_stdin,
        N_("read the password from the first line of standard input")},
    {"help", NULL, BOTH, take_help, N_("print this and exit")},
    {"version", NULL, BOTH, take_version, N_("print the version and exit")},
};

enum { OPTION_COUNT = sizeof table / sizeof *table };

static enum status
take_words(struct options *options, int count, char **words, struct error *err)
{
	if (count == 0)
		return STATUS_OK;
	if (strcmp(words[0], "user") != 0 || count < 2 || strcmp(words[1], "add") != 0)
		return error_set(
		    err, STATUS_USAGE, _("there is no command \"%s\"; see ternd --help"), words[0]);
	if (count != 3)
		return error_set(
		    err, STATUS_USAGE, _("user add takes one address; see ternd --help"));
	if (options->action == OPTIONS_SERVE)
		options->action = OPTIONS_USER_ADD;
	options->address = words[2];
	return STATUS_OK;
}

/* What can only be told when everything was read. used: which options stood there. */
static enum status
check(const struct options *options, const bool used[OPTION_COUNT], struct error *err)
{
	int where = options->action == OPTIONS_USER_ADD ? USER_ADD : SERVE;

	if (options->action == OPTIONS_HELP || options->action == OPTIONS_VERSION)
		return STATUS_OK;
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (used[i] && !(table[i].where & where))
			return error_set(err, STATUS_USAGE,
			    where == SERVE ? _("--%s belongs to \"user add\"")
			                   : _("--%s doesn't belong to \"user add\""),
			    table[i].name);
	if (!options->config.store)
		return error_set(
		    err, STATUS_USAGE, _("say with --store FILE where everything is kept"));
	if (options->action == OPTIONS_USER_ADD && !options->password_stdin)
		return error_set(err, STATUS_USAGE,
		    _("give the password on standard input, with --password-stdin"));
	return STATUS_OK;
}

static enum status
read_options(struct options *options, int argc, char **argv, struct error *err)
{
	struct option list[OPTION_COUNT + 1] = {0};
	bool used[OPTION_COUNT] = {0};
	enum status status;
	int at;

	for (int i = 0; i < OPTION_COUNT; i++) {
		list[i].name = table[i].name;
		list[i].has_arg = table[i].value ? required_argument : no_argument;
		list[i].val = i;
	}
	opterr = 0;
	while ((at = getopt_long(argc, argv, ":", list, NULL)) != -1) {
		if (at == ':')
			return error_set(
			    err, STATUS_USAGE, _("%s needs a value"), argv[optind - 1]);
		if (at == '?')
			return error_set(err, STATUS_USAGE,
			    _("there is no option %s; see ternd --help"), argv[optind - 1]);
		used[at] = true;
		if (!table[at].take(options, optarg))
			return error_set(err, STATUS_USAGE, _("--%s doesn't take \"%s\""),
			    table[at].name, optarg);
	}
	status = take_words(options, argc - optind, argv + optind, err);
	return status == STATUS_OK ? check(options, used, err) : status;
}

enum status
options_parse(struct options *options, int argc, char **argv, struct error *err)
{
	enum status status;

	*options = (struct options){
	    .config =
	        {
	            .listen = "http://127.0.0.1:7480",
	            .request_timeout_ms = 30000,
	            .idle_timeout_ms = 120000,
	            .drain_ms = 3000,
	            .prune_every_ms = 3600000,
	        },
	    .log_level = LOG_LEVEL_INFO,
	};
	status = read_options(options, argc, argv, err);
	if (status == STATUS_OK && options->config.domain_count == 0)
		take_domain(options, "localhost");
	return status;
}

void
options_finish(struct options *options)
{
	free(options->config.domains);
	options->config.domains = NULL;
}

void
options_help(struct buf *out)
{
	buf_add_string(
	    out, _("usage: ternd --store FILE [OPTION...]\n"
	           "       ternd user add ADDRESS --password-stdin --store FILE "
	           "[--domain NAME]\n\n"
	           "The server of tern, a messenger for the terminal. See ternd(8).\n\n"));
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		buf_printf(out, "  --%s", table[i].name);
		if (table[i].value)
			buf_printf(out, " %s", _(table[i].value));
		buf_printf(out, "\n        %s\n", _(table[i].help));
	}
}
