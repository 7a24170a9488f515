#include "wire/device.h"

#include <stdlib.h>

#include "wire/limits.h"
#include "wire/rows.h"

static void
write_device(struct buf *out, const void *rows, size_t i)
{
	const struct device *device = (const struct device *)rows + i;

	json_put_int(out, "device_id", device->device_id);
	json_put_string(out, "name", device->name);
	json_put_int(out, "seen", device->seen);
	json_put_int(out, "stamp", device->stamp);
	if (device->current)
		json_put_bool(out, "current", true);
}

static enum status
device_row(void *row, const struct json *object, struct error *err)
{
	struct device *device = row;
	enum status status;

	*device = (struct device){0};
	if ((status = json_get_int(
	         object, "device_id", JSON_REQUIRED, 1, LIMIT_INTEGER, &device->device_id, err)) ||
	    (status = json_get_string(
	         object, "name", JSON_REQUIRED, LIMIT_NAME, &device->name, err)) ||
	    (status = json_get_int(
	         object, "seen", JSON_REQUIRED, 0, LIMIT_INTEGER, &device->seen, err)) ||
	    (status = json_get_int(
	         object, "stamp", JSON_REQUIRED, 1, LIMIT_INTEGER, &device->stamp, err)) ||
	    (status = json_get_bool(object, "current", JSON_OPTIONAL, &device->current, err)))
		return status;
	return STATUS_OK;
}

void
devices_answer_write(struct buf *out, const struct devices_answer *answer)
{
	buf_add_char(out, '{');
	json_put_string(out, "generation", answer->generation);
	rows_write(out, "devices", answer->devices, answer->count, write_device);
	buf_add_char(out, '}');
}

enum status
devices_answer_read(struct devices_answer *answer, const struct json *doc, struct error *err)
{
	enum status status;

	*answer = (struct devices_answer){0};
	if ((status = json_get_generation(doc, &answer->generation, err)) ||
	    (status = rows_read(doc, "devices", sizeof *answer->devices, (void **)&answer->devices,
	         &answer->count, device_row, err)))
		devices_answer_finish(answer);
	return json_answer_status(status, err);
}

void
devices_answer_finish(struct devices_answer *answer)
{
	free(answer->devices);
	*answer = (struct devices_answer){0};
}

void
device_revoke_request_write(struct buf *out, int64_t device_id)
{
	buf_add_char(out, '{');
	json_put_int(out, "device_id", device_id);
	buf_add_char(out, '}');
}

enum status
device_revoke_request_read(int64_t *device_id, const struct json *doc, struct error *err)
{
	return json_get_int(doc, "device_id", JSON_REQUIRED, 1, LIMIT_INTEGER, device_id, err);
}

void
passwd_request_write(struct buf *out, const struct passwd_request *request)
{
	buf_add_char(out, '{');
	json_put_string(out, "password", request->password);
	json_put_string(out, "new", request->new_password);
	buf_add_char(out, '}');
}

enum status
passwd_request_read(struct passwd_request *request, const struct json *doc, struct error *err)
{
	enum status status;

	if ((status = json_get_string(
	         doc, "password", JSON_REQUIRED, LIMIT_PASSWORD, &request->password, err)) ||
	    (status = json_get_string(
	         doc, "new", JSON_REQUIRED, LIMIT_PASSWORD, &request->new_password, err)))
		return status;
	return STATUS_OK;
}
