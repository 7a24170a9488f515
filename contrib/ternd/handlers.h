/* The handler of each method of wire/method.h. */
#ifndef TERND_HANDLERS_H
#define TERND_HANDLERS_H

#include "call.h"
#include "wire/method.h"

/* Answers the call, now or later, exactly once. */
typedef void handler_fn(struct call *call);

handler_fn *handler_get(enum method_id id);

/* They stand in handlers_*.c, and call no other. */
handler_fn handle_register, handle_login, handle_logout, handle_login_sync, handle_events,
    handle_pull, handle_send, handle_ack, handle_contact_set, handle_read, handle_devices,
    handle_device_revoke, handle_passwd, handle_profile_set, handle_details, handle_reset,
    handle_compare, handle_digest, handle_group_create, handle_group_change, handle_receipts;

#endif
