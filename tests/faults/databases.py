"""What the server's database and a device's cache hold, read beside the programs that use them.

All that the fault tests know of the schemas stands here. Columns are taken by name, so that new ones
do no harm.
"""
import collections
import json
import os
import shutil
import sqlite3
import tempfile


# Tables of a cache that change each time somebody asks.
UNSTEADY = ("traffic", "traffic_last")


def open_database(path):
    try:
        database = connect(path)
    except sqlite3.OperationalError:  # no room on its disk for what SQLite keeps beside it
        with tempfile.TemporaryDirectory() as directory:
            for end in ("", "-wal"):
                if os.path.exists(path + end):
                    shutil.copy(path + end, os.path.join(directory, "copy" + end))
            database = connect(os.path.join(directory, "copy"))
    database.row_factory = sqlite3.Row
    return database


def connect(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    database.execute("PRAGMA query_only = 1")
    database.execute("BEGIN")
    database.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens it
    return database


AMENDING = ("edit", "recall", "react", "unreact")
# A message, on the server or in a cache. text is "" where there is none.
Row = collections.namedtuple("Row", "msg_id sender time stamp text key type target")


def peer(pair, own):
    """How a conversation is called by one of its two; a group is called the same by all."""
    return pair[1] if len(pair) > 1 and pair[0] == own else pair[0]


def both(own, conversation):
    """Whose a conversation is; a group is by itself."""
    return {conversation} if conversation.startswith("#") else {own, conversation}


def sound(db):
    """What SQLite itself has to say about it; nothing where all is well."""
    said = [row[0] for row in db.execute("PRAGMA integrity_check")]
    broken = [tuple(row) for row in db.execute("PRAGMA foreign_key_check")]
    return (said if said != ["ok"] else []) + broken


def sees(spans, msg_id):
    return any(a <= msg_id and (b is None or msg_id <= b) for a, b in spans)


def hears_of_recall(rows, row):
    """Whether who sees these rows has been told that what the row says was taken back. Who left a
    group before hasn't, and may keep it."""
    target = row.target if row.type == "edit" else row.msg_id
    return any(other.type == "recall" and other.target == target for other in rows)


class Stored:
    """All that the server has. complaints: SQLite's own, where it is to look at every page."""

    def __init__(self, path, thorough=False):
        db = open_database(path)
        self.complaints = sound(db) if thorough else []
        accounts = {row["account_id"]: row["address"] for row in db.execute(
            "SELECT * FROM account")}
        self.accounts = set(accounts.values())
        self.stamp = db.execute("SELECT stamp FROM state").fetchone()[0]
        self.heads = {}     # conversation_id: ((address, address) or (group,), first, last)
        self.rows = {}      # conversation_id: [Row]
        groups = {row["conversation_id"]: row["address"]
                  for row in db.execute("SELECT * FROM group_chat")}
        self.names = {row["conversation_id"]: row["name"]
                      for row in db.execute("SELECT * FROM group_chat")}
        for row in db.execute("SELECT * FROM conversation"):
            number = row["conversation_id"]
            pair = (groups[number],) if number in groups else (
                accounts[row["account_a"]], accounts[row["account_b"]])
            self.heads[number] = (pair, row["first_msg_id"], row["last_msg_id"])
            self.rows[number] = []
        for row in db.execute("SELECT * FROM message ORDER BY conversation_id, msg_id"):
            self.rows[row["conversation_id"]].append(
                Row(row["msg_id"], accounts[row["sender_id"]], row["time"], row["stamp"],
                    json.loads(row["body"]), row["key"] or None, row["type"], row["target"]))
        self.spans = {}     # (account, conversation_id): [(first, last or None)] of a group
        for row in db.execute("SELECT * FROM member_span ORDER BY first"):
            self.spans.setdefault((accounts[row["account_id"]], row["conversation_id"]),
                                  []).append((row["first"], row["last"]))
        self.keys = {(row["key"], accounts[row["account_id"]]):
                     (row["conversation_id"], row["msg_id"])
                     for row in db.execute("SELECT * FROM message_key")}
        self.contacts = {}  # owner: [(address, name, stamp, removed)]
        for row in db.execute("SELECT * FROM contact ORDER BY owner_id, address"):
            self.contacts.setdefault(accounts[row["owner_id"]], []).append(
                (row["address"], row["name"], row["stamp"], row["removed"]))
        self.generations = {row["generation"]: row["stamp"]
                            for row in db.execute("SELECT * FROM generation ORDER BY number")}
        self.devices = {row["device_id"]: (accounts[row["account_id"]], row["revoked"],
                                           row["stamp"])
                        for row in db.execute("SELECT * FROM device")}
        self.members = {(accounts[row["account_id"]], row["conversation_id"]):
                        (row["last_ack_msg_id"], row["last_read_msg_id"])
                        for row in db.execute("SELECT * FROM member")}
        self.roles = {}     # (account, conversation_id): (role, name of the group when it left)
        for row in db.execute("SELECT * FROM member WHERE kind = 2"):
            self.roles[(accounts[row["account_id"]], row["conversation_id"])] = (
                row["role"], row["left_name"])
        self.acks = {(row["device_id"], row["conversation_id"]): row["last_ack_msg_id"]
                     for row in db.execute("SELECT * FROM device_ack")}
        db.close()

    def groups(self, account):
        """[(address, name, whether it has left)] of those that it is or was in."""
        return sorted((self.heads[number][0][0],
                       self.names[number] if role else left_name or self.names[number], not role)
                      for (member, number), (role, left_name) in self.roles.items()
                      if member == account)

    def of(self, account, ever=None):
        """The account's conversations: {peer: (first, last, rows that it may see)}; with those before
        them of `ever` (pair: {msg_id: row}), which were pruned."""
        result = {}
        for number, (pair, first, last) in self.heads.items():
            rows = self.rows[number]
            if ever:
                rows = [row for _, row in sorted(ever.get(pair, {}).items())
                        if row.msg_id < first] + rows
            spans = self.spans.get((account, number))
            if spans:
                rows = [row for row in rows if sees(spans, row.msg_id)]
                # What it knows of the group ends where it left.
                last = last if spans[-1][1] is None else spans[-1][1]
                first = min(max(first, spans[0][0]), last + 1)
                rows = [row._replace(text="") if row.target and row.type in AMENDING
                        and not sees(spans, row.target) else row for row in rows]
            elif account not in pair:
                continue
            result[peer(pair, account)] = (first, last, rows)
        return result


class Cache:
    """What a device's cache holds."""

    def __init__(self, path, thorough=False):
        db = open_database(path)
        self.complaints = sound(db) if thorough else []
        account = db.execute("SELECT * FROM account").fetchone()
        self.address = account["address"]
        self.device_id = account["device_id"]
        self.token = account["token"]
        self.generation, self.cursor = account["generation"], account["cursor"]
        self.heads = {}          # peer: the row of its conversation
        self.conversations = {}  # peer: (last, [(first, last) of each range])
        self.counts = {}         # peer: (held, unread, read)
        self.acks = {}           # peer: [(first, last)] not told yet
        names = {}
        for row in db.execute("SELECT * FROM conversation ORDER BY address"):
            name = names[row["conversation_id"]] = row["address"]
            self.heads[name] = dict(row)
            self.counts[name] = (row["held"], row["unread"], row["read"])
        for name, ranges in (("held", {}), ("ack", self.acks)):
            for row in db.execute(f"SELECT * FROM {name} ORDER BY conversation_id, first"):
                ranges.setdefault(names[row["conversation_id"]], []).append(
                    (row["first"], row["last"]))
            if name == "held":
                self.conversations = {n: (head["last"], ranges.get(n, []))
                                      for n, head in self.heads.items()}
        self.messages = {}       # peer: [Row]
        for row in db.execute("SELECT * FROM message ORDER BY conversation_id, msg_id"):
            self.messages.setdefault(names[row["conversation_id"]], []).append(
                Row(row["msg_id"], row["sender"], row["time"], row["stamp"], row["text"] or "",
                    row["key"], row["type"], row["target"]))
        self.queue = [dict(row) for row in db.execute("SELECT * FROM outbox ORDER BY outbox_id")]
        self.outbox = {row["key"]: row["failure"] for row in self.queue}
        self.aside = [dict(row) for row in db.execute("SELECT * FROM aside ORDER BY aside_id")]
        self.contacts = [(row["address"], row["name"], row["stamp"], row["removed"])
                         for row in db.execute("SELECT * FROM contact ORDER BY address")]
        self.folds = {(names[row["conversation_id"]], row["msg_id"]): (row["edit"], row["recall"])
                      for row in db.execute("SELECT * FROM fold")}
        self.reactions = {(names[row["conversation_id"]], row["msg_id"], row["sender"],
                           row["text"]): row["present"]
                          for row in db.execute("SELECT * FROM reaction")}
        self.groups = [(row["address"], row["name"], bool(row["left_it"]))
                       for row in db.execute("SELECT * FROM group_chat ORDER BY address")]
        self.places = {}         # (consumer, peer): (place, handing, next)
        for row in db.execute("SELECT * FROM place JOIN consumer USING (consumer_id)"):
            self.places[(row["name"], names[row["conversation_id"]])] = (
                row["place"], row["handing"], row["next"])
        self.waiting = sum(place[2] is not None for place in self.places.values())
        db.close()


def content(path, leave_out=("traffic",)):
    """All rows of all tables but some and the search index, which is made in idle time: for telling
    whether anything changed."""
    db = open_database(path)
    tables = [row[0] for row in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search%'")]
    rows = {table: sorted(map(repr, map(tuple, db.execute(f"SELECT * FROM {table}"))))
            for table in tables if table not in leave_out}
    db.close()
    return rows
