/* Every statement of the store, prepared once a connection. */
#ifndef TERND_STORE_STATEMENTS_H
#define TERND_STORE_STATEMENTS_H

#include <sqlite3.h>

#include "base/status.h"

enum statement {
	ST_BEGIN_WRITE,
	ST_BEGIN_READ,
	ST_COMMIT,
	ST_ROLLBACK,
	ST_STATE_GET,
	ST_STATE_SET,
	ST_GENERATION_ADD,
	ST_GENERATION_END,
	ST_ACCOUNT_FIND,
	ST_ACCOUNT_ADD,
	ST_DEVICE_ADD,
	ST_DEVICE_REVOKE,
	ST_DEVICE_FIND,
	ST_DEVICE_CHECK,
	ST_DEVICE_SEEN,
	ST_CONTACT_GET,
	ST_CONTACT_PUT,
	ST_CONTACT_CHANGES,
	ST_CONVERSATION_FIND,
	ST_CONVERSATION_FIND_GROUP,
	ST_CONVERSATION_ADD,
	ST_CONVERSATION_SAVE,
	ST_MEMBER_ADD,
	ST_MEMBER_LIST,
	ST_MEMBER_STAMP,
	ST_MEMBER_OWN,
	ST_MEMBER_ACK,
	ST_HEAD_CHANGES,
	ST_HEAD_GET,
	ST_MESSAGE_ADD,
	ST_MESSAGE_RANGE,
	ST_KEY_GET,
	ST_KEY_ADD,
	ST_ACK_GET,
	ST_ACK_PUT,
	ST_COUNT
};

/* Prepares all of them. IO. statements_finish() frees what was prepared, also after a failure. */
enum status statements_prepare(sqlite3 *db, sqlite3_stmt *statements[ST_COUNT], struct error *err);
void statements_finish(sqlite3_stmt *statements[ST_COUNT]);

#endif
