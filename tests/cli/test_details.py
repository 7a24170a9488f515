"""profile, contact show, group show and members: pulled when looked at, and only what differs."""
import random
import sqlite3

import tern_test
from tern_test import check, check_equal, wait_for

from tern_helpers import pair

ALICE = "alice@example.org"
HOSTILE = "\x1b[2J\x1b]0;title\x07 \u202egnp.exe\x9b31m\r"


def traffic(user):
    status = user.json("status")[0]
    return status["requests"], status["bytes_up"], status["bytes_down"]


def cost(user, *args):
    """Runs a command: what it gave as JSON, and its requests, bytes up and bytes down."""
    before = traffic(user)
    got = user.json(*args)
    return got, [b - a for a, b in zip(before, traffic(user))]


def cached(user, query):
    cache = sqlite3.connect(f"file:{user.cache}?mode=ro", uri=True)
    rows = cache.execute(query).fetchall()
    cache.close()
    return rows


def noise(count):
    """Text that no compression makes small."""
    return "".join(random.choice("0123456789abcdefghijklmnopqrstuvwxyz") for _ in range(count))


def test_content_comes_when_looked_at(t):
    """The stamp by login-sync, the content by contact show, and nothing the second time."""
    _, alice, bob = pair(t)
    bob.run("contact", "add", "alice", "--name", "Al")
    bob.run("contacts")
    texts = {f"f{n}": noise(1000) for n in range(20)}
    alice.run("profile", "set", "name=Alice", *[f"{k}={v}" for k, v in texts.items()])

    def stamp_came():
        spent = cost(bob, "contacts")[1]
        return spent if cached(bob, "SELECT profile FROM contact")[0][0] else None
    requests, up, down = wait_for(stamp_came, what="the stamp of the profile")
    check(requests == 1 and up + down < 900, f"login-sync with a stamp: {up} up, {down} down")
    check_equal(cached(bob, "SELECT count(*) FROM profile"), [(0,)], "no content yet")
    stamp = cached(bob, "SELECT profile FROM contact")[0][0]

    got, (requests, up, down) = cost(bob, "contact", "show", "alice")
    check_equal(got, [{"address": ALICE, "contact": True, "name": "Al",
                       "profile": {"name": "Alice", **texts}}], "contact show")
    check(requests == 1 and down > 10000, f"the content: {requests} requests, {down} bytes")
    check_equal(cached(bob, "SELECT stamp FROM profile"), [(stamp,)], "the stamp it was told of")

    again, (requests, up, down) = cost(bob, "contact", "show", "alice")
    print(f"# looked at again: {requests} request, {up} bytes up, {down} down")
    check_equal(again, got, "again")
    check(requests == 1 and up < 450 and down < 250, f"{requests} requests, {up} up, {down} down")

    alice.run("profile", "set", "f0=", "name=A.")
    shown = bob.json("contact", "show", "alice")[0]["profile"]
    check_equal((shown["name"], "f0" in shown, shown["f1"]), ("A.", False, texts["f1"]),
                "what changed since")
    check_equal(bob.json("contacts", "--offline")[0]["display_name"], "A.", "in the list")


def test_offline(t):
    server, alice, bob = pair(t)
    alice.run("profile", "set", "name=Alice", "status=in")
    bob.run("contact", "show", "alice", "--offline", expect=1)
    got = bob.json("contact", "show", "alice")
    check_equal(got, [{"address": ALICE, "contact": False,
                       "profile": {"name": "Alice", "status": "in"}}], "of no contact")
    own = alice.json("profile")
    check_equal(own, [{"address": ALICE, "profile": {"name": "Alice", "status": "in"}}], "one's own")
    server.stop()
    check_equal(bob.json("contact", "show", "alice", "--offline"), got, "from the cache")
    check_equal(alice.json("profile", "show", "--offline"), own, "one's own, from the cache")
    bob.run("contact", "show", "alice", expect=69)
    alice.run("profile", "set", "name=x", expect=69)


def test_several_and_unknown(t):
    _, alice, bob = pair(t)
    alice.run("profile", "set", "name=Alice")
    bob.run("contact", "add", "carol@example.org", "--name", "Carol")
    result = bob.run("--format=json", "contact", "show", "alice", "nobody", "carol", expect=1)
    check_equal([r["address"] for r in result.json()], [ALICE, "carol@example.org"], "those known")
    check_equal(result.err.count("\n"), 1, f"one sentence of the other: {result.err!r}")
    check("nobody@example.org" in result.err, f"{result.err!r}")
    bob.run("profile", expect=1)
    bob.run("profile", "set", "name=Bob")
    bob.run("profile", "set", "name=")
    check_equal(bob.json("profile"), [{"address": "bob@example.org", "profile": {}}], "emptied")


def test_hostile_profile(t):
    _, alice, bob = pair(t)
    alice.run("profile", "set", f"name={HOSTILE}", f"status=two\nlines{HOSTILE}")
    bob.run("contact", "add", "alice")
    alice.run("group", "create", "+g", "bob", "--name", HOSTILE)
    alice.run("group", "rename", "+g", HOSTILE, "--topic", HOSTILE)
    bob.run("contact", "show", "alice")
    for args in (["contact", "show", "alice"], ["contacts"], ["group", "show", "+g"],
                 ["group", "members", "+g"]):
        shown = bob.run(*args).out
        check(not any(c in shown for c in "\x1b\x07\x9b\r\u202e"), f"{args}: {shown!r}")
    check_equal(bob.json("contact", "show", "alice")[0]["profile"]["name"], HOSTILE, "as JSON")


