"""contact add|remove, contacts, history, status, and text that means harm."""
import tern_test
from tern_test import check, check_equal

from tern_helpers import pair

HOSTILE = ["\x1b[2J\x1b]0;title\x07", "a\rb", "\u202egnp.exe", "\x9b31m", "\x7f\x08\x08",
           "tab\there", "e\u0301 中文 👩‍👩‍👧 ok", "two\nlines", "\u2028\u2029\u200b\u2066x\u2069"]


def addresses(user, *args):
    return sorted(c["address"] for c in user.json("contacts", *args))


def test_add_and_remove(t):
    server, alice, _ = pair(t)
    check_equal(addresses(alice), [], "at first")
    alice.run("contact", "add", "bob", "nobody@example.org", "Carol@Example.org")
    expected = ["bob@example.org", "carol@example.org", "nobody@example.org"]
    check_equal(addresses(alice), expected, "added; no account need stand behind one")
    alice.run("contact", "add", "bob")
    check_equal(addresses(alice), expected, "added again")
    alice.run("contact", "remove", "nobody")
    check_equal(addresses(alice), expected[:2], "removed")
    laptop = t.user("alice")
    laptop.login(server)
    check_equal(addresses(laptop), expected[:2], "on another device")
    laptop.run("contact", "remove", "bob")
    check_equal(addresses(alice, "--offline"), expected[:2], "--offline does not ask")
    check_equal(addresses(alice), expected[1:2], "contacts does")
    server.stop()
    check_equal(addresses(alice, "--offline"), expected[1:2], "--offline, the server down")
    check_equal(alice.run("contact", "add", "bob", expect=69).out, "", "without the server")


def names(user, *args):
    return {c["address"]: c["name"] for c in user.json("contacts", *args)}


def test_names_stay(t):
    """Adding again without --name keeps the name, whichever device gave it."""
    server, alice, _ = pair(t)
    laptop = t.user("alice")
    laptop.login(server)
    alice.run("contact", "add", "bob", "--name", "Robert")
    laptop.run("contact", "add", "bob")
    check_equal(names(laptop, "--offline"), {"bob@example.org": "Robert"}, "in the answer")
    check_equal(names(alice), {"bob@example.org": "Robert"}, "added again, elsewhere")
    alice.run("contact", "add", "bob", "--name", "Bob")
    check_equal(names(laptop), {"bob@example.org": "Bob"}, "another name")
    alice.run("contact", "remove", "bob")
    alice.run("contact", "add", "bob")
    check_equal(names(laptop), {"bob@example.org": ""}, "removed, and added without one")


def test_history(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="".join(f"{n}\n" for n in range(1, 51)))
    bob.run("fetch")
    check_equal([m["msg_id"] for m in bob.json("history", "alice", "-n", "5")],
                [46, 47, 48, 49, 50], "the newest, oldest first")
    got = bob.json("history", "alice", "-n", "3", "--before", "10")
    check_equal([m["msg_id"] for m in got], [7, 8, 9], "--before")
    got = bob.json("history", "alice", "-n", "3", "--after", "10")
    check_equal([m["msg_id"] for m in got], [11, 12, 13], "--after")
    bob.run("history", "carol", expect=1)


def test_status(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "x")
    bob.run("fetch")
    status = bob.json("status")[0]
    check_equal((status["address"], status["messages"], status["missing"], status["outbox"]),
                ("bob@example.org", 1, 0, 0), f"{status}")
    check("bob@example.org" in bob.run("status").out, "as text")


def harmless(text):
    """True where a terminal shows it and nothing more."""
    return not any((ord(c) < 32 and c != "\n") or 0x7f <= ord(c) < 0xa0
                   or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
                   for c in text)


def test_hostile_text(t):
    _, alice, bob = pair(t)
    for text in HOSTILE:
        alice.run("send", "bob", "-", input=text)
    got = bob.run("--format=json", "recv")
    check_equal([m["text"] for m in got.json()], HOSTILE, "JSON keeps every character")
    check(all(ord(c) >= 32 or c == "\n" for c in got.out) and "\x7f" not in got.out,
          "JSON has no control character")
    for args in (["recv", "--consumer", "text"], ["history", "alice"]):
        shown = bob.run(*args).out
        check(harmless(shown), f"{args} as text: {shown!r}")
        check("👩‍👩‍👧" in shown and "中文" in shown, f"what is harmless stays: {shown!r}")


def test_hostile_names(t):
    """Names of files and options in place of addresses."""
    _, alice, _ = pair(t)
    for name in ("../../etc/passwd", "a/b", "a b", "x\x1b[2J", "-rf@example.org", "ü@example.org",
                 "a" * 65, "%s%n@example.org", "';--@example.org", ".."):
        result = alice.run("contact", "add", "--", name, expect=None)
        if result.code == 0:
            check(harmless(result.out), f"{result.out!r}")
            continue
        check_equal((result.code, result.out, result.err.count("\n")), (64, "", 1), f"{name!r}")
        check(harmless(result.err), f"{result.err!r}")


def test_fetch_is_silent(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "x")
    result = bob.run("fetch")
    check_equal((result.out, result.err), ("", ""), "fetch")
    check_equal(bob.run("fetch").out, "", "again")
    bob.run("fetch", "--ext-exit", expect=9)
    alice.run("send", "bob", "y")
    bob.run("fetch", "--ext-exit")


tern_test.main()
