"""tern export: a whole conversation, with what is missing said."""
import tern_test
from tern_test import User, check, check_equal

from tern_helpers import pair


def test_json_and_text(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "one")
    bob.run("send", "alice", "two\nlines")
    alice.run("send", "bob", "three")
    bob.run("fetch")
    bob.run("send", "alice", "--queue", "not sent yet")
    rows = bob.json("export", "alice")
    check_equal([(m["msg_id"], m["from"], m["text"]) for m in rows],
                [(1, "alice@example.org", "one"), (2, "bob@example.org", "two\nlines"),
                 (3, "alice@example.org", "three")], "the whole conversation, and what is stored")
    check_equal(rows, bob.json("history", "alice")[:3], "the same objects as in history")
    lines = bob.run("export", "alice").out.splitlines()
    check_equal([line.split(": ", 1)[-1] for line in lines],
                ["one", "two", "    lines", "three"], "as text")


def test_holes_are_said_and_filled(t):
    server, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="".join(f"m{n}\n" for n in range(30)))
    bob.run("fetch")
    other = User(t, "bob")
    other.login(server)
    other.run("sync", "--newest", "5")
    rows = other.json("export", "alice")
    check_equal(rows[0], {"conversation": "alice@example.org", "hole": {"first": 1, "last": 25}},
                "what is missing")
    check_equal([row["msg_id"] for row in rows[1:]], list(range(26, 31)), "what is held")
    rows = other.json("export", "alice", "--sync")
    check_equal([row.get("msg_id") for row in rows], list(range(1, 31)), "fetched first")
    server.stop()
    check_equal(len(other.json("export", "alice")), 30, "without the server")
    result = other.run("export", "alice", "--sync", expect=(69, 75))
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")


def test_since(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "today")
    bob.run("fetch")
    check_equal(len(bob.json("export", "alice", "--since", "1d")), 1, "since yesterday")
    check_equal(bob.json("export", "alice", "--since", "2099"), [], "since a day to come")


def test_nothing_and_wrong_use(t):
    _, _, bob = pair(t)
    result = bob.run("export", "nobody", expect=1)
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    for args in ([], ["alice", "carol"], ["alice", "--since", "soon"], ["a@b@c"]):
        bob.run("export", *args, expect=64)


def test_a_full_disk(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "one")
    bob.run("fetch")
    result = bob.run("export", "alice", prefix=("sh", "-c", 'exec "$0" "$@" >/dev/full'),
                     expect=74)
    check_equal(result.err.count("\n"), 1, f"one sentence: {result}")


tern_test.main()
