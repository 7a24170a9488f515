/* The account's devices, and its password. */
#include <string.h>

#include "base/text.h"
#include "client/internal.h"
#include "wire/device.h"
#include "wire/limits.h"

enum status
client_devices(struct client *client, int64_t deadline,
    void (*row)(void *arg, const struct device *device), void *arg, struct error *err)
{
	struct devices_answer answer;
	struct buf body;
	enum status status;

	buf_init(&body, LIMIT_REQUEST_SMALL);
	buf_add_string(&body, "{}");
	status = client_call(client, METHOD_DEVICES, &body, deadline, err);
	buf_finish(&body);
	if (status == STATUS_OK)
		status = devices_answer_read(&answer, sync_once_answer(client->sync), err);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < answer.count; i++)
		row(arg, &answer.devices[i]);
	devices_answer_finish(&answer);
	return STATUS_OK;
}

enum status
client_device_revoke(struct client *client, int64_t device_id, int64_t deadline, struct error *err)
{
	struct buf body;
	enum status status;

	if (device_id == client->account.device_id)
		return client_logout(client, err);
	buf_init(&body, LIMIT_REQUEST_SMALL);
	device_revoke_request_write(&body, device_id);
	status = client_call(client, METHOD_DEVICE_REVOKE, &body, deadline, err);
	buf_finish(&body);
	return status;
}

enum status
client_passwd(struct client *client, const char *password, const char *new_password,
    int64_t deadline, struct error *err)
{
	const struct passwd_request request = {password, new_password};
	struct buf body;
	enum status status;

	if (strlen(password) > LIMIT_PASSWORD || !text_is_utf8(password, strlen(password)))
		return error_set(err, STATUS_DENIED, "wrong password");
	status = client_check_password(new_password, err);
	if (status != STATUS_OK)
		return status;
	buf_init(&body, LIMIT_REQUEST_SMALL);
	passwd_request_write(&body, &request);
	status = client_call(client, METHOD_PASSWD, &body, deadline, err);
	explicit_bzero(body.data, body.length);
	buf_finish(&body);
	return status;
}
