#include "wire/account.h"

#include <string.h>

#include "wire/limits.h"

void
account_request_write(struct buf *out, const struct account_request *request)
{
	buf_add_char(out, '{');
	json_put_string(out, "address", request->address);
	json_put_string(out, "password", request->password);
	json_put_string(out, "device", request->device);
	buf_add_char(out, '}');
}

enum status
account_request_read(struct account_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	if ((status = json_get_address(doc, "address", JSON_REQUIRED, &request->address, err)) ||
	    (status = json_get_string(
	         doc, "password", JSON_REQUIRED, LIMIT_PASSWORD, &request->password, err)) ||
	    (status = json_get_string(
	         doc, "device", JSON_REQUIRED, LIMIT_NAME, &request->device, err)))
		return status;
	return STATUS_OK;
}

void
account_answer_write(struct buf *out, const struct account_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	json_put_string(out, "address", answer->address);
	json_put_int(out, "device_id", answer->device_id);
	json_put_string(out, "token", answer->token);
	buf_add_char(out, '}');
}

/* It goes into a header as it is. */
static enum status
token_read(const char **token, const struct json *doc, struct error *err)
{
	enum status status = json_get_string(doc, "token", JSON_REQUIRED, LIMIT_NAME, token, err);
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	if (status == STATUS_OK && (!(*token)[0] || (*token)[strspn(*token, digits)]))
		return error_set(err, STATUS_PROTOCOL, "the field \"token\" is not a token");
	return status;
}

enum status
account_answer_read(struct account_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = json_get_address(doc, "address", JSON_REQUIRED, &answer->address, err)) ||
	    (status = json_get_int(
	         doc, "device_id", JSON_REQUIRED, 1, LIMIT_INTEGER, &answer->device_id, err)) ||
	    (status = token_read(&answer->token, doc, err)))
		return json_answer_status(status, err);
	return STATUS_OK;
}