def test_group(t):
    server, alice, bob = pair(t)
    t.user("carol", server)
    bob.run("group", "show", "+team", expect=1)
    alice.run("group", "create", "+team", "bob", "carol", "--name", "The team")
    alice.run("group", "role", "+team", "admin", "carol")
    group, (requests, _, _) = cost(bob, "group", "show", "+team")
    check_equal(group, [{"address": "#team@example.org", "name": "The team", "topic": "",
                         "history": False, "members": 3, "role": "member"}], "group show")
    check_equal(requests, 1, "requests")
    alice.run("profile", "set", "name=Alice")
    bob.run("contact", "add", "carol", "--name", "Caro")
    roles = [("alice", "owner", None), ("bob", "member", None), ("carol", "admin", "Caro")]

    def members(*args):
        return [(m["address"].split("@")[0], m["role"], m.get("name", m.get("display_name")))
                for m in bob.json("group", "members", "+team", *args)]
    check_equal(members(), roles, "group members")
    spent = cost(bob, "group", "members", "+team")[1]
    check(spent[0] == 1 and spent[2] < 300, f"again: {spent}")
    check_equal(members("--profiles"), [("alice", "owner", "Alice"), *roles[1:]], "with profiles")
    alice.run("group", "kick", "+team", "carol")
    check_equal([m[0] for m in members()], ["alice", "bob"], "one less")
    alice.run("group", "kick", "+team", "bob")
    check_equal([m[0] for m in members()], ["alice", "bob"], "nobody tells who was put out")
    check_equal(bob.json("group", "show", "+team")[0]["members"], 2, "the details")
    bob.run("groups")
    check_equal(bob.json("group", "show", "+team")[0]["left"], True, "now it is known")
    carol = t.user("carol")
    carol.login(server)
    carol.run("group", "members", "+team", expect=1)
    server.stop()
    check_equal([m[0] for m in members("--offline")], ["alice", "bob"], "from the cache")
    carol.run("group", "members", "+team", "--offline", expect=1)


def test_large_member_list(t):
    """More members than one answer tells; then one change, which alone comes."""
    server = t.server(fixed=True)
    alice = t.user("alice", server)
    server.stop()
    store = sqlite3.connect(server.store)
    for n in range(2500):
        store.execute("INSERT INTO account (address, password_hash, stamp) VALUES (?, '', 1)",
                      (f"m{n}@example.org",))
    store.commit()
    store.close()
    server.start()
    alice.run("group", "create", "+g")
    for first in range(0, 2500, 1000):
        alice.run("group", "invite", "+g", *[f"m{n}" for n in range(first, min(first + 1000, 2500))])
    got, (requests, up, down) = cost(alice, "group", "members", "+g")
    check_equal(sorted(m["address"] for m in got),
                sorted([ALICE, *[f"m{n}@example.org" for n in range(2500)]]), "all of them, once")
    check(requests >= 3, f"in {requests} requests")
    alice.run("group", "kick", "+g", "m7")
    got, (requests, up, down) = cost(alice, "group", "members", "+g")
    print(f"# one of 2501 members less: {requests} request, {up} bytes up, {down} down")
    check_equal(len(got), 2500, "one less")
    check(requests == 1 and up + down < 900, f"{requests} requests, {up} up, {down} down")


def test_restart(t):
    """Another generation: login-sync comes first, and then it goes on."""
    server = t.server(fixed=True)
    alice, bob = t.user("alice", server), t.user("bob", server)
    alice.run("profile", "set", "name=Alice")
    alice.run("group", "create", "+g", "bob")
    bob.run("groups")
    bob.run("group", "members", "+g")
    server.kill()
    server.start()
    alice.run("profile", "set", "name=A.")
    got, (requests, _, _) = cost(bob, "contact", "show", "alice")
    check_equal(got[0]["profile"]["name"], "A.", "after a restart")
    check_equal(requests, 3, "asked, login-sync, asked again")
    server.kill()
    server.start()
    alice.run("group", "rename", "+g", "G")
    check_equal(bob.json("group", "show", "+g")[0]["name"], "G", "a group after a restart")
    check_equal(len(bob.json("group", "members", "+g")), 2, "its members")


def test_many_at_once(t):
    """More people than fit one request."""
    server = t.server(fixed=True)
    alice = t.user("alice", server)
    server.stop()
    store = sqlite3.connect(server.store)
    for n in range(1500):
        store.execute("INSERT INTO account (account_id, address, password_hash, stamp,"
                      " profile_stamp) VALUES (?, ?, '', 1, ?)", (100 + n, f"p{n}@example.org", n + 1))
        store.execute("INSERT INTO profile VALUES (?, 'name', ?)", (100 + n, f"P{n}"))
    store.commit()
    store.close()
    server.start()
    names = [f"p{n}" for n in range(1500)]
    got, (requests, _, _) = cost(alice, "contact", "show", *names)
    check_equal([p["profile"]["name"] for p in got], [f"P{n}" for n in range(1500)], "all of them")
    check_equal(requests, 2, "requests")


tern_test.main()
