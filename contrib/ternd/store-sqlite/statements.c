#include "store-sqlite/sqlite.h"

#include <stddef.h>

/* As the model's table of types has them. */
#define COUNTED "('text')"

/* Of so many bytes, those that wait above the member's acknowledged head. */
#define WAITING(bytes) \
	"max(0, " bytes " - coalesce((SELECT w.bytes - w.size FROM message AS w" \
	" WHERE w.conversation_id = c.conversation_id AND w.msg_id > m.last_ack_msg_id" \
	" ORDER BY w.msg_id LIMIT 1), c.bytes))"
#define ALL_WAITING WAITING("c.bytes")

/* What read_head() reads: of a direct conversation, and of a group as the member m sees it. p is
 * the peer's row, of which nothing is told in notes to oneself. */
#define HEAD_COLUMNS \
	"m.stamp AS told, peer.address, c.first_msg_id, c.last_msg_id, m.last_ack_msg_id," \
	" m.last_read_msg_id, c.counted - m.read_counted - (m.own - m.own_read)," ALL_WAITING \
	", iif(peer.account_id = m.account_id, 0, p.last_ack_msg_id)," \
	" iif(peer.account_id = m.account_id, 0, p.last_read_msg_id), 0"
#define MEMBER_SPANS \
	" FROM member_span AS s WHERE s.account_id = m.account_id" \
	" AND s.conversation_id = m.conversation_id ORDER BY s.first"
/* A cumulative column of the last message that a member who left may see. */
#define AT_LEAVING(column) \
	"coalesce((SELECT w." column " FROM message AS w" \
	" WHERE w.conversation_id = m.conversation_id AND w.msg_id <=" \
	" (SELECT s.last" MEMBER_SPANS " DESC LIMIT 1) ORDER BY w.msg_id DESC LIMIT 1), 0)"
#define COUNTED_AT_LEAVING AT_LEAVING("counted")
#define BYTES_AT_LEAVING   AT_LEAVING("bytes")
#define GROUP_WAITING      WAITING("iif(m.role, c.bytes, " BYTES_AT_LEAVING ")")
#define GROUP_HEAD_COLUMNS \
	"iif(m.role, max(m.stamp, c.stamp), m.stamp) AS told, g.address," \
	" min(max(c.first_msg_id, (SELECT s.first" MEMBER_SPANS " LIMIT 1))," \
	" iif(m.role, c.last_msg_id, (SELECT s.last" MEMBER_SPANS " DESC LIMIT 1)) + 1)," \
	" iif(m.role, c.last_msg_id, (SELECT s.last" MEMBER_SPANS " DESC LIMIT 1))," \
	" m.last_ack_msg_id, m.last_read_msg_id," \
	" max(0, iif(m.role, c.counted, " COUNTED_AT_LEAVING ") - m.read_counted" \
	" - (m.own - m.own_read))," GROUP_WAITING ", 0, 0, m.joined"

/* What read_group() reads: a group as the member m knows it, of whose name one that left hears no
 * more. */
#define GROUP_COLUMNS \
	"iif(m.role, g.stamp, m.role_stamp) AS told, g.address, coalesce(m.left_name, g.name)," \
	" m.role = 0"
/* What a contact as it is told is read from. */
#define CONTACT_COLUMNS \
	"stamp, address, name, removed," \
	" (SELECT profile_stamp FROM account WHERE account.address = contact.address)"

/* Whether account ?1 may see a msg_id of the conversation of a row. */
#define IN_SIGHT(id, row) \
	"((SELECT k.kind FROM conversation AS k WHERE k.conversation_id = " row \
	".conversation_id) = 1 OR EXISTS (SELECT 1 FROM member_span AS s WHERE s.account_id = ?1" \
	" AND s.conversation_id = " row ".conversation_id AND s.first <= " id \
	" AND (s.last IS NULL OR s.last >= " id ")))"
#define M_IN_SIGHT IN_SIGHT("m.msg_id", "m")
#define A_IN_SIGHT IN_SIGHT("a.msg_id", "a")

/* The first message from ?2 to ?3 of others that member k has not acknowledged; and whether it is
 * one of those that messages are kept for: heard of since ?4. */
