"""tern verify: each kind of damage to a cache is found, named, and mended from the server."""
import json
import signal
import sqlite3
import subprocess

import tern_test
from tern_test import check, check_equal, User, wait_for

BOB = "bob@example.org"
TEAM = "#team@example.org"


def damage(user, sql):
    """Changes the cache by hand."""
    db = sqlite3.connect(user.cache)
    db.executescript("PRAGMA ignore_check_constraints = 1;" + sql)
    db.commit()
    db.close()


def rows(user):
    """All that the cache says, so that what was mended can be compared with what was there."""
    db = sqlite3.connect(user.cache)
    told = {}
    for sql in ("SELECT address, name, stamp, removed FROM contact ORDER BY 1",
                "SELECT address, name, left_it FROM group_chat ORDER BY 1",
                "SELECT address, first, last, read, held, unread FROM conversation ORDER BY 1",
                "SELECT address, h.first, h.last FROM held h"
                " JOIN conversation USING (conversation_id) ORDER BY 1, 2",
                "SELECT address, msg_id, sender, time, m.stamp, type, text, key, target FROM message m"
                " JOIN conversation USING (conversation_id) ORDER BY 1, 2",
                "SELECT address, msg_id, edit, recall FROM fold"
                " JOIN conversation USING (conversation_id) ORDER BY 1, 2",
                "SELECT address, msg_id, sender, text, act, present FROM reaction"
                " JOIN conversation USING (conversation_id) ORDER BY 1, 2, 3, 4"):
        told[sql] = db.execute(sql).fetchall()
    db.close()
    return told


def world(t):
    """alice's cache, with something of everything: and a proxy that counts what she asks for."""
    server = t.server()
    proxy = t.proxy(server)
    alice, bob = t.user("alice"), t.user("bob", server)
    alice.register(proxy.url)
    alice.run("contact", "add", "bob", "--name", "Bob")
    alice.run("contact", "add", "carol")
    alice.run("group", "create", "+team", "bob")
    alice.run("send", "bob", "--lines", input="".join(f"to bob {n}\n" for n in range(1, 101)))
    bob.run("fetch")
    bob.run("send", "alice", "--lines", input="".join(f"to alice {n}\n" for n in range(1, 101)))
    bob.run("edit", "alice", "150", "edited")
    bob.run("react", "alice", "20", "+1")
    bob.run("recall", "alice", "160")
    bob.run("send", "+team", "hello")
    alice.run("fetch")
    alice.run("read", "bob", "190")

    def settled():
        """No head is to come any more, which would mend it by itself."""
        alice.run("fetch")
        db = sqlite3.connect(alice.cache)
        told = db.execute(f"SELECT peer_ack FROM conversation WHERE address = '{BOB}'").fetchone()
        db.close()
        return told[0] == 100
    wait_for(settled, what="bob's acknowledgements")
    return server, proxy, alice


def difference(of, kind, **fields):
    name = "address" if of in ("contact", "group") else "conversation"
    address = fields.pop("who", BOB)
    return {"of": of, "difference": kind, name: address, **fields}


KINDS = [
    ("a contact that is missing", "DELETE FROM contact WHERE address = 'carol@example.org'",
     [difference("contact", "missing", who="carol@example.org")],
     "contact carol@example.org: missing here"),
    ("a contact too many", "INSERT INTO contact VALUES ('dave@example.org', 'Dave', 5, 0, 0)",
     [difference("contact", "surplus", who="dave@example.org")],
     "contact dave@example.org: not on the server"),
    ("a contact as it was before", f"UPDATE contact SET stamp = stamp - 1 WHERE address = '{BOB}'",
     [difference("contact", "content")], f"contact {BOB}: not as on the server"),
    ("a group that is missing", "DELETE FROM group_chat",
     [difference("group", "missing", who=TEAM)], f"group {TEAM}: missing here"),
    ("a wrong count of unread", f"UPDATE conversation SET unread = 77 WHERE address = '{BOB}'",
     [difference("conversation", "content", field="unread", here=77, there=10)],
     f"conversation {BOB}: unread is 77 here, 10 on the server"),
    ("a head that is behind", f"UPDATE conversation SET read = 3, read_told = 3"
     f" WHERE address = '{BOB}'",
     [difference("conversation", "content", field="read", here=3, there=190)],
     f"conversation {BOB}: read is 3 here, 190 on the server"),
    ("messages that are missing", "DELETE FROM message WHERE msg_id IN (40, 41, 42, 90)",
     [difference("messages", "missing", first=40, last=42),
      difference("messages", "missing", first=90, last=90)],
     f"conversation {BOB}: messages 40-42: missing here\n"
     f"conversation {BOB}: message 90: missing here"),
    ("a text that was changed", "UPDATE message SET text = 'I owe you' WHERE msg_id = 120",
     [difference("messages", "content", first=120, last=120, field="text")],
     f"conversation {BOB}: message 120: its text is not as on the server"),
    ("another sender", f"UPDATE message SET sender = '{BOB}' WHERE msg_id = 5",
     [difference("messages", "content", first=5, last=5, field="from")],
     f"conversation {BOB}: message 5: its from is not as on the server"),
    ("a wrong edit", "UPDATE fold SET edit = 130 WHERE msg_id = 150",
     [difference("amendments", "content", first=150, last=150)],
     f"conversation {BOB}: message 150: not what its amendments make of it"),
    ("a recall that is not known", "DELETE FROM fold WHERE msg_id = 160",
     [difference("amendments", "content", first=160, last=160)],
     f"conversation {BOB}: message 160: not what its amendments make of it"),
    ("a reaction that nobody made",
     f"INSERT INTO reaction VALUES (1, 33, '{BOB}', '?', 34, 1)",
     [difference("amendments", "content", first=33, last=33)],
     f"conversation {BOB}: message 33: not what its amendments make of it"),
    ("a count of what is held", f"UPDATE conversation SET held = held - 5 WHERE address = '{BOB}'",
     [difference("ranges", "content")],
     f"conversation {BOB}: the ranges of messages held do not add up"),
    ("ranges that overlap", "INSERT INTO held SELECT conversation_id, 7, 9 FROM conversation"
     f" WHERE address = '{BOB}'", [difference("ranges", "content")],
     f"conversation {BOB}: the ranges of messages held do not add up"),
]


