#include "cache/statements.h"

/* m's fold f, and the edit e that its text comes from. */
#define WITH_FOLD \
	" LEFT JOIN fold f ON f.conversation_id = m.conversation_id AND f.msg_id = m.msg_id" \
	" LEFT JOIN message e ON e.conversation_id = m.conversation_id AND e.msg_id = f.edit"

/* What message_columns() reads, of m. */
#define MESSAGE_COLUMNS \
	"m.msg_id, m.sender, m.time, m.stamp, m.type, m.text, m.key, m.target, m.was"

/* What message_read() reads: a message as its amendments left it. */
#define FOLDED_MESSAGES \
	"SELECT " MESSAGE_COLUMNS ", f.edit, f.recall, e.text, EXISTS (SELECT 1 FROM reaction r" \
	" WHERE r.conversation_id = m.conversation_id AND r.msg_id = m.msg_id AND r.present)," \
	" m.conversation_id FROM message m" WITH_FOLD

/* As the model's table of types has them. */
#define AMENDING  "('edit', 'recall', 'react', 'unreact')"
#define AMENDABLE "('text')"
#define COUNTED   "('text')"

/* The columns a struct outbox_entry is read from. */
#define OUTBOX_COLUMNS \
	"key, conversation, type, text, time, doubts, failure, outbox_id, target, was, added"

/* What they call themselves, where the cache has their profile p. */
#define DISPLAY_NAME "json_extract(p.fields, '$.name')"

/* The columns that a contact is read from, and the tables. */
#define CONTACT_COLUMNS \
	"c.address, c.name, c.stamp, c.profile, " DISPLAY_NAME \
	" FROM contact c LEFT JOIN profile p ON p.address = c.address"

/* How whoever stands behind an address is called; "" where nobody said. */
#define NAME_OF(address_) \
	"ifnull(ifnull((SELECT nullif(k.name, '') FROM contact k WHERE k.address = " address_ \
	" AND NOT k.removed), iif(substr(" address_ ", 1, 1) = '#'," \
	" (SELECT g.name FROM group_chat g WHERE g.address = " address_ ")," \
	" (SELECT " DISPLAY_NAME " FROM profile p WHERE p.address = " address_ "))), '')"

/* What cache_conversations() reads, of c. */
#define CONVERSATION_COLUMNS \
	"c.address, c.first, c.last, c.ack, c.read, c.stamp, c.held, c.unread, c.peer_ack," \
	" c.peer_read, c.conversation_id"
/* And a line of the overview. */
#define HAS_LEFT \
	"iif(substr(c.address, 1, 1) = '#', ifnull((SELECT g.left_it FROM group_chat g" \
	" WHERE g.address = c.address), 0), 0)"
#define OVERVIEW \
	"SELECT " CONVERSATION_COLUMNS ", c.activity, c.pinned, c.muted, c.draft IS NOT NULL," \
	" c.mention, " NAME_OF("c.address") ", " HAS_LEFT " FROM conversation c"

/* What fold.c makes of the rows of amendments, of all conversations. An edit of what was recalled
 * says nothing any more. */
#define FOLDS_OF_ROWS \
	"SELECT conversation_id, msg_id, iif(max(recall) > 0, 0, max(edit)) AS edit," \
	" max(recall) AS recall FROM (" \
	"SELECT conversation_id, target AS msg_id, 0 AS edit, min(msg_id) AS recall FROM message" \
	" WHERE target > 0 AND target < msg_id AND type = 'recall' GROUP BY 1, 2" \
	" UNION ALL SELECT a.conversation_id, a.target, max(a.msg_id), 0 FROM message a" \
	" JOIN message m ON m.conversation_id = a.conversation_id AND m.msg_id = a.target" \
	" WHERE a.target > 0 AND a.target < a.msg_id AND a.type = 'edit' AND a.text IS NOT NULL" \
	" AND m.type IN " AMENDABLE " AND m.sender = a.sender GROUP BY 1, 2)" \
	" GROUP BY 1, 2"
#define FOLDS "SELECT conversation_id, msg_id, iif(recall > 0, 0, edit), recall FROM fold"
#define REACTIONS_OF_ROWS \
	"SELECT conversation_id, target, sender, text, max(msg_id), type = 'react' FROM message" \
	" WHERE target > 0 AND target < msg_id AND type IN ('react', 'unreact')" \
	" AND text IS NOT NULL GROUP BY 1, 2, 3, 4"
#define REACTIONS "SELECT conversation_id, msg_id, sender, text, act, present FROM reaction"
/* Texts that should be erased, as recalls' rows say. */
#define NOT_ERASED \
	"SELECT m.conversation_id, r.target AS msg_id, m.message_id FROM message r JOIN message m" \
	" ON m.conversation_id = r.conversation_id AND m.msg_id = r.target" \
	" WHERE r.target > 0 AND r.target < r.msg_id AND r.type = 'recall'" \
	" AND m.text IS NOT NULL AND m.type IN " AMENDABLE \
	" UNION ALL SELECT m.conversation_id, r.target, m.message_id FROM message r JOIN message m" \
	" ON m.conversation_id = r.conversation_id AND m.target = r.target" \
	" WHERE r.target > 0 AND r.target < r.msg_id AND r.type = 'recall'" \
	" AND m.text IS NOT NULL AND m.type = 'edit'"

