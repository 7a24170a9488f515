"""A cache and a store of schema 1, made by the programs of that time (tests/old), with all that such
may hold: today's bring them up to date and lose nothing."""
import os
import sqlite3
import time

import tern_test
from tern_test import check, check_equal, User

from tern_helpers import texts_of

OLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "old")
MADE = 1795570876  # when, in seconds
OWN = ["own 1", "own 2: 日本 🐦 'quoted'"]
# Of each table, the columns that mean the same today.
KEPT_CACHE = {
    "account": "address, device, token, device_id, generation, cursor",
    "contact": "address, name, stamp, removed",
    "conversation": "address, first, last, ack, read, held, acked",
    "held": "conversation_id, first, last",
    "message": "conversation_id, msg_id, sender, time, stamp, type, text, key",
    "outbox": "key, conversation, type, text, time, doubts, kept, failure",
    "consumer": "consumer_id, name",
    "place": "consumer_id, conversation_id, place, handing, next",
    "traffic": "requests, bytes_up, bytes_down",
}
KEPT_STORE = {
    "account": "account_id, address, password_hash, stamp",
    "device": "device_id, account_id, name, token_hash, revoked",
    "contact": "owner_id, address, name, removed, stamp",
    "conversation": "conversation_id, kind, account_a, account_b, first_msg_id, last_msg_id, bytes",
    "member": "account_id, conversation_id, last_ack_msg_id, last_read_msg_id",
    "message": "conversation_id, msg_id, sender_id, time, stamp, type, body, size, key",
    "message_key": "key, account_id, device_id, conversation_id, msg_id, digest",
    "device_ack": "device_id, conversation_id, last_ack_msg_id",
}


def load(name, path):
    """Makes the database that the file of that name holds."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.path.join(OLD, name)) as text:
        sql = text.read()
    db = sqlite3.connect(path)
    db.executescript("PRAGMA journal_mode = WAL;" + sql)
    check_equal(db.execute("PRAGMA user_version").fetchone()[0], 1, f"schema of {name}")
    return db


def content(path, kept):
    db = sqlite3.connect(path)
    said = {table: sorted(db.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
            for table, columns in kept.items()}
    check_equal(db.execute("PRAGMA integrity_check").fetchone()[0], "ok", path)
    check_equal(db.execute("PRAGMA foreign_key_check").fetchall(), [], path)
    db.close()
    return said


def old_cache(t, url="http://127.0.0.1:1"):
    """alice's, as she left it; but what she queued is of today, for it would be too old one day."""
    alice = User(t, "alice")
    db = load("cache-1.sql", alice.cache)
    db.execute("UPDATE account SET server = ?", (url,))
    db.execute("UPDATE outbox SET time = ?", (int(time.time() * 1000000),))
    db.commit()
    db.close()
    return alice


def test_a_cache_keeps_everything(t):
    alice = old_cache(t)
    before = content(alice.cache, KEPT_CACHE)
    told = alice.json("history", "bob")
    check_equal([row["hole"] for row in told if "hole" in row], [{"first": 1, "last": 10}], "the hole")
    check_equal([(row.get("msg_id"), row["text"], row.get("state")) for row in told if "text" in row],
                [(11 + n, f"new {n + 1}", None) for n in range(5)] +
                [(16, OWN[0], "sent"), (17, OWN[1], "sent"),
                 (None, "in doubt", "queued"), (None, "queued", "queued")], "history")
    check_equal([(row["address"], row["name"]) for row in alice.json("contacts", "--offline")],
                [("bob@example.org", "Bob")], "contacts")
    status = alice.json("status")[0]
    check_equal([status[name] for name in ("messages", "missing", "outbox", "doubt", "failed")],
                [8, 10, 2, 1, 0], "status")
    check_equal([row["msg_id"] for row in alice.json("search", "日本")], [17], "found by its words")
    after = content(alice.cache, KEPT_CACHE)
    for table, rows in before.items():
        check_equal(after[table], rows, f"table {table}")
    version = sqlite3.connect(alice.cache).execute("PRAGMA user_version").fetchone()[0]
    check(version > 1, f"schema {version}")


def test_a_store_keeps_everything(t):
    path = t.path("server.db")
    load("store-1.sql", path).close()
    before = content(path, KEPT_STORE)
    # Of the day it was made: a store forgets keys that are too old.
    t.env["TERN_TEST_CLOCK_SHIFT"] = str(MADE - int(time.time()))
    server = t.server(store=path)
    server.stop()
    after = content(path, KEPT_STORE)
    for table, rows in before.items():
        check_equal(after[table], rows, f"table {table}")


def test_both_go_on_where_they_stood(t):
    path = t.path("server.db")
    load("store-1.sql", path).close()
    server = t.server(store=path)
    alice = old_cache(t, server.url)
    check_equal(texts_of(alice, "--consumer", "c"), ["new 3", "new 4", "new 5"], "what comes next")
    alice.run("fetch")
    status = alice.json("status")[0]
    check_equal((status["outbox"], status["failed"], status["aside"]), (0, 0, 0), "all is sent")
    alice.run("sync")
    check_equal(alice.run("verify").out, "", "as the server has it")
    check_equal([row["text"] for row in alice.json("history", "bob") if "text" in row],
                [f"old {n}" for n in range(1, 11)] + [f"new {n}" for n in range(1, 6)] + OWN +
                ["in doubt", "queued"], "each once, in its order")
    bob = User(t, "bob")
    bob.login(server)
    check_equal(texts_of(bob), [*OWN, "in doubt", "queued"], "what bob gets")
    bob.run("send", "alice", "today")
    check_equal(texts_of(alice, "--consumer", "c"), ["today"], "and it goes on")
    check_equal([row["text"] for row in alice.json("search", "today")], ["today"], "found")


tern_test.main()
