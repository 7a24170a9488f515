#include "handlers.h"

static handler_fn *const handlers[METHOD_COUNT] = {
    [METHOD_REGISTER] = handle_register,
    [METHOD_LOGIN] = handle_login,
    [METHOD_LOGOUT] = handle_logout,
    [METHOD_LOGIN_SYNC] = handle_login_sync,
    [METHOD_EVENTS] = handle_events,
    [METHOD_PULL] = handle_pull,
    [METHOD_SEND] = handle_send,
    [METHOD_ACK] = handle_ack,
    [METHOD_READ] = handle_read,
    [METHOD_CONTACT_SET] = handle_contact_set,
    [METHOD_DEVICES] = handle_devices,
    [METHOD_DEVICE_REVOKE] = handle_device_revoke,
    [METHOD_PASSWD] = handle_passwd,
    [METHOD_RESET] = handle_reset,
    [METHOD_COMPARE] = handle_compare,
    [METHOD_DIGEST] = handle_digest,
    [METHOD_GROUP_CREATE] = handle_group_create,
    [METHOD_GROUP_CHANGE] = handle_group_change,
    [METHOD_RECEIPTS] = handle_receipts,
    [METHOD_PROFILE_SET] = handle_profile_set,
    [METHOD_DETAILS] = handle_details,
};

handler_fn *
handler_get(enum method_id id)
{
	return handlers[id];
}
