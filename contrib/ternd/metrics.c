#include "metrics.h"

#include "pool.h"
#include "pruner.h"
#include "server.h"

static void
add_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
add_number(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	add_head(out, name, type, help);
	buf_printf(out, "%s %llu\n", name, (unsigned long long)value);
}

void
metrics_write(struct buf *out, const struct server *server)
{
	const struct metrics *m = server->metrics;
	const struct pruner_counts pruned = pruner_counts(server->pruner);

	add_number(out, "ternd_connections", "gauge", "Open connections.", m->open);
	add_number(out, "ternd_connections_total", "counter", "Connections accepted.", m->accepted);
	add_number(out, "ternd_polls_held", "gauge", "Polls held.", pools_held(server->pools));
	add_number(out, "ternd_committed_stamp", "gauge", "The highest stamp committed.",
	    (uint64_t)pools_committed_stamp(server->pools));
	add_number(
	    out, "ternd_draining", "gauge", "1 while the server is going down.", server->draining);
	add_number(out, "ternd_prune_runs_total", "counter", "Times that pruning came to an end.",
	    pruned.runs);
	add_number(
	    out, "ternd_pruned_messages_total", "counter", "Messages pruned.", pruned.messages);
	add_number(out, "ternd_pruned_keys_total", "counter", "Keys pruned.", pruned.keys);
	add_number(out, "ternd_prune_stopped", "gauge",
	    "1 where pruning stopped because the clock, or how much would go, is doubtful.",
	    pruned.stopped);
	add_head(out, "ternd_requests_total", "counter", "Requests, by method.");
	for (enum method_id id = 0; id < METHOD_COUNT; id++)
		buf_printf(out, "ternd_requests_total{method=\"%s\"} %llu\n", method_get(id)->name,
		    (unsigned long long)m->requests[id]);
	add_head(out, "ternd_errors_total", "counter", "Requests refused, by code.");
	for (enum wire_error code = WIRE_OK + 1; code < WIRE_ERROR_COUNT; code++)
		buf_printf(out, "ternd_errors_total{code=\"%s\"} %llu\n", wire_error_name(code),
		    (unsigned long long)m->errors[code]);
}