def bob_only(sql):
    """Of the conversation with bob alone."""
    if "message" in sql.split()[:3] or "fold" in sql.split()[:3]:
        return sql + (" AND conversation_id = (SELECT conversation_id FROM conversation"
                      f" WHERE address = '{BOB}')")
    return sql.replace("VALUES (1, 33", "SELECT conversation_id, 33").replace(
        "'?', 34, 1)", f"'?', 34, 1 FROM conversation WHERE address = '{BOB}'")


def check_damaged(user, what, expected, text, before):
    """It is found, named, and mended; and then all is as it was."""
    result = user.run("--format=json", "verify", expect=1)
    check_equal([json.loads(line) for line in result.out.splitlines()], expected, what)
    check(f"differences from the server: {len(expected)};" in result.err, f"{what}: {result.err}")
    result = user.run("verify", expect=1)
    check_equal(result.out, text + "\n", what)
    result = user.run("verify", "--repair")
    check_equal(result.out, text + "\n", f"{what}: told when it is mended")
    check("mended differences: " in result.err, f"{what}: {result.err}")
    result = user.run("verify")
    check_equal((result.out, result.err), ("", ""), f"{what}: nothing is left")
    now = rows(user)
    for sql, was in before.items():
        check_equal(now[sql], was, f"{what}: {sql}")


def test_each_kind_of_damage(t):
    _, _, alice = world(t)
    result = alice.run("-v", "verify")
    check_equal(result.out, "", "a sound cache")
    check("compared" in result.err, "says how much it compared")
    before = rows(alice)
    for what, sql, expected, text in KINDS:
        damage(alice, bob_only(sql))
        check_damaged(alice, what, expected, text, before)


def test_damage_at_once(t):
    """All of it, and then the words that are searched for are those of the texts."""
    _, _, alice = world(t)
    before = rows(alice)
    check_equal(len(alice.json("search", "edited")), 1, "before")
    for _, sql, _, _ in KINDS:
        damage(alice, bob_only(sql))
    result = alice.run("verify", expect=1)
    # One line says that the ranges are wrong; and of a marker, but not what was counted by it.
    check_equal(len(result.out.splitlines()), 13, f"lines: {result.out}")
    alice.run("verify", "--repair")
    alice.run("verify")
    check_equal(rows(alice), before, "all is as it was")
    check_equal([m["msg_id"] for m in alice.json("search", "edited")], [150], "found again")
    alice.run("search", "owe", expect=1)


def test_a_range_that_is_not_held(t):
    """A new device that takes itself to hold what it never got: with nothing said, for ever."""
    server, _, alice = world(t)
    other = User(t, "alice")
    other.login(server)
    other.run("sync", "bob", "--newest", "20")
    check_equal(other.run("verify").out, "", "holes are no difference")
    damage(other, f"INSERT INTO held SELECT conversation_id, 11, 30 FROM conversation"
                  f" WHERE address = '{BOB}';"
                  f"UPDATE conversation SET held = held + 20 WHERE address = '{BOB}'")
    check_equal(other.json("verify", expect=1), [difference("messages", "missing", first=11, last=30)],
                "what it says to hold")
    other.run("verify", "--repair")
    check_equal([m["msg_id"] for m in other.json("history", "bob", "--before", "31", "-n", "99")
                 if "msg_id" in m], list(range(11, 31)), "they are there now")
    other.run("verify")