/* FTS5 walks its documents downwards; nothing is sorted. */
#define HITS_IN(index) \
	"SELECT r.doc, c.address, m.conversation_id, m.msg_id, c.peer_ack, c.peer_read" \
	" FROM " index " s" \
	" CROSS JOIN search_row r ON r.doc = s.rowid" \
	" CROSS JOIN message m ON m.message_id = r.message_id" \
	" CROSS JOIN conversation c ON c.conversation_id = m.conversation_id" \
	" WHERE s.words MATCH ?1 AND s.rowid >= ?2 AND s.rowid < ?3 AND m.time >= ?4" \
	" AND m.time < ?5 ORDER BY s.rowid DESC LIMIT ?6"

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_DATA_VERSION] = "PRAGMA data_version",

    [SQL_ACCOUNT_GET] = "SELECT address, server, device, token, device_id, generation, cursor"
                        " FROM account",
    [SQL_ACCOUNT_OWN] = "SELECT address FROM account",
    [SQL_ACCOUNT_SET] = "INSERT INTO account (one, address, server, device, token, device_id)"
                        " VALUES (1, ?1, ?2, ?3, ?4, ?5)"
                        " ON CONFLICT (one) DO UPDATE SET server = excluded.server,"
                        " device = excluded.device, token = excluded.token,"
                        " device_id = excluded.device_id",
    [SQL_TOKEN_CLEAR] = "UPDATE account SET token = NULL WHERE token = ?1",
    [SQL_CURSOR_GET] = "SELECT generation, cursor, fork FROM account",
    [SQL_CURSOR_SET] = "UPDATE account SET generation = ?1, cursor = ?2",
    [SQL_GENERATION_NEWEST] = "SELECT generation, stamp FROM generation"
                              " ORDER BY number DESC LIMIT 1",
    [SQL_GENERATION_LIST] = "SELECT generation, stamp FROM generation ORDER BY number DESC",
    [SQL_GENERATION_CAP] = "UPDATE generation SET stamp = ?1 WHERE stamp > ?1",
    /* Far more than a reset can tell. */
    [SQL_GENERATION_DROP] = "DELETE FROM generation WHERE stamp <= 0 OR number <="
                            " (SELECT max(number) FROM generation) - 2000",

    [SQL_RESET_BEGIN] = "UPDATE account SET generation = '', cursor = 0,"
                        " fork = min(?1, ifnull(fork, ?1))",
    [SQL_LOST_COUNT] = "SELECT count(*) FROM message WHERE stamp > ?1",
    [SQL_LOST_CONVERSATION] = "SELECT conversation_id, address FROM conversation"
                              " WHERE conversation_id > ?1 AND (stamp > ?2 OR last_stamp > ?2)"
                              " ORDER BY conversation_id LIMIT 1",
    [SQL_LOST_TOP] = "SELECT msg_id, stamp FROM message WHERE conversation_id = ?1"
                     " ORDER BY msg_id DESC",
    /* Texts that go, as amendments left them. */
    [SQL_LOST_TEXTS] = "SELECT m.message_id, ifnull(e.text, m.text) FROM message m" WITH_FOLD
                       " WHERE m.conversation_id = ?1 AND m.msg_id > ?2"
                       " AND m.type IN " AMENDABLE " AND ifnull(e.text, m.text) IS NOT NULL",
    [SQL_LOST_MOVE] = "INSERT INTO aside (history, conversation_id, msg_id, sender, time, stamp,"
                      " type, text, key, target, was) SELECT ?3, conversation_id, msg_id, sender,"
                      " time, stamp, type, text, key, target, was FROM message"
                      " WHERE conversation_id = ?1 AND msg_id > ?2 ORDER BY msg_id",
    /* Targets whose newest edit goes: their texts until now, and the edits that are left. */
    [SQL_LOST_EDITS] =
        "SELECT m.message_id, m.msg_id, e.text, ifnull(o.text, m.text), ifnull(o.msg_id, 0)"
        " FROM fold f JOIN message m ON m.conversation_id = f.conversation_id"
        " AND m.msg_id = f.msg_id LEFT JOIN message e ON e.conversation_id = f.conversation_id"
        " AND e.msg_id = f.edit LEFT JOIN message o ON o.conversation_id = f.conversation_id"
        " AND o.msg_id = (SELECT max(x.msg_id) FROM message x WHERE x.conversation_id = ?1"
        " AND x.target = f.msg_id AND x.type = 'edit' AND x.sender = m.sender"
        " AND x.msg_id <= ?2 AND x.text IS NOT NULL)"
        " WHERE f.conversation_id = ?1 AND f.edit > ?2 AND f.msg_id <= ?2",
    [SQL_LOST_EDIT] = "UPDATE fold SET edit = ?3 WHERE conversation_id = ?1 AND msg_id = ?2",
    [SQL_LOST_FOLDS] = "DELETE FROM fold WHERE conversation_id = ?1"
                       " AND (msg_id > ?2 OR (recall > ?2 AND msg_id >= ?3)"
                       " OR (edit = 0 AND recall = 0))",
    /* Messages whose texts a recall erased that goes, and those of their edits. */
    [SQL_LOST_RECALLS] = "SELECT m.msg_id FROM fold f JOIN message m"
                         " ON m.conversation_id = f.conversation_id AND (m.msg_id = f.msg_id"
                         " OR (m.target = f.msg_id AND m.type = 'edit'))"
                         " WHERE f.conversation_id = ?1 AND f.recall > ?2 AND m.msg_id <= ?2"
                         " AND m.msg_id >= ?3 ORDER BY m.msg_id",
    [SQL_LOST_REACTIONS] = "DELETE FROM reaction WHERE conversation_id = ?1 AND msg_id > ?2",
