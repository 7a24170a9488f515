#include "net/transport.h"

#include <string.h>

void
transport_start(struct transport *transport, struct transport_call *call)
{
	call->status = STATUS_INTERNAL;
	call->error = WIRE_OK;
	call->left = false;
	call->doc = NULL;
	call->err.text[0] = '\0';
	call->requests = 0;
	call->bytes_up = 0;
	call->bytes_down = 0;
	transport->ops->start(transport, call);
}

void
transport_push(struct transport *transport)
{
	transport->ops->push(transport);
}

void
transport_cancel(struct transport *transport, struct transport_call *call)
{
	transport->ops->cancel(transport, call);
}

enum status
transport_wait(struct transport *transport, struct pollfd *fds, size_t count, int timeout_ms,
    struct error *err)
{
	return transport->ops->wait(transport, fds, count, timeout_ms, err);
}

void
transport_destroy(struct transport *transport)
{
	if (transport)
		transport->ops->destroy(transport);
}

void
transport_call_finish(struct transport_call *call)
{
	buf_finish(&call->body);
	json_destroy(call->doc);
	call->doc = NULL;
}

void
transport_not_tern(struct transport_call *call, long http_status, const char *why)
{
	call->left = true;
	call->status = error_set(&call->err, STATUS_PROTOCOL,
	    "the server does not answer as a tern server does (HTTP %ld, %s); check its URL",
	    http_status, why);
}

/* {"error":{"code":…,"text":…}} */
static void
refused(struct transport_call *call, long http_status)
{
	const struct json *error = NULL;
	const char *code = NULL, *text = NULL;
	struct error ignored;

	if (json_get_object(call->doc, "error", JSON_REQUIRED, &error, &ignored) ||
	    json_get_string(error, "code", JSON_REQUIRED, 64, &code, &ignored) ||
	    json_get_string(error, "text", JSON_REQUIRED, SIZE_MAX, &text, &ignored)) {
		transport_not_tern(call, http_status, "no error object");
		return;
	}
	call->error = wire_error_find(code);
	call->left = call->error == WIRE_INTERNAL;
	call->status =
	    error_set(&call->err, wire_error_status(call->error), "the server says: %s", text);
}

void
transport_answered(struct transport_call *call, long http_status, const char *body, size_t length)
{
	struct error why;

	if (json_parse(&call->doc, body, length, &why) != STATUS_OK) {
		transport_not_tern(call, http_status, why.text);
		return;
	}
	if (http_status == 200) {
		call->left = true;
		call->status = STATUS_OK;
		return;
	}
	refused(call, http_status);
	json_destroy(call->doc);
	call->doc = NULL;
}

void
transport_failed(struct transport_call *call, bool left, const char *why)
{
	call->left = left;
	call->status =
	    left ? error_set(&call->err, STATUS_AGAIN, "the server did not answer: %s", why)
	         : error_set(&call->err, STATUS_UNAVAILABLE, "cannot reach the server: %s", why);
}