def test_what_the_server_never_had(t):
    """A conversation beyond its end, and one that does not exist."""
    _, _, alice = world(t)
    before = rows(alice)
    damage(alice, f"""
        INSERT INTO message (conversation_id, msg_id, sender, time, stamp, type, text)
            SELECT conversation_id, last + 1, '{BOB}', 1, 1, 'text', 'made up' FROM conversation
            WHERE address = '{BOB}';
        UPDATE held SET last = last + 1 WHERE conversation_id = (SELECT conversation_id
            FROM conversation WHERE address = '{BOB}');
        UPDATE conversation SET last = last + 1, held = held + 1 WHERE address = '{BOB}';
        INSERT INTO conversation (address, last, held) VALUES ('mallory@example.org', 1, 1);
        INSERT INTO held SELECT conversation_id, 1, 1 FROM conversation
            WHERE address = 'mallory@example.org';
        INSERT INTO message (conversation_id, msg_id, sender, time, stamp, type, text)
            SELECT conversation_id, 1, 'mallory@example.org', 1, 1, 'text', 'hi'
            FROM conversation WHERE address = 'mallory@example.org';""")
    told = alice.json("verify", expect=1)
    check(difference("conversation", "surplus", who="mallory@example.org") in told, f"{told}")
    check(any(d.get("field") == "last" for d in told), f"the head: {told}")
    check(any(d["difference"] == "surplus" and d["of"] == "messages" for d in told), f"{told}")
    alice.run("verify", "--repair")
    alice.run("verify")
    damage(alice, "DELETE FROM conversation WHERE address = 'mallory@example.org'")
    check_equal(rows(alice), before, "all is as it was")


def test_a_script_is_not_handed_anything_twice(t):
    _, _, alice = world(t)
    check_equal(len(alice.json("recv", "bob", "--consumer", "c")), 103, "before")
    damage(alice, bob_only("DELETE FROM message WHERE msg_id > 50"))
    alice.run("verify", "--repair")
    alice.run("recv", "bob", "--consumer", "c", expect=1)
    check_equal(len(alice.json("recv", "bob", "--consumer", "new")), 103, "and a new one gets all")


def test_a_sound_cache_costs_little(t):
    """The same few requests for 200 messages, and for 5000; and the bytes hardly grow."""
    server, proxy, alice = world(t)
    costs = []
    for more in (0, 5000):
        for start in range(0, more, 1000):
            alice.run("send", "bob", "--lines",
                      input="".join(f"more {n}\n" for n in range(start, start + 1000)))
        alice.run("fetch")
        before = len(proxy.requests), proxy.bytes_up + proxy.bytes_down
        alice.run("verify")
        costs.append((len(proxy.requests) - before[0],
                      proxy.bytes_up + proxy.bytes_down - before[1]))
    (few, little), (many, much) = costs
    check(few <= 6 and many <= 6, f"requests: {costs}")
    check(little < 3000 and much < little + 500, f"bytes: {costs}")
    print(f"# requests and bytes with 204 and 5204 messages: {costs}")
    full = alice.json("status")[0]["full_bytes"]
    check(much * 5 < full, f"{much} bytes, and {full} for all of it")


def test_damage_costs_what_it_is_worth(t):
    """One message of 5000: found and mended in a bounded number of requests."""
    server, proxy, alice = world(t)
    for start in range(0, 5000, 1000):
        alice.run("send", "bob", "--lines",
                  input="".join(f"more {n}\n" for n in range(start, start + 1000)))
    damage(alice, bob_only("UPDATE message SET text = 'x' WHERE msg_id = 3333"))
    before = len(proxy.requests), proxy.bytes_down
    alice.run("verify", expect=1)
    requests, down = len(proxy.requests) - before[0], proxy.bytes_down - before[1]
    check(requests <= 15, f"{requests} requests")
    check(down < 20000, f"{down} bytes down")


def test_while_others_are_at_it(t):
    """What changes meanwhile is no difference: neither news nor what is known here first."""
    server, _, alice = world(t)
    carol = t.user("carol", server)
    follower = alice.start("recv", "--follow", "--consumer", "f")
    sender = carol.start("send", "alice", "--lines", "--timeout", "60", stdin=subprocess.PIPE)
    for n in range(10):
        for i in range(20):
            sender.process.stdin.write(f"busy {n} {i}\n".encode())
        sender.process.stdin.flush()
        check_equal(alice.run("verify", expect=(0, 75)).out, "", "no difference")
    sender.process.stdin.close()
    sender.wait()
    follower.signal(signal.SIGTERM)
    follower.wait()
    alice.run("fetch")
    check_equal(alice.run("verify").out, "", "at the end")


def test_wrong_use(t):
    server, _, alice = world(t)
    alice.run("verify", "bob", expect=64)
    server.kill()
    result = alice.run("verify", "--timeout", "1", expect=(69, 75))
    check_equal(result.out, "", "nothing is told of what could not be compared")


tern_test.main()