#define REACT_LEFT \
	" FROM message a WHERE a.conversation_id = ?1 AND a.target = reaction.msg_id" \
	" AND a.sender = reaction.sender AND a.text = reaction.text" \
	" AND a.type IN ('react', 'unreact') AND a.msg_id <= ?2 ORDER BY a.msg_id DESC LIMIT 1), 0)"
    [SQL_LOST_REACTION] = "UPDATE reaction SET act = ifnull((SELECT a.msg_id" REACT_LEFT
                          ", present = ifnull((SELECT a.type = 'react'" REACT_LEFT
                          " WHERE conversation_id = ?1 AND act > ?2",
    [SQL_LOST_REACTIONS_NONE] = "DELETE FROM reaction WHERE conversation_id = ?1 AND act = 0",
    /* What waits to be sent must not meet another message under the number of one that is lost. */
    [SQL_LOST_TARGETS] = "UPDATE outbox SET target = NULL WHERE conversation = ?1 AND target >= ?2"
                         " AND type NOT IN " AMENDING,
    [SQL_LOST_AMENDMENTS] = "UPDATE outbox SET failure = ?3 WHERE conversation = ?1"
                            " AND target >= ?2 AND failure IS NULL",
    [SQL_LOST_PLACE] = "INSERT INTO aside_place (consumer_id, conversation_id, history, stamp)"
                       " SELECT p.consumer_id, ?1, ?2, max(a.stamp) FROM place p JOIN aside a"
                       " ON a.conversation_id = ?1 AND a.history = ?2 AND a.msg_id <= p.place"
                       " WHERE p.conversation_id = ?1 GROUP BY p.consumer_id",
    [SQL_PLACE_LOWER] = "UPDATE place SET place = min(place, ?2), handing = min(handing, ?2),"
                        " next = NULL WHERE conversation_id = ?1",
    /* Own texts, before what was there, under their old keys. A target that is lost is none. */
    [SQL_OUTBOX_BACK] =
        "INSERT INTO outbox (outbox_id, key, conversation, type, text, time, added, kept, target,"
        " was) SELECT (SELECT ifnull(min(outbox_id), 1) FROM outbox)"
        " - row_number() OVER (ORDER BY a.stamp DESC), a.key, c.address, a.type, a.text, a.time,"
        " ?3, 1, iif(a.target >= (SELECT min(b.msg_id) FROM aside b WHERE b.history = a.history"
        " AND b.conversation_id = a.conversation_id), NULL, a.target), ifnull(a.was, a.stamp)"
        " FROM aside a JOIN conversation c USING (conversation_id) WHERE a.history = ?1"
        " AND a.sender = ?2 AND a.type = 'text' AND a.text IS NOT NULL AND a.key IS NOT NULL"
        " ON CONFLICT (key) DO NOTHING",
    [SQL_LOST_CONTACTS] = "UPDATE contact SET stamp = 0 WHERE stamp > ?1",
    [SQL_LOST_CONTACT_PROFILES] = "UPDATE contact SET profile = 0 WHERE profile > ?1",
    [SQL_LOST_GROUPS] = "UPDATE group_chat SET stamp = 0 WHERE stamp > ?1",

    [SQL_COMPARE_CONTACTS] = "SELECT address, stamp FROM contact WHERE address > ?1"
                             " ORDER BY address LIMIT ?2",
    [SQL_COMPARE_GROUPS] = "SELECT address, stamp FROM group_chat WHERE address > ?1"
                           " ORDER BY address LIMIT ?2",
    [SQL_COMPARE_CONVERSATIONS] = "SELECT address, stamp FROM conversation WHERE address > ?1"
                                  " ORDER BY address LIMIT ?2",
    /* ?5: the stamp that the server was told. */
    [SQL_COMPARE_CONTACT] = "INSERT INTO contact (address, name, stamp, removed, profile)"
                            " VALUES (?1, ?2, ?3, ?4, ?6) ON CONFLICT (address) DO UPDATE SET"
                            " name = excluded.name, stamp = excluded.stamp,"
                            " removed = excluded.removed, profile = excluded.profile"
                            " WHERE contact.stamp = ?5 OR excluded.stamp > contact.stamp",
    [SQL_COMPARE_GROUP] = "INSERT INTO group_chat (address, name, stamp, left_it)"
                          " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (address) DO UPDATE SET"
                          " name = excluded.name, stamp = excluded.stamp,"
                          " left_it = excluded.left_it"
                          " WHERE group_chat.stamp = ?5 OR excluded.stamp > group_chat.stamp",
    [SQL_COMPARE_CONTACT_GONE] = "DELETE FROM contact WHERE address = ?1 AND stamp = ?2",
    [SQL_COMPARE_GROUP_GONE] = "DELETE FROM group_chat WHERE address = ?1 AND stamp = ?2",
    [SQL_COMPARE_END] = "UPDATE account SET generation = ?1, cursor = iif(fork > 0, fork, ?2),"
                        " fork = NULL",

    [SQL_ASIDE_HISTORY] = "SELECT ifnull(max(history), 0) + 1 FROM aside",
    [SQL_ASIDE_PLACES_DROP] = "DELETE FROM aside_place WHERE history NOT IN"
                              " (SELECT history FROM aside)",
    [SQL_ASIDE_FIND] = "SELECT aside_id, msg_id, sender, type, text FROM aside"
                       " WHERE conversation_id = ?1 AND ifnull(was, stamp) = ?2",
    [SQL_ASIDE_HANDED] = "INSERT OR IGNORE INTO handed (consumer_id, conversation_id, was)"
                         " SELECT p.consumer_id, a.conversation_id, ifnull(a.was, a.stamp)"
                         " FROM aside a JOIN aside_place p USING (conversation_id, history)"
                         " WHERE a.aside_id = ?1 AND p.stamp >= a.stamp",
    [SQL_ASIDE_DELETE] = "DELETE FROM aside WHERE aside_id = ?1",
    /* Own ones that wait in the outbox are told from there. */
    [SQL_ASIDE_COUNT] = "SELECT count(*) FROM aside a WHERE NOT EXISTS"
                        " (SELECT 1 FROM outbox o WHERE o.key = a.key)",
    [SQL_ASIDE_LIST] = "SELECT " MESSAGE_COLUMNS " FROM"
                       " (SELECT * FROM aside a WHERE conversation_id = ?1 AND stamp > ?2"
                       " AND stamp < ?3 AND (?4 OR type NOT IN " AMENDING ")"
                       " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = a.key)"
                       " ORDER BY stamp DESC LIMIT ?5) m ORDER BY m.stamp",
    /* Of the message at ?2 or next above it, where there are any below. */
    [SQL_MESSAGE_STAMP_FROM] = "SELECT ifnull((SELECT stamp FROM message WHERE conversation_id = ?1"
                               " AND msg_id >= ?2 ORDER BY msg_id LIMIT 1), 9223372036854775807)"
                               " WHERE EXISTS (SELECT 1 FROM message WHERE conversation_id = ?1"
                               " AND msg_id < ?2)",
    [SQL_MESSAGE_STAMP_ABOVE] = "SELECT stamp FROM message WHERE conversation_id = ?1"
                                " AND msg_id > ?2 ORDER BY msg_id LIMIT 1",
    [SQL_HANDED_ANY] = "SELECT 1 FROM handed WHERE consumer_id = ?1 LIMIT 1",
    [SQL_HANDED_CLEAR] = "DELETE FROM handed WHERE consumer_id = ?1",
    [SQL_HANDED_COPY] = "INSERT INTO handed (consumer_id, conversation_id, was)"
                        " SELECT ?2, conversation_id, was FROM handed WHERE consumer_id = ?1",
    [SQL_HANDED] = "SELECT 1 FROM handed WHERE consumer_id = ?1 AND conversation_id = ?2"
                   " AND was = ?3",
    [SQL_GENERATION_NOTE] = "INSERT INTO generation (generation, stamp) VALUES (?1, ?2)"
                            " ON CONFLICT (generation)"
                            " DO UPDATE SET stamp = max(stamp, excluded.stamp)",

    [SQL_CONTACT_PUT] = "INSERT INTO contact (address, name, stamp, removed, profile)"
                        " VALUES (?1, ?2, ?3, ?4, ?5)"
                        " ON CONFLICT (address) DO UPDATE SET name = excluded.name,"
                        " stamp = excluded.stamp, removed = excluded.removed,"
                        " profile = excluded.profile WHERE excluded.stamp > contact.stamp",
    [SQL_CONTACT_LIST] = "SELECT " CONTACT_COLUMNS " WHERE NOT c.removed ORDER BY c.address",
    [SQL_CONTACT_GET] = "SELECT " CONTACT_COLUMNS " WHERE NOT c.removed AND c.address = ?1",

    [SQL_PROFILE_PUT] = "INSERT INTO profile (address, stamp, fields) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT (address) DO UPDATE SET stamp = excluded.stamp,"
                        " fields = excluded.fields WHERE excluded.stamp > profile.stamp",
    [SQL_PROFILE_REMOVE] = "DELETE FROM profile WHERE address = ?1",
    [SQL_PROFILE_STAMP] = "SELECT stamp FROM profile WHERE address = ?1",
    [SQL_PROFILE_FIELDS] = "SELECT p.stamp, f.key, f.value"
                           " FROM profile p LEFT JOIN json_each(p.fields) f"
                           " WHERE p.address = ?1 ORDER BY f.key",
    [SQL_PROFILES_FORGET] = "DELETE FROM profile WHERE stamp > ?1",

    [SQL_GROUP_PUT] = "INSERT INTO group_chat (address, name, stamp, left_it)"
                      " VALUES (?1, ?2, ?3, ?4)"
                      " ON CONFLICT (address) DO UPDATE SET name = excluded.name,"
                      " stamp = excluded.stamp, left_it = excluded.left_it"
                      " WHERE excluded.stamp > group_chat.stamp",
    [SQL_GROUP_KEY_GET] = "SELECT key FROM group_key WHERE address = ?1",
    [SQL_GROUP_KEY_ADD] = "INSERT INTO group_key (address, key) VALUES (?1, ?2)",
    [SQL_GROUP_LIST] = "SELECT address, name, stamp, left_it FROM group_chat ORDER BY address",
    /* The list's own stamp stays: login-sync tells of that. */
    [SQL_GROUP_DETAIL_PUT] =
        "INSERT INTO group_chat (address, name, stamp, left_it, detail_stamp, topic, history,"
        " members, role) VALUES (?1, ?2, ?3, 0, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT (address) DO UPDATE SET detail_stamp = excluded.detail_stamp,"
        " topic = excluded.topic, history = excluded.history, members = excluded.members,"
        " role = excluded.role, name = iif(excluded.stamp > stamp, excluded.name, name)"
        " WHERE excluded.detail_stamp > group_chat.detail_stamp",
    [SQL_GROUP_DETAIL_GET] = "SELECT name, stamp, left_it, detail_stamp, topic, history, members,"
                             " role FROM group_chat WHERE address = ?1",
    [SQL_GROUP_STAMPS] = "SELECT detail_stamp, members_stamp FROM group_chat WHERE address = ?1",
    [SQL_GROUP_DETAILS_FORGET] =
        "UPDATE group_chat SET detail_stamp = iif(detail_stamp > ?1, 0, detail_stamp),"
        " members_stamp = iif(members_stamp > ?1, 0, members_stamp)"
        " WHERE detail_stamp > ?1 OR members_stamp > ?1",
    [SQL_MEMBERS_STAMP_SET] = "INSERT INTO group_chat (address, name, stamp, left_it,"
                              " members_stamp) VALUES (?1, '', 0, 0, ?2)"
                              " ON CONFLICT (address) DO UPDATE SET members_stamp = ?2",
    [SQL_MEMBERS_CLEAR] = "DELETE FROM member WHERE group_address = ?1",
    [SQL_MEMBER_PUT] = "INSERT INTO member (group_address, address, role, stamp)"
                       " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (group_address, address)"
                       " DO UPDATE SET role = excluded.role, stamp = excluded.stamp",
    [SQL_MEMBER_REMOVE] = "DELETE FROM member WHERE group_address = ?1 AND address = ?2",
    [SQL_MEMBER_LIST] = "SELECT m.address, m.role, m.stamp,"
                        " ifnull(c.name, ''), ifnull(" DISPLAY_NAME ", '')"
                        " FROM member m"
                        " LEFT JOIN contact c ON c.address = m.address AND NOT c.removed"
                        " LEFT JOIN profile p ON p.address = m.address"
                        " WHERE m.group_address = ?1 ORDER BY m.address",

    [SQL_CONVERSATION_FIND] = "SELECT conversation_id, first, last, ack, read, stamp, held,"
                              " unread, acked, read_told, peer_ack, peer_read, last_stamp,"
                              " mention, EXISTS (SELECT 1 FROM aside a"
                              " WHERE a.conversation_id = conversation.conversation_id)"
                              " FROM conversation WHERE address = ?1",
    [SQL_CONVERSATION_ADD] = "INSERT INTO conversation (address) VALUES (?1)",
    [SQL_CONVERSATION_SAVE] = "UPDATE conversation SET first = ?2, last = ?3, ack = ?4,"
                              " read = ?5, stamp = ?6, held = ?7, unread = ?8, acked = ?9,"
                              " read_told = ?10, peer_ack = ?11, peer_read = ?12,"
                              " last_stamp = ?13, mention = ?14"
                              " WHERE conversation_id = ?1",
    [SQL_CONVERSATION_LIST] = "SELECT " CONVERSATION_COLUMNS " FROM conversation c"
                              " ORDER BY c.address",
    [SQL_OVERVIEW_LIST] = OVERVIEW " WHERE c.pinned = ?1 AND c.activity > ?2"
                                   " ORDER BY c.activity DESC",
    [SQL_OVERVIEW_GET] = OVERVIEW " WHERE c.address = ?1",
    /* Conversations that something in the outbox is for, as they stand in the overview. */
    [SQL_OVERVIEW_OUTBOX] =
        "SELECT o.conversation, ifnull(c.pinned, 0), max(ifnull(c.activity, 0), o.time),"
        " o.queued, o.failed FROM (SELECT conversation, max(time) AS time,"
        " sum(failure IS NULL) AS queued, sum(failure IS NOT NULL) AS failed FROM outbox"
        " WHERE ?1 IS NULL OR conversation = ?1 GROUP BY 1) o"
        " LEFT JOIN conversation c ON c.address = o.conversation ORDER BY 2 DESC, 3 DESC",
    [SQL_OUTBOX_COUNT] = "SELECT sum(failure IS NULL), sum(failure IS NULL AND doubts > 0),"
                         " sum(failure IS NOT NULL) FROM outbox",
    [SQL_NAME_OF] = "SELECT " NAME_OF("?1"),
    [SQL_DISPLAY_NAME] = "SELECT " DISPLAY_NAME " FROM profile p WHERE p.address = ?1",
    /* Others' texts above ?2, as amendments left them. */
    [SQL_MENTION_TEXTS] = "SELECT ifnull(e.text, m.text) FROM message m" WITH_FOLD
                          " WHERE m.conversation_id = ?1 AND m.msg_id > ?2 AND m.msg_id <= ?3"
                          " AND m.type IN " COUNTED " AND m.sender <> ?4"
                          " ORDER BY m.msg_id DESC LIMIT ?5",
    [SQL_MUTED_SET] = "UPDATE conversation SET muted = ?2 WHERE conversation_id = ?1",
    [SQL_PINNED_SET] = "UPDATE conversation SET pinned = ?2 WHERE conversation_id = ?1",
    [SQL_CONVERSATION_REACHES] = "SELECT conversation_id, first FROM conversation"
                                 " WHERE held > 0",
    [SQL_MARKER_LIST] = "SELECT address, read FROM conversation WHERE read > read_told LIMIT ?1",
    [SQL_MARKER_TOLD] = "UPDATE conversation SET read_told = max(read_told, ?2)"
                        " WHERE address = ?1",
    [SQL_DRAFT_GET] = "SELECT draft FROM conversation WHERE address = ?1",
    [SQL_DRAFT_SET] = "UPDATE conversation SET draft = ?2 WHERE conversation_id = ?1",
    /* Only the index conversation_holes is read: it has no row where nothing is missing. */
    [SQL_CONVERSATION_HOLES] = "SELECT address, conversation_id, first, last, ack"
                               " FROM conversation WHERE held < last - first + 1"
                               " AND (?1 IS NULL OR address = ?1)",
    [SQL_CONVERSATION_HOLES_ABOVE] =
        "SELECT c.address, c.conversation_id, c.first, c.last, ifnull(p.place, 0)"
        " FROM conversation c LEFT JOIN place p"
        " ON p.consumer_id = ?2 AND p.conversation_id = c.conversation_id"
        " WHERE c.held < c.last - c.first + 1 AND (?1 IS NULL OR c.address = ?1)",

    [SQL_CONVERSATION_HOLES_NEWEST] =
        "SELECT address, conversation_id, first, last FROM conversation"
        " WHERE held < last - first + 1 AND (?1 IS NULL OR address = ?1)"
        " ORDER BY stamp DESC, conversation_id",
    [SQL_CONVERSATION_MISSING] = "SELECT sum(last - first + 1 - held) FROM conversation"
                                 " WHERE held < last - first + 1 AND (?1 IS NULL OR address = ?1)",

    /* Downwards: whoever walks stops at the first run that ends too low. */
    [SQL_HELD_BELOW] = "SELECT first, last FROM held WHERE conversation_id = ?1 AND first <= ?2"
                       " ORDER BY first DESC",
    [SQL_HELD_ADD] = "INSERT INTO held (conversation_id, first, last) VALUES (?1, ?2, ?3)",
    [SQL_HELD_EXTEND] = "UPDATE held SET last = ?3 WHERE conversation_id = ?1 AND first = ?2",
    [SQL_HELD_REMOVE] = "DELETE FROM held WHERE conversation_id = ?1 AND first = ?2",
    [SQL_HELD_LOWEST] = "SELECT first FROM held WHERE conversation_id = ?1"
                        " ORDER BY first LIMIT 1",
    [SQL_HELD_AT] = "SELECT last FROM held WHERE conversation_id = ?1 AND first <= ?2"
                    " ORDER BY first DESC LIMIT 1",
    /* The run that reaches into the bounds from below, and all that begin within. */
    [SQL_HELD_WITHIN] = "SELECT first, last FROM held WHERE conversation_id = ?1"
                        " AND first >= ifnull((SELECT max(first) FROM held"
                        " WHERE conversation_id = ?1 AND first <= ?2), ?2) AND first <= ?3"
                        " ORDER BY first",
    [SQL_ACK_BELOW] = "SELECT first, last FROM ack WHERE conversation_id = ?1 AND first <= ?2"
                      " ORDER BY first DESC",
    [SQL_ACK_ADD] = "INSERT INTO ack (conversation_id, first, last) VALUES (?1, ?2, ?3)",
    [SQL_ACK_EXTEND] = "UPDATE ack SET last = ?3 WHERE conversation_id = ?1 AND first = ?2",
    [SQL_ACK_REMOVE] = "DELETE FROM ack WHERE conversation_id = ?1 AND first = ?2",
    [SQL_ACK_LIST] = "SELECT c.address, a.first, a.last FROM ack a JOIN conversation c"
                     " USING (conversation_id) ORDER BY a.conversation_id, a.first LIMIT ?1",
    [SQL_ACKED_SET] = "UPDATE conversation SET acked = ?2 WHERE conversation_id = ?1",

    [SQL_MESSAGE_ADD] = "INSERT INTO message (conversation_id, msg_id, sender, time, stamp,"
                        " type, text, key, target, was)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                        " ON CONFLICT (conversation_id, msg_id) DO NOTHING",
    [SQL_MESSAGE_BY_KEY] = "SELECT m.msg_id, m.time, m.stamp, m.type, m.text, c.address,"
                           " m.target FROM message m JOIN conversation c USING (conversation_id)"
                           " WHERE m.key = ?1 LIMIT 1",
    /* A message of a lost history has the time that it had there. */
    [SQL_MESSAGE_TIME_ABOVE] = "SELECT time, msg_id FROM message WHERE conversation_id = ?1"
                               " AND msg_id > ?2 AND was IS NULL ORDER BY msg_id LIMIT 1",
    [SQL_MESSAGE_NEXT] = "SELECT stamp FROM message WHERE conversation_id = ?1 AND msg_id > ?2"
                         " AND msg_id <= ?3 ORDER BY msg_id LIMIT 1",
    /* The id that is ?5 + 1 messages back from the upper bound, or on from the lower one; ?4:
     * amendments are told, too. */
    [SQL_MESSAGE_BACK] = "SELECT msg_id FROM message WHERE conversation_id = ?1 AND msg_id >= ?2"
                         " AND msg_id <= ?3 AND (?4 OR type NOT IN " AMENDING ")"
                         " ORDER BY msg_id DESC LIMIT 1 OFFSET ?5",
    [SQL_MESSAGE_ON] = "SELECT msg_id FROM message WHERE conversation_id = ?1 AND msg_id >= ?2"
                       " AND msg_id <= ?3 AND (?4 OR type NOT IN " AMENDING ")"
                       " ORDER BY msg_id LIMIT 1 OFFSET ?5",
    [SQL_MESSAGE_LIST] =
        FOLDED_MESSAGES " WHERE m.conversation_id = ?1 AND m.msg_id >= ?2 AND m.msg_id <= ?3"
                        " AND (?4 OR m.type NOT IN " AMENDING ") ORDER BY m.msg_id",
    [SQL_MESSAGE_NAMED] = "SELECT m.sender, m.type, f.recall"
                          " FROM conversation c JOIN message m USING (conversation_id) LEFT JOIN"
                          " fold f ON f.conversation_id = m.conversation_id"
                          " AND f.msg_id = m.msg_id WHERE c.address = ?1 AND m.msg_id = ?2",
    /* What an edit of ?2 changes. */
    [SQL_MESSAGE_EDITED] = "SELECT m.message_id, m.sender, m.type, ifnull(e.text, m.text),"
                           " ifnull(f.edit, 0) FROM message m" WITH_FOLD
                           " WHERE m.conversation_id = ?1 AND m.msg_id = ?2",
    /* What a recall of ?2 erases: its text as amendments left it, and those of its edits. */
    [SQL_MESSAGE_RECALLED] =
        "SELECT m.message_id, ifnull(e.text, m.text) FROM message m" WITH_FOLD
        " WHERE m.conversation_id = ?1 AND m.msg_id = ?2 AND m.type IN " AMENDABLE
        " AND ifnull(e.text, m.text) IS NOT NULL"
        " UNION ALL SELECT message_id, text FROM message WHERE conversation_id = ?1"
        " AND target = ?2 AND type = 'edit' AND text IS NOT NULL",
    [SQL_MESSAGE_ERASE] = "UPDATE message SET text = NULL WHERE message_id = ?1",
    /* Others' messages that count as unread. */
    [SQL_MESSAGE_COUNTED] =
        "SELECT count(*) FROM message WHERE conversation_id = ?1"
        " AND msg_id > ?2 AND msg_id <= ?3 AND type IN " COUNTED " AND sender <> ?4",

    /* What is known of message ?2, whose author is ?3. */
    [SQL_FOLD_FIND] = "SELECT (SELECT recall FROM fold WHERE conversation_id = ?1"
                      " AND msg_id = ?2), (SELECT max(msg_id) FROM message"
                      " WHERE conversation_id = ?1 AND target = ?2 AND type = 'edit'"
                      " AND sender = ?3 AND msg_id > ?2 AND text IS NOT NULL)",
    [SQL_FOLD_EDIT] = "INSERT INTO fold (conversation_id, msg_id, edit) VALUES (?1, ?2, ?3)"
                      " ON CONFLICT DO UPDATE SET edit = max(edit, excluded.edit)",
    [SQL_FOLD_RECALL] = "INSERT INTO fold (conversation_id, msg_id, recall) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT DO UPDATE SET recall ="
                        " iif(recall = 0, excluded.recall, min(recall, excluded.recall))",
    [SQL_REACTION_PUT] = "INSERT INTO reaction (conversation_id, msg_id, sender, text, act,"
                         " present) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                         " ON CONFLICT DO UPDATE SET act = excluded.act,"
                         " present = excluded.present WHERE excluded.act > act",
    [SQL_REACTION_LIST] = "SELECT sender, text FROM reaction WHERE conversation_id = ?1"
                          " AND msg_id = ?2 AND present ORDER BY act",

    [SQL_OUTBOX_ADD] = "INSERT INTO outbox (key, conversation, type, text, time, added, target)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
    [SQL_OUTBOX_KEEP] = "UPDATE outbox SET kept = 1 WHERE key = ?1",
    [SQL_OUTBOX_GET] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE key = ?1",
    [SQL_OUTBOX_BEFORE] = "SELECT key FROM outbox WHERE conversation = ?1 AND outbox_id < ?2"
                          " AND failure IS NULL ORDER BY outbox_id DESC LIMIT 1",
    [SQL_OUTBOX_LIST] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE failure IS NULL"
                        " ORDER BY outbox_id LIMIT ?1",
    [SQL_OUTBOX_FAILED] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE failure IS NOT NULL"
                          " ORDER BY outbox_id",
    [SQL_OUTBOX_DOUBT] = "UPDATE outbox SET doubts = doubts + 1 WHERE key = ?1"
                         " AND failure IS NULL",
    [SQL_OUTBOX_UNDOUBT] = "UPDATE outbox SET doubts = doubts - 1 WHERE key = ?1"
                           " AND doubts > 0 AND failure IS NULL",
    [SQL_OUTBOX_FAIL] = "UPDATE outbox SET failure = ?2 WHERE key = ?1",
    [SQL_OUTBOX_DELETE] = "DELETE FROM outbox WHERE key = ?1",
    [SQL_OUTBOX_REMOVE] = "DELETE FROM outbox WHERE key = ?1"
                          " AND (failure IS NOT NULL OR (doubts = 0 AND NOT kept))",

    [SQL_CONSUMER_FIND] = "SELECT consumer_id FROM consumer WHERE name = ?1",
    [SQL_CONSUMER_ADD] = "INSERT INTO consumer (name) VALUES (?1)",
    /* Those that have nothing to hand on from this conversation yet. */
    [SQL_CONSUMER_PLACES] = "SELECT n.consumer_id, ifnull(p.place, 0) FROM consumer n"
                            " LEFT JOIN place p ON p.consumer_id = n.consumer_id"
                            " AND p.conversation_id = ?1 WHERE p.next IS NULL",
    /* A name that nobody can give one. */
    [SQL_CONSUMER_COPY] = "INSERT INTO consumer (name) SELECT name || ' (manual)' FROM consumer"
                          " WHERE consumer_id = ?1 ON CONFLICT (name) DO NOTHING",
    [SQL_CONSUMER_COPIED] = "SELECT copy.consumer_id FROM consumer n, consumer copy"
                            " WHERE n.consumer_id = ?1 AND copy.name = n.name || ' (manual)'",
    [SQL_PLACE_COPY] = "INSERT INTO place (consumer_id, conversation_id, place, handing, next)"
                       " SELECT ?2, conversation_id, place, handing, next FROM place"
                       " WHERE consumer_id = ?1 ON CONFLICT (consumer_id, conversation_id)"
                       " DO UPDATE SET place = excluded.place, handing = excluded.handing,"
                       " next = excluded.next",
    [SQL_PLACE_LOST] = "DELETE FROM place WHERE consumer_id = ?2 AND conversation_id NOT IN"
                       " (SELECT conversation_id FROM place WHERE consumer_id = ?1)",
    [SQL_PLACE_HANDED] = "SELECT max(place, handing) FROM place WHERE consumer_id = ?1"
                         " AND conversation_id = ?2",
    [SQL_PLACE_START_NOW] = "INSERT INTO place (consumer_id, conversation_id, place)"
                            " SELECT ?1, conversation_id, last FROM conversation",
    [SQL_PLACE_START_AT] = "INSERT INTO place (consumer_id, conversation_id, place)"
                           " SELECT consumer_id, ?1, ?2 FROM consumer",
    [SQL_PLACE_NEXT] = "INSERT INTO place (consumer_id, conversation_id, next)"
                       " VALUES (?1, ?2, ?3) ON CONFLICT (consumer_id, conversation_id)"
                       " DO UPDATE SET next = excluded.next",
    [SQL_PLACE_HANDING] = "INSERT INTO place (consumer_id, conversation_id, handing)"
                          " VALUES (?1, ?2, ?3) ON CONFLICT (consumer_id, conversation_id)"
                          " DO UPDATE SET handing = max(handing, excluded.handing)",
    [SQL_PLACE_ADVANCE] = "INSERT INTO place (consumer_id, conversation_id, place)"
                          " VALUES (?1, ?2, ?3) ON CONFLICT (consumer_id, conversation_id)"
                          " DO UPDATE SET place = max(place, excluded.place), next = NULL"
                          " RETURNING place",
    [SQL_PLACE_LIST] = "SELECT c.address, c.conversation_id, c.first, p.place, p.handing, p.next,"
                       " c.peer_ack, c.peer_read"
                       " FROM place p JOIN conversation c USING (conversation_id)"
                       " WHERE p.consumer_id = ?1 AND p.next IS NOT NULL"
                       " AND (?2 IS NULL OR c.address = ?2) ORDER BY p.next",

    [SQL_SEARCH_STATE] = "SELECT indexed, erasing, form, early, late,"
                         " ifnull((SELECT max(message_id) FROM message), 0) FROM search_state",
    [SQL_SEARCH_INDEXED] = "UPDATE search_state SET indexed = ?1, form = ?2, early = ?3, late = ?4",
    [SQL_SEARCH_ERASING] = "UPDATE search_state SET erasing = ?1",
    [SQL_SEARCH_PENDING] = "SELECT message_id, stamp, length(text) FROM message"
                           " WHERE message_id > ?1 ORDER BY message_id LIMIT ?2",
    /* The text that a message is found by, as amendments left it. */
    [SQL_SEARCH_TEXT] =
        "SELECT c.address, m.sender, m.time, m.stamp,"
        " iif(m.type = 'text' AND ifnull(f.recall, 0) = 0, ifnull(e.text, m.text), NULL)"
        " FROM message m JOIN conversation c ON c.conversation_id = m.conversation_id" WITH_FOLD
        " WHERE m.message_id = ?1",
    [SQL_SEARCH_DOC] = "SELECT doc FROM search_row WHERE doc >= ?1 AND doc < ?2"
                       " AND message_id = ?3 LIMIT 1",
    [SQL_SEARCH_TAKEN] = "SELECT doc FROM search_row WHERE doc >= ?1 AND doc < ?2 ORDER BY doc",
    [SQL_SEARCH_ROW_ADD] = "INSERT INTO search_row (doc, message_id) VALUES (?1, ?2)",
    [SQL_SEARCH_ROW_REMOVE] = "DELETE FROM search_row WHERE doc = ?1",
    [SQL_SEARCH_ROWS_CLEAR] = "DELETE FROM search_row",
    [SQL_SEARCH_ADD] = "INSERT INTO search (rowid, words) VALUES (?1, ?2)",
    [SQL_SEARCH_REMOVE] = "INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)",
    [SQL_SEARCH_CLEAR] = "INSERT INTO search (search) VALUES ('delete-all')",
    [SQL_SEARCH_HITS] = HITS_IN("main.search"),
    [SQL_NEWEST_MAKE] = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.newest USING fts5 (words,"
                        " content = '', columnsize = 0, tokenize = 'ascii')",
    [SQL_NEWEST_DOCS] = "SELECT doc, message_id FROM search_row WHERE doc >= ?1 AND doc < ?2"
                        " ORDER BY doc DESC LIMIT ?3",
    [SQL_NEWEST_ADD] = "INSERT INTO temp.newest (rowid, words) VALUES (?1, ?2)",
    [SQL_NEWEST_CLEAR] = "INSERT INTO temp.newest (newest) VALUES ('delete-all')",
    [SQL_NEWEST_HITS] = HITS_IN("temp.newest"),
    [SQL_SEARCH_MERGE] = "INSERT INTO search (search, rank) VALUES ('merge', ?1)",

    [SQL_TRAFFIC_ADD] = "INSERT INTO traffic (one, requests, bytes_up, bytes_down)"
                        " VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO UPDATE SET"
                        " requests = requests + excluded.requests,"
                        " bytes_up = bytes_up + excluded.bytes_up,"
                        " bytes_down = bytes_down + excluded.bytes_down",
    [SQL_TRAFFIC_LAST_SET] = "INSERT OR REPLACE INTO traffic_last"
                             " (one, requests, bytes_up, bytes_down, time)"
                             " VALUES (1, ?1, ?2, ?3, ?4)",
    [SQL_TRAFFIC_GET] = "SELECT requests, bytes_up, bytes_down, 0 FROM traffic",
    [SQL_TRAFFIC_LAST_GET] = "SELECT requests, bytes_up, bytes_down, time FROM traffic_last",
    [SQL_MESSAGE_DELETE] = "DELETE FROM message WHERE conversation_id = ?1 AND msg_id >= ?2"
                           " AND msg_id <= ?3",
    [SQL_MESSAGE_SAMPLE] = "SELECT " MESSAGE_COLUMNS " FROM message m"
                           " ORDER BY message_id DESC LIMIT ?1",

    [SQL_VERIFY_HELD] = "SELECT c.address, h.first, h.last FROM held h"
                        " JOIN conversation c USING (conversation_id)"
                        " ORDER BY h.conversation_id, h.first",
    [SQL_VERIFY_RUNS] = "SELECT '', first, last FROM held WHERE conversation_id = ?1"
                        " ORDER BY first",
    [SQL_VERIFY_RANGES] =
        "SELECT address, 0, 0 FROM conversation c WHERE held <> (SELECT"
        " ifnull(sum(h.last - h.first + 1), 0) FROM held h"
        " WHERE h.conversation_id = c.conversation_id) OR EXISTS (SELECT 1 FROM held h"
        " WHERE h.conversation_id = c.conversation_id"
        " AND (h.first < c.first OR h.last > c.last OR EXISTS (SELECT 1 FROM held o"
        " WHERE o.conversation_id = h.conversation_id AND o.first > h.first"
        " AND o.first <= h.last + 1)))",
    [SQL_VERIFY_UNHOLD] = "DELETE FROM held WHERE conversation_id = ?1",
    [SQL_VERIFY_MESSAGES] = "SELECT " MESSAGE_COLUMNS " FROM message m"
                            " JOIN conversation c USING (conversation_id)"
                            " WHERE c.address = ?1 AND m.msg_id >= ?2 AND m.msg_id <= ?3"
                            " ORDER BY m.msg_id",
    /* What consumers come to next is looked up anew. */
    [SQL_VERIFY_PLACES] = "UPDATE place SET next = NULL WHERE conversation_id = ?1",
    [SQL_VERIFY_FOLDS] =
        "SELECT DISTINCT c.address, w.msg_id FROM ("
        "SELECT conversation_id, msg_id FROM (" FOLDS_OF_ROWS " EXCEPT " FOLDS ")"
        " UNION ALL SELECT conversation_id, msg_id FROM (" FOLDS " EXCEPT " FOLDS_OF_ROWS ")"
        " UNION ALL SELECT conversation_id, target FROM (" REACTIONS_OF_ROWS " EXCEPT " REACTIONS
        ") UNION ALL SELECT conversation_id, msg_id FROM (" REACTIONS " EXCEPT " REACTIONS_OF_ROWS
        ") UNION ALL SELECT conversation_id, msg_id FROM (" NOT_ERASED ")) w"
        " JOIN conversation c USING (conversation_id)"
        " WHERE w.msg_id >= c.first ORDER BY c.address, w.msg_id",
    [SQL_VERIFY_UNFOLD] = "DELETE FROM fold WHERE conversation_id = ?1",
    [SQL_VERIFY_UNREACT] = "DELETE FROM reaction WHERE conversation_id = ?1",
    [SQL_VERIFY_FOLD] = "INSERT INTO fold (conversation_id, msg_id, edit, recall)"
                        " SELECT * FROM (" FOLDS_OF_ROWS ") WHERE conversation_id = ?1",
    [SQL_VERIFY_REACT] = "INSERT INTO reaction (conversation_id, msg_id, sender, text, act,"
                         " present) SELECT * FROM (" REACTIONS_OF_ROWS ")"
                         " WHERE conversation_id = ?1",
    [SQL_VERIFY_ERASE] = "UPDATE message SET text = NULL WHERE message_id IN"
                         " (SELECT message_id FROM (" NOT_ERASED ") WHERE conversation_id = ?1)",
};

const char *
statement_text(enum sql sql)
{
	return texts[sql];
}