#define PRUNE_HELD \
	"(SELECT m.msg_id FROM message AS m WHERE m.conversation_id = ?1" \
	" AND m.msg_id > max(k.last_ack_msg_id, ?2 - 1) AND m.msg_id <= ?3" \
	" AND m.sender_id <> k.account_id ORDER BY m.msg_id LIMIT 1)"
#define PRUNE_HOLDS \
	"k.last_ack_msg_id < ?3 AND EXISTS (SELECT 1 FROM device AS d" \
	" WHERE d.account_id = k.account_id AND d.revoked = 0 AND d.seen >= ?4)"
#define PRUNE_READER "k.account_id, max(k.last_read_msg_id, k.expired), k.own, k.own_read"

/* What read_message() reads, for account ?1. */
#define MESSAGE_COLUMNS \
	"m.stamp, m.msg_id, m.sender_id, sender.address, m.time, m.type, m.body, m.key, m.target," \
	" m.was, m.conversation_id, m.amends IS NULL OR " IN_SIGHT("m.amends", "m")

static const char *const sql[ST_COUNT] = {
    [ST_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [ST_BEGIN_READ] = "BEGIN",
    [ST_COMMIT] = "COMMIT",
    [ST_ROLLBACK] = "ROLLBACK",

    [ST_STATE_GET] = "SELECT stamp FROM state",
    [ST_STATE_SET] = "UPDATE state SET stamp = ?1",
    [ST_GENERATION_ADD] = "INSERT INTO generation (generation, stamp) SELECT ?1, stamp FROM state",
    /* Where the generation's stamps end: where the next began, or the highest committed. */
    [ST_GENERATION_END] = "SELECT coalesce("
                          " (SELECT later.stamp FROM generation AS later"
                          "  WHERE later.number > asked.number ORDER BY later.number LIMIT 1),"
                          " (SELECT stamp FROM state))"
                          " FROM generation AS asked WHERE asked.generation = ?1",

    [ST_ACCOUNT_FIND] = "SELECT account_id, password_hash FROM account WHERE address = ?1",
    [ST_ACCOUNT_ADD] = "INSERT INTO account (address, password_hash, stamp) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT DO NOTHING RETURNING account_id",

    [ST_ACCOUNT_ADDRESS] = "SELECT address FROM account WHERE account_id = ?1",
    [ST_PASSWORD_SET] = "UPDATE account SET password_hash = ?3"
                        " WHERE account_id = ?1 AND password_hash = ?2",

    [ST_DEVICE_ADD] = "INSERT INTO device (account_id, name, token_hash, revoked, stamp, seen)"
                      " VALUES (?1, ?2, ?3, 0, ?4, ?5) RETURNING device_id",
    [ST_DEVICE_REVOKE] =
        "UPDATE device SET revoked = 1, stamp = ?2 WHERE device_id = ?1 AND revoked = 0",
    [ST_DEVICE_REVOKE_OF] = "UPDATE device SET revoked = 1, stamp = ?3"
                            " WHERE device_id = ?1 AND account_id = ?2 AND revoked = 0",
    [ST_DEVICE_REVOKE_OTHERS] =
        "UPDATE device SET revoked = 1, stamp = ?3"
        " WHERE account_id = ?1 AND device_id <> ?2 AND revoked = 0 RETURNING device_id",
    [ST_DEVICE_LIST] = "SELECT device_id, name, seen, stamp FROM device"
                       " WHERE account_id = ?1 AND revoked = 0"
                       " ORDER BY seen DESC, device_id DESC LIMIT ?2",
    [ST_DEVICE_FIND] = "SELECT device_id, account_id, address"
                       " FROM device JOIN account USING (account_id)"
                       " WHERE token_hash = ?1 AND revoked = 0",
    [ST_DEVICE_CHECK] = "SELECT 1 FROM device WHERE device_id = ?1 AND revoked = 0",
    [ST_DEVICE_SEEN] = "UPDATE device SET seen = ?2 WHERE device_id = ?1 AND seen < ?2",

    [ST_CONTACT_GET] =
        "SELECT name, removed, stamp FROM contact WHERE owner_id = ?1 AND address = ?2",
    [ST_CONTACT_PUT] = "INSERT INTO contact (owner_id, address, name, removed, stamp)"
                       " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (owner_id, address)"
                       " DO UPDATE SET name = ?3, removed = ?4, stamp = ?5",
    [ST_CONTACT_CHANGES] = "SELECT " CONTACT_COLUMNS " FROM contact"
                           " WHERE owner_id = ?1 AND stamp > ?2 AND stamp <= ?3"
                           " ORDER BY stamp LIMIT ?4",
    [ST_CONTACT_RANGE] = "SELECT " CONTACT_COLUMNS " FROM contact"
                         " WHERE owner_id = ?1 AND address > ?2 AND (?3 IS NULL OR address <= ?3)"
                         " ORDER BY address",
    [ST_CONTACT_STAMP] = "UPDATE contact SET stamp = ?3 WHERE owner_id = ?1 AND address = ?2",

    [ST_PROFILE_FIND] = "SELECT account_id, profile_stamp FROM account WHERE address = ?1",
    [ST_PROFILE_STAMP_SET] = "UPDATE account SET profile_stamp = ?2 WHERE account_id = ?1",
    [ST_PROFILE_FIELDS] = "SELECT field, value FROM profile WHERE account_id = ?1 ORDER BY field",
    [ST_PROFILE_FIELD_PUT] = "INSERT INTO profile (account_id, field, value) VALUES (?1, ?2, ?3)"
                             " ON CONFLICT (account_id, field) DO UPDATE SET value = ?3",
    [ST_PROFILE_FIELD_REMOVE] = "DELETE FROM profile WHERE account_id = ?1 AND field = ?2",
    [ST_PUSH_PUT] = "INSERT INTO profile_push (account_id, owner_id) VALUES (?1, ?2)"
                    " ON CONFLICT (account_id) DO UPDATE SET owner_id = ?2",
    [ST_PUSH_NEXT] = "SELECT account_id, owner_id, profile_stamp, address"
                     " FROM profile_push JOIN account USING (account_id)"
                     " WHERE account_id > ?1 ORDER BY account_id LIMIT 1",
    /* Found by the index contact_address, which the rows' new stamps don't touch. */
    [ST_PUSH_ROWS] = "SELECT owner_id, name, removed FROM contact"
                     " WHERE address = ?1 AND owner_id > ?2 ORDER BY owner_id",
    [ST_PUSH_DONE] = "DELETE FROM profile_push WHERE account_id = ?1",

    [ST_CONVERSATION_FIND] =
        "SELECT conversation_id, first_msg_id, last_msg_id, counted, bytes, stamp"
        " FROM conversation WHERE account_a = ?1 AND account_b = ?2",
    [ST_CONVERSATION_FIND_GROUP] =
        "SELECT conversation_id, first_msg_id, last_msg_id, counted, bytes, c.stamp"
        " FROM group_chat JOIN conversation AS c USING (conversation_id) WHERE address = ?1",
    [ST_CONVERSATION_ADD] =
        "INSERT INTO conversation (kind, account_a, account_b, first_msg_id, last_msg_id, bytes)"
        " VALUES (?1, ?2, ?3, 1, 0, 0) RETURNING conversation_id",
    [ST_CONVERSATION_SAVE] =
        "UPDATE conversation SET last_msg_id = ?2, counted = ?3, bytes = ?4, stamp = ?5"
        " WHERE conversation_id = ?1",
    [ST_MEMBER_ADD] = "INSERT INTO member"
                      " (account_id, conversation_id, stamp, last_ack_msg_id, last_read_msg_id)"
                      " VALUES (?1, ?2, ?3, 0, 0)",
    /* A group's, by account. */
    [ST_MEMBER_LIST] = "SELECT account_id, role, joined FROM member"
                       " WHERE conversation_id = ?1 AND kind = 2 AND role > 0 ORDER BY account_id",
    [ST_MEMBER_STAMP] = "UPDATE member SET stamp = ?3, own = own + ?4"
                        " WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_MEMBER_OWN] = "UPDATE member SET own = own + ?3"
                      " WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_MEMBER_ACK] = "UPDATE member SET last_ack_msg_id = ?3"
                      " WHERE account_id = ?1 AND conversation_id = ?2 AND last_ack_msg_id < ?3",
    [ST_MEMBER_TOUCH] =
        "UPDATE member SET stamp = ?3 WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_MEMBER_READ_GET] = "SELECT last_read_msg_id, own, own_read,"
                           " max(last_read_msg_id, expired) FROM member"
                           " WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_MEMBER_READ] = "UPDATE member SET last_read_msg_id = ?3, read_counted = ?4, own_read = ?5,"
                       " stamp = ?6 WHERE account_id = ?1 AND conversation_id = ?2",
    /* Counted messages ever stored up to ?2, be it there any more or not. */
    [ST_COUNTED_UPTO] = "SELECT coalesce((SELECT counted - (type IN " COUNTED ") FROM message"
                        " WHERE conversation_id = ?1 AND msg_id > ?2 ORDER BY msg_id LIMIT 1),"
                        " (SELECT counted FROM conversation WHERE conversation_id = ?1))",
    [ST_OWN_COUNT] = "SELECT count(*) FROM message WHERE conversation_id = ?1"
                     " AND msg_id BETWEEN ?2 AND ?3 AND sender_id = ?4 AND type IN " COUNTED,
    [ST_HEAD_CHANGES] = "SELECT " HEAD_COLUMNS
                        " FROM member AS m CROSS JOIN conversation AS c CROSS JOIN account AS peer"
                        " CROSS JOIN member AS p"
                        " WHERE m.account_id = ?1 AND m.stamp > ?2 AND m.stamp <= ?3"
                        " AND m.kind = 1"
                        " AND c.conversation_id = m.conversation_id"
                        " AND peer.account_id = iif(c.account_a = ?1, c.account_b, c.account_a)"
                        " AND p.account_id = peer.account_id"
                        " AND p.conversation_id = m.conversation_id"
                        " ORDER BY m.stamp LIMIT ?4",
    /* By the reader's account and the peer's address. */
    [ST_HEAD_GET] = "SELECT " HEAD_COLUMNS ", c.conversation_id"
                    " FROM account AS peer CROSS JOIN conversation AS c CROSS JOIN member AS m"
                    " CROSS JOIN member AS p WHERE peer.address = ?2"
                    " AND c.account_a = min(?1, peer.account_id)"
                    " AND c.account_b = max(?1, peer.account_id)"
                    " AND m.account_id = ?1 AND m.conversation_id = c.conversation_id"
                    " AND p.account_id = peer.account_id"
                    " AND p.conversation_id = c.conversation_id",

    /* An account's groups are few: all are compared. */
    [ST_GROUP_CHANGES] = "SELECT " GROUP_COLUMNS
                         " FROM member AS m INDEXED BY member_group CROSS JOIN group_chat AS g"
                         " WHERE m.account_id = ?1 AND m.kind = 2"
                         " AND g.conversation_id = m.conversation_id"
                         " AND told > ?2 AND told <= ?3 ORDER BY told LIMIT ?4",
    [ST_GROUP_GET] = "SELECT " GROUP_COLUMNS " FROM group_chat AS g CROSS JOIN member AS m"
                     " WHERE g.address = ?2 AND m.account_id = ?1"
                     " AND m.conversation_id = g.conversation_id",
    [ST_GROUP_DETAIL] =
        "SELECT g.stamp, g.name, g.topic, g.history, g.members, m.role, g.conversation_id"
        " FROM group_chat AS g CROSS JOIN member AS m"
        " WHERE g.address = ?2 AND m.account_id = ?1"
        " AND m.conversation_id = g.conversation_id AND m.role > 0",
    [ST_GROUP_MEMBERS] = "SELECT a.address, m.role, m.role_stamp"
                         " FROM member AS m INDEXED BY member_of_group CROSS JOIN account AS a"
                         " WHERE m.conversation_id = ?1 AND m.kind = 2 AND m.role_stamp > ?2"
                         " AND (m.role > 0 OR ?2 > 0)"
                         " AND a.account_id = m.account_id AND a.address > ?3 ORDER BY a.address",
    [ST_GROUP_HEAD_CHANGES] =
        "SELECT " GROUP_HEAD_COLUMNS " FROM member AS m INDEXED BY member_group CROSS JOIN"
        " conversation AS c CROSS JOIN group_chat AS g"
        " WHERE m.account_id = ?1 AND m.kind = 2"
        " AND c.conversation_id = m.conversation_id"
        " AND g.conversation_id = m.conversation_id"
        " AND told > ?2 AND told <= ?3 ORDER BY told LIMIT ?4",
    [ST_GROUP_HEAD_GET] =
        "SELECT " GROUP_HEAD_COLUMNS ", c.conversation_id, m.role"
        " FROM group_chat AS g CROSS JOIN conversation AS c CROSS JOIN member AS m"
        " WHERE g.address = ?2 AND c.conversation_id = g.conversation_id"
        " AND m.account_id = ?1 AND m.conversation_id = c.conversation_id",
    [ST_GROUP_FIND] = "SELECT conversation_id, name, topic, history, creator_id, key"
                      " FROM group_chat WHERE address = ?1",
    [ST_GROUP_ADD] = "INSERT INTO group_chat"
                     " (conversation_id, address, name, history, creator_id, key, stamp)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
    [ST_GROUP_SAVE] = "UPDATE group_chat SET name = ?2, topic = ?3, history = ?4, members = ?5,"
                      " stamp = ?6 WHERE conversation_id = ?1",

    /* Into a group, for the first time or again. What is above the one that added it is unread. */
    [ST_MEMBER_JOIN] =
        "INSERT INTO member (account_id, conversation_id, kind, role, joined, stamp, role_stamp,"
        " last_ack_msg_id, last_read_msg_id, read_counted)"
        " VALUES (?1, ?2, 2, ?3, ?4, ?5, ?6, ?4 - 1, ?4 - 1, ?7)"
        " ON CONFLICT (account_id, conversation_id) DO UPDATE SET role = ?3, joined = ?4,"
        " stamp = ?5, role_stamp = ?6, last_ack_msg_id = max(last_ack_msg_id, ?4 - 1),"
        " last_read_msg_id = max(last_read_msg_id, ?4 - 1), read_counted = ?7, own_read = own,"
        " left_name = NULL",
    [ST_MEMBER_LEAVE] = "UPDATE member SET role = 0, stamp = ?3, role_stamp = ?4, left_name = ?5"
                        " WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_MEMBER_ROLE] = "UPDATE member SET role = ?3, role_stamp = ?4"
                       " WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_SPAN_ADD] = "INSERT INTO member_span (account_id, conversation_id, first)"
                    " VALUES (?1, ?2, ?3)",
    [ST_SPAN_REOPEN] =
        "UPDATE member_span SET last = NULL WHERE account_id = ?1"
        " AND conversation_id = ?2 AND first = (SELECT max(s.first)"
        "  FROM member_span AS s WHERE s.account_id = ?1 AND s.conversation_id = ?2)",
    [ST_SPAN_CLOSE] = "UPDATE member_span SET last = ?3"
                      " WHERE account_id = ?1 AND conversation_id = ?2 AND last IS NULL",
    /* Those that touch the ids from ?3 to ?4. */
    [ST_SPAN_LIST] = "SELECT max(first, ?3), min(coalesce(last, ?4), ?4) FROM member_span"
                     " WHERE account_id = ?1 AND conversation_id = ?2 AND first <= ?4"
                     " AND (last IS NULL OR last >= ?3) ORDER BY first",

    [ST_MESSAGE_ADD] =
        "INSERT INTO message (conversation_id, msg_id, sender_id, time, stamp, type, body, size,"
        " key, counted, bytes, was, target, amends)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [ST_MESSAGE_RANGE] = "SELECT " MESSAGE_COLUMNS " FROM message AS m CROSS JOIN account AS sender"
                         " WHERE m.conversation_id = ?2 AND m.msg_id BETWEEN ?3 AND ?4"
                         " AND sender.account_id = m.sender_id ORDER BY m.msg_id",
    [ST_MESSAGE_TARGET] =
        "SELECT sender_id, type, body FROM message WHERE conversation_id = ?1 AND msg_id = ?2",
    [ST_MESSAGE_ERASE] = "UPDATE message SET body = '" BODY_ERASED "'"
                         " WHERE conversation_id = ?1 AND msg_id = ?2",
    [ST_EDITS_ERASE] = "UPDATE message SET body = '" BODY_ERASED "'"
                       " WHERE conversation_id = ?1 AND amends = ?2 AND type = 'edit'",
    [ST_AMENDED_NEXT] = "SELECT amends FROM message INDEXED BY message_amends"
                        " WHERE conversation_id = ?1 AND amends >= ?2 ORDER BY amends LIMIT 1",
    /* Of message ?3, the newest first, as far as account ?1 may see them. By their own index: for
     * the order alone SQLite would walk the whole conversation. */
    [ST_AMENDMENTS] =
        "SELECT " MESSAGE_COLUMNS " FROM message AS m INDEXED BY message_amends"
        " CROSS JOIN account AS sender WHERE m.conversation_id = ?2 AND m.amends = ?3"
        " AND sender.account_id = m.sender_id AND " M_IN_SIGHT " ORDER BY m.msg_id DESC",
    /* Where something changed for the account: directly, or in any of its groups, which are few. */
    [ST_AMENDMENT_CHANGES] =
        "SELECT " MESSAGE_COLUMNS ", coalesce(g.address, peer.address)"
        " FROM (SELECT a.rowid AS id, a.stamp AS told FROM member AS mine CROSS JOIN message AS a"
        "  WHERE mine.account_id = ?1 AND mine.stamp > ?2 AND mine.kind = 1"
        "  AND a.conversation_id = mine.conversation_id AND a.amends IS NOT NULL"
        "  AND a.stamp > ?2 AND a.stamp <= ?3"
        " UNION ALL SELECT a.rowid, a.stamp FROM member AS mine INDEXED BY member_group"
        "  CROSS JOIN message AS a WHERE mine.account_id = ?1 AND mine.kind = 2"
        "  AND a.conversation_id = mine.conversation_id AND a.amends IS NOT NULL"
        "  AND a.stamp > ?2 AND a.stamp <= ?3 AND " A_IN_SIGHT " ORDER BY told LIMIT ?4) AS found"
        " CROSS JOIN message AS m ON m.rowid = found.id"
        " CROSS JOIN account AS sender ON sender.account_id = m.sender_id"
        " CROSS JOIN conversation AS c ON c.conversation_id = m.conversation_id"
        " LEFT JOIN group_chat AS g ON g.conversation_id = m.conversation_id"
        " LEFT JOIN account AS peer"
        "  ON peer.account_id = iif(c.account_a = ?1, c.account_b, c.account_a)"
        " ORDER BY found.told",
    /* How many others may see message ?3, have it, and have read it. */
    [ST_RECEIPTS_DIRECT] =
        "SELECT count(*), ifnull(sum(max(last_ack_msg_id, last_read_msg_id) >= ?3), 0),"
        " ifnull(sum(last_read_msg_id >= ?3), 0)"
        " FROM conversation AS c CROSS JOIN member AS m"
        " WHERE c.conversation_id = ?2 AND c.account_a <> c.account_b"
        " AND m.account_id = iif(c.account_a = ?1, c.account_b, c.account_a)"
        " AND m.conversation_id = ?2",
    [ST_RECEIPTS_GROUP] =
        "SELECT count(*), ifnull(sum(max(last_ack_msg_id, last_read_msg_id) >= ?3), 0),"
        " ifnull(sum(last_read_msg_id >= ?3), 0) FROM member AS m INDEXED BY member_of_group"
        " WHERE conversation_id = ?2 AND kind = 2 AND role > 0 AND account_id <> ?1"
        " AND EXISTS (SELECT 1 FROM member_span AS s WHERE s.account_id = m.account_id"
        "  AND s.conversation_id = ?2 AND s.first <= ?3 AND (s.last IS NULL OR s.last >= ?3))",
    [ST_KEY_GET] = "SELECT conversation_id, msg_id, time, stamp, digest FROM message_key"
                   " WHERE key = ?1 AND account_id = ?2",
    [ST_KEY_ADD] = "INSERT INTO message_key"
                   " (key, account_id, device_id, conversation_id, msg_id, time, stamp, digest)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",

    [ST_KEY_OLD] = "SELECT key, account_id, stamp FROM message_key"
                   " WHERE (key, account_id) > (?1, ?2) AND key < ?3"
                   " ORDER BY key, account_id LIMIT ?4",
    [ST_KEY_REMOVE] = "DELETE FROM message_key WHERE key = ?1 AND account_id = ?2",

    [ST_PRUNE_CONVERSATIONS] =
        "SELECT conversation_id, kind, first_msg_id, last_msg_id FROM conversation"
        " WHERE conversation_id > ?1 ORDER BY conversation_id LIMIT ?2",
    [ST_PRUNE_CONVERSATION] =
        "SELECT c.kind, c.first_msg_id, c.last_msg_id, c.account_a, c.account_b, g.address"
        " FROM conversation AS c LEFT JOIN group_chat AS g USING (conversation_id)"
        " WHERE c.conversation_id = ?1",
    [ST_PRUNE_STAMP] = "SELECT stamp FROM message WHERE conversation_id = ?1 AND msg_id = ?2",
    [ST_PRUNE_HELD_DIRECT] =
        "SELECT min(" PRUNE_HELD ") FROM conversation AS c CROSS JOIN member AS k"
        " WHERE c.conversation_id = ?1 AND k.account_id IN (c.account_a, c.account_b)"
        " AND k.conversation_id = ?1 AND " PRUNE_HOLDS,
    [ST_PRUNE_HELD_GROUP] = "SELECT min(" PRUNE_HELD ") FROM member AS k INDEXED BY member_of_group"
                            " WHERE k.conversation_id = ?1 AND k.kind = 2 AND k.role > 0"
                            " AND " PRUNE_HOLDS,
    [ST_PRUNE_READERS_DIRECT] =
        "SELECT " PRUNE_READER " FROM conversation AS c CROSS JOIN member AS k"
        " WHERE c.conversation_id = ?1 AND k.conversation_id = ?1"
        " AND k.account_id IN (c.account_a, c.account_b)"
        " AND max(k.last_read_msg_id, k.expired) < ?2 LIMIT ?3",
    [ST_PRUNE_READERS_GROUP] = "SELECT " PRUNE_READER " FROM member AS k INDEXED BY member_of_group"
                               " WHERE k.conversation_id = ?1 AND k.kind = 2"
                               " AND max(k.last_read_msg_id, k.expired) < ?2 LIMIT ?3",
    [ST_PRUNE_READER] = "UPDATE member SET expired = ?3, read_counted = ?4, own_read = ?5"
                        " WHERE account_id = ?1 AND conversation_id = ?2",
    [ST_PRUNE_MESSAGES] =
        "DELETE FROM message WHERE conversation_id = ?1 AND msg_id BETWEEN ?2 AND ?3",
    [ST_PRUNE_FIRST] = "UPDATE conversation SET first_msg_id = ?2 WHERE conversation_id = ?1",
    [ST_PRUNE_NEWEST] = "SELECT max(seen) FROM device",

    [ST_ACK_GET] = "SELECT last_ack_msg_id FROM device_ack"
                   " WHERE device_id = ?1 AND conversation_id = ?2",
    [ST_ACK_PUT] = "INSERT INTO device_ack (device_id, conversation_id, last_ack_msg_id)"
                   " VALUES (?1, ?2, ?3) ON CONFLICT (device_id, conversation_id)"
                   " DO UPDATE SET last_ack_msg_id = ?3",
};

enum status
statements_prepare(sqlite3 *db, sqlite3_stmt *statements[ST_COUNT], struct error *err)
{
	for (int i = 0; i < ST_COUNT; i++)
		if (sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i],
		        NULL) != SQLITE_OK)
			return error_set(
			    err, STATUS_IO, "the store can't be prepared: %s", sqlite3_errmsg(db));
	return STATUS_OK;
}

void
statements_finish(sqlite3_stmt *statements[ST_COUNT])
{
	for (int i = 0; i < ST_COUNT; i++) {
		sqlite3_finalize(statements[i]);
		statements[i] = NULL;
	}
}
